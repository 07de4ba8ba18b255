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
# # Every value tried
#
# This table is ours. {doc}`tab1` and {doc}`tuning` show the values that a choice picks. Here are all of them, so that another choice can be made by eye, and
# a grid that ends too early can be seen.
#
# Under `quick` the embedded digits and a slim ResNet9 stand in for CIFAR-100 and ResNet-18.
#
# ```{record} mumis-search
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

rows = runner.run("mumis-search", profile=profile, seeds=seeds, device=device)
figures.show("mumis-search", rows)

# %% [markdown]
# ## What to see
#
# * The last column marks what the rule picks in a seed. *edge*: it is the first or last value of the grid, and the method may do better beyond it.
# * Where the two last columns order the values alike, the {ref}`rule <mumis-choice>` works. Where they do not, look at FA: the rule expects none.
# * MU-Mis: read its pairs by rate. Along $\delta$ the numbers should hardly move if the paper is right, by the third-party account, that it is nearly flat there.
