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
# # Table A13: Frobenius or spectral norm
#
# Does it matter which norm the loss has? {cite:t}`cheng2026mumis` compare the Frobenius norm with "the L2 norm" and find hardly any difference. Source: secondary
# ({term}`account <account, the>`).
#
# For a gradient the two norms are the same unless it is read as a matrix. So we take the largest singular value of each colour channel, summed over channels
# ({py:func}`mu.sensitivity.squared_norm`). That is our reading. The record is that of {item}`mumis-tabA12`.
#
# ```{record} mumis-tabA13
# ```

# %% [markdown]
# ## What to see
#
# * In seed 0 (`laptop`), where the whole loss stops by the Frobenius norm, FA is {value}`mumis-tabA12 FA variant=both step=12 seed=0` % and RA
#   {value}`mumis-tabA12 RA variant=both step=12 seed=0` %. With the spectral norm they are {value}`mumis-tabA12 FA variant=spectral step=12 seed=0` % and
#   {value}`mumis-tabA12 RA variant=spectral step=12 seed=0` % at the same step.
# * The spectral norm is at most the Frobenius norm. So its steps are shorter at the same learning rate, and its own rule stops it later. There FA is
#   {value}`mumis-tabA12 FA variant=spectral step=22 seed=0` % and RA {value}`mumis-tabA12 RA variant=spectral step=22 seed=0` %.
# * So most of the difference is the length of the step. Claim: Frobenius or spectral norm makes no difference. **Verdict:** {verdict}`mumis-norm`.

# %% [markdown]
# ## Live run
#
# Run it yourself: change the first cell and run all ({doc}`profiles and their costs </book/rerun>`). If nothing is shown below the cells, this page was
# built from saved records.
#
# Under `quick`, digits and a slim ResNet9 stand in for CIFAR-100 and the full network.

# %% tags=["parameters"]
profile = "quick"  # smoke, quick, laptop or paper
seeds = None  # the profile's own number
device = "auto"

# %%
from mu import figures, runner

rows = runner.run("mumis-tabA13", profile=profile, seeds=seeds, device=device)
figures.show("mumis-tabA13", rows)
