"""The truth table of emerging hotspots: every history of a cell is in exactly one row."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class CellHistories:
    """What is sure of each cell's history; bool arrays of one shape.

    Attributes
    ----------
    hot : bool array
        Hot over all periods together.
    rises, falls : bool array
        From some period on it holds a larger, or smaller, share of the incidents than before.
    hot_before, hot_since : bool array
        Hot in the periods before its surest change; in those since.
    newest_only : bool array
        Since its surest change there is one period.
    cold_before : bool array
        Colder than chance in some period before the newest.
    """

    hot: NDArray[np.bool_]
    rises: NDArray[np.bool_]
    falls: NDArray[np.bool_]
    hot_before: NDArray[np.bool_]
    hot_since: NDArray[np.bool_]
    newest_only: NDArray[np.bool_]
    cold_before: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class ClassRule:
    """A class and what it asks for; None asks for nothing."""

    name: str
    rises: bool
    falls: bool
    hot: bool | None = None
    hot_before: bool | None = None
    hot_since: bool | None = None
    newest_only: bool | None = None
    cold_before: bool | None = None


TABLE: Final[tuple[ClassRule, ...]] = (
    ClassRule("new", rises=True, falls=False, hot_before=False, hot_since=True, newest_only=True),
    ClassRule(
        "consecutive", rises=True, falls=False, hot_before=False, hot_since=True, newest_only=False
    ),
    ClassRule("intensifying", rises=True, falls=False, hot_before=True, hot_since=True),
    ClassRule("diminishing", rises=False, falls=True, hot_before=True, hot_since=True),
    ClassRule("historical", rises=False, falls=True, hot_before=True, hot_since=False),
    ClassRule("oscillating", rises=True, falls=True, hot=True, cold_before=True),
    ClassRule("sporadic", rises=True, falls=True, hot=True, cold_before=False),
    ClassRule("persistent", rises=False, falls=False, hot=True),
    ClassRule("none", rises=False, falls=False, hot=False),
    ClassRule("none", rises=True, falls=True, hot=False),
    ClassRule("none", rises=True, falls=False, hot_since=False),
    ClassRule("none", rises=False, falls=True, hot_before=False),
)


def rows_of(facts: CellHistories) -> NDArray[np.intp]:
    """Return the number of the row of `TABLE` that holds each cell."""
    holds = np.stack([_holds(row, facts) for row in TABLE])
    return np.asarray(holds.argmax(axis=0), dtype=np.intp)


def _holds(row: ClassRule, facts: CellHistories) -> NDArray[np.bool_]:
    holds = np.ones(facts.hot.shape, dtype=np.bool_)
    for field in fields(facts):
        asked = getattr(row, field.name)
        if asked is not None:
            holds &= getattr(facts, field.name) == asked
    return holds
