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
# {cite:t}`gogineni2025partial` has six tables. Their number is known from a later account, their contents are not.
# We read them as one table for each pair of data set and network, and this is the one for MNIST and the MLP. Rows and
# columns are our choice. Label flipping and gradient ascent stop
# at equal forgetting (at most 1 % of the forget set right) or at a limit of steps.
#
# Block A forgets the digit 3 when only a few of its samples are in training. Block B forgets it when all of them are.
# Every row of a block starts from the same trained model and is compared with the same retrained one.
#
# ```{record} partial-tab1
# ```

# %% [markdown]
# ## What to see
#
# **Block A.** Steps that used a digit 3: {value}`partial-tab1 affected share scenario=rare` % of all.
#
# * Forgetting: the digit 3 goes from {value}`partial-tab1 target accuracy method=trained scenario=rare` % to
#   {value}`partial-tab1 target accuracy method=amnesiac scenario=rare epochs=0` % (amnesiac) and
#   {value}`partial-tab1 target accuracy method=partial-amnesiac scenario=rare epochs=0` % (partial).
# * Price: the other classes go from {value}`partial-tab1 non-target accuracy method=trained scenario=rare` % to
#   {value}`partial-tab1 non-target accuracy method=amnesiac scenario=rare epochs=0` % (amnesiac) and
#   {value}`partial-tab1 non-target accuracy method=partial-amnesiac scenario=rare epochs=0` % (partial).
# * Need for fine-tuning: one epoch on the retained data brings amnesiac to
#   {value}`partial-tab1 non-target accuracy method=amnesiac scenario=rare epochs=1` %, and partial to
#   {value}`partial-tab1 non-target accuracy method=partial-amnesiac scenario=rare epochs=1` %. The same epoch without a removal (row *fine-tune*) brings the trained model to
#   {value}`partial-tab1 non-target accuracy method=fine-tune scenario=rare epochs=1` %: only what is gained beyond that was owed to the removal.
# * Against the reference: the {ref}`accuracy gap <metric-accuracy-gap>` to the retrained model is
#   {value}`partial-tab1 accuracy gap method=amnesiac scenario=rare epochs=0` points for amnesiac and
#   {value}`partial-tab1 accuracy gap method=partial-amnesiac scenario=rare epochs=0` points for partial. The paper claims
#   efficacy, that is, accuracy; this column asks more.
#
# **Block B.** Steps that used a digit 3: {value}`partial-tab1 affected share scenario=class` % of all. So much of
# the training is taken back; the other classes go from
# {value}`partial-tab1 non-target accuracy method=trained scenario=class` % to
# {value}`partial-tab1 non-target accuracy method=amnesiac scenario=class epochs=0` %. The partial row is at
# {value}`partial-tab1 non-target accuracy method=partial-amnesiac scenario=class epochs=0` %.
# A ledger of so many steps would be large (column *stored*). The class is known before training, so running sums are taken back in its place, one for every
# share of the grid: the same subtraction. The rule kept {value}`partial-tab1 kept share scenario=class method=partial-amnesiac digits=3`.
#
# **Membership.** Recall by {term}`shadow models <shadow model>` is {value}`partial-tab1 MIA recall (shadow) method=trained scenario=rare` % for the trained model,
# {value}`partial-tab1 MIA recall (shadow) method=partial-amnesiac scenario=rare epochs=0` % after partial removal and
# {value}`partial-tab1 MIA recall (shadow) method=retrain scenario=rare` % for the retrained one. The {ref}`AUC <metric-auc>` against unseen images
# of the same class is {value}`partial-tab1 AUC method=trained scenario=rare` % for the trained model, {value}`partial-tab1 AUC method=partial-amnesiac scenario=rare epochs=0` % after partial removal,
# {value}`partial-tab1 AUC method=amnesiac scenario=rare epochs=0` % after conventional removal, and
# {value}`partial-tab1 AUC method=retrain scenario=rare` % for the retrained one. The two can disagree: the first asks
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
