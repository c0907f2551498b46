"""The chosen hotspot in a few lines below the list, with the way on: before, next, propose."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from data.exports.labels import busiest_label, change_label, expected_heading, expected_label
from geo.counting import counted
from geo.naming.words import sentence_case
from pages.components import map_first, propose_here
from pages.intelligence.hotspots_parts import choice
from pages.shell.messages import plain

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from models.hotspots.shape import Hotspots


def draw(hotspots: Hotspots, *, hotspot_id: str, view: Mapping[str, str]) -> None:
    """Draw them.

    Parameters
    ----------
    hotspots : Hotspots
    hotspot_id : str
        The chosen one.
    view : mapping of str to str
        What is looked at, for the tasking that is proposed.
    """
    rows = list(hotspots.frame.itertuples())
    ids = [row.hotspot_id for row in rows]
    at = ids.index(hotspot_id)
    row = rows[at]
    with st.container(key="chosen"):
        st.markdown(
            f"**[{plain(f'{row.rank}. {sentence_case(row.near)}')}](#hotspot)**  \n"
            f"{plain(_figures(row, hotspots=hotspots))}  \n{plain(ward_rank(row, rows))}"
        )
    with st.container(key="chosen_ways", horizontal=True, gap="small"):
        propose_here.button(view, hotspot_id=hotspot_id)
        map_first.steps(ids, at=at, what="hotspot", choose=choice.choose_row)


def ward_rank(row: Any, rows: Sequence[Any]) -> str:  # noqa: ANN401 - rows of the hotspot shape
    """Return a hotspot's rank among those that lie mostly in its ward: "2nd of 3 in Weavers"."""
    if not row.wards:
        return "Outside the wards"
    code, name = row.wards[0].code, row.wards[0].name
    same = [each.rank for each in rows if each.wards and each.wards[0].code == code]
    return f"{row.rank} of {len(rows)} in all, {same.index(row.rank) + 1} of {len(same)} in {name}"


def _figures(row: Any, *, hotspots: Hotspots) -> str:  # noqa: ANN401
    parts = [counted(row.incidents, "incident")]
    if row.change_state != "not_asked":
        parts.append(change_label(row))
    parts.append(
        f"busiest {busiest_label(row)}" if row.hours_state == "peak" else busiest_label(row)
    )
    if hotspots.expected_state == "given":
        heading = expected_heading(hotspots)
        parts.append(f"{heading[0].lower()}{heading[1:]}: {expected_label(row, hotspots=hotspots)}")
    return " · ".join(parts)
