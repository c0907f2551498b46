"""How often a ward panel reads that something changed in a ward where nothing did.

Published quarters of one ward of twenty, with a season, whose months vary by chance alone or by
more than chance.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from benchmarks.null_worlds.claim import Claim, Tally
from models.calendar.quarters import Quarter
from models.ward_panel.profile import profile
from models.ward_panel.view import WardView
from models.ward_panel.ward_release import WardFigures, WardQuarter
from models.wording.categories import PANEL_CATEGORIES

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

LEVEL: Final = 0.05
_NOW: Final = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
_NEWEST: Final = Quarter(2026, 2)
# What a ward's kinds bring in a month; the rarest have months without any.
_A_MONTH: Final = np.array([90.0, 60, 12, 6, 8, 25, 10, 15, 2, 3, 40])
_REST: Final = 19


def view_of(rng: np.random.Generator, *, variance: float, quarters: int) -> WardView:
    """Draw a ward's published quarters; `variance` is that of a month over its mean."""
    held, quarter = [], _NEWEST
    for _ in range(quarters):
        season = 1 + 0.1 * (quarter.number in (1, 2))
        here, others = (
            drawn(rng, _A_MONTH * season * wards, variance=variance) for wards in (1, _REST)
        )
        held.append(_quarter(quarter, here, here + others))
        quarter = quarter.previous
    return WardView(
        ward_code="W",
        ward_name="Weavers",
        borough_name="Home",
        quarters=tuple(reversed(held)),
        priorities=(),
        promises=(),
        at_work=(),
        residents=None,
        asked_at=_NOW,
    )


def drawn(
    rng: np.random.Generator, a_month: NDArray[np.float64], *, variance: float
) -> NDArray[np.int64]:
    """Draw three months of every kind; shape (3, kinds)."""
    mean = np.tile(a_month, (3, 1))
    if variance <= 1:
        return np.asarray(rng.poisson(mean), dtype=np.int64)
    counts = rng.negative_binomial(mean / (variance - 1), 1 / variance)
    return np.asarray(counts, dtype=np.int64)


def _quarter(quarter: Quarter, here: NDArray[np.int64], borough: NDArray[np.int64]) -> WardQuarter:
    return WardQuarter(
        quarter=quarter,
        published_at=_NOW,
        published_by="",
        table_version=1,
        threshold=5,
        cell_m=150.0,
        sources=("cad",),
        borough_name="Home",
        borough=_figures(borough),
        ward_name="Weavers",
        figures=_figures(here),
        blocks=(),
        activities=(),
    )


def _figures(counts: NDArray[np.int64]) -> WardFigures:
    """Return counts as published; small ones are not shown."""
    by_kind = [int(n) for n in counts.sum(axis=0)]
    return WardFigures(
        total=int(counts.sum()),
        categories=tuple(None if 0 < n < 5 else n for n in by_kind),
        months=tuple(int(n) for n in counts.sum(axis=1)),
        bands=(0,) * 8 + (int(counts.sum()),),
    )


def _says(rng: np.random.Generator, *, words: str, variance: float, quarters: int) -> Tally:
    said = profile(view_of(rng, variance=variance, quarters=quarters))
    return Tally(int(any(words in each for each in said)))


_SENTENCES: Final = {
    "A difference of this size is unlikely to be chance": "is unlikely to be chance",
    "Reports rose, or fell, more here than in the rest of the borough": "more here, or ",
    "Changed by more than chance could explain: any kind": "Changed by more than chance",
}


def _claim(sentence: str, *, variance: float, quarters: int) -> Claim:
    varies = "by chance" if variance <= 1 else f"by {variance:g} times chance"
    of_world: Callable[[np.random.Generator], Tally] = partial(
        _says, words=_SENTENCES[sentence], variance=variance, quarters=quarters
    )
    world = f"{len(PANEL_CATEGORIES)} kinds, {quarters} quarters published, months vary {varies}"
    return Claim(sentence, "Ward panel, its handout", world, LEVEL, of_world)


CLAIMS: Final = tuple(
    _claim(sentence, variance=variance, quarters=quarters)
    for sentence in _SENTENCES
    for variance, quarters in ((1.0, 5), (2.0, 5), (2.0, 9))
)
