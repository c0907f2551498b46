"""A ward in plain words, made of its published figures alone.

Each sentence says how sure it is. A change is called a change only where the interval of the ratio
leaves out 1: at 95 % for the whole ward, and for its kinds of incident at 95 % for all together, so
that where nothing changed any of eleven kinds looks like a change in at most 5 of 100 wards. The
intervals allow for months that vary by more than chance (`models.ward_panel.varying`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from models.statistics.rates import RateRatio, rate_ratio
from models.ward_panel.varying import ward_dispersion
from models.ward_panel.ward_release import BANDS, NO_HOUR
from models.wording.categories import PANEL_CATEGORIES, PANEL_LABELS
from models.wording.lists import list_label

if TYPE_CHECKING:
    from models.calendar.quarters import Quarter
    from models.statistics.dispersion import Dispersion
    from models.ward_panel.view import WardView
    from models.ward_panel.ward_release import WardFigures, WardQuarter

BAND_HOURS: Final[tuple[int, ...]] = (30, 30, 20, 40, 12, 12, 8, 16)  # in a week
_MANY_HOURS_LACKING: Final = 0.3
_LEVEL: Final = 0.05


@dataclass(frozen=True, slots=True)
class WardChange:
    """A count now and a year before; `ratio` holds how sure the difference is."""

    now: int
    before: int
    ratio: RateRatio

    @property
    def description(self) -> str:
        """The change in a few words."""
        if self.before == 0:
            return "none a year before" if self.now else "none in either year"
        share = self.now / self.before - 1
        if abs(share) < 0.005:
            return "about the same as a year before"
        return f"{abs(share):.0%} {'more' if share > 0 else 'fewer'} than a year before"

    @property
    def short(self) -> str:
        """The change and how sure it is, for a table's cell."""
        if self.before == 0 or self.now == self.before:
            return "none either time" if self.now == 0 else "as many" if self.before else "new"
        share = self.now / self.before - 1
        size = f"{abs(share):.0%} {'more' if share > 0 else 'fewer'}"
        chance = (
            "chance could explain it" if self.ratio.verdict == "cannot tell" else "more than chance"
        )
        return f"{size}; {chance}"

    @property
    def surely(self) -> str:
        """How sure it is that something changed."""
        if self.ratio.verdict == "cannot tell":
            return "could easily be chance"
        return "unlikely to be chance"


def change(
    now: int | None, before: int | None, *, dispersion: Dispersion, together: int = 1
) -> WardChange | None:
    """Compare two shown counts, as one of some; None where one is not shown."""
    if now is None or before is None:
        return None
    sure = 1 - _LEVEL / together
    return WardChange(now, before, rate_ratio(now, before, confidence=sure, dispersion=dispersion))


def months_label(quarter: Quarter) -> str:
    """Return a quarter as residents say it: "July to September 2026"."""
    first, _, last = quarter.months
    return f"{first:%B} to {last:%B %Y}"


def profile(view: WardView) -> tuple[str, ...]:
    """Return a few sentences on a ward, each a paragraph."""
    newest, before = view.newest, view.year_before
    when = months_label(newest.quarter)
    if newest.figures is None:
        return (
            f"In {when} fewer than {newest.threshold} incidents, or none, were counted in "
            f"{view.ward_name}: too few for figures that tell of no single case. They are in no "
            "figure, the borough's included.",
        )
    return tuple(
        words
        for words in (
            _level(view, newest.figures, when=when),
            _against_last_year(view),
            _against_borough(view, newest, before),
            _for_residents(view, newest),
            _mix(newest.figures, threshold=newest.threshold),
            _kinds_that_changed(view),
            _hours(newest.figures),
            _places(newest),
        )
        if words
    )


def changed_kinds(view: WardView) -> tuple[tuple[str, WardChange | None], ...]:
    """Return each kind of incident with its change, in the order of the closed list."""
    newest, before = view.newest, view.year_before
    then: tuple[int | None, ...] = (None,) * len(PANEL_CATEGORIES)
    if before is not None and before.figures is not None:
        then = before.figures.categories
    now = newest.figures.categories if newest.figures else then
    compared = sum(bool(n or was) for n, was in zip(now, then, strict=True) if None not in (n, was))
    dispersion = ward_dispersion(view).ward
    return tuple(
        (name, change(n, was, dispersion=dispersion, together=max(compared, 1)))
        for name, n, was in zip(PANEL_CATEGORIES, now, then, strict=True)
    )


def whole_change(view: WardView) -> WardChange | None:
    """Return the change of all incidents of the ward."""
    newest, before = view.newest, view.year_before
    if newest.figures is None or before is None or before.figures is None:
        return None
    dispersion = ward_dispersion(view).ward
    return change(newest.figures.total, before.figures.total, dispersion=dispersion)


def _level(view: WardView, figures: WardFigures, *, when: str) -> str:
    days = view.newest.quarter.period.days
    a_day = figures.total / days
    often = (
        f"about {a_day:.0f} a day"
        if a_day >= 1.5
        else f"about {figures.total / days * 7:.0f} a week"
    )
    return f"In {when}, {figures.total:,} incidents were reported in {view.ward_name}: {often}."


def _against_last_year(view: WardView) -> str:
    found = whole_change(view)
    if found is None:
        return "There are no figures of the same months last year to compare with."
    low, high = found.ratio.low - 1, found.ratio.high - 1
    words = f"That is {found.description}, when it was {found.before:,}. A difference of this size"
    if found.ratio.verdict == "cannot tell":
        return f"{words} could easily be chance: we cannot say that reports rose or fell."
    return (
        f"{words} is unlikely to be chance: allowing for it, the change lies between "
        f"{_signed(low)} and {_signed(high)}."
    )


def _against_borough(view: WardView, newest: WardQuarter, before: WardQuarter | None) -> str:
    if newest.figures is None:
        return ""
    share = newest.figures.total / newest.borough.total
    words = f"{share:.1%} of all incidents in {view.borough_name} were here"
    if before is None or before.figures is None:
        return f"{words}."
    rest_now = newest.borough.total - newest.figures.total
    rest_before = before.borough.total - before.figures.total
    words += f", against {before.figures.total / before.borough.total:.1%} a year before. "
    if rest_now <= 0 or rest_before <= 0:
        return words
    ratio = rate_ratio(
        newest.figures.total,
        before.figures.total,
        exposure_now=rest_now,
        exposure_before=rest_before,
        dispersion=ward_dispersion(view).against_rest(
            now=newest.figures.total,
            before=before.figures.total,
            rest_now=rest_now,
            rest_before=rest_before,
        ),
    )
    said = {
        "up": f"Reports rose more here, or fell less, than in the rest of {view.borough_name}.",
        "down": f"Reports fell more here, or rose less, than in the rest of {view.borough_name}.",
    }
    return words + said.get(
        ratio.verdict,
        f"The ward has moved much as the rest of {view.borough_name} has; any difference could "
        "be chance.",
    )


def _for_residents(view: WardView, newest: WardQuarter) -> str:
    held = view.residents
    if held is None or newest.figures is None:
        return ""
    here = 1000 * newest.figures.total / held.ward
    everywhere = 1000 * newest.borough.total / held.borough
    words = (
        f"That is {here:.1f} incidents for every 1,000 people who live here, against "
        f"{everywhere:.1f} in the whole borough."
    )
    if held.sparse:
        words += " Few people live here and many pass through, so it says little of their risk."
    return words


def _mix(figures: WardFigures, *, threshold: int) -> str:
    shown = [
        (n, PANEL_LABELS[name])
        for name, n in zip(PANEL_CATEGORIES, figures.categories, strict=True)
        if n and name != "other"
    ]
    top = sorted(shown, reverse=True)[:3]
    if not top:
        return ""
    parts = [f"{label.lower()} ({n:,}, {n / figures.total:.0%})" for n, label in top]
    words = f"Reported most: {list_label(parts)}."
    if any(n is None for n in figures.categories):
        words += (
            f" Kinds with fewer than {threshold} incidents are not shown on their own, and some "
            "others with them, so that nobody can work them out."
        )
    return words


def _kinds_that_changed(view: WardView) -> str:
    found = {
        PANEL_LABELS[name].lower(): one
        for name, one in changed_kinds(view)
        if one is not None and one.ratio.verdict != "cannot tell"
    }
    if view.year_before is None:
        return ""
    if not found:
        return "No single kind of incident changed by more than chance could explain."
    parts = [f"{label} ({one.before:,} then, {one.now:,} now)" for label, one in found.items()]
    return f"Changed by more than chance could explain: {list_label(parts)}."


def _hours(figures: WardFigures) -> str:
    unknown = figures.bands[NO_HOUR]
    a_week = [
        (n / hours, BANDS[at])
        for at, (n, hours) in enumerate(zip(figures.bands, BAND_HOURS, strict=False))
        if n
    ]
    if not a_week or unknown == figures.total:
        return "The hour of the incidents is not known, so there are no figures by time of day."
    _, label = max(a_week)
    words = f"Busiest, hour for hour: {label}."
    if unknown is not None and unknown > _MANY_HOURS_LACKING * figures.total:
        words += (
            f" But the hour of {unknown / figures.total:.0%} of the incidents is not known, so "
            "take this with care."
        )
    return words


def _places(newest: WardQuarter) -> str:
    total = sum(block.incidents for block in newest.blocks)
    if len(newest.blocks) < 4 or not total:
        return ""
    ordered = sorted((block.incidents for block in newest.blocks), reverse=True)
    count = len(ordered)
    top = sum(ordered[: max(1, round(count / 10))])
    return (
        f"Incidents are not spread evenly: a tenth of the ward's {count} map blocks had "
        f"{top / total:.0%} of them. Much of what is reported in busy streets comes from the many "
        "people who pass through."
    )


CAVEATS: Final[tuple[str, ...]] = (
    "These are incidents that people reported or that were recorded, not all that happened. More "
    "reports can also mean that people trust that reporting helps.",
    "Domestic abuse, sexual offences and hate crime are not counted here, to protect those "
    "concerned. They are counted for the whole borough only.",
    "Small counts are not shown, wards with hardly any incidents are in no figure, and figures "
    "once published are not changed.",
)


def _signed(share: float) -> str:
    return f"{abs(share):.0%} {'more' if share > 0 else 'fewer'}"
