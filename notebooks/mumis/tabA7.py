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
# ```{record} mumis-tabA7
# ```

# %% [markdown]
# ## What to see
#
# * The forget samples are like the others. A model that never saw them is right on about as many as of test images: FA of the retrained model on CIFAR-10 is
#   {value}`mumis-tabA7 FA dataset=cifar10 method=retrain` %, that of the original {value}`mumis-tabA7 FA dataset=cifar10 method=trained` %. Forgetting is the
#   difference, no more.
# * Under `laptop`, one seed, on CIFAR-10, MU-Mis is further from retraining than doing nothing: Avg. Gap {value}`mumis-tabA7 Avg. Gap dataset=cifar10 method=mu-mis`
#   points, and {value}`mumis-tabA7 Avg. Gap dataset=cifar10 method=trained` for the row `trained`. Its RA falls to
#   {value}`mumis-tabA7 RA dataset=cifar10 method=mu-mis` %. Its KL is
#   {value}`mumis-tabA7 KL dataset=cifar10 method=mu-mis digits=2`, that of bad teacher {value}`mumis-tabA7 KL dataset=cifar10 method=bad-teacher digits=2`. But the limit of
#   64 steps, five passes over these samples, ended every run of it before $\delta$ did, so neither claim of the account is judged: {verdict}`mumis-C8`. Whether another step would do:
#   {item}`mumis-stop`. Even at the best of all its looks, another method is nearer: {verdict}`mumis-weak`.
# * Under `laptop` RL, JiT, SCAR, LoTUS and MUNBa are not recorded yet.
# * DUCK is told what accuracy on the forget set to expect, and stops there (SCAR as well; LoTUS is told, too): that FA is met says little of it. KL says more:
#   of DUCK it is {value}`mumis-tabA7 KL dataset=cifar10 method=duck digits=2`, of doing nothing
#   {value}`mumis-tabA7 KL dataset=cifar10 method=trained digits=2`.
# * RUM orders the forget set by a proxy of memorisation here, not by memorisation ({doc}`its page </book/methods/rum>`).

# %% [markdown]
# ## Live run
#
# Run it yourself: change the first cell and run all ({doc}`profiles and their costs </book/rerun>`). If nothing is shown below the cells, this page was
# built from saved records.
#
# Under `quick` the embedded digits and a slim ResNet9 stand in for CIFAR-10, SVHN and ResNet-18.

# %% tags=["parameters"]
profile = "quick"  # smoke, quick, laptop or paper
seeds = None  # the profile's own number
device = "auto"

# %%
from mu import figures, runner

rows = runner.run("mumis-tabA7", profile=profile, seeds=seeds, device=device)
figures.show("mumis-tabA7", rows)
