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
# # Further data sets: CIFAR-10 and SVHN
#
# The journal version of {cite:t}`gogineni2025partial` adds CIFAR-10 and SVHN. Which networks and settings it uses there could not be read; we
# take LeNet and the setting of the other tables.
#
# Neither set is embedded: under `quick` the embedded digits stand in for both.
#
# ```{record} partial-jmlr
# ```
#
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

rows = runner.run("partial-jmlr", profile=profile, seeds=seeds, device=device)
figures.show("partial-jmlr", rows)

# %% [markdown]
# ## What to see
#
# The question is whether what holds on digits holds on photographs. There the trained model itself may be far from perfect: compare
# every row with `trained` and `retrain`, not with 100 %. In block A look at `trained` first: on CIFAR-10 it is right on
# {value}`partial-jmlr target accuracy method=trained scenario=rare dataset=cifar10` % of the class's test images. At zero there is nothing to forget, and the
# block says nothing about forgetting. The line below the table says how many seeds it rests on; one seed shows
# no spread.
#
# With the whole class only the shares 0.1 and 1 are tried. On CIFAR-10 the rule kept
# {value}`partial-jmlr kept share scenario=class method=partial-amnesiac dataset=cifar10`; at 1 the partial row is conventional removal.
