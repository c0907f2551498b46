"""Putting a base of opportunity into the store, and naming those that it holds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.layers.base_points import base_names, checked_name, load_base, save_base
from data.layers.postcodes import postcodes_in_use
from data.layers.wards import wards_or_none
from data.sources.base_reading import read_base
from data.sources.files import Limits
from data.sources.source_file import open_source
from geo.counting import counted
from geo.polygon_index import PolygonIndex

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from data.layers.base_points import BasePoints
    from data.settings import Settings
    from data.sources.base_reading import BaseFile
    from geo.wards import WardLayer


def load_base_file(
    path: Path,
    *,
    settings: Settings,
    name: str,
    shown_on: date,
    title: str | None = None,
    weight_column: str | None = None,
) -> BaseFile:
    """Read a base from a CSV and keep it, in place of one of the same name.

    Parameters
    ----------
    path : Path
        A CSV.
    name, shown_on, title, weight_column
        As `data.sources.base_reading.read_base` takes them.
    settings : Settings
        Its store's postcode table and wards are used where there are any.

    Raises
    ------
    BaseNameError, NotABaseError, FileError
        If it cannot be read; nothing is kept then.
    """
    checked_name(name)  # before a large file is opened
    wards = wards_or_none(settings)
    read = read_base(
        open_source(path, limits=Limits(unpacked_mb=settings.max_upload_mb)),
        name=name,
        shown_on=shown_on,
        title=title,
        weight_column=weight_column,
        metric_crs=settings.metric_crs,
        postcodes=postcodes_in_use(settings),
        region=None if wards is None else wards.bounds,
    )
    save_base(read.base, settings.bases_path)
    return read


def bases(settings: Settings) -> tuple[BasePoints, ...]:
    """Return the bases of the store, in the order of their names.

    Raises
    ------
    DamagedFileError
        If one of them cannot be read.
    """
    return tuple(
        load_base(name, settings.bases_path, metric_crs=settings.metric_crs)
        for name in base_names(settings.bases_path)
    )


def base_words(base: BasePoints, *, wards: WardLayer | None = None) -> str:
    """Return a base in one line: what it is, its points and weight, and how many lie in wards."""
    weight = f", weight {base.weight.sum():,.0f} ({base.weight_column})" * bool(base.weight_column)
    line = f"{base.label}: {counted(len(base), 'point')}{weight}"
    if wards is None:
        return line
    index = PolygonIndex.of(wards.frame.geometry.to_numpy(), cell_m=100.0)
    inside = int((index.locate(base.easting, base.northing) >= 0).sum())
    return f"{line}, {inside:,} of them in the wards in use"
