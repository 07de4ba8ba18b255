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
# # Table 1: which method is close, by metric
#
# Table 1 of {cite:t}`jia2023sparsity` sums up four methods by check marks: fine-tuning (FT), gradient ascent (GA), Fisher forgetting (FF)
# and influence unlearning (IU), against UA, MIA-Efficacy, RA, TA and time. That the table exists is known; its marks could not be
# read. So ours are computed, from the record of {doc}`tab3`.
#
# Two limits make the marks, both ours: 2 points from the retrained model is *close*, 10 is *fair*. An arrow leads from the dense to the 95 % sparse model.
#
# Neither CIFAR-10 nor the full network is embedded: under `quick` the embedded digits and a slim ResNet9 stand in for them.
#
# ```{record} sparsity-tab1
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

rows = runner.run("sparsity-tab1", profile=profile, seeds=seeds, device=device)
figures.show("sparsity-tab1", rows)

# %% [markdown]
# ## What to see
#
# * Read a row from left to right: an arrow to more dots is what the paper claims, an arrow to fewer is a price.
# * RA and TA have dots easily: a method that does nothing keeps them. UA and MIA-Efficacy are the columns that tell whether anything was
#   forgotten.
# * A mark is a threshold on a mean. {item}`sparsity-tab3` has the numbers with their spread.
