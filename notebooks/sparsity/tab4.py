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
# # Table 4: transfer after removing classes (a proxy)
#
# {cite:t}`jia2023sparsity` remove source classes that harm a transfer: an ImageNet model forgets them by $\ell_1$-sparse unlearning, and a linear
# probe is trained on its features for another data set. The reference retrains without those classes {cite:p}`jain2023transfer`. The data
# sets are known; the table's numbers could not be read, and no code of it was released.
#
# :::{warning}
# This is a proxy. CIFAR-100 stands for ImageNet, CIFAR-10 for the downstream sets. The classes are drawn at random, where the paper removes
# those that harm. So the transfer cannot be expected to improve; what can be compared is $\ell_1$-sparse with retraining. {doc}`The
# chapter </book/sparsity>` says what the real experiment would take.
# :::
#
# Under `quick` the embedded digits stand in for both sets: then source and target are the same data, and the numbers say only that the code
# runs.
#
# ```{record} sparsity-tab4
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

rows = runner.run("sparsity-tab4", profile=profile, seeds=seeds, device=device)
figures.show("sparsity-tab4", rows)

# %% [markdown]
# ## What to see
#
# * First the UA: a low value of $\ell_1$-sparse means that the classes are not forgotten, and then its probe accuracy is that of another
#   experiment.
# * Then the probe: the claim is that $\ell_1$-sparse serves the transfer as well as retraining does, in less time. The untrained network
#   is the floor: what a probe reads from features that nothing was learnt for.
# * The penalty weight is fixed here and not chosen.
