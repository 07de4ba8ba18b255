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
# # The kept share under another optimiser
#
# Everything else in this chapter is trained with Adam, as in the predecessor's code. Adam divides each entry's step by how large its gradients
# have been, so its changes are more alike in size than those of SGD, and "the largest entries" are others. Which optimiser
# {cite:t}`gogineni2025partial` use could not be read. So here is the sweep of {doc}`keep` again, for the MLP, trained by Adam, by plain SGD
# (rate 0.02; at larger ones it loses a class for good at some seeds) and by SGD with momentum (0.9, rate 0.02).
#
# ```{record} partial-optimizer
# ```

# %% [markdown]
# ## What to see
#
# Largest entries kept; other classes and UA in percent. UA is the share of the forget set that is no longer classified correctly.
#
# | | other classes before | keep 0.02: other | UA | keep 0.1: other | UA | keep 1: other |
# |:---|---:|---:|---:|---:|---:|---:|
# | Adam | {value}`partial-optimizer non-target accuracy method=trained optimizer="Adam"` | {value}`partial-optimizer non-target accuracy optimizer="Adam" rule=top keep=0.02` | {value}`partial-optimizer UA optimizer="Adam" rule=top keep=0.02` | {value}`partial-optimizer non-target accuracy optimizer="Adam" rule=top keep=0.1` | {value}`partial-optimizer UA optimizer="Adam" rule=top keep=0.1` | {value}`partial-optimizer non-target accuracy optimizer="Adam" rule=top keep=1` |
# | SGD | {value}`partial-optimizer non-target accuracy method=trained optimizer="SGD"` | {value}`partial-optimizer non-target accuracy optimizer="SGD" rule=top keep=0.02` | {value}`partial-optimizer UA optimizer="SGD" rule=top keep=0.02` | {value}`partial-optimizer non-target accuracy optimizer="SGD" rule=top keep=0.1` | {value}`partial-optimizer UA optimizer="SGD" rule=top keep=0.1` | {value}`partial-optimizer non-target accuracy optimizer="SGD" rule=top keep=1` |
# | SGD with momentum | {value}`partial-optimizer non-target accuracy method=trained optimizer="SGD with momentum"` | {value}`partial-optimizer non-target accuracy optimizer="SGD with momentum" rule=top keep=0.02` | {value}`partial-optimizer UA optimizer="SGD with momentum" rule=top keep=0.02` | {value}`partial-optimizer non-target accuracy optimizer="SGD with momentum" rule=top keep=0.1` | {value}`partial-optimizer UA optimizer="SGD with momentum" rule=top keep=0.1` | {value}`partial-optimizer non-target accuracy optimizer="SGD with momentum" rule=top keep=1` |
#
# * A share serves where UA is near 100 and the other classes are near where they were before. Under `laptop` 0.01 is such a share for Adam
#   ({value}`partial-optimizer non-target accuracy optimizer="Adam" rule=top keep=0.01` % at a UA of {value}`partial-optimizer UA optimizer="Adam" rule=top keep=0.01` %). SGD with momentum pays more at any:
#   {value}`partial-optimizer non-target accuracy optimizer="SGD with momentum" rule=top keep=0.01` % at {value}`partial-optimizer UA optimizer="SGD with momentum" rule=top keep=0.01` %. 0.1 is none for any. Plain SGD's window lies lower, and three smaller shares are tried for it: 0.002 leaves
#   {value}`partial-optimizer non-target accuracy optimizer=SGD rule=top keep=0.002` % on the other classes, at a UA of
#   {value}`partial-optimizer UA optimizer=SGD rule=top keep=0.002` %, and 0.005 only {value}`partial-optimizer non-target accuracy optimizer=SGD rule=top keep=0.005` %.
# * By plain SGD random entries do about as well as the largest at equal forgetting, at a larger share: 0.05 of them leave
#   {value}`partial-optimizer non-target accuracy optimizer=SGD rule=random keep=0.05` % on the other classes, at a UA of
#   {value}`partial-optimizer UA optimizer=SGD rule=random keep=0.05` %.
# * The last column is conventional amnesiac unlearning. How much there is to gain by keeping less depends on how far it falls.
# * One network and three rates. A schedule or weight decay would be further ways to train.

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

rows = runner.run("partial-optimizer", profile=profile, seeds=seeds, device=device)
figures.show("partial-optimizer", rows)
