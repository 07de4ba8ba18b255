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
# * *A random tenth*: for every method both colours lie along about one curve (`laptop`, three seeds). Pruning moves a method along the curve and not off it: what the sparse model keeps at
#   some UA, the dense one keeps at the same UA with another value.
# * *At random no method reaches the star.* A retrained model misclassifies half of the forget set and hardly loses test accuracy. The methods lose it on the way: FT and $\ell_1$-sparse
#   some points, the others far more. Most of the rings lie to the left of the star: the rule's values forget less than retraining does.
# * *A class*: all methods get to UA 100. There FF keeps all of its test accuracy, for a reason that {item}`controls <sparsity-controls>` show: it also overwrites the weights that answer
#   the class. FT ends a little below the star, GA far below.
# * Our check: where they have forgotten a class, methods have kept more test accuracy on the sparse model. **Verdict:** {verdict}`sparsity-tradeoff`. Under `laptop`, three seeds, this is
#   clear for GA alone.
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
