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
# What do the methods do on photographs? The journal version of {cite:t}`gogineni2025partial` adds CIFAR-10 and SVHN. We could not read
# which networks and settings it uses there; we take LeNet and the setting of the other tables, with one change. Of 100 images LeNet learns nothing about a class of
# CIFAR-10, so that nothing could be forgotten. Block A therefore has 500 images of class 1, the cars, which it learns in part (in a trial of classes 1, 3 and 8 with 250 or
# 500 images at one seed, looking at the trained model alone). About half of the training steps are affected then, where on MNIST it is a tenth.
#
# ```{record} partial-jmlr
# ```

# %% [markdown]
# ## What to see
#
# Only CIFAR-10 is recorded, under `laptop` with three seeds; SVHN is not recorded.
#
# * Block A, accuracy on the class: {value}`partial-jmlr target accuracy method=trained scenario=rare dataset=cifar10` % before,
#   {value}`partial-jmlr target accuracy method=amnesiac scenario=rare dataset=cifar10 epochs=0` % after conventional and
#   {value}`partial-jmlr target accuracy method=partial-amnesiac scenario=rare dataset=cifar10 epochs=0` % after partial removal; the retrained model has
#   {value}`partial-jmlr target accuracy method=retrain scenario=rare dataset=cifar10` %. Of all steps,
#   {value}`partial-jmlr affected share scenario=rare dataset=cifar10` % used one of these images.
# * Block A, accuracy on the other classes: {value}`partial-jmlr non-target accuracy method=trained scenario=rare dataset=cifar10` % before,
#   {value}`partial-jmlr non-target accuracy method=amnesiac scenario=rare dataset=cifar10 epochs=0` % after conventional and
#   {value}`partial-jmlr non-target accuracy method=partial-amnesiac scenario=rare dataset=cifar10 epochs=0` % after partial removal, with a kept share of
#   {value}`partial-jmlr kept share scenario=rare method=partial-amnesiac dataset=cifar10 digits=3` (the smallest of the grid is 0.005). So the idea carries over to photographs, even
#   where so many steps are affected that conventional removal leaves little.
# * The removed images can still be told from unseen ones: the {ref}`AUC <metric-auc>` of the confidence attack is
#   {value}`partial-jmlr AUC method=trained scenario=rare dataset=cifar10` % before, {value}`partial-jmlr AUC method=partial-amnesiac scenario=rare dataset=cifar10 epochs=0` % after partial
#   removal and {value}`partial-jmlr AUC method=retrain scenario=rare dataset=cifar10` % on the retrained model.
# * In block B, accuracy on the class goes from {value}`partial-jmlr target accuracy method=trained scenario=class dataset=cifar10` % to
#   {value}`partial-jmlr target accuracy method=amnesiac scenario=class dataset=cifar10 epochs=0` % by conventional removal, and on the other classes from
#   {value}`partial-jmlr non-target accuracy method=trained scenario=class dataset=cifar10` % to
#   {value}`partial-jmlr non-target accuracy method=amnesiac scenario=class dataset=cifar10 epochs=0` %. The kept share is
#   {value}`partial-jmlr kept share scenario=class method=partial-amnesiac dataset=cifar10 digits=3`; at 1 the partial row is conventional removal.
# * On photographs the trained model itself is far from perfect. Compare every row with `trained` and `retrain`, not with 100 %.

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
