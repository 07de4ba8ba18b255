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
# How do the methods compare when all start from the same trained models, are asked to forget the same samples, and are scored by the same metrics? In the papers, each
# method is compared by its own metrics, beside its own competitors. There are two requests on CIFAR-10: a random tenth of the training images, and all images of class 0.
# Only the first is recorded so far, with five methods.
#
# Several models are trained on one split of the data, and each number is a mean over them. *Retrained again* has other weights and batch orders than the retrained
# models from which the distances are measured: it shows what chance alone makes.
#
# ```{record} beyond-methods
# ```

# %% [markdown]
# ## What to see
#
# A random tenth, under `laptop`, one split:
#
# | | {ref}`Avg. Gap <metric-avg-gap-three>`, points | {ref}`AUC <metric-auc>`, % | {ref}`per-example AUC <metric-auc-per-example>`, % | the same on unseen images, % |
# |:---|---:|---:|---:|---:|
# | trained | {value}`beyond-methods Avg. Gap scenario=random method=trained` | {value}`beyond-methods AUC scenario=random method=trained` | {value}`beyond-methods per-example AUC scenario=random method=trained` | {value}`beyond-methods per-example AUC, unseen scenario=random method=trained` |
# | {doc}`ssd </book/methods/ssd>` | {value}`beyond-methods Avg. Gap scenario=random method=ssd` | {value}`beyond-methods AUC scenario=random method=ssd` | {value}`beyond-methods per-example AUC scenario=random method=ssd` | {value}`beyond-methods per-example AUC, unseen scenario=random method=ssd` |
# | {doc}`gradient-ascent </book/methods/gradient-ascent>` (NG) | {value}`beyond-methods Avg. Gap scenario=random method=gradient-ascent` | {value}`beyond-methods AUC scenario=random method=gradient-ascent` | {value}`beyond-methods per-example AUC scenario=random method=gradient-ascent` | {value}`beyond-methods per-example AUC, unseen scenario=random method=gradient-ascent` |
# | {doc}`mu-mis </book/methods/mu-mis>` | {value}`beyond-methods Avg. Gap scenario=random method=mu-mis` | {value}`beyond-methods AUC scenario=random method=mu-mis` | {value}`beyond-methods per-example AUC scenario=random method=mu-mis` | {value}`beyond-methods per-example AUC, unseen scenario=random method=mu-mis` |
# | {doc}`fine-tune </book/methods/fine-tune>` | {value}`beyond-methods Avg. Gap scenario=random method=fine-tune` | {value}`beyond-methods AUC scenario=random method=fine-tune` | {value}`beyond-methods per-example AUC scenario=random method=fine-tune` | {value}`beyond-methods per-example AUC, unseen scenario=random method=fine-tune` |
# | {doc}`salun </book/methods/salun>` | {value}`beyond-methods Avg. Gap scenario=random method=salun` | {value}`beyond-methods AUC scenario=random method=salun` | {value}`beyond-methods per-example AUC scenario=random method=salun` | {value}`beyond-methods per-example AUC, unseen scenario=random method=salun` |
# | retrained again | {value}`beyond-methods Avg. Gap scenario=random method=retrain option=seed` | {value}`beyond-methods AUC scenario=random method=retrain option=seed` | {value}`beyond-methods per-example AUC scenario=random method=retrain option=seed` | {value}`beyond-methods per-example AUC, unseen scenario=random method=retrain option=seed` |
#
# * SSD and gradient ascent score almost like the trained model in every column: with the values that the selection rule picks, they do next to nothing here. Of SSD no value tried
#   does: in {item}`mumis-tabA7`, too, all of its grid leaves the model as it was. The grid was moved to where SSD forgets a *class*; single samples would take smaller values.
# * SalUn comes closest to retraining: of the five it has the smallest Avg. Gap and the lowest per-example AUC. An attacker still distinguishes it, and each of the others,
#   beyond the range of chance, which ends at {value}`beyond-methods per-example AUC, 95 % of chance scenario=random method=retrain` %.
# * MU-Mis has a larger Avg. Gap than the trained model. Images that neither kind of model saw give it away almost as well as the forgotten ones, so it has changed the model's
#   answers to all images.
# * FA, RA and TA are those of the MU-Mis chapter ({ref}`definition <metric-fa>`): for a random tenth, FA and RA are on training images.
# * Under `laptop`, methods with retained data have one to three epochs. The column `time`, beside that of `retrain`, says how much of a retraining they take.
# * The time of the amnesiac methods is that of the subtraction. Recording is part of training, and not counted here.
# * The per-example AUCs are the subject of {item}`the page on that attack <beyond-attack>`.

# %% [markdown]
# ## Live run
#
# Run it yourself: change the first cell and run all ({doc}`profiles and their costs </book/rerun>`). If nothing is shown below the cells, this page was
# built from saved records.
#
# Under `quick`, digits and a slim ResNet9 stand in for CIFAR-10 and the full network. There is one request, with nine methods.

# %% tags=["parameters"]
profile = "quick"  # smoke, quick, laptop or paper
seeds = None  # the profile's own number
device = "auto"

# %%
from mu import figures, runner

rows = runner.run("beyond-methods", profile=profile, seeds=seeds, device=device)
figures.show("beyond-methods", rows)
