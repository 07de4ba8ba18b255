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
# # Table A12: which terms of the loss are needed
#
# The loss of MU-Mis has two terms: the sensitivity of the target class is to fall, that of another class to rise {eq}`mu-mis-loss`. {cite:t}`cheng2026mumis`
# leave out one at a time; TC is the first alone, OC the second. By a third-party account TC forgets incompletely and OC breaks the rest. No cell is known.
#
# Each variant runs without a stopping rule, all at the same learning rate: that of the {term}`profile`, not chosen. The table compares them at the step where the whole loss
# would stop, at the step where their own sensitivities would stop them, and at the end. Slopes are shares of those at the start.
#
# Neither CIFAR-100 nor the full network is embedded: under `quick` the embedded digits and a slim ResNet9 stand in for them.
#
# ```{record} mumis-tabA12
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

rows = runner.run("mumis-tabA12", profile=profile, seeds=seeds, device=device)
figures.show("mumis-tabA12", rows)

# %% [markdown]
# ## What to see
#
# Before the run FA is {value}`mumis-tabA12 FA variant=both step=0` % and RA {value}`mumis-tabA12 RA variant=both step=0` %.
#
# * TC alone lowers the target's sensitivity. If it reaches the same FA at the same RA as the whole loss, the second term adds nothing there; and where the
#   whole loss runs on without a stop, look which of the two still has its RA.
# * OC alone raises the others'. If its FA stays high, what forgets is the first term.
# * Reportedly the paper claims that both are needed. {doc}`Verdicts </book/verdicts>` says what this record makes of it.
# * Equal steps are not equal progress. One term alone has another gradient, and may need another rate.
# * RA is measured on a part of the test images here, as many as the profile sets.
# * A course that became infinite ends there; its last row is from before.
