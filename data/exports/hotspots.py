"""The files of one detection: what the page offers for download and `hotspots detect` writes."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from data.exports.contents import ExportMeta
from data.exports.features import to_geojson, to_geopackage
from data.exports.near_places import places_json
from data.exports.spreadsheet import to_csv, to_xlsx
from data.layers.ground import ground_layers
from data.layers.place_groups import loaded_kinds, places_at
from geo.counting import counted
from geo.errors import PlainError
from geo.palettes import density_scale
from geo.paper.map_picture import MapCaption, PrintedDensity, hotspot_map_png
from models.hotspots.methods import method_of
from models.incidents.view import filter_description, view_query
from models.wording.days import day_label

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from data.incidents.store import Store
    from models.hotspots.methods import MethodSettings
    from models.hotspots.shape import Hotspots
    from models.incidents.detection import Detection

ATTRIBUTION: Final = (
    "Contains OS and National Statistics data © Crown copyright and database right; incidents as "
    "published or held by their source."
)
_WRITERS: Final[dict[str, Callable[..., bytes]]] = {
    ".csv": to_csv,
    ".geojson": to_geojson,
    ".gpkg": to_geopackage,
    ".xlsx": to_xlsx,
}
ENDINGS: Final = tuple(_WRITERS)


class UnknownEndingError(PlainError, ValueError):
    """A file was asked for in a format that is not written."""

    def __init__(self, ending: str) -> None:
        super().__init__(
            f"Unknown file ending {ending!r}: hotspots are written as {', '.join(ENDINGS)}. Choose "
            "one of these endings."
        )


def export(
    store: Store, detection: Detection, *, method: MethodSettings, now: datetime, ending: str
) -> bytes:
    """Return a detection's hotspots as a file.

    Parameters
    ----------
    store : Store
    detection : Detection
    method : KdeSettings or DbscanSettings
        The settings that the detection was made with.
    now : datetime
        Aware; written into the file.
    ending : str
        ``.csv``, ``.geojson``, ``.gpkg`` or ``.xlsx``.

    Raises
    ------
    UnknownEndingError
    """
    if ending.lower() not in _WRITERS:
        raise UnknownEndingError(ending)
    hotspots: Hotspots = detection.hotspots
    meta = export_meta(store, detection, method=method, now=now)
    if ending.lower() == ".geojson":
        return to_geojson(hotspots, meta=meta, here=_here(store, hotspots))
    return _WRITERS[ending.lower()](hotspots, meta=meta)


def _here(store: Store, hotspots: Hotspots) -> dict[str, list[dict[str, Any]]] | None:
    """Return the places at each hotspot; None where no places are loaded."""
    if not loaded_kinds(store.settings):
        return None
    rows = zip(hotspots.frame["hotspot_id"], hotspots.frame.geometry, strict=True)
    return {name: places_json(places_at(shape, store.settings)) for name, shape in rows}


def export_meta(
    store: Store, detection: Detection, *, method: MethodSettings, now: datetime
) -> ExportMeta:
    """Return what each file of a detection says about itself."""
    selection = detection.selection
    query = view_query(selection.filter, method)
    return ExportMeta(
        period=str(selection.now.period),
        comparison="" if selection.before is None else str(selection.before.period),
        filters="&".join(f"{key}={text}" for key, text in query.items()),
        settings=repr(method),
        table_version=str(selection.version),
        made_at=now,
        attribution=ATTRIBUTION,
        simulated=store.simulated,
        sensitive=selection.now.sensitive,
        notes=selection.notes,
    )


def map_picture(
    store: Store, detection: Detection, *, method: MethodSettings, now: datetime
) -> bytes:
    """Return the map as a PNG of an A4 sheet that says what it shows.

    Parameters
    ----------
    store : Store
    detection : Detection
    method : KdeSettings or DbscanSettings
        The settings that the detection was made with.
    now : datetime
        Aware; written on the sheet.
    """
    selection, hotspots = detection.selection, detection.hotspots
    local = now.astimezone(ZoneInfo(store.settings.timezone))
    made = f"table version {selection.version}, made {day_label(local)} {local:%H:%M}"
    caption = MapCaption(
        title=f"Hotspots: {filter_description(selection.filter, dataset=store)}",
        period=str(selection.now.period),
        count=f"{counted(hotspots.incidents, 'incident')}",
        version=made,
        method=f"{method_of(method).label}. {hotspots.explanation}",
        attribution=ATTRIBUTION,
        notes=detection.notes,
        simulated=store.simulated,
    )
    surface = hotspots.surface
    density = None
    if surface is not None:
        scale = replace(density_scale(surface.per_km2), unit=surface.unit)
        density = PrintedDensity(surface.grid, surface.per_km2, scale)
    wards = store.wards.frame
    return hotspot_map_png(
        hotspots.frame,
        wards,
        caption=caption,
        focus=wards[wards["ward_code"].isin(selection.ward_codes)],
        density=density,
        places=ground_layers(store.settings),
        stretches=[each.line for each in hotspots.stretches],
    )
