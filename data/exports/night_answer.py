"""What the nights of a view come to, in the sentence that stands above each of their sections.

That an area is emerging, growing or falling is said only where `models.nights.standing` says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from geo.counting import counted
from geo.naming.words import sentence_case
from models.wording.lists import list_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from models.calendar.night_rule import NightRule
    from models.nights.area_rows import AreaRow
    from models.nights.review import NightReview
    from models.nights.standing import StandingName

_MOVING: Final[tuple[StandingName, ...]] = ("emerging", "growing", "falling")
_MOST_NAMED: Final = 2
_EACH_NIGHT: Final = ", a night"  # how the columns of `data.exports.nights.hours_frame` end


def areas_answer(rows: Sequence[AreaRow], *, rule: NightRule) -> str:
    """Return where the nights have the most incidents, when, and which areas change.

    Parameters
    ----------
    rows : sequence of AreaRow
        The most incidents first; at least one.
    rule : NightRule
        The part of the night that is counted.
    """
    return f"{_busiest(rows, rule=rule)}; {_changes(rows)}."


def _busiest(rows: Sequence[AreaRow], *, rule: NightRule) -> str:
    when = "night-time incidents"
    if rule.window != "night":
        when = f"incidents from {rule.hours_label}"
    first = rows[0]
    if not first.kinds.total:
        return f"No night-time area has {when} in this period"
    of = f" of {len(rows)} areas" if len(rows) > 1 else ""
    most = f"has the most {when}{of}" if of else f"is the one night-time area, with {when}"
    busy = f", busiest {first.peak}" if first.peak else ""
    return f"{sentence_case(first.name)} {most}{busy}"


def _changes(rows: Sequence[AreaRow]) -> str:
    if all(row.standing.name == "not compared" for row in rows):
        return "without two years of nights it is not known whether any is emerging or growing"
    said = []
    for name in _MOVING:
        those = [row.name for row in rows if row.standing.name == name]
        if those:
            noun = "area is" if len(those) == 1 else "areas are"
            said.append(f"{len(those)} {noun} {name}: {_named(those)}")
    return "; ".join(said) or "none is emerging, growing or falling"


def _named(names: Sequence[str]) -> str:
    more = len(names) - _MOST_NAMED
    shown = list(names[:_MOST_NAMED])
    return list_label([*shown, f"{more} more"] if more > 0 else shown)


def nights_answer(review: NightReview) -> str:
    """Return how busy a night is, and how much busier the busiest kind of night."""
    rate = review.rate
    spread = f"{counted(rate.incidents, 'incident')} on {counted(rate.nights, 'night')}"
    said = f"{spread}: {rate.per_night:.1f} a night."
    busiest = max(review.groups, key=lambda each: each.rate.per_night)
    rest = review.groups[-1]
    if rest.rate.incidents and busiest is not rest:
        times = busiest.rate.per_night / rest.rate.per_night
        said += (
            f" A {busiest.group.label} has {times:.1f} times as many as each of the "
            f"{rest.group.label.lower()}."
        )
    return said


def hours_answer(hours: pd.DataFrame) -> str:
    """Return in which hour each kind of night has the most incidents.

    Parameters
    ----------
    hours : DataFrame
        From `data.exports.nights.hours_frame`.
    """
    peaks = []
    for column in hours.columns:
        if column.endswith(_EACH_NIGHT) and hours[column].any():
            name = column.removesuffix(_EACH_NIGHT)
            at = int(hours[column].argmax())
            peaks.append(f"{name} from {hours['Hour'].iloc[at]} ({hours[column].iloc[at]:.1f})")
    return f"The hours with the most incidents, each night: {'; '.join(peaks)}."
