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
# # Figure 3: unlearning against sparsity
#
# The central figure of {cite:t}`jia2023sparsity`: prune first by OMP, to several sparsities, then unlearn one class with each
# method. The paper claims that UA and MIA-Efficacy rise with sparsity while RA hardly moves. Which lines rise is known; the layout and
# the values are not.
#
# The dotted line is retraining under the same mask, at every sparsity anew. The goal is to lie on it, not to be high.
#
# ```{record} sparsity-fig3
# ```

# %% [markdown]
# ## What to see
#
# * The lines are one seed (seed 0) and jump with the value that the {ref}`rule <choice-of-value>` picks anew at every sparsity. The diamonds at 0 and 95 %, means
#   of all seeds, are what to read.
# * UA, dense and 95 % sparse: fine-tuning {value}`sparsity-tab3 UA scenario=class sparsity=0 method=fine-tune` % and
#   {value}`sparsity-tab3 UA scenario=class sparsity=95 method=fine-tune` %, influence {value}`sparsity-tab3 UA scenario=class sparsity=0 method=influence` % and
#   {value}`sparsity-tab3 UA scenario=class sparsity=95 method=influence` %, gradient ascent {value}`sparsity-tab3 UA scenario=class sparsity=0 method=gradient-ascent` % and
#   {value}`sparsity-tab3 UA scenario=class sparsity=95 method=gradient-ascent` %. Under `laptop` it rises by more than the spread of the seeds for gradient ascent
#   alone, and in most seeds because the rule takes a larger rate for the sparse model: at a rate of 0.0001 UA is
#   {value}`sparsity-tab3 UA scenario=class sparsity=0 method=gradient-ascent tried=0.0001` % and
#   {value}`sparsity-tab3 UA scenario=class sparsity=95 method=gradient-ascent tried=0.0001` %. All values: {item}`sparsity-search`.
# * Lower left: what a method pays on the retained samples. Gradient ascent: RA {value}`sparsity-tab3 RA scenario=class sparsity=0 method=gradient-ascent` % and
#   {value}`sparsity-tab3 RA scenario=class sparsity=95 method=gradient-ascent` %.
# * Lower right: the dotted line itself. Where it falls, the reference has become weaker, and a smaller gap means less. At 99 %, in seed 0, its TA is
#   {value}`sparsity-tab3 TA scenario=class sparsity=99 method=retrain seed=0` %, and dense {value}`sparsity-tab3 TA scenario=class sparsity=0 method=retrain seed=0` %.

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

rows = runner.run("sparsity-fig3", profile=profile, seeds=seeds, device=device)
figures.show("sparsity-fig3", rows)
