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
# # Forget sets by memorisation
#
# Some samples a model knows only because it saw them. Does forgetting them cost more accuracy on the rest?
#
# {cite:t}`cheng2026mumis` compare forget sets of low, medium and high {term}`memorisation` on CIFAR-10 and find that high ones do. Neither the table's number nor its
# cells are known. Source: secondary ({term}`account <account, the>`).
#
# Memorisation is estimated after {cite:t}`feldman2020does`: for each sample, how often models trained with it classify it correctly, minus how often those trained
# without it do ({ref}`definition <metric-memorisation>`). The number of models is small ({ref}`table of sizes <mumis-sizes>`), so the values are coarse, and many are
# tied. The forget set is a tenth of the training samples, by value: the lowest, those nearest one half (as in the public code of {cite:t}`zhao2024rum`), or the highest.
# Hyper-parameters are picked by the {ref}`selection rule <mumis-choice>`, as in {item}`mumis-tab1`.
#
# ```{record} mumis-memo
# ```

# %% [markdown]
# ## What to see
#
# CIFAR-10, `laptop`, one seed.
#
# * *The groups deserve their names.* The original classifies nearly all samples of each correctly, the retrained model
#   {value}`mumis-memo FA method=retrain level=low` % of *low*, {value}`mumis-memo FA method=retrain level=mid` % of *mid* and
#   {value}`mumis-memo FA method=retrain level=high` % of *high*. So there is little to undo in *low* and much in *high*.
# * *MU-Mis costs less at* high *than at* low, against the claim: it brings accuracy on the rest (RA) to {value}`mumis-memo RA method=mu-mis level=high` and to
#   {value}`mumis-memo RA method=mu-mis level=low` %, at about as much forgotten (FA {value}`mumis-memo FA method=mu-mis level=high` and
#   {value}`mumis-memo FA method=mu-mis level=low` %). At all three it ends further from the retrained model than the original is. None of its runs was ended by the stopping rule; the
#   limit of steps came first, as on {item}`other random samples <mumis-stop>`.
# * SalUn and RUM, with retained data, come nearest at *mid* and *high*. RUM is told how far each sample is memorised, by the scores that made these groups.
# * Where there is nothing to undo, a method can only do harm: at *low* doing nothing is as near as fine-tuning.
#
# Claim: samples that are memorised more cost more accuracy. **Verdict:** {verdict}`mumis-memo`.

# %% [markdown]
# ## Live run
#
# Run it yourself: change the first cell and run all ({doc}`profiles and their costs </book/rerun>`). If nothing is shown below the cells, this page was
# built from saved records.
#
# Under `quick` the embedded digits and a slim ResNet9 stand in for CIFAR-10 and ResNet-18.

# %% tags=["parameters"]
profile = "quick"  # smoke, quick, laptop or paper
seeds = None  # the profile's own number
device = "auto"

# %%
from mu import figures, runner

rows = runner.run("mumis-memo", profile=profile, seeds=seeds, device=device)
figures.show("mumis-memo", rows)
