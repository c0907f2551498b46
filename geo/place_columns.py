"""Which columns of a file of places hold the names and the classes.

The columns of the Ordnance Survey's open products, OpenStreetMap, NaPTAN and the register of
schools are known by name; a column that is blank throughout is passed over. A file from elsewhere
is read by content: the column of text with the most different values that read like words.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from geo.errors import PlainError
from geo.one_way import ONE_WAY_COLUMNS
from geo.place_tags import OSM_TAGS
from geo.street_access import ACCESS_KEYS
from geo.street_classes import is_known_street_value

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from geo.places import PlaceKind

_NAMES: Final = (
    "name1", "distname1", "distinctivename1", "commonname", "establishmentname", "stationname",
    "streetname", "roadname", "schoolname", "sitename", "organisationname", "name", "nameeng",
    "title", "label", "street",
)  # fmt: skip
_CLASSES: Final = (
    "roadfunction", "function", "fclass", "class", "placeclass", "roadclassification", "kind",
    "type", "category", "stoptype", "typeofestablishmentname", "formofway",
)  # fmt: skip
_STATUSES: Final = ("establishmentstatusname", "status")
_WORD: Final = re.compile(r"[^\W\d_]{3,}")
_CODE: Final = re.compile(r"[\w.:/-]*\d[\w.:/-]*")  # one piece with a digit in it: a code, a date
OTHER_TAGS: Final = "other_tags"


class UnknownPlaceColumnError(PlainError, LookupError):
    """A column that was named is not in the file."""

    def __init__(self, column: str, columns: Sequence[str]) -> None:
        listed = ", ".join(columns)[:300] or "none"
        super().__init__(
            f"The file has no column called {column[:60]!r}. Its columns are: {listed}. Name one "
            "of these, or none for the column to be recognised."
        )


@dataclass(frozen=True, slots=True)
class PlaceColumnNames:
    """Names of the columns; None where the file has no such column.

    Attributes
    ----------
    name, place_class : str or None
    status : str or None
        Says in a register whether a row is still in use.
    stop_type : str or None
        NaPTAN's.
    tags : tuple of str
        OpenStreetMap's keys that have a column; the rows are then looked at by their tags.
    one_way : str or None
        Says in which direction cars may use a street.
    access : tuple of (str, str)
        Keys of `geo.street_access.ACCESS_KEYS`, and the column of each.
    """

    name: str | None
    place_class: str | None
    status: str | None = None
    stop_type: str | None = None
    tags: tuple[str, ...] = ()
    one_way: str | None = None
    access: tuple[tuple[str, str], ...] = ()

    @property
    def needed(self) -> tuple[str, ...]:
        """Every column that is read, once."""
        own = (self.name, self.place_class, self.status, self.stop_type, self.one_way)
        all_names = (*own, *self.tags, *(column for _, column in self.access))
        return tuple(dict.fromkeys(name for name in all_names if name is not None))


def find_place_columns(
    texts: Mapping[str, Sequence[str]],
    *,
    kind: PlaceKind,
    name_column: str | None = None,
    class_column: str | None = None,
) -> PlaceColumnNames:
    """Find the columns of names and classes, or take those named.

    Parameters
    ----------
    texts : mapping of str to sequence of str
        Each column with its first values as trimmed text, "" where a row has none.
    kind : PlaceKind
    name_column, class_column : str, optional
        Compared without case, spaces and punctuation.

    Raises
    ------
    UnknownPlaceColumnError
        If a named column is not there.
    """
    keys = {_key(each): each for each in reversed(list(texts))}
    name = _named(name_column, keys, columns=tuple(texts))
    place_class = _named(class_column, keys, columns=tuple(texts))
    tags = () if place_class is not None else _tag_columns(keys, kind=kind)
    stop_type = keys.get("stoptype")
    if place_class is None and not tags:
        place_class = _recognised(_CLASSES, keys, texts=texts, other_than=name)
        if kind == "street" and place_class is None:
            place_class = _most_street_like(texts)
    if name is None:
        name = _recognised(_NAMES, keys, texts=texts, other_than=place_class) or _most_wordlike(
            {each: values for each, values in texts.items() if each not in (place_class, *tags)}
        )
    status = _recognised(_STATUSES, keys, texts=texts, other_than=name)
    one_way = (
        _recognised(ONE_WAY_COLUMNS, keys, texts=texts, other_than=name)
        if kind == "street"
        else None
    )
    access = tuple((key, keys[key]) for key in ACCESS_KEYS if kind == "street" and key in keys)
    return PlaceColumnNames(name, place_class, status, stop_type, tags, one_way, access)


def _named(column: str | None, keys: Mapping[str, str], *, columns: Sequence[str]) -> str | None:
    if column is None:
        return None
    if column in columns:
        return column
    if _key(column) not in keys:
        raise UnknownPlaceColumnError(column, columns)
    return keys[_key(column)]


def _tag_columns(keys: Mapping[str, str], *, kind: PlaceKind) -> tuple[str, ...]:
    """Return the columns of OpenStreetMap's keys that say whether a row is of the kind."""
    tags = tuple(keys[key] for each in OSM_TAGS[kind] if (key := _key(each)) in keys)
    other = keys.get(_key(OTHER_TAGS))
    return (*tags, other) if other is not None and OSM_TAGS[kind] else tags


def _recognised(
    names: Sequence[str],
    keys: Mapping[str, str],
    *,
    texts: Mapping[str, Sequence[str]],
    other_than: str | None,
) -> str | None:
    """Return the first of the known columns that has any value; the first at all if none has."""
    known = [keys[name] for name in names if name in keys and keys[name] != other_than]
    return next((each for each in known if any(texts[each])), known[0] if known else None)


def _most_wordlike(texts: Mapping[str, Sequence[str]]) -> str | None:
    """Return the column with the most different values that read like words, if any does."""
    counts = {
        name: len({value for value in values if _WORD.search(value) and not _CODE.fullmatch(value)})
        for name, values in texts.items()
    }
    best = max(counts, key=lambda name: counts[name], default=None)
    return best if best is not None and counts[best] > 1 else None


def _most_street_like(texts: Mapping[str, Sequence[str]]) -> str | None:
    """Return the column of which most values say what class a street is of, if there is one."""
    for name, values in texts.items():
        if _key(name) in _NAMES:  # "A" may be the name of a street
            continue
        filled = [value for value in values if value]
        if sum(map(is_known_street_value, filled)) * 2 > len(filled):
            return name
    return None


def _key(name: str) -> str:
    return re.sub(r"[\W_]+", "", name.casefold())
