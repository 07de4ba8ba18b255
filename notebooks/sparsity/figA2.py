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
# Does the *way* of pruning matter for unlearning, or only how much is pruned? One class is forgotten by fine-tuning after each of three pruners: OMP, IMP and SynFlow
# ({item}`sparsity-fig2` has their cost). {cite:t}`jia2023sparsity` have this comparison. The layout follows an earlier state of the public code, and no number
# could be read.
#
# ```{record} sparsity-figA2
# ```

# %% [markdown]
# ## What to see
#
# * Under `laptop` only OMP and SynFlow are recorded so far, at one seed. IMP is in the paper and in the code, but has no points here yet.
# * If the lines lay on each other, only the amount of pruning would count, not the way. Each pruner has its own retrained reference, under its own mask.
# * At the rate that the rule picks, fine-tuning forgets nearly all of the class after either pruner. At the published rate, 0.01, it does not: from 50 % sparse models UA is
#   {value}`sparsity-figA2 UA method=fine-tune pruner=omp sparsity=50 tried=0.01` % after OMP and
#   {value}`sparsity-figA2 UA method=fine-tune pruner=synflow sparsity=50 tried=0.01` % after SynFlow. What that follows is {item}`how well the original fits <sparsity-fit>`: OMP's, rewound, has an RA of
#   {value}`sparsity-figA2 RA method=trained pruner=omp sparsity=50 digits=2` %, SynFlow's {value}`sparsity-figA2 RA method=trained pruner=synflow sparsity=50 digits=2` %.
# * What differs otherwise is the model: at 95 % SynFlow's original has an RA of
#   {value}`sparsity-figA2 RA method=trained pruner=synflow sparsity=95` % and OMP's {value}`sparsity-figA2 RA method=trained pruner=omp sparsity=95` %. The references differ in the
#   same way, with an RA of {value}`sparsity-figA2 RA method=retrain pruner=synflow sparsity=95` and {value}`sparsity-figA2 RA method=retrain pruner=omp sparsity=95` %. Disparity
#   Ave. is alike, {value}`sparsity-figA2 Avg. Gap method=fine-tune pruner=synflow sparsity=95` and {value}`sparsity-figA2 Avg. Gap method=fine-tune pruner=omp sparsity=95` points, but
#   SynFlow's is the distance to a much weaker model.
# * SynFlow's sparse original misclassifies {value}`sparsity-figA2 UA method=trained pruner=synflow sparsity=95` % of the class before anything is forgotten. Where a mask leaves too
#   little to learn with, there is less to forget.
# * SynFlow's mask has never seen a training image. A gain with it could not be a trace of the forgotten samples in the mask.

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
