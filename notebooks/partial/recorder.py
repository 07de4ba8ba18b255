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
# # What recording costs, in numbers
#
# What does each of four ways to record the steps of training cost, compared with no recording? This table has the numbers of
# {item}`the figure of recording costs <partial-ledger>`.
#
# * `dense` stores every step's whole change, in float32.
# * `running-sum` stores one vector, the sum of the steps that used a sample to forget. The forget set has to be known before training.
# * `ledger` stores the largest entries of each layer at every step, in float16, with a mask that says which. The forget set may be chosen afterwards.
# * `spilled` is such a ledger that is written to disk while training goes on, here in eight files. Memory holds the steps of
#   {doc}`four of them at most </book/methods/partial-amnesiac>`, however many there are. It is timed by whole runs, until all is written, beside whole runs
#   without recording.
#
# ```{record} partial-recorder
# ```

# %% [markdown]
# ## What to see
#
# * Two bytes per kept value and one bit per position (equation {eq}`ledger-bytes`): 0.325 bytes per parameter and step at a share of 0.1. LeNet, whose layers
#   are small, has {value}`partial-ledger bytes per parameter model=lenet recorder=ledger keep=0.1 digits=3`.
# * A step of LeNet takes {value}`partial-ledger step time model=lenet recorder=none` ms, one of ResNet-18
#   {value}`partial-ledger step time model=resnet18 recorder=none digits=0` ms, so the slow-down of LeNet is made of fractions of a millisecond. Slow-downs do not
#   follow the kept share: each is from one timing on a shared processor.
# * A running sum takes its bytes once for the whole run, all others at every step.
# * When the ledger is spilled to disk, at a kept share of 0.1, a run takes {value}`partial-ledger slow-down model=lenet recorder=spilled` % longer on LeNet,
#   {value}`partial-ledger slow-down model=resnet9 recorder=spilled` % on ResNet9 and {value}`partial-ledger slow-down model=resnet18 recorder=spilled` % on
#   ResNet-18. Under `laptop` these runs were on another processor than the other rows.
#
# Our check: Recording every step is cheap. **Verdict:** {verdict}`partial-recording`.

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

rows = runner.run("partial-recorder", profile=profile, seeds=seeds, device=device)
figures.show("partial-recorder", rows)
