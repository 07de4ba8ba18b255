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
# # Where a run could stop: a class, and a random tenth
#
# {item}`mumis-tabA7` shows MU-Mis far from retraining on a random tenth. Did its run end at the wrong step? Here it runs without a stopping rule, the same number of times through the
# samples to forget, for two requests: a full class of CIFAR-100, and a tenth of CIFAR-10 drawn at random. The retrained model stands beside it, on the same images.
#
# The lowest point of a line in the upper row is the best that a rule could reach which stops at one of these looks, at that rate; finding it requires the retrained model. FA and RA are as in the tables:
# of a class on test images, of random samples on the training images themselves. The paper has no such figure; it is ours.
#
# ```{record} mumis-stop
# ```

# %% [markdown]
# ## What to see
#
# * *The class.* FA falls first and RA stays, so the distance falls. Past its lowest point RA goes, and the distance rises again (at the larger rate, in this many passes). Here a
#   stopping rule has something to find, and it does: under `laptop`, one seed, both dots lie near the lowest of their line.
# * *The random tenth.* The retrained model classifies many of these samples correctly, as it does other unseen images. So FA has some way to go and RA none. But both fall together:
#   under `laptop`, at rate 0.001, FA is {value}`mumis-stop FA scenario=random lr=0.001 step=12` % and RA {value}`mumis-stop RA scenario=random lr=0.001 step=12` % after one pass,
#   {value}`mumis-stop FA scenario=random lr=0.001 step=36` % and {value}`mumis-stop RA scenario=random lr=0.001 step=36` % after three. There FA is that of the retrained model, and RA
#   is far below its {value}`mumis-tabA7 RA dataset=cifar10 method=retrain` %. What a run takes from the samples to forget it takes from all others as well.
# * On the random tenth the model is looked at after each pass (12 steps). Our check: no pass brings a run nearer to retraining than the original model is. **Verdict:** {verdict}`mumis-stop`.
# * *A smaller rate*, we expect, goes the same way more slowly: as long as FA, RA and TA lose about as much, the distance grows with every step. It is not recorded.
# * *Why.* Samples of a class have one label, so the first term of the loss lowers the slope of one logit and the second raises the others'. Samples drawn at random have every label:
#   each logit is lowered for some and raised for others. That is our reading; it is not measured here.
# * *The stopping rule* ends a run where the other classes' sensitivity is back at its start and above. On random samples it never is in this many passes. Under `laptop` it falls to
#   {value}`mumis-stop ratio scenario=random lr=0.001 step=384 digits=2` of its start at the smaller rate, and at the larger one the run diverges first. So there is no dot.

# %% [markdown]
# ## Live run
#
# Run it yourself: change the first cell and run all ({doc}`profiles and their costs </book/rerun>`). If nothing is shown below the cells, this page was
# built from saved records.
#
# Under `quick` the embedded digits and a slim ResNet9 stand in for both data sets and ResNet-18.

# %% tags=["parameters"]
profile = "quick"  # smoke, quick, laptop or paper
seeds = None  # the profile's own number
device = "auto"

# %%
from mu import figures, runner

rows = runner.run("mumis-stop", profile=profile, seeds=seeds, device=device)
figures.show("mumis-stop", rows)
