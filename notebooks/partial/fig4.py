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
# ## Live run
#
# `make book` runs these cells and shows here what they computed on that machine: under the profile in the cell, unless
# `make book PROFILE=…` names another. A page that was rendered without it has the cells alone. To run them yourself,
# change the first and run all ({doc}`profiles and costs </book/rerun>`).

# %% tags=["parameters"]
profile = "quick"  # smoke, quick, laptop or paper
seeds = None  # the profile's own number
device = "auto"

# %%
from mu import figures, runner

rows = runner.run("partial-fig4", profile=profile, seeds=seeds, device=device)
figures.show("partial-fig4", rows)

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
# * Partial removal loses less at the same share. How far that carries is in the figure: look where the solid blue line
#   leaves the dotted one.
# * The right column has to be read first. A point high on the left counts only where the digit 3 is forgotten.
# * With the fewest samples the trained model may hardly know the class. Then there is little to forget, and the rule may
#   stop at the smallest share it tries. ResNet9 with 8 samples is right on
#   {value}`partial-fig4 target accuracy method=trained model=resnet9-slim count=8` % of the class's test images before the removal.
#
# For orientation, the predecessor's Figure 7, read off the plot: another network (ResNet18), another layout of the
# affected steps, and accuracy *loss* on all classes. These are not numbers of {cite:t}`gogineni2025partial`.
#
# ```{reported} graves2021-fig7
# ```
