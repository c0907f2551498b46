"""The ranked list of hotspots, next to the map."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from data.exports.labels import (
    busiest_label,
    change_label,
    expected_heading,
    expected_label,
)
from geo.naming.words import sentence_case
from pages.components import place_list
from pages.components.place_list import Column
from pages.intelligence.hotspots_parts import choice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.hotspots.shape import Hotspots

_HARM: Final = (
    "Rank by summed severity weights; blank if no incident inside has one. Anti-social behaviour "
    "has no weight, so the list is in order of incidents."
)


def table(hotspots: Hotspots, *, marked: str, key: str) -> None:
    """Draw the ranked list; a click in a row chooses its hotspot.

    Parameters
    ----------
    hotspots : Hotspots
    marked : str
        The hotspot whose row is marked.
    key : str
        Tells the list of one view from that of another.
    """
    frame = hotspots.frame
    tested = bool((frame["hot_class"] != "").any())
    place_list.draw(
        "Hotspots in order of rank",
        columns=_columns(hotspots, tested=tested),
        rows=[
            (row.hotspot_id, _cells(row, hotspots=hotspots, tested=tested))
            for row in frame.itertuples()
        ],
        marked=marked,
        key=key,
        choose=choice.choose_row,
    )


def _columns(hotspots: Hotspots, *, tested: bool) -> list[Column]:
    about = f"{expected_heading(hotspots)}, with a range for nine times in ten"
    return [
        Column("Rank", figures=True),
        Column("Where", name=True),
        *([Column("Class")] if tested else []),
        Column("Incidents", figures=True),
        Column("Change", help="Against the comparison period, with how sure it is"),
        Column("Expected", help=about),
        Column("Busiest", wide=9.0),
        Column("By harm", help=_HARM, figures=True),
        Column(
            "Times average",
            help="Density here ÷ density of the chosen wards as a whole (PAI)",
            figures=True,
        ),
        Column(
            "On one point",
            help="Share of its incidents that are on one map point",
            figures=True,
        ),
    ]


def _cells(
    row: Any,  # noqa: ANN401 - a row of the hotspot shape
    *,
    hotspots: Hotspots,
    tested: bool,
) -> Sequence[place_list.Cell]:
    return [
        (f"{row.rank}", row.rank),
        sentence_case(row.near),
        *([row.hot_class] if tested else []),
        (f"{row.incidents:,}", row.incidents),
        (change_label(row), place_list.figure(row.change)),
        (expected_label(row, hotspots=hotspots), place_list.figure(row.expected)),
        busiest_label(row),
        (f"{row.harm_rank or ''}", row.harm_rank or None),
        place_list.written(row.pai, "{:.1f}"),
        place_list.written(row.top_place_share, "{:.0%}"),
    ]
