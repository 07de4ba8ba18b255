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
# # Figure 7: distance to the retrained model
#
# Which method's answers stay nearest to those of the retrained model? The paper claims that MU-Mis has the lowest {ref}`KL <metric-kl>`.
#
# The KL goes from the retrained model's answers to those of each method, on the training samples of all classes removed so far, along the sequence of {item}`mumis-fig5` and from its
# record. How {cite:t}`cheng2026mumis` compute their KL is our reading. Source: secondary ({term}`account <account, the>`).
#
# ```{record} mumis-fig7
# ```

# %% [markdown]
# ## What to see
#
# KL in nats after the last request:
#
# |  | full classes | sub-classes |
# |:---|---:|---:|
# | MU-Mis | {value}`mumis-fig5 KL method=mu-mis scenario=class step=5 digits=2` | {value}`mumis-fig5 KL method=mu-mis scenario=subclass step=5 digits=2` |
# | FT | {value}`mumis-fig5 KL method=fine-tune scenario=class step=5 digits=2` | {value}`mumis-fig5 KL method=fine-tune scenario=subclass step=5 digits=2` |
# | BT | {value}`mumis-fig5 KL method=bad-teacher scenario=class step=5 digits=2` | {value}`mumis-fig5 KL method=bad-teacher scenario=subclass step=5 digits=2` |
# | SSD | {value}`mumis-fig5 KL method=ssd scenario=class step=5 digits=2` | {value}`mumis-fig5 KL method=ssd scenario=subclass step=5 digits=2` |
# | SalUn | {value}`mumis-fig5 KL method=salun scenario=class step=5 digits=2` | {value}`mumis-fig5 KL method=salun scenario=subclass step=5 digits=2` |
#
# * Under `laptop`, one seed, MU-Mis is not the lowest. Over the full classes its KL grows with every request, while its RA is lost ({item}`mumis-fig5`). Over the sub-classes bad
#   teacher is lower.
# * KL sees what accuracy does not: *which* wrong answer is given, and how surely. A retrained model gives a removed image the answer of its nearest relatives.
# * A method that teaches wrong answers can have the right FA and a large KL.
# * Zero is not the floor: two retrained models differ as well. Their distance after one request is in {item}`another table <mumis-floor>`.

# %% [markdown]
# ## Live run
#
# Run it yourself: change the first cell and run all ({doc}`profiles and their costs </book/rerun>`). If nothing is shown below the cells, this page was
# built from saved records.
#
# Under `quick` there are three requests, on the embedded digits and on the digits in pairs.

# %% tags=["parameters"]
profile = "quick"  # smoke, quick, laptop or paper
seeds = None  # the profile's own number
device = "auto"

# %%
from mu import figures, runner

rows = runner.run("mumis-fig7", profile=profile, seeds=seeds, device=device)
figures.show("mumis-fig7", rows)
