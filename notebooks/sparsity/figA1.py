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
# # Figure A1: what sparsity leaks
#
# Does a sparse model tell less about the samples it *keeps*? {cite:t}`jia2023sparsity` add a second attack, MIA-Privacy: the same classifier, asked about
# retained training and test images it has not seen ({ref}`definition <metric-mia-privacy>`). 50 % is chance. That this figure
# exists and what it claims is reconstructed; no number could be read.
#
# The figure is drawn from the class-wise record of {item}`sparsity-tab3`.
#
# ```{record} sparsity-figA1
# ```

# %% [markdown]
# ## What to see
#
# * Claim (our reading): sparsity reduces the leakage of retained samples. **Verdict:** {verdict}`sparsity-C9`.
# * MIA-Privacy, dense and 95 % sparse, is {value}`sparsity-tab3 MIA-Privacy scenario=class sparsity=0 method=retrain` % and
#   {value}`sparsity-tab3 MIA-Privacy scenario=class sparsity=95 method=retrain` % for the retrained model, and
#   {value}`sparsity-tab3 MIA-Privacy scenario=class sparsity=0 method=fine-tune` % and {value}`sparsity-tab3 MIA-Privacy scenario=class sparsity=95 method=fine-tune` % after
#   fine-tuning. Under `laptop` both fall by a few points in the mean, each at two of three seeds.
# * That of the original, before anything is forgotten, does not fall:
#   {value}`sparsity-tab3 MIA-Privacy scenario=class sparsity=0 method=trained` % and {value}`sparsity-tab3 MIA-Privacy scenario=class sparsity=95 method=trained` %.
# * Fine-tuning's falls because of its rate: the rule takes a larger one for the sparse model. At the same rate, 0.03, it rises from
#   {value}`sparsity-tab3 MIA-Privacy scenario=class sparsity=0 method=fine-tune tried=0.03` % to {value}`sparsity-tab3 MIA-Privacy scenario=class sparsity=95 method=fine-tune tried=0.03` %.
# * A model that fits its training samples less leaks less. At 99 %, in seed 0, the retrained model has
#   {value}`sparsity-tab3 MIA-Privacy scenario=class sparsity=99 method=retrain seed=0` %, but it is also a worse model: its RA has fallen to
#   {value}`sparsity-tab3 RA scenario=class sparsity=99 method=retrain seed=0` % ({item}`sparsity-fig3`).
# * This is about retained samples. It says nothing about the forgotten ones.
# * The attack has one feature, one classifier and no control of false positives. A value of 50 % does not show that nothing leaks.

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

rows = runner.run("sparsity-figA1", profile=profile, seeds=seeds, device=device)
figures.show("sparsity-figA1", rows)
