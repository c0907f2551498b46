"""The steps of the import page that take where things are: the wards, and postcodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from data.layers.postcodes import save_postcodes
from data.layers.wards import wards_or_none
from data.services import loading
from data.sources.postcodes import read_postcodes
from data.sources.source_file import open_source
from geo.counting import counted
from pages.components.upload import on_disk, uploaded
from pages.shell import saving
from pages.shell.messages import notes, plain

if TYPE_CHECKING:
    from data.settings import Settings
    from data.sources.postcodes import PostcodeFile
    from geo.wards import WardLayer


def wards_in_use(settings: Settings) -> None:
    """Say which wards are in use."""
    layer = wards_or_none(settings)
    if layer is None:
        st.write("No ward file is loaded yet. Use the official file of the wards in force.")
        return
    boroughs = ", ".join(sorted(set(layer.frame["borough_name"].dropna())))
    place = f" of {boroughs}" if boroughs else ""
    st.write(plain(f"{counted(len(layer), f'ward{place} is', f'wards{place} are')} in use."))


def ward_upload(settings: Settings) -> WardLayer | None:
    """Take a ward file and put it into use; return the layer when it was."""
    form = saving.form(
        "wards", **{name: f"wards-{name}" for name in ("file", "crs", "code", "name", "layer")}
    )
    with form.drawn():
        file = st.file_uploader(
            "GeoJSON, GeoPackage, KML, or a ZIP of a Shapefile or File Geodatabase",
            type=["geojson", "json", "gpkg", "kml", "kmz", "zip"],
            key=form.key("file"),
        )
        crs = st.text_input(
            "Coordinate system, if the file does not say",
            placeholder="EPSG:27700",
            key=form.key("crs"),
        )
        left, right = st.columns(2)
        code = left.text_input(
            "Column of ward codes, if not recognised automatically", key=form.key("code")
        )
        name = right.text_input(
            "Column of ward names, if not recognised automatically", key=form.key("name")
        )
        layer = st.text_input("Layer, if the file has several", key=form.key("layer"))
        sent = form.sent("Use these wards")
    if not sent:
        return None
    loaded: list[WardLayer] = []

    def save() -> str:
        with on_disk(uploaded(file), settings) as path:
            loaded.append(
                loading.load_ward_file(
                    path,
                    settings=settings,
                    now=settings.present(),
                    crs=crs or None,
                    code_column=code or None,
                    name_column=name or None,
                    layer=layer or None,
                )
            )
        return ""

    return loaded[0] if form.save(save) else None


def postcode_upload(settings: Settings) -> None:
    """Take a postcode table."""
    form = saving.form("postcodes", file="postcodes-file")
    with form.drawn():
        file = st.file_uploader(
            "Code-Point Open or similar: CSV or ZIP", type=["csv", "zip"], key=form.key("file")
        )
        sent = form.sent("Use these postcodes")
    if not sent:
        return
    used: list[PostcodeFile] = []

    def save() -> str:
        with on_disk(uploaded(file), settings) as path:
            read = read_postcodes(open_source(path), metric_crs=settings.metric_crs)
            save_postcodes(read.table, settings.postcodes_path)
        used.append(read)
        return f"{counted(len(read.table), 'postcode is', 'postcodes are')} in use."

    if form.save(save):
        saving.outcome()
        notes(
            [f"{counted(rows, 'row')} left out: {reason}" for reason, rows in used[0].left_out],
            heading="Not every row could be used",
        )
        notes(used[0].notes, heading="Notes on these postcodes")
