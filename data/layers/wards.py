"""The ward layer in use, kept in the store as GeoParquet."""

from __future__ import annotations

import json
from dataclasses import asdict
from io import BytesIO
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import pyarrow.parquet as pq

from data.layers.parquet import replace_table, stored_table
from geo.errors import PlainError
from geo.ward_checks import Finding
from geo.wards import WARD_COLUMNS, WardLayer

if TYPE_CHECKING:
    from pathlib import Path

    from data.settings import Settings

_REPORT: Final = b"hotspot_ward_report"


class NoWardsError(PlainError, LookupError):
    """No ward layer is loaded."""

    def __init__(self) -> None:
        super().__init__(
            "No ward file is loaded yet, so incidents cannot be assigned to wards. Load one on the "
            "page Import data, or with `hotspots wards FILE`."
        )


def wards_in_use(settings: Settings) -> WardLayer:
    """Read the ward layer of the store.

    Raises
    ------
    NoWardsError
        If none was ever loaded.
    """
    if not settings.wards_path.exists():
        raise NoWardsError
    return load_wards(settings.wards_path)


def save_wards(wards: WardLayer, path: Path) -> None:
    """Keep a ward layer as GeoParquet, in one step: a reader sees the old one or the new one."""
    buffer = BytesIO()
    wards.frame.to_parquet(buffer)
    table = pq.read_table(buffer)
    report = json.dumps([asdict(finding) for finding in wards.report]).encode()
    replace_table(table.replace_schema_metadata({**table.schema.metadata, _REPORT: report}), path)


def load_wards(path: Path) -> WardLayer:
    """Read the ward layer that `save_wards` kept, with its report.

    Raises
    ------
    NoSuchFileError
        If none was ever kept there.
    DamagedFileError
        If the file is something else.
    """
    table = stored_table(path, columns=WARD_COLUMNS, what="ward layer")
    frame = gpd.GeoDataFrame.from_arrow(table)
    kept = json.loads(table.schema.metadata.get(_REPORT, b"[]"))
    report = (Finding(**{**each, "wards": tuple(each["wards"])}) for each in kept)
    return WardLayer.of(frame, report=tuple(report))


def wards_or_none(settings: Settings) -> WardLayer | None:
    """Return the ward layer in use; None where none is loaded."""
    return load_wards(settings.wards_path) if settings.wards_path.exists() else None
