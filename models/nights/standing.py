"""Whether a night-time area is emerging, growing, established or falling, and by what evidence.

An area is called **emerging** only where four things agree: its nights bring at least `least_ratio`
times as many incidents as a year before with an interval above 1; they grew more than the nights of
the ground around it, with an interval above 1; a year ago most of this ground would not have been
found as a night-time area; and where it has a class by Gi* (`models.hotspots.emerging`), that class
rose as well. One of them alone is not enough: a count can double by chance, and a whole borough can
grow. Where two years of nights are not covered, nothing is claimed.

An area that was found a year ago and grew as much is **growing**; one that fell is **falling**; any
other that was found is **established**. What is left is **not clear**, and **not compared** where
the data do not cover both years.

**How often it is wrong.** The intervals by which an area is judged allow for all areas judged
together, and outlines are drawn on both years (`models.nights.area_search`), so the choice of
ground favours neither. Where nothing changed, at most 5 reviews in 100 call any area emerging,
growing or falling; incidents are taken to be independent, as everywhere.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from geo.counting import counted
from models.nights.counting import change
from models.statistics.rates import RateRatio, rate_ratio

if TYPE_CHECKING:
    from models.nights.counting import NightTally

StandingName = Literal["emerging", "growing", "established", "falling", "not clear", "not compared"]
MARKS: Final[dict[StandingName, str]] = {
    "emerging": "E",
    "growing": "G",
    "established": "S",
    "falling": "F",
    "not clear": "?",
    "not compared": "–",
}
MEANINGS: Final[dict[StandingName, str]] = {
    "emerging": "new in the last year, and growing faster than the ground around it",
    "growing": "known a year ago, and growing faster than the ground around it",
    "established": "known a year ago",
    "falling": "known a year ago, and surely less than then",
    "not clear": "not known a year ago, and not surely new either",
    "not compared": "the data do not cover both years of nights, so nothing is said of change",
}
# Gi* asks more than an area's own counts do, so no class is no objection, and a steady one is.
_RISING: Final = ("new", "consecutive", "intensifying")
_COUNTS: Final = 3  # sentences of evidence, before those on tests
_LEVEL: Final = 0.05  # of reviews in which nothing changed


@dataclass(frozen=True, slots=True)
class StandingRule:
    """From when an area counts as emerging.

    Attributes
    ----------
    least_ratio : float
        Incidents a night, as a multiple of a year before.
    most_overlap_before : float
        Share of its ground that a year ago was found as a night-time area, up to which it is new.
    """

    least_ratio: float = 1.5
    most_overlap_before: float = 0.25


@dataclass(frozen=True, slots=True)
class YearOfNights:
    """A year's incidents in an area and over all the ground, night by weekday."""

    area: NightTally
    ground: NightTally
    label: str

    @property
    def rest(self) -> int:
        """Incidents outside the area."""
        return self.ground.total - self.area.total


@dataclass(frozen=True, slots=True)
class Standing:
    """What an area is, how it changed, and the evidence in words.

    Attributes
    ----------
    name : str
    change : RateRatio
        Incidents a night against the year before; NaN where that is not known.
    evidence : tuple of str
        Sentences; what it is judged by, and what is missing: the counts first, then the tests.
    """

    name: StandingName
    change: RateRatio
    evidence: tuple[str, ...]

    @property
    def counts(self) -> tuple[str, ...]:
        """The evidence that is counts and shares."""
        return self.evidence[:_COUNTS]

    @property
    def tests(self) -> tuple[str, ...]:
        """The evidence that is how the area was judged."""
        return self.evidence[_COUNTS:]

    @property
    def emerging(self) -> bool:
        """Whether it is flagged as emerging."""
        return self.name == "emerging"


NOT_CLEAR: Final = RateRatio(ratio=math.nan, low=math.nan, high=math.nan)


def standing_of(
    now: YearOfNights,
    before: YearOfNights | None,
    *,
    overlap_before: float,
    hot_class: str,
    class_sentence: str,
    judged_together: int = 1,
    rule: StandingRule | None = None,
) -> Standing:
    """Judge one area.

    Parameters
    ----------
    now : YearOfNights
        The last twelve months.
    before : YearOfNights or None
        The twelve before them; None where they are not covered.
    overlap_before : float
        Share of its ground that lies in areas found a year ago, 0 to 1.
    hot_class : str
        Class by `models.hotspots.emerging`; "" for none.
    class_sentence : str
        That class and its test in words, or why there is none.
    judged_together : int
        Areas of the same review, this one included: any of them could seem to have changed.
    rule : StandingRule, optional
    """
    if before is None or not before.area.all_nights or not now.area.all_nights:
        words = (
            "Two years of nights are not covered by the data, so it is not known whether it is "
            "new.",
        )
        return Standing("not compared", NOT_CLEAR, words)
    used = rule or StandingRule()
    sure = 1 - _LEVEL / max(judged_together, 1)
    ratio, sure_ratio = (
        change(now.area, before.area, weights=(now.ground, before.ground), confidence=each)
        for each in (0.95, sure)
    )
    against_rest, sure_against_rest = (_against_rest(now, before, each) for each in (0.95, sure))
    grew = sure_ratio.low > 1 and ratio.ratio >= used.least_ratio and sure_against_rest.low > 1
    new = overlap_before <= used.most_overlap_before
    name: StandingName = "established"
    if grew:
        name = "growing" if not new else "not clear"
        if new and hot_class in ("", *_RISING):
            name = "emerging"
    elif new:
        name = "not clear"
    elif sure_ratio.high < 1:
        name = "falling"
    evidence = (
        _counts(now, before, ratio),
        _rest_sentence(against_rest),
        f"A year ago {overlap_before:.0%} of this ground would have been found as a night-time "
        "area.",
        class_sentence,
        _rate_sentence(sure_ratio, judged_together),
    )
    return Standing(name, ratio, tuple(each for each in evidence if each))


def _against_rest(now: YearOfNights, before: YearOfNights, confidence: float) -> RateRatio:
    if not (now.rest and before.rest):
        return NOT_CLEAR
    return rate_ratio(
        now.area.total,
        before.area.total,
        exposure_now=float(now.rest),
        exposure_before=float(before.rest),
        confidence=confidence,
    )


def _rate_sentence(sure: RateRatio, together: int) -> str:
    if math.isnan(sure.ratio):
        return ""
    high = "no limit" if math.isinf(sure.high) else f"{sure.high:.2f}"
    areas = "one area is" if together == 1 else f"{together:,} areas are"
    return (
        f"As {areas} judged, it is judged by a wider interval, {sure.low:.2f} to {high}: where "
        "nothing changed, at most 5 reviews in 100 call any area emerging, growing or falling."
    )


def _counts(now: YearOfNights, before: YearOfNights, ratio: RateRatio) -> str:
    return (
        f"{counted(now.area.total, 'incident')} on {counted(now.area.all_nights, 'night')} of "
        f"{now.label}, and "
        f"{before.area.total:,} on {counted(before.area.all_nights, 'night')} of {before.label}: "
        f"{times(ratio)} as many a night."
    )


def _rest_sentence(against_rest: RateRatio) -> str:
    if math.isnan(against_rest.ratio):
        return "The ground around it has too few incidents to compare with."
    return f"Measured against the ground around it, that is {times(against_rest)} as many."


def times(ratio: RateRatio) -> str:
    """Return a rate ratio in words: "1.62 times (95 % interval 1.41 to 1.86)"."""
    if math.isnan(ratio.ratio):
        return "an unknown number of times"
    if math.isinf(ratio.ratio):
        return f"more times than can be estimated (at least {ratio.low:.2f} times)"
    high = "no limit" if math.isinf(ratio.high) else f"{ratio.high:.2f}"
    return f"{ratio.ratio:.2f} times (95 % interval {ratio.low:.2f} to {high})"
