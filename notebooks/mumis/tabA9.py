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
# # Table A9: every method on a full class, VGG-16
#
# Do the results of {item}`mumis-tab1` depend on the network? This is its CIFAR-100 part with VGG-16. Values are picked by the {ref}`selection rule <mumis-choice>`, as there.
#
# {cite:t}`cheng2026mumis` have it in their appendix, with a spread over seeds; no cell of it is known. Source: secondary ({term}`account <account, the>`).
#
# ```{record} mumis-tabA9
# ```

# %% [markdown]
# ## What to see
#
# * VGG-16 has no residual connections, and its gradients differ in size. The rate that suits MU-Mis scales with one over the squared sensitivity, so a rate carried over from ResNet-18
#   need not fit.
# * Under `laptop` the network has learnt little: TA of the original is {value}`mumis-tabA9 TA method=trained` %. All gaps are small then. That of doing nothing is
#   {value}`mumis-tabA9 Avg. Gap method=trained` points, and there are {value}`mumis-tabA9 FA method=trained` points of FA to lose. So the order of the methods says little here.
# * Gradient ascent is nearer to retraining ({value}`mumis-tabA9 Avg. Gap method=gradient-ascent`) than MU-Mis ({value}`mumis-tabA9 Avg. Gap method=mu-mis`), from the same data and in
#   less time. A gap near 0 says that as many images are classified correctly, not that the same ones are.

# %% [markdown]
# ## Live run
#
# Run it yourself: change the first cell and run all ({doc}`profiles and their costs </book/rerun>`). If nothing is shown below the cells, this page was
# built from saved records.
#
# Under `quick` the embedded digits and a slim ResNet9 stand in for CIFAR-100 and VGG-16: then this is {item}`mumis-tab1` again.

# %% tags=["parameters"]
profile = "quick"  # smoke, quick, laptop or paper
seeds = None  # the profile's own number
device = "auto"

# %%
from mu import figures, runner

rows = runner.run("mumis-tabA9", profile=profile, seeds=seeds, device=device)
figures.show("mumis-tabA9", rows)
