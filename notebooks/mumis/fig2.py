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
# # Figure 2: input sensitivity before and after training
#
# Does training make a model more sensitive to the pixels of its training images? The paper says yes, by orders of magnitude. Under `laptop` we find such a rise
# too, but images that the model never saw show it as well.
#
# {cite:t}`cheng2026mumis` show how $\lVert\nabla_x f\rVert_F$ is distributed over training samples, left with random weights and right after training. Data set,
# network and axes are our reading: CIFAR-100 and ResNet-18. Source: secondary ({term}`account <account, the>`). The reported orders of magnitude:
#
# ```{reported} mumis-fig2
# ```
#
# Our norm is that of all logits' gradients together (the Jacobian), not squared, by normalised pixels, with batch norm on its statistics
# ({ref}`definition <metric-sensitivity>`). Each of these four choices changes the magnitude, and none is reported. So the paper's numbers
# can be compared with ours in direction only, not in size.
#
# ```{record} mumis-fig2
# ```

# %% [markdown]
# ## What to see
#
# The median is {value}`mumis-fig2 jacobian, median method=untrained digits=3` with random weights and {value}`mumis-fig2 jacobian, median method=trained digits=3` after training.
#
# * Under `laptop` sensitivity at the training samples rises by orders of magnitude, as claimed. The axis is logarithmic: each bin is a tenth of an order.
# * It does not follow that the rise belongs to the samples. One explanation: training makes logits larger everywhere, and slopes with them. So we added held-out
#   images, which the model never saw. Their median after training is as large: {value}`mumis-fig2 jacobian, held out, median method=trained digits=3`.
# * How well does the norm tell the two apart? The AUC for all logits is {value}`mumis-fig2 jacobian, AUC method=untrained` % before training and
#   {value}`mumis-fig2 jacobian, AUC method=trained` % after; 50 is not at all. After training it is {value}`mumis-fig2 target, AUC method=trained` % for the target class's
#   logit alone and {value}`mumis-fig2 other, AUC method=trained` % for the others. Under `laptop` none of them does: training raised the slope at any image.

# %% [markdown]
# ## Live run
#
# Run it yourself: change the first cell and run all ({doc}`profiles and their costs </book/rerun>`). If nothing is shown below the cells, this page was
# built from saved records.
#
# Under `quick`, digits and a slim ResNet9 stand in for CIFAR-100 and the full network.

# %% tags=["parameters"]
profile = "quick"  # smoke, quick, laptop or paper
seeds = None  # the profile's own number
device = "auto"

# %%
from mu import figures, runner

rows = runner.run("mumis-fig2", profile=profile, seeds=seeds, device=device)
figures.show("mumis-fig2", rows)
