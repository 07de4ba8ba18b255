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
# # Figure 3: class activation maps
#
# Where in an image does the evidence for a class lie, before and after the removal? The upper row shows an image of the forgotten class, the lower
# row one of a retained class, each with the map for its own label. The claim would be that the upper maps lose their evidence and the lower ones keep theirs.
#
# Figure 3 of {cite:t}`gogineni2025partial` shows class activation maps before and after the removal; that is all we know of it. LeNet has no
# global pooling, so it has no plain class activation map. We use Grad-CAM {cite:p}`selvaraju2017gradcam` on its last convolution.
#
# ```{record} partial-fig3
# ```

# %% [markdown]
# ## What to see
#
# The table averages over the first hundred test images of each class that the trained model classifies correctly. *Likeness* is the mean correlation of
# the map after the removal with the one before, without images whose first map is empty. *Highest* is the mean of the map's highest value.
#
# | | forgotten: likeness | retained: likeness | forgotten: highest | retained: highest |
# |:---|---:|---:|---:|---:|
# | trained | | | {value}`partial-fig3 cam peak method=trained label=3 digits=2` | {value}`partial-fig3 cam peak method=trained label=1 digits=2` |
# | conventional | {value}`partial-fig3 cam similarity method=amnesiac label=3 digits=2` | {value}`partial-fig3 cam similarity method=amnesiac label=1 digits=2` | {value}`partial-fig3 cam peak method=amnesiac label=3 digits=2` | {value}`partial-fig3 cam peak method=amnesiac label=1 digits=2` |
# | partial | {value}`partial-fig3 cam similarity method=partial-amnesiac label=3 digits=2` | {value}`partial-fig3 cam similarity method=partial-amnesiac label=1 digits=2` | {value}`partial-fig3 cam peak method=partial-amnesiac label=3 digits=2` | {value}`partial-fig3 cam peak method=partial-amnesiac label=1 digits=2` |
#
# * The forgotten class is scored with {value}`partial-fig3 class score method=trained label=3` % before,
#   {value}`partial-fig3 class score method=amnesiac label=3` % after conventional and
#   {value}`partial-fig3 class score method=partial-amnesiac label=3` % after partial removal. If the evidence were gone, one would expect lower maps as well.
#   Under `laptop` they are not lower: the column *forgotten: highest* rises with both removals. That would mean that the class is outvoted and not erased,
#   but the heights of two models' maps compare only as far as their logits do.
# * The maps of the forgotten class change more than those of the retained class, as the columns of likeness show.
#
# A map is a picture of one image under one method of attribution. It shows where the score comes from, not whether the
# class can still be read from the features.

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

rows = runner.run("partial-fig3", profile=profile, seeds=seeds, device=device)
figures.show("partial-fig3", rows)
