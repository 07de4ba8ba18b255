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
# How do all methods compare on LeNet? This is the table of {item}`partial-tab1` for LeNet on MNIST. Block A forgets digit 3 when only a few of its samples
# are in training, block B when all of them are. Label flipping and gradient ascent stop at equal forgetting (at most 1 % of the forget set still classified
# correctly) or at a limit of steps.
#
# ```{record} partial-tab2
# ```

# %% [markdown]
# ## What to see
#
# * *Block A, price.* Right after the removal, accuracy on the other classes is
#   {value}`partial-tab2 non-target accuracy method=amnesiac scenario=rare epochs=0` % with conventional and
#   {value}`partial-tab2 non-target accuracy method=partial-amnesiac scenario=rare epochs=0` % with partial removal; the
#   trained model has {value}`partial-tab2 non-target accuracy method=trained scenario=rare` %.
# * *Block A, forgetting.* The trained model recognises {value}`partial-tab2 target accuracy method=trained scenario=rare` % of the class's test images, so there is
#   something to forget. Training on forgets it too, in time. Without a removal, one epoch leaves
#   {value}`partial-tab2 target accuracy method=fine-tune scenario=rare epochs=1` %, and ten epochs, as many as retraining has, leave
#   {value}`partial-tab2 target accuracy method=fine-tune scenario=rare epochs=10` %.
# * *Block A, membership.* The attack on shadow models follows what the model knows of the class: it takes
#   {value}`partial-tab2 MIA recall (shadow) method=trained scenario=rare` % of the forget samples for members before and
#   {value}`partial-tab2 MIA recall (shadow) method=partial-amnesiac scenario=rare epochs=0` % after partial removal. In block B this attack has no value, because
#   it cannot tell the members of its own shadow models.
# * *Block B.* {value}`partial-tab2 affected share method=trained scenario=class` % of the steps used the class. Taking them back whole leaves
#   {value}`partial-tab2 non-target accuracy method=amnesiac scenario=class epochs=0` % on the other classes; taking them back in part leaves
#   {value}`partial-tab2 non-target accuracy method=partial-amnesiac scenario=class epochs=0` %, with a kept share of
#   {value}`partial-tab2 kept share scenario=class method=partial-amnesiac digits=3`.

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
