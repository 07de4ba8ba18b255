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
# # What an epoch and the slow methods cost
#
# How long do the training loop and the two slow methods take? {cite:t}`jia2023sparsity` print minutes of each method on their hardware. Their Fisher forgetting takes
# nearly as long as retraining: 38.91 of 43.23 minutes. Most of that is due to the way it is computed, one backward pass for every class and batch.
#
# This table is ours. It has, in one run on one machine, an epoch of training in a plain loop as most public code has it, the same epoch in this package, and
# Fisher forgetting and influence unlearning on the number of samples that the profile uses.
#
# ```{record} sparsity-speed
# ```

# %% [markdown]
# ## What to see
#
# * An epoch takes {value}`sparsity-speed seconds loop="plain loop" digits=2` s in the plain loop and
#   {value}`sparsity-speed seconds loop="this package" digits=2` s here. On a CPU both compute in single precision; on a GPU the row *float32*
#   separates what the lower precision gains.
# * Fisher forgetting takes {value}`sparsity-speed seconds loop=fisher digits=2` s and influence unlearning
#   {value}`sparsity-speed seconds loop=influence digits=2` s. Both grow with the number of gradients, so on all retained samples, as in the paper's 38.91 minutes, they cost
#   more in proportion. There Fisher would take about as long as retraining here, too.
# * Times are the best of three runs after a warm-up. Seconds on different hardware cannot be compared; ratios within one column can.
# * Nothing here uses the zeros of a sparse model. A mask is a multiplication, and costs a little.

# %% [markdown]
# ## Live run
#
# Run it yourself: change the first cell and run all ({doc}`profiles and their costs </book/rerun>`). If nothing is shown below the cells, this page was
# built from saved records.
#
# Under `quick` the embedded digits and a slim network are timed.

# %% tags=["parameters"]
profile = "quick"  # smoke, quick, laptop or paper
seeds = None  # the profile's own number
device = "auto"

# %%
from mu import figures, runner

rows = runner.run("sparsity-speed", profile=profile, seeds=seeds, device=device)
figures.show("sparsity-speed", rows)
