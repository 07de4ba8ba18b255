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
# Where the stopping rule of MU-Mis would have ended each run of {doc}`figA1`, for several $\delta$, and FA and RA there. {cite:t}`cheng2026mumis` say, by a third-party account,
# that the result hardly depends on $\delta$ at a fixed learning rate. The axes are our reading. Nothing is run again: the stops are read off the recorded courses.
#
# A cross says that for a seed or more the course was over before; then its end counts.
#
# Under `quick` the embedded digits and a slim ResNet9 stand in for CIFAR-100 and ResNet-18.
#
# ```{record} mumis-figA2
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

rows = runner.run("mumis-figA2", profile=profile, seeds=seeds, device=device)
figures.show("mumis-figA2", rows)

# %% [markdown]
# ## What to see
#
# * A flat line says that $\delta$ need not be searched. A line that is flat because every $\delta$ stops after the same pass says less.
# * Where the ratio never passes $\delta$, the run ends at its last step, and crosses for larger $\delta$ coincide.
# * The lines for two learning rates should agree if the rule does its work: it is there to stop a fast run earlier.
