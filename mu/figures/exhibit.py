"""What a figure or a table of the book is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.figure import Figure

BY_RULE = "Hyper-parameters are chosen by our rule, which sees neither the retrained model nor the test set."


@dataclass(frozen=True)
class Exhibit:
    """A figure or table of the book.

    Attributes:
        caption: what is shown, one or two sentences; the provenance line is added to it.
        make: rows -> matplotlib figure, or data frame of strings (its index names the rows).
        alt: what a figure shows, for who cannot see it; a table has none.
    """

    caption: str
    make: Callable[[pd.DataFrame], Figure | pd.DataFrame]
    alt: str = ""

    @property
    def kind(self) -> str:
        """ "figure" or "table"."""
        return "figure" if self.alt else "table"
