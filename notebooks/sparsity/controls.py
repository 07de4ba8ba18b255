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
# # What else forgets: controls
#
# Class-wise, two of the methods do more than their names say. Gradient ascent leaves batch norm in training mode, so its statistics are
# estimated anew, on images of the forgotten class alone. Fisher forgetting replaces the class's row of the {term}`head` by noise. This experiment runs
# both again, each without its side effect. Fine-tuning moves the statistics as well, but on the samples to keep; it is here with frozen statistics for
# comparison. Both side effects are in the public code of {cite:t}`jia2023sparsity`; the experiment is ours.
#
# ```{record} sparsity-controls
# ```

# %% [markdown]
# ## What to see
#
# Dense model, at the smallest rate and the smallest noise that were tried, in percent:
#
# | | UA | RA | TA |
# |:---|---:|---:|---:|
# | trained | {value}`sparsity-controls UA sparsity=0 method=trained` | {value}`sparsity-controls RA sparsity=0 method=trained` | {value}`sparsity-controls TA sparsity=0 method=trained` |
# | ascent at $10^{-5}$ | {value}`sparsity-controls UA sparsity=0 method=gradient-ascent variant="as in the main table" tried=1e-5` | {value}`sparsity-controls RA sparsity=0 method=gradient-ascent variant="as in the main table" tried=1e-5` | {value}`sparsity-controls TA sparsity=0 method=gradient-ascent variant="as in the main table" tried=1e-5` |
# | the same, statistics frozen | {value}`sparsity-controls UA sparsity=0 method=gradient-ascent variant="statistics frozen" tried=1e-5` | {value}`sparsity-controls RA sparsity=0 method=gradient-ascent variant="statistics frozen" tried=1e-5` | {value}`sparsity-controls TA sparsity=0 method=gradient-ascent variant="statistics frozen" tried=1e-5` |
# | Fisher at $10^{-9}$ | {value}`sparsity-controls UA sparsity=0 method=fisher variant="as in the main table" tried=1e-9` | {value}`sparsity-controls RA sparsity=0 method=fisher variant="as in the main table" tried=1e-9` | {value}`sparsity-controls TA sparsity=0 method=fisher variant="as in the main table" tried=1e-9` |
# | the same, row kept | {value}`sparsity-controls UA sparsity=0 method=fisher variant="row kept" tried=1e-9` | {value}`sparsity-controls RA sparsity=0 method=fisher variant="row kept" tried=1e-9` | {value}`sparsity-controls TA sparsity=0 method=fisher variant="row kept" tried=1e-9` |
#
# * Under `laptop`, one seed, the weights hardly move at these values: without its side effect, either method leaves nearly the trained model. What is forgotten is
#   forgotten by the new statistics and the replaced row.
# * So on the dense model, under `laptop`, the results of these two methods in {item}`sparsity-tab3` or {item}`sparsity-fig3` say little about ascent or about Fisher
#   information. They say what the public recipe does.
# * Once the statistics are frozen, the weights have to climb the loss, and the selection rule picks another rate.
# * With the row kept, Fisher forgetting does not single out the class: more noise lowers RA long before UA rises.
# * Fine-tuning cannot do without the new statistics. With frozen ones the published rate, 0.01, leaves the dense model an RA of
#   {value}`sparsity-controls RA sparsity=0 method=fine-tune variant="statistics frozen" tried=0.01` % (as in the main table:
#   {value}`sparsity-controls RA sparsity=0 method=fine-tune variant="as in the main table" tried=0.01`), and larger rates diverge (`laptop`, one seed). This does not show how
#   much of its forgetting is due to the statistics.

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

rows = runner.run("sparsity-controls", profile=profile, seeds=seeds, device=device)
figures.show("sparsity-controls", rows)
