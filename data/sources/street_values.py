"""What a file of streets says beyond names and classes: directions, who is barred, carriageways."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.sources.place_rows import tags_by_row
from geo.one_way import one_way, one_way_by_tags
from geo.places import BARRED_COLUMN, CARRIAGEWAY_COLUMN, ONE_WAY_COLUMN
from geo.street_access import ACCESS_KEYS, access_key, barred_to, carriageway_of
from geo.street_classes import street_class

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geo.one_way import OneWay
    from geo.place_columns import PlaceColumnNames
    from geo.places import PlaceKind


def street_values(
    texts: Mapping[str, list[str]],
    columns: PlaceColumnNames,
    *,
    classes: Sequence[str],
    kind: PlaceKind,
) -> dict[str, list[str]]:
    """Return the columns `geo.places.STREET_COLUMNS` of n rows; nothing for other kinds.

    Parameters
    ----------
    texts : mapping of str to list of str
        The columns that are needed, as trimmed text.
    columns : PlaceColumnNames
    classes : sequence of str
        Of length n: what the source calls each street.
    kind : PlaceKind
    """
    if kind != "street" or not (columns.tags or columns.one_way or columns.access):
        return {}
    rows = len(classes)
    tags = list(tags_by_row(texts, columns, rows=rows)) if columns.tags else [{}] * rows
    said = [_said(each, texts, columns, at=at) for at, each in enumerate(tags)]
    barred = [
        barred_to(each, highway=name, street_class=street_class(name))
        for each, name in zip(said, classes, strict=True)
    ]
    carriageways = [
        carriageway_of(each, highway=name) for each, name in zip(said, classes, strict=True)
    ]
    return {
        ONE_WAY_COLUMN: list(_one_ways(tags, texts, columns)),
        BARRED_COLUMN: list(barred),
        CARRIAGEWAY_COLUMN: list(carriageways),
    }


def _said(
    tags: Mapping[str, str], texts: Mapping[str, list[str]], columns: PlaceColumnNames, *, at: int
) -> dict[str, str]:
    """Return what a row says of `ACCESS_KEYS`: in a column of its own, else among its tags."""
    found = {key: value for name, value in tags.items() if (key := access_key(name)) in ACCESS_KEYS}
    return found | {key: texts[name][at] for key, name in columns.access if texts[name][at]}


def _one_ways(
    tags: Sequence[Mapping[str, str]], texts: Mapping[str, list[str]], columns: PlaceColumnNames
) -> list[OneWay]:
    """Return in which direction each street may be used: as stated, else as its tags imply."""
    implied = [one_way_by_tags(each) for each in tags]
    if columns.one_way is None:
        return implied
    stated = texts[columns.one_way]
    return [
        one_way(value) if value else other for value, other in zip(stated, implied, strict=True)
    ]
