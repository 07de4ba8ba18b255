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
# # Figure 6: gaps in utility and in what was removed
#
# How far does each method move away from the retrained model over a sequence of requests? The figure shows two gaps along the sequence of {item}`mumis-fig5`, from its record.
# *Utility* is the distance of RA. *Resilience* is the mean distance of FA over all classes removed so far, the earlier ones included.
#
# The definitions are ours ({ref}`formulas <metric-sequence-gaps>`). {cite:t}`cheng2026mumis` have a figure of two such gaps. Source: secondary ({term}`account <account, the>`).
#
# ```{record} mumis-fig6
# ```

# %% [markdown]
# ## What to see
#
# Under `laptop`, one seed:
#
# * *Utility*, full classes: after the last request the gap of SSD is the smallest and that of MU-Mis the largest. RA is {value}`mumis-fig5 RA method=ssd scenario=class step=5` %
#   for SSD, {value}`mumis-fig5 RA method=mu-mis scenario=class step=5` % for MU-Mis and {value}`mumis-fig5 RA method=retrain scenario=class step=5` % for the retrained model.
# * *Utility*, sub-classes: here SSD has the largest gap, with an RA of {value}`mumis-fig5 RA method=ssd scenario=subclass step=5` %. MU-Mis has
#   {value}`mumis-fig5 RA method=mu-mis scenario=subclass step=5` %, the retrained model {value}`mumis-fig5 RA method=retrain scenario=subclass step=5` %.
# * *Resilience*, full classes: the retrained FA is zero, so the gap is FA itself. It stays within a few points, but that of bad teacher rises at the last request. For MU-Mis this is
#   no merit: after the second request it classifies hardly anything correctly.
# * *Resilience*, sub-classes: the gaps of MU-Mis and SSD rise most. They over-forget. On *sea*, the last one, the retrained model has an FA of
#   {value}`mumis-fig5 FA method=retrain scenario=subclass asked=71 step=5` %, MU-Mis {value}`mumis-fig5 FA method=mu-mis scenario=subclass asked=71 step=5` %,
#   SSD {value}`mumis-fig5 FA method=ssd scenario=subclass asked=71 step=5` %.
# * The retrained model differs from step to step. A gap can move because the reference does.

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

rows = runner.run("mumis-fig6", profile=profile, seeds=seeds, device=device)
figures.show("mumis-fig6", rows)
