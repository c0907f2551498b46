"""A ward in plain words, made of its published figures alone.

Each sentence says how sure it is. A change is called a change only where the interval of the ratio
leaves out 1: at 95 % for the whole ward, and for its kinds of incident at 95 % for all together, so
that where nothing changed any of eleven kinds looks like a change in at most 5 of 100 wards. The
intervals allow for months that vary by more than chance and for the change that figures were
protected by (`models.ward_panel.varying`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from geo.counting import counted
from models.statistics.dispersion import INDEPENDENT
from models.statistics.rates import RateRatio, rate_ratio
from models.ward_panel.varying import ward_dispersion, with_changes
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
_ABOVE: Final = 1.5  # times the average
_MOST_ALIKE: Final = 2  # parts of the week
_MOST_NAMED: Final = 3  # kinds


@dataclass(frozen=True, slots=True)
class WardChange:
    """A figure now and a year before; `ratio` holds how sure the difference is."""

    now: int
    before: int
    ratio: RateRatio

    @property
    def description(self) -> str:
        """The change in a few words."""
        if self.now == self.before:
            return "the same as a year before" if self.now else "none shown in either year"
        if self.before == 0:
            return "none shown a year before"
        share = self.now / self.before - 1
        if abs(share) < 0.005:
            return "about the same as a year before"
        return f"{abs(share):.0%} {'more' if share > 0 else 'fewer'} than a year before"

    @property
    def short(self) -> str:
        """The change and how sure it is, for a table's cell."""
        if self.now == self.before:
            return "as many" if self.now else "none shown"
        share = f"{abs(self.now / self.before - 1):.0%} " if self.before and self.now else ""
        size = f"{share}{'more' if self.now > self.before else 'fewer'}"
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
    now: int | None,
    before: int | None,
    *,
    dispersion: Dispersion,
    variances: tuple[float, float],
    together: int = 1,
) -> WardChange | None:
    """Compare two shown figures, as one of some; None where one is not shown.

    `variances` are those of the change by which each was protected.
    """
    if now is None or before is None:
        return None
    allowed = with_changes(dispersion, now=now, before=before, variances=variances)
    sure = 1 - _LEVEL / together
    return WardChange(now, before, rate_ratio(now, before, confidence=sure, dispersion=allowed))


def months_label(quarter: Quarter) -> str:
    """Return a quarter as residents say it: "July to September 2026"."""
    first, _, last = quarter.months
    return f"{first:%B} to {last:%B %Y}"


def profile(view: WardView) -> tuple[str, ...]:
    """Return a few sentences on a ward, each a paragraph."""
    newest = view.newest
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
            against_borough(view),
            _for_residents(view, newest),
            commonest_kinds(view),
            _kinds_that_changed(view),
            busiest_hours(view),
            busiest_block(view),
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
    variances = (newest.variance, before.variance if before else 0.0)
    return tuple(
        (
            name,
            change(n, was, dispersion=dispersion, variances=variances, together=max(compared, 1)),
        )
        for name, n, was in zip(PANEL_CATEGORIES, now, then, strict=True)
    )


def whole_change(view: WardView) -> WardChange | None:
    """Return the change of all incidents of the ward."""
    newest, before = view.newest, view.year_before
    if newest.figures is None or before is None or before.figures is None:
        return None
    dispersion = ward_dispersion(view).ward
    variances = newest.total_variance, before.total_variance
    return change(
        newest.figures.total, before.figures.total, dispersion=dispersion, variances=variances
    )


def _level(view: WardView, figures: WardFigures, *, when: str) -> str:
    newest = view.newest
    often = _often(figures.total, days=newest.quarter.period.days)
    were = "was" if figures.total == 1 else "were"
    counted = _about(newest, figures.total)
    return f"In {when}, {counted} {were} reported in {view.ward_name}: {often}."


def _often(total: int, *, days: int) -> str:
    """Say how often, in the unit in which it is more than one."""
    for unit, length in (("day", 1.0), ("week", 7.0), ("month", days / 3)):
        number = total / days * length
        if number >= 1.5:
            return f"about {number:.0f} a {unit}"
    return "about one a month" if total >= 2 else "hardly any"


def about(quarter: WardQuarter, n: int) -> str:
    """Return a figure as it is read: only about right where figures were changed."""
    return f"{'about ' if quarter.method == 'changing' else ''}{n:,}"


def _about(quarter: WardQuarter, n: int) -> str:
    return f"{about(quarter, n)} incident{'' if n == 1 else 's'}"


def _against_last_year(view: WardView) -> str:
    found = whole_change(view)
    if found is None:
        return "There are no figures of the same months last year to compare with."
    low, high = found.ratio.low - 1, found.ratio.high - 1
    if not found.now and not found.before:
        return "No incident is shown in the same months last year either."
    was = about(view.newest, found.before)
    words = f"That is {found.description}, when it was {was}. A difference of this size"
    if found.ratio.verdict == "cannot tell":
        return f"{words} could easily be chance: we cannot say that reports rose or fell."
    return (
        f"{words} is unlikely to be chance: allowing for it, the change lies between "
        f"{_signed(low)} and {_signed(high)}."
    )


def against_borough(view: WardView) -> str:
    """Say the ward's share of the borough, and whether it moved as the rest; "" without figures."""
    newest, before = view.newest, view.year_before
    if newest.figures is None:
        return ""
    if not newest.borough.total:
        return ""
    share = newest.figures.total / newest.borough.total
    words = f"{share:.1%} of all incidents in {view.borough_name} were here"
    if before is None or before.figures is None or not before.borough.total:
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
        dispersion=with_changes(
            ward_dispersion(view).against_rest(
                now=newest.figures.total,
                before=before.figures.total,
                rest_now=rest_now,
                rest_before=rest_before,
            ),
            now=newest.figures.total,
            before=before.figures.total,
            variances=(newest.total_variance, before.total_variance),
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


def commonest_kinds(view: WardView) -> str:
    """Name the kinds that are surely among the most: up to three, and all above a clear gap."""
    quarter, figures = view.newest, view.newest.figures
    if figures is None:
        return ""
    shown = sorted(
        (
            (n, PANEL_LABELS[name])
            for name, n in zip(PANEL_CATEGORIES, figures.categories, strict=True)
            if n is not None
        ),
        reverse=True,
    )
    gap = quarter.clear_gap
    clear = [
        count
        for count in range(1, min(_MOST_NAMED, len(shown) - 1) + 1)
        if shown[count - 1][0] - shown[count][0] >= max(gap, 1)
    ]
    if not clear:
        if not any(n for n, _ in shown):
            return ""
        return "No kind stands out: the figures are too small, or too much alike, to say."
    about = "about " if quarter.method == "changing" else ""
    parts = [
        f"{label.lower()} ({about}{n:,}, {n / figures.total:.0%})"
        for n, label in shown[: clear[-1]]
    ]
    words = f"Reported most: {list_label(parts)}."
    if any(n is None for n in figures.categories):
        words += (
            f" Kinds with fewer than {quarter.threshold} incidents are not shown on their own, and "
            "some others with them, so that nobody can work them out."
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
    parts = [
        f"{label} ({about(view.newest, one.before)} then, {one.now:,} now)"
        for label, one in found.items()
    ]
    return f"Changed by more than chance could explain: {list_label(parts)}."


def busiest_hours(view: WardView) -> str:
    """Say which part of the week was busiest, hour for hour, if the figures do; "" without any."""
    quarter, figures = view.newest, view.newest.figures
    if figures is None or not figures.total:
        return ""
    if not quarter.hours_known or figures.bands[NO_HOUR] == figures.total:
        return (
            "The hour of most of the incidents is not known, so there are no figures by time of "
            "day."
        )
    busiest = _busiest(quarter, figures)
    if len(busiest) > _MOST_ALIKE:
        words = "No part of the week stands out: the figures do not say which was busiest."
    elif len(busiest) > 1:
        words = f"Busiest, hour for hour: {' or '.join(busiest)}; the figures do not say which."
    else:
        words = f"Busiest, hour for hour: {busiest[0]}."
    unknown = figures.bands[NO_HOUR]
    if unknown is not None and unknown > _MANY_HOURS_LACKING * figures.total:
        words += (
            f" But the hour of {unknown / figures.total:.0%} of the incidents is not known, so "
            "take this with care."
        )
    return words


def _busiest(quarter: WardQuarter, figures: WardFigures) -> list[str]:
    """Return the parts of the week that the figures allow to have been the busiest."""
    held = [
        (n, hours, label)
        for n, hours, label in zip(figures.bands, BAND_HOURS, BANDS, strict=False)
        if n is not None
    ]
    held.sort(key=lambda each: -each[0] / each[1])
    most, most_hours, first = held[0]
    alike = [first]
    for n, hours, label in held[1:]:
        ratio = rate_ratio(
            most,
            n,
            exposure_now=most_hours,
            exposure_before=hours,
            confidence=1 - _LEVEL / (len(held) - 1),
            dispersion=with_changes(
                INDEPENDENT, now=most, before=n, variances=(quarter.variance, quarter.variance)
            ),
        )
        if ratio.verdict == "cannot tell":
            alike.append(label)
    return alike


def busiest_block(view: WardView) -> str:
    """Name the block with most for its ground, where it is one for all blocks together."""
    newest, blocks = view.newest, view.map_blocks
    if len(blocks) < 4:
        return ""
    off = newest.give_or_take_of(len(blocks))
    top = blocks[0]
    least = (top.incidents - off) / top.shape.area
    if least > max((each.incidents + off) / each.shape.area for each in blocks[1:]):
        return (
            f"On the map, block {top.number} ({top.where}) had most for its ground: about "
            f"{counted(top.incidents, 'incident')}. Much of what is reported in busy streets comes "
            "from the many people who pass through."
        )
    ground = sum(each.shape.area for each in blocks)
    average = sum(each.incidents for each in blocks) / ground
    if max((each.incidents - off) / each.shape.area for each in blocks) > _ABOVE * average:
        return (
            "Some blocks of the map are clearly above the ward's average; the figures do not say "
            "which had most."
        )
    return "No part of the ward's map stands out: any difference could be chance."


def _signed(share: float) -> str:
    if abs(share) < 0.005:
        return "hardly any change"
    return f"{abs(share):.0%} {'more' if share > 0 else 'fewer'}"
