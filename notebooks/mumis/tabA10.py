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
# # Table A10: every method on a sub-class, ViT
#
# Does the sub-class *sea* of {item}`mumis-tab2` come out the same with a vision transformer? Values are picked by the {ref}`selection rule <mumis-choice>`, as in {item}`mumis-tab1`.
#
# {cite:t}`cheng2026mumis` have this table in their appendix; no cell of it is known. Source: secondary ({term}`account <account, the>`). Their ViT is probably pretrained; ours starts from
# random weights.
#
# ```{record} mumis-tabA10
# ```

# %% [markdown]
# ## What to see
#
# * A ViT trained from random weights on few images is a weak model, and a gap to a weak retrained model says little. Under `laptop`, one seed, the original has a TA of
#   {value}`mumis-tabA10 TA method=trained` %.
# * The goal for FA is that of the retrained model, {value}`mumis-tabA10 FA method=retrain` %, not zero. The original has {value}`mumis-tabA10 FA method=trained` %, and a method that does
#   nothing has a gap of {value}`mumis-tabA10 Avg. Gap method=trained` points.
# * MU-Mis goes through the attention twice and gets some of the way: FA {value}`mumis-tabA10 FA method=mu-mis` %, gap {value}`mumis-tabA10 Avg. Gap method=mu-mis`. From the same data
#   gradient ascent ({value}`mumis-tabA10 Avg. Gap method=gradient-ascent`) and random labels ({value}`mumis-tabA10 Avg. Gap method=random-label`) come nearer, in less time. FA is
#   computed on 100 test images, so one image is a point.
# * MUNBa forgets the sub-class entirely ({value}`mumis-tabA10 FA method=munba` %), which is further from retraining than doing nothing.

# %% [markdown]
# ## Live run
#
# Run it yourself: change the first cell and run all ({doc}`profiles and their costs </book/rerun>`). If nothing is shown below the cells, this page was
# built from saved records.
#
# Under `quick` the embedded digits in pairs and a slim ViT stand in for CIFAR-20 and the larger ViT.

# %% tags=["parameters"]
profile = "quick"  # smoke, quick, laptop or paper
seeds = None  # the profile's own number
device = "auto"

# %%
from mu import figures, runner

rows = runner.run("mumis-tabA10", profile=profile, seeds=seeds, device=device)
figures.show("mumis-tabA10", rows)
