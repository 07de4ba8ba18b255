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
# # Figure 1: accuracy while training and unlearning
#
# What does it cost the other classes to remove one, by conventional and by partial amnesiac unlearning? The class to forget is digit 3.
# It is rare: only a few of its samples are in training, scattered by shuffling. The left panels show the price of
# forgetting, the right panels the forgetting itself.
#
# Figure 1 of {cite:t}`gogineni2025partial` follows test accuracy over the epochs of training and removal. We know this topic from a later
# account; the figure itself, its axes and its values were not available to us. The layout is that of the predecessor's
# figure {cite:p}`graves2021amnesiac`: training, a removal request, and then training on without the removed samples.
#
# ```{record} partial-fig1
# ```

# %% [markdown]
# ## What to see
#
# Test accuracy right after the subtraction, in percent:
#
# | | MLP | LeNet | ResNet9 |
# |:---|---:|---:|---:|
# | other classes, conventional | {value}`partial-fig1 non-target accuracy method=amnesiac model=mlp phase=removal` | {value}`partial-fig1 non-target accuracy method=amnesiac model=lenet phase=removal` | {value}`partial-fig1 non-target accuracy method=amnesiac model=resnet9-slim phase=removal` |
# | other classes, partial | {value}`partial-fig1 non-target accuracy method=partial-amnesiac model=mlp phase=removal` | {value}`partial-fig1 non-target accuracy method=partial-amnesiac model=lenet phase=removal` | {value}`partial-fig1 non-target accuracy method=partial-amnesiac model=resnet9-slim phase=removal` |
# | digit 3, conventional | {value}`partial-fig1 target accuracy method=amnesiac model=mlp phase=removal` | {value}`partial-fig1 target accuracy method=amnesiac model=lenet phase=removal` | {value}`partial-fig1 target accuracy method=amnesiac model=resnet9-slim phase=removal` |
# | digit 3, partial | {value}`partial-fig1 target accuracy method=partial-amnesiac model=mlp phase=removal` | {value}`partial-fig1 target accuracy method=partial-amnesiac model=lenet phase=removal` | {value}`partial-fig1 target accuracy method=partial-amnesiac model=resnet9-slim phase=removal` |
#
# * Both removals bring digit 3 to zero, or near it, at once and before any further training.
# * Conventional removal makes the curve of the other classes drop at the dashed line, more for the MLP than
#   for LeNet. The epochs after it bring the curve back.
# * Partial removal leaves that curve near its level, not at it; {item}`partial-tab1` has the rows without and with fine-tuning.
# * Digit 3 starts below the other classes, because a class with few samples is learnt less well. Read its fall from
#   where it stood, not from the top.
# * Each run picks its own kept share, by a rule that sees the forget set alone ({ref}`why <choice-of-keep>`).

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

rows = runner.run("partial-fig1", profile=profile, seeds=seeds, device=device)
figures.show("partial-fig1", rows)
