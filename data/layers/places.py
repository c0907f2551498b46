"""Streets and places in the store: one layer of each kind, and the one before it for undo.

A layer is one sealed GeoParquet file, ``places/street.parquet``, which says in its own metadata
where it comes from, who loaded it, and the digest of the file that it replaced. What was replaced
is kept next to it (``street.before.parquet``) until the next is loaded. The older file is written
first, so a kill in between leaves the layer as it was; and since a layer names what it replaced,
nothing else can be put back in its place.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import date, datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import pyarrow.parquet as pq

from data import seals
from data.faults import plain_faults
from data.layers.digests import places_digest, stored_columns
from data.layers.parquet import replace_table, stored_table, whole
from data.locks import locked
from data.rows.errors import DamagedFileError
from geo.counting import counted
from geo.errors import PlainError
from geo.places import KIND_LABELS, PLACE_COLUMNS, PLACE_KINDS, PlacesLayer, kind_in_sentence
from models.wording.days import day_label

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pyarrow as pa

    from data.settings import Settings
    from geo.places import PlaceKind

TEXTS: Final = ("title", "source", "licence", "credit", "loaded_by")  # of `LoadedPlaces`
_ABOUT: Final = b"hotspot_places"


class NothingToUndoError(PlainError, LookupError):
    """There is no layer of the kind, or what was before it is not kept any more."""

    def __init__(self, kind: PlaceKind, *, found: str) -> None:
        super().__init__(
            f"Nothing was taken back: {found}. Load the layer that is wanted with "
            f"`hotspots places FILE --kind {kind}`, or on the page Import data."
        )


@dataclass(frozen=True, slots=True)
class LoadedPlaces:
    """What the store says of a layer, without its shapes.

    Attributes
    ----------
    kind : PlaceKind
    title, source, licence, credit : str
    shown_on : date
    rows : int
    digest : str
        SHA-256 of the layer: of its shapes and names and of what is said of it. What was worked out
        from a layer holds for as long as this is the same.
    loaded_at : datetime
        Aware.
    loaded_by : str
    replaced : str
        Digest of the layer that it took the place of; "" for the first of its kind.
    metric_crs : str
    """

    kind: PlaceKind
    title: str
    source: str
    licence: str
    credit: str
    shown_on: date
    rows: int
    digest: str
    loaded_at: datetime
    loaded_by: str
    replaced: str
    metric_crs: str

    @property
    def label(self) -> str:
        """Kind and number of features: "Streets: 3,043"."""
        return f"{KIND_LABELS[self.kind]}: {self.rows:,}"

    @property
    def description(self) -> str:
        """What there is to say of it, on one line."""
        return (
            f"{self.title} of {day_label(self.shown_on)}: {counted(self.rows, 'feature')}. Source: "
            f"{self.source}. Licence: {self.licence}. Credit: {self.credit}. Loaded on "
            f"{day_label(self.loaded_at)} by {self.loaded_by}."
        )


def places_path(settings: Settings, kind: PlaceKind) -> Path:
    """Return where the layer of a kind is kept."""
    return settings.places_path / f"{kind}.parquet"


def save_places(
    layer: PlacesLayer, settings: Settings, *, now: datetime, person: str
) -> tuple[LoadedPlaces, bool]:
    """Keep a layer in place of the one of its kind, and that one for undo.

    Parameters
    ----------
    layer : PlacesLayer
    settings : Settings
    now : datetime
        Aware.
    person : str
        Who loads it.

    Returns
    -------
    LoadedPlaces
        The layer in use.
    bool
        False where this very layer was loaded already, and nothing was changed.

    Raises
    ------
    data.locks.StoreLockedError, data.faults.FaultError
    """
    path = places_path(settings, layer.kind)
    with locked(settings.store, "loading places"):
        standing = _standing(settings, layer.kind)
        about = LoadedPlaces(
            kind=layer.kind,
            title=layer.title,
            source=layer.source,
            licence=layer.licence,
            credit=layer.credit,
            shown_on=layer.shown_on,
            rows=len(layer),
            digest=places_digest(layer),
            loaded_at=now,
            loaded_by=person,
            replaced="" if standing is None else standing.digest,
            metric_crs=str(layer.frame.crs.to_string()),
        )
        if standing is not None and standing.digest == about.digest:
            return standing, False
        if standing is not None and (content := seals.read_file(path)) is not None:
            with plain_faults("A file of the store"):
                seals.write_file(_before_path(settings, layer.kind), content)
        buffer = BytesIO()
        layer.frame[stored_columns(layer)].to_parquet(buffer, index=False)
        table = pq.read_table(buffer)
        replace_table(_with_about(table, about), path)
    return about, True


def load_places(settings: Settings, kind: PlaceKind) -> PlacesLayer | None:
    """Read the layer of a kind; None where none is loaded.

    Raises
    ------
    DamagedFileError
        If the file is something else, or its positions are in another CRS.
    """
    path = places_path(settings, kind)
    if not path.is_file() and not seals.sealed(path):
        return None
    what = _what(kind)
    table = stored_table(path, columns=PLACE_COLUMNS, what=what)
    with whole(what, path):
        about = _read(table.schema.metadata or {})
        frame = gpd.GeoDataFrame.from_arrow(table)
    if about.metric_crs != settings.metric_crs:
        raise DamagedFileError(
            what=f"The {what} of the store cannot be used.",
            found=f"positions in {about.metric_crs}, the store is in {settings.metric_crs}",
            do="Load it again.",
        )
    return _layer(about, frame)


def loaded_places(settings: Settings) -> tuple[LoadedPlaces, ...]:
    """Return what is said of each layer that is loaded, in the order of the kinds.

    No shape is read, so this costs little however large they are.

    Raises
    ------
    DamagedFileError
        If one of them cannot be read.
    """
    paths = [(kind, places_path(settings, kind)) for kind in PLACE_KINDS]
    return tuple(_about(path, kind) for kind, path in paths if path.is_file())


def loaded_place(settings: Settings, kind: PlaceKind) -> LoadedPlaces | None:
    """Return what is said of the layer of a kind, without reading a shape; None without one.

    Raises
    ------
    DamagedFileError
        If it cannot be read.
    """
    path = places_path(settings, kind)
    return _about(path, kind) if path.is_file() else None


def undo_places(settings: Settings, kind: PlaceKind) -> LoadedPlaces | None:
    """Take back the layer of a kind that was loaded last.

    Returns
    -------
    LoadedPlaces or None
        The layer before, which is in use again; None where there was none before.

    Raises
    ------
    NothingToUndoError
        If there is no layer, or the one before is no longer kept.
    DamagedFileError
        If the one before is not what was stored.
    data.locks.StoreLockedError, data.faults.FaultError
    """
    path, before = places_path(settings, kind), _before_path(settings, kind)
    with locked(settings.store, "taking back places"):
        standing = loaded_place(settings, kind)
        if standing is None:
            raise NothingToUndoError(kind, found=f"no layer of {kind_in_sentence(kind)} is loaded")
        if not standing.replaced:
            with plain_faults("A file of the store"):
                seals.remove_file(path)
            return None
        kept = _about(before, kind) if before.is_file() else None
        if kept is None or kept.digest != standing.replaced:
            raise NothingToUndoError(
                kind,
                found=f"the layer of {kind_in_sentence(kind)} before this one is no longer kept",
            )
        content = seals.read_file(before)
        if content is None:
            raise DamagedFileError(
                what=f"The {_what(kind)} before this one cannot be put back ({before.name}).",
                found="other bytes than were stored",
                do="Load the layer that is wanted from its file.",
            )
        with plain_faults("A file of the store"):
            seals.write_file(path, content)
            seals.remove_file(before)
    return kept


def kept_places(settings: Settings) -> tuple[LoadedPlaces, ...]:
    """Return what is said of each layer in use and of each that is kept for undo."""
    paths = [
        (kind, path)
        for kind in PLACE_KINDS
        for path in (places_path(settings, kind), _before_path(settings, kind))
    ]
    return tuple(_about(path, kind) for kind, path in paths if path.is_file())


def rename_in_places(settings: Settings, *, renamed: Callable[[str], str]) -> None:
    """Change what is said of the layers, such as the name of who loaded one, and no shape.

    Parameters
    ----------
    settings : Settings
    renamed : callable
        Gives a text as it is to be.

    Raises
    ------
    DamagedFileError
        If a layer that has to be changed cannot be read.
    """
    for kind in PLACE_KINDS:
        digests: dict[str, str] = {}
        for path in (_before_path(settings, kind), places_path(settings, kind)):
            about = _about(path, kind) if path.is_file() else None
            if about is None:
                continue
            texts: dict[str, Any] = {name: renamed(getattr(about, name)) for name in TEXTS}
            changed = replace(about, **texts, replaced=digests.get(about.replaced, about.replaced))
            if changed == about:
                continue
            table = stored_table(path, columns=PLACE_COLUMNS, what=_what(kind))
            layer = _layer(changed, gpd.GeoDataFrame.from_arrow(table))
            changed = replace(changed, digest=places_digest(layer))
            digests[about.digest] = changed.digest
            replace_table(_with_about(table, changed), path)


def remove_places(settings: Settings, kind: PlaceKind, *, loaded_by: str) -> bool:
    """Remove the layer of a kind if it was loaded by this person; also the one kept for undo.

    Where only the one kept for undo is theirs, the layer in use stays, and can no longer be undone.

    Returns
    -------
    bool
        Whether anything was removed.

    Raises
    ------
    data.locks.StoreLockedError, data.faults.FaultError
    """
    removed = False
    with locked(settings.store, "removing places"):
        for path in (_before_path(settings, kind), places_path(settings, kind)):
            try:
                about = _about(path, kind) if path.is_file() else None
            except DamagedFileError:
                continue
            if about is not None and about.loaded_by == loaded_by:
                with plain_faults("A file of the store"):
                    seals.remove_file(path)
                removed = True
    return removed


def _layer(about: LoadedPlaces, frame: gpd.GeoDataFrame) -> PlacesLayer:
    return PlacesLayer(
        kind=about.kind,
        title=about.title,
        shown_on=about.shown_on,
        source=about.source,
        licence=about.licence,
        credit=about.credit,
        frame=frame,
    )


def _with_about(table: pa.Table, about: LoadedPlaces) -> pa.Table:
    said = {_ABOUT: json.dumps(_stored(about)).encode()}
    return table.replace_schema_metadata({**(table.schema.metadata or {}), **said})


def _before_path(settings: Settings, kind: PlaceKind) -> Path:
    return settings.places_path / f"{kind}.before.parquet"


def _what(kind: PlaceKind) -> str:
    return f"layer of the kind {kind}"


def _standing(settings: Settings, kind: PlaceKind) -> LoadedPlaces | None:
    """Return the layer in use; None where there is none, or a damaged one that is to go."""
    try:
        return loaded_place(settings, kind)
    except DamagedFileError:
        return None


def _about(path: Path, kind: PlaceKind) -> LoadedPlaces:
    with whole(_what(kind), path):
        return _read(pq.read_schema(path).metadata or {})


def _read(metadata: dict[bytes, bytes]) -> LoadedPlaces:
    values: dict[str, Any] = json.loads(metadata[_ABOUT])
    about = LoadedPlaces(**values)
    return replace(
        about,
        shown_on=date.fromisoformat(values["shown_on"]),
        loaded_at=datetime.fromisoformat(values["loaded_at"]),
    )


def _stored(about: LoadedPlaces) -> dict[str, Any]:
    names = LoadedPlaces.__dataclass_fields__
    values = {name: getattr(about, name) for name in names}
    return values | {
        "shown_on": about.shown_on.isoformat(),
        "loaded_at": about.loaded_at.isoformat(),
    }
