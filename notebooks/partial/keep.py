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
# # How much to keep, and which entries
#
# What share of each update has to be kept, and does it matter which entries? This sweep repeats the same removal at every kept share, by
# five rules that pick the entries. It is the evidence behind the choice of `keep` everywhere else in the chapter.
#
# `top` keeps the largest changes of each layer, `bottom` the smallest, `random` draws entries anew at every step,
# `fixed` draws them once, and `cyclic` moves a block on from step to step. `bottom` is a control: if it forgot as well
# as `top`, size would not matter. `scaled` is another: it picks no entries at all and takes back that share *of every entry*. If it did as well as `top`,
# what counts would be how much is taken back, not which entries.
#
# The share that {cite:t}`gogineni2025partial` keep was not available to us, nor was their rule for picking the entries. The figure
# is ours; we know of none like it in the paper.
#
# ```{record} partial-keep
# ```

# %% [markdown]
# ## What to see
#
# LeNet, right after the removal, in percent. *Forgotten* is UA, the share of forget samples that are no longer classified
# correctly.
#
# | rule, kept share | other classes | forgotten | ledger |
# |:---|---:|---:|---:|
# | `top`, 0.005 | {value}`partial-keep non-target accuracy model=lenet rule=top keep=0.005` | {value}`partial-keep UA model=lenet rule=top keep=0.005` | {value}`partial-keep stored bytes model=lenet rule=top keep=0.005` |
# | `top`, 0.02 | {value}`partial-keep non-target accuracy model=lenet rule=top keep=0.02` | {value}`partial-keep UA model=lenet rule=top keep=0.02` | {value}`partial-keep stored bytes model=lenet rule=top keep=0.02` |
# | `top`, 0.1 | {value}`partial-keep non-target accuracy model=lenet rule=top keep=0.1` | {value}`partial-keep UA model=lenet rule=top keep=0.1` | {value}`partial-keep stored bytes model=lenet rule=top keep=0.1` |
# | `random`, 0.1 | {value}`partial-keep non-target accuracy model=lenet rule=random keep=0.1` | {value}`partial-keep UA model=lenet rule=random keep=0.1` | {value}`partial-keep stored bytes model=lenet rule=random keep=0.1` |
# | `bottom`, 0.1 | {value}`partial-keep non-target accuracy model=lenet rule=bottom keep=0.1` | {value}`partial-keep UA model=lenet rule=bottom keep=0.1` | {value}`partial-keep stored bytes model=lenet rule=bottom keep=0.1` |
# | all, 1 | {value}`partial-keep non-target accuracy model=lenet rule=top keep=1` | {value}`partial-keep UA model=lenet rule=top keep=1` | {value}`partial-keep stored bytes model=lenet rule=top keep=1` |
#
# * Too small a share does not forget; too large a share pays the price of conventional removal. In between lies the window in which
#   the method works. Its width differs between networks.
# * How many entries are needed depends on their size: at a share of 0.1 `top` forgets more than as many random entries. Whether it
#   also costs the other classes less is another question, for {item}`the comparison at equal forgetting <partial-rules>`.
# * The control, `bottom`, has a UA of {value}`partial-keep UA model=lenet rule=bottom keep=0.5` % at a share of 0.5; the trained model has
#   {value}`partial-keep UA model=lenet method=trained` %.
# * `scaled`, the other control, needs a larger share than `top`, as random entries do. {item}`At equal forgetting <partial-rules>` it costs the other classes about as little.
# * Bytes fall with the kept share, but not in proportion: the mask that says which entries were kept costs one bit per
#   parameter at every step (equation {eq}`ledger-bytes`).

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

rows = runner.run("partial-keep", profile=profile, seeds=seeds, device=device)
figures.show("partial-keep", rows)
