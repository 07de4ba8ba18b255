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
# # Table 4: all methods on OrganAMNIST, ConvNet
#
# The same table as {doc}`tab1`, for ConvNet on OrganAMNIST. Block A forgets class 3 when only a few of its samples are in training, block B
# when all of them are. Label flipping and gradient ascent stop at equal forgetting (at most 1 % of the forget set still right) or at a limit of steps.
#
# ```{record} partial-tab4
# ```

# %% [markdown]
# ## What to see
#
# * Rows and blocks are those of {item}`partial-tab1`.
# * Where the trained model is right on none of the class's test images, there is nothing to forget, and block A says nothing.

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

rows = runner.run("partial-tab4", profile=profile, seeds=seeds, device=device)
figures.show("partial-tab4", rows)
