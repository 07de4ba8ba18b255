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
# # Which entries: the rules at equal forgetting
#
# Which rule for picking entries costs the other classes least, and which stores least? {item}`The sweep over kept shares <partial-keep>` compares the rules
# share by share. But at one share one rule forgets and another does not, so their costs do not compare. Here every rule has the smallest share at
# which it forgets. It is not known by which rule the paper prunes: `top` is our reading, the others are controls. `scaled` picks no entries: it takes back
# whole steps, shrunk to that share of their size.
#
# ```{record} partial-rules
# ```

# %% [markdown]
# ## What to see
#
# Under `laptop`:
#
# * The largest entries forget at a small share of a layer. On LeNet, a share of 0.05 has a UA of {value}`partial-keep UA model=lenet rule=top keep=0.05` % and
#   leaves {value}`partial-keep non-target accuracy model=lenet rule=top keep=0.05` % on the other classes.
# * Several times as many random entries are needed. On LeNet, a share of 0.1 has a UA of {value}`partial-keep UA model=lenet rule=random keep=0.1` %, and
#   one of 0.5 a UA of {value}`partial-keep UA model=lenet rule=random keep=0.5` %, with
#   {value}`partial-keep non-target accuracy model=lenet rule=random keep=0.5` % left on the other classes.
# * So random entries need several times the bytes, {value}`partial-keep stored bytes model=lenet rule=random keep=0.5` instead of
#   {value}`partial-keep stored bytes model=lenet rule=top keep=0.05`, for an accuracy within about a point. The same holds for the MLP and ResNet9. Which
#   entries are kept decides what is stored, and hardly what the removal costs the other classes.
# * *Scaled* picks no entries and leaves nearly as much on the other classes as the largest entries do, on all three networks: the means differ little. So most of
#   what partial removal preserves, beside conventional removal, is owed to taking back *less*, not to which entries are taken back. What the largest entries save is storage: whole steps take {value}`partial-keep stored bytes model=lenet rule=top keep=1` on LeNet, however much they are scaled. If the forget set is known
#   before training, though, a {term}`running sum` of whole steps is a single vector. Our check: picking entries preserves more than taking back less of every entry.
#   **Verdict:** {verdict}`partial-scaled`.
# * The shares of `scaled` are finer than those of the rules, to its advantage here: it overshoots less. The verdict compares both at equal forgetting, interpolated between shares.
# * The smallest entries never forget: at a share of 0.5, UA is {value}`partial-keep UA model=lenet rule=bottom keep=0.5` % for LeNet,
#   {value}`partial-keep UA model=mlp rule=bottom keep=0.5` % for the MLP and {value}`partial-keep UA model=resnet9-slim rule=bottom keep=0.5` % for ResNet9.
# * For every rule the ledger stores which entries it kept, one bit per parameter and step (equation {eq}`ledger-bytes`). For `fixed` and `cyclic` this could
#   be worked out instead.
# * The shares are a grid: the smallest that forgets lies between two points of it. `top` was tried at more shares than the others, which
#   therefore overshoot more, to their disadvantage.
# * A rule that forgets at some seeds only has its mean over those.

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

rows = runner.run("partial-rules", profile=profile, seeds=seeds, device=device)
figures.show("partial-rules", rows)
