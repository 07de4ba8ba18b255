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
# # Table A6: ImageNet, ResNet-18, class-wise
#
# Only {term}`stand-ins <stand-in>` are recorded here: ImageNet was not at hand. The table is the class-wise half of {item}`sparsity-tab3` for ImageNet, without Fisher
# forgetting. It reads your own copy of the images ({ref}`own-images`) at 64 pixels: `folder:imagenet:64`. The class to forget is the first. We know that
# {cite:t}`jia2023sparsity` have such a table, at 224 pixels, but not its cells.
#
# ```{record} sparsity-tabA6
# ```

# %% [markdown]
# ## What to see
#
# * The claim of {item}`sparsity-tab3` is that each method's Disparity Ave. is smaller on the 95 % sparse model than on the dense one.
# * A gap to a retrained model that is itself poor is no evidence. Look at its TA.
# * The published hyper-parameters are those for CIFAR-10 and ResNet-18. Here they are one value among those tried.

# %% [markdown]
# ## Live run
#
# Run it yourself: change the first cell and run all ({doc}`profiles and their costs </book/rerun>`). If nothing is shown below the cells, this page was
# built from saved records.
#
# Under `quick` the embedded digits and a slim network stand in for ImageNet and ResNet-18, so that the code runs everywhere.

# %% tags=["parameters"]
profile = "quick"  # smoke, quick, laptop or paper
seeds = None  # the profile's own number
device = "auto"

# %%
from mu import figures, runner

rows = runner.run("sparsity-tabA6", profile=profile, seeds=seeds, device=device)
figures.show("sparsity-tabA6", rows)
