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
# # Every value tried (sparsity)
#
# What does pruning do where nothing else changes? In {item}`sparsity-tab3` the hyper-parameter is picked for the dense and the sparse model apart, and may differ. Here every
# value that was tried is shown for both models, side by side. The paper has no such figure; it is ours.
#
# FT is fine-tuning, GA gradient ascent, FF Fisher forgetting, IU influence unlearning.
#
# ```{record} sparsity-search
# ```

# %% [markdown]
# ## What to see
#
# * *UA: for FT, IU and $\ell_1$-sparse the dashed line lies to the right of the solid one.* Class-wise, under `laptop`, they forget less of the class from the sparse model at equal
#   values, on average, though the spreads are wide. UA, dense and sparse, is {value}`sparsity-tab3 UA scenario=class sparsity=0 method=fine-tune tried=0.01` and
#   {value}`sparsity-tab3 UA scenario=class sparsity=95 method=fine-tune tried=0.01` % for FT at 0.01, {value}`sparsity-tab3 UA scenario=class sparsity=0 method=influence tried=1` and
#   {value}`sparsity-tab3 UA scenario=class sparsity=95 method=influence tried=1` % for IU at 1, and
#   {value}`sparsity-tab3 UA scenario=class sparsity=0 method=l1-sparse tried=0.002` and {value}`sparsity-tab3 UA scenario=class sparsity=95 method=l1-sparse tried=0.002` % for
#   $\ell_1$-sparse at 0.002. GA hardly moves: at 0.0003 UA is {value}`sparsity-tab3 UA scenario=class sparsity=0 method=gradient-ascent tried=0.0003` and
#   {value}`sparsity-tab3 UA scenario=class sparsity=95 method=gradient-ascent tried=0.0003` %.
# * Our check: FT and IU forget more of a class from a sparse model also at one and the same hyper-parameter. **Verdict:** {verdict}`sparsity-equal`.
# * *It looks as if pruning shortened the step.* The sparse model needs a larger value for the same effect, and the selection rule often picks one. Class-wise, {item}`how well an
#   original fits <sparsity-fit>` decides far more; but among originals that fit equally well, too, the sparse ones forget less (three seeds). At random it shows at a glance: the
#   sparse model's lines are the dense one's, moved to the right. To see whether the larger value alone explains a gain in {item}`sparsity-tab3`, look at the solid line at that value;
#   {item}`another page <sparsity-tradeoff>` has what is kept at equal forgetting, whatever the value.
# * *Class-wise, the Disparity of GA is lower on the sparse model at every rate.* It does not forget more; it keeps more of the rest. At 0.0003 RA is
#   {value}`sparsity-tab3 RA scenario=class sparsity=0 method=gradient-ascent tried=0.0003` % dense and {value}`sparsity-tab3 RA scenario=class sparsity=95 method=gradient-ascent tried=0.0003` % sparse, and the gap
#   {value}`sparsity-tab3 Avg. Gap scenario=class sparsity=0 method=gradient-ascent tried=0.0003` and {value}`sparsity-tab3 Avg. Gap scenario=class sparsity=95 method=gradient-ascent tried=0.0003` points.
# * *The lowest point of a line* is one value for all seeds.
#   * Class-wise, FT's is lower on the sparse model ({value}`sparsity-tab3 Avg. Gap scenario=class sparsity=95 method=fine-tune tried=0.03` points, dense
#     {value}`sparsity-tab3 Avg. Gap scenario=class sparsity=0 method=fine-tune tried=0.03`, both at 0.03). With a value {item}`picked for each seed <sparsity-tuning>` it is not. IU and
#     $\ell_1$-sparse have about the same lowest point on both models.
#   * At random, all methods have about the same lowest point on both; GA, FF and $\ell_1$-sparse reach it at a larger value on the sparse model. GA has
#     {value}`sparsity-tab3 Avg. Gap scenario=random sparsity=0 method=gradient-ascent tried=0.003` points at 0.003 dense and
#     {value}`sparsity-tab3 Avg. Gap scenario=random sparsity=95 method=gradient-ascent tried=0.01` at 0.01 sparse, $\ell_1$-sparse
#     {value}`sparsity-tab3 Avg. Gap scenario=random sparsity=0 method=l1-sparse tried=0.0005` at 0.0005 and {value}`sparsity-tab3 Avg. Gap scenario=random sparsity=95 method=l1-sparse tried=0.005` at 0.005.
# * *Where a line still falls at its right end*, the grid ends too soon. At random no line does. Class-wise only that of FF on the sparse model does, slightly. Picks of single seeds
#   may lie at an end; {item}`the table of choices <sparsity-tuning>` marks them.
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
