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
# # Table A3: SVHN, ResNet-18
#
# The same table as {doc}`tab3`, for SVHN, ResNet-18. That {cite:t}`jia2023sparsity` have it in their appendix is known, its number and
# its cells are not; so no value of the paper stands behind ours. The class to forget is the digit 0. House numbers often show neighbouring digits, and the classes differ in size.
#
# Under `quick` the embedded digits and a slim network stand in, so that the code runs everywhere.
#
# ```{record} sparsity-tabA3
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

rows = runner.run("sparsity-tabA3", profile=profile, seeds=seeds, device=device)
figures.show("sparsity-tabA3", rows)

# %% [markdown]
# ## What to see
#
# Disparity Ave., in points:
#
# | | class, dense | class, 95 % | random, dense | random, 95 % |
# |:---|---:|---:|---:|---:|
# | FT | {value}`sparsity-tabA3 Avg. Gap scenario=class sparsity=0 method=fine-tune` | {value}`sparsity-tabA3 Avg. Gap scenario=class sparsity=95 method=fine-tune` | {value}`sparsity-tabA3 Avg. Gap scenario=random sparsity=0 method=fine-tune` | {value}`sparsity-tabA3 Avg. Gap scenario=random sparsity=95 method=fine-tune` |
# | GA | {value}`sparsity-tabA3 Avg. Gap scenario=class sparsity=0 method=gradient-ascent` | {value}`sparsity-tabA3 Avg. Gap scenario=class sparsity=95 method=gradient-ascent` | {value}`sparsity-tabA3 Avg. Gap scenario=random sparsity=0 method=gradient-ascent` | {value}`sparsity-tabA3 Avg. Gap scenario=random sparsity=95 method=gradient-ascent` |
# | FF | {value}`sparsity-tabA3 Avg. Gap scenario=class sparsity=0 method=fisher` | {value}`sparsity-tabA3 Avg. Gap scenario=class sparsity=95 method=fisher` | {value}`sparsity-tabA3 Avg. Gap scenario=random sparsity=0 method=fisher` | {value}`sparsity-tabA3 Avg. Gap scenario=random sparsity=95 method=fisher` |
# | IU | {value}`sparsity-tabA3 Avg. Gap scenario=class sparsity=0 method=influence` | {value}`sparsity-tabA3 Avg. Gap scenario=class sparsity=95 method=influence` | {value}`sparsity-tabA3 Avg. Gap scenario=random sparsity=0 method=influence` | {value}`sparsity-tabA3 Avg. Gap scenario=random sparsity=95 method=influence` |
# | $\ell_1$-sparse | {value}`sparsity-tabA3 Avg. Gap scenario=class sparsity=0 method=l1-sparse` | {value}`sparsity-tabA3 Avg. Gap scenario=class sparsity=95 method=l1-sparse` | {value}`sparsity-tabA3 Avg. Gap scenario=random sparsity=0 method=l1-sparse` | {value}`sparsity-tabA3 Avg. Gap scenario=random sparsity=95 method=l1-sparse` |
#
# * Whether the direction of {item}`sparsity-tab3` holds here as well: the second number of each pair below the first.
# * The reference first: TA of the retrained model, dense {value}`sparsity-tabA3 TA scenario=class sparsity=0 method=retrain` %, 95 % sparse
#   {value}`sparsity-tabA3 TA scenario=class sparsity=95 method=retrain` %. A gap to a model that is itself poor is no evidence.
# * The published hyper-parameters are those for CIFAR-10 and ResNet-18. Here they are one value among those tried.
