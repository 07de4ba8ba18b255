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
# # What a per-example attack still sees
#
# The attacks of the papers have one threshold for all samples: they ask whether the forgotten samples *together* look like samples that were never seen. An easy
# image is answered with confidence by a model that never saw it, a hard one is not, and one threshold takes the one for the other. An attacker with models of
# their own can ask about each image by itself: is this model's answer to *this* image more like that of unlearned models, or like that of retrained ones
# {cite:p}`carlini2022lira,triantafillou2024progress`? The {ref}`per-example AUC <metric-auc-per-example>` says how well that tells the two apart. On test images,
# which neither kind saw, it says how well a model is given away by what unlearning did to it, and not by what it knows.
#
# ```{record} beyond-attack
# ```

# %% [markdown]
# ## What to see
#
# * *Retrained again* is the control: two sets of models that never saw the samples. Green is how far chance reaches with so few models (`laptop`, a random tenth:
#   {value}`beyond-methods per-example AUC, 5 % of chance scenario=random method=retrain` to
#   {value}`beyond-methods per-example AUC, 95 % of chance scenario=random method=retrain` %). That the control lies in it: {verdict}`beyond-chance`.
# * *Trained* shows the attack's power: its filled diamond is at {value}`beyond-methods per-example AUC scenario=random method=trained` %, the empty one at
#   {value}`beyond-methods per-example AUC, unseen scenario=random method=trained` %, and its circle at
#   {value}`beyond-methods AUC scenario=random method=trained` %, where retrained models have {value}`beyond-methods AUC scenario=random method=retrain option=seed` %.
#   That trained models are told, and by what they saw: {verdict}`beyond-power`.
# * A filled diamond in the green is what unlearning should reach. Right of it with the empty one left behind, the forgotten images are still told, or told by
#   being hidden too well. With both to the right, the model is told by any image: unlearning has changed it all over.
# * That a method which the published attacks do not tell from retraining is not told example by example either: {verdict}`beyond-enough`.

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

rows = runner.run("beyond-attack", profile=profile, seeds=seeds, device=device)
figures.show("beyond-attack", rows)
