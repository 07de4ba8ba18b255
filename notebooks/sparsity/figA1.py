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
# Drawn from the record of {doc}`tab3`, class-wise.
#
# ```{record} sparsity-figA1
# ```

# %% [markdown]
# ## What to see
#
# * Dense and 95 % sparse, retrained: {value}`sparsity-tab3 MIA-Privacy scenario=class sparsity=0 method=retrain` % and {value}`sparsity-tab3 MIA-Privacy scenario=class sparsity=95 method=retrain` %. After
#   fine-tuning: {value}`sparsity-tab3 MIA-Privacy scenario=class sparsity=0 method=fine-tune` % and {value}`sparsity-tab3 MIA-Privacy scenario=class sparsity=95 method=fine-tune` %.
# * Under `laptop` both fall by a few points from dense to 95 %. That of the original, before anything is forgotten, does not:
#   {value}`sparsity-tab3 MIA-Privacy scenario=class sparsity=0 method=trained` % and {value}`sparsity-tab3 MIA-Privacy scenario=class sparsity=95 method=trained` %. And fine-tuning's falls by its
#   rate, of which the rule takes a larger one for the sparse model. At one rate it rises: at 0.03 from
#   {value}`sparsity-tab3 MIA-Privacy scenario=class sparsity=0 method=fine-tune tried=0.03` % to {value}`sparsity-tab3 MIA-Privacy scenario=class sparsity=95 method=fine-tune tried=0.03` %.
#   The claim that sparsity reduces the leak: {verdict}`sparsity-C9`.
# * A model that fits its training samples less leaks less. At 99 %, in seed 0, the retrained model has
#   {value}`sparsity-tab3 MIA-Privacy scenario=class sparsity=99 method=retrain seed=0` %, but its RA has fallen to
#   {value}`sparsity-tab3 RA scenario=class sparsity=99 method=retrain seed=0` % as well ({item}`sparsity-fig3`): a worse model.
# * This is about retained samples. It says nothing about the forgotten ones.
# * One feature, one classifier, no control of false positives: a value of 50 % does not show that nothing leaks.

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
