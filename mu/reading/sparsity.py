"""The records of `sparsity`: its names, its choice of hyper-parameters, and each number beside retraining."""

from __future__ import annotations

from functools import partial

import pandas as pd

from mu import reading
from mu.experiments.sparsity import METHODS
from mu.names import NAMES
from mu.reading import renamed, select

METRICS = {"UA": "UA", "MIA-Efficacy": "MIA-Efficacy", "RA": "RA", "TA": "TA", "Avg. Gap": "Disparity Ave."}
SHOWN = ("UA", "MIA-Efficacy", "RA", "TA")
# How the paper writes what we name differently.
PAPER_NAMES = {
    "trained": "Original", "retrain": "Retrain", "fine-tune": "FT", "gradient-ascent": "GA", "fisher": "FF",
    "influence": "IU", "l1-sparse": "l1-sparse",
}  # fmt: skip
PAPER_SCENARIOS = {"class": "class-wise", "random": "random-10%", "poisoned": "backdoor"}
PAPER_METRICS = {"ASR, target class included": "ASR", "SA": "SA"}  # of the backdoor
SCENARIOS = {"class": "class-wise", "random": "random 10 %"}


chosen = partial(reading.chosen, methods=METHODS)  # (rows, how) -> those with one value of each hyper-parameter


def block_name(scenario: str, sparsity: float) -> str:
    """Scenario and sparsity in words."""
    return f"{SCENARIOS.get(scenario, scenario)}, {f'{sparsity:g} % sparse' if sparsity else 'dense'}"


def attempts(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with scenario and sparsity as their `block`, and the value tried as it is `shown`."""
    blocks = list(map(block_name, rows["scenario"], rows["sparsity"]))
    return rows.assign(block=blocks, shown=rows["tried"].map("{:g}".format))


def in_its_words(rows: pd.DataFrame) -> pd.DataFrame:
    """What the rule chooses; data sets, scenarios, methods and metrics by the paper's names, others missing."""
    metrics = METRICS | PAPER_METRICS
    return renamed(chosen(rows, "rule"), dataset=NAMES, scenario=PAPER_SCENARIOS, method=PAPER_NAMES, metric=metrics)


beside_retrained = partial(reading.beside_retrained, same=["scenario", "sparsity", "metric", "seed"])


def by_fit(rows: pd.DataFrame, method: str) -> pd.DataFrame:
    """For every original (seed, sparsity and epochs of training) its loss, and the UA after a method."""
    of = ["seed", "sparsity", "epochs"]
    before = select(rows, method="trained", metric="loss").set_index(of)["value"].rename("loss")
    after = select(rows, method=method, metric="UA").set_index(of)["value"].rename("UA")
    return pd.concat([before, after], axis=1, join="inner").reset_index()
