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
# # Figure 6: gaps in utility and in what was removed
#
# Two gaps to the retrained model along the sequence of {doc}`fig5`, from its record. That {cite:t}`cheng2026mumis` have such a figure
# is known from a third-party account, the definitions are ours ({ref}`formulas <metric-sequence-gaps>`): *utility* is the distance of RA; *resilience* is the mean
# distance of FA over all classes removed so far, the earlier ones as well.
#
# Under `quick` there are three requests, on the embedded digits and on the digits in pairs.
#
# ```{record} mumis-fig6
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

rows = runner.run("mumis-fig6", profile=profile, seeds=seeds, device=device)
figures.show("mumis-fig6", rows)

# %% [markdown]
# ## What to see
#
# * Resilience at step $k$ holds the first class as much as the $k$-th. A line that rises is a rebound, or a class that is less well forgotten than the
#   others.
# * For full classes the retrained FA is zero, and the gap is FA itself. For sub-classes it is not, and over-forgetting counts as well.
# * Utility: RA of SSD after the last request is {value}`mumis-fig5 RA method=ssd scenario=class step=5` %, retrained
#   {value}`mumis-fig5 RA method=retrain scenario=class step=5` %.
# * The retrained model differs from step to step. A gap can move because the reference does.
