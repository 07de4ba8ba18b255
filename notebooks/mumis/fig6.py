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
# Two gaps to the retrained model along the sequence of {doc}`fig5`, from its record. That {cite:t}`cheng2026mumis` have such a figure
# is known from a third-party account, the definitions are ours ({ref}`formulas <metric-sequence-gaps>`): *utility* is the distance of RA; *resilience* is the mean
# distance of FA over all classes removed so far, the earlier ones as well.
#
# ```{record} mumis-fig6
# ```

# %% [markdown]
# ## What to see
#
# Under `laptop`, one seed:
#
# * *Utility*, full classes: the gap of SSD is the smallest after the last request, that of MU-Mis the largest. RA of SSD is
#   {value}`mumis-fig5 RA method=ssd scenario=class step=5` %, of MU-Mis {value}`mumis-fig5 RA method=mu-mis scenario=class step=5` %, retrained
#   {value}`mumis-fig5 RA method=retrain scenario=class step=5` %.
# * *Utility*, sub-classes: here SSD has the largest gap, with an RA of {value}`mumis-fig5 RA method=ssd scenario=subclass step=5` %. MU-Mis has
#   {value}`mumis-fig5 RA method=mu-mis scenario=subclass step=5` %, the retrained model {value}`mumis-fig5 RA method=retrain scenario=subclass step=5` %.
# * *Resilience*, full classes: the retrained FA is zero, and the gap is FA itself. It stays within a few points, but bad teacher's rises at the last request. For MU-Mis that is no merit: after the
#   second request it is right on hardly anything.
# * *Resilience*, sub-classes: the gaps of MU-Mis and SSD rise most. They over-forget: of *sea*, the last one, the retrained model has an FA of
#   {value}`mumis-fig5 FA method=retrain scenario=subclass asked=71 step=5` %, MU-Mis {value}`mumis-fig5 FA method=mu-mis scenario=subclass asked=71 step=5` %,
#   SSD {value}`mumis-fig5 FA method=ssd scenario=subclass asked=71 step=5` %.
# * Resilience at step $k$ holds the first class as much as the $k$-th.
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
