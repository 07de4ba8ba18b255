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
# This table is ours. Every method here has one number that decides how far it goes: a learning rate, the scale of a noise, the length of a
# step, the weight of a penalty. {cite:t}`jia2023sparsity` searched for the value nearest to the retrained model. Whoever has
# that model has no need to unlearn.
#
# So three choices stand side by side, from the same runs: the value as published; the value that a
# {ref}`rule <choice-of-value>` picks without retrained model and test set; the value nearest to the retrained model (*oracle*). In brackets
# are the values picked; several, where seeds differ.
#
# Neither CIFAR-10 nor the full network is embedded: under `quick` the embedded digits and a slim ResNet9 stand in for them.
#
# ```{record} sparsity-tuning
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

rows = runner.run("sparsity-tuning", profile=profile, seeds=seeds, device=device)
figures.show("sparsity-tuning", rows)

# %% [markdown]
# ## What to see
#
# * By construction, no column is below the oracle. How far the rule lies above it is the price of not knowing the answer.
# * Where *published* lies far above both, the published value does not carry over to our sizes. Then a comparison at that value says nothing
#   about the method.
# * Whether the claim survives: compare dense and 95 % within one column. If it holds for the oracle alone, it is a claim about the search.
# * A finer grid lowers the oracle of a sensitive method most. Under `laptop` FT and FF have three values, l1-sparse four, GA and IU five.
