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
# # Table A1: training settings
#
# How were the models trained? The appendix of {cite:t}`jia2023sparsity` lists it. Its table of January 2024 prints batch size 128 and one
# learning rate for gradient ascent. The public code has batch size 256, and users report different settings that come near its results
# ({doc}`deviations </book/deviations>`). We follow the code.
#
# This table is read from the settings themselves, not from a record. It has the settings of each {term}`profile` for the items on CIFAR-10
# and ResNet-18.
#
# ```{record} sparsity-tabA1
# ```

# %% [markdown]
# ## What to see
#
# * `paper` has the numbers of the published recipe as the public code has them; what else differs from it is in {doc}`deviations </book/deviations>`. Everything else is smaller.
# * `laptop` has fewer images, a slim network, fewer epochs and no augmentation. A short run on few images memorises its samples, as the long one does, only without
#   augmentation. A model that does not know its training samples better than others has nothing to forget.
# * Under `paper` the rate falls to a tenth at half and at three quarters of the run; the other profiles have a cosine. The public code has epochs 91 and 136 of 182, which is the
#   same, but keeps those numbers when it trains for 160.

# %% [markdown]
# ## Live run
#
# Run it yourself: change the first cell and run all ({doc}`profiles and their costs </book/rerun>`). If nothing is shown below the cells, this page was
# built from saved records.

# %% tags=["parameters"]
profile = "quick"  # smoke, quick, laptop or paper
seeds = None  # the profile's own number
device = "auto"

# %%
from mu import figures, runner

rows = runner.run("sparsity-tabA1", profile=profile, seeds=seeds, device=device)
figures.show("sparsity-tabA1", rows)
