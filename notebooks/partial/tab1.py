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
# # Table 1: all methods on MNIST, MLP
#
# How do all methods of the paper compare on one data set and network? Block A forgets digit 3 when only a few of its samples are in training,
# block B when all of them are. Every row of a block starts from the same trained model and is compared with the same retrained one.
# Label flipping and gradient ascent stop at equal forgetting (at most 1 % of the forget set still classified correctly) or at a limit of steps.
#
# {cite:t}`gogineni2025partial` has six tables; we know that from a later account, but not what they contain. We read them as one table for each pair of
# data set and network. This is the one for MNIST and the MLP; its rows and columns are our choice.
#
# ```{record} partial-tab1
# ```

# %% [markdown]
# ## What to see
#
# **Block A.** Of all steps, {value}`partial-tab1 affected share scenario=rare` % used an image of digit 3.
#
# * *Forgetting.* Accuracy on digit 3 goes from {value}`partial-tab1 target accuracy method=trained scenario=rare` % to
#   {value}`partial-tab1 target accuracy method=amnesiac scenario=rare epochs=0` % by conventional and to
#   {value}`partial-tab1 target accuracy method=partial-amnesiac scenario=rare epochs=0` % by partial removal.
# * *Price.* Accuracy on the other classes goes from {value}`partial-tab1 non-target accuracy method=trained scenario=rare` % to
#   {value}`partial-tab1 non-target accuracy method=amnesiac scenario=rare epochs=0` % by conventional and to
#   {value}`partial-tab1 non-target accuracy method=partial-amnesiac scenario=rare epochs=0` % by partial removal.
# * *Need for fine-tuning.* One epoch on the retained data brings accuracy on the other classes to
#   {value}`partial-tab1 non-target accuracy method=amnesiac scenario=rare epochs=1` % after conventional and to
#   {value}`partial-tab1 non-target accuracy method=partial-amnesiac scenario=rare epochs=1` % after partial removal. Without a removal (row *fine-tune*) the same
#   epoch brings it to {value}`partial-tab1 non-target accuracy method=fine-tune scenario=rare epochs=1` %. Only what is gained beyond that was owed to the removal.
# * *Distance to the reference.* The {ref}`accuracy gap <metric-accuracy-gap>` to the retrained model is
#   {value}`partial-tab1 accuracy gap method=amnesiac scenario=rare epochs=0` points after conventional and
#   {value}`partial-tab1 accuracy gap method=partial-amnesiac scenario=rare epochs=0` points after partial removal. The paper claims
#   efficacy, that is, accuracy; this column asks more.
#
# **Block B.** Here {value}`partial-tab1 affected share scenario=class` % of all steps used an image of digit 3, so that much of
# the training is taken back. Accuracy on the other classes goes from
# {value}`partial-tab1 non-target accuracy method=trained scenario=class` % to
# {value}`partial-tab1 non-target accuracy method=amnesiac scenario=class epochs=0` % by conventional and to
# {value}`partial-tab1 non-target accuracy method=partial-amnesiac scenario=class epochs=0` % by partial removal, with a kept share of
# {value}`partial-tab1 kept share scenario=class method=partial-amnesiac digits=3`.
# A ledger of so many steps would be large (column *stored*). As the class is known before training, running sums are taken back in its place, one for every
# share of the grid; the subtraction is the same.
#
# **Membership.** Recall by {term}`shadow models <shadow model>` is {value}`partial-tab1 MIA recall (shadow) method=trained scenario=rare` % for the trained model,
# {value}`partial-tab1 MIA recall (shadow) method=partial-amnesiac scenario=rare epochs=0` % after partial removal and
# {value}`partial-tab1 MIA recall (shadow) method=retrain scenario=rare` % for the retrained model. The {ref}`AUC <metric-auc>` against unseen images
# of the same class is {value}`partial-tab1 AUC method=trained scenario=rare` % for the trained model,
# {value}`partial-tab1 AUC method=partial-amnesiac scenario=rare epochs=0` % after partial removal,
# {value}`partial-tab1 AUC method=amnesiac scenario=rare epochs=0` % after conventional removal, and
# {value}`partial-tab1 AUC method=retrain scenario=rare` % for the retrained model. The two can disagree: the first asks
# whether a forgotten sample looks like a member, the second whether forgotten samples rank above unseen ones.

# %% [markdown]
# ## Live run
#
# Run it yourself: change the first cell and run all ({doc}`profiles and their costs </book/rerun>`). If nothing is shown below the cells, this page was
# built from saved records.

# %% tags=["parameters"]
profile = "quick"  # smoke, quick, laptop or paper
seeds = None  # the profile's own number
device = "auto"

# %%
from mu import figures, runner

rows = runner.run("partial-tab1", profile=profile, seeds=seeds, device=device)
figures.show("partial-tab1", rows)
