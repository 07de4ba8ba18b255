# ---
# jupyter:
#   jupytext:
#     formats: ipynb,py:percent
#     notebook_metadata_filter: language_info
#     text_representation:
#       extension: .py
#       format_name: percent
#       format_version: '1.3'
#   kernelspec:
#     display_name: Python 3
#     language: python
#     name: python3
#   language_info:
#     name: python
# ---

# %% [markdown]
# # Figure A1: the course of a run
#
# MU-Mis without its stopping rule, at several learning rates: accuracies, sensitivities and the loss against the step. {cite:t}`cheng2026mumis` have such a study behind their rule;
# the axes are our reading. By a third-party account FA falls steadily, RA falls and recovers, and recovers together with the sensitivity of the other classes.
#
# The ratio is $r_t=s_t/s_0$, with $s_t$ the mean over the forget set of $\lVert\nabla_x f_{c'}\rVert_F$ ({doc}`method </book/methods/mu-mis>`). The stopping rule ends the run once $s_t$ is above its
# minimum and $r_t$ above $\delta$.
#
# ```{record} mumis-figA1
# ```

# %% [markdown]
# ## What to see
#
# Before the run FA is {value}`mumis-figA1 FA lr=0.001 step=0` % and RA {value}`mumis-figA1 RA lr=0.001 step=0` %. The panels in the middle have $s_t$ itself
# (*others*); over its start it is $r_t$. Under `laptop`:
#
# * It hardly dips. The sensitivity of the other classes is {value}`mumis-figA1 other lr=0.003 step=0 digits=2` at the start and
#   {value}`mumis-figA1 other lr=0.003 step=2 digits=2` after one pass at the larger rate. In seed 0 it rises from the first pass on; in the other seeds it falls by a
#   few percent, for a pass or two. So the first condition of the rule is met at once or nearly so, and $\delta$ decides.
# * RA does not fall with it: after that pass it is {value}`mumis-figA1 RA lr=0.003 step=2` %. The claim that both fall and recover together: {verdict}`mumis-dip`.
# * Up to the stop (dotted line) RA stays within about a point of its start, in the mean, and FA falls to a few percent.
# * The loss has no lower bound, and past the stop it goes on falling. At the larger rate the sensitivities explode later and RA collapses, in every
#   seed. That is why a rule is needed. At the smaller rate seed 0 alone gets to the last step with its RA, {value}`mumis-figA1 RA lr=0.001 step=64 seed=0` %.
# * $c'$ is drawn once for the ratio, so the curve is smooth; in the steps it is drawn anew.

# %% [markdown]
# ## Live run
#
# Run it yourself: change the first cell and run all ({doc}`profiles and their costs </book/rerun>`). If nothing is shown below the cells, this page was
# built from saved records.
#
# Under `quick`, digits and a slim ResNet9 stand in for CIFAR-100 and the full network.

# %% tags=["parameters"]
profile = "quick"  # smoke, quick, laptop or paper
seeds = None  # the profile's own number
device = "auto"

# %%
from mu import figures, runner

rows = runner.run("mumis-figA1", profile=profile, seeds=seeds, device=device)
figures.show("mumis-figA1", rows)
