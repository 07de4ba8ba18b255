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
# # Table A4: CIFAR-10, VGG-16
#
# Does the effect of sparsity carry over to another network? This is {item}`sparsity-tab3` for CIFAR-10 and VGG-16, a network without residual connections, where pruning can
# cut a path for good. We know that {cite:t}`jia2023sparsity` have such a table in their appendix, but not its number and its cells. So no value of the paper stands behind ours.
#
# ```{record} sparsity-tabA4
# ```

# %% [markdown]
# ## What to see
#
# Disparity Ave. in points, under `laptop`; a number without ± is from one seed:
#
# | | class, dense | class, 95 % | random, dense | random, 95 % |
# |:---|---:|---:|---:|---:|
# | doing nothing | {value}`sparsity-tabA4 Avg. Gap scenario=class sparsity=0 method=trained` | {value}`sparsity-tabA4 Avg. Gap scenario=class sparsity=95 method=trained` | {value}`sparsity-tabA4 Avg. Gap scenario=random sparsity=0 method=trained` | {value}`sparsity-tabA4 Avg. Gap scenario=random sparsity=95 method=trained` |
# | FT | {value}`sparsity-tabA4 Avg. Gap scenario=class sparsity=0 method=fine-tune` | {value}`sparsity-tabA4 Avg. Gap scenario=class sparsity=95 method=fine-tune` | {value}`sparsity-tabA4 Avg. Gap scenario=random sparsity=0 method=fine-tune` | {value}`sparsity-tabA4 Avg. Gap scenario=random sparsity=95 method=fine-tune` |
# | GA | {value}`sparsity-tabA4 Avg. Gap scenario=class sparsity=0 method=gradient-ascent` | {value}`sparsity-tabA4 Avg. Gap scenario=class sparsity=95 method=gradient-ascent` | {value}`sparsity-tabA4 Avg. Gap scenario=random sparsity=0 method=gradient-ascent` | {value}`sparsity-tabA4 Avg. Gap scenario=random sparsity=95 method=gradient-ascent` |
# | FF | {value}`sparsity-tabA4 Avg. Gap scenario=class sparsity=0 method=fisher` | {value}`sparsity-tabA4 Avg. Gap scenario=class sparsity=95 method=fisher` | {value}`sparsity-tabA4 Avg. Gap scenario=random sparsity=0 method=fisher` | {value}`sparsity-tabA4 Avg. Gap scenario=random sparsity=95 method=fisher` |
# | IU | {value}`sparsity-tabA4 Avg. Gap scenario=class sparsity=0 method=influence` | {value}`sparsity-tabA4 Avg. Gap scenario=class sparsity=95 method=influence` | {value}`sparsity-tabA4 Avg. Gap scenario=random sparsity=0 method=influence` | {value}`sparsity-tabA4 Avg. Gap scenario=random sparsity=95 method=influence` |
# | $\ell_1$-sparse | {value}`sparsity-tabA4 Avg. Gap scenario=class sparsity=0 method=l1-sparse` | {value}`sparsity-tabA4 Avg. Gap scenario=class sparsity=95 method=l1-sparse` | {value}`sparsity-tabA4 Avg. Gap scenario=random sparsity=0 method=l1-sparse` | {value}`sparsity-tabA4 Avg. Gap scenario=random sparsity=95 method=l1-sparse` |
#
# * The claim is that the second number of each pair is the smaller. Class-wise it is so in the mean for every method, at random (one seed) for none.
# * *The two models differ by more than the mask.* The dense VGG has not fitted its training images in these few epochs: its RA is
#   {value}`sparsity-tabA4 RA scenario=class sparsity=0 method=trained` %. The sparse one, pruned and trained again from an early state, has: its RA is
#   {value}`sparsity-tabA4 RA scenario=class sparsity=95 method=trained` %. The dense one hardly memorises a random tenth, so there is little to forget (UA
#   {value}`sparsity-tabA4 UA scenario=random sparsity=0 method=trained` %, retrained {value}`sparsity-tabA4 UA scenario=random sparsity=0 method=retrain` %). The sparse one memorises it
#   ({value}`sparsity-tabA4 UA scenario=random sparsity=95 method=trained` %, retrained {value}`sparsity-tabA4 UA scenario=random sparsity=95 method=retrain` %).
# * A gap to a retrained model that is itself poor is no evidence. TA of the retrained model is {value}`sparsity-tabA4 TA scenario=class sparsity=0 method=retrain` % dense and
#   {value}`sparsity-tabA4 TA scenario=class sparsity=95 method=retrain` % sparse.
# * The published hyper-parameters are those for CIFAR-10 and ResNet-18. Here they are one value among those tried.

# %% [markdown]
# ## Live run
#
# Run it yourself: change the first cell and run all ({doc}`profiles and their costs </book/rerun>`). If nothing is shown below the cells, this page was
# built from saved records.
#
# Under `quick` the embedded digits and a slim network stand in for CIFAR-10 and VGG-16, so that the code runs everywhere.

# %% tags=["parameters"]
profile = "quick"  # smoke, quick, laptop or paper
seeds = None  # the profile's own number
device = "auto"

# %%
from mu import figures, runner

rows = runner.run("sparsity-tabA4", profile=profile, seeds=seeds, device=device)
figures.show("sparsity-tabA4", rows)
