"""What a figure or a table of the book is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

BY_RULE = "Each method's hyper-parameter is the one that a rule without retrained model and test set picks."


@dataclass(frozen=True)
class Exhibit:
    """A figure or table of the book.

    Attributes:
        kind: "figure" or "table".
        caption: what is shown, one or two sentences; the provenance line is added to it.
        make: rows -> matplotlib figure, or data frame of strings (its index names the rows).
        alt: what a figure shows, for who cannot see it.
    """

    kind: Literal["figure", "table"]
    caption: str
    make: Callable[[pd.DataFrame], Figure | pd.DataFrame]
    alt: str = ""
