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
# # Table A2: CIFAR-100, ResNet-18
#
# Does the effect of sparsity carry over to CIFAR-100? This is {item}`sparsity-tab3` for CIFAR-100 and ResNet-18. One class of a hundred is a hundredth of the data, and a
# random tenth is ten times as much, so the two scenarios are further apart than on CIFAR-10. We know that {cite:t}`jia2023sparsity` have such a table in their appendix, with
# retraining and fine-tuning, but not its number and its cells. So no value of the paper stands behind ours.
#
# ```{record} sparsity-tabA2
# ```

# %% [markdown]
# ## What to see
#
# Disparity Ave. in points, under `laptop`, one seed:
#
# | | class, dense | class, 95 % | random, dense | random, 95 % |
# |:---|---:|---:|---:|---:|
# | doing nothing | {value}`sparsity-tabA2 Avg. Gap scenario=class sparsity=0 method=trained` | {value}`sparsity-tabA2 Avg. Gap scenario=class sparsity=95 method=trained` | {value}`sparsity-tabA2 Avg. Gap scenario=random sparsity=0 method=trained` | {value}`sparsity-tabA2 Avg. Gap scenario=random sparsity=95 method=trained` |
# | FT | {value}`sparsity-tabA2 Avg. Gap scenario=class sparsity=0 method=fine-tune` | {value}`sparsity-tabA2 Avg. Gap scenario=class sparsity=95 method=fine-tune` | {value}`sparsity-tabA2 Avg. Gap scenario=random sparsity=0 method=fine-tune` | {value}`sparsity-tabA2 Avg. Gap scenario=random sparsity=95 method=fine-tune` |
# | GA | {value}`sparsity-tabA2 Avg. Gap scenario=class sparsity=0 method=gradient-ascent` | {value}`sparsity-tabA2 Avg. Gap scenario=class sparsity=95 method=gradient-ascent` | {value}`sparsity-tabA2 Avg. Gap scenario=random sparsity=0 method=gradient-ascent` | {value}`sparsity-tabA2 Avg. Gap scenario=random sparsity=95 method=gradient-ascent` |
# | FF | {value}`sparsity-tabA2 Avg. Gap scenario=class sparsity=0 method=fisher` | {value}`sparsity-tabA2 Avg. Gap scenario=class sparsity=95 method=fisher` | {value}`sparsity-tabA2 Avg. Gap scenario=random sparsity=0 method=fisher` | {value}`sparsity-tabA2 Avg. Gap scenario=random sparsity=95 method=fisher` |
# | IU | {value}`sparsity-tabA2 Avg. Gap scenario=class sparsity=0 method=influence` | {value}`sparsity-tabA2 Avg. Gap scenario=class sparsity=95 method=influence` | {value}`sparsity-tabA2 Avg. Gap scenario=random sparsity=0 method=influence` | {value}`sparsity-tabA2 Avg. Gap scenario=random sparsity=95 method=influence` |
# | $\ell_1$-sparse | {value}`sparsity-tabA2 Avg. Gap scenario=class sparsity=0 method=l1-sparse` | {value}`sparsity-tabA2 Avg. Gap scenario=class sparsity=95 method=l1-sparse` | {value}`sparsity-tabA2 Avg. Gap scenario=random sparsity=0 method=l1-sparse` | {value}`sparsity-tabA2 Avg. Gap scenario=random sparsity=95 method=l1-sparse` |
#
# * The claim is that the second number of each pair is the smaller. Class-wise it is so for GA alone, at random for FT alone.
# * *The sparse reference is weak.* The original, pruned and trained again from its early weights, has an RA of {value}`sparsity-tabA2 RA scenario=class sparsity=95 method=trained` %.
#   The model retrained from new weights under the same mask has {value}`sparsity-tabA2 RA scenario=class sparsity=95 method=retrain` %, and the dense retrained one
#   {value}`sparsity-tabA2 RA scenario=class sparsity=0 method=retrain` %. So a method that keeps what the sparse model knew is far from its reference because it knows more.
#   {item}`Another table <sparsity-reference>` has a reference that finds its own mask, on CIFAR-10.
# * All of these models have learnt little: TA of the original is {value}`sparsity-tabA2 TA scenario=class sparsity=0 method=trained` % dense and
#   {value}`sparsity-tabA2 TA scenario=class sparsity=95 method=trained` % sparse.
# * The published hyper-parameters are those for CIFAR-10 and ResNet-18. Here they are one value among those tried.

# %% [markdown]
# ## Live run
#
# Run it yourself: change the first cell and run all ({doc}`profiles and their costs </book/rerun>`). If nothing is shown below the cells, this page was
# built from saved records.
#
# Under `quick` the embedded digits and a slim network stand in for CIFAR-100 and ResNet-18, so that the code runs everywhere.

# %% tags=["parameters"]
profile = "quick"  # smoke, quick, laptop or paper
seeds = None  # the profile's own number
device = "auto"

# %%
from mu import figures, runner

rows = runner.run("sparsity-tabA2", profile=profile, seeds=seeds, device=device)
figures.show("sparsity-tabA2", rows)
