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
# # Figure 1: what one sample does to the learned function
#
# What does one training sample do to the function that a model learns? We compute an example. Images have a single pixel, and there are 24 samples of two classes, left and
# right of the middle. One sample on the left has the label of the right. This odd sample is to be forgotten.
#
# The curves show the difference of the two logits against the pixel value, for three networks: with random weights, trained on all samples, and trained on all but the odd one.
# The run is the same under every {term}`profile` and takes a minute at most.
#
# Figure 1 of {cite:t}`cheng2026mumis` is a sketch of the same idea: a sample, the gradient steps it causes, the function that is learned. Source: secondary
# ({term}`account <account, the>`).
#
# ```{record} mumis-fig1
# ```

# %% [markdown]
# ## What to see
#
# The odd sample has the pixel value 50. The curves are computed at every fourth value, so we read them beside it, at 48. There the difference is
# {value}`mumis-fig1 logit difference method=trained x=48` trained and {value}`mumis-fig1 logit difference method=retrain x=48` retrained. Above zero the model answers *right*.
#
# * Trained, the curve bends to reach the odd sample, and so it is steep beside it. That slope is what the method reads.
# * Retrained without the sample, it does not bend.
# * MU-Mis itself is not shown. With two classes the other class $c'$ is always the same one, and the loss can trade the slope of one logit for that of the other while
#   their difference keeps its own.
# * One seed, one pixel: this is a picture of the idea, and no evidence for it.

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

rows = runner.run("mumis-fig1", profile=profile, seeds=seeds, device=device)
figures.show("mumis-fig1", rows)
