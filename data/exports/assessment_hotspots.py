"""The part of a tactical assessment that is about places: the map, the ranking, each hotspot.

Every figure is the one that the page Hotspots shows, in the same words.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from data.exports.labels import (
    busiest_label,
    change_label,
    expected_description,
    expected_heading,
    expected_label,
    harm_label,
    hotspot_count_label,
    place_label,
    test_label,
    warnings,
)
from data.exports.near_places import here_label
from data.exports.paper import (
    Bullets,
    Column,
    Facts,
    Heading,
    Paragraph,
    Picture,
    Table,
    TwoColumns,
)
from data.exports.places import centre_label, close_up, close_up_description, size_label
from data.layers.ground import ground_layers
from data.layers.place_groups import places_at
from geo.counting import counted
from geo.naming.words import sentence_case
from geo.palettes import density_scale
from geo.paper.area_map import ranked_map_png
from geo.paper.margins import PrintedDensity
from models.incidents.detection import detail
from models.incidents.near_places import NEAR_IS_NOT_BECAUSE
from models.wording.absence import NOT_COVERED_REASON
from models.wording.categories import CATEGORY_LABELS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from data.exports.paper import Block
    from data.incidents.store import Store
    from models.incidents.detection import Detection

_KINDS: Final = 4
_MAP_MM: Final = 66.0
_MOST_ROWS: Final = 20
_MOST_HARM: Final = 5


def map_and_ranking(store: Store, detection: Detection, *, top: int) -> Iterator[Block]:
    """Give the map of all hotspots and their table.

    Parameters
    ----------
    store : Store
    detection : models.incidents.detection.Detection
    top : int
        How many are described one by one further on.
    """
    frame = detection.hotspots.frame
    yield Heading("Where: hotspots by rank")
    if frame.empty:
        yield Paragraph(
            "No hotspot was found with this filter and these settings. Choose a longer period, "
            "more categories, all hours or more wards."
        )
        return
    density = ", and density" if detection.hotspots.surface is not None else ""
    yield Picture(
        _map(store, detection), _map_description(detection), f"Hotspots by rank{density}."
    )
    yield _ranking(detection)
    change = {
        "not_asked": "Change: no comparison was chosen. ",
        "not_covered": f"Change: {NOT_COVERED_REASON}. ",
    }.get(
        detection.hotspots.change_state,
        "Change: against the comparison period, allowing for the choice of places that are high "
        "now; “may be chance” where the 95 % interval holds no change; “new” where there were none "
        "then. ",
    )
    yield Paragraph(
        f"{change}By harm: rank by summed severity weights; – where no incident has one. "
        f"{expected_description(detection.hotspots)}",
        "small",
    )
    if len(frame) > top:
        yield Paragraph(f"The first {top} are described one by one below.", "small")


def _ranking(detection: Detection) -> Table:
    """Return the table of the first hotspots; a column that no hotspot fills is left out."""
    frame = detection.hotspots.frame
    shown = frame.head(_MOST_ROWS)
    columns: list[tuple[Column, Callable[[Any], str]]] = [
        (Column("Rank", "right"), lambda row: f"{row.rank}"),
        (Column("Where", share=2.4), lambda row: sentence_case(place_label(row))),
        (Column("Incidents", "right"), lambda row: f"{row.incidents:,}"),
        (Column("Change", share=1.15), change_label),
        (
            Column(expected_heading(detection.hotspots), "right", share=1.3),
            lambda row: expected_label(row, hotspots=detection.hotspots),
        ),
    ]
    if shown["peak_window"].notna().any():
        busiest = Column("Busiest", share=1.15)
        columns.insert(4, (busiest, busiest_label))
    if (shown["hot_class"] != "").any():
        columns.insert(2, (Column("Class"), lambda row: str(row.hot_class)))
    if (shown["harm_rank"] > 0).any():
        harms = Column("By harm", "right")
        columns.insert(-1, (harms, lambda row: f"{row.harm_rank}" if row.harm_rank else "–"))
    listed = f"The first {len(shown)} of " if len(frame) > len(shown) else ""
    return Table(
        tuple(column for column, _ in columns),
        tuple(tuple(cell(row) for _, cell in columns) for row in shown.itertuples()),
        f"{listed}{hotspot_count_label(len(frame))}, in order of incidents",
    )


def by_harm(store: Store, detection: Detection) -> Iterator[Block]:
    """Give the hotspots with the most harm, with both ranks, or why there are none."""
    frame = detection.hotspots.frame
    weighed = frame[frame["harm_rank"] > 0].sort_values("harm_rank").head(_MOST_HARM)
    yield Heading("Harm")
    if weighed.empty:
        yield Paragraph(
            "No incident in a hotspot has a severity weight, so there are no figures by harm. "
            f"Weights in use: {store.snapshot.severity}."
        )
        return
    yield Table(
        (
            Column("By harm", "right"),
            Column("Where", share=1.0),
            Column("Harm", "right"),
            Column("Incidents with a weight", "right"),
            Column("By incidents", "right"),
        ),
        tuple(
            (
                f"{row.harm_rank}",
                sentence_case(place_label(row)),
                f"{row.harm:,.0f}",
                f"{row.harm_known:,} of {row.incidents:,}",
                f"{row.rank}",
            )
            for row in weighed.itertuples()
        ),
        f"The {hotspot_count_label(len(weighed))} with the most harm",
    )
    yield Paragraph(
        f"Summed severity weights: {store.snapshot.severity}. Not every kind has a weight, so the "
        "list of hotspots stays in order of incidents.",
        "small",
    )


def each_hotspot(store: Store, detection: Detection, *, top: int) -> Iterator[Block]:
    """Give each of the first hotspots: its map, its figures, why it is ranked, what to beware of.

    Parameters
    ----------
    store : Store
    detection : models.incidents.detection.Detection
    top : int
        How many.
    """
    frame = detection.hotspots.frame.head(top)
    if frame.empty:
        return
    yield Heading("Hotspot by hotspot")
    shapes = detection.hotspots.frame.geometry.tolist()
    for at, hotspot_id in enumerate(frame["hotspot_id"]):
        known = detail(store, detection, hotspot_id=hotspot_id)
        row = known.row
        name = sentence_case(place_label(row))
        png = close_up(
            store,
            row.geometry,
            others=[shape for other, shape in enumerate(shapes) if other != at],
            stretches=[each.line for each in detection.hotspots.stretches[at : at + 1]],
            size_mm=(_MAP_MM, _MAP_MM),
        )
        kinds = [
            f"{CATEGORY_LABELS[kind]} {number:,}" for kind, number in known.categories[:_KINDS]
        ]
        rest = sum(number for _, number in known.categories[_KINDS:])
        yield Heading(f"{row['rank']}. {name}", 3)
        yield TwoColumns(
            (
                Facts(
                    (
                        ("Incidents", f"{row['incidents']:,} ({_share(row)})"),
                        ("Change", change_label(row, interval=True)),
                        ("Busiest", busiest_label(row, share=True)),
                        *_tested(row),
                        ("Kinds", ", ".join([*kinds, *([f"other {rest:,}"] if rest else [])])),
                        ("Harm", harm_label(row)),
                        ("Wards", _wards(row)),
                        (
                            expected_heading(detection.hotspots),
                            expected_label(row, hotspots=detection.hotspots),
                        ),
                        ("Area", f"{size_label(row.geometry)}; {_middle(store, row)}"),
                    )
                ),
                Bullets(warnings(row)),
            ),
            (
                Picture(
                    png, close_up_description(store, row.geometry, name=f"{row['rank']}, {name}")
                ),
            ),
            share=0.6,
            keep=True,
        )
        here = _here(store, row)
        if here:
            yield Facts(here)


def _wards(row: Any) -> str:  # noqa: ANN401 - a row of the hotspot shape
    """Return the wards that hold at least one in a hundred of its incidents."""
    return "; ".join(f"{each.name} {each.share:.0%}" for each in row.wards if each.share >= 0.01)


def _tested(row: Any) -> tuple[tuple[str, str], ...]:  # noqa: ANN401
    said = test_label(row)
    return (("Class", f"{row['hot_class']} ({said})"),) if said else ()


def _here(store: Store, row: Any) -> tuple[tuple[str, str], ...]:  # noqa: ANN401
    """Return the places in the hotspot and around it on one line; nothing without any."""
    here = [each for each in places_at(row.geometry, store.settings) if each.key != "street"]
    said = "; ".join(f"{each.label}: {here_label(each)}" for each in here)
    return (("What is here", f"{said}. {NEAR_IS_NOT_BECAUSE}"),) if said else ()


def _middle(store: Store, row: Any) -> str:  # noqa: ANN401 - a row of the hotspot shape
    return centre_label(store, row.geometry)


def _share(row: Any) -> str:  # noqa: ANN401
    return (
        f"{row['share_of_incidents']:.1%} of all, on {row['share_of_area']:.2%} of the area: "
        f"{row['pai']:.1f} times the average density"
    )


def _map(store: Store, detection: Detection) -> bytes:
    surface, density = detection.hotspots.surface, None
    if surface is not None:
        scale = replace(density_scale(surface.per_km2), unit=surface.unit)
        density = PrintedDensity(surface.grid, surface.per_km2, scale)
    wards = store.wards.frame
    chosen = wards[wards["ward_code"].isin(detection.selection.ward_codes)]
    return ranked_map_png(
        detection.hotspots.frame,
        wards,
        focus=chosen,
        density=density,
        places=ground_layers(store.settings),
        stretches=[each.line for each in detection.hotspots.stretches],
        labelled=_MOST_ROWS,
    )


def _map_description(detection: Detection) -> str:
    first = [
        f"{row.rank} {place_label(row)}" for row in detection.hotspots.frame.head(5).itertuples()
    ]
    return (
        f"Map of the chosen wards with {counted(len(detection.hotspots.frame), 'hotspot')} "
        f"numbered by rank; the first are {', '.join(first)}. The table below lists them."
    )
