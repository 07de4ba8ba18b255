"""The papers' own numbers: where each was read, that they agree with one another, and how one is found."""

import math

import numpy as np
import pandas as pd

from mu.reported import printed, reported


def test_reported_values_are_the_papers_and_none_is_made_up():
    """No row for Gogineni & Nadimi, whose tables could not be read; every row says where it was read."""
    rows = reported()
    assert "partial" not in set(rows["paper"])
    assert not rows["item"].dropna().str.startswith("partial").any()
    assert {"sparsity", "mumis"} <= set(rows["paper"])
    assert rows["source_kind"].isin(["paper", "figure-read", "secondary"]).all()
    assert rows["value"].notna().all()


def test_a_reported_row_is_that_of_the_paper():
    """Jia et al., Table 3: retraining of the dense model, class-wise, TA 94.83 +- 0.11."""
    found = reported().query(
        "item == 'sparsity-tab3' and scenario == 'class-wise' and sparsity == 0 and method == 'Retrain' and "
        "metric == 'TA' and dataset == 'CIFAR-10' and model == 'ResNet-18'"
    )
    assert found[["value", "std"]].to_numpy().tolist() == [[94.83, 0.11]]


def tables(item, *blocks):
    """Each block of an item's printed table: (its name, methods down and metrics across)."""
    rows = reported().query("item == @item").dropna(subset=list(blocks))
    for name, block in rows.groupby(list(blocks)):
        yield name, block.pivot(index="method", columns="metric", values="value")


def test_the_printed_gaps_follow_from_the_printed_scores():
    """Jia et al., Table 3: every gap is that to Retrain and Disparity Ave. their mean, to the last digit, but once.

    Random IU at 95 %: 3.04 follows, 3.08 is printed. Breaks if a cell was misread.
    """
    off, metrics = {}, ["UA", "MIA-Efficacy", "RA", "TA"]
    for name, table in tables("sparsity-tab3", "scenario", "sparsity"):
        gaps = (table[metrics] - table.loc["Retrain", metrics]).abs()
        shown = table[[f"{metric} gap" for metric in metrics]].dropna()
        assert len(shown) == 4
        assert np.allclose(gaps.loc[shown.index], shown, atol=0.006)
        mean = gaps.mean(axis=1)[table["Disparity Ave."].notna()]
        off |= {(*name, m): round(x, 2) for m, x in mean.items() if abs(x - table.loc[m, "Disparity Ave."]) > 0.006}
    assert off == {("random-10%", 95, "IU"): 3.04}


def test_avg_gap_is_the_mean_over_fa_ra_and_ta():
    """MU-Mis, Table 1, by third-party accounts: it follows from the printed scores, as our definition has it."""
    for _, table in tables("mumis-tab1", "dataset"):
        gaps = (table[["FA", "RA", "TA"]] - table.loc["Retrain", ["FA", "RA", "TA"]]).abs().mean(axis=1)
        assert np.allclose(gaps, table["Avg. Gap"], atol=0.015)


def test_what_the_paper_leaves_empty_fits_any_value(monkeypatch):
    """A number printed for no scenario in particular is that of each. Breaks if only equal cells match."""
    columns = ("item", "metric", "scenario", "value", "unit")
    known = pd.DataFrame([("a", "UA", None, 5.0, "%"), ("a", "RA", "class", 6.0, "%")], columns=columns)
    monkeypatch.setattr("mu.reported.reported", lambda: known)
    assert printed("a", "UA", scenario="class") == printed("a", "UA", scenario="random") == 5
    assert printed("a", "RA", scenario="class") == 6
    assert pd.isna(printed("a", "RA", scenario="random"))


def test_minutes_become_seconds():
    """Minutes become seconds; what is not printed is NaN. Breaks if a unit is overlooked."""
    assert printed("mumis-tab3", "RTE", method="MU-Mis") == 180
    assert printed("mumis-tab1", "RTE", method="MU-Mis", dataset="CIFAR-100") == 30
    assert math.isnan(printed("mumis-tab1", "KL", method="MU-Mis"))
