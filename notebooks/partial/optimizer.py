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
# Does the share to keep depend on the optimiser? Everything else in this chapter is trained with Adam, as in the predecessor's code. Adam divides each
# entry's step by how large its gradients have been. So its changes are more alike in size than those of SGD, and "the largest entries" are different ones.
#
# This page repeats {item}`the sweep over kept shares <partial-keep>` for the MLP, trained by Adam, by plain SGD (rate 0.02; at larger rates it loses a class
# for good at some seeds) and by SGD with momentum (0.9, rate 0.02). We could not read which optimiser {cite:t}`gogineni2025partial` use.
#
# ```{record} partial-optimizer
# ```

# %% [markdown]
# ## What to see
#
# Largest entries kept, in percent. *Others* is accuracy on the other classes; UA is the share of the forget set that is no longer classified correctly.
#
# | | others, before | others, keep 0.02 | UA, keep 0.02 | others, keep 0.1 | UA, keep 0.1 | others, keep 1 |
# |:---|---:|---:|---:|---:|---:|---:|
# | Adam | {value}`partial-optimizer non-target accuracy method=trained optimizer="Adam"` | {value}`partial-optimizer non-target accuracy optimizer="Adam" rule=top keep=0.02` | {value}`partial-optimizer UA optimizer="Adam" rule=top keep=0.02` | {value}`partial-optimizer non-target accuracy optimizer="Adam" rule=top keep=0.1` | {value}`partial-optimizer UA optimizer="Adam" rule=top keep=0.1` | {value}`partial-optimizer non-target accuracy optimizer="Adam" rule=top keep=1` |
# | SGD | {value}`partial-optimizer non-target accuracy method=trained optimizer="SGD"` | {value}`partial-optimizer non-target accuracy optimizer="SGD" rule=top keep=0.02` | {value}`partial-optimizer UA optimizer="SGD" rule=top keep=0.02` | {value}`partial-optimizer non-target accuracy optimizer="SGD" rule=top keep=0.1` | {value}`partial-optimizer UA optimizer="SGD" rule=top keep=0.1` | {value}`partial-optimizer non-target accuracy optimizer="SGD" rule=top keep=1` |
# | SGD with momentum | {value}`partial-optimizer non-target accuracy method=trained optimizer="SGD with momentum"` | {value}`partial-optimizer non-target accuracy optimizer="SGD with momentum" rule=top keep=0.02` | {value}`partial-optimizer UA optimizer="SGD with momentum" rule=top keep=0.02` | {value}`partial-optimizer non-target accuracy optimizer="SGD with momentum" rule=top keep=0.1` | {value}`partial-optimizer UA optimizer="SGD with momentum" rule=top keep=0.1` | {value}`partial-optimizer non-target accuracy optimizer="SGD with momentum" rule=top keep=1` |
#
# A share serves where UA is near 100 and the other classes are near where they were before. Under `laptop`:
#
# * For Adam, 0.01 is such a share: {value}`partial-optimizer non-target accuracy optimizer="Adam" rule=top keep=0.01` % on the other classes at a UA of
#   {value}`partial-optimizer UA optimizer="Adam" rule=top keep=0.01` %. A share of 0.1 serves none of the three.
# * SGD with momentum pays more at any share that forgets: at 0.01 it has
#   {value}`partial-optimizer non-target accuracy optimizer="SGD with momentum" rule=top keep=0.01` % at a UA of
#   {value}`partial-optimizer UA optimizer="SGD with momentum" rule=top keep=0.01` %.
# * For plain SGD the window lies lower, so three smaller shares are tried. 0.002 leaves
#   {value}`partial-optimizer non-target accuracy optimizer=SGD rule=top keep=0.002` % on the other classes, at a UA of
#   {value}`partial-optimizer UA optimizer=SGD rule=top keep=0.002` %, and 0.005 only
#   {value}`partial-optimizer non-target accuracy optimizer=SGD rule=top keep=0.005` %.
# * Trained by plain SGD, random entries do about as well as the largest at equal forgetting, at a larger share: 0.05 of them leave
#   {value}`partial-optimizer non-target accuracy optimizer=SGD rule=random keep=0.05` % on the other classes, at a UA of
#   {value}`partial-optimizer UA optimizer=SGD rule=random keep=0.05` %.
# * The last column is conventional removal. The further it falls, the more there is to gain by keeping less.
#
# This is one network, with one rate for each way to train. A schedule or weight decay would be further ways.

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
