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
# # Figure 2: the same on OrganAMNIST
#
# Does {item}`partial-fig1` look the same on medical images? The class to forget is 3, the heart, with a few scattered samples in training.
# According to a later account, Figure 2 of {cite:t}`gogineni2025partial` repeats Figure 1 on OrganAMNIST with a ConvNet, an AlexNet and a ResNet9.
#
# ```{record} partial-fig2
# ```

# %% [markdown]
# ## What to see
#
# Only stand-ins are recorded: digits in place of OrganAMNIST. Once there are real data, read the figure like {item}`partial-fig1`: the other classes are on
# the left, with a dot right after the removal, and the class to forget is on the right. Where the training line itself is at zero on the right,
# the network never learnt the class, and its row shows nothing.

# %% [markdown]
# ## Live run
#
# Run it yourself: change the first cell and run all ({doc}`profiles and their costs </book/rerun>`). If nothing is shown below the cells, this page was
# built from saved records.
#
# Under `quick`, digits stand in for OrganAMNIST, so that the code runs everywhere. For real numbers, fetch
# `organamnist.npz` (`mu data fetch organamnist`).

# %% tags=["parameters"]
profile = "quick"  # smoke, quick, laptop or paper
seeds = None  # the profile's own number
device = "auto"

# %%
from mu import figures, runner

rows = runner.run("partial-fig2", profile=profile, seeds=seeds, device=device)
figures.show("partial-fig2", rows)
