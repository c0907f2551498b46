"""How often a fall would be seen by a review: what is known beforehand, and what comes of it.

It is tried on real places (`models.tasking.planted_falls`); where too few are as busy, a formula
answers instead: chance and how far like places drift, but none of the reasons for doubt.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from models.statistics.intervals import binomial_interval
from models.tasking.verdict import Evidence

if TYPE_CHECKING:
    from models.calendar.periods import Period
    from models.tasking.before_period import Before
    from models.tasking.comparison_area import ComparisonMatch
    from models.tasking.outcomes import BeforeAfter, Drift, Outcome

FALL: Final = 0.5
WORTH_APPROVING: Final = 0.5


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known of a review before there is an outcome; the attributes are `Evidence`'s."""

    after: Period
    before: Before
    month_only: float
    snapped: float
    area_km2: float

    def evidence(
        self,
        treated: BeforeAfter,
        comparison: BeforeAfter,
        *,
        match: ComparisonMatch,
        outcome: Outcome,
        drift: Drift,
        least_fall: float,
        comparison_z: float,
    ) -> Evidence:
        """Return the evidence that these counts would be."""
        return Evidence(
            after=self.after,
            before=self.before,
            treated=treated,
            comparison=comparison,
            outcome=outcome,
            least_fall=least_fall,
            match=match,
            drift=drift,
            comparison_z=comparison_z,
            risen_z=math.nan,
            gaps=(),
            month_only=self.month_only,
            snapped=self.snapped,
            whole_months=self.after.whole_months and self.before.period.whole_months,
            area_km2=self.area_km2,
        )


@dataclass(frozen=True, slots=True)
class Power:
    """How often a fall by half would be seen.

    Attributes
    ----------
    seen, trials : int
        Of so many trials, so many were called a fall.
    places : int
        On how many places they were made.
    expected : float
        Incidents of the period after without the fall: of the median trial, or by the formula.
    fall : float
        What was planted, as a share.
    by_formula : float or None
        The share by the formula, where there are too few trials; None otherwise.
    untried : str
        Why it was not tried on places, where the formula answers.
    reasons : tuple of str
        Why the review will say "cannot tell" whatever happens, as far as is known beforehand.
    """

    seen: int
    trials: int
    places: int
    expected: float
    fall: float = FALL
    by_formula: float | None = None
    untried: str = ""
    reasons: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        """The share of falls that would be seen."""
        if self.reasons:
            return 0.0
        return self.seen / self.trials if self.by_formula is None else self.by_formula

    @property
    def poor(self) -> bool:
        """Whether a fall is more likely to be missed than seen."""
        return self.share < WORTH_APPROVING

    @property
    def interval(self) -> tuple[float, float]:
        """Exact 95 % interval of the share of the trials."""
        return binomial_interval(self.seen, self.trials) if self.trials else (0.0, 1.0)
