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
# # How far apart two retrained models are (sparsity)
#
# How large a gap can chance alone make? Every gap in {doc}`this chapter </book/sparsity>` is a distance to *one* retrained model. Retraining again, from other
# first weights and in another order of batches, gives another model. Its gap to the first is one draw of that chance ({ref}`how to read it <metric-floor>`). The paper
# has no such number; this one is ours.
#
# ```{record} sparsity-floor
# ```

# %% [markdown]
# ## What to see
#
# * {ref}`Disparity Ave. <metric-avg-gap>` of the second model to the first, dense, is {value}`sparsity-floor Avg. Gap scenario=class sparsity=0` points class-wise and
#   {value}`sparsity-floor Avg. Gap scenario=random sparsity=0` at random. At 95 % sparsity it is {value}`sparsity-floor Avg. Gap scenario=class sparsity=95`
#   and {value}`sparsity-floor Avg. Gap scenario=random sparsity=95`.
# * In {item}`sparsity-tab3`, under `laptop`, only class-wise Fisher forgetting, in both forms, comes about as near. With our form it is
#   {value}`sparsity-tab3 Avg. Gap scenario=class sparsity=0 method=fisher` dense and {value}`sparsity-tab3 Avg. Gap scenario=class sparsity=95 method=fisher` at 95 %; the published
#   form has one seed.
# * Both models carry the same mask and never saw the forget set. Class-wise both have a UA of 100 by definition, so a quarter of this gap is 0.
# * At random, UA and MIA-Efficacy are shares of a forget set that is small under `laptop`, and the models are weak. At full size the floor should be
#   lower.

# %% [markdown]
# ## Live run
#
# Run it yourself: change the first cell and run all ({doc}`profiles and their costs </book/rerun>`). If nothing is shown below the cells, this page was
# built from saved records.
#
# Under `quick`, digits and a slim ResNet9 stand in for CIFAR-10 and the full network.

# %% tags=["parameters"]
profile = "quick"  # smoke, quick, laptop or paper
seeds = None  # the profile's own number
device = "auto"

# %%
from mu import figures, runner

rows = runner.run("sparsity-floor", profile=profile, seeds=seeds, device=device)
figures.show("sparsity-floor", rows)
