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
# # What is kept against what is forgotten (sparsity)
#
# The sparse model needs {item}`larger values <sparsity-search>` for the same effect. What matters is what they cost: how much test accuracy is left when so much is forgotten? Here every value
# tried is a dot, whatever the value, so dense and sparse models can be compared at equal forgetting. The paper has no such figure; it is ours.
#
# FT is fine-tuning, GA gradient ascent, FF Fisher forgetting, IU influence unlearning.
#
# ```{record} sparsity-tradeoff
# ```

# %% [markdown]
# ## What to see
#
# * *A random tenth*: both colours lie along one curve, for every method (`laptop`, three seeds). Pruning moves a method along the curve and not off it: what a sparse model keeps at some
#   UA, a dense model keeps at the same UA with another value.
# * *No method reaches the star.* A retrained model misclassifies half of the forget set and keeps its test accuracy. The methods lose test accuracy on the way, FT and $\ell_1$-sparse
#   some points, the others far more. Where the rule's rings lie, most have forgotten less than retraining does.
# * *A class*: all methods can get to UA 100. FT, FF, IU and $\ell_1$-sparse have values that reach it at the star's height; GA loses test accuracy before. FF is there with every value
#   tried, for the reason told {doc}`in the chapter </book/sparsity>`: it also overwrites what answers the class.
# * *UA counts training images, TA test images* of the classes that are kept. Under `laptop` TA is on all 10,000 test images, but those of a class to forget: a dot has a standard error
#   of half a point.

# %% [markdown]
# ## Live run
#
# Run it yourself: change the first cell and run all ({doc}`profiles and their costs </book/rerun>`). If nothing is shown below the cells, this page was
# built from saved records.
#
# Under `quick`, digits and a slim ResNet9 stand in for CIFAR-10 and the full network.

# %% tags=["parameters"]
profile = "quick"  # smoke, quick, laptop or paper
seeds = None  # the profile's own number
device = "auto"

# %%
from mu import figures, runner

rows = runner.run("sparsity-tradeoff", profile=profile, seeds=seeds, device=device)
figures.show("sparsity-tradeoff", rows)
