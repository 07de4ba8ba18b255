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
# # Table 1: which method is close, by metric
#
# On which metrics is a method close to retraining? Table 1 of {cite:t}`jia2023sparsity` sums up four methods by check marks: fine-tuning (FT), gradient ascent (GA),
# Fisher forgetting (FF) and influence unlearning (IU), against UA, MIA-Efficacy, RA, TA and time. We know that the table exists, but its marks could not be
# read. So ours are computed from the record of {item}`sparsity-tab3`.
#
# Two limits, both ours, make the marks: 2 points from the retrained model is *close*, 10 is *fair*. An arrow leads from the dense to the 95 % sparse model.
#
# ```{record} sparsity-tab1
# ```

# %% [markdown]
# ## What to see
#
# * An arrow to more dots is what the paper claims; an arrow to fewer is a price. Under `laptop`, class-wise, gradient ascent and $\ell_1$-sparse gain on UA
#   and MIA-Efficacy. Influence loses on both and gains on RA and TA. Fine-tuning is within 2 points on UA and MIA-Efficacy from either model, and loses on RA.
# * An arrow includes the change of the hyper-parameter, which the rule picks for each model apart. {item}`Another figure <sparsity-search>` compares equal values.
# * At random no method is within 10 points on UA or MIA-Efficacy, dense or sparse.
# * RA and TA get dots easily: a method that does nothing keeps them. UA and MIA-Efficacy are the columns that tell whether anything was
#   forgotten.
# * A mark is a threshold on a mean. {item}`sparsity-tab3` has the numbers with their spread.

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

rows = runner.run("sparsity-tab1", profile=profile, seeds=seeds, device=device)
figures.show("sparsity-tab1", rows)
