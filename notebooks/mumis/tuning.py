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
# # What the choice of hyper-parameters changes (MU-Mis)
#
# How much does a result owe to the choice of a hyper-parameter? Every method here has a number that decides how far it goes: most often the learning rate; for SSD a threshold; for
# MU-Mis learning rate and $\delta$ together. This table, which is ours, sets three choices side by side, from the runs of {item}`mumis-tab1`:
#
# * *published*: a value that the method's own public code, or that of SSD, has for CIFAR-100 or near. For MU-Mis and for random labels no such value is known.
# * *rule*: the value that the {ref}`selection rule <mumis-choice>` picks without retrained model and test images.
# * *oracle*: the value nearest to the retrained model, best in hindsight.
#
# The values picked are in brackets; there are several where seeds differ.
#
# ```{record} mumis-tuning
# ```

# %% [markdown]
# ## What to see
#
# * By construction, no column is below the oracle. How far the rule lies above it is the price of not knowing the answer.
# * MU-Mis has two numbers to choose, and so as many values as any other method here, or more. A larger grid lowers the oracle.
# * A method that needs its value hit exactly shows a wide gap between rule and oracle. Under `laptop` that gap is below a point for most methods. The Avg. Gap of MU-Mis is
#   {value}`mumis-tab1 Avg. Gap dataset=cifar100 method=mu-mis choice=rule` by the rule and
#   {value}`mumis-tab1 Avg. Gap dataset=cifar100 method=mu-mis choice=oracle` by the oracle.
# * Published values carry over less well. SCRUB has {value}`mumis-tab1 Avg. Gap dataset=cifar100 method=scrub choice=published` at the published value and
#   {value}`mumis-tab1 Avg. Gap dataset=cifar100 method=scrub choice=rule` by the rule.
# * Reportedly MU-Mis is nearly flat in $\delta$. {item}`mumis-figA2` says otherwise.
# * The rule may read retained and held-out samples. Whoever runs a method *because* there are none has less to choose by.

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
