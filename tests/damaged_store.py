"""A small store that holds a file of every kind, and ways to damage it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
from shapely.geometry import LineString

from data.incidents.imports import undo
from data.incidents.ingest import import_batches
from data.layers.base_points import BasePoints, save_base
from data.layers.places import save_places
from data.layers.premises import Premises, save_premises
from data.layers.severity import SHIPPED, use_severity
from data.layers.wards import save_wards
from data.operations.database import Operations
from data.sources.profile import load_profile, save_profile, shipped_profiles
from geo.crs import BRITISH_NATIONAL_GRID
from geo.places import PlacesLayer
from tests.incident_rows import NOW, batch, hourly_rows, rejected_row, row, settings_in, three_wards

if TYPE_CHECKING:
    from pathlib import Path

    from data.settings import Settings

AT = np.array([530_500.0]), np.array([180_500.0])
DAY = date(2026, 11, 1)


def filled_store(folder: Path) -> Settings:
    """Three imports, one of which corrects rows and one of which is taken back, and every layer."""
    settings, wards = settings_in(folder), three_wards()
    save_wards(wards, settings.wards_path)
    rows = hourly_rows(400)
    corrected = [each | {"place": "Bow Road"} for each in rows[:50]]
    for name, brought in (("May", rows), ("June", [*corrected, row("late")]), ("July", [row("x")])):
        record = import_batches(
            [batch(*brought, rejected=[rejected_row(3)])],
            settings=settings,
            wards=wards,
            name=name,
            now=NOW,
        )
    undo(record.import_id, settings=settings, now=NOW)
    use_severity(SHIPPED, settings=settings)
    doors = BasePoints("doors", "Doors", DAY, *AT, np.array([1.0]), "", BRITISH_NATIONAL_GRID)
    save_base(doors, settings.bases_path)
    closes, since = np.array([840], np.int16), np.array([19_000])
    bars = Premises(
        "Register", DAY, ("House",), ("Bar",), *AT, closes, since, BRITISH_NATIONAL_GRID
    )
    save_premises(bars, settings.premises_path)
    for name in ("Elm Row", "Bow Road"):  # the second keeps the first for undo
        save_places(street(name), settings, now=NOW, person="Amina Khan")
    shipped = shipped_profiles()
    save_profile(load_profile(next(iter(shipped.values()))), settings.profiles_path)
    Operations.open(settings).close()
    return settings


def street(name: str, *, source: str = "roads.gpkg") -> PlacesLayer:
    """A layer of one street."""
    line = LineString([(530_000, 180_000), (530_100, 180_000)])
    frame = gpd.GeoDataFrame(
        {"name": [name], "place_class": ["local"]}, geometry=[line], crs=BRITISH_NATIONAL_GRID
    )
    return PlacesLayer("street", "Streets", DAY, source, "OGL v3", "OS", frame)


def flip(path: Path, *, at: int, bit: int) -> None:
    """Turn one bit of a file round."""
    content = bytearray(path.read_bytes())
    content[at] ^= 1 << bit
    path.write_bytes(content)
