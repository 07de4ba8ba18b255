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
# # Whether what is forgotten can still be read off the features
#
# A subtraction may hide a class without deleting it: the last layer stops naming it, while the features below still hold it. To find out, we fit a *new*
# linear layer ({py:func}`mu.explain.linear_probe`) to the features of each model, on the forget set and 2,000 retained images, and ask it about test images.
#
# This probe sees the forgotten samples, so it reads the class from any features to some degree, even from those of a network that never learnt (`untrained`).
# What counts is the distance to the retrained model.
#
# ```{record} partial-probe
# ```

# %% [markdown]
# ## What to see
#
# Accuracy on test images of digit 3, in percent, under `laptop`:
#
# | network | | own head | probe |
# |:---|:---|---:|---:|
# | MLP | trained | {value}`partial-probe target accuracy model=mlp method=trained variant=plain` | {value}`partial-probe probe target accuracy model=mlp method=trained variant=plain` |
# | | partial removal | {value}`partial-probe target accuracy model=mlp method=partial-amnesiac variant=plain` | {value}`partial-probe probe target accuracy model=mlp method=partial-amnesiac variant=plain` |
# | | retrained | {value}`partial-probe target accuracy model=mlp method=retrain variant=plain` | {value}`partial-probe probe target accuracy model=mlp method=retrain variant=plain` |
# | LeNet | trained | {value}`partial-probe target accuracy model=lenet method=trained variant=plain` | {value}`partial-probe probe target accuracy model=lenet method=trained variant=plain` |
# | | partial removal | {value}`partial-probe target accuracy model=lenet method=partial-amnesiac variant=plain` | {value}`partial-probe probe target accuracy model=lenet method=partial-amnesiac variant=plain` |
# | | retrained | {value}`partial-probe target accuracy model=lenet method=retrain variant=plain` | {value}`partial-probe probe target accuracy model=lenet method=retrain variant=plain` |
#
# A model that never saw digit 3 has features from which it can be read nearly as well. So high numbers alone do not show that something was kept.
#
# Our check: What is removed is gone from the features, too (the probe falls to the retrained model's level). **Verdict:** {verdict}`partial-gone`.
#
# **The last layer alone.** The control `head alone` takes back the steps of the last layer, whole, and leaves everything below as trained, to the last bit.
# On the MLP it leaves {value}`partial-probe target accuracy model=mlp method=amnesiac variant="head alone"` % accuracy on digit 3 and
# {value}`partial-probe non-target accuracy model=mlp method=amnesiac variant="head alone"` % on the other classes; partial removal leaves
# {value}`partial-probe target accuracy model=mlp method=partial-amnesiac variant=plain` and
# {value}`partial-probe non-target accuracy model=mlp method=partial-amnesiac variant=plain` % (`laptop`).
#
# Our check: Forgetting needs more than the last layer. **Verdict:** {verdict}`partial-head`.
#
# Where this does not hold, what the method achieves on accuracy shows nothing about the layers below.
#
# **Batch norm.** Its statistics stay as trained after a removal. Re-estimated on retained images alone, they bring digit 3 back: the slim ResNet9 (`laptop`)
# recognises {value}`partial-probe target accuracy model=resnet9-slim method=partial-amnesiac variant=plain` % of its test images after the removal and
# {value}`partial-probe target accuracy model=resnet9-slim method=partial-amnesiac variant="statistics re-estimated"` % after the re-estimation, which saw no
# image of digit 3. For the other classes it is {value}`partial-probe non-target accuracy model=resnet9-slim method=partial-amnesiac variant=plain` and
# {value}`partial-probe non-target accuracy model=resnet9-slim method=partial-amnesiac variant="statistics re-estimated"` %.

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

rows = runner.run("partial-probe", profile=profile, seeds=seeds, device=device)
figures.show("partial-probe", rows)
