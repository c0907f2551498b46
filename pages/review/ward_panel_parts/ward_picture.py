"""The published figures of a ward on the page: map, months, kinds, hours."""

from __future__ import annotations

from functools import partial
from html import escape
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from data.exports.ward_tables import (
    hours_table,
    kinds_table,
    map_table,
    months_table,
    quarters_table,
)
from geo.block_style import level_colours
from geo.counting import counted
from geo.screen.ward_blocks import block_layers
from models.ward_panel.about_figures import (
    caveats,
    map_caption,
    releases_label,
    sources_label,
)
from models.ward_panel.answers import (
    kinds_answer,
    months_answer,
    other_sentences,
    ward_answer,
    where_answer,
)
from models.ward_panel.profile import BAND_HOURS, about, months_label, whole_change
from models.ward_panel.ward_map import LEVELS, levels_in_use
from models.ward_panel.ward_release import BANDS, NO_HOUR
from models.wording.categories import PANEL_CATEGORIES, PANEL_LABELS
from models.wording.days import day_label
from pages.components import answer, charts
from pages.components.map_places import asked_place, move_to, show_row
from pages.components.map_view import show_map
from pages.components.name_rows import NAME_ROW_PX
from pages.components.theme import page_theme
from pages.shell import queries
from pages.shell.messages import plain, plain_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.ward_panel.view import WardView

_MAP_PX = 480


def in_words(view: WardView) -> None:
    """Draw how many incidents there were, the strip of figures, and the ward in plain words."""
    answer.draw(ward_answer(view))
    _figures(view)
    st.header(plain(f"{view.ward_name} in plain words"), anchor=False)
    for words in other_sentences(view):
        st.markdown(plain(words))


def about_figures(view: WardView, *, officer: bool) -> None:
    """Say of which months the figures are, from where, and how they are protected."""
    newest = view.newest
    st.header("About these figures", anchor=False)
    st.caption(
        plain(
            f"{months_label(newest.quarter)} · published {day_label(newest.published_at)} · "
            f"table version {newest.table_version} · from {sources_label(newest)}"
        )
    )
    if officer:
        st.caption("You see what the ward panel sees: the same protected figures for every role.")
    st.markdown("\n".join(f"- {plain(words)}" for words in (*caveats(view), *releases_label(view))))


def _figures(view: WardView) -> None:
    newest = view.newest
    if newest.figures is None:
        return
    strip = st.container(key="figures")
    found = whole_change(view)
    strip.metric(
        f"Incidents, {months_label(newest.quarter)}",
        plain(about(newest, newest.figures.total)),
        border=True,
    )
    if found is None:
        strip.metric("Same months last year", "no figures", border=True)
    else:
        strip.metric(
            "Same months last year",
            plain(about(newest, found.before)),
            delta=plain(f"{found.description}; {found.surely}"),
            delta_color="off",
            delta_arrow="off",
            border=True,
        )
    share = newest.figures.total / max(newest.borough.total, 1)
    strip.metric(plain(f"Of all incidents in {view.borough_name}"), f"{share:.1%}", border=True)
    open_promises = sum(each.status == "open" for each in view.promises)
    active = sum(each.status == "active" for each in view.priorities)
    strip.metric("Priorities, open promises", f"{active}, {open_promises}", border=True)


def map_and_table(view: WardView) -> None:
    """Draw the map of blocks, its legend and the same as a table."""
    theme = page_theme()
    blocks = view.map_blocks
    answer.draw(where_answer(view))
    if not blocks:
        return
    map_side, table_side = st.columns([3, 2])
    with map_side:
        names, levels = levels_in_use(blocks)
        layers = block_layers(
            [each.shape for each in blocks],
            levels=levels,
            tips=[
                f"Block {each.number}, {each.where}: {counted(each.incidents, 'incident')}. "
                f"{LEVELS[each.level]}."
                for each in blocks
            ],
            level_count=len(names),
            metric_crs=queries.store().settings.metric_crs,
            theme=theme,
        )
        ground = queries.ground(theme, ward_codes=(view.ward_code,))
        map_key = f"ward-{theme}"
        shapes = {f"{view.ward_code}-{each.number}": each.shape for each in blocks}
        move = move_to(map_key, shapes.get(asked_place(map_key)))
        # No place is named here: whoever may see a ward's figures may find no tasking on its map.
        show_map(ground, layers, key=map_key, height_px=_MAP_PX, move=move)
        _legend(names, level_colours(len(names), theme=theme))
        st.caption(
            plain(
                f"{months_label(view.newest.quarter)}. {map_caption(view.newest)} Colours compare "
                "each block with the ward's average for the same area of ground."
            )
        )
    with table_side:
        table = f"blocks-{view.ward_code}-{view.newest.quarter}"
        st.dataframe(
            map_table(view),
            hide_index=True,
            height=_MAP_PX,
            row_height=NAME_ROW_PX,
            column_config={
                "Block": st.column_config.NumberColumn(width=50),
                "Part of the ward": st.column_config.TextColumn(width=190),
                "Incidents": st.column_config.NumberColumn(width=75),
            },
            alt="The map's blocks, those with most incidents for their area first",
            on_select=partial(show_row, table, [*shapes], key=map_key),
            selection_mode="single-cell",
            key=table,
        )


def months(view: WardView) -> None:
    """Draw the last twelve months against the year before, and the ward's share of the borough."""
    answer.draw(months_answer(view))
    held = view.months()
    left, right = st.columns(2)
    with left:
        st.subheader(f"Incidents in {plain(view.ward_name)}", anchor=False)
        charts.months_against_last_year(
            [each.first for each in held],
            _numbers([each.ward for each in held]),
            _numbers([each.ward_before for each in held]),
            known=[each.ward is not None for each in held],
            known_before=[each.ward_before is not None for each in held],
            name=f"Incidents a month in {view.ward_name}, against the same month a year before",
            give_or_take=[each.give_or_take for each in held],
        )
        if any(each.give_or_take for each in held):
            st.caption(
                "The band is where the true number lies, 19 times of 20: figures were changed by "
                "chance to protect people."
            )
    with right:
        st.subheader(f"Out of 100 incidents in {plain(view.borough_name)}", anchor=False)
        share = pd.DataFrame(
            {
                "Month": [f"{each.first:%b %y}" for each in held],
                "This year": [_share(each.ward, each.borough) for each in held],
                "Year before": [_share(each.ward_before, each.borough_before) for each in held],
            }
        ).dropna(axis="columns", how="all")
        charts.lines(
            share,
            unit=f"In {view.ward_name}",
            name=f"Of 100 incidents in {view.borough_name}, how many were in {view.ward_name}",
            ordered=True,
        )
    with st.expander("Ward and borough as a table"):
        st.dataframe(months_table(view), hide_index=True, alt="Incidents by month")
    with st.expander("Every published quarter by kind"):
        st.dataframe(
            quarters_table(view), hide_index=True, alt="Incidents by kind in every quarter"
        )


def kinds_and_hours(view: WardView) -> None:
    """Draw the kinds of incident and the parts of the week."""
    newest = view.newest
    answer.draw(kinds_answer(view))
    if newest.figures is None:
        return
    if newest.give_or_take:
        st.caption(
            plain(
                f"About 19 of 20 figures are within {newest.give_or_take} of what was counted. "
                "Rates and shares are as sure as the figures they are worked out from."
            )
        )
    left, right = st.columns(2)
    with left:
        st.header("What", anchor=False)
        shown = [
            (PANEL_LABELS[name], n)
            for name, n in zip(PANEL_CATEGORIES, newest.figures.categories, strict=True)
            if n is not None
        ]
        charts.bars(
            [label for label, _ in shown],
            [n for _, n in shown],
            unit="Incidents",
            name="Incidents by kind",
        )
        plain_table(kinds_table(view).set_index("Kind"))
    with right:
        st.header("When", anchor=False)
        if not newest.hours_known:
            st.info("The hour of most incidents is not known, so there are no figures by hour.")
            return
        _week(view)
        plain_table(hours_table(view).set_index("Part of the week"))
        st.caption("A night belongs to the day it starts on: 2am on Saturday is in Friday's night.")


def _week(view: WardView) -> None:
    """Draw the parts of the week as a heat map of incidents an hour."""
    newest = view.newest
    if newest.figures is None:
        return
    weeks = newest.quarter.period.days / 7
    days, parts = zip(*(label.split(", ") for label in BANDS[:NO_HOUR]), strict=True)
    known = [
        (day, part, n, n / (hours * weeks))
        for day, part, n, hours in zip(days, parts, newest.figures.bands, BAND_HOURS, strict=False)
        if n is not None
    ]
    charts.grid(
        pd.DataFrame(known, columns=["Days", "Part of the day", "Incidents", "For each hour"]),
        value="For each hour",
        name="Incidents an hour by part of the week",
    )


def _legend(names: Sequence[str], colours: Sequence[str]) -> None:
    items = "".join(
        f'<li style="display:inline-flex;align-items:center;gap:.35rem;margin-right:.9rem">'
        f'<span aria-hidden="true" style="width:1.1rem;height:.9rem;background:{colour};'
        f'border:1px solid #7d8996"></span>{escape(label)}</li>'
        for label, colour in zip(names, colours, strict=True)
    )
    st.html(f'<ul style="list-style:none;margin:0;padding:0;font-size:.85rem">{items}</ul>')


def _numbers(counts: Sequence[int | None]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    return np.array([n or 0 for n in counts], dtype=np.int64)


def _share(ward: int | None, borough: int | None) -> float | None:
    return None if ward is None or not borough else round(100 * ward / borough, 2)
