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
# # Table A13: Frobenius or spectral norm
#
# The norm in the loss can be another one. {cite:t}`cheng2026mumis` compare the Frobenius with "the L2 norm" and find, by a third-party account, hardly any difference. For a
# gradient the two are the same unless it is read as a matrix, so we take the largest singular value of each colour channel, summed over channels
# ({py:func}`mu.sensitivity.squared_norm`). That is our reading. The record is that of {doc}`tabA12`.
#
# Neither CIFAR-100 nor the full network is embedded: under `quick` the embedded digits and a slim ResNet9 stand in for them.
#
# ```{record} mumis-tabA13
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

rows = runner.run("mumis-tabA13", profile=profile, seeds=seeds, device=device)
figures.show("mumis-tabA13", rows)

# %% [markdown]
# ## What to see
#
# * The spectral norm is at most the Frobenius norm. So its steps are shorter at the same learning rate, and fewer things have happened by the same step.
# * If both rows agree, the norm does not matter here. If they do not, it may be the length of the step.
