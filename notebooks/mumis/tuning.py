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
# # What the choice of hyper-parameters changes
#
# This table is ours. Every method here has a number that decides how far it goes: most often the learning rate; for SSD a threshold; for MU-Mis
# learning rate and $\delta$ together. Three choices stand side by side, from the runs of {doc}`tab1`: a value that public code uses; the value that a
# {ref}`rule <mumis-choice>` picks without retrained model and test images; the value nearest to the retrained model (*oracle*). The values picked are
# in brackets; several, where seeds differ.
#
# *Published* is what the method's own public code, or that of SSD, has for CIFAR-100 or near. For MU-Mis and for random labels no such value
# is known.
#
# ```{record} mumis-tuning
# ```

# %% [markdown]
# ## What to see
#
# * By construction, no column is below the oracle. How far the rule lies above it is the price of not knowing the answer.
# * MU-Mis has two numbers to choose and so as many values as any other method here, or more. A larger grid lowers the oracle.
# * A method that needs its value hit exactly shows a wide gap between rule and oracle. Under `laptop` it is below a point for most methods: the Avg. Gap of MU-Mis is
#   {value}`mumis-tab1 Avg. Gap dataset=cifar100 method=mu-mis choice=rule` by the rule and
#   {value}`mumis-tab1 Avg. Gap dataset=cifar100 method=mu-mis choice=oracle` by the oracle.
# * Published values carry over less well. That of SCRUB is {value}`mumis-tab1 Avg. Gap dataset=cifar100 method=scrub choice=published` at the published value and
#   {value}`mumis-tab1 Avg. Gap dataset=cifar100 method=scrub choice=rule` by the rule.
# * Reportedly MU-Mis is nearly flat in $\delta$. {item}`mumis-figA2` says otherwise.
# * The rule may read retained and held-out samples. Who runs a method *because* there are none has less to choose by.

# %% [markdown]
# ## Live run
#
# Run it yourself: change the first cell and run all ({doc}`profiles and their costs </book/rerun>`). If nothing is shown below the cells, this page was
# built from saved records.
#
# Under `quick`, digits and a slim ResNet9 stand in for CIFAR-100 and the full network.

# %% tags=["parameters"]
profile = "quick"  # smoke, quick, laptop or paper
seeds = None  # the profile's own number
device = "auto"

# %%
from mu import figures, runner

rows = runner.run("mumis-tuning", profile=profile, seeds=seeds, device=device)
figures.show("mumis-tuning", rows)
