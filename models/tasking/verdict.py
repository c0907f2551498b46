"""The verdict of a review, in plain words that can say "cannot tell, because …".

A verdict is given only where the evidence supports one. What speaks against one is listed in
`doubts`: each is a sentence that says what was found. A fall or a rise is called one when the
interval of the weighted displacement difference leaves out no change (95 %). Without one, "no sign"
is only given where a fall by half would have stood out; otherwise the answer is "cannot tell".
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from geo.counting import counted

if TYPE_CHECKING:
    from models.calendar.periods import Period
    from models.tasking.before_period import Before
    from models.tasking.comparison_area import ComparisonMatch
    from models.tasking.outcomes import BeforeAfter, Difference, Drift, Outcome

Kind = Literal["fell", "rose", "no_sign", "cannot_tell"]

KIND_LABELS: Final[dict[Kind, str]] = {
    "fell": "It fell by more than the comparison",
    "rose": "It rose by more than the comparison",
    "no_sign": "No sign of a change beyond the comparison's",
    "cannot_tell": "Cannot tell",
}
SHORTEST_DAYS: Final = 14
SMALLEST_SNAPPED_KM2: Final = 0.07  # a circle of 150 m; map points stand for the streets around
MOST_SNAPPED: Final = 0.3
MOST_MONTH_ONLY: Final = 0.3
MOST_DISTURBED: Final = 0.1
WORTH_SEEING: Final = 0.5  # "no sign" needs that a fall by half would have stood out
_CHOSEN_ON_IT: Final = (
    "the place was chosen on the figures of the period before, and what is chosen because it is "
    "high falls by itself; the data hold no earlier period to measure against"
)
_APART: Final = 2.576  # two-sided, one in a hundred


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a verdict rests on.

    Attributes
    ----------
    after : Period
    before : Before
    treated, comparison : BeforeAfter
    outcome : Outcome
    least_fall : float
        The smallest fall that would have stood out, as a share.
    match : ComparisonMatch
    drift : Drift
    comparison_z : float
        How far the comparison area moved beyond places like it, in standard errors; NaN unknown.
    risen_z : float
        How far the treated area had risen beyond the comparison from the period before to the time
        on which its choice rests, in standard errors; NaN where that is not known.
    gaps : tuple of str
        What the data do not cover of the two periods, in words.
    month_only, snapped : float
        Shares of the treated area's incidents known by month alone, and at map points.
    whole_months : bool
        Whether both periods are whole months.
    area_km2 : float
        Of the treated area.
    disturbed : float
        Share of the comparison area in which other work was going on.
    """

    after: Period
    before: Before
    treated: BeforeAfter
    comparison: BeforeAfter
    outcome: Outcome
    least_fall: float
    match: ComparisonMatch
    drift: Drift
    comparison_z: float
    risen_z: float
    gaps: tuple[str, ...]
    month_only: float
    snapped: float
    whole_months: bool
    area_km2: float
    disturbed: float = 0.0

    @property
    def comparable(self) -> bool:
        """Whether the figures of the two periods can be held against each other at all."""
        return not self.gaps and (self.whole_months or self.month_only <= MOST_MONTH_ONLY)


@dataclass(frozen=True, slots=True)
class Verdict:
    """A verdict and what it rests on, in words.

    Attributes
    ----------
    kind : {"fell", "rose", "no_sign", "cannot_tell"}
    headline : str
        One sentence.
    sentences : tuple of str
        What happened, in figures; displacement; what it does not say.
    doubts : tuple of str
        Why nobody can tell; empty unless `kind` is ``cannot_tell``.
    """

    kind: Kind
    headline: str
    sentences: tuple[str, ...]
    doubts: tuple[str, ...]


def verdict(evidence: Evidence) -> Verdict:
    """Return the verdict on the evidence."""
    local = evidence.outcome.local
    doubts = [*_doubts_of_data(evidence), *_doubts_of_comparison(evidence)]
    seen: Kind = "fell" if local.high < 0 else "rose" if local.low > 0 else "no_sign"
    if (
        evidence.comparable
    ):  # figures that are not complete tell nothing, not even that they are few
        doubts += _doubts_of_figures(evidence, kind=seen)
    kind: Kind = "cannot_tell" if doubts else seen
    return Verdict(
        kind=kind,
        headline=_headline(kind, evidence, doubts),
        sentences=_sentences(evidence),
        doubts=tuple(f"{each[0].upper()}{each[1:]}." for each in doubts),
    )


def doubts_beforehand(evidence: Evidence) -> tuple[str, ...]:
    """Return the reasons for doubt that hold whatever the outcome, so known before there is one."""
    doubts = [*_doubts_of_data(evidence), *_doubts_of_match(evidence.match)]
    if evidence.before.chosen_on_it:
        doubts.append(_CHOSEN_ON_IT)
    return tuple(doubts)


def _doubts_of_data(evidence: Evidence) -> list[str]:
    doubts = [f"the data are not complete: {gap}" for gap in evidence.gaps]
    if evidence.after.days < SHORTEST_DAYS:
        doubts.append(
            f"{evidence.after.days} days are too short: at least {SHORTEST_DAYS} days are needed"
        )
    if not evidence.gaps and not evidence.comparable:
        doubts.append(
            f"{evidence.month_only:.0%} of the incidents are known by month alone, and the period "
            "is not one of whole months"
        )
    if evidence.snapped > MOST_SNAPPED and evidence.area_km2 < SMALLEST_SNAPPED_KM2:
        doubts.append(
            f"{evidence.snapped:.0%} of the incidents lie at anonymised map points, which are too "
            f"coarse for an area of {evidence.area_km2:.3f} km²: use one of at least "
            f"{SMALLEST_SNAPPED_KM2:g} km²"
        )
    return doubts


def _doubts_of_figures(evidence: Evidence, *, kind: Kind) -> list[str]:
    doubts: list[str] = []
    few = (
        f"there are too few incidents for how much places vary ({_counts_label(evidence.treated)})"
    )
    if kind != "rose" and evidence.least_fall > 1:
        doubts.append(f"{few}: even if none at all were reported, it could be chance")
    elif kind == "no_sign" and evidence.least_fall > WORTH_SEEING:
        doubts.append(
            f"{few}: only a fall by {evidence.least_fall:.0%} or more would have stood out"
        )
    if kind == "fell" and evidence.before.chosen_on_it:
        doubts.append(_CHOSEN_ON_IT)
    if kind != "fell" and evidence.risen_z > _APART:
        doubts.append(
            "the place had already become busier, beyond the comparison, between the period before "
            f"({evidence.before.period}) and the time when it was chosen, so the two periods do "
            "not show what the work did"
        )
    return doubts


def _doubts_of_match(match: ComparisonMatch) -> list[str]:
    doubts = []
    if not match.alike:
        doubts.append(
            "no place like it was found: the treated area had "
            f"{match.of_one:.1f} times the incidents of a comparison place before"
        )
    elif not match.parallel:
        way = "up" if match.growth_z > 0 else "down"
        doubts.append(
            "the two were not moving alike before: against the comparison, the treated area was "
            f"already going {way}"
        )
    return doubts


def _doubts_of_comparison(evidence: Evidence) -> list[str]:
    doubts = _doubts_of_match(evidence.match)
    if evidence.disturbed > MOST_DISTURBED:
        doubts.append(
            f"another tasking was at work in {evidence.disturbed:.0%} of the comparison area"
        )
    if abs(evidence.comparison_z) > _APART:
        way = "fell" if evidence.comparison_z < 0 else "rose"
        doubts.append(
            f"the comparison moved: it {way} by more than the "
            f"{counted(evidence.drift.places, 'other place')} "
            f"like it ({_counts_label(evidence.comparison)}), so something else happened there"
        )
    return doubts


def _headline(kind: Kind, evidence: Evidence, doubts: list[str]) -> str:
    if kind == "cannot_tell":
        others = f", and for {len(doubts) - 1} more reasons" if len(doubts) > 2 else ""
        others = ", and for one more reason" if len(doubts) == 2 else others
        return f"Cannot tell, because {doubts[0]}{others}."
    if kind == "no_sign":
        return (
            "No sign of a change beyond the comparison's; a fall by "
            f"{evidence.least_fall:.0%} or more would have stood out."
        )
    way = "fewer" if kind == "fell" else "more"
    return (
        f"{KIND_LABELS[kind]}: about {abs(evidence.outcome.local.estimate):,.0f} incidents {way} "
        f"than were to be expected{_as_share(evidence.outcome)}."
    )


def _as_share(outcome: Outcome) -> str:
    if not math.isfinite(outcome.relative) or outcome.expected < 1:
        return ""
    return f" ({abs(outcome.relative):.0%})"


def _sentences(evidence: Evidence) -> tuple[str, ...]:
    if evidence.gaps:
        return (
            "The figures are shown as far as they are known and are not compared: a period that is "
            "not complete always looks like a fall.",
        )
    if not evidence.comparable:
        return (
            "The figures are not compared: an incident known by month alone is dated the first "
            "day of its month. Choose whole months.",
        )
    return (_local_sentence(evidence), *_displacement_sentence(evidence.outcome))


def _local_sentence(evidence: Evidence) -> str:
    outcome = evidence.outcome
    return (
        f"In the treated area there were {_counts_label(evidence.treated)}; moving as the "
        f"comparison did, it would have had about {outcome.expected:,.0f}. The difference is "
        f"{_signed(outcome.local)}."
    )


def _displacement_sentence(outcome: Outcome) -> tuple[str, ...]:
    around, total = outcome.displacement, outcome.total
    if around is None or total is None:
        return ()
    if around.low > 0:
        words = "Around it incidents rose by more than around the comparison: some may have moved"
    elif around.high < 0:
        words = "Around it incidents fell too, by more than around the comparison"
    else:
        words = "Around it there is no sign that incidents moved next door, nor that they fell too"
    return (f"{words}: {_signed(around)}.", f"Both together: {_signed(total)}.")


def _signed(difference: Difference) -> str:
    """Return a difference with its interval, in incidents."""
    return (
        f"{_number(difference.estimate)} incidents (95 % interval {_number(difference.low)} to "
        f"{_number(difference.high)})"
    )


def z_label(outcome: Outcome) -> str:
    """Return each difference of an outcome in standard errors, for *How we know*."""
    parts = (
        ("treated area", outcome.local),
        ("ring", outcome.displacement),
        ("both", outcome.total),
    )
    known = [
        f"{name} {_number(each.z, decimals=2)}"
        for name, each in parts
        if each is not None and math.isfinite(each.z)
    ]
    return f"In standard errors (z): {', '.join(known)}." if known else ""


def _number(value: float, *, decimals: int = 0) -> str:
    """Return a number with its sign, a true minus, and no minus zero."""
    text = f"{abs(value):,.{decimals}f}"
    if not float(text.replace(",", "")):
        return text
    return f"−{text}" if value < 0 else f"+{text}"


def _counts_label(counts: BeforeAfter) -> str:
    return f"{counts.before:,} before, {counts.after:,} after"
