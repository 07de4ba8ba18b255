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
# # How far from retraining, metric by metric
#
# Where does a method miss the retrained model? {ref}`Disparity Ave. <metric-avg-gap>` of {item}`sparsity-tab3` is a mean of four distances. Here they are one by one,
# with the paper's behind ours.
#
# ```{record} sparsity-gaps
# ```

# %% [markdown]
# ## What to see
#
# * `trained` is the distance of doing nothing. A method with the same line left the model as it was.
# * A mean can hide its parts. In the paper FT's TA gap for a class grows with sparsity, from 0.52 to 2.52 points, and GA's RA gap from 7.40 to 12.25, while both
#   means fall.
# * Class-wise, under `laptop`, FT and FF nearly meet UA and MIA-Efficacy; what is left is RA and TA. IU misses UA by more than RA, and so does $\ell_1$-sparse on the dense model.
# * On a random tenth, under `laptop`, every method is far off on UA and MIA-Efficacy: in the mean each forgets less than the retrained model, and some hardly anything.
# * The printed gaps are between means over seeds; ours are means of the gaps at each seed. The second is the larger where seeds lie on both sides of the goal.

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

rows = runner.run("sparsity-gaps", profile=profile, seeds=seeds, device=device)
figures.show("sparsity-gaps", rows)
