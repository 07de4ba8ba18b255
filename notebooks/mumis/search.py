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
# # Every value tried (MU-Mis)
#
# What would another choice of values give? {item}`mumis-tab1` and {item}`the comparison of choices <mumis-tuning>` show only the values that a choice picks. This table, which is
# ours, shows all of them. So another choice can be made by eye, and a grid that ends too early can be seen. {item}`A figure <mumis-tradeoff>` shows the same at a glance.
#
# ```{record} mumis-search
# ```

# %% [markdown]
# ## What to see
#
# * The last column marks what the selection rule picks in a seed. *edge* means the first or last value of the grid: the method may do better beyond it. Under `laptop` MU-Mis
#   is among these, with its largest $\delta$.
# * The {ref}`selection rule <mumis-choice>` works where its distance and Avg. Gap order the values alike. It expects an FA of zero. Where more forgetting costs RA, it can pick
#   a value that goes further than the oracle's, as it does for MU-Mis.
# * MU-Mis is reportedly nearly flat in $\delta$. Under `laptop` it is not, in the mean. At rate 0.001 FA goes from
#   {value}`mumis-tab1 FA dataset=cifar100 method=mu-mis tried=1 lr=0.001` % at $\delta=1$ to {value}`mumis-tab1 FA dataset=cifar100 method=mu-mis tried=1.1 lr=0.001` % at 1.1
#   ({item}`mumis-figA2` has rate 0.003 as well). From 1.1 to 1.2 it moves little.

# %% [markdown]
# ## Live run
#
# Run it yourself: change the first cell and run all ({doc}`profiles and their costs </book/rerun>`). If nothing is shown below the cells, this page was
# built from saved records.
#
# Under `quick` the embedded digits and a slim ResNet9 stand in for CIFAR-100 and ResNet-18.

# %% tags=["parameters"]
profile = "quick"  # smoke, quick, laptop or paper
seeds = None  # the profile's own number
device = "auto"

# %%
from mu import figures, runner

rows = runner.run("mumis-search", profile=profile, seeds=seeds, device=device)
figures.show("mumis-search", rows)
