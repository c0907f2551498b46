"""Which way of choosing cells to use: picked on some forecasts, reported on later ones.

The last 12 months' counts are the simplest way that anybody would defend, so another takes their
place only where its lead over them is more than chance on the forecasts that are for choosing. The
leads are paired: both ways on the same origins. As several ways are tried at several shares of the
area, the 95 % intervals are widened to hold for all of them together (Bonferroni), so that where no
way is better, some way is named better at some share in at most one back-test of forty.

What the pick achieved is then read on the later forecasts, which took no part in it. A way picked
and measured on the same months looks better than it is.

Source: R. G. Miller, "Simultaneous Statistical Inference" (2nd edition, 1981).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from models.forecast.evaluation import USUAL, origins, spans_known
from models.forecast.ratios import Estimate, paired_ratio

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.forecast.baselines import Forecaster
    from models.forecast.cells import CellCounts
    from models.forecast.evaluation import BacktestPlan, Origin

LEAST_TO_CHOOSE: Final = 6
_MOST_TO_CHOOSE: Final = 36
_ERROR: Final = 0.05

Reason = Literal["better", "none_better", "too_few"]


@dataclass(frozen=True, slots=True)
class Split:
    """Which forecasts are for choosing a way, and which for reporting what it achieves.

    Attributes
    ----------
    choosing, reporting : tuple of int
        Indices of the first period of each forecast, in order; all of `choosing` end before the
        first of `reporting` begins. `choosing` is empty where there are too few.
    earlier : int
        Forecasts that could be made before the periods asked for.
    """

    choosing: tuple[int, ...]
    reporting: tuple[int, ...]
    earlier: int


@dataclass(frozen=True, slots=True)
class Lead:
    """A way's hits over those of the last 12 months, with the interval that holds for all ways.

    Attributes
    ----------
    method, label : str
    ratio : Estimate
    hits, usual_hits : float
        Its own, and those of the last 12 months.
    """

    method: str
    label: str
    ratio: Estimate
    hits: float
    usual_hits: float


@dataclass(frozen=True, slots=True)
class Choice:
    """The way to use at a share of the area, and why.

    Attributes
    ----------
    share : float
    method, label : str
    reason : {"better", "none_better", "too_few"}
        A way is better than the last 12 months by more than chance; none is; or there were too few
        forecasts to tell.
    leads : tuple of Lead
        Of the other ways, on the forecasts that were for choosing; empty where too few.
    """

    share: float
    method: str
    label: str
    reason: Reason
    leads: tuple[Lead, ...]

    @property
    def lead(self) -> Lead | None:
        """The lead of the way to use; None where it is the last 12 months."""
        return next((each for each in self.leads if each.method == self.method), None)


def split(counts: CellCounts, *, plan: BacktestPlan) -> Split:
    """Part the forecasts into those for choosing and those for reporting.

    Those before the periods asked for are for choosing, the newest 36 of them. Where there are
    fewer than six, the older half of all is, if that leaves six on each side; else none is.

    Raises
    ------
    TooLittleHistoryError
        As `origins`.
    """
    asked = origins(counts, plan=plan)
    every = range(asked[0] - plan.horizon, counts.year - 1, -plan.horizon)
    earlier = tuple(
        origin for origin in reversed(every) if spans_known(counts, origin, horizon=plan.horizon)
    )
    if len(earlier) >= LEAST_TO_CHOOSE:
        return Split(earlier[-_MOST_TO_CHOOSE:], asked, len(earlier))
    both = (*earlier, *asked)
    half = len(both) // 2
    if half >= LEAST_TO_CHOOSE:
        return Split(both[:half], both[half:], len(earlier))
    return Split((), asked, len(earlier))


def choose(
    results: Sequence[Origin], *, methods: Sequence[Forecaster], plan: BacktestPlan
) -> tuple[Choice, ...]:
    """Choose the way to use at each share of the area.

    Parameters
    ----------
    results : sequence of Origin
        Of the forecasts that are for choosing; may be empty.
    methods : sequence of Forecaster
        As given to `roll`; the last 12 months among them.
    plan : BacktestPlan
    """
    names = [method.name for method in methods]
    usual = methods[names.index(USUAL)]
    if len(results) < LEAST_TO_CHOOSE:
        return tuple(Choice(share, usual.name, usual.label, "too_few", ()) for share in plan.shares)
    hits, alone = (
        np.array([getattr(each, name) for each in results]) for name in ("hits", "alone")
    )
    confidence = 1 - _ERROR / (max(len(methods) - 1, 1) * len(plan.shares))
    choices: list[Choice] = []
    for at, share in enumerate(plan.shares):
        base = hits[:, names.index(USUAL), at]
        leads = tuple(
            Lead(
                method.name,
                method.label,
                paired_ratio(hits[:, of, at], base, alone=alone[:, of, at], confidence=confidence),
                float(hits[:, of, at].sum()),
                float(base.sum()),
            )
            for of, method in enumerate(methods)
            if method.name != USUAL
        )
        better = [each for each in leads if each.ratio.above_one]
        if better:
            best = max(better, key=lambda each: each.ratio.value)
            choices.append(Choice(share, best.method, best.label, "better", leads))
        else:
            choices.append(Choice(share, usual.name, usual.label, "none_better", leads))
    return tuple(choices)
