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
# # MU-Mis and simpler losses at equal forgetting
#
# Is it its loss that makes MU-Mis keep the other classes, or that its run ends at the right step? In {item}`mumis-tab1` gradient ascent (NG), random labels (RL) and JiT run for a fixed
# number of epochs, and MU-Mis until its rule stops it. Here nothing is stopped: each method passes over the class many times, at two rates, and is looked at after every pass. So all can be
# compared where they have forgotten as much. None of them is handed a retained image. The paper has no such figure; it is ours.
#
# ```{record} mumis-equal
# ```

# %% [markdown]
# ## What to see
#
# * *From the square to the left*: the class is lost; what is lost of the others with it is how far the line has sunk by then. The star is the retrained model.
# * Under `laptop`, three seeds, MU-Mis's lines stay flat longest. NG's follow them for a while and then turn down; those of RL and JiT fall from the start. At one seed MU-Mis's turn
#   down early, too, and so do all others: originals differ.
# * NG takes large strides: from one pass to the next FA may fall by twenty points. Its best pass may therefore lie between two dots; but its straight lines, too, run below MU-Mis's.
# * The {item}`main table <mumis-tab1>` cannot tell MU-Mis from NG: there each has one value, picked by a rule, and NG may happen to stop just before its line turns down.
# * Our check: the loss of MU-Mis keeps more of the other classes than simpler losses do that have forgotten as much. **Verdict:** {verdict}`mumis-equal`. Of every method the best
#   pass counts, at whichever rate and picked by test images. So this is about losses, and not about when to stop.
# * Rates are ours: two for each method, such that all methods need about as many passes to lose the class.

# %% [markdown]
# ## Live run
#
# Run it yourself: change the first cell and run all ({doc}`profiles and their costs </book/rerun>`). If nothing is shown below the cells, this page was
# built from saved records.
#
# Under `quick` the embedded digits and a slim ResNet9 stand in for CIFAR-100 and ResNet-18.

# %% tags=["parameters"]
profile = "quick"  # smoke, quick, laptop or paper
seeds = None  # the profile's own number
device = "auto"

# %%
from mu import figures, runner

rows = runner.run("mumis-equal", profile=profile, seeds=seeds, device=device)
figures.show("mumis-equal", rows)
