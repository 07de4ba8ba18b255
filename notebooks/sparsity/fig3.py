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
# # Figure 3: unlearning against sparsity
#
# The central figure of {cite:t}`jia2023sparsity`: prune first by OMP, to several sparsities, then unlearn one class with each
# method. The paper claims that UA and MIA-Efficacy rise with sparsity while RA hardly moves. Which lines rise is known; the layout and
# the values are not.
#
# The dotted line is retraining under the same mask, at every sparsity anew. The goal is to lie on it, not to be high.
#
# Neither CIFAR-10 nor the full network is embedded: under `quick` the embedded digits and a slim ResNet9 stand in for them.
#
# ```{record} sparsity-fig3
# ```

# %% [markdown]
# ## Live run
#
# `make book` runs these cells and shows here what they computed on that machine: under the profile in the cell, unless
# `make book PROFILE=…` names another. A page that was rendered without it has the cells alone. To run them yourself,
# change the first and run all ({doc}`profiles and costs </book/rerun>`).

# %% tags=["parameters"]
profile = "quick"  # smoke, quick, laptop or paper
seeds = None  # the profile's own number
device = "auto"

# %%
from mu import figures, runner

rows = runner.run("sparsity-fig3", profile=profile, seeds=seeds, device=device)
figures.show("sparsity-fig3", rows)

# %% [markdown]
# ## What to see
#
# * Two upper panels: distance to the dotted line on the left end and at 95 %. Fine-tuning: UA {value}`sparsity-tab3 UA scenario=class sparsity=0 method=fine-tune` % and
#   {value}`sparsity-tab3 UA scenario=class sparsity=95 method=fine-tune` %. Influence: {value}`sparsity-tab3 UA scenario=class sparsity=0 method=influence` % and
#   {value}`sparsity-tab3 UA scenario=class sparsity=95 method=influence` %.
# * Lower left: what a method pays on the retained samples. Gradient ascent: RA {value}`sparsity-tab3 RA scenario=class sparsity=0 method=gradient-ascent` % and
#   {value}`sparsity-tab3 RA scenario=class sparsity=95 method=gradient-ascent` %.
# * Lower right: the dotted line itself. Where it falls, the reference has become weaker, and a smaller gap means less. At 99 %:
#   {value}`sparsity-tab3 TA scenario=class sparsity=99 method=retrain` %.
# * The value of each hyper-parameter is chosen anew at every sparsity, by the {ref}`rule <choice-of-value>`. A kink can be a change of that
#   value.
