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
# # Table 2: every method on a sub-class
#
# Can a method forget a part of a class and leave the rest? CIFAR-20 is CIFAR-100 under its 20 superclasses. A {term}`sub-class` is to be forgotten: all rockets, which the
# model knows as *vehicles 2*, or all images of the sea, which it knows as *large natural outdoor scenes*. The rest of the superclass stays.
#
# The target class of MU-Mis is the superclass, and $c'$ one of the other 19. That is our reading, and the only one that fits a network of 20 outputs. Values are picked by the
# {ref}`selection rule <mumis-choice>`, as in {item}`mumis-tab1`. What the retrained model answers to the removed sub-class is guessed
# {ref}`from the nearest retained samples <mumis-choice>`.
#
# {cite:t}`cheng2026mumis` use ResNet-18; four cells of their table are known. Source: secondary ({term}`account <account, the>`):
#
# ```{reported} mumis-tab2
# ```
#
# ```{record} mumis-tab2
# ```

# %% [markdown]
# ## What to see
#
# * The goal for FA is not always zero: the retrained model still knows the superclass from its other members. On *rocket* that leaves it
#   {value}`mumis-tab2 FA forget=69 method=retrain` %, on *sea* {value}`mumis-tab2 FA forget=71 method=retrain` %, where the original has
#   {value}`mumis-tab2 FA forget=69 method=trained` % and {value}`mumis-tab2 FA forget=71 method=trained` %.
# * On *rocket* MU-Mis does well (`laptop`, one seed): FA {value}`mumis-tab2 FA forget=69 method=mu-mis` %, Avg. Gap {value}`mumis-tab2 Avg. Gap forget=69 method=mu-mis` points, where
#   doing nothing has {value}`mumis-tab2 Avg. Gap forget=69 method=trained`. It is the nearest of the methods without retained data. Of those with them SSD
#   ({value}`mumis-tab2 Avg. Gap forget=69 method=ssd`) is nearer and bad teacher ({value}`mumis-tab2 Avg. Gap forget=69 method=bad-teacher`) level. Two models retrained from different
#   weights are {value}`mumis-floor Avg. Gap scenario=subclass forget=69` apart.
# * On *sea* it forgets too much: FA {value}`mumis-tab2 FA forget=71 method=mu-mis` %, Avg. Gap {value}`mumis-tab2 Avg. Gap forget=71 method=mu-mis`, where doing nothing has
#   {value}`mumis-tab2 Avg. Gap forget=71 method=trained`. So do most methods there; SSD goes furthest ({value}`mumis-tab2 Avg. Gap forget=71 method=ssd`). Gradient ascent, which forgets little, is nearest
#   ({value}`mumis-tab2 Avg. Gap forget=71 method=gradient-ascent`), and no further from the retrained model than another one retrained
#   ({value}`mumis-floor Avg. Gap scenario=subclass forget=71`).
# * Part of the loss on *sea* is due to the selection rule: its guess of what the retrained model answers is off there, so it picks a run that forgets too much. But with the value
#   nearest to retraining MU-Mis has {value}`mumis-tab2 Avg. Gap forget=71 method=mu-mis choice=oracle` points, which is still worse than doing nothing.
# * SCAR leaves too much of *rocket* (FA {value}`mumis-tab2 FA forget=69 method=scar` %) and too little of *sea* ({value}`mumis-tab2 FA forget=71 method=scar` %), with the classes'
#   statistics from surrogate images as from retained ones.
# * {ref}`RA <metric-fa>` is measured on test images of all other sub-classes, those of the same superclass among them. They are a few percent of it, so damage next door hardly shows.

# %% [markdown]
# ## Live run
#
# Run it yourself: change the first cell and run all ({doc}`profiles and their costs </book/rerun>`). If nothing is shown below the cells, this page was
# built from saved records.
#
# Under `quick` the embedded digits in pairs and a slim ResNet9 stand in: the classes are *01*, *23* and so on, the sub-classes the digits.

# %% tags=["parameters"]
profile = "quick"  # smoke, quick, laptop or paper
seeds = None  # the profile's own number
device = "auto"

# %%
from mu import figures, runner

rows = runner.run("mumis-tab2", profile=profile, seeds=seeds, device=device)
figures.show("mumis-tab2", rows)
