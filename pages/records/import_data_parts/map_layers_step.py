"""The section of the import page that takes streets and places, lists them and takes them back."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import pandas as pd
import streamlit as st

from data.layers.places import loaded_places
from data.layers.wards import wards_or_none
from data.services.places import PlaceLabels, load_places_file, take_back_places
from data.sources.place_layers import PlaceReading
from geo.counting import counted
from geo.errors import PlainError
from geo.places import KIND_LABELS, PLACE_KINDS, read_place_kind
from pages.components.upload import on_disk, uploaded
from pages.shell import saving
from pages.shell.messages import notes, plain
from pages.shell.person import actor
from pages.shell.queries_operations import local_time

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from streamlit.delta_generator import DeltaGenerator

    from data.layers.places import LoadedPlaces
    from data.services.places import PlacesLoaded
    from data.settings import Settings
    from geo.places import PlaceKind
    from pages.shell.saving import Form, Typed

_LABELS: Final = ("title", "source", "licence", "credit")
_READING: Final = ("layer", "crs", "name", "class")
_FIELDS: Final = ("file", "kind", "day", *_LABELS, *_READING)
_ENDINGS: Final = ("gpkg", "geojson", "json", "kml", "kmz", "fgb", "zip", "osm", "pbf", "csv")


class LayerNotConfirmedError(PlainError, ValueError):
    """The box that confirms the taking back of a layer is not ticked."""

    def __init__(self) -> None:
        super().__init__("Nothing was taken back. Tick the box to confirm.")


def streets_and_places(settings: Settings) -> None:
    """Draw the section."""
    st.write(
        "What a map needs for a team to find its way: streets with their names, parks, stations, "
        "estates, zones. There is one layer of each kind, and loading again replaces it."
    )
    if wards_or_none(settings) is None:
        st.write("Load a ward file first: places are kept for the wards and 1 km around.")
        return
    with st.expander("Load streets, parks, stations or other places"):
        loaded = _upload(settings)
    if loaded is not None:
        saving.outcome()
        notes([*map(str, loaded.rejected), *loaded.notes], heading="How the file was read")
    layers = loaded_places(settings)
    _listed(layers)
    if layers:
        with st.expander("Take a layer back"):
            _undo(layers, settings=settings)


def _upload(settings: Settings) -> PlacesLoaded | None:
    """Take a file of places; return what became of it when it was loaded."""
    form = saving.form("places", **{name: f"places-{name}" for name in _FIELDS})
    with form.drawn():
        kind = st.selectbox(
            "What the file holds", PLACE_KINDS, format_func=_kind_label, key=form.key("kind")
        )
        file = st.file_uploader(
            "GeoPackage, GeoJSON, KML, FlatGeobuf, OpenStreetMap (PBF, XML), a ZIP of one of these "
            "or of a Shapefile or File Geodatabase, or a CSV with positions",
            type=list(_ENDINGS),
            key=form.key("file"),
        )
        labels = _labels(form)
        reading = _reading(form)
        sent = form.sent("Use this layer")
    st.caption(
        "Too large to upload? Whoever runs the server can load a file of the whole country with "
        "the command hotspots places; only the wards and 1 km around are read."
    )
    if not sent:
        return None
    bar = st.progress(0.0, text="Reading the file…")
    done: list[PlacesLoaded] = []

    def save() -> str:
        acting = actor()
        with on_disk(uploaded(file), settings) as path:
            read = load_places_file(
                path,
                kind=kind,
                settings=settings,
                now=settings.present(),
                person=acting.person.name,
                labels=labels,
                reading=reading,
                progress=partial(_tell, bar),
            )
        done.append(read)
        return f"{KIND_LABELS[kind]}: {read.summary}" if read.changed else read.summary

    saved = form.save(save)
    bar.empty()
    return done[0] if saved else None


def _labels(form: Form) -> PlaceLabels:
    """Ask what is said of the layer wherever it is shown."""
    left, right = st.columns(2)
    title = left.text_input("Title", placeholder="OS Open Roads", key=form.key("title"))
    day: date | None = right.date_input(
        "Day that it describes; today without one",
        value=None,
        format="DD/MM/YYYY",
        key=form.key("day"),
    )
    source = left.text_input(
        "Source; the file's name without one", placeholder="Ordnance Survey", key=form.key("source")
    )
    licence = right.text_input("Licence", placeholder="OGL v3", key=form.key("licence"))
    credit = st.text_input(
        "Credit, as it has to stand on every map",
        placeholder="Contains OS data © Crown copyright and database right",
        key=form.key("credit"),
    )
    return PlaceLabels(title, day, source, licence, credit)


def _reading(form: Form) -> PlaceReading:
    """Ask how the file is to be read, where that is not recognised."""
    left, right = st.columns(2)
    layer = left.text_input("Layer of the file, if it has several", key=form.key("layer"))
    crs = right.text_input(
        "Coordinate system of the file, if it does not say",
        placeholder="EPSG:27700",
        key=form.key("crs"),
    )
    name = left.text_input("Column of names, if not recognised", key=form.key("name"))
    place_class = right.text_input("Column of classes, if not recognised", key=form.key("class"))
    return PlaceReading(
        layer=layer.strip() or None,
        crs=crs.strip() or None,
        name_column=name.strip() or None,
        class_column=place_class.strip() or None,
    )


def _listed(layers: Sequence[LoadedPlaces]) -> None:
    if not layers:
        st.write("No layer is loaded yet.")
        return
    st.dataframe(
        pd.DataFrame(
            [
                {
                    "Kind": _kind_label(each.kind),
                    "Features": each.rows,
                    "Title": each.title,
                    "Describes": each.shown_on,
                    "Source": each.source,
                    "Licence": each.licence,
                    "Credit": each.credit,
                    "Loaded": local_time(each.loaded_at),
                    "By": each.loaded_by,
                }
                for each in layers
            ]
        ),
        hide_index=True,
        alt="Layers of streets and places that are loaded",
        column_config={
            "Features": st.column_config.NumberColumn(format="localized"),
            "Describes": st.column_config.DateColumn(format="D MMM YYYY"),
            "Loaded": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm"),
        },
    )


def _undo(layers: Sequence[LoadedPlaces], *, settings: Settings) -> None:
    form = saving.form("places-undo", kind="places-undo-kind", sure="places-undo-sure")
    with form.drawn():
        st.selectbox(
            "Layer to take back",
            [each.kind for each in layers],
            format_func=_kind_label,
            key=form.key("kind"),
        )
        st.write("The layer of this kind that was loaded before is then in use again, if any.")
        st.checkbox("Yes, take it back", key=form.key("sure"))
        form.button("Take the layer back", partial(_take_back, settings))


def _take_back(settings: Settings, typed: Typed) -> str:
    """Take back a layer, from a callback; what it did is said on the next run."""
    if not typed["sure"]:
        raise LayerNotConfirmedError
    actor().must_be_officer("Taking a layer back")
    return take_back_places(read_place_kind(typed["kind"]), settings=settings)


def _kind_label(kind: PlaceKind) -> str:
    return KIND_LABELS[kind]


def _tell(bar: DeltaGenerator, done: float, rows: int) -> None:
    bar.progress(min(done, 1.0), text=plain(f"Reading the file: {counted(rows, 'row')}"))
