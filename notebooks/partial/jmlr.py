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
# ```{record} partial-jmlr
# ```

# %% [markdown]
# ## What to see
#
# Under `laptop`, one seed, CIFAR-10 only; SVHN is not recorded.
#
# * Block A says nothing about forgetting: from few samples the trained model is right on
#   {value}`partial-jmlr target accuracy method=trained scenario=rare dataset=cifar10` % of the class's test images, and at zero there is nothing to forget. It shows
#   the price all the same. The other classes go from {value}`partial-jmlr non-target accuracy method=trained scenario=rare dataset=cifar10` % to
#   {value}`partial-jmlr non-target accuracy method=amnesiac scenario=rare dataset=cifar10 epochs=0` % by conventional and to
#   {value}`partial-jmlr non-target accuracy method=partial-amnesiac scenario=rare dataset=cifar10 epochs=0` % by partial removal. The rule kept a share of
#   {value}`partial-jmlr kept share scenario=rare method=partial-amnesiac dataset=cifar10 digits=3` there, the smallest tried: where nothing is known, it forgets.
# * Block B: the class goes from {value}`partial-jmlr target accuracy method=trained scenario=class dataset=cifar10` % to
#   {value}`partial-jmlr target accuracy method=amnesiac scenario=class dataset=cifar10 epochs=0` %, the other classes from
#   {value}`partial-jmlr non-target accuracy method=trained scenario=class dataset=cifar10` % to
#   {value}`partial-jmlr non-target accuracy method=amnesiac scenario=class dataset=cifar10 epochs=0` %. The
#   rule kept {value}`partial-jmlr kept share scenario=class method=partial-amnesiac dataset=cifar10 digits=3`; at 1 the partial row is conventional removal.
# * On photographs the trained model itself is far from perfect. `trained` and `retrain` are the marks for every row, not 100 %.

# %% [markdown]
# ## Live run
#
# Run it yourself: change the first cell and run all ({doc}`profiles and their costs </book/rerun>`). If nothing is shown below the cells, this page was
# built from saved records.
#
# Neither CIFAR-10 nor SVHN is embedded: under `quick` the embedded digits stand in for both.

# %% tags=["parameters"]
profile = "quick"  # smoke, quick, laptop or paper
seeds = None  # the profile's own number
device = "auto"

# %%
from mu import figures, runner

rows = runner.run("partial-jmlr", profile=profile, seeds=seeds, device=device)
figures.show("partial-jmlr", rows)
