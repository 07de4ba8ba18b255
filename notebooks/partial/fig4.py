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
# # Figure 4: accuracy against the share of affected steps
#
# Figure 4 of {cite:t}`gogineni2025partial` shows accuracy after the removal against the share of batches that the
# removal touches, for conventional and partial amnesiac unlearning. We know this topic from a later account; axes and
# values were not available to us. {cite:t}`graves2021amnesiac` plot the same for their method (their Figure 7).
#
# The share is set by how many samples of the class are in training: with more samples, more batches hold one. All
# counts are scattered by shuffling, and the share is counted from the recorded steps, never assumed
# (equation {eq}`affected-share` predicts it).
#
# ```{record} partial-fig4
# ```

# %% [markdown]
# ## What to see
#
# Accuracy of LeNet on the other classes, in percent, for three numbers of samples to forget:
#
# | LeNet | 8 samples | 85 samples | 1,000 samples |
# |:---|---:|---:|---:|
# | before the removal | {value}`partial-fig4 non-target accuracy method=trained model=lenet count=8` | {value}`partial-fig4 non-target accuracy method=trained model=lenet count=85` | {value}`partial-fig4 non-target accuracy method=trained model=lenet count=1000` |
# | amnesiac | {value}`partial-fig4 non-target accuracy method=amnesiac model=lenet count=8` | {value}`partial-fig4 non-target accuracy method=amnesiac model=lenet count=85` | {value}`partial-fig4 non-target accuracy method=amnesiac model=lenet count=1000` |
# | partial, keep chosen | {value}`partial-fig4 non-target accuracy method=partial-amnesiac choice=chosen model=lenet count=8` | {value}`partial-fig4 non-target accuracy method=partial-amnesiac choice=chosen model=lenet count=85` | {value}`partial-fig4 non-target accuracy method=partial-amnesiac choice=chosen model=lenet count=1000` |
# | partial, keep 0.1 | {value}`partial-fig4 non-target accuracy method=partial-amnesiac choice=fixed model=lenet count=8` | {value}`partial-fig4 non-target accuracy method=partial-amnesiac choice=fixed model=lenet count=85` | {value}`partial-fig4 non-target accuracy method=partial-amnesiac choice=fixed model=lenet count=1000` |
#
# * Conventional removal loses accuracy on the other classes as the share of affected steps grows. Every affected batch
#   also held samples to keep, and their learning goes with it.
# * Partial removal with the chosen share loses less where as many steps are affected (a fixed 0.1 not always), but its loss grows with the share too. With the whole class in training it has
#   {value}`partial-fig4 non-target accuracy method=partial-amnesiac choice=chosen model=lenet count=6131` % left for LeNet,
#   {value}`partial-fig4 non-target accuracy method=partial-amnesiac choice=chosen model=mlp count=6131` % for the MLP and
#   {value}`partial-fig4 non-target accuracy method=partial-amnesiac choice=chosen model=resnet9-slim count=6131` % for ResNet9 (`laptop`).
# * The middle column has to be read first. A point high on the left counts only where the digit 3 is forgotten.
# * Middle column, ResNet9, conventional removal: the line rises where all steps are affected, to
#   {value}`partial-fig4 target accuracy method=amnesiac model=resnet9-slim count=6131` %. Such a removal leads nearly back to the start, and the model answers
#   almost every image with one class. In one seed that is the forgotten class itself ({item}`partial-tab3`).
# * With the fewest samples the trained model may hardly know the class. Then there is little to forget, and the rule may
#   stop at the smallest share it tries. ResNet9 with 8 samples is right on
#   {value}`partial-fig4 target accuracy method=trained model=resnet9-slim count=8` % of the class's test images before the removal.
#
# For orientation, the predecessor's Figure 7, read off the plot: another network (ResNet18), another layout of the
# affected steps, and accuracy *loss* on all classes. These are not numbers of {cite:t}`gogineni2025partial`.
#
# ```{reported} graves2021-fig7
# ```

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

rows = runner.run("partial-fig4", profile=profile, seeds=seeds, device=device)
figures.show("partial-fig4", rows)
