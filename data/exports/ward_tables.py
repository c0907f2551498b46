"""The published figures of a ward as tables: for the page, the handout and the CSV file.

All of it comes from a `WardView`, which holds nothing that may not be shown. A count that is not
shown on its own (of figures by an earlier version) is empty in numbers and "not shown" in words.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from data.exports.spreadsheet import csv_bytes
from models.ward_panel.profile import BAND_HOURS, changed_kinds, months_label
from models.ward_panel.ward_map import LEVELS
from models.ward_panel.ward_release import BANDS, NO_HOUR, hours_known
from models.wording.categories import PANEL_CATEGORIES, PANEL_LABELS
from models.wording.days import day_label

if TYPE_CHECKING:
    from models.ward_panel.view import WardView
    from models.ward_panel.ward_release import WardFigures, WardQuarter

NOT_SHOWN: Final = "not shown"
FILE_COLUMNS: Final = (
    "Quarter",
    "Area",
    "Broken down by",
    "Part",
    "Incidents",
    "Within, 19 times of 20",
    "Published",
    "Incident table version",
    "Sources",
    "Public sources",
    "Revision",
    "Protected by",
)
_WEEKS_A_DAY: Final = 7
_PROTECTED: Final = {"changing": "changing figures by chance", "hiding": "hiding small counts"}


def count_label(n: int | None) -> str:
    """Return a count as a table shows it."""
    return NOT_SHOWN if n is None else f"{n:,}"


def kinds_table(view: WardView) -> pd.DataFrame:
    """Return each kind of incident: this quarter, a year before, and how sure the change is.

    Returns
    -------
    DataFrame
        Columns ``Kind``, ``This quarter``, ``A year before``, ``Change``; most first, what is not
        shown last.
    """
    newest, before = view.newest, view.year_before
    if newest.figures is None:
        return pd.DataFrame(columns=["Kind", "This quarter", "A year before", "Change"])
    then = (
        before.figures.categories if before and before.figures else (None,) * len(PANEL_CATEGORIES)
    )
    rows = []
    for (name, found), n, was in zip(
        changed_kinds(view), newest.figures.categories, then, strict=True
    ):
        change = "cannot be said" if found is None else found.short
        if before is None:
            change = "no figures to compare with"
        shown_before = count_label(was) if before else "no figures"
        rows.append((n, PANEL_LABELS[name], count_label(n), shown_before, change))
    rows.sort(key=lambda row: -1 if row[0] is None else row[0], reverse=True)
    return pd.DataFrame(
        [row[1:] for row in rows], columns=["Kind", "This quarter", "A year before", "Change"]
    )


def quarters_table(view: WardView) -> pd.DataFrame:
    """Return each kind of incident in every published quarter, the newest first."""
    held = [one for one in reversed(view.quarters) if one.figures is not None]
    columns = {
        _quarter_label(one, view.newest): [
            count_label(one.figures.total),
            *(count_label(n) for n in one.figures.categories),
        ]
        for one in held
        if one.figures is not None
    }
    kinds = ["All incidents", *(PANEL_LABELS[name] for name in PANEL_CATEGORIES)]
    return pd.DataFrame({"Kind": kinds, **columns})


def _quarter_label(one: WardQuarter, newest: WardQuarter) -> str:
    """Name a quarter, and say so where its figures count something else than the newest."""
    earlier = " (earlier version)" if one.method != newest.method else ""
    return f"{months_label(one.quarter)}{earlier}"


def hours_table(view: WardView) -> pd.DataFrame:
    """Return each part of the week with its count, and how many that is for each of its hours.

    No rows where most hours are not known.
    """
    newest = view.newest
    columns = ["Part of the week", "Incidents", "For each hour"]
    if newest.figures is None or not newest.hours_known:
        return pd.DataFrame(columns=columns)
    weeks = newest.quarter.period.days / _WEEKS_A_DAY
    rows = []
    for at, (label, n) in enumerate(zip(BANDS, newest.figures.bands, strict=True)):
        rate = "" if n is None or at == NO_HOUR else f"{n / (BAND_HOURS[at] * weeks):.2f}"
        rows.append((label, count_label(n), rate))
    return pd.DataFrame(rows, columns=columns)


def months_table(view: WardView) -> pd.DataFrame:
    """Return the last twelve months: ward and borough, each with the same month a year before."""
    held = [
        (f"{each.first:%b %Y}", each.ward, each.ward_before, each.borough, each.borough_before)
        for each in view.months()
    ]
    columns = [
        "Month",
        view.ward_name,
        f"{view.ward_name}, a year before",
        view.borough_name,
        f"{view.borough_name}, a year before",
    ]
    table = pd.DataFrame(held, columns=columns)
    return table.astype(dict.fromkeys(columns[1:], "Int64"))


def map_table(view: WardView) -> pd.DataFrame:
    """Return the map's blocks in the order of their numbers."""
    return pd.DataFrame(
        [(each.number, each.where, each.incidents, LEVELS[each.level]) for each in view.map_blocks],
        columns=["Block", "Part of the ward", "Incidents", "For its ground"],
    )


def figures_file(view: WardView) -> bytes:
    """Return every published figure of a ward and of the borough next to it, as one CSV file."""
    rows: list[tuple[str | int, ...]] = []
    for quarter in view.quarters:
        about = _about(quarter)
        when = months_label(quarter.quarter)
        for area, figures in (
            (view.ward_name, quarter.figures),
            (quarter.borough_name, quarter.borough),
        ):
            if figures is None:
                rows.append((when, area, "all", "all", NOT_SHOWN, "", *about))
                continue
            months = tuple(f"{month:%B %Y}" for month in quarter.quarter.months)
            for by, part, n in _parts(figures, months=months):
                off = quarter.total_give_or_take if by == "all" else quarter.give_or_take
                shown = NOT_SHOWN if n is None else n
                rows.append((when, area, by, part, shown, "" if n is None else off, *about))
    newest = view.newest
    for each in view.map_blocks:
        part = f"block {each.number} ({each.where})"
        when = months_label(newest.quarter)
        row = (when, view.ward_name, "map block", part, each.incidents, newest.give_or_take)
        rows.append((*row, *_about(newest)))
    return csv_bytes(pd.DataFrame(rows, columns=list(FILE_COLUMNS)))


def _about(quarter: WardQuarter) -> tuple[str | int, ...]:
    return (
        day_label(quarter.published_at),
        quarter.table_version,
        "; ".join(quarter.sources),
        "; ".join(quarter.public_sources),
        quarter.revision,
        _PROTECTED[quarter.method],
    )


def _parts(figures: WardFigures, *, months: tuple[str, ...]) -> list[tuple[str, str, int | None]]:
    kinds = [PANEL_LABELS[name] for name in PANEL_CATEGORIES]
    hours = list(zip(BANDS, figures.bands, strict=True)) if hours_known(figures) else []
    return [
        ("all", "all", figures.total),
        *(("kind", label, n) for label, n in zip(kinds, figures.categories, strict=True)),
        *(("month", label, n) for label, n in zip(months, figures.months, strict=True)),
        *(("part of the week", label, n) for label, n in hours),
    ]
