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
# By their titles, Algorithms 2 and 3 of {cite:t}`gogineni2025partial` apply label flipping and gradient ascent layer-wise partially. We read that
# as a share of every step. This sweep is ours: three shares and the whole step, three rules that pick the entries, a few samples or the whole class.
#
# All runs stop by one rule that looks at the forget set: at most 1 % of it (of 512 samples, if there are more) still
# classified correctly. So points can be compared at
# equal forgetting. A dot is empty where more than 2 % of the whole forget set is still right: the limit of
# steps was reached, or the rule looked at the part that was forgotten first. There the comparison is not at equal forgetting, and the verdicts
# count it as not held.
#
# ```{record} partial-steps
# ```

# %% [markdown]
# ## What to see
#
# MLP, whole class, largest entries, share 0.1; the number of steps is part of the price:
#
# | | other classes, % | steps |
# |:---|---:|---:|
# | label flip, forget set | {value}`partial-steps non-target accuracy method=label-flip model=mlp scenario=class` | {value}`partial-steps steps method=label-flip model=mlp scenario=class digits=0` |
# | the same, partial | {value}`partial-steps non-target accuracy method=partial-label-flip model=mlp scenario=class keep=0.1 rule=top` | {value}`partial-steps steps method=partial-label-flip model=mlp scenario=class keep=0.1 rule=top digits=0` |
# | label flip, all data | {value}`partial-steps non-target accuracy method=label-flip-all model=mlp scenario=class` | {value}`partial-steps steps method=label-flip-all model=mlp scenario=class digits=0` |
# | the same, partial | {value}`partial-steps non-target accuracy method=partial-label-flip-all model=mlp scenario=class keep=0.1 rule=top` | {value}`partial-steps steps method=partial-label-flip-all model=mlp scenario=class keep=0.1 rule=top digits=0` |
# | ascent | {value}`partial-steps non-target accuracy method=ascent model=mlp scenario=class` | {value}`partial-steps steps method=ascent model=mlp scenario=class digits=0` |
# | the same, partial | {value}`partial-steps non-target accuracy method=partial-ascent model=mlp scenario=class keep=0.1 rule=top` | {value}`partial-steps steps method=partial-ascent model=mlp scenario=class keep=0.1 rule=top digits=0` |
#
# Under `laptop` the partial form of label flipping on all data leaves more on the other classes, for several times as many steps. Of the other two little is sure at three seeds.
# Whether the selection makes the difference, or smaller and more steps would do as well, is asked by {item}`partial-pace`.
# {doc}`Verdicts </book/verdicts>` says for which networks, shares and rules the partial form is the better one.

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
