"""One indicator in one quarter: its figure, the year before, the change, and what to know of it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from data.performance_counts import covering, figure, home_borough, month_number, month_of
from models.indicators.pack import Beside, Row
from models.indicators.performance import (
    Change,
    Figure,
    change_of_counts,
    change_of_shares,
    status,
)
from models.indicators.quarters import (
    Quarter,
    a_year_before,
    days_of,
    month_end,
    months_words,
    twelve_months_to,
    year_words,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import date

    from data.incidents.detection import Store
    from data.operations.performance_activity import Activity
    from data.performance_counts import Counts, Tally
    from models.indicators.catalogue import Indicator
    from models.indicators.records import Commentary, Target, TypedValue

ROLLING: Final = 25  # totals of twelve months that are shown: two years and one month
_QUARTERS: Final = 9


@dataclass(frozen=True, slots=True)
class Beginning:
    """What every row of a quarter is made from.

    Attributes
    ----------
    store, counts, activity
    quarter : Quarter
    today : date
        Local.
    targets, histories, typed : mapping
        As the operations store gives them.
    residents : mapping of str to float
        By borough code, where they are loaded.
    """

    store: Store
    counts: Counts
    activity: Activity
    quarter: Quarter
    today: date
    targets: Mapping[str, Target]
    histories: Mapping[str, tuple[Commentary, ...]]
    typed: Mapping[tuple[str, str], tuple[TypedValue, ...]]
    residents: Mapping[str, float]


def row_of(begun: Beginning, indicator: Indicator) -> Row:
    """Return the row of one indicator."""
    if indicator.kind == "incident":
        return _incident_row(begun, indicator)
    if indicator.kind == "operations":
        return _operations_row(begun, indicator)
    return _typed_row(begun, indicator)


def beside(begun: Beginning, tally: Tally, *, borough: int, name: str) -> Beside:
    """Return what a borough has of an indicator in the quarter, beside the year before."""
    known = _known_months(begun, tally, borough)
    months, compared = _months(begun.quarter, known)
    now, before, change, _ = _compared(begun, tally, borough, months, compared)
    people = begun.residents.get(begun.store.snapshot.borough_codes[borough])
    per_1000 = now.value / people * 1000 if now is not None and people else None
    return Beside(name, now, before, change, per_1000=per_1000)


def _incident_row(begun: Beginning, indicator: Indicator) -> Row:
    tally = begun.counts.tallies[indicator.key]
    home = home_borough(begun.store)
    known = _known_months(begun, tally, home)
    months, compared = _months(begun.quarter, known)
    now, before, change, notes = _compared(begun, tally, home, months, compared)
    if not months:
        notes = (_why_no_months(begun, indicator, tally),)
    row = _with_target(begun, indicator, change=change, now=now)
    return replace(
        row,
        before=before,
        months=months if now is not None else (),
        compared=compared if change is not None else (),
        rolling=_rolling(begun, tally, home, known) if now is not None else (),
        sources=_sources(begun, tally, home, months=months, compared=compared),
        boroughs=_boroughs(begun, tally, home) if tally.counted.place == "borough" else (),
        notes=(*notes, *_partial(begun, months, compared)),
    )


def _with_target(
    begun: Beginning, indicator: Indicator, *, change: Change | None, now: Figure | None
) -> Row:
    set_here = begun.targets.get(indicator.key)
    target = indicator.default_target if set_here is None else set_here.change
    return Row(
        indicator=indicator,
        now=now,
        before=None,
        months=(),
        compared=(),
        change=change,
        target=target,
        owner=set_here.owner if set_here else "",
        status=status(change, target=target, direction=indicator.direction),
        rolling=(),
        sources=(),
        boroughs=(),
        notes=(),
        history=begun.histories.get(indicator.key, ()),
    )


def _known_months(
    begun: Beginning, tally: Tally, borough: int
) -> Callable[[date], frozenset[str] | None]:
    kept: dict[date, frozenset[str] | None] = {}

    def known(month: date) -> frozenset[str] | None:
        if month not in kept:
            kept[month] = covering(
                begun.store, begun.counts, tally, borough=borough, month=month, today=begun.today
            )
        return kept[month]

    return known


def _months(
    quarter: Quarter, known: Callable[[date], frozenset[str] | None]
) -> tuple[tuple[date, ...], tuple[date, ...]]:
    """Return the quarter's complete months, and those of them that can be compared."""
    months = tuple(month for month in quarter.months if known(month) is not None)
    compared = tuple(month for month in months if known(a_year_before(month)) == known(month))
    return months, compared


def _compared(
    begun: Beginning,
    tally: Tally,
    borough: int,
    months: tuple[date, ...],
    compared: tuple[date, ...],
) -> tuple[Figure | None, Figure | None, Change | None, tuple[str, ...]]:
    if not months:
        return None, None, None, ()
    now, notes = figure(begun.counts, tally, borough=borough, months=months)
    if not now.trusted:
        return None, None, None, (_untrusted(now),)
    if now.unknown:
        notes = (*notes, _at_least(now))
    if not compared:
        return now, None, None, notes
    earlier = tuple(a_year_before(month) for month in compared)
    before, _ = figure(begun.counts, tally, borough=borough, months=earlier)
    same, _ = figure(begun.counts, tally, borough=borough, months=compared)
    if not (before.trusted and same.trusted):
        return now, None, None, (*notes, f"A year earlier: {_untrusted(before)}")
    change = change_of_counts(
        same, before, days_now=days_of(compared), days_before=days_of(earlier)
    )
    return now, before, change, notes


def _untrusted(found: Figure) -> str:
    return (
        f"There is no figure: of {found.unknown:,} incidents it is not known whether they count "
        f"(a flag or the hour is missing), beside {found.value:,.0f} that do. Ask the source for "
        "the missing flag."
    )


def _at_least(found: Figure) -> str:
    return (
        f"At least {found.value:,.0f}: of {found.unknown:,} more incidents it is not known whether "
        "they count (a flag or the hour is missing). The interval allows for all of them."
    )


def _partial(
    begun: Beginning, months: tuple[date, ...], compared: tuple[date, ...]
) -> tuple[str, ...]:
    if not months:
        return ()
    said = []
    if len(months) < 3:
        kind = "Quarter to date" if begun.quarter.period.last >= begun.today else "Incomplete data"
        said.append(f"{kind}: {months_words(months)} only.")
    if not compared:
        said.append("Not compared: the same months a year earlier are not covered in the same way.")
    elif len(compared) < len(months) or len(months) < 3:
        earlier = tuple(a_year_before(month) for month in compared)
        said.append(f"Compared: {months_words(compared)} with {months_words(earlier)}.")
    return tuple(said)


def _why_no_months(begun: Beginning, indicator: Indicator, tally: Tally) -> str:
    year = year_words(begun.quarter.year)
    if tally.counted.place == "asb_hotspots" and _unfixed(begun.quarter, tally):
        return f"The ASB hotspots of {year} are not fixed yet. Fix them on this page."
    if tally.counted.place == "nte_areas" and tally.unfixed:
        return "No night-time-economy areas are kept yet. Keep them on the page Night-time economy."
    if begun.quarter.months[0] > begun.today:
        return "The quarter has not begun."
    if not tally.boroughs[home_borough(begun.store)].any():
        return f"No source loaded holds incidents of {indicator.name.lower()} for the borough."
    return "No month of this quarter is complete in the data."


def _unfixed(quarter: Quarter, tally: Tally) -> bool:
    return month_number(quarter.months[0]) in tally.unfixed


def _rolling(
    begun: Beginning,
    tally: Tally,
    borough: int,
    known: Callable[[date], frozenset[str] | None],
) -> tuple[tuple[date, float | None], ...]:
    """Return totals of twelve months; None where one is not complete or the sources change."""
    last = month_number(begun.quarter.months[2])
    totals: list[tuple[date, float | None]] = []
    for end in (month_of(number) for number in range(last - ROLLING + 1, last + 1)):
        twelve = twelve_months_to(end)
        found = {known(month) for month in twelve}
        total = None
        if len(found) == 1 and None not in found:
            whole, _ = figure(begun.counts, tally, borough=borough, months=twelve)
            total = whole.value if whole.trusted else None
        totals.append((end, total))
    while totals and totals[-1][1] is None:
        totals.pop()  # months still to come
    return tuple(totals)


def _sources(
    begun: Beginning,
    tally: Tally,
    home: int,
    *,
    months: Sequence[date],
    compared: Sequence[date],
) -> tuple[Beside, ...]:
    """Return each source by itself, where there are several."""
    if tally.counted.measure != "incidents" or home < 0:
        return ()
    at = [month_number(month) - begun.counts.months.start for month in months]
    same = [month_number(month) - begun.counts.months.start for month in compared]
    year_before = [index - 12 for index in same if index >= 12]
    listed = []
    for name, monthly in zip(begun.counts.rows.sources, tally.sources, strict=True):
        if monthly.any():
            before = Figure(int(monthly[year_before].sum())) if year_before else None
            listed.append(Beside(name, Figure(int(monthly[at].sum())), before, None))
    return tuple(listed) if len(listed) > 1 else ()


def _boroughs(begun: Beginning, tally: Tally, home: int) -> tuple[Beside, ...]:
    names = begun.store.snapshot.borough_names
    others = (borough for borough in range(len(names)) if borough != home)
    found = (beside(begun, tally, borough=each, name=names[each]) for each in others)
    return tuple(each for each in found if each.now is not None)


def _operations_row(begun: Beginning, indicator: Indicator) -> Row:
    days = begun.activity.visits if indicator.key == "visits_made" else begun.activity.reviewed
    since = begun.activity.since

    def known(month: date) -> frozenset[str] | None:
        over = month_end(month) < begun.today
        return frozenset({"here"}) if over and since is not None and month >= since else None

    def total(months: Sequence[date]) -> Figure:
        wanted = {(month.year, month.month) for month in months}
        return Figure(sum((day.year, day.month) in wanted for day in days))

    months, compared = _months(begun.quarter, known)
    if not months:
        row = _with_target(begun, indicator, change=None, now=None)
        why = "There is no whole month of the quarter that is over and of which there are records."
        return replace(row, notes=(why,))
    earlier = tuple(a_year_before(month) for month in compared)
    change, before = None, None
    if compared:
        before = total(earlier)
        change = change_of_counts(
            total(compared), before, days_now=days_of(compared), days_before=days_of(earlier)
        )
    row = _with_target(begun, indicator, change=change, now=total(months))
    notes = _partial(begun, months, compared)
    return replace(row, before=before, months=months, compared=compared, notes=notes)


def _typed_row(begun: Beginning, indicator: Indicator) -> Row:
    now = _typed(begun, indicator, begun.quarter)
    before = _typed(begun, indicator, begun.quarter.year_before)
    over = begun.quarter.period.last < begun.today
    change = None
    if now is not None and before is not None and over:
        if indicator.unit == "per cent":
            change = change_of_shares(now, before)
        else:
            days = days_of(begun.quarter.months), days_of(begun.quarter.year_before.months)
            change = change_of_counts(now, before, days_now=days[0], days_before=days[1])
    notes = []
    if now is None:
        notes.append("Not typed in or imported for this quarter yet.")
    elif not over:
        notes.append("The quarter is not over, so the value is not compared.")
    elif before is None:
        notes.append("Not compared: there is no value for the same quarter a year earlier.")
    if now is not None and now.replies:
        notes.append(f"{now.replies:,} replies.")
    row = _with_target(begun, indicator, change=change, now=now)
    return replace(
        row,
        before=before if change is not None else None,
        months=begun.quarter.months if now is not None else (),
        compared=begun.quarter.months if change is not None else (),
        rolling=_typed_rolling(begun, indicator),
        notes=tuple(notes),
    )


def _typed(begun: Beginning, indicator: Indicator, quarter: Quarter) -> Figure | None:
    found = begun.typed.get((indicator.key, quarter.key))
    if not found:
        return None
    return Figure(found[-1].draft.value, replies=found[-1].draft.replies)


def _typed_rolling(begun: Beginning, indicator: Indicator) -> tuple[tuple[date, float | None], ...]:
    ordered = [begun.quarter]
    while len(ordered) < _QUARTERS + 3:
        ordered.insert(0, ordered[0].previous)
    values = [_typed(begun, indicator, each) for each in ordered]
    points: list[tuple[date, float | None]] = []
    for at in range(3, len(values)):
        wanted = values[at : at + 1] if indicator.unit == "per cent" else values[at - 3 : at + 1]
        held = [each.value for each in wanted if each is not None]
        total = sum(held) if len(held) == len(wanted) else None
        points.append((ordered[at].months[2], total))
    return tuple(points)
