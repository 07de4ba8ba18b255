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
# Are both terms of the loss needed? The loss of MU-Mis (equation {eq}`mu-mis-loss`) lowers the sensitivity of the target class and raises that of another class. The table leaves out one
# term at a time: TC is the first alone, OC the second. Reportedly TC forgets incompletely and OC breaks the rest.
#
# Each variant runs without a stopping rule, all at the same learning rate, which is that of the {term}`profile` and not chosen. They are compared at the step where the whole loss would
# stop, at the step where their own sensitivities would stop them, and at the end. Slopes are shares of those at the start.
#
# {cite:t}`cheng2026mumis` have this table; no cell of it is known. Source: secondary ({term}`account <account, the>`).
#
# ```{record} mumis-tabA12
# ```

# %% [markdown]
# ## What to see
#
# Before the run FA is {value}`mumis-tabA12 FA variant=both step=0` % and RA {value}`mumis-tabA12 RA variant=both step=0` %. In seed 0 (`laptop`, rate 0.003), at the step
# where the whole loss stops:
#
# | | FA, % | RA, % |
# |:---|---:|---:|
# | both terms | {value}`mumis-tabA12 FA variant=both step=12 seed=0` | {value}`mumis-tabA12 RA variant=both step=12 seed=0` |
# | target class alone (TC) | {value}`mumis-tabA12 FA variant=target step=12 seed=0` | {value}`mumis-tabA12 RA variant=target step=12 seed=0` |
# | other class alone (OC) | {value}`mumis-tabA12 FA variant=other step=12 seed=0` | {value}`mumis-tabA12 RA variant=other step=12 seed=0` |
#
# * Here the first term does the forgetting. TC gets as far as the whole loss, at nearly the same RA. OC forgets little by then and costs at least as much.
# * Past the stop the whole loss ruins the model: RA is {value}`mumis-tabA12 RA variant=both step=44 seed=0` % near its end. TC loses much less: it has
#   {value}`mumis-tabA12 RA variant=target step=64 seed=0` % at its last step. OC forgets only where it ruins the model too.
# * Claim: the target class's term alone forgets too little. **Verdict:** {verdict}`mumis-target`.
# * Claim: the other classes' term alone ruins accuracy on the rest. **Verdict:** {verdict}`mumis-other`.
# * Equal steps are not equal progress. One term alone has another gradient, and may need another rate.
# * RA is measured on a part of the test images here, as many as the profile sets.
# * A course that became infinite ends there; its last row is the last look at which its sensitivity was finite.

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

rows = runner.run("mumis-tabA12", profile=profile, seeds=seeds, device=device)
figures.show("mumis-tabA12", rows)
