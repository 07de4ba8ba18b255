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
# # Figure A2: what delta changes
#
# How much does the result of MU-Mis depend on $\delta$, the threshold of its stopping rule? Reportedly hardly at all, at a fixed learning rate.
#
# For each run of {item}`mumis-figA1` and several $\delta$, we read off the recorded course where the rule would have ended it, and FA and RA there. Nothing is run again. A cross
# says that for a seed or more the course was over before; then its end counts.
#
# {cite:t}`cheng2026mumis` have such a figure; the axes are our reading. Source: secondary ({term}`account <account, the>`).
#
# ```{record} mumis-figA2
# ```

# %% [markdown]
# ## What to see
#
# Under `laptop` the result depends on $\delta$:
#
# * For every $\delta$ below 1 the run ends as soon as the sensitivity has passed its minimum, after one to three passes. FA is still high there in most seeds. A line that is flat
#   because every $\delta$ stops after the same pass says nothing about $\delta$.
# * From 1 to 1.1 FA falls. In {item}`mumis-tab1`, which stops by the same rule, it goes from
#   {value}`mumis-tab1 FA dataset=cifar100 method=mu-mis tried=1 lr=0.001` % to {value}`mumis-tab1 FA dataset=cifar100 method=mu-mis tried=1.1 lr=0.001` % at rate 0.001 and from
#   {value}`mumis-tab1 FA dataset=cifar100 method=mu-mis tried=1 lr=0.003` % to {value}`mumis-tab1 FA dataset=cifar100 method=mu-mis tried=1.1 lr=0.003` % at rate 0.003.
# * $\delta$ of 1.1 and 1.2 is the window: FA is a few percent, and RA is within about two points of its start, at both rates. There the lines of the two rates agree, because the
#   rule stops the faster run earlier.
# * From 1.3 on RA falls, and further at the larger rate.
#
# Claim: results hardly depend on $\delta$. **Verdict:** {verdict}`mumis-delta`.

# %% [markdown]
# ## Live run
#
# Run it yourself: change the first cell and run all ({doc}`profiles and their costs </book/rerun>`). If nothing is shown below the cells, this page was
# built from saved records.
#
# Under `quick` the embedded digits and a slim ResNet9 stand in for CIFAR-100 and ResNet-18.

# %% tags=["parameters"]
profile = "quick"  # smoke, quick, laptop or paper
seeds = None  # the profile's own number
device = "auto"

# %%
from mu import figures, runner

rows = runner.run("mumis-figA2", profile=profile, seeds=seeds, device=device)
figures.show("mumis-figA2", rows)
