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
# # What it costs at full size
#
# How much cheaper than retraining is MU-Mis at full size? In the small profiles retraining is cheap itself: a dozen epochs on a few thousand images. This table, which
# is ours, estimates the cost from what can be measured anywhere, a step.
#
# Timed in one run on one machine are an epoch of training on some images and a pass of MU-Mis over as many. Multiplied by the images and passes of the full size, CIFAR-100
# and 200 epochs, this gives the time of retraining, and how many passes of MU-Mis take a hundredth of it. Under `laptop` and `paper` the network is ResNet-18 at full width.
#
# {cite:t}`cheng2026mumis` have 10,367 seconds of retraining beside 83 of MU-Mis in one of their tables, 125 times. On CIFAR-100 it is 7,432 beside 30, 248 times. Source:
# secondary ({term}`account <account, the>`).
#
# ```{record} mumis-speed
# ```

# %% [markdown]
# ## What to see
#
# * A single image costs MU-Mis several times what it costs training: it needs derivatives of derivatives, and its rule looks at the sensitivity after every pass.
# * MU-Mis is cheap because of the number of images and passes: a hundredth of the images, and no 200 epochs.
# * How many passes a run takes is not measured here. {item}`mumis-figA1` has it at small size, with a line where the rule stops; {doc}`/book/verdicts` puts both together.
# * Times are the best of three after a warm-up. Seconds on different hardware cannot be compared; the last row's passes can.
# * A search over learning rates and $\delta$ costs as many runs as it tries, and is not in the table.

# %% [markdown]
# ## Live run
#
# Run it yourself: change the first cell and run all ({doc}`profiles and their costs </book/rerun>`). If nothing is shown below the cells, this page was
# built from saved records.
#
# Under `quick` a slim ResNet9 and embedded digits are timed.

# %% tags=["parameters"]
profile = "quick"  # smoke, quick, laptop or paper
seeds = None  # the profile's own number
device = "auto"

# %%
from mu import figures, runner

rows = runner.run("mumis-speed", profile=profile, seeds=seeds, device=device)
figures.show("mumis-speed", rows)
