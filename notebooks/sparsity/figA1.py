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
# # Figure A1: what sparsity leaks
#
# Does a sparse model tell less about the samples it *keeps*? {cite:t}`jia2023sparsity` add a second attack, MIA-Privacy: the same classifier, asked about
# retained training and test images it has not seen ({ref}`definition <metric-mia-privacy>`). 50 % is chance. That this figure
# exists and what it claims is reconstructed; no number could be read.
#
# Drawn from the record of {doc}`tab3`, class-wise.
#
# Neither CIFAR-10 nor the full network is embedded: under `quick` the embedded digits and a slim ResNet9 stand in for them.
#
# ```{record} sparsity-figA1
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

rows = runner.run("sparsity-figA1", profile=profile, seeds=seeds, device=device)
figures.show("sparsity-figA1", rows)

# %% [markdown]
# ## What to see
#
# * Dense and 95 % sparse, retrained: {value}`sparsity-tab3 MIA-Privacy scenario=class sparsity=0 method=retrain` % and {value}`sparsity-tab3 MIA-Privacy scenario=class sparsity=95 method=retrain` %. After
#   fine-tuning: {value}`sparsity-tab3 MIA-Privacy scenario=class sparsity=0 method=fine-tune` % and {value}`sparsity-tab3 MIA-Privacy scenario=class sparsity=95 method=fine-tune` %.
# * A model that fits its training samples less leaks less. Put TA and RA of {item}`sparsity-fig3` beside every fall: at 99 % a lower leak
#   may be nothing but a worse model.
# * This is about retained samples. It says nothing about the forgotten ones.
# * One feature, one classifier, no control of false positives: a value of 50 % does not show that nothing leaks.
