"""The records of `mumis`: its names, its choice of hyper-parameters, sequences of requests and courses of a run."""

from __future__ import annotations

import math
from collections.abc import Iterator
from functools import partial

import pandas as pd

from mu import reading
from mu.experiments.mumis import ALONG, BABY, DELTAS, LAMP, METHODS, MUSHROOM, ROCKET, SEA
from mu.names import NAMES, shown
from mu.reading import beside_retrained, renamed, select
from mu.unlearning.mu_mis import Guard

CASE = ["seed", "dataset", "model", "scenario"]
METRICS = {"RA": "RA", "FA": "FA", "TA": "TA", "Avg. Gap": "Avg. Gap", "MIA": "MIA", "KL": "KL", "RTE": "time, s"}
# How the paper writes what we name differently.
PAPER_NAMES = {
    "trained": "Pretrain", "retrain": "Retrain", "fine-tune": "FT", "bad-teacher": "BT", "scrub": "SCRUB",
    "ssd": "SSD", "salun": "SalUn", "duck": "DUCK", "munba": "MUNBa", "lotus": "LoTUS", "rum": "RUM",
    "gradient-ascent": "NG", "random-label": "RL", "jit": "JiT", "scar": "SCAR", "mu-mis": "MU-Mis",
}  # fmt: skip
FINE = {ROCKET: "rocket", MUSHROOM: "mushroom", BABY: "baby", LAMP: "lamp", SEA: "sea"}
SCENARIOS = {"class": "full class", "subclass": "sub-class", "random": "random 10 %"}
IN_TURN = {"class": "classes", "subclass": "sub-classes"}  # what a sequence of requests is of


chosen = partial(reading.chosen, methods=METHODS)  # (rows, how) -> those with one value of each hyper-parameter


# ---- Requests in words -----------------------------------------------------------------------------------


def class_name(dataset: str, label: float, kind: str = "class") -> str:
    """A class or sub-class in words."""
    return FINE.get(label, f"{kind} {label:g}") if dataset in ("cifar100", "cifar20") else f"{kind} {label:g}"


def paper_scenario(scenario: str, forget: float) -> str:
    """What the paper calls the kind of a request."""
    return {"class": "full-class", "subclass": f"sub-class {FINE.get(forget, forget)}"}.get(scenario, scenario)


def request_name(dataset: str, scenario: str, forget: float, level: str) -> str:
    """Data set and what was asked to be forgotten; `forget` or `level` may be missing."""
    if pd.notna(level):
        asked = f"{level} memorisation"
    elif pd.notna(forget):
        asked = class_name(dataset, forget, "sub-class" if scenario == "subclass" else "class")
    else:
        asked = "random tenth"
    return f"{shown(dataset)}, {asked}"


def requests(rows: pd.DataFrame) -> list[str]:
    """The name of each row's request."""
    columns = (rows[name] for name in ("dataset", "scenario", "forget", "level"))
    return [request_name(*case) for case in zip(*columns, strict=True)]


def attempts(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with their request's name as `block` and the value tried as it is `shown`."""
    rates = rows["lr"].map(" at {:g}".format).where(rows["lr"].notna(), "")
    return rows.assign(block=requests(rows), shown=rows["tried"].map("{:g}".format) + rates)


def in_its_words(rows: pd.DataFrame) -> pd.DataFrame:
    """What the rule chooses; data sets, scenarios, methods and metrics by the paper's names, others missing."""
    rows = chosen(rows, "rule")
    scenarios = list(map(paper_scenario, rows["scenario"], rows["forget"]))
    return renamed(rows, dataset=NAMES, method=PAPER_NAMES, metric=METRICS).assign(scenario=scenarios)


# ---- One request after another ---------------------------------------------------------------------------


def in_order(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of one sequence, with the `place` of their class in it: 1 is asked for first, as the rows are written."""
    order = {label: place for place, label in enumerate(rows["asked"].dropna().unique(), 1)}
    return rows.assign(place=rows["asked"].map(order))


def sequences(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Title -> rows of one sequence, in order."""
    return {
        f"{shown(dataset)}, {IN_TURN.get(scenario, scenario)}": in_order(part)
        for (dataset, scenario), part in rows.groupby(["dataset", "scenario"], sort=False)
    }


def gaps(rows: pd.DataFrame) -> pd.DataFrame:
    """Distance of each method to the retrained model after each request, in points: rows of two metrics.

    "utility gap" is that of RA; "resilience gap" the mean of FA's over all classes removed by then.
    """
    distances = [rows[:0]]
    for part in sequences(rows).values():
        both = beside_retrained(part, [*CASE, "metric", "asked", "step"])
        both = both[both["method"].isin(ALONG)].dropna(subset="gap")
        removed = (both["metric"] == "FA") & (both["place"] <= both["step"])
        for name, gap in (("utility gap", select(both, metric="RA")), ("resilience gap", both[removed])):
            distances.append(_mean_gap(gap, [*CASE, "method", "step"]).assign(metric=name))
    return pd.concat([part for part in distances if len(part)] or distances[:1], ignore_index=True)


def _mean_gap(rows: pd.DataFrame, of: list[str]) -> pd.DataFrame:
    """The mean gap of rows with these columns alike, as a value."""
    return rows.groupby(of, as_index=False)["gap"].mean().rename(columns={"gap": "value"})


# ---- The course of a run ---------------------------------------------------------------------------------


COURSE = [*CASE, "lr", "variant"]


def courses(rows: pd.DataFrame) -> Iterator[tuple[dict, pd.DataFrame]]:
    """(seed, case, rate and variant; rows) of every recorded course."""
    for key, course in rows[rows["step"].notna()].groupby(COURSE, dropna=False):
        yield dict(zip(COURSE, key, strict=True)), course


def stop(course: pd.DataFrame, delta: float) -> float:
    """The step at which the rule ends the run; infinite if the course is over before, NaN without sensitivities.

    It is over before also if the rule is met just at its last look, where the run would have ended without it.
    """
    guard, looks = Guard(delta), select(course, metric="other").sort_values("step")
    before = looks.iloc[:-1]
    never = math.nan if looks.empty else math.inf
    return next((step for step, s in zip(before["step"], before["value"], strict=True) if guard(s)), never)


def at(course: pd.DataFrame, metric: str, step: float) -> float:
    """A metric at the recorded step nearest to that one, the earlier of two; NaN where the course did not get."""
    seen = select(course, metric=metric).sort_values("step")
    if seen.empty or not step <= course["step"].max():
        return math.nan
    return seen.loc[(seen["step"] - step).abs().idxmin(), "value"]


def distances(rows: pd.DataFrame) -> pd.DataFrame:
    """Avg. Gap to the retrained model at every look of a course, in points; at step 0 it is the original's."""
    both = beside_retrained(rows[rows["metric"].isin(("FA", "RA", "TA"))], [*CASE, "metric"])
    looks = both[both["step"].notna()].dropna(subset="gap")
    return _mean_gap(looks, [*COURSE, "method", "step"]).assign(metric="Avg. Gap")


def by_delta(rows: pd.DataFrame) -> pd.DataFrame:
    """FA, RA and TA where the rule ends each course, for every delta; `ended`: it did, and not the course first."""
    ends = []
    for key, course in courses(rows):
        for delta in DELTAS:
            step = stop(course, delta)
            here = {**key, "delta": delta, "ended": math.isfinite(step)}
            step = min(step, course["step"].max())
            ends += [{**here, "metric": metric, "value": at(course, metric, step)} for metric in ("FA", "RA", "TA")]
    return pd.DataFrame(ends, columns=[*CASE, "lr", "variant", "delta", "metric", "value", "ended"])


# ---- What it costs ---------------------------------------------------------------------------------------


def affordable(rows: pd.DataFrame, ratio: float) -> pd.Series:
    """Passes that a run of MU-Mis may take and still cost less than retraining over `ratio`, by seed."""
    rows = rows[rows["metric"] == "seconds an image"]
    seconds = rows.assign(value=rows["value"] * rows["images"] * rows["passes"])
    seconds = seconds.pivot(index="seed", columns="method", values="value").reindex(columns=["retrain", "mu-mis"])
    return (seconds["retrain"] / ratio / seconds["mu-mis"]).dropna()
