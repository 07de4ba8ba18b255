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
# # Figure 3: the target class and the others
#
# Does training make a sample's own class more sensitive than the other classes? The paper claims that both are alike before training, and that afterwards the sensitivity of the
# own class is larger. This asymmetry is what MU-Mis takes back.
#
# The samples are those of {item}`mumis-fig2`, from the same record. Their sensitivity is split into that of the {term}`target class <target class of a sample>`'s logit,
# $\lVert\nabla_x f_c\rVert_F$, and the mean over all {term}`irrelevant classes <irrelevant class>`, as in {cite:t}`cheng2026mumis`. Source: secondary ({term}`account <account, the>`).
#
# ```{record} mumis-fig3
# ```

# %% [markdown]
# ## What to see
#
# | median | random weights | trained |
# |:---|---:|---:|
# | target class | {value}`mumis-fig2 target, median method=untrained digits=3` | {value}`mumis-fig2 target, median method=trained digits=3` |
# | mean of the others | {value}`mumis-fig2 other, median method=untrained digits=3` | {value}`mumis-fig2 other, median method=trained digits=3` |
#
# * Left: with random weights the two histograms lie on each other, as claimed.
# * Right: after training under `laptop` the target class lies to the right, but only a little. Both rose by more than two orders of magnitude, and they still overlap over most of
#   their width.
# * The same ratio at held-out images, {value}`mumis-fig2 target, held out, median method=trained digits=3` to
#   {value}`mumis-fig2 other, held out, median method=trained digits=3`, is nearly as large. So little of it belongs to the samples trained on.
# * The mean over irrelevant classes is narrower than one class's value, because it is a mean. MU-Mis does not use it: it draws one class.

# %% [markdown]
# ## Live run
#
# Run it yourself: change the first cell and run all ({doc}`profiles and their costs </book/rerun>`). If nothing is shown below the cells, this page was
# built from saved records.
#
# Under `quick`, digits and a slim ResNet9 stand in for CIFAR-100 and the full network.

# %% tags=["parameters"]
profile = "quick"  # smoke, quick, laptop or paper
seeds = None  # the profile's own number
device = "auto"

# %%
from mu import figures, runner

rows = runner.run("mumis-fig3", profile=profile, seeds=seeds, device=device)
figures.show("mumis-fig3", rows)
