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
# # What is forgotten, by how well the original fits
#
# Fine-tuning goes on down the loss on the samples to keep. If training has left nothing of that loss, there is nothing to go down, and the model stays as it is. An
# influence step begins with the gradient of the same loss. So how much either forgets may depend on how well the original fits its samples, and dense and sparse
# models need not fit equally well after the same epochs. Here originals are trained for two thirds of the epochs up to twice as many, and a class is unlearned from
# each with the published values. The experiment is ours.
#
# ```{record} sparsity-fit
# ```

# %% [markdown]
# ## What to see
#
# TO WRITE

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

rows = runner.run("sparsity-fit", profile=profile, seeds=seeds, device=device)
figures.show("sparsity-fit", rows)
