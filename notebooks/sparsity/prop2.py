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
# Does the error of gradient ascent fall with sparsity, as its bound does? Proposition 2 of {cite:t}`jia2023sparsity` bounds the error on a model with mask $m$, see
# equation {eq}`sparsity-prop2-bound`: learning rate squared, times steps, times the distance the unmasked weights travelled in training, times the largest curvature
# among them. The mask shrinks the last two, so the bound falls with sparsity. We know of no experiment in the paper that checks it; this one is ours.
#
# We check it where the theory applies: plain SGD in a fixed order, no momentum, no weight decay, no augmentation, no batch norm. The first batch is to be
# forgotten. Retraining is the same run without it; unlearning adds its first gradient back, as in the theory that the proposition extends
# {cite:p}`thudi2022unrolling`. Masks are by size and, as a control, at random. Each keeps the same share of
# every layer, so that no layer is lost whole. Every sparsity starts from the same initial weights.
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
# * To explain why sparsity helps, error and bound have to fall together. Under `laptop`, three seeds, with masks by size they do so on average, from dense to 99 %; in
#   between, their orders agree loosely. With masks at random the bound falls as well, but the error rises. So the bound does not predict the error.
# * The bound is stated up to a constant. Its height means nothing; only its shape does.
# * A vector with fewer entries is shorter. The last two rows of the first table, and the lower right panel, divide by what pruning shrinks anyway. Divided by the
#   norm of the retrained weights the error still falls; divided by the root of the number of weights left it rises.
# * The random masks keep as many weights as those by size. So it counts which weights are kept, and not only how many.
# * $\sigma$ is found by Lanczos iteration over the weights that are left, at the end of training, on its first two batches.
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
