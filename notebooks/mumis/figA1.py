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
# MU-Mis without its stopping rule, at several learning rates: accuracies and sensitivities against the step. {cite:t}`cheng2026mumis` have such a study behind their rule;
# the axes are our reading. By a third-party account FA falls steadily, RA falls and recovers, and recovers together with the sensitivity of the other classes.
#
# The ratio is $r_t=s_t/s_0$, with $s_t$ the mean over the forget set of $\lVert\nabla_x f_{c'}\rVert_F$ ({doc}`method </book/methods/mu-mis>`). The stopping rule ends the run once $s_t$ is above its
# minimum and $r_t$ above $\delta$.
#
# Neither CIFAR-100 nor the full network is embedded: under `quick` the embedded digits and a slim ResNet9 stand in for them.
#
# ```{record} mumis-figA1
# ```

# %% [markdown]
# ## Live run
#
# `make book` runs these cells and shows here what they computed on that machine: under the profile in the cell, unless
# `make book PROFILE=…` names another. A page that was rendered without it has the cells alone. To run them yourself,
# change the first and run all ({doc}`profiles and costs </book/rerun>`).

# %% tags=["parameters"]
profile = "quick"  # smoke, quick, laptop or paper
seeds = None  # the profile's own number
device = "auto"

# %%
from mu import figures, runner

rows = runner.run("mumis-figA1", profile=profile, seeds=seeds, device=device)
figures.show("mumis-figA1", rows)

# %% [markdown]
# ## What to see
#
# Before the run FA is {value}`mumis-figA1 FA lr=0.001 step=0` % and RA {value}`mumis-figA1 RA lr=0.001 step=0` %.
#
# * The lower panels have $s_t$ itself (*others*); over its start it is $r_t$. Does it fall and then rise? If it only rises, the first
#   condition of the rule is met at once.
# * Is RA best where $r_t$ is back at one? That is what makes $\delta=1$ a natural choice, and the claim behind the rule.
# * After that point the loss goes on falling, for it has no lower bound. What RA does then is why the rule is needed.
# * $c'$ is drawn once for the ratio, so the curve is smooth; in the steps it is drawn anew.
