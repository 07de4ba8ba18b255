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
# # Table A7: a random tenth
#
# A tenth of all training samples, drawn at random, is to be forgotten: CIFAR-10 and SVHN, ResNet-18. {cite:t}`cheng2026mumis` have this table in their appendix;
# its number is from a third-party account, and no cell is known. The account says that RUM is the better method here and that MU-Mis has the lowest KL: the
# weak case of the method, by its own authors.
#
# FA is the accuracy on the forgotten *training* samples and RA that on the retained ones. Values are picked
# by the {ref}`rule <mumis-choice>`, as in {doc}`tab1`.
#
# Under `quick` the embedded digits and a slim ResNet9 stand in for both data sets.
#
# ```{record} mumis-tabA7
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

rows = runner.run("mumis-tabA7", profile=profile, seeds=seeds, device=device)
figures.show("mumis-tabA7", rows)

# %% [markdown]
# ## What to see
#
# * The forget samples are like the others. A model that never saw them is right on about as many as of test images: FA of the retrained model on CIFAR-10 is
#   {value}`mumis-tabA7 FA dataset=cifar10 method=retrain` %, that of the original {value}`mumis-tabA7 FA dataset=cifar10 method=trained` %. Forgetting is the
#   difference, no more.
# * Doing nothing may have a smaller gap than most methods: the row `trained`.
# * DUCK, SCAR and LoTUS are told what accuracy on the forget set to expect, and DUCK and SCAR stop there: that FA is met says little of them. Look at KL.
# * If MU-Mis came out best here, that would be against the paper, and a reason to look for a fault.
# * RUM orders the forget set by a proxy of memorisation here, not by memorisation ({doc}`its page </book/methods/rum>`).
