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
# # What the choice of hyper-parameters changes (sparsity)
#
# How much depends on the choice of a hyper-parameter? Every method here has one number that decides how far it goes: a learning rate, the scale of a noise, the length of a
# step, the weight of a penalty. {cite:t}`jia2023sparsity` searched for the value nearest to the retrained model. Whoever has
# that model has no need to unlearn.
#
# So this table of ours sets three {ref}`choices <choice-of-value>` from the same runs side by side. In brackets are the values picked, several where seeds differ.
#
# ```{record} sparsity-tuning
# ```

# %% [markdown]
# ## What to see
#
# * By construction, no column is below the oracle. How far the rule lies above it is the price of not knowing the answer.
# * The claim is that the gap is smaller at 95 % than dense, within one column. Class-wise, for FT, it is not so with any of the three choices: with the oracle it is
#   {value}`sparsity-tab3 Avg. Gap scenario=class sparsity=0 method=fine-tune choice=oracle` dense and
#   {value}`sparsity-tab3 Avg. Gap scenario=class sparsity=95 method=fine-tune choice=oracle` at 95 %. For GA it is so with all three in the mean: with the oracle
#   {value}`sparsity-tab3 Avg. Gap scenario=class sparsity=0 method=gradient-ascent choice=oracle` and
#   {value}`sparsity-tab3 Avg. Gap scenario=class sparsity=95 method=gradient-ascent choice=oracle`.
# * At one and the same value pruning makes {item}`hardly any method forget more <sparsity-search>`.
# * Where *published* lies far above both others, the published value does not carry over to our sizes, and says little about the method at full size. Under `laptop` this is so for
#   class-wise FT on the sparse model: {value}`sparsity-tab3 Avg. Gap scenario=class sparsity=95 method=fine-tune choice=published` points, and
#   {value}`sparsity-tab3 Avg. Gap scenario=class sparsity=95 method=fine-tune choice=rule` by the rule.
# * A star marks a value at an end of its grid. At random a sparse model needs larger values for the same UA, so `laptop` tries larger ones there, on both models. With the oracle,
#   dense and sparse then come about as near: FT has {value}`sparsity-tab3 Avg. Gap scenario=random sparsity=0 method=fine-tune choice=oracle` and
#   {value}`sparsity-tab3 Avg. Gap scenario=random sparsity=95 method=fine-tune choice=oracle`, GA
#   {value}`sparsity-tab3 Avg. Gap scenario=random sparsity=0 method=gradient-ascent choice=oracle` and
#   {value}`sparsity-tab3 Avg. Gap scenario=random sparsity=95 method=gradient-ascent choice=oracle`, and $\ell_1$-sparse
#   {value}`sparsity-tab3 Avg. Gap scenario=random sparsity=0 method=l1-sparse choice=oracle` and
#   {value}`sparsity-tab3 Avg. Gap scenario=random sparsity=95 method=l1-sparse choice=oracle`. Only at one of three seeds do IU and $\ell_1$-sparse ask for still more.
# * A finer grid lowers the oracle of a sensitive method most. Under `laptop`, class-wise, FT and FF have three values, $\ell_1$-sparse four, GA and IU five; at random FT, FF and IU
#   have four, GA and $\ell_1$-sparse five.

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

rows = runner.run("sparsity-tuning", profile=profile, seeds=seeds, device=device)
figures.show("sparsity-tuning", rows)
