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
# Only stand-ins are recorded for this table, under `quick`: embedded digits and a slim ViT. It repeats the comparison of {item}`mumis-tab1` for a vision transformer on Tiny
# ImageNet, which is read from your own copy ({ref}`own-images`) and was not at hand.
#
# In {cite:t}`cheng2026mumis` the ViT is probably pretrained, at 224 pixels. Ours has the size that the {term}`profile` names, starts from random weights and sees 64 pixels.
# Values are picked by the {ref}`selection rule <mumis-choice>`, as in {item}`mumis-tab1`. Two cells are known. Source: secondary ({term}`account <account, the>`):
#
# ```{reported} mumis-tab3
# ```
#
# ```{record} mumis-tab3
# ```

# %% [markdown]
# ## What to see
#
# * A ViT trained from random weights on few images is a weak model, and a gap to a weak retrained model says little.
# * A ViT has no batch norm, so nothing depends on its statistics here.
# * MU-Mis differentiates a derivative. For attention this needs the plain form of its kernel, which is slower than the fused one that the other methods use.

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
