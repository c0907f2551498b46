"""The filter that every page shares, and its form in a link.

A filter is a frozen value in one canonical form (names sorted, repeats dropped), so that equal
filters are equal keys of a cache. An empty choice means no restriction.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date
from typing import TYPE_CHECKING, Final, Literal, cast, get_args
from urllib.parse import quote, unquote

from geo.errors import PlainError
from models.calendar.night_rule import NIGHT_WINDOWS, NightWindow
from models.calendar.periods import Comparison, Period
from models.wording.categories import CATEGORIES, LINK_NAMES
from models.wording.nearest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

HoursKind = Literal["all", "clock", "nights", "nte"]
HOURS_KINDS: Final[tuple[str, ...]] = get_args(HoursKind)
COMPARISONS: Final[tuple[str, ...]] = get_args(Comparison)
QUERY_KEYS: Final = ("from", "to", "compare", "category", "hours", "days", "ward", "source")
_ALL: Final = "all"
_NIGHTLY: Final = ("nights", "nte")
_YEARS: Final = range(1900, 2200)
_LONGEST_FAULT: Final = 160


class FilterError(PlainError, ValueError):
    """A filter's parts contradict each other or name something unknown."""


@dataclass(frozen=True, slots=True)
class HoursFilter:
    """Which hours of the week take part.

    Attributes
    ----------
    kind : str
        ``all``: every incident, those without an hour too. ``clock``: from `start_hour` to
        `end_hour` on `weekdays`. ``nights``: the nights of the NTE rule that begin on `weekdays`.
        ``nte``: NTE incidents by the rule.
    window : NightWindow
        For ``nights`` and ``nte``: the part of the night that takes part.
    start_hour, end_hour : int
        For ``clock``: 0 to 23 and 1 to 24. Where the end is not after the start, the hours run past
        midnight and belong to the day on which they begin.
    weekdays : tuple of int
        0 is Monday. Empty: every day for ``clock``, the review's nights for ``nights``.
    """

    kind: HoursKind = "all"
    start_hour: int = 0
    end_hour: int = 24
    weekdays: tuple[int, ...] = ()
    window: NightWindow = "night"

    def __post_init__(self) -> None:
        if self.kind not in HOURS_KINDS:
            message = (
                f"Unknown hours {self.kind!r}{did_you_mean(self.kind, HOURS_KINDS)}; "
                f"choose one of {', '.join(HOURS_KINDS)}"
            )
            raise FilterError(message)
        if self.window not in NIGHT_WINDOWS:
            message = (
                f"Unknown part of the night {self.window!r}"
                f"{did_you_mean(self.window, NIGHT_WINDOWS)}; "
                f"choose one of {', '.join(NIGHT_WINDOWS)}"
            )
            raise FilterError(message)
        if self.window != "night" and self.kind not in _NIGHTLY:
            message = (
                f"The part of the night {self.window!r} goes with the hours nights or nte, not "
                f"with {self.kind!r}"
            )
            raise FilterError(message)
        if not (0 <= self.start_hour <= 23 and 1 <= self.end_hour <= 24):
            message = (
                f"Unknown hours {self.start_hour} to {self.end_hour}; "
                "they start from 0 to 23 and end from 1 to 24"
            )
            raise FilterError(message)
        if self.start_hour == self.end_hour:
            message = (
                f"The hours from {self.start_hour} to {self.end_hour} are empty; "
                "use 0 to 24 for the whole day"
            )
            raise FilterError(message)
        if not set(self.weekdays) <= set(range(7)):
            message = f"Unknown weekdays {self.weekdays}; they are 0 (Monday) to 6 (Sunday)"
            raise FilterError(message)
        object.__setattr__(self, "weekdays", tuple(sorted(set(self.weekdays))))


@dataclass(frozen=True, slots=True)
class IncidentFilter:
    """Which incidents a view is of.

    Attributes
    ----------
    period : Period
    comparison : str
        ``last_year``, ``before`` or ``none``.
    categories : tuple of str
        Of the closed list; empty for all.
    hours : HoursFilter
    wards : tuple of str
        Ward codes; empty for the home borough's wards, or for all where it is not in the layer.
    sources : tuple of str
        Empty for all.
    """

    period: Period
    comparison: Comparison = "last_year"
    categories: tuple[str, ...] = ()
    hours: HoursFilter = field(default_factory=HoursFilter)
    wards: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if self.comparison not in COMPARISONS:
            message = (
                f"Unknown comparison {self.comparison!r}; choose one of {', '.join(COMPARISONS)}"
            )
            raise FilterError(message)
        unknown = sorted(set(self.categories) - set(CATEGORIES))
        if unknown:
            message = (
                f"Unknown category {unknown[0]!r}{did_you_mean(unknown[0], CATEGORIES)}; "
                f"there are {', '.join(CATEGORIES)}"
            )
            raise FilterError(message)
        if not {self.period.first.year, self.period.last.year} <= set(_YEARS):
            message = (
                f"The period is out of range: {self.period}; it must lie in {_YEARS[0]} to "
                f"{_YEARS[-1]}"
            )
            raise FilterError(message)
        ordered = tuple(name for name in CATEGORIES if name in self.categories)
        object.__setattr__(self, "categories", ordered)
        object.__setattr__(self, "wards", tuple(sorted(set(self.wards))))
        object.__setattr__(self, "sources", tuple(sorted(set(self.sources))))


@dataclass(frozen=True, slots=True)
class ReadQuery:
    """A filter read from a link; `problems` says in plain words what of it could not be used."""

    filter: IncidentFilter
    problems: tuple[str, ...] = ()


def to_query(incident_filter: IncidentFilter) -> dict[str, str]:
    """Return the filter as query parameters; `from_query` gives the same filter back."""
    hours = incident_filter.hours
    return {
        "from": incident_filter.period.first.isoformat(),
        "to": incident_filter.period.last.isoformat(),
        "compare": incident_filter.comparison,
        "category": _listed(_link_names(incident_filter.categories)),
        "hours": _hours_of_link(hours),
        "days": _listed(tuple(str(day) for day in hours.weekdays)),
        "ward": _listed(incident_filter.wards),
        "source": _listed(incident_filter.sources),
    }


def from_query(
    query: Mapping[str, str],
    *,
    default: IncidentFilter,
    wards: Collection[str] | None = None,
    sources: Collection[str] | None = None,
) -> ReadQuery:
    """Read a filter from query parameters; never fails.

    Parameters
    ----------
    query : mapping of str to str
        Keys other than `QUERY_KEYS` are left alone; a missing key takes the default's value.
    default : IncidentFilter
        Stands in for each part that cannot be read.
    wards, sources : collection of str, optional
        Those that exist; others are dropped with a notice.
    """
    problems: list[str] = []
    chosen = replace(
        default,
        period=_period(query, default=default.period, problems=problems),
        hours=_hours(query, default=default.hours, problems=problems),
    )
    if "compare" in query:
        if query["compare"] in COMPARISONS:
            chosen = replace(chosen, comparison=cast("Comparison", query["compare"]))
        else:
            problems.append(_unread("comparison", query["compare"]))
    known = {"category": LINK_NAMES, "ward": wards, "source": sources}
    parts = {
        key: _names(query[key], what=key, known=known[key], problems=problems)
        for key in known
        if key in query
    }
    return ReadQuery(
        filter=replace(
            chosen,
            categories=_or_default(_of_link(parts.get("category")), default.categories),
            wards=_or_default(parts.get("ward"), default.wards),
            sources=_or_default(parts.get("source"), default.sources),
        ),
        problems=tuple(problems),
    )


def _hours_of_link(hours: HoursFilter) -> str:
    clock = f"{hours.start_hour}-{hours.end_hour}"
    part = hours.window if hours.window != "night" else "" if clock == "0-24" else clock
    return f"{hours.kind}:{part}" if part else hours.kind


def _listed(names: tuple[str, ...]) -> str:
    if not names:
        return _ALL
    listed = ",".join(quote(name, safe="") for name in names)
    return listed + "," if listed == _ALL else listed  # something that is really called "all"


def _link_names(categories: tuple[str, ...]) -> tuple[str, ...]:
    """Return categories as links name them: ``other`` stands for other theft with other crime."""
    if {"theft", "other"} <= set(categories):
        return tuple(name for name in categories if name != "theft")
    return tuple("other_crime" if name == "other" else name for name in categories)


def _of_link(names: tuple[str, ...] | None) -> tuple[str, ...] | None:
    return None if names is None else tuple(each for name in names for each in LINK_NAMES[name])


def _names(
    text: str, *, what: str, known: Collection[str] | None, problems: list[str]
) -> tuple[str, ...] | None:
    """Return the names in a list; None where it holds no known name."""
    if text == _ALL:
        return ()
    names = [unquote(name) for name in text.split(",") if name]
    there = [name for name in names if known is None or name in known]
    problems.extend(
        f"The link names the {what} {_brief(name)}, which there is not"
        f"{did_you_mean(name, () if what == 'ward' else known or ())}; it was left out."
        for name in names
        if name not in there
    )
    if not there:
        problems.append(f"The link names no {what} that there is; the usual choice is shown.")
    return tuple(there) or None


def _or_default(read: tuple[str, ...] | None, default: tuple[str, ...]) -> tuple[str, ...]:
    return default if read is None else read


def _period(query: Mapping[str, str], *, default: Period, problems: list[str]) -> Period:
    if "from" not in query and "to" not in query:
        return default
    written = f"{query.get('from', '')} to {query.get('to', '')}"
    try:
        period = Period(date.fromisoformat(query["from"]), date.fromisoformat(query["to"]))
    except (KeyError, ValueError):
        problems.append(_unread("period", written))
        return default
    if not {period.first.year, period.last.year} <= set(_YEARS):
        problems.append(_unread("period", written))
        return default
    return period


def _hours(query: Mapping[str, str], *, default: HoursFilter, problems: list[str]) -> HoursFilter:
    if "hours" not in query and "days" not in query:
        return default
    kind, _, part = query.get("hours", default.kind).partition(":")
    window = part if part and kind in _NIGHTLY and not part[0].isdigit() else "night"
    start, _, end = ("0-24" if window == part or not part else part).partition("-")
    days = query.get("days", _ALL)
    try:
        weekdays = () if days == _ALL else tuple(int(day) for day in days.split(",") if day)
        return HoursFilter(
            cast("HoursKind", kind), int(start), int(end), weekdays, cast("NightWindow", window)
        )
    except ValueError as fault:
        unread = _unread("hours", f"{query.get('hours', '')} {query.get('days', '')}")
        problems.append(f"{unread} {_brief_fault(fault)}".strip())
        return default


def _unread(what: str, text: str) -> str:
    return f"The link's {what} ({_brief(text.strip())}) cannot be read; the default is used."


def _brief_fault(fault: ValueError) -> str:
    """Return what is wrong where it is in words for the user; "" where a number is none."""
    return (
        f"{fault}." if isinstance(fault, FilterError) and len(f"{fault}") < _LONGEST_FAULT else ""
    )


def _brief(text: str) -> str:
    return repr(text if len(text) <= 40 else text[:37] + "...")
