"""Places gathered from batches of rows: every row accepted, or counted by the reason against it.

A file may have a million rows, so of the rejected only the number for each reason and the first of
them are kept, and of the accepted what will be stored.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from hashlib import blake2b
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import shapely

from geo.place_columns import OTHER_TAGS
from geo.place_shapes import fitted_shapes
from geo.place_tags import class_by_tags, ended_reason, stop_type_reason, tags_of
from geo.places import PLACE_COLUMNS, STREET_COLUMNS, kind_in_sentence
from geo.register_names import tidied_names
from geo.street_classes import no_street_reason, street_class

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from geo.grid import Bounds
    from geo.place_columns import PlaceColumnNames
    from geo.places import PlaceKind

REPEATED_REASON: Final = "the same place, by its name, class and shape, occurs in an earlier row"
_LONGEST: Final = 200
_EXAMPLE: Final = 60


@dataclass(frozen=True, slots=True)
class RejectedPlaces:
    """The rows that were rejected for one reason.

    Attributes
    ----------
    reason : str
    rows : int
    example : str
        The first of them: its number in the file, and its name where it has one.
    """

    reason: str
    rows: int
    example: str

    def __str__(self) -> str:
        rows = f"{self.rows:,} {'row' if self.rows == 1 else 'rows'}"
        return f"{rows} rejected: {self.reason} (first: {self.example})"


@dataclass(frozen=True, slots=True, eq=False)
class PlaceBatch:
    """Some rows of a file, as they were read.

    Attributes
    ----------
    names, classes : sequence of str
        Of length n, trimmed; a street's class is still what the source calls it.
    shapes : object array of shape (n,)
        In the metric CRS; None where a row has none.
    reason : object array of shape (n,)
        Why a row is rejected whatever its shape; "" otherwise.
    numbers : int64 array of shape (n,)
        1-based number of each row in its layer.
    layer : str
        Named with an example; "" where the file has one only.
    streets : dict of str to list of str
        Of streets, the columns `geo.places.STREET_COLUMNS`, each of length n; empty where the file
        cannot say.
    """

    names: Sequence[str]
    classes: Sequence[str]
    shapes: NDArray[np.object_]
    reason: NDArray[np.object_]
    numbers: NDArray[np.int64]
    layer: str = ""
    streets: dict[str, list[str]] = field(default_factory=dict)


@dataclass(slots=True)
class GatheredPlaces:
    """The places accepted so far, and the counts of the rest; batches are added to it."""

    kind: PlaceKind
    box: Bounds
    rows_read: int = 0
    mended: int = 0
    cut: int = 0
    _names: list[str] = field(default_factory=list)
    _classes: list[str] = field(default_factory=list)
    _streets: dict[str, list[str]] = field(default_factory=dict)
    _shapes: list[NDArray[np.object_]] = field(default_factory=list)
    _seen: set[bytes] = field(default_factory=set)
    _rejected: dict[str, tuple[int, str]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self._names)

    @property
    def rejected(self) -> tuple[RejectedPlaces, ...]:
        """Each reason with its number of rows, the commonest first."""
        counts = [RejectedPlaces(reason, *each) for reason, each in self._rejected.items()]
        return tuple(sorted(counts, key=lambda each: (-each.rows, each.reason)))

    def add(self, batch: PlaceBatch) -> None:
        """Accept or reject each row of a batch."""
        fitted = fitted_shapes(batch.shapes, kind=self.kind, box=self.box)
        reason = np.where(batch.reason == "", fitted.reason, batch.reason)
        classes = [each[:_LONGEST] for each in batch.classes]
        if self.kind == "street":
            for at in np.flatnonzero(reason == ""):
                reason[at] = no_street_reason(classes[at])
            classes = [street_class(each) for each in classes]
        names = [each[:_LONGEST] for each in batch.names]
        for at in np.flatnonzero(reason == ""):
            digest = _place_digest(names[at], classes[at], fitted.shapes[at])
            if digest in self._seen:
                reason[at] = REPEATED_REASON
            self._seen.add(digest)
        kept = np.flatnonzero(reason == "")
        self._names += [names[at] for at in kept]
        self._classes += [classes[at] for at in kept]
        for column in STREET_COLUMNS:
            values = batch.streets.get(column) or [""] * len(reason)
            self._streets.setdefault(column, []).extend(values[at] for at in kept.tolist())
        self._shapes.append(fitted.shapes[kept])
        self._reject(batch, reason)
        self.rows_read += len(reason)
        self.mended += fitted.mended
        self.cut += fitted.cut

    def reject(self, reason: str, *, rows: int, example: str) -> None:
        """Count rows that could not even be laid out."""
        before, first = self._rejected.get(reason, (0, example))
        self._rejected[reason] = (before + rows, first)
        self.rows_read += rows

    def tidy_names(self) -> tuple[str, ...]:
        """Write the names of a register as people write them, and return what was done.

        What is in capitals throughout is known only when the whole file has been read.
        """
        tidied = tidied_names(self._names)
        self._names = tidied.names
        return tidied.notes

    def frame(self, *, metric_crs: str) -> gpd.GeoDataFrame:
        """Return what was accepted: `geo.places.PLACE_COLUMNS`, and what is known of streets."""
        shapes = np.concatenate(self._shapes) if self._shapes else np.empty(0, dtype=object)
        columns = dict(zip(PLACE_COLUMNS[:2], (self._names, self._classes), strict=True))
        columns |= {name: list(values) for name, values in self._streets.items() if any(values)}
        return gpd.GeoDataFrame(columns, geometry=shapes, crs=metric_crs).astype(
            dict.fromkeys(columns, "str")
        )

    def _reject(self, batch: PlaceBatch, reason: NDArray[np.object_]) -> None:
        refused = np.flatnonzero(reason != "")
        of_layer = f" of {batch.layer}" if batch.layer else ""
        for each in dict.fromkeys(reason[refused].tolist()):
            rows = refused[reason[refused] == each]
            before, first = self._rejected.get(each, (0, ""))
            name = batch.names[rows[0]][:_EXAMPLE]
            example = f"row {batch.numbers[rows[0]]:,}{of_layer}{', ' if name else ''}{name}"
            self._rejected[each] = (before + len(rows), first or example)


def place_values(
    texts: Mapping[str, list[str]], columns: PlaceColumnNames, *, rows: int, kind: PlaceKind
) -> tuple[list[str], list[str], NDArray[np.object_]]:
    """Return the names, the classes, and why a row is no place of the kind, of n rows.

    Parameters
    ----------
    texts : mapping of str to list of str
        The columns that are needed, as trimmed text.
    columns : PlaceColumnNames
    rows : int
    kind : PlaceKind
    """
    blank = [""] * rows
    names = texts[columns.name] if columns.name else blank
    classes = texts[columns.place_class] if columns.place_class else blank
    reason = np.full(rows, "", dtype=object)
    if columns.tags:
        classes = list(classes)
        for at, tags in enumerate(tags_by_row(texts, columns, rows=rows)):
            by_tags = class_by_tags(tags, kind=kind)
            classes[at] = by_tags or ""
            if by_tags is None:
                reason[at] = f"no tag of it says that it is one of: {kind_in_sentence(kind)}"
    for column, fault in (
        (columns.stop_type, partial(stop_type_reason, kind=kind)),
        (columns.status, ended_reason),
    ):
        if column is not None:
            for at in np.flatnonzero(reason == "").tolist():
                reason[at] = fault(texts[column][at])
    return names, classes, reason


def tags_by_row(
    texts: Mapping[str, list[str]], columns: PlaceColumnNames, *, rows: int
) -> Iterator[dict[str, str]]:
    """Return the tags of each of n rows of OpenStreetMap."""
    keys = [each for each in columns.tags if each.casefold() != OTHER_TAGS]
    others = next(
        (texts[each] for each in columns.tags if each.casefold() == OTHER_TAGS), [""] * rows
    )
    for at in range(rows):
        row = {key.casefold(): texts[key][at] for key in keys}
        yield tags_of(row, other_tags=others[at])


def _place_digest(name: str, place_class: str, shape: shapely.Geometry) -> bytes:
    digest = blake2b(digest_size=16)
    for part in (name, place_class):
        digest.update(part.encode("utf-8", "replace") + b"\0")
    digest.update(shapely.to_wkb(shape))
    return digest.digest()
