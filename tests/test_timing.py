"""RTE."""

import math

from mu.timing import stopwatch


def test_the_stopwatch_counts_the_block(monkeypatch):
    """Seconds between entering and leaving, by a clock of our own; before the end there is no number."""
    times = iter([10.0, 12.5])
    monkeypatch.setattr("time.process_time", lambda: next(times))
    with stopwatch() as watch:
        assert math.isnan(watch.seconds)
    assert watch.seconds == 2.5
