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
# # Table A14: beside regularisation of the Jacobian
#
# If small slopes were all, one could shrink every slope: the variant *jacobian* lowers target and other class alike, as regularisation by the Jacobian does.
# {cite:t}`cheng2026mumis` compare with it and find, by a third-party account, that it forgets worse. Our form uses one other class drawn at random,
# not the whole Jacobian. The record is that of {doc}`tabA12`.
#
# *Weighted* is an accelerated form of the loss in their appendix. Its weights are not known; ours are a reconstruction: a term counts twice for samples that
# do not yet meet its goal.
#
# Neither CIFAR-100 nor the full network is embedded: under `quick` the embedded digits and a slim ResNet9 stand in for them.
#
# ```{record} mumis-tabA14
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

rows = runner.run("mumis-tabA14", profile=profile, seeds=seeds, device=device)
figures.show("mumis-tabA14", rows)

# %% [markdown]
# ## What to see
#
# * *jacobian*: a flat function that still answers the class has not forgotten it. Look at FA, then at RA.
# * *weighted*: whether it gets to the same FA in fewer steps. At one rate, more weight is also a longer step.
