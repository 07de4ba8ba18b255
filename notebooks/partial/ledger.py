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
# # What recording costs
#
# What does it cost to record every step? This page measures bytes per parameter and step, and time per step, against the kept share.
# A ledger is worth its bytes only because the forget set may be chosen after training.
#
# Beside the ledger stand float32 differences stored whole, a running sum (one vector, if the forget set is known before training), and the
# fewest bytes that any code could need for the kept places and their two-byte values (*entropy bound*).
#
# ```{record} partial-ledger
# ```

# %% [markdown]
# ## What to see
#
# At a kept share of 0.1:
#
# | network | bytes per parameter and step | slow-down of a step, % | the same with dense recording, % |
# |:---|---:|---:|---:|
# | LeNet | {value}`partial-ledger bytes per parameter model=lenet recorder=ledger keep=0.1 digits=3` | {value}`partial-ledger slow-down model=lenet recorder=ledger keep=0.1` | {value}`partial-ledger slow-down model=lenet recorder=dense` |
# | ResNet9 | {value}`partial-ledger bytes per parameter model=resnet9 recorder=ledger keep=0.1 digits=3` | {value}`partial-ledger slow-down model=resnet9 recorder=ledger keep=0.1` | {value}`partial-ledger slow-down model=resnet9 recorder=dense` |
# | ResNet-18 | {value}`partial-ledger bytes per parameter model=resnet18 recorder=ledger keep=0.1 digits=3` | {value}`partial-ledger slow-down model=resnet18 recorder=ledger keep=0.1` | {value}`partial-ledger slow-down model=resnet18 recorder=dense` |
#
# * We aim at no more than 0.35 bytes per parameter and step, and at steps slowed by at most 30 % on a processor and 20 % on a GPU. On the processor of the
#   `laptop` record, one seed, all three networks meet the first two aims at this share. A small network need not be the cheaper one: a step of LeNet
#   takes milliseconds, and its ten layers are cut one by one.
# * A *mask* marks the kept places. It costs one bit per parameter however little is kept; below a share of about 0.06 it is the larger part.
# * A running sum takes 8 bytes per parameter for the whole run, however many steps it has.
# * Times on a shared processor scatter: a slow-down of a few percent is within the noise.

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

rows = runner.run("partial-ledger", profile=profile, seeds=seeds, device=device)
figures.show("partial-ledger", rows)
