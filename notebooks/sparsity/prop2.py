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
# # Proposition 2: error and bound
#
# Proposition 2 of {cite:t}`jia2023sparsity` bounds the error of gradient ascent on a model with mask $m$ {eq}`sparsity-prop2-bound`: learning
# rate squared, times steps, times the distance the unmasked weights travelled in training, times the largest curvature among them. The mask
# shrinks the last two, so the bound falls with sparsity. The paper has no check by experiment that we know of; this one is ours.
#
# It is made where the theory applies: plain SGD in a fixed order, no momentum, no weight decay, no augmentation, no batch norm. The first batch is to be
# forgotten. Retraining is the same run without it; unlearning adds its first gradient back, as in the theory it extends
# {cite:p}`thudi2022unrolling`. Masks by size and, as a control, at random, with the same share of
# every layer, so that none is lost whole; every sparsity starts from the same initial weights.
#
# ```{record} sparsity-prop2
# ```

# %% [markdown]
# ## What to see
#
# | mask by size | dense | 95 % | 99 % |
# |:---|---:|---:|---:|
# | error | {value}`sparsity-prop2 error sparsity=0 mask=size digits=4` | {value}`sparsity-prop2 error sparsity=95 mask=size digits=4` | {value}`sparsity-prop2 error sparsity=99 mask=size digits=4` |
# | bound | {value}`sparsity-prop2 bound sparsity=0 mask=size digits=4` | {value}`sparsity-prop2 bound sparsity=95 mask=size digits=4` | {value}`sparsity-prop2 bound sparsity=99 mask=size digits=4` |
# | distance travelled | {value}`sparsity-prop2 distance travelled sparsity=0 mask=size digits=3` | {value}`sparsity-prop2 distance travelled sparsity=95 mask=size digits=3` | {value}`sparsity-prop2 distance travelled sparsity=99 mask=size digits=3` |
# | curvature | {value}`sparsity-prop2 curvature sparsity=0 mask=size digits=2` | {value}`sparsity-prop2 curvature sparsity=95 mask=size digits=2` | {value}`sparsity-prop2 curvature sparsity=99 mask=size digits=2` |
# | error / norm of the retrained weights | {value}`sparsity-prop2 relative error sparsity=0 mask=size digits=5` | {value}`sparsity-prop2 relative error sparsity=95 mask=size digits=5` | {value}`sparsity-prop2 relative error sparsity=99 mask=size digits=5` |
# | error / root of the weights left | {value}`sparsity-prop2 error per root weight sparsity=0 mask=size digits=7` | {value}`sparsity-prop2 error per root weight sparsity=95 mask=size digits=7` | {value}`sparsity-prop2 error per root weight sparsity=99 mask=size digits=7` |
#
# | mask at random | dense | 95 % | 99 % |
# |:---|---:|---:|---:|
# | error | {value}`sparsity-prop2 error sparsity=0 mask=random digits=4` | {value}`sparsity-prop2 error sparsity=95 mask=random digits=4` | {value}`sparsity-prop2 error sparsity=99 mask=random digits=4` |
# | bound | {value}`sparsity-prop2 bound sparsity=0 mask=random digits=4` | {value}`sparsity-prop2 bound sparsity=95 mask=random digits=4` | {value}`sparsity-prop2 bound sparsity=99 mask=random digits=4` |
#
# * The proposition bounds the error, up to a constant. To explain why sparsity helps, error and bound have to fall together. Under `laptop`, three seeds, from dense to 99 %, with masks by size they do, on average; in between, their orders agree
#   loosely. With masks at random the bound falls as well and the error rises. The bound does not predict the error.
# * It is stated up to a constant, so the height of the bound means nothing. Only its shape does.
# * A vector with fewer entries is shorter. The last two rows of the first table, and the lower right panel, divide by what pruning shrinks anyway. Over the
#   norm of the retrained weights the error still falls; over the root of the number of weights left it rises.
# * $\sigma$ is found by Lanczos iteration over the weights that are left, at the end of training, on its first two batches.
# * The random masks are a control. They keep as many weights as those by size, so which weights are kept counts, and not only how many.
# * One step of ascent on one batch is far from the several epochs of ascent in {item}`sparsity-tab3`, which have momentum and batch norm. The check is about
#   the proposition, not about that table.

# %% [markdown]
# ## Live run
#
# Run it yourself: change the first cell and run all ({doc}`profiles and their costs </book/rerun>`). If nothing is shown below the cells, this page was
# built from saved records.
#
# Under `quick` a slim network and the embedded digits stand in for the ConvNet and CIFAR-10.

# %% tags=["parameters"]
profile = "quick"  # smoke, quick, laptop or paper
seeds = None  # the profile's own number
device = "auto"

# %%
from mu import figures, runner

rows = runner.run("sparsity-prop2", profile=profile, seeds=seeds, device=device)
figures.show("sparsity-prop2", rows)
