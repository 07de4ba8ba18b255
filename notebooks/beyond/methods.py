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
# # The methods of all three papers on one request
#
# In the papers a method is compared by its own metrics, beside its own competitors. Here all start from the same trained models, are asked for the same
# samples, and are scored by the same metrics. Two requests on CIFAR-10: a random tenth of the training images, and all images of class 0.
#
# Several models are trained on one split of the data; a number is a mean over them. *Retrained again* has other weights and batch orders than the retrained
# models that the distances are to: it is what chance alone makes.
#
# ```{record} beyond-methods
# ```

# %% [markdown]
# ## What to see
#
# A random tenth, under `laptop`; recorded so far are five methods, one request and one split:
#
# | | {ref}`Avg. Gap <metric-avg-gap-three>`, points | {ref}`AUC <metric-auc>`, % | {ref}`per-example AUC <metric-auc-per-example>`, % |
# |:---|---:|---:|---:|
# | trained | {value}`beyond-methods Avg. Gap scenario=random method=trained` | {value}`beyond-methods AUC scenario=random method=trained` | {value}`beyond-methods per-example AUC scenario=random method=trained` |
# | {doc}`fine-tune </book/methods/fine-tune>` | {value}`beyond-methods Avg. Gap scenario=random method=fine-tune` | {value}`beyond-methods AUC scenario=random method=fine-tune` | {value}`beyond-methods per-example AUC scenario=random method=fine-tune` |
# | {doc}`l1-sparse </book/methods/l1-sparse>` | {value}`beyond-methods Avg. Gap scenario=random method=l1-sparse` | {value}`beyond-methods AUC scenario=random method=l1-sparse` | {value}`beyond-methods per-example AUC scenario=random method=l1-sparse` |
# | {doc}`mu-mis </book/methods/mu-mis>` | {value}`beyond-methods Avg. Gap scenario=random method=mu-mis` | {value}`beyond-methods AUC scenario=random method=mu-mis` | {value}`beyond-methods per-example AUC scenario=random method=mu-mis` |
# | {doc}`partial-amnesiac </book/methods/partial-amnesiac>` | {value}`beyond-methods Avg. Gap scenario=random method=partial-amnesiac` | {value}`beyond-methods AUC scenario=random method=partial-amnesiac` | {value}`beyond-methods per-example AUC scenario=random method=partial-amnesiac` |
# | retrained again | {value}`beyond-methods Avg. Gap scenario=random method=retrain option=seed` | {value}`beyond-methods AUC scenario=random method=retrain option=seed` | {value}`beyond-methods per-example AUC scenario=random method=retrain option=seed` |
#
# * FA, RA and TA are those of the MU-Mis chapter ({ref}`definition <metric-fa>`): of a random tenth, FA and RA are on training images.
# * Under `laptop` methods with retained data have one to three epochs; `time` beside that of `retrain` says how much of a retraining they take.
# * The time of the amnesiac methods is that of the subtraction. Recording is part of training, and not counted here.
# * The last two AUCs are the subject of {item}`beyond-attack`.

# %% [markdown]
# ## Live run
#
# Run it yourself: change the first cell and run all ({doc}`profiles and their costs </book/rerun>`). If nothing is shown below the cells, this page was
# built from saved records.
#
# Under `quick`, digits and a slim ResNet9 stand in for CIFAR-10 and the full network; there is one request, and nine methods.

# %% tags=["parameters"]
profile = "quick"  # smoke, quick, laptop or paper
seeds = None  # the profile's own number
device = "auto"

# %%
from mu import figures, runner

rows = runner.run("beyond-methods", profile=profile, seeds=seeds, device=device)
figures.show("beyond-methods", rows)
