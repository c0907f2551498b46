"""The truth table of emerging hotspots: every history of a cell is in exactly one row."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOSTLY: Final = 0.9


@dataclass(frozen=True, slots=True)
class CellHistories:
    """What is known of each cell's history; arrays of one shape.

    Attributes
    ----------
    hot_now, hot_before : bool array
        Hot in the newest period; in any before it.
    mostly : bool array
        Hot in at least nine tenths of all periods.
    unbroken : bool array
        All its hot periods follow one another and end with the newest.
    cold_before : bool array
        Cold (fewer than chance would put there) in any period before the newest.
    trend : int8 array
        1 where z rises over the periods, −1 where it falls, 0 where neither is sure.
    """

    hot_now: NDArray[np.bool_]
    hot_before: NDArray[np.bool_]
    mostly: NDArray[np.bool_]
    unbroken: NDArray[np.bool_]
    cold_before: NDArray[np.bool_]
    trend: NDArray[np.int8]


@dataclass(frozen=True, slots=True)
class ClassRule:
    """A class and what it asks for; None asks for nothing."""

    name: str
    hot_now: bool
    mostly: bool
    trend: int | None = None
    hot_before: bool | None = None
    unbroken: bool | None = None
    cold_before: bool | None = None


TABLE: Final[tuple[ClassRule, ...]] = (
    ClassRule("intensifying", hot_now=True, mostly=True, trend=1),
    ClassRule("persistent", hot_now=True, mostly=True, trend=0),
    ClassRule("diminishing", hot_now=True, mostly=True, trend=-1),
    ClassRule("new", hot_now=True, mostly=False, hot_before=False),
    ClassRule("consecutive", hot_now=True, mostly=False, hot_before=True, unbroken=True),
    ClassRule(
        "oscillating",
        hot_now=True,
        mostly=False,
        hot_before=True,
        unbroken=False,
        cold_before=True,
    ),
    ClassRule(
        "sporadic", hot_now=True, mostly=False, hot_before=True, unbroken=False, cold_before=False
    ),
    ClassRule("historical", hot_now=False, mostly=True),
    ClassRule("none", hot_now=False, mostly=False),
)


def facts_of(
    hot: NDArray[np.bool_], cold: NDArray[np.bool_], trend: NDArray[np.int8]
) -> CellHistories:
    """Return what a history says.

    Parameters
    ----------
    hot, cold : bool arrays of shape (periods, cells)
        Oldest period first.
    trend : int8 array of shape (cells,)
        −1, 0 or 1.
    """
    periods = len(hot)
    run = np.cumprod(hot[::-1], axis=0).sum(axis=0)  # hot periods in a row up to the newest
    total = hot.sum(axis=0)
    return CellHistories(
        hot_now=hot[-1],
        hot_before=np.logical_or.reduce(hot[:-1], axis=0),
        mostly=total >= MOSTLY * periods - 1e-9,
        unbroken=(run == total) & (total > 0),
        cold_before=np.logical_or.reduce(cold[:-1], axis=0),
        trend=trend,
    )


def rows_of(facts: CellHistories) -> NDArray[np.intp]:
    """Return the number of the row of `TABLE` that holds each cell."""
    holds = np.stack([_holds(row, facts) for row in TABLE])
    return np.asarray(holds.argmax(axis=0), dtype=np.intp)


def _holds(row: ClassRule, facts: CellHistories) -> NDArray[np.bool_]:
    holds = np.ones(facts.hot_now.shape, dtype=np.bool_)
    for field in fields(facts):
        asked = getattr(row, field.name)
        if asked is not None:
            holds &= getattr(facts, field.name) == asked
    return holds
