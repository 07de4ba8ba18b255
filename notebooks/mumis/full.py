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
# # A model trained on all images
#
# Does what {item}`mumis-tab1` shows hold for a model that is worth its name? Under `laptop` that table's original has seen 8,000 images and classifies a quarter of the test images
# correctly. Here it is trained on all of CIFAR-100 but the held-out tenth, with random crops and mirror images, for sixteen epochs. The class to forget is the same one.
#
# Tried are MU-Mis at more learning rates, the other methods without retained data, and three with them: fine-tuning (FT), SSD and SalUn. Values are picked by the
# {ref}`selection rule <mumis-choice>`, as there. The table is ours; the setting nearest to it in {cite:t}`cheng2026mumis` is Table 1, whose networks are larger and trained for longer.
#
# ```{record} mumis-full
# ```

# %% [markdown]
# ## What to see
#
# `laptop`, one seed.
#
# * *The original* classifies {value}`mumis-full TA method=trained` % of the test images correctly, in {item}`mumis-tab1` {value}`mumis-tab1 TA dataset=cifar100 method=trained` %.
# * *MU-Mis* ends at FA {value}`mumis-full FA method=mu-mis` and RA {value}`mumis-full RA method=mu-mis` %, where the retrained model has {value}`mumis-full FA method=retrain` and {value}`mumis-full RA method=retrain`. Its Avg. Gap is {value}`mumis-full Avg. Gap method=mu-mis`.
# * *The others without retained data* are further off: SCAR has {value}`mumis-full Avg. Gap method=scar`, RL {value}`mumis-full Avg. Gap method=random-label`, NG {value}`mumis-full Avg. Gap method=gradient-ascent` and JiT
#   {value}`mumis-full Avg. Gap method=jit`. They leave some of the class, or lose much of the rest with it. In the main table NG was as near as MU-Mis.
# * *With retained data* SSD is nearer, at {value}`mumis-full Avg. Gap method=ssd`, and SalUn level, at {value}`mumis-full Avg. Gap method=salun`; FT has {value}`mumis-full Avg. Gap method=fine-tune`. By KL on the forget set SSD is ahead as well:
#   {value}`mumis-full KL method=ssd digits=2`, MU-Mis {value}`mumis-full KL method=mu-mis digits=2`, SalUn {value}`mumis-full KL method=salun digits=2`.
# * *What the gap hides.* The {ref}`MIA <metric-mia-recall-entropy>` takes {value}`mumis-full MIA method=retrain` % of the forget set for members in the retrained model, after MU-Mis
#   {value}`mumis-full MIA method=mu-mis` and after SSD {value}`mumis-full MIA method=ssd`: MU-Mis leaves these images less sure than images never seen are.
# * *A window of rates.* With $\delta$ = 1.1, MU-Mis has
#
#   | rate | FA, % | RA, % | Avg. Gap | seconds |
#   |---:|---:|---:|---:|---:|
#   | 5e-05 | {value}`mumis-full FA method=mu-mis lr=5e-05 tried=1.1` | {value}`mumis-full RA method=mu-mis lr=5e-05 tried=1.1` | {value}`mumis-full Avg. Gap method=mu-mis lr=5e-05 tried=1.1` | {value}`mumis-full RTE method=mu-mis lr=5e-05 tried=1.1` |
#   | 0.0001 | {value}`mumis-full FA method=mu-mis lr=0.0001 tried=1.1` | {value}`mumis-full RA method=mu-mis lr=0.0001 tried=1.1` | {value}`mumis-full Avg. Gap method=mu-mis lr=0.0001 tried=1.1` | {value}`mumis-full RTE method=mu-mis lr=0.0001 tried=1.1` |
#   | 0.00025 | {value}`mumis-full FA method=mu-mis lr=0.00025 tried=1.1` | {value}`mumis-full RA method=mu-mis lr=0.00025 tried=1.1` | {value}`mumis-full Avg. Gap method=mu-mis lr=0.00025 tried=1.1` | {value}`mumis-full RTE method=mu-mis lr=0.00025 tried=1.1` |
#
#   and from 0.0005 on it diverges or keeps next to nothing. The two below 0.00025 were added later, when that was the only one of use. At the lowest rate the result depends on $\delta$, at the other two it does not. The gaps of the three differ by less than one seed can tell.
# * *Time.* {value}`mumis-full RTE method=mu-mis` s for MU-Mis at the rate that the rule picks, {value}`mumis-full RTE method=retrain` s for retraining, seconds of one core. That is of sixteen epochs; 200 would take 12.5 times as
#   long. What a run costs depends on its rate, as the table shows: at 0.00025, whose gap is much the same, it is a third. A first record of this table had eight epochs; its price was below a hundred as well.
#
# Our check: with all images in training, a run costs less than a hundredth of retraining, even of a short one. **Verdict:** {verdict}`mumis-price`.

# %% [markdown]
# ## Live run
#
# Run it yourself: change the first cell and run all ({doc}`profiles and their costs </book/rerun>`). If nothing is shown below the cells, this page was
# built from saved records.
#
# Under `quick` 5,000 digits and a slim ResNet9 stand in for CIFAR-100 and ResNet-18; under `paper` the network has its full width and is trained for 30 epochs, where {item}`mumis-tab1` has 200.

# %% tags=["parameters"]
profile = "quick"  # smoke, quick, laptop or paper
seeds = None  # the profile's own number
device = "auto"

# %%
from mu import figures, runner

rows = runner.run("mumis-full", profile=profile, seeds=seeds, device=device)
figures.show("mumis-full", rows)
