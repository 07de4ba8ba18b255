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
# # Label flipping and ascent, layer by layer
#
# Do label flipping and gradient ascent preserve more if only a part of every step is applied? This sweep tries three shares and the whole step,
# three rules that pick the entries, and a few samples or the whole class. By their titles, Algorithms 2 and 3 of {cite:t}`gogineni2025partial` apply
# these methods layer-wise partially, which we read as a share of every step; the sweep is ours.
#
# All runs end by one stopping rule that looks at the forget set: at most 1 % of it (of 512 samples, if there are more) is still
# classified correctly. So points can be compared at equal forgetting. A dot is empty where more than 2 % of the whole forget set is still classified
# correctly: the limit of steps was reached, or the rule looked at the part that was forgotten first. There the comparison is not at equal forgetting, and the
# verdicts count it as not held.
#
# ```{record} partial-steps
# ```

# %% [markdown]
# ## What to see
#
# MLP, whole class; the partial forms apply the largest entries, at a share of 0.1. The number of steps is part of the price.
#
# | | other classes, % | steps |
# |:---|---:|---:|
# | label flipping, forget set | {value}`partial-steps non-target accuracy method=label-flip model=mlp scenario=class` | {value}`partial-steps steps method=label-flip model=mlp scenario=class digits=0` |
# | the same, partial | {value}`partial-steps non-target accuracy method=partial-label-flip model=mlp scenario=class keep=0.1 rule=top` | {value}`partial-steps steps method=partial-label-flip model=mlp scenario=class keep=0.1 rule=top digits=0` |
# | label flipping, all data | {value}`partial-steps non-target accuracy method=label-flip-all model=mlp scenario=class` | {value}`partial-steps steps method=label-flip-all model=mlp scenario=class digits=0` |
# | the same, partial | {value}`partial-steps non-target accuracy method=partial-label-flip-all model=mlp scenario=class keep=0.1 rule=top` | {value}`partial-steps steps method=partial-label-flip-all model=mlp scenario=class keep=0.1 rule=top digits=0` |
# | ascent | {value}`partial-steps non-target accuracy method=ascent model=mlp scenario=class` | {value}`partial-steps steps method=ascent model=mlp scenario=class digits=0` |
# | the same, partial | {value}`partial-steps non-target accuracy method=partial-ascent model=mlp scenario=class keep=0.1 rule=top` | {value}`partial-steps steps method=partial-ascent model=mlp scenario=class keep=0.1 rule=top digits=0` |
#
# Under `laptop` the partial form of label flipping on all data leaves more on the other classes, for several times as many steps. For the other two, three
# seeds do not settle it.
#
# The {item}`pace control <partial-pace>` asks whether the selection matters, or whether smaller and more steps would do as well.
# The {doc}`verdicts </book/verdicts>` say where the partial form is the better one.

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

rows = runner.run("partial-steps", profile=profile, seeds=seeds, device=device)
figures.show("partial-steps", rows)
