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
# {cite:t}`cheng2026mumis` show how $\lVert\nabla_x f\rVert_F$ is distributed over training samples, left with random weights and right after
# training. That much is known from the caption, by a third-party account; data set, network and axes are our reading: CIFAR-100 and ResNet-18.
# The orders of magnitude as reported:
#
# ```{reported} mumis-fig2
# ```
#
# Here it is the norm of all logits' gradients together, the Jacobian, not squared, by normalised pixels, with batch norm on its statistics
# ({ref}`definition <metric-sensitivity>`). Each of these four changes the magnitude, and none of them is reported. So the crosses in the figure, which are theirs, cannot be
# compared with ours in size; only the direction can.
#
# ```{record} mumis-fig2
# ```

# %% [markdown]
# ## What to see
#
# Medians: {value}`mumis-fig2 jacobian, median method=untrained digits=3` with random weights and {value}`mumis-fig2 jacobian, median method=trained digits=3` after training.
#
# * The claim is that training raises sensitivity at the samples it uses, by orders of magnitude. Under `laptop` it does. The axis is logarithmic:
#   each bin is a tenth of an order.
# * It does not follow that the rise belongs to the samples. Training makes logits larger everywhere, and slopes with them. So there are held-out
#   images beside them (ours), which the model never saw. Their median after training is as large:
#   {value}`mumis-fig2 jacobian, held out, median method=trained digits=3`.
# * How well the norm tells the two apart, as AUC: {value}`mumis-fig2 jacobian, AUC method=untrained` % before training,
#   {value}`mumis-fig2 jacobian, AUC method=trained` % after; 50 is not at all. Of the target class's logit alone
#   {value}`mumis-fig2 target, AUC method=trained` %, of the others {value}`mumis-fig2 other, AUC method=trained` %. Under `laptop` none of them
#   does: what training raised is the slope at any image.
# * {item}`mumis-fig3` splits the same samples by logit.

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
