"""Rank by harm against rank by count, and where the two disagree.

Count comes first, always: anti-social behaviour has no weight in the published severity scores, and
a hotspot must not fall off the list because what happens there is not weighed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

NO_HARM_RANK: Final = 0
_FEWEST_TO_COMPARE: Final = 3
_PLACES_APART: Final = 3


def harm_ranks(harm: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the ranks by harm.

    Parameters
    ----------
    harm : float64 array of shape (hotspots,)
        Summed weights in order of rank by count; NaN where nothing inside has a weight.

    Returns
    -------
    int64 array of shape (hotspots,)
        1 is most; equal harm goes by the rank by count; 0 (`NO_HARM_RANK`) where harm is NaN.
    """
    ranks = np.full(len(harm), NO_HARM_RANK, dtype=np.int64)
    order = np.argsort(-harm, kind="stable")  # NaN comes last
    known = order[: int((~np.isnan(harm)).sum())]
    ranks[known] = np.arange(1, len(known) + 1)
    return ranks


def disagreement(rank: int, harm_rank: int, *, hotspots: int) -> str:
    """Say in words where rank by count and rank by harm part; "" where they do not.

    They part when they are at least three places, and a quarter of the list, from each other.
    """
    if harm_rank == NO_HARM_RANK or hotspots < _FEWEST_TO_COMPARE:
        return ""
    apart = rank - harm_rank
    if abs(apart) < max(_PLACES_APART, hotspots / 4):
        return ""
    if apart > 0:
        return f"fewer incidents but more serious ones: {_ordinal(harm_rank)} by harm"
    return f"more incidents but less serious ones: {_ordinal(harm_rank)} by harm"


def _ordinal(number: int) -> str:
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{ {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th') }"
