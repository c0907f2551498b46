"""What is sure of each cell's history: where it is hot, and where its share of incidents changed.

**Hot** is tested as by Gi* over all periods together. **Changed** is tested given how many
incidents a neighbourhood holds over all periods: without a change each of them lies in any period
by that period's share of all incidents, so the number since any day is binomial, whatever the place
is like, and however the whole ground rises and falls. Which places are hot over all periods says
nothing about when their incidents were, so choosing them takes no part in this test. Each cell is
tried at every split of the periods into earlier and newer ones.

**Two families, each at half the level.** Hot places are asked whether they rose or fell. Elsewhere
a place may have begun so late that all periods together do not show it: there it must have risen,
for all cells and splits at once, and be hot since. So the chance of any class where nothing goes
on, and of any change where nothing changes, is at most the level.

Source: J. Przyborowski and H. Wilenski, Biometrika 31 (1940), for counts compared given their sum.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import bdtr, bdtrc

from models.hotspots._emerging_table import CellHistories
from models.hotspots.chance import around, chance_of_few, lumps_of
from models.hotspots.gi_star import adjusted_in, hot_test
from models.hotspots.significance import Control, anywhere_p, sure_places

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from models.hotspots.cells import Cells
    from models.hotspots.gi_star import HotTest
    from models.hotspots.inputs import Incidents

LEVEL: Final = 0.05


@dataclass(frozen=True, slots=True)
class Stretch:
    """Incidents in the cells that take part, each with its period; the oldest is 0.

    Attributes
    ----------
    incidents : Incidents
        Length n.
    period : int64 array of shape (n,)
    periods : int
    """

    incidents: Incidents
    period: NDArray[np.int64]
    periods: int

    def between(self, first: int, end: int) -> Incidents:
        """Return the incidents of some periods, `end` not included."""
        return self.incidents.take((self.period >= first) & (self.period < end))


@dataclass(frozen=True, slots=True)
class Change:
    """The surest change of each cell in one direction; arrays of the grid's shape.

    Attributes
    ----------
    split : int64 array
        First period since it.
    p : float64 array
        For all splits of one cell at once; not yet for all cells.
    """

    split: NDArray[np.int64]
    p: NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class History:
    """What each cell went through; arrays of the grid's shape.

    Attributes
    ----------
    counts : int64 array of shape (periods, rows, columns)
        Incidents of each cell with its neighbours.
    totals : int64 array of shape (periods,)
        Incidents of all cells.
    facts : CellHistories
    pooled : HotTest
        Gi* over all periods together.
    split : int64
        First period since the surest change.
    p : float64
        Chance that as much as its class says is seen anywhere where it is not so.
    """

    counts: NDArray[np.int64]
    totals: NDArray[np.int64]
    facts: CellHistories
    pooled: HotTest
    split: NDArray[np.int64]
    p: NDArray[np.float64]


def history(stretch: Stretch, cells: Cells, *, control: Control) -> History:
    """Test each cell for being hot and for having changed.

    Parameters
    ----------
    stretch : Stretch
    cells : Cells
    control : str
        How far places reach; whether there is one is tested for all cells at once.
    """
    counts, totals = _counts(stretch, cells)
    pooled = hot_test(stretch.incidents, cells)
    hot_p = anywhere_p(pooled.p, tests=2 * int(cells.tested.sum()))
    adjusted = adjusted_in(pooled.p, cells.tested, control=control)
    hot = sure_places(2 * adjusted, hot_p, level=LEVEL)
    up, down = (surest(counts, totals, falling=falling) for falling in (False, True))
    rises, rise_p = _sure(up, hot, directions=2, control=control)
    falls, fall_p = _sure(down, hot, directions=2, control=control)
    begins, begin_p = _sure(up, cells.tested & ~hot, directions=1, control=control)
    rises |= begins
    split = np.where(rises, up.split, down.split)
    before_p, since_p = _hot_on_either_side(stretch, cells, split, rises | falls)
    facts = CellHistories(
        hot=hot,
        rises=rises,
        falls=falls,
        # A share that was surely high and grew, or shrank, was surely high after, or before.
        hot_before=(before_p < LEVEL) | (hot & falls & ~rises),
        hot_since=(since_p < LEVEL) | (hot & rises & ~falls),
        newest_only=split == stretch.periods - 1,
        cold_before=_cold_before(stretch, cells, asked=hot & rises & falls),
    )
    p = _class_p(facts, hot_p, {"rise": rise_p, "fall": fall_p, "begin": begin_p, "since": since_p})
    return History(counts, totals, facts, pooled, split, p)


def _class_p(
    facts: CellHistories, hot_p: NDArray[np.float64], change_p: dict[str, NDArray[np.float64]]
) -> NDArray[np.float64]:
    """Return the p of all that a class says together: that of the least sure part of it."""
    return np.where(
        facts.hot,
        np.maximum.reduce(
            [
                hot_p,
                np.where(facts.rises, change_p["rise"], 0.0),
                np.where(facts.falls, change_p["fall"], 0.0),
            ]
        ),
        np.maximum(change_p["begin"], change_p["since"]),
    )


def _counts(stretch: Stretch, cells: Cells) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return each neighbourhood's incidents, period by period, and those of all cells."""
    cell = cells.grid.cells(stretch.incidents.easting, stretch.incidents.northing)
    size = cells.member.size
    flat = np.bincount(stretch.period * size + cell, minlength=stretch.periods * size)
    each = flat.reshape(stretch.periods, *cells.grid.shape)
    near = np.stack([np.rint(around(one.astype(np.float64))) for one in each])
    return near.astype(np.int64), each.sum(axis=(1, 2))


def surest(counts: NDArray[np.int64], totals: NDArray[np.int64], *, falling: bool) -> Change:
    """Return each cell's surest change in one direction, for all the splits it is tried at.

    Parameters
    ----------
    counts : int64 array of shape (periods, rows, columns)
    totals : int64 array of shape (periods,)
    falling : bool
    """
    # since[i] counts the periods from i + 1 on; there is at least one before and one since.
    since = np.cumsum(counts[::-1], axis=0)[::-1][1:]
    share = (np.cumsum(totals[::-1])[::-1][1:] / totals.sum())[:, None, None]
    every = counts.sum(axis=0)
    p = bdtr(since, every, share) if falling else bdtrc(since - 1.0, every, share)
    p = np.where(every > 0, p, 1.0)
    return Change(p.argmin(axis=0) + 1, np.minimum(p.min(axis=0) * len(p), 1.0))


def _sure(
    change: Change, family: NDArray[np.bool_], *, directions: int, control: Control
) -> tuple[NDArray[np.bool_], NDArray[np.float64]]:
    """Return which cells of a family surely changed, and each one's p for all of them at once."""
    p = np.where(family, np.minimum(change.p * directions, 1.0), 1.0)
    anywhere = anywhere_p(p, tests=int(family.sum()))
    twice = np.minimum(2 * anywhere, 1.0)  # there are two families
    adjusted = adjusted_in(p, family, control=control)
    return sure_places(2 * adjusted, twice, level=LEVEL), twice


def _hot_on_either_side(
    stretch: Stretch, cells: Cells, split: NDArray[np.int64], asked: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return how sure it is that the cells asked about are hot before their split, and since.

    Where the split falls was chosen by the incidents, so all splits are allowed for.
    """
    tests = int(cells.tested.sum()) * (stretch.periods - 1)
    before, since = np.ones(asked.shape), np.ones(asked.shape)
    for at in np.unique(split[asked]):
        here = asked & (split == at)
        for side, (first, end) in ((before, (0, at)), (since, (at, stretch.periods))):
            p = anywhere_p(hot_test(stretch.between(first, end), cells).p, tests=tests)
            side[here] = p[here]
    return before, since


def _cold_before(stretch: Stretch, cells: Cells, *, asked: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Tell which cells hold surely fewer places with incidents than chance in some older period."""
    cold = np.zeros_like(asked)
    tests = int(cells.tested.sum()) * (stretch.periods - 1)
    for at in range(stretch.periods - 1 if asked.any() else 0):
        p = chance_of_few(lumps_of(stretch.between(at, at + 1), cells), cells)
        cold |= asked & (anywhere_p(p, tests=tests) < LEVEL)
    return cold
