"""What a back-test is summed up in: hit rate, PAI, PEI and RRI, with their intervals.

With n the incidents in the chosen cells, N all incidents, a the chosen cells and A all
cells: hit rate n/N; PAI = (n/N)/(a/A); PEI = PAI / the best PAI that any choice of a cells could
have had; RRI = PAI / the PAI of the same cells in the year before. Over many origins n, N and the
best n are summed first, so a quiet month weighs less than a busy one. Intervals: `ratios`.

Sources: S. Chainey, L. Tompson and S. Uhlig, "The utility of hotspot mapping for predicting spatial
patterns of crime", Security Journal 21 (2008), for the PAI; J. M. Hunt, "Do crime hot spots move?"
(dissertation, American University, 2016), for the PEI; N. Levine, "The 'hottest' part of a hotspot:
comments on the utility of hotspot mapping", Security Journal 21 (2008), for the RRI.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from models.forecast.evaluation import USUAL, cells_per_share
from models.forecast.ratios import Estimate, paired_ratio, ratio_of_sums

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.forecast.baselines import Forecaster
    from models.forecast.cells import CellCounts
    from models.forecast.evaluation import BacktestPlan, Origin

FORMULAS: Final[tuple[tuple[str, str, str], ...]] = (
    ("Hit rate", "n / N", "Share of the incidents that fell in the chosen cells."),
    (
        "PAI",
        "(n / N) / (a / A)",
        "How many times more incidents the chosen cells held than their share of the area. 1 is no "
        "better than picking cells blindly.",
    ),
    (
        "PEI",
        "PAI / the best possible PAI",
        "How much of what was possible was reached: 1 would be choosing with hindsight.",
    ),
    (
        "RRI",
        "PAI / PAI of the same cells in the year before",
        "Whether the chosen cells stayed as busy as they had been. Cells that are chosen because "
        "they were busy are less busy afterwards by chance alone (regression to the mean), so less "
        "than 1 is usual, and no sign that crime moved or that a way is a poor one. In the files.",
    ),
)
_NONE: Final = Estimate(math.nan, math.nan, math.nan)


@dataclass(frozen=True, slots=True)
class Score:
    """How one method did at one share of the area.

    Attributes
    ----------
    method, label : str
    share : float
        Share of the area asked for.
    cells : int
        Cells chosen at each origin, nearest to it.
    hits : float
        n, over all origins.
    incidents : int
        N, over all origins.
    hit_rate, pai, pei, rri : Estimate
    against_last_year : Estimate
        This method's PAI over that of the last 12 months' counts, on the same origins.
    """

    method: str
    label: str
    share: float
    cells: int
    hits: float
    incidents: int
    hit_rate: Estimate
    pai: Estimate
    pei: Estimate
    rri: Estimate
    against_last_year: Estimate


def scores(
    counts: CellCounts,
    results: Sequence[Origin],
    *,
    methods: Sequence[Forecaster],
    plan: BacktestPlan,
) -> tuple[Score, ...]:
    """Sum up a back-test.

    Parameters
    ----------
    counts : CellCounts
    results : sequence of Origin
        What `roll` yielded, at least one.
    methods : sequence of Forecaster
        As given to `roll`.
    plan : BacktestPlan

    Returns
    -------
    tuple of Score
        By method, in their order, then by share.
    """
    usual = [at for at, method in enumerate(methods) if method.name == USUAL]
    sizes = cells_per_share(counts, shares=plan.shares)
    return tuple(
        _score(
            results,
            method=method,
            cell=(of, at),
            usual=usual[0] if usual else None,
            share=share,
            cells=(sizes[at], len(counts.cells)),
        )
        for of, method in enumerate(methods)
        for at, share in enumerate(plan.shares)
    )


def _score(
    results: Sequence[Origin],
    *,
    method: Forecaster,
    cell: tuple[int, int],
    usual: int | None,
    share: float,
    cells: tuple[int, int],
) -> Score:
    """Sum up one method at one share; `cell` is where both stand in `Origin.hits`."""
    of, at = cell
    hits = np.array([each.hits[:, at] for each in results])
    part, base = hits[:, of], hits[:, usual if usual is not None else of]
    total, before = (
        np.array([getattr(each, name) for each in results]) for name in ("incidents", "before")
    )
    earlier = np.array([each.hits_before[cell] for each in results])
    area = np.full(len(results), cells[0] / cells[1] / len(results))
    return Score(
        method=method.name,
        label=method.label,
        share=share,
        cells=cells[0],
        hits=float(part.sum()),
        incidents=int(total.sum()),
        hit_rate=ratio_of_sums([part], [total]),
        pai=ratio_of_sums([part], [total, area]),
        pei=ratio_of_sums([part], [np.array([each.best[at] for each in results])]),
        rri=ratio_of_sums([part, before], [total, earlier]),  # the area falls out
        against_last_year=(
            paired_ratio(part, base, alone=np.array([each.alone[cell] for each in results]))
            if usual is not None
            else _NONE
        ),
    )
