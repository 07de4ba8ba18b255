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
# # Table 3: all methods on MNIST, ResNet9
#
# How do all methods compare on ResNet9? This is the table of {item}`partial-tab1` for ResNet9 on MNIST. Block A forgets digit 3 when only a few of its samples
# are in training, block B when all of them are. Label flipping and gradient ascent stop at equal forgetting (at most 1 % of the forget set still classified
# correctly) or at a limit of steps.
#
# ```{record} partial-tab3
# ```

# %% [markdown]
# ## What to see
#
# * *Block A.* The trained model recognises {value}`partial-tab3 target accuracy method=trained scenario=rare` % of the class's test images, so there is something
#   to forget. Right after the removal, accuracy on the other classes is
#   {value}`partial-tab3 non-target accuracy method=amnesiac scenario=rare epochs=0` % with conventional and
#   {value}`partial-tab3 non-target accuracy method=partial-amnesiac scenario=rare epochs=0` % with partial removal; the
#   trained model has {value}`partial-tab3 non-target accuracy method=trained scenario=rare` %.
# * *Block B.* {value}`partial-tab3 affected share method=trained scenario=class` % of the steps used the class. Taking them back whole leaves
#   {value}`partial-tab3 non-target accuracy method=amnesiac scenario=class epochs=0` % on the other classes; taking them back in part leaves
#   {value}`partial-tab3 non-target accuracy method=partial-amnesiac scenario=class epochs=0` %, with a kept share of
#   {value}`partial-tab3 kept share scenario=class method=partial-amnesiac digits=3`.
# * Conventional removal of the whole class leads nearly back to the start, and such a model answers almost every image with one class. At one
#   seed this is the forgotten class itself: hence a deviation larger than its mean, and no forgetting.

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

rows = runner.run("partial-tab3", profile=profile, seeds=seeds, device=device)
figures.show("partial-tab3", rows)
