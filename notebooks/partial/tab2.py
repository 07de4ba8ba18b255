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
# # Table 2: all methods on MNIST, LeNet
#
# The same table as {doc}`tab1`, for LeNet on MNIST. Block A forgets class 3 when only a few of its samples are in training, block B
# when all of them are. Label flipping and gradient ascent stop at equal forgetting (at most 1 % of the forget set still right) or at a limit of steps.
#
# ```{record} partial-tab2
# ```

# %% [markdown]
# ## What to see
#
# Right after the removal with few samples, the other classes are at {value}`partial-tab2 non-target accuracy method=amnesiac scenario=rare epochs=0` %
# for amnesiac and at {value}`partial-tab2 non-target accuracy method=partial-amnesiac scenario=rare epochs=0` % for partial amnesiac unlearning; the
# trained model has {value}`partial-tab2 non-target accuracy method=trained scenario=rare` %. With the whole class,
# {value}`partial-tab2 affected share method=trained scenario=class` % of the steps used it. Taking them back leaves
# {value}`partial-tab2 non-target accuracy method=amnesiac scenario=class epochs=0` % if it is done whole, and
# {value}`partial-tab2 non-target accuracy method=partial-amnesiac scenario=class epochs=0` % in part, with a share of
# {value}`partial-tab2 kept share scenario=class method=partial-amnesiac digits=3`.
#
# From few samples the trained model is right on {value}`partial-tab2 target accuracy method=trained scenario=rare` % of the class's test images: there is something to
# forget. Training on does that, too, in time: without a removal one epoch leaves {value}`partial-tab2 target accuracy method=fine-tune scenario=rare epochs=1` % and ten, as many as
# retraining has, {value}`partial-tab2 target accuracy method=fine-tune scenario=rare epochs=10` %. The attack on shadow models follows what the model knows of the class: it takes
# {value}`partial-tab2 MIA recall (shadow) method=trained scenario=rare` % of the forget samples for members before and
# {value}`partial-tab2 MIA recall (shadow) method=partial-amnesiac scenario=rare epochs=0` % after partial removal. For the whole class it cannot tell members of its own shadows, so there is none.

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

rows = runner.run("partial-tab2", profile=profile, seeds=seeds, device=device)
figures.show("partial-tab2", rows)
