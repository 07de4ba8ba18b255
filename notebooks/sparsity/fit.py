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
# # What is forgotten, by how well the original fits
#
# Fine-tuning goes on down the loss on the samples to keep. If training has left nothing of that loss, there is nothing to go down, and the model stays as it is. An
# influence step begins with the difference between that gradient and the forget set's, which training makes as small. So how much either forgets may depend on how well the original fits its samples, and dense and sparse
# models need not fit equally well after the same epochs. Here originals are trained for two thirds of the epochs up to twice as many, and a class is unlearned from
# each with the published values. The experiment is ours.
#
# ```{record} sparsity-fit
# ```

# %% [markdown]
# ## What to see
#
# Under `laptop`, three seeds; in percent, but for the loss:
#
# | epochs of training | dense: loss | UA after FT | UA after IU | 95 % sparse: loss | UA after FT | UA after IU |
# |:---|---:|---:|---:|---:|---:|---:|
# | 10 | {value}`sparsity-fit loss method=trained sparsity=0 epochs=10 digits=4` | {value}`sparsity-fit UA method=fine-tune sparsity=0 epochs=10` | {value}`sparsity-fit UA method=influence sparsity=0 epochs=10` | {value}`sparsity-fit loss method=trained sparsity=95 epochs=10 digits=4` | {value}`sparsity-fit UA method=fine-tune sparsity=95 epochs=10` | {value}`sparsity-fit UA method=influence sparsity=95 epochs=10` |
# | 15 | {value}`sparsity-fit loss method=trained sparsity=0 epochs=15 digits=4` | {value}`sparsity-fit UA method=fine-tune sparsity=0 epochs=15` | {value}`sparsity-fit UA method=influence sparsity=0 epochs=15` | {value}`sparsity-fit loss method=trained sparsity=95 epochs=15 digits=4` | {value}`sparsity-fit UA method=fine-tune sparsity=95 epochs=15` | {value}`sparsity-fit UA method=influence sparsity=95 epochs=15` |
# | 20 | {value}`sparsity-fit loss method=trained sparsity=0 epochs=20 digits=4` | {value}`sparsity-fit UA method=fine-tune sparsity=0 epochs=20` | {value}`sparsity-fit UA method=influence sparsity=0 epochs=20` | {value}`sparsity-fit loss method=trained sparsity=95 epochs=20 digits=4` | {value}`sparsity-fit UA method=fine-tune sparsity=95 epochs=20` | {value}`sparsity-fit UA method=influence sparsity=95 epochs=20` |
# | 30 | {value}`sparsity-fit loss method=trained sparsity=0 epochs=30 digits=4` | {value}`sparsity-fit UA method=fine-tune sparsity=0 epochs=30` | {value}`sparsity-fit UA method=influence sparsity=0 epochs=30` | {value}`sparsity-fit loss method=trained sparsity=95 epochs=30 digits=4` | {value}`sparsity-fit UA method=fine-tune sparsity=95 epochs=30` | {value}`sparsity-fit UA method=influence sparsity=95 epochs=30` |
#
# * From the dense model nearly the whole class is forgotten after 10 epochs of training, and none of it after 30, with the same values. What lies between is no matter of sparsity.
# * The originals of {item}`sparsity-tab3` were trained for 15 epochs, on the steep part of these lines. So its seeds differ much at the published values, and a mean over them says
#   little about sparsity.
# * At the same loss the sparse line lies below the dense one: less is forgotten, not more. Few originals lie on the steep part, and UA is interpolated between them, so the sign can be
#   read and the size hardly.
# * Our check: FT and IU forget more of a class from a sparse model also where it fits its samples as well as a dense one. **Verdict:** {verdict}`sparsity-fit`.
# * The paper trains for 182 epochs with augmentation and weight decay. Where its originals would lie on this axis is not known; a dense UA of 22.53, with a deviation of 8, would lie on
#   the steep part here.
# * A tuned value can make up for a small loss: a larger rate moves a model that fits well, too ({item}`sparsity-search`).

# %% [markdown]
# ## Live run
#
# Run it yourself: change the first cell and run all ({doc}`profiles and their costs </book/rerun>`). If nothing is shown below the cells, this page was
# built from saved records.
#
# Under `quick`, digits and a slim ResNet9 stand in for CIFAR-10 and the full network.

# %% tags=["parameters"]
profile = "quick"  # smoke, quick, laptop or paper
seeds = None  # the profile's own number
device = "auto"

# %%
from mu import figures, runner

rows = runner.run("sparsity-fit", profile=profile, seeds=seeds, device=device)
figures.show("sparsity-fit", rows)
