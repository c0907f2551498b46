"""The filters above a page, each a chip that says what it is set to, drawn by `app.py`.

A page has those that take part in what it shows (`pages.shell.menu`). They begin with what the
opened link says, else with the store's default: the months that hotspots are drawn from everywhere,
against the same months last year. `current_filter` turns them into the
one filter value that every query takes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, cast

import streamlit as st

from models.calendar.night_rule import NIGHT_WINDOWS, NightWindow
from models.calendar.periods import Comparison, Period
from models.calendar.week import WEEKDAYS
from models.incidents.filters import HoursFilter, HoursKind, IncidentFilter, from_query
from models.incidents.selection import months_to
from models.incidents.view import (
    HOURS_LABELS,
    PAGE_KEYS,
    VIEW_KEYS,
    home_name,
    hours_label,
    hours_sentence,
    read_method,
    unknown_keys,
)
from models.wording.categories import CATEGORIES, CATEGORY_LABELS
from pages.shell import state
from pages.shell.messages import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from data.incidents.store import Store
    from pages.shell.menu import Filter

SPANS: Final[dict[str, tuple[int, str]]] = {
    "month": (1, "Last complete month"),
    "quarter": (3, "Last 3 complete months"),
    "year": (12, "Last 12 complete months"),
}
OWN_DATES: Final = "dates"
COMPARISONS: Final[dict[str, str]] = {
    "last_year": "The same days last year",
    "before": "The period just before",
    "none": "Nothing",
}
COMPARISON_CHIPS: Final[dict[str, str]] = {
    "last_year": "Against last year",
    "before": "Against the period before",
    "none": "No comparison",
}
HOURS: Final[dict[str, str]] = {**HOURS_LABELS, "clock": "Choose hours and days"}
_KEYS: Final = (
    "span",
    "first_day",
    "last_day",
    "compare",
    "category",
    "hours",
    "from_hour",
    "to_hour",
    "weekdays",
    "night_part",
    "ward",
    "source",
)


def last_complete(store: Store, *, months: int) -> Period:
    """Return the last whole months that the data cover."""
    return months_to(store.default_filter().period.last, months=months)


def spans(store: Store) -> dict[str, tuple[int, str]]:
    """Return the spans of months to choose from: key, months and label, the default among them."""
    usual = store.window_months
    if usual in {months for months, _ in SPANS.values()}:
        return SPANS
    return {**SPANS, "usual": (usual, f"Last {usual} complete months")}


def begin(store: Store) -> tuple[str, ...]:
    """Fill the filters from the opened link, once; return what of it could not be read."""
    link = state.opened_link()
    read = from_query(
        link,
        default=store.default_filter(),
        wards=store.snapshot.ward_codes,
        sources=store.snapshot.sources,
    )
    opened = read.filter
    keys = {last_complete(store, months=months): key for key, (months, _) in spans(store).items()}
    state.begin(
        {
            "span": keys.get(opened.period, OWN_DATES),
            "first_day": opened.period.first,
            "last_day": opened.period.last,
            "compare": opened.comparison,
            "category": list(opened.categories),
            "hours": opened.hours.kind,
            "from_hour": opened.hours.start_hour if opened.hours.kind == "clock" else 18,
            "to_hour": opened.hours.end_hour if opened.hours.kind == "clock" else 23,
            "weekdays": list(opened.hours.weekdays),
            "night_part": opened.hours.window,
            "ward": list(opened.wards),
            "source": list(opened.sources),
        }
    )
    _drop_what_is_gone(store)
    state.keep(*_KEYS)
    _, unusable = read_method(link)
    return (*unknown_keys(link, known=(*VIEW_KEYS, *PAGE_KEYS)), *read.problems, *unusable)


def draw(store: Store, names: Sequence[Filter]) -> None:
    """Draw chips for filters; each opens on its controls. `app.py` calls this on every page."""
    for name in names:
        if name != "source" or len(store.snapshot.sources) > 1:
            with st.popover(plain(_chip(store, name)), key=f"chip_{name}"):
                _CONTROLS[name](store)
        if name == "span" and state.value("span") == OWN_DATES:
            _dates()


def _chip(store: Store, name: Filter) -> str:
    """Return what a filter is set to, as short as it can be said."""
    if name == "span":
        span = state.value("span")
        return str(_period(store)) if span == OWN_DATES else spans(store)[span][1]
    if name == "compare":
        return COMPARISON_CHIPS[state.value("compare")]
    if name == "hours":
        kind = state.value("hours")
        return (
            HOURS[kind] if kind != "clock" else hours_label(_chosen_hours(), rule=store.night_rule)
        )
    held, labels, of_all, several = {
        "category": (state.value("category"), CATEGORY_LABELS, "All categories", "categories"),
        "ward": (state.value("ward"), _ward_names(store), home_name(store), "wards"),
        "source": (state.value("source"), {}, "All sources", "sources"),
    }[name]
    if len(held) > 1:
        return f"{len(held)} {several}"
    return labels.get(held[0], held[0]) if held else of_all


def _span(store: Store) -> None:
    labels = {key: label for key, (_, label) in spans(store).items()} | {OWN_DATES: "Choose dates"}
    st.selectbox("Period", list(labels), key="span", format_func=labels.__getitem__)
    st.caption(
        f"Hotspots open on the last {store.window_months:,} complete months, on every page. "
        "*Accuracy* shows which window serves best here."
    )


def _dates() -> None:
    """Draw the days next to the chip: in it, a day that is typed would be lost as it folds away."""
    # Two boxes: in one box for both, the day and the month are too small to touch (WCAG 2.5.8).
    for label, key in (("First day", "first_day"), ("Last day", "last_day")):
        st.date_input(label, key=key, format="DD/MM/YYYY", width=150)


def _compare(_: Store) -> None:
    st.selectbox(
        "Compare with", list(COMPARISONS), key="compare", format_func=COMPARISONS.__getitem__
    )


def _category(_: Store) -> None:
    st.multiselect(
        "Categories",
        list(CATEGORIES),
        key="category",
        format_func=CATEGORY_LABELS.__getitem__,
        placeholder="All categories",
    )


def _source(store: Store) -> None:
    st.multiselect("Source", store.snapshot.sources, key="source", placeholder="All sources")


def current_filter(store: Store) -> IncidentFilter:
    """Return the filter that the chips say."""
    return IncidentFilter(
        period=_period(store),
        comparison=cast("Comparison", state.value("compare", "last_year")),
        categories=tuple(state.value("category", ())),
        hours=_chosen_hours(),
        wards=tuple(state.value("ward", ())),
        sources=tuple(state.value("source", ())),
    )


def set_to(*, period: Period, sources: Sequence[str]) -> None:
    """Set the chips to a period and its sources and everything else to all, from a callback."""
    for key, value in {
        "span": OWN_DATES,
        "first_day": period.first,
        "last_day": period.last,
        "category": [],
        "hours": "all",
        "ward": [],
        "source": list(sources),
    }.items():
        state.put(key, value)


def _period(store: Store) -> Period:
    usual = store.default_filter().period
    span = state.value("span")
    if span is None:
        return usual
    if span in spans(store):
        return last_complete(store, months=spans(store)[span][0])
    first = cast("date | None", state.value("first_day")) or usual.first
    last = cast("date | None", state.value("last_day")) or usual.last
    return Period(min(first, last), max(first, last))


def _hours(store: Store) -> None:
    st.selectbox("Hours", list(HOURS), key="hours", format_func=HOURS.__getitem__)
    kind = state.value("hours")
    if kind == "clock":
        left, right = st.columns(2)
        left.number_input("From hour", min_value=0, max_value=23, key="from_hour")
        right.number_input("To hour", min_value=1, max_value=24, key="to_hour")
        st.multiselect(
            "Days on which they start",
            list(range(7)),
            key="weekdays",
            format_func=lambda day: WEEKDAYS[day],
            placeholder="Every day",
        )
    elif kind != "all":
        part = cast("NightWindow", state.value("night_part", "night"))
        st.selectbox(
            "Part of the night",
            list(NIGHT_WINDOWS),
            key="night_part",
            format_func=lambda window: store.night_rule.of_window(window).window_label,
        )
        st.caption(plain(hours_sentence(HoursFilter(kind, window=part), rule=store.night_rule)))


def _chosen_hours() -> HoursFilter:
    kind = cast("HoursKind", state.value("hours", "all"))
    if kind != "clock":
        part = "night" if kind == "all" else state.value("night_part", "night")
        return HoursFilter(kind, window=cast("NightWindow", part))
    first, last = state.value("from_hour"), state.value("to_hour")
    if first == last:  # no hour at all: read as the whole day
        return HoursFilter("clock", 0, 24, tuple(state.value("weekdays", ())))
    return HoursFilter("clock", first, last, tuple(state.value("weekdays", ())))


def _ward_names(store: Store) -> dict[str, str]:
    return dict(zip(store.snapshot.ward_codes, store.snapshot.ward_names, strict=True))


def _wards(store: Store) -> None:
    snapshot = store.snapshot
    names = _ward_names(store)
    home = store.settings.borough_code
    boroughs = [*snapshot.borough_codes, ""]
    at_home = {
        code: boroughs[at] in (home, "")
        for code, at in zip(snapshot.ward_codes, snapshot.ward_boroughs, strict=True)
    }
    order = sorted(names, key=lambda code: (not at_home[code], names[code]))
    several = len(set(at_home.values())) > 1
    st.multiselect(
        "Wards",
        order,
        key="ward",
        format_func=lambda code: (
            names[code] + ("" if at_home[code] or not several else " (neighbour)")
        ),
        placeholder=home_name(store),
    )


def _drop_what_is_gone(store: Store) -> None:
    """Forget wards and sources that another import or ward file has taken away."""
    for key, known in (("ward", store.snapshot.ward_codes), ("source", store.snapshot.sources)):
        held = state.value(key, [])
        there = [name for name in held if name in known]
        if there != held:
            state.put(key, there)


_CONTROLS: Final[dict[Filter, Callable[[Store], None]]] = {
    "span": _span,
    "compare": _compare,
    "category": _category,
    "hours": _hours,
    "ward": _wards,
    "source": _source,
}
