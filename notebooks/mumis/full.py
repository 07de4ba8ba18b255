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
# # A model trained on all images
#
# Does what {item}`mumis-tab1` shows hold for a model that is worth its name? Under `laptop` that table's original has seen 8,000 images and classifies a quarter of the test images
# correctly. Here it is trained on all of CIFAR-100 but the held-out tenth, with random crops and mirror images, for eight epochs. The class to forget is the same one.
#
# Tried are MU-Mis at more learning rates, the methods that see the class alone, and fine-tuning (FT) as one that is handed retained data. Values are picked by the
# {ref}`selection rule <mumis-choice>`, as there. The table is ours; the setting nearest to it in {cite:t}`cheng2026mumis` is Table 1, whose networks are larger and trained for longer.
#
# ```{record} mumis-full
# ```

# %% [markdown]
# ## What to see
#
# WHAT

# %% [markdown]
# ## Live run
#
# Run it yourself: change the first cell and run all ({doc}`profiles and their costs </book/rerun>`). If nothing is shown below the cells, this page was
# built from saved records.
#
# Under `quick` 5,000 digits and a slim ResNet9 stand in for CIFAR-100 and ResNet-18; under `paper` the network has its full width and is trained for 30 epochs, where {item}`mumis-tab1` has 200.

# %% tags=["parameters"]
profile = "quick"  # smoke, quick, laptop or paper
seeds = None  # the profile's own number
device = "auto"

# %%
from mu import figures, runner

rows = runner.run("mumis-full", profile=profile, seeds=seeds, device=device)
figures.show("mumis-full", rows)
