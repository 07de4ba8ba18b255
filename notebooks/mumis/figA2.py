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
# Where the stopping rule of MU-Mis would have ended each run of {doc}`figA1`, for several $\delta$, and FA, RA and TA there. {cite:t}`cheng2026mumis` say, by a third-party account,
# that the result hardly depends on $\delta$ at a fixed learning rate. The axes are our reading. Nothing is run again: the stops are read off the recorded courses.
#
# A cross says that for a seed or more the course was over before; then its end counts.
#
# ```{record} mumis-figA2
# ```

# %% [markdown]
# ## What to see
#
# Under `laptop`:
#
# * For every $\delta$ below 1 the run ends as soon as the sensitivity has passed its minimum, after one to three passes. FA is still high there in
#   most seeds. A line that is flat because every $\delta$ stops after the same pass says nothing about $\delta$.
# * From 1 to 1.1 FA falls. In {item}`mumis-tab1`, which stops by the same rule, it goes from
#   {value}`mumis-tab1 FA dataset=cifar100 method=mu-mis tried=1 lr=0.001` % to {value}`mumis-tab1 FA dataset=cifar100 method=mu-mis tried=1.1 lr=0.001` % at rate 0.001 and from
#   {value}`mumis-tab1 FA dataset=cifar100 method=mu-mis tried=1 lr=0.003` % to {value}`mumis-tab1 FA dataset=cifar100 method=mu-mis tried=1.1 lr=0.003` % at rate 0.003.
# * $\delta$ of 1.1 and 1.2 is the window: FA is a few percent and RA within about two points of its start, at both rates. There the lines of the two
#   rates agree: the rule stops the faster run earlier.
# * From 1.3 on RA falls, and at the larger rate further.
# * So the result depends on $\delta$. The claim that it hardly does: {verdict}`mumis-delta`.

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
