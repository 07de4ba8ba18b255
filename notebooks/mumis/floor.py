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
# # How far apart two retrained models are (MU-Mis)
#
# How much of a distance to the retrained model is chance? Every gap and every KL in {doc}`this chapter </book/mumis>` is a distance to *one* retrained model. Retraining again, from
# other initial weights and with another order of batches, gives another model. The distance between the two is one draw of what chance alone makes
# ({ref}`how to read it <metric-floor>`). The paper has no such number that we know of; this one is ours.
#
# ```{record} mumis-floor
# ```

# %% [markdown]
# ## What to see
#
# | | {ref}`Avg. Gap <metric-avg-gap-three>` | {ref}`KL <metric-kl>` |
# |:---|---:|---:|
# | a class of CIFAR-100 | {value}`mumis-floor Avg. Gap scenario=class` | {value}`mumis-floor KL scenario=class digits=2` |
# | *rocket* of CIFAR-20 | {value}`mumis-floor Avg. Gap scenario=subclass forget=69` | {value}`mumis-floor KL scenario=subclass forget=69 digits=2` |
# | *sea* of CIFAR-20 | {value}`mumis-floor Avg. Gap scenario=subclass forget=71` | {value}`mumis-floor KL scenario=subclass forget=71 digits=2` |
# | a random tenth of CIFAR-10 | {value}`mumis-floor Avg. Gap scenario=random` | {value}`mumis-floor KL scenario=random digits=2` |
#
# * KL is far from 0 between two models of equal standing: on samples that neither saw, both are sure and differ. That one method has a smaller KL than another says something only
#   above this level.
# * FA of a class or sub-class is computed on 100 test images, so one image is a point.
# * In {item}`mumis-tab1`, {item}`mumis-tab2` and {item}`mumis-tabA7` the reference, the row `retrain`, is made as the first of the two is.

# %% [markdown]
# ## Live run
#
# Run it yourself: change the first cell and run all ({doc}`profiles and their costs </book/rerun>`). If nothing is shown below the cells, this page was
# built from saved records.
#
# Neither CIFAR nor the full network is embedded: under `quick` the embedded digits and a slim ResNet9 stand in for them.

# %% tags=["parameters"]
profile = "quick"  # smoke, quick, laptop or paper
seeds = None  # the profile's own number
device = "auto"

# %%
from mu import figures, runner

rows = runner.run("mumis-floor", profile=profile, seeds=seeds, device=device)
figures.show("mumis-floor", rows)
