"""How often a ward panel reads that something changed in a ward where nothing did.

Published quarters of one ward in a borough of twenty times its size, with a season, whose months
vary by chance alone or by more than chance; the figures are changed as published ones are.
"""

from __future__ import annotations

from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Final

import numpy as np

from benchmarks.null_worlds.claim import Claim, Tally
from models.calendar.quarters import Quarter
from models.ward_panel.profile import profile
from models.ward_panel.publication import changed_figures
from models.ward_panel.view import WardView
from models.ward_panel.ward_release import BANDS, WardQuarter
from models.wording.categories import PANEL_CATEGORIES

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

LEVEL: Final = 0.05
_NOW: Final = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
_NEWEST: Final = Quarter(2026, 2)
# What a ward's kinds bring in a month; the rarest have months without any.
_A_MONTH: Final = np.array([90.0, 60, 12, 6, 8, 25, 10, 15, 2, 3, 40])
_REST: Final = (6.0, 6.0, 7.0)  # wards next to it, by size


def view_of(
    rng: np.random.Generator, *, variance: float, quarters: int, size: float = 1.0
) -> WardView:
    """Draw a ward's published quarters; `variance` is that of a month over its mean.

    `size` is that of the ward: 1 for one with about 800 incidents in a quarter.
    """
    held, quarter = [], _NEWEST
    for _ in range(quarters):
        season = 1 + 0.1 * (quarter.number in (1, 2))
        wards = [drawn(rng, _A_MONTH * season * each, variance=variance) for each in (size, *_REST)]
        held.append(_quarter(rng, quarter, np.stack(wards)))
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


def _quarter(rng: np.random.Generator, quarter: Quarter, counts: NDArray[np.int64]) -> WardQuarter:
    """Publish counts of shape (wards, months, kinds) as the product does."""
    total = counts.sum(axis=(1, 2))
    bands = np.stack([rng.multinomial(n, np.full(len(BANDS), 1 / len(BANDS))) for n in total])
    tables = (counts.sum(axis=1), counts.sum(axis=2), bands)
    borough, wards = changed_figures(tables, key=rng.bytes(64))
    return WardQuarter(
        quarter=quarter,
        published_at=_NOW,
        published_by="",
        table_version=1,
        threshold=5,
        cell_m=250.0,
        sources=("cad",),
        public_sources=(),
        method="changing",
        revision=1,
        why_revised="",
        borough_name="Home",
        borough=borough,
        ward_name="Weavers",
        figures=wards[0],
        blocks=(),
        activities=(),
    )


def _says(
    rng: np.random.Generator, *, words: str, variance: float, quarters: int, size: float
) -> Tally:
    seed = rng.bit_generator.state["state"]
    said = _read(seed["state"], seed["inc"], variance=variance, quarters=quarters, size=size)
    return Tally(int(any(words in each for each in said)))


@lru_cache(maxsize=4_000)
def _read(state: int, inc: int, *, variance: float, quarters: int, size: float) -> tuple[str, ...]:
    """Return what is read in the world of a seed, which is asked of for one sentence at a time."""
    bits = np.random.PCG64()
    bits.state = {**bits.state, "state": {"state": state, "inc": inc}}
    world = view_of(np.random.Generator(bits), variance=variance, quarters=quarters, size=size)
    return tuple(profile(world))


_SENTENCES: Final = {
    "A difference of this size is unlikely to be chance": "is unlikely to be chance",
    "Reports rose, or fell, more here than in the rest of the borough": "more here, or ",
    "Changed by more than chance could explain: any kind": "Changed by more than chance",
}


def _claim(sentence: str, *, variance: float, quarters: int, size: float) -> Claim:
    varies = "by chance" if variance <= 1 else f"by {variance:g} times chance"
    of_world: Callable[[np.random.Generator], Tally] = partial(
        _says, words=_SENTENCES[sentence], variance=variance, quarters=quarters, size=size
    )
    ward = "" if size == 1 else f" of a ward of {3 * size * _A_MONTH.sum():.0f} incidents"
    world = (
        f"{len(PANEL_CATEGORIES)} kinds, {quarters} quarters{ward} published, months vary {varies}"
    )
    return Claim(sentence, "Ward panel, its handout", world, LEVEL, of_world)


CLAIMS: Final = tuple(
    _claim(sentence, variance=variance, quarters=quarters, size=size)
    for sentence in _SENTENCES
    for variance, quarters, size in ((1.0, 5, 1.0), (2.0, 5, 1.0), (2.0, 9, 1.0), (1.0, 5, 0.02))
)
