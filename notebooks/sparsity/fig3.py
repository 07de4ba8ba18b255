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
# What does sparsity change for each method? The model is first pruned by OMP, to several sparsities; then each method unlearns one class. This is the central
# figure of {cite:t}`jia2023sparsity`, who claim that UA and MIA-Efficacy rise with sparsity while RA hardly moves. Which lines rise is known; the layout and
# the values are not.
#
# The dotted line is retraining under the same mask, anew at every sparsity. The goal is to lie on it, not to be high.
#
# ```{record} sparsity-fig3
# ```

# %% [markdown]
# ## What to see
#
# * Read the diamonds at 0 and 95 %, which are means of all seeds. The lines are one seed (seed 0), and they jump with the value that the
#   {ref}`selection rule <choice-of-value>` picks anew at every sparsity.
# * UA, dense and 95 % sparse: fine-tuning {value}`sparsity-tab3 UA scenario=class sparsity=0 method=fine-tune` % and
#   {value}`sparsity-tab3 UA scenario=class sparsity=95 method=fine-tune` %, influence {value}`sparsity-tab3 UA scenario=class sparsity=0 method=influence` % and
#   {value}`sparsity-tab3 UA scenario=class sparsity=95 method=influence` %, gradient ascent {value}`sparsity-tab3 UA scenario=class sparsity=0 method=gradient-ascent` % and
#   {value}`sparsity-tab3 UA scenario=class sparsity=95 method=gradient-ascent` %. Under `laptop` UA rises by more than the spread of the seeds for gradient ascent
#   alone. In most seeds that is because the rule takes a larger rate for the sparse model: at a rate of 0.0001 UA is
#   {value}`sparsity-tab3 UA scenario=class sparsity=0 method=gradient-ascent tried=0.0001` % and
#   {value}`sparsity-tab3 UA scenario=class sparsity=95 method=gradient-ascent tried=0.0001` %. {item}`Another figure <sparsity-search>` shows all values.
# * Third row: what a method pays on the retained samples. For gradient ascent RA is {value}`sparsity-tab3 RA scenario=class sparsity=0 method=gradient-ascent` % dense and
#   {value}`sparsity-tab3 RA scenario=class sparsity=95 method=gradient-ascent` % at 95 %.
# * Bottom row: watch the dotted line itself. Where it falls, the reference has become weaker, and a smaller gap means less. In seed 0 its TA is
#   {value}`sparsity-tab3 TA scenario=class sparsity=0 method=retrain seed=0` % dense and {value}`sparsity-tab3 TA scenario=class sparsity=99 method=retrain seed=0` % at 99 %.

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
