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
# # Table 6: all methods on OrganAMNIST, ResNet9
#
# How do all methods compare on medical images? This is the table of {item}`partial-tab1` for ResNet9 on OrganAMNIST. Block A forgets class 3 when only a few
# of its samples are in training, block B when all of them are.
#
# ```{record} partial-tab6
# ```

# %% [markdown]
# ## What to see
#
# Only stand-ins are recorded: digits in place of OrganAMNIST. Once there are real data, first look at the row `trained`. Where it recognises none of the
# class's test images, there is nothing to forget, and block A says nothing.

# %% [markdown]
# ## Live run
#
# Run it yourself: change the first cell and run all ({doc}`profiles and their costs </book/rerun>`). If nothing is shown below the cells, this page was
# built from saved records.
#
# Under `quick`, digits stand in for OrganAMNIST, so that the code runs everywhere.

# %% tags=["parameters"]
profile = "quick"  # smoke, quick, laptop or paper
seeds = None  # the profile's own number
device = "auto"

# %%
from mu import figures, runner

rows = runner.run("partial-tab6", profile=profile, seeds=seeds, device=device)
figures.show("partial-tab6", rows)
