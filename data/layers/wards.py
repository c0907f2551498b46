"""The ward layer in use, kept in the store as GeoParquet."""

from __future__ import annotations

import json
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import pyarrow.parquet as pq

from data.layers.parquet import replace_table, stored_table, whole
from geo.errors import PlainError
from geo.ward_checks import Finding
from geo.wards import WARD_COLUMNS, WardLayer

if TYPE_CHECKING:
    from collections.abc import Mapping
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
    report = json.dumps([_stored_finding(each) for each in wards.report]).encode()
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
    with whole("ward layer", path):
        frame = gpd.GeoDataFrame.from_arrow(table)
        stored = json.loads(table.schema.metadata.get(_REPORT, b"[]"))
        return WardLayer.of(frame, report=tuple(_finding(each) for each in stored))


def _stored_finding(finding: Finding) -> dict[str, Any]:
    """Return a finding under the keys that stores have held since 0.1.0."""
    return {
        "kind": finding.kind,
        "words": finding.message,
        "area_m2": finding.area_m2,
        "wards": list(finding.wards),
        "serious": finding.serious,
    }


def _finding(stored: Mapping[str, Any]) -> Finding:
    return Finding(
        kind=stored["kind"],
        message=stored["words"],
        area_m2=stored["area_m2"],
        wards=tuple(stored["wards"]),
        serious=stored["serious"],
    )


def wards_or_none(settings: Settings) -> WardLayer | None:
    """Return the ward layer in use; None where none is loaded."""
    return load_wards(settings.wards_path) if settings.wards_path.exists() else None
