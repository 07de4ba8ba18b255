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
# # What is kept against what is forgotten (MU-Mis)
#
# A method with one number for each metric can look good because its hyper-parameter was lucky. Here is all that each method can do on {item}`the main table's request <mumis-tab1>`:
# every value tried, at every seed. Down and to the left a run has forgotten more and lost more. The paper has no such figure; it is ours.
#
# ```{record} mumis-tradeoff
# ```

# %% [markdown]
# ## What to see
#
# * *A good method goes left along the top edge*, from the square to the star: the class is lost, the rest is not. Where dots fall away below the star, larger values only destroy.
# * Under `laptop`, three seeds, MU-Mis stays near the top edge all the way. So do bad teacher, random labels with retained data and SalUn, which use retained images. SSD is at the star
#   with its smaller values.
# * *Without retained data*: gradient ascent, random labels and JiT go far down at FA 0. Between their dots nothing was tried; {item}`runs followed pass by pass <mumis-equal>` show
#   what lies there: less than MU-Mis keeps.
# * *Rings* are what the {ref}`selection rule <mumis-choice>` picks. It does not see this plane: its guess of the retrained model comes from the original. Where a ring lies below
#   dots of the same FA, the rule has missed something better.
# * FA is on 100 test images of one class, so a dot has a standard error of up to five points across. Down, it has half a point.

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

rows = runner.run("mumis-tradeoff", profile=profile, seeds=seeds, device=device)
figures.show("mumis-tradeoff", rows)
