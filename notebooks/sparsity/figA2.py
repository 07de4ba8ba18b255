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
# # Figure A2: unlearning after three pruners
#
# {cite:t}`jia2023sparsity` repeat the comparison for three pruners: OMP, IMP and SynFlow ({doc}`fig2` has their cost). Fine-tuning after each,
# one class to be forgotten. The layout follows an earlier state of the public code, and no number
# could be read.
#
# The question behind it: does the *way* of pruning matter, or only how much is pruned?
#
# ```{record} sparsity-figA2
# ```

# %% [markdown]
# ## What to see
#
# * Lines that lie on each other would say that the amount counts and not the way.
# * SynFlow's mask has never seen a training image. A gain with it is not a trace of the forgotten samples in the mask.
# * Each pruner has its own retrained reference, under its own mask.
# * Under `laptop`, one seed, OMP and SynFlow. Fine-tuning forgets nearly all of the class after either. What differs is the model: at 95 % SynFlow's original has an RA of
#   {value}`sparsity-figA2 RA method=trained pruner=synflow sparsity=95` % and OMP's {value}`sparsity-figA2 RA method=trained pruner=omp sparsity=95` %. The references differ in the same way, RA {value}`sparsity-figA2 RA method=retrain pruner=synflow sparsity=95` and {value}`sparsity-figA2 RA method=retrain pruner=omp sparsity=95` %. Disparity Ave. is
#   {value}`sparsity-figA2 Avg. Gap method=fine-tune pruner=synflow sparsity=95` and {value}`sparsity-figA2 Avg. Gap method=fine-tune pruner=omp sparsity=95` points: alike, the one to a much weaker model.
# * SynFlow's sparse original gets {value}`sparsity-figA2 UA method=trained pruner=synflow sparsity=95` % of the class wrong before anything is forgotten. Where a mask leaves too little to learn with, there is less to forget.
# * IMP has points at other sparsities, and fewer of them: each round is another training.

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

rows = runner.run("sparsity-figA2", profile=profile, seeds=seeds, device=device)
figures.show("sparsity-figA2", rows)
