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
# What happens along a run of MU-Mis? Reportedly FA falls steadily, while RA falls and then recovers together with the sensitivity of the other classes. This is the reason for the
# stopping rule.
#
# The figure shows accuracies, sensitivities and the loss against the step, without the stopping rule, at several learning rates. The rule would end the run once $s_t$ is above its
# minimum and $r_t=s_t/s_0$ above $\delta$, where $s_t$ is the mean over the forget set of $\lVert\nabla_x f_{c'}\rVert_F$ ({doc}`method </book/methods/mu-mis>`).
#
# {cite:t}`cheng2026mumis` have such a study; the axes are our reading. Source: secondary ({term}`account <account, the>`).
#
# ```{record} mumis-figA1
# ```

# %% [markdown]
# ## What to see
#
# Before the run FA is {value}`mumis-figA1 FA lr=0.001 step=0` % and RA {value}`mumis-figA1 RA lr=0.001 step=0` %. The panels in the middle show $s_t$ itself (*others*); divided by its
# start it is $r_t$. Under `laptop`:
#
# * The sensitivity of the other classes hardly dips. At the larger rate it is {value}`mumis-figA1 other lr=0.003 step=0 digits=2` at the start and
#   {value}`mumis-figA1 other lr=0.003 step=2 digits=2` after one pass. In seed 0 it rises from the first pass on; in the other seeds it falls by a few percent, for a pass or two. So
#   the first condition of the rule is met at once or nearly so, and $\delta$ decides.
# * RA does not fall with it: after that pass it is {value}`mumis-figA1 RA lr=0.003 step=2` %. Claim: the other classes' sensitivity and RA fall and recover together.
#   **Verdict:** {verdict}`mumis-dip`.
# * Up to the stop (dotted line) RA stays within about a point of its start, in the mean, and FA falls to a few percent.
# * The loss has no lower bound, and past the stop it goes on falling. At the larger rate the sensitivities later explode and RA collapses, in every seed. That is why a rule is
#   needed. At the smaller rate only seed 0 reaches the last step with most of its RA, {value}`mumis-figA1 RA lr=0.001 step=64 seed=0` %.
# * For the ratio $c'$ is drawn once, so the curve is smooth; in the steps it is drawn anew.

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
