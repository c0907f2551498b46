"""Taskings on the board: a card each, in a column for each status; on a phone the columns stack."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

import streamlit as st

from geo.screen.area_layers import MapArea
from models.tasking.lifecycle import STATUS_LABELS, STATUSES
from models.tasking.tasking import TACTIC_LABELS
from models.tasking.wording import overdue_label
from models.wording.days import span_label
from pages.components.area_map import show_areas
from pages.components.map_places import asked_place, move_to
from pages.shell.messages import plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from models.tasking.tasking import Tasking

TASKING_PAGE: Final = "pages/tasking/tasking.py"
MAP: Final = "board-map"
_FOLDED: Final = ("reviewed", "cancelled")  # long lists of what is over
_SHOWN: Final = 12


def board(taskings: Sequence[Tasking], *, ward_names: Mapping[str, str], now: datetime) -> None:
    """Draw the columns, each under its heading with its number."""
    st.html(_STYLE)
    by_status = {name: [t for t in taskings if t.status == name] for name in STATUSES}
    live = [name for name in STATUSES if name not in _FOLDED]
    for name, column in zip(live, st.columns(len(live)), strict=True):
        with column:
            st.header(f"{STATUS_LABELS[name]} ({len(by_status[name])})", anchor=False)
            _cards(by_status[name], ward_names=ward_names, now=now)
    for name in _FOLDED:
        if by_status[name]:
            with st.expander(f"{STATUS_LABELS[name]} ({len(by_status[name])})"):
                _cards(by_status[name][::-1], ward_names=ward_names, now=now)


def on_the_map(taskings: Sequence[Tasking]) -> None:
    """Draw where the taskings are, once that is asked for; a row of the list moves the map."""
    if not st.toggle("Show them on the map", key="board_map"):
        return
    going = [each for each in taskings if each.status != "cancelled"]
    areas = [MapArea(each.draft.area, "chosen", each.reference) for each in going]
    asked = [each for each in going if each.reference == asked_place(MAP)]
    show_areas(areas, key=MAP, move=move_to(MAP, asked[0].draft.area if asked else None))
    if len(going) < len(taskings):
        st.caption("Cancelled taskings are not on the map.")


def link(tasking: Tasking, *, label: str | None = None) -> None:
    """Draw the link to a tasking's own page."""
    st.page_link(
        TASKING_PAGE,
        label=plain(label or f"{tasking.reference} {tasking.draft.title}"),
        query_params={"tasking": str(tasking.tasking_id)},
    )


def _cards(taskings: Sequence[Tasking], *, ward_names: Mapping[str, str], now: datetime) -> None:
    if not taskings:
        st.caption("None.")
    for each in taskings[:_SHOWN]:
        with st.container(border=True, key=f"card-{each.tasking_id}"):
            link(each)
            st.html(_lines(each, ward_names=ward_names, now=now))
    if len(taskings) > _SHOWN:
        st.caption(f"{len(taskings) - _SHOWN} more are in the list below.")


def _lines(tasking: Tasking, *, ward_names: Mapping[str, str], now: datetime) -> str:
    draft = tasking.draft
    late = overdue_label(tasking, now=now)
    wards = ", ".join(ward_names.get(code, code) for code in tasking.ward_codes[:2])
    if len(tasking.ward_codes) > 2:
        wards += f" and {len(tasking.ward_codes) - 2} more"
    lines = [
        TACTIC_LABELS[draft.tactic],
        f"{span_label(draft.starts_on, draft.ends_on)}",
        draft.team or "No team yet",
        wards,
    ]
    said = "".join(f"<li>{escape(line)}</li>" for line in lines if line)
    marked = f'<p class="late">{escape(late)}</p>' if late else ""
    return f'<ul class="tasking-card">{said}</ul>{marked}'


_STYLE: Final = """<style>
ul.tasking-card { margin: 0 !important; padding: 0 !important; list-style: none !important; }
ul.tasking-card li { margin: 0; padding: 0; font-size: .875rem; line-height: 1.45; }
.late { margin: .4rem 0 0; padding: .15rem .5rem; border-left: .3rem solid #b34700;
  font-size: .875rem; font-weight: 600; }
[class*="st-key-card-"] { gap: .35rem; padding: .6rem .75rem; }
[class*="st-key-card-"] [data-testid="stPageLink-NavLink"] { padding: .15rem 0; min-height: 24px; }
[class*="st-key-card-"] [data-testid="stPageLink-NavLink"] * { white-space: normal;
  font-weight: 650; text-decoration: underline; }
</style>"""
