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
# The figure {item}`partial-ledger` as a table: four ways to record the steps of training beside none, and what each costs.
#
# * `dense`: every step's whole change, in float32.
# * `running-sum`: one vector, the sum of the steps that used a sample to forget. The forget set has to be known before training.
# * `ledger`: of every step the largest entries of each layer, in float16, with a mask that says which; the forget set may be chosen afterwards.
# * `spilled`: such a ledger that is written to disk while training goes on, here in eight files. Memory holds the steps of {doc}`four of them at most </book/methods/partial-amnesiac>`,
#   however many there are. It is timed by whole runs, until all is written, beside whole runs without recording.
#
# ```{record} partial-recorder
# ```

# %% [markdown]
# ## What to see
#
# * Two bytes a kept value and one bit for each place: at a kept share of 0.1 that is {eq}`ledger-bytes` 0.325 bytes per parameter and step, and LeNet, whose layers
#   are small, has {value}`partial-ledger bytes per parameter model=lenet recorder=ledger keep=0.1 digits=3`.
# * That recording is cheap, a check of ours: {verdict}`partial-recording`.
# * A step of LeNet takes {value}`partial-ledger step time model=lenet recorder=none` ms, one of ResNet-18
#   {value}`partial-ledger step time model=resnet18 recorder=none digits=0` ms, so the slow-down of LeNet is made of fractions of a millisecond. Slow-downs do not
#   follow the kept share: each is from one timing on a shared processor.
# * A running sum takes its bytes once for the whole run, all others at every step.
# * Spilled to disk, at a kept share of 0.1, a run of LeNet takes {value}`partial-ledger slow-down model=lenet recorder=spilled` % longer, of ResNet9
#   {value}`partial-ledger slow-down model=resnet9 recorder=spilled` %, of ResNet-18 {value}`partial-ledger slow-down model=resnet18 recorder=spilled` %; under `laptop` on
#   another processor than the other rows.

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
