"""Reading places from a CSV with positions: each row a point, such as NaPTAN's stops or schools."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from data.rows.errors import UnknownColumnsError
from data.sources.arrays import trimmed
from data.sources.delimited import layout_of, read_delimited
from data.sources.opening import sample
from data.sources.place_choice import WrongShapesError
from data.sources.place_rows import PlaceBatch, place_values
from data.sources.row_places import place_columns, places_of
from data.sources.source_file import SAMPLE_ROWS
from data.sources.suggestion import suggest_mapping
from geo.errors import PlainError
from geo.place_columns import find_place_columns
from geo.places import accepted_families, families_label, kind_in_sentence

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.sources.place_layers import PlaceReading
    from data.sources.place_rows import GatheredPlaces
    from data.sources.rows import Rows
    from data.sources.source_file import SourceFile
    from data.sources.text import TextHead
    from geo.grid import Bounds
    from geo.place_columns import PlaceColumnNames
    from geo.postcodes import PostcodeTable


class TableCrsError(PlainError, ValueError):
    """A coordinate system was stated for a CSV, whose columns say it."""

    def __init__(self, crs: str) -> None:
        super().__init__(
            f"The coordinate system {crs[:40]!r} cannot be stated for a CSV: its easting and "
            "northing are read as British National Grid, its longitude and latitude as degrees. "
            "State none."
        )


def gather_table(
    source: SourceFile,
    text: TextHead,
    *,
    into: GatheredPlaces,
    reading: PlaceReading,
    metric_crs: str,
    postcodes: PostcodeTable | None,
    progress: Callable[[float, int], None] | None = None,
) -> tuple[str, ...]:
    """Read a CSV, and return how it was understood.

    Parameters
    ----------
    source : SourceFile
    text : TextHead
        Its text.
    into : GatheredPlaces
        What the rows are added to.
    reading : PlaceReading
    metric_crs : str
    postcodes : PostcodeTable or None
        That of the store; a row without coordinates lies at its postcode.
    progress : callable, optional
        Told how much is done, 0 to 1, and how many rows have been read.

    Raises
    ------
    WrongShapesError
        If the kind is not read from points.
    UnknownColumnsError
        If no column says where things are.
    TableCrsError, UnknownPlaceColumnError
        If what the user says does not fit.
    """
    kind = into.kind
    if "point" not in accepted_families(kind):
        raise WrongShapesError(
            what=f"{source.name} holds points, and {kind_in_sentence(kind)} are not points.",
            found="a CSV",
            do=f"Load {kind_in_sentence(kind)} from a map file of {families_label(kind)}.",
        )
    if reading.crs is not None:
        raise TableCrsError(reading.crs)
    head = sample(source, rows=SAMPLE_ROWS)
    columns = tuple(map(str, head.columns))
    places = place_columns(columns, suggested=suggest_mapping(columns, head))
    if not places:
        raise UnknownColumnsError(
            what=f"{source.name} has no column that says where things are.",
            found=", ".join(columns)[:300],
            do="Give a CSV with easting and northing, longitude and latitude, or postcode.",
        )
    texts = {
        each: [str(value).strip() for value in head[each]]
        for each in columns
        if each not in places.values()
    }
    found_columns = find_place_columns(
        texts,
        kind=kind,
        name_column=reading.name_column,
        class_column=reading.class_column,
    )
    for rows in read_delimited(layout_of(text, needed=places.values())):
        into.add(
            _batch(
                rows,
                places,
                found_columns,
                into=into,
                metric_crs=metric_crs,
                postcodes=postcodes,
                region=into.box,
            )
        )
        for each in rows.malformed:
            reason = each.reason[:1].lower() + each.reason[1:]
            into.reject(reason, rows=1, example=f"row {each.number:,}")
        if progress is not None:
            progress(rows.fraction_done, into.rows_read)
    read_from = f"Places are read from {', '.join(places.values())}."
    return (read_from, column_note(found_columns))


def column_note(columns: PlaceColumnNames) -> str:
    """Say which columns the names and the classes are read from."""
    by = columns.place_class or ", ".join(columns.tags)
    names = f"Names are read from {columns.name}." if columns.name else "No column holds names."
    classes = f"Classes are read from {by}." if by else "No column holds classes."
    one_way = f" One-way streets are read from {columns.one_way}." if columns.one_way else ""
    said = ", ".join(column for _, column in columns.access)
    access = f" Access and carriageways are read from {said}." if said else ""
    return f"{names} {classes}{one_way}{access}"


def _batch(
    rows: Rows,
    places: dict[str, str],
    columns: PlaceColumnNames,
    *,
    into: GatheredPlaces,
    metric_crs: str,
    postcodes: PostcodeTable | None,
    region: Bounds,
) -> PlaceBatch:
    positions, reason = places_of(
        rows, places, metric_crs=metric_crs, postcodes=postcodes, region=region
    )
    texts = {each: trimmed(rows.table, each).to_pylist() for each in columns.needed}
    names, classes, no_place = place_values(texts, columns, rows=len(rows.numbers), kind=into.kind)
    located = reason == ""
    shapes = np.full(len(reason), None, dtype=object)
    shapes[located] = shapely.points(positions.easting[located], positions.northing[located])
    reason = np.where(no_place != "", no_place, reason)
    return PlaceBatch(names, classes, shapes, reason, np.asarray(rows.numbers))
