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
# How does the damage grow with the share of training steps that are taken back? We vary this share by the number of samples of
# the class in training: with more samples, more batches hold one. Shuffling scatters the samples, and the share is counted from
# the recorded steps, never assumed (equation {eq}`affected-share` predicts it).
#
# Figure 4 of {cite:t}`gogineni2025partial` shows accuracy after the removal against the share of batches that the
# removal touches, for conventional and partial amnesiac unlearning. We know this topic from a later account; axes and
# values were not available to us. {cite:t}`graves2021amnesiac` plot the same for their method (their Figure 7).
#
# ```{record} partial-fig4
# ```

# %% [markdown]
# ## What to see
#
# Read the middle column first: high accuracy on the other classes (left) counts only where digit 3 is forgotten. Accuracy of LeNet on the other
# classes, in percent, for three numbers of samples to forget:
#
# | LeNet | 8 samples | 85 samples | 1,000 samples |
# |:---|---:|---:|---:|
# | before the removal | {value}`partial-fig4 non-target accuracy method=trained model=lenet count=8` | {value}`partial-fig4 non-target accuracy method=trained model=lenet count=85` | {value}`partial-fig4 non-target accuracy method=trained model=lenet count=1000` |
# | conventional | {value}`partial-fig4 non-target accuracy method=amnesiac model=lenet count=8` | {value}`partial-fig4 non-target accuracy method=amnesiac model=lenet count=85` | {value}`partial-fig4 non-target accuracy method=amnesiac model=lenet count=1000` |
# | partial, keep chosen | {value}`partial-fig4 non-target accuracy method=partial-amnesiac choice=chosen model=lenet count=8` | {value}`partial-fig4 non-target accuracy method=partial-amnesiac choice=chosen model=lenet count=85` | {value}`partial-fig4 non-target accuracy method=partial-amnesiac choice=chosen model=lenet count=1000` |
# | partial, keep 0.1 | {value}`partial-fig4 non-target accuracy method=partial-amnesiac choice=fixed model=lenet count=8` | {value}`partial-fig4 non-target accuracy method=partial-amnesiac choice=fixed model=lenet count=85` | {value}`partial-fig4 non-target accuracy method=partial-amnesiac choice=fixed model=lenet count=1000` |
#
# * Conventional removal loses more accuracy on the other classes the more steps are affected. Every affected batch
#   also held samples to keep, and what was learnt from them goes too.
# * Partial removal with the chosen share loses less than conventional removal of as many steps (with a fixed share of 0.1 not always), but its loss
#   grows as well. With the whole class in training it leaves
#   {value}`partial-fig4 non-target accuracy method=partial-amnesiac choice=chosen model=lenet count=6131` % on LeNet,
#   {value}`partial-fig4 non-target accuracy method=partial-amnesiac choice=chosen model=mlp count=6131` % on the MLP and
#   {value}`partial-fig4 non-target accuracy method=partial-amnesiac choice=chosen model=resnet9-slim count=6131` % on ResNet9 (`laptop`).
# * In the middle column, the line of ResNet9 after conventional removal rises where all steps are affected, to
#   {value}`partial-fig4 target accuracy method=amnesiac model=resnet9-slim count=6131` %. Such a removal leads nearly back to the start, and the model answers
#   almost every image with one class. At one seed this is the forgotten class itself ({item}`partial-tab3`).
# * With the fewest samples, the trained model may hardly know the class. Then there is little to forget, and the rule may
#   stop at the smallest share it tries. Trained on 8 samples, ResNet9 recognises
#   {value}`partial-fig4 target accuracy method=trained model=resnet9-slim count=8` % of the class's test images before the removal.
#
# For orientation, here is the predecessor's Figure 7, read off the plot. It has another network (ResNet18), another layout of the
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
