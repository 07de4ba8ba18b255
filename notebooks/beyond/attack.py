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
# Is a model's answer to *this* image more like that of unlearned models, or like that of retrained ones? An attacker with models of their own can ask this about each
# image by itself {cite:p}`carlini2022lira,triantafillou2024progress`. The attacks of the papers have one threshold for all samples: they ask whether the forgotten samples
# *together* look like samples that were never seen. A model can be confident on an easy image it never saw, and unsure on a hard one it trained on. A single threshold
# confuses the two.
#
# The {ref}`per-example AUC <metric-auc-per-example>` says how well the attacker distinguishes the two kinds of model. On test images, which neither kind saw, it says
# how well a model is given away by what unlearning did to it, and not by what it knows.
#
# ```{record} beyond-attack
# ```

# %% [markdown]
# ## What to see
#
# * *Retrained again* is the control: two sets of models that never saw the samples. Green is how far chance reaches with so few models (`laptop`, a random tenth:
#   {value}`beyond-methods per-example AUC, 5 % of chance scenario=random method=retrain` to
#   {value}`beyond-methods per-example AUC, 95 % of chance scenario=random method=retrain` %). Our check: the per-example AUC of the control lies in this range.
#   **Verdict:** {verdict}`beyond-chance`.
# * *Trained* shows the attack's power. Its filled diamond is at {value}`beyond-methods per-example AUC scenario=random method=trained` %, the empty one at
#   {value}`beyond-methods per-example AUC, unseen scenario=random method=trained` %, and its circle at
#   {value}`beyond-methods AUC scenario=random method=trained` %, where retrained models have {value}`beyond-methods AUC scenario=random method=retrain option=seed` %.
#   Our check: trained models are distinguished from retrained ones, and by the samples to forget. **Verdict:** {verdict}`beyond-power`.
# * Unlearning should bring the filled diamond into the green. If the filled diamond is to the right of it and the empty one is not, the forgotten images still give the model
#   away, or do so because they are hidden too well. If both are to the right, any image gives the model away: unlearning has changed it all over.
# * Our check: a method that the published attacks do not distinguish from retraining is not distinguished example by example either. **Verdict:**
#   {verdict}`beyond-enough`.

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

rows = runner.run("beyond-attack", profile=profile, seeds=seeds, device=device)
figures.show("beyond-attack", rows)
