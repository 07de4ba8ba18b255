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
# # Every value tried, on the dense and on the sparse model
#
# The comparison in {doc}`tab3` has another hyper-parameter on the sparse model than on the dense one, each picked for itself. What does pruning do where nothing else
# changes? Here is every value that was tried, of both models, side by side. The paper has no such figure; it is ours.
#
# FT is fine-tuning, GA gradient ascent, FF Fisher forgetting, IU influence unlearning.
#
# ```{record} sparsity-search
# ```

# %% [markdown]
# ## What to see
#
# * *UA: the dashed line lies to the right of the solid one.* At equal values less is forgotten from the sparse model. Under `laptop`, class-wise, dense and sparse: FT at 0.01
#   {value}`sparsity-tab3 UA scenario=class sparsity=0 method=fine-tune tried=0.01` and {value}`sparsity-tab3 UA scenario=class sparsity=95 method=fine-tune tried=0.01` %, IU at 1 {value}`sparsity-tab3 UA scenario=class sparsity=0 method=influence tried=1` and {value}`sparsity-tab3 UA scenario=class sparsity=95 method=influence tried=1` %, l1-sparse at 0.002 {value}`sparsity-tab3 UA scenario=class sparsity=0 method=l1-sparse tried=0.002` and
#   {value}`sparsity-tab3 UA scenario=class sparsity=95 method=l1-sparse tried=0.002` %. That it is more, for FT and IU: {verdict}`sparsity-equal`. GA hardly moves: at 0.0003 {value}`sparsity-tab3 UA scenario=class sparsity=0 method=gradient-ascent tried=0.0003` and
#   {value}`sparsity-tab3 UA scenario=class sparsity=95 method=gradient-ascent tried=0.0003` %.
# * *It looks as if pruning shortened the step.* Fewer weights move, and by a rate that fitted all of them. The sparse model then needs a larger value for the same effect, and the rule
#   often picks one. At random it shows at a glance: the sparse model's lines are the dense one's, moved to the right. Whether the larger value alone explains a gain in {doc}`tab3` is read off here: by the solid line at that value.
# * *Class-wise, Disparity of GA is lower on the sparse model at every rate*, and not by forgetting more: it keeps more of the rest. Class-wise at 0.0003 RA is
#   {value}`sparsity-tab3 RA scenario=class sparsity=0 method=gradient-ascent tried=0.0003` % dense and {value}`sparsity-tab3 RA scenario=class sparsity=95 method=gradient-ascent tried=0.0003` % sparse, the gap
#   {value}`sparsity-tab3 Avg. Gap scenario=class sparsity=0 method=gradient-ascent tried=0.0003` and {value}`sparsity-tab3 Avg. Gap scenario=class sparsity=95 method=gradient-ascent tried=0.0003` points.
# * *The lowest point of a line* is one value for all seeds. For class-wise FT it is lower sparse ({value}`sparsity-tab3 Avg. Gap scenario=class sparsity=95 method=fine-tune tried=0.03` points, dense {value}`sparsity-tab3 Avg. Gap scenario=class sparsity=0 method=fine-tune tried=0.03`, both at 0.03);
#   with a value picked for each seed it is not ({item}`sparsity-tuning`). IU and l1-sparse have about the same lowest point on both. So have all at random, on the sparse model GA, FF and l1-sparse at a
#   larger value: GA {value}`sparsity-tab3 Avg. Gap scenario=random sparsity=0 method=gradient-ascent tried=0.003` points at 0.003 dense and {value}`sparsity-tab3 Avg. Gap scenario=random sparsity=95 method=gradient-ascent tried=0.01` at 0.01 sparse, l1-sparse
#   {value}`sparsity-tab3 Avg. Gap scenario=random sparsity=0 method=l1-sparse tried=0.0005` at 0.0005 and {value}`sparsity-tab3 Avg. Gap scenario=random sparsity=95 method=l1-sparse tried=0.005` at 0.005.
# * *Where a line still falls at its right end*, the grid ends too soon. At random none does, class-wise that of FF on the sparse model alone, slightly; picks of single seeds may lie at an end ({doc}`tuning` marks them).
# * Bands are one standard deviation over seeds, and wide: one seed may forget the class at a rate where another keeps it.

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

rows = runner.run("sparsity-search", profile=profile, seeds=seeds, device=device)
figures.show("sparsity-search", rows)
