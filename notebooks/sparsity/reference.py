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
# # What a sparse model is measured against
#
# A gap needs a reference, and for a pruned model there is more than one. The published one has new weights under the mask of the *original*. That mask was
# found for other weights, and with the forget set. {cite:t}`jia2023sparsity` have no other; this table is ours. It adds two references that never saw the forget set either:
#
# * *rewound*: the same mask on weights of early training on the retain set, as {term}`rewinding` has it for the original;
# * *own mask*: trained, pruned, rewound and trained again on the retain set alone. It is what the original would be, had it never seen the samples.
#
# ```{record} sparsity-reference
# ```

# %% [markdown]
# ## What to see
#
# * Our check: methods come nearer on a sparse model also where retraining finds its own mask. **Verdict:** {verdict}`sparsity-mask`. With the published reference the claim
#   is: on a sparse model every approximate method comes nearer to retraining. **Verdict:** {verdict}`sparsity-C1`.
# * Our check: a retrained model that finds its own mask loses test accuracy as well. **Verdict:** {verdict}`sparsity-price`. Compare its TA with that of *dense*.
# * The distance of *own mask* to *as published* is {value}`sparsity-reference Avg. Gap scenario=class variant="own mask"` points class-wise and
#   {value}`sparsity-reference Avg. Gap scenario=random variant="own mask"` at random. This is what the choice of the reference can do to a gap at 95 %. Two published
#   references from other weights are as far apart, {value}`sparsity-floor Avg. Gap scenario=class sparsity=95` and
#   {value}`sparsity-floor Avg. Gap scenario=random sparsity=95` points ({item}`two retrained models <sparsity-floor>`). So under `laptop`, with two or three seeds here, this
#   mean does not tell the reference with its own mask from another published one. The next two points look at single metrics.
# * Class-wise, the published reference classifies {value}`sparsity-reference RA scenario=class variant="as published"` % of the samples it was trained on correctly, the one with
#   its own mask {value}`sparsity-reference RA scenario=class variant="own mask"` % and the dense one {value}`sparsity-reference RA scenario=class variant="dense"` %. A method that
#   keeps all of them shows a gap to the first reference but not to the second.
# * At random, the published reference misclassifies {value}`sparsity-reference UA scenario=random variant="as published"` % of the forget set, the one with its own mask
#   {value}`sparsity-reference UA scenario=random variant="own mask"` % and the dense one {value}`sparsity-reference UA scenario=random variant="dense"` %. More seeds must say
#   whether the published reference asks for more forgetting than a model needs that was made like the original.

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

rows = runner.run("sparsity-reference", profile=profile, seeds=seeds, device=device)
figures.show("sparsity-reference", rows)
