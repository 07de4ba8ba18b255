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
# # Steps in part under another optimiser
#
# Do {item}`label flipping and ascent <partial-steps>` preserve more in part if they step by SGD? Adam divides each entry's step by how large its gradients
# have been; SGD does not, and its largest entries carry more of a step. This page repeats the sweep for an MLP that is trained, and then unlearned, by Adam, by plain SGD and
# by SGD with momentum, as {item}`partial-optimizer` does for the removal of recorded steps. The sweep is ours; which optimiser {cite:t}`gogineni2025partial` use we could not read.
#
# A partial step is also a smaller one. So each panel ends with a control: the whole step at a smaller rate. What a partial form has ahead of *that* is owed to the choice
# of entries. All runs end at the same forgetting.
#
# ```{record} partial-optimizer-steps
# ```

# %% [markdown]
# ## What to see
#
# Under `laptop`, three seeds:
#
# * *With Adam* the choice of entries counts. Label flipping keeps more of the other classes with the largest twentieth of each step, and less with random or fixed entries or with
#   whole steps at a smaller rate.
# * *With plain SGD* the size of the step counts. A partial form of label flipping or ascent keeps some ten points more than whole steps, but so do random entries, and whole steps at a
#   tenth of the rate.
# * *With momentum* the forms of label flipping differ by a point or two. Ascent scatters more over seeds than the forms differ.
# * Beside retained data (`label-flip-all`) all forms are alike under every optimiser.
#
# {doc}`The verdicts </book/verdicts>` on claims C3 and C4 count the MLP trained by SGD, with and without momentum, as networks of their own, and so does the check of the
# {item}`pace <partial-pace>`.

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

rows = runner.run("partial-optimizer-steps", profile=profile, seeds=seeds, device=device)
figures.show("partial-optimizer-steps", rows)
