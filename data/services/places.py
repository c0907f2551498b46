"""Putting layers of streets and places into the store, and taking them back."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from data.layers.digests import places_digest
from data.layers.places import loaded_place, save_places, undo_places
from data.layers.postcodes import postcodes_in_use
from data.layers.wards import wards_in_use
from data.rows.errors import DamagedFileError
from data.sources.places_reading import PLACE_LIMITS, read_places
from data.sources.source_file import open_source
from geo.counting import counted
from geo.errors import PlainError
from geo.places import KIND_LABELS, PlacesLayer, places_box
from geo.streets.network import street_network
from models.wording.days import day_label

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime
    from pathlib import Path

    from data.layers.places import LoadedPlaces
    from data.settings import Settings
    from data.sources.place_layers import PlaceReading
    from data.sources.place_rows import RejectedPlaces
    from geo.places import PlaceKind

_LONGEST: Final = 300
_FAR_LESS: Final = 0.5
NOT_STATED: Final = "not stated"
OSM_LICENCE: Final = "Open Database Licence (ODbL)"
OSM_CREDIT: Final = "© OpenStreetMap contributors"


class FutureLayerError(PlainError, ValueError):
    """The day that a layer is said to show is to come."""

    def __init__(self, day: date, *, today: date) -> None:
        super().__init__(
            f"The layer's date is in the future: {day_label(day)}, and today is "
            f"{day_label(today)}. Give the day whose state of things the file shows."
        )


@dataclass(frozen=True, slots=True)
class PlaceLabels:
    """What the user says of a layer; None for what is not said.

    Attributes
    ----------
    title : str or None
        That of the kind without it.
    shown_on : date or None
        The day whose state of things the file shows; today without it.
    source, licence, credit : str or None
        The file's name, "not stated" and the source without them; OpenStreetMap's own for one of
        its files.
    """

    title: str | None = None
    shown_on: date | None = None
    source: str | None = None
    licence: str | None = None
    credit: str | None = None


@dataclass(frozen=True, slots=True)
class PlacesLoaded:
    """What became of a file of places.

    Attributes
    ----------
    layer : LoadedPlaces
        The layer that is in use now.
    changed : bool
        False where this very layer was loaded already, so that nothing was changed.
    rows_read : int
        Accepted and rejected rows.
    rejected : tuple of RejectedPlaces
    notes : tuple of str
        How the file was understood.
    """

    layer: LoadedPlaces
    changed: bool
    rows_read: int
    rejected: tuple[RejectedPlaces, ...]
    notes: tuple[str, ...]

    @property
    def summary(self) -> str:
        """What became of it, in one or two sentences."""
        rejected = sum(each.rows for each in self.rejected)
        told = (
            f"{counted(self.rows_read, 'row')} read = {self.rows_read - rejected:,} accepted + "
            f"{rejected:,} rejected."
        )
        if self.changed:
            return told
        return f"{KIND_LABELS[self.layer.kind]}: this is loaded already; nothing changed. {told}"


def load_places_file(
    path: Path,
    *,
    kind: PlaceKind,
    settings: Settings,
    now: datetime,
    person: str,
    labels: PlaceLabels | None = None,
    reading: PlaceReading | None = None,
    progress: Callable[[float, int], None] | None = None,
) -> PlacesLoaded:
    """Read a file of places of one kind and keep it, in place of the last of that kind.

    Only the box of the wards and 1 km around is kept.

    Parameters
    ----------
    path : Path
        As `data.sources.places_reading.read_places` takes it.
    kind : PlaceKind
    settings : Settings
    now : datetime
        Aware.
    person : str
        Who loads it, as it is shown with the layer.
    labels : PlaceLabels, optional
    reading : PlaceReading, optional
        What the user says of how the file is to be read.
    progress : callable, optional
        Told how much is done, 0 to 1, and how many rows have been read.

    Raises
    ------
    NoWardsError
        If no wards are loaded.
    FileError, UnknownCrsError, UnknownPlaceColumnError
        If it cannot be used; nothing is changed then.
    FutureLayerError
        If the day that the file shows is to come.
    data.locks.StoreLockedError, data.faults.FaultError
    """
    given = labels or PlaceLabels()
    if given.shown_on is not None and given.shown_on > now.date():
        raise FutureLayerError(given.shown_on, today=now.date())
    box = places_box(wards_in_use(settings).bounds)
    source = open_source(path, limits=PLACE_LIMITS)
    read = read_places(
        source,
        kind=kind,
        box=box,
        metric_crs=settings.metric_crs,
        reading=reading,
        postcodes=postcodes_in_use(settings),
        progress=progress,
    )
    usual = PlacesLayer(
        kind=kind,
        title=KIND_LABELS[kind].partition(" (")[0],
        shown_on=now.date(),
        source=source.name[:_LONGEST],
        licence=OSM_LICENCE if read.is_osm else NOT_STATED,
        credit=OSM_CREDIT if read.is_osm else "",
        frame=read.frame,
    )
    layer = _labelled(usual, given)
    standing = _standing(settings, kind)
    if standing is not None:  # what is not said now may have been said before
        same = _labelled(_said_as(standing, usual), given)
        layer = same if places_digest(same) == standing.digest else layer
    in_use, changed = save_places(layer, settings, now=now, person=person)
    notes = (*_much_smaller(standing, len(layer)), *read.notes, *_mended(layer))
    return PlacesLoaded(in_use, changed, read.rows_read, read.rejected, notes)


def _much_smaller(before: LoadedPlaces | None, rows: int) -> tuple[str, ...]:
    """Say that a layer holds far less than the one that it replaces, which may be a mistake."""
    if before is None or rows >= _FAR_LESS * before.rows:
        return ()
    kind = KIND_LABELS[before.kind].partition(" (")[0]
    return (
        f"{kind}: the layer holds {rows:,}, and the one that it replaces held {before.rows:,}. If "
        "that is a mistake, take it back before another is loaded: only one is kept.",
    )


def _mended(layer: PlacesLayer) -> tuple[str, ...]:
    """Say what is mended when a network is made of streets."""
    return street_network(layer.frame).repairs.notes if layer.kind == "street" else ()


def take_back_places(kind: PlaceKind, *, settings: Settings) -> str:
    """Take back the layer of a kind that was loaded last, and say what is in use now.

    Raises
    ------
    NothingToUndoError
        If there is no layer, or the one before is no longer kept.
    DamagedFileError
        If the one before is not what was stored.
    data.locks.StoreLockedError, data.faults.FaultError
    """
    before = undo_places(settings, kind)
    if before is None:
        return f"{KIND_LABELS[kind]}: the layer is taken back. There was none before it."
    return f"{KIND_LABELS[kind]}: the layer before is in use again. {before.description}"


def _labelled(usual: PlacesLayer, given: PlaceLabels) -> PlacesLayer:
    """Return a layer with what the user says of it, and else what is usual."""
    source = _text(given.source) or usual.source
    return replace(
        usual,
        title=_text(given.title) or usual.title,
        shown_on=given.shown_on or usual.shown_on,
        source=source,
        licence=_text(given.licence) or usual.licence,
        credit=_text(given.credit) or usual.credit or source,
    )


def _said_as(standing: LoadedPlaces, layer: PlacesLayer) -> PlacesLayer:
    """Return a layer with what is said of the one in use."""
    return replace(
        layer,
        title=standing.title,
        shown_on=standing.shown_on,
        source=standing.source,
        licence=standing.licence,
        credit=standing.credit,
    )


def _text(label: str | None) -> str:
    return (label or "").strip()[:_LONGEST]


def _standing(settings: Settings, kind: PlaceKind) -> LoadedPlaces | None:
    """Return the layer in use; None where there is none, or a damaged one that is to go."""
    try:
        return loaded_place(settings, kind)
    except DamagedFileError:
        return None
