"""Rows of what is no incident: visits and reviews from the operations store, and typed values."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from geo.counting import counted
from models.calendar.months import Month
from models.calendar.quarters import Quarter, a_year_before, days_of
from models.indicators.performance import Figure, change_of_counts, change_of_shares
from models.performance.beginning import QuarterInputs, months_of, partial, with_target
from models.performance.varying import dispersion_before
from models.statistics.dispersion import drawn_towards

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from models.indicators.catalogue import Indicator
    from models.performance.pack import IndicatorRow

_QUARTERS: Final = 9


def operations_row(inputs: QuarterInputs, indicator: Indicator) -> IndicatorRow:
    """Return the row of what is counted from the operations store."""
    days = inputs.activity.visits if indicator.key == "visits_made" else inputs.activity.reviewed
    since = inputs.activity.since

    def known(month: date) -> frozenset[str] | None:
        over = Month.of(month).last < inputs.today
        return frozenset({"here"}) if over and since is not None and month >= since else None

    def total(months: Sequence[date]) -> Figure:
        wanted = {(month.year, month.month) for month in months}
        return Figure(sum((day.year, day.month) in wanted for day in days))

    months, compared = months_of(inputs.quarter, known)
    if not months:
        row = with_target(inputs, indicator, change=None, now=None)
        why = "There is no whole month of the quarter that is over and of which there are records."
        return replace(row, notes=(why,))
    earlier = tuple(a_year_before(month) for month in compared)
    change, before = None, None
    if compared:
        before = total(earlier)
        change = change_of_counts(
            total(compared),
            before,
            days_now=days_of(compared),
            days_before=days_of(earlier),
            dispersion=drawn_towards(
                dispersion_before(
                    inputs, lambda month: total((month,)).value if known(month) else None
                ),
                inputs.usual,
            ),
        )
    row = with_target(inputs, indicator, change=change, now=total(months))
    notes = partial(inputs, months, compared)
    return replace(row, before=before, months=months, compared=compared, notes=notes)


def typed_row(inputs: QuarterInputs, indicator: Indicator) -> IndicatorRow:
    """Return the row of what is typed in; it is compared when the quarter is over."""
    now = _typed(inputs, indicator, inputs.quarter)
    before = _typed(inputs, indicator, inputs.quarter.year_before)
    over = inputs.quarter.period.last < inputs.today
    change = None
    if now is not None and before is not None and over:
        if indicator.unit == "per cent":
            change = change_of_shares(now, before)
        else:
            # What is typed in by quarter has too short a history to say how it varies.
            change = change_of_counts(
                now,
                before,
                days_now=days_of(inputs.quarter.months),
                days_before=days_of(inputs.quarter.year_before.months),
                dispersion=inputs.usual,
            )
    notes = []
    if now is None:
        notes.append("Not typed in or imported for this quarter yet.")
    elif not over:
        notes.append("The quarter is not over, so the value is not compared.")
    elif before is None:
        notes.append("Not compared: there is no value for the same quarter a year earlier.")
    if now is not None and now.replies:
        notes.append(f"{counted(now.replies, 'reply', 'replies')}.")
    row = with_target(inputs, indicator, change=change, now=now)
    return replace(
        row,
        before=before if change is not None else None,
        months=inputs.quarter.months if now is not None else (),
        compared=inputs.quarter.months if change is not None else (),
        rolling=_typed_rolling(inputs, indicator),
        notes=tuple(notes),
    )


def _typed(inputs: QuarterInputs, indicator: Indicator, quarter: Quarter) -> Figure | None:
    found = inputs.typed.get((indicator.key, quarter.key))
    if not found:
        return None
    return Figure(found[-1].draft.value, replies=found[-1].draft.replies)


def _typed_rolling(
    inputs: QuarterInputs, indicator: Indicator
) -> tuple[tuple[date, float | None], ...]:
    ordered = [inputs.quarter]
    while len(ordered) < _QUARTERS + 3:
        ordered.insert(0, ordered[0].previous)
    values = [_typed(inputs, indicator, each) for each in ordered]
    points: list[tuple[date, float | None]] = []
    for at in range(3, len(values)):
        wanted = values[at : at + 1] if indicator.unit == "per cent" else values[at - 3 : at + 1]
        held = [each.value for each in wanted if each is not None]
        total = sum(held) if len(held) == len(wanted) else None
        points.append((ordered[at].months[2], total))
    return tuple(points)
