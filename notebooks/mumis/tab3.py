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
# # Table 3: every method on a full class, ViT
#
# The same comparison as {doc}`tab1` for a vision transformer on Tiny ImageNet. Two cells are known, from a third-party account:
#
# ```{reported} mumis-tab3
# ```
#
# In {cite:t}`cheng2026mumis` the ViT is probably pretrained, at 224 pixels. Ours has the size that the {term}`profile` names, starts from random
# weights and sees 64 pixels. Tiny ImageNet is read from your own copy ({ref}`own-images`); it was not at hand, so nothing is recorded on it.
# Values are picked
# by the {ref}`rule <mumis-choice>`, as in {doc}`tab1`.
#
# ```{record} mumis-tab3
# ```

# %% [markdown]
# ## What to see
#
# * A ViT from random weights on few images is a weak model, and a gap to a weak retrained model says little.
# * A ViT has no batch norm, so nothing hangs on its statistics here.
# * MU-Mis differentiates a derivative. For attention this needs the plain form of its kernel, which is slower than the fused one that the other
#   methods use.

# %% [markdown]
# ## Live run
#
# Run it yourself: change the first cell and run all ({doc}`profiles and their costs </book/rerun>`). If nothing is shown below the cells, this page was
# built from saved records.
#
# Under `quick` the embedded digits and a slim ViT stand in for Tiny ImageNet and the larger ViT.

# %% tags=["parameters"]
profile = "quick"  # smoke, quick, laptop or paper
seeds = None  # the profile's own number
device = "auto"

# %%
from mu import figures, runner

rows = runner.run("mumis-tab3", profile=profile, seeds=seeds, device=device)
figures.show("mumis-tab3", rows)
