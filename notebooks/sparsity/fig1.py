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
# # Figure 1: from a dense and from a sparse model
#
# Does fine-tuning come nearer to retraining from a sparse model than from a dense one? This radar chart compares fine-tuning from the dense model and from a
# model with 95 % of its convolution weights pruned. One class of CIFAR-10 is to be forgotten by a ResNet-18. Figure 1 of {cite:t}`jia2023sparsity` prints a UA
# of 22.5 % for the dense and of 73.6 % for the sparse model; the retrained one has 100 %.
#
# We draw the chart from the record of {item}`sparsity-tab3`. How the paper scales its axes is our reading: a radius is one minus the gap to the
# retrained model, divided by that model's value.
#
# ```{record} sparsity-fig1
# ```

# %% [markdown]
# ## What to see
#
# * Under `laptop`, fine-tuning at the rule's rate reaches the rim on UA and MIA-Efficacy from both models. UA is
#   {value}`sparsity-tab3 UA scenario=class sparsity=0 method=fine-tune` % dense and {value}`sparsity-tab3 UA scenario=class sparsity=95 method=fine-tune` % sparse;
#   MIA-Efficacy is {value}`sparsity-tab3 MIA-Efficacy scenario=class sparsity=0 method=fine-tune` % and
#   {value}`sparsity-tab3 MIA-Efficacy scenario=class sparsity=95 method=fine-tune` %. Nothing is left for sparsity to gain there.
# * At the published rate, 0.01, UA is {value}`sparsity-tab3 UA scenario=class sparsity=0 method=fine-tune choice=published` % dense and
#   {value}`sparsity-tab3 UA scenario=class sparsity=95 method=fine-tune choice=published` % sparse. Unlike in the paper, the sparse model is not ahead.
# * At the rule's rate the price is RA: {value}`sparsity-tab3 RA scenario=class sparsity=0 method=fine-tune` % dense and
#   {value}`sparsity-tab3 RA scenario=class sparsity=95 method=fine-tune` % sparse.
# * The rim is not one model. The dense line is compared with the dense retrained model, the sparse line with the sparse one.
#   Their test accuracy is {value}`sparsity-tab3 TA scenario=class sparsity=0 method=retrain` % and {value}`sparsity-tab3 TA scenario=class sparsity=95 method=retrain` %. A weaker
#   reference would be easier to reach.
# * The axis *speed* is not about sparsity, because masked weights are multiplied all the same. The paper claims no speed-up either: it prints 2.53
#   minutes in this figure, and 2.52 in its Table 3, where one number stands for both.

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

rows = runner.run("sparsity-fig1", profile=profile, seeds=seeds, device=device)
figures.show("sparsity-fig1", rows)
