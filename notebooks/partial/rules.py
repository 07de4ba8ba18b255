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
# The sweep ({item}`partial-keep`) compares rules that pick entries share by share. At one share one rule forgets and another does not, so their
# costs do not compare. Here every rule is given the smallest share at which it forgets. What the paper prunes by is not known: `top` is our
# reading, the others are controls.
#
# ```{record} partial-rules
# ```

# %% [markdown]
# ## Live run
#
# `make book` runs these cells and shows here what they computed on that machine: under the profile in the cell, unless
# `make book PROFILE=…` names another. A page that was rendered without it has the cells alone. To run them yourself,
# change the first and run all ({doc}`profiles and costs </book/rerun>`).

# %% tags=["parameters"]
profile = "quick"  # smoke, quick, laptop or paper
seeds = None  # the profile's own number
device = "auto"

# %%
from mu import figures, runner

rows = runner.run("partial-rules", profile=profile, seeds=seeds, device=device)
figures.show("partial-rules", rows)

# %% [markdown]
# ## What to see
#
# * Two rules compare where both forget, by what is left on the other classes. Where these are alike, the better rule is the one that stores less.
# * The ledger stores for every rule which entries it kept, a bit a parameter and step {eq}`ledger-bytes`. For `fixed` and `cyclic` that could be worked
#   out instead.
# * The shares are a grid: the smallest that forgets lies between two points of it. `top` was tried at more shares than the others.
# * A rule that forgets in some seeds only has its mean over those.
