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
# When this page was built with `make book`, the output below was computed live on that machine: under the profile in
# the cell, unless `make book PROFILE=…` named another. To run it yourself, change the cell and run all
# ({doc}`profiles and costs </book/rerun>`).

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
# Avg. Gap in points and KL in nats:
#
# |  | CIFAR-10: Avg. Gap | KL | SVHN: Avg. Gap | KL |
# |:---|---:|---:|---:|---:|
# | MU-Mis | {value}`mumis-tabA7 Avg. Gap choice=rule dataset=cifar10 method=mu-mis` | {value}`mumis-tabA7 KL choice=rule dataset=cifar10 method=mu-mis digits=2` | {value}`mumis-tabA7 Avg. Gap choice=rule dataset=svhn method=mu-mis` | {value}`mumis-tabA7 KL choice=rule dataset=svhn method=mu-mis digits=2` |
# | NG | {value}`mumis-tabA7 Avg. Gap choice=rule dataset=cifar10 method=gradient-ascent` | {value}`mumis-tabA7 KL choice=rule dataset=cifar10 method=gradient-ascent digits=2` | {value}`mumis-tabA7 Avg. Gap choice=rule dataset=svhn method=gradient-ascent` | {value}`mumis-tabA7 KL choice=rule dataset=svhn method=gradient-ascent digits=2` |
# | RL | {value}`mumis-tabA7 Avg. Gap choice=rule dataset=cifar10 method=random-label` | {value}`mumis-tabA7 KL choice=rule dataset=cifar10 method=random-label digits=2` | {value}`mumis-tabA7 Avg. Gap choice=rule dataset=svhn method=random-label` | {value}`mumis-tabA7 KL choice=rule dataset=svhn method=random-label digits=2` |
# | JiT | {value}`mumis-tabA7 Avg. Gap choice=rule dataset=cifar10 method=jit` | {value}`mumis-tabA7 KL choice=rule dataset=cifar10 method=jit digits=2` | {value}`mumis-tabA7 Avg. Gap choice=rule dataset=svhn method=jit` | {value}`mumis-tabA7 KL choice=rule dataset=svhn method=jit digits=2` |
# | SCAR | {value}`mumis-tabA7 Avg. Gap choice=rule dataset=cifar10 method=scar` | {value}`mumis-tabA7 KL choice=rule dataset=cifar10 method=scar digits=2` | {value}`mumis-tabA7 Avg. Gap choice=rule dataset=svhn method=scar` | {value}`mumis-tabA7 KL choice=rule dataset=svhn method=scar digits=2` |
# | FT | {value}`mumis-tabA7 Avg. Gap choice=rule dataset=cifar10 method=fine-tune` | {value}`mumis-tabA7 KL choice=rule dataset=cifar10 method=fine-tune digits=2` | {value}`mumis-tabA7 Avg. Gap choice=rule dataset=svhn method=fine-tune` | {value}`mumis-tabA7 KL choice=rule dataset=svhn method=fine-tune digits=2` |
# | BT | {value}`mumis-tabA7 Avg. Gap choice=rule dataset=cifar10 method=bad-teacher` | {value}`mumis-tabA7 KL choice=rule dataset=cifar10 method=bad-teacher digits=2` | {value}`mumis-tabA7 Avg. Gap choice=rule dataset=svhn method=bad-teacher` | {value}`mumis-tabA7 KL choice=rule dataset=svhn method=bad-teacher digits=2` |
# | SCRUB | {value}`mumis-tabA7 Avg. Gap choice=rule dataset=cifar10 method=scrub` | {value}`mumis-tabA7 KL choice=rule dataset=cifar10 method=scrub digits=2` | {value}`mumis-tabA7 Avg. Gap choice=rule dataset=svhn method=scrub` | {value}`mumis-tabA7 KL choice=rule dataset=svhn method=scrub digits=2` |
# | SSD | {value}`mumis-tabA7 Avg. Gap choice=rule dataset=cifar10 method=ssd` | {value}`mumis-tabA7 KL choice=rule dataset=cifar10 method=ssd digits=2` | {value}`mumis-tabA7 Avg. Gap choice=rule dataset=svhn method=ssd` | {value}`mumis-tabA7 KL choice=rule dataset=svhn method=ssd digits=2` |
# | SalUn | {value}`mumis-tabA7 Avg. Gap choice=rule dataset=cifar10 method=salun` | {value}`mumis-tabA7 KL choice=rule dataset=cifar10 method=salun digits=2` | {value}`mumis-tabA7 Avg. Gap choice=rule dataset=svhn method=salun` | {value}`mumis-tabA7 KL choice=rule dataset=svhn method=salun digits=2` |
# | DUCK | {value}`mumis-tabA7 Avg. Gap choice=rule dataset=cifar10 method=duck` | {value}`mumis-tabA7 KL choice=rule dataset=cifar10 method=duck digits=2` | {value}`mumis-tabA7 Avg. Gap choice=rule dataset=svhn method=duck` | {value}`mumis-tabA7 KL choice=rule dataset=svhn method=duck digits=2` |
# | MUNBa | {value}`mumis-tabA7 Avg. Gap choice=rule dataset=cifar10 method=munba` | {value}`mumis-tabA7 KL choice=rule dataset=cifar10 method=munba digits=2` | {value}`mumis-tabA7 Avg. Gap choice=rule dataset=svhn method=munba` | {value}`mumis-tabA7 KL choice=rule dataset=svhn method=munba digits=2` |
# | LoTUS | {value}`mumis-tabA7 Avg. Gap choice=rule dataset=cifar10 method=lotus` | {value}`mumis-tabA7 KL choice=rule dataset=cifar10 method=lotus digits=2` | {value}`mumis-tabA7 Avg. Gap choice=rule dataset=svhn method=lotus` | {value}`mumis-tabA7 KL choice=rule dataset=svhn method=lotus digits=2` |
# | RUM | {value}`mumis-tabA7 Avg. Gap choice=rule dataset=cifar10 method=rum` | {value}`mumis-tabA7 KL choice=rule dataset=cifar10 method=rum digits=2` | {value}`mumis-tabA7 Avg. Gap choice=rule dataset=svhn method=rum` | {value}`mumis-tabA7 KL choice=rule dataset=svhn method=rum digits=2` |
#
# * The forget samples are like the others. A model that never saw them is right on about as many as of test images: FA of the retrained model on CIFAR-10 is
#   {value}`mumis-tabA7 FA dataset=cifar10 method=retrain` %, that of the original {value}`mumis-tabA7 FA dataset=cifar10 method=trained` %. Forgetting is the
#   difference, no more.
# * Doing nothing may have a smaller gap than most methods: the row `trained`.
# * If MU-Mis came out best here, that would be against the paper, and a reason to look for a fault.
# * RUM orders the forget set by a proxy of memorisation here, not by memorisation ({doc}`its page </book/methods/rum>`).
