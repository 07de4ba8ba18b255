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
# A subtraction may hide a class without deleting it: the last layer stops naming it, and the features below still hold it. Here a *new* linear layer
# ({py:func}`mu.explain.linear_probe`) is fitted to the features of each model, on the forget set and 2,000 retained images, and asked about test images.
#
# The probe sees the forgotten samples, so it reads the class from any features to some degree, even from those of a network that never learnt (`untrained`). What
# counts is the distance to the retrained model.
#
# ```{record} partial-probe
# ```

# %% [markdown]
# ## What to see
#
# Right on test images of the class, in percent, under `laptop`:
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
# * A model that never saw a three has features from which threes can be read nearly as well. So high numbers alone do not show that something was kept.
# * That removal brings the probe to the retrained model's level: {verdict}`partial-gone`.
# * `head alone` takes back the steps of the last layer, whole, and leaves everything below as trained; whether that does worse than the method:
#   {verdict}`partial-head`. Where it does not, what the method achieves on accuracy shows nothing about the layers below.
# * Batch norm keeps the trained statistics after a removal. Re-estimated on retained images alone, they bring threes back: the slim ResNet9 (`laptop`) is
#   right on {value}`partial-probe target accuracy model=resnet9-slim method=partial-amnesiac variant=plain` % of them after the removal and on
#   {value}`partial-probe target accuracy model=resnet9-slim method=partial-amnesiac variant="statistics re-estimated"` % after the re-estimation, which saw no three.
#   For the other classes: {value}`partial-probe non-target accuracy model=resnet9-slim method=partial-amnesiac variant=plain` and
#   {value}`partial-probe non-target accuracy model=resnet9-slim method=partial-amnesiac variant="statistics re-estimated"` %.

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
