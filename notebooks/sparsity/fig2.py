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
# # Figure 2: three pruners
#
# Which pruner should come before unlearning? It must cost little accuracy and little time, and its mask should depend little on what is to be
# forgotten. {cite:t}`jia2023sparsity` compare one-shot magnitude pruning (OMP, their default) {cite:p}`ma2021omp`, iterative
# magnitude pruning (IMP) {cite:p}`frankle2019lottery` and SynFlow {cite:p}`tanaka2020synflow`, which looks at no data. The layout and
# the choice of axes are reconstructed; no number of this figure could be read.
#
# The figure shows the original model, before any unlearning.
#
# ```{record} sparsity-fig2
# ```

# %% [markdown]
# ## What to see
#
# * Under `laptop` only OMP and SynFlow are recorded so far, at one seed. IMP is in the paper and in the code, but has no points here yet.
# * Left: the accuracy of the original as more is pruned. OMP keeps it: {value}`sparsity-figA2 TA method=trained pruner=omp sparsity=50` % at 50 and
#   {value}`sparsity-figA2 TA method=trained pruner=omp sparsity=95` % at 95 % sparsity. SynFlow, which sees no data, does not:
#   {value}`sparsity-figA2 TA method=trained pruner=synflow sparsity=50` and {value}`sparsity-figA2 TA method=trained pruner=synflow sparsity=95` %.
# * Right: by construction OMP trains twice, SynFlow once and IMP once per round. OMP and IMP start from the trained dense model, whose time is counted as well.
#   Where cells ran side by side, the right panel holds by orders of magnitude only.
# * The accuracy is on test images without the class to forget ({ref}`TA <metric-ta>`), although nothing has been forgotten yet.
# * OMP and IMP find their masks on all data, including those to be forgotten. Only SynFlow's mask is free of them.

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

rows = runner.run("sparsity-fig2", profile=profile, seeds=seeds, device=device)
figures.show("sparsity-fig2", rows)
