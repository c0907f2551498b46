"""Putting a list of licensed premises into the store, and reading the one in use."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.layers.postcodes import postcodes_in_use
from data.layers.premises import load_premises, save_premises
from data.layers.wards import wards_or_none
from data.sources.files import Limits
from data.sources.premises_reading import read_premises
from data.sources.source_file import open_source

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from data.settings import Settings
    from data.sources.premises_reading import PremisesFile
    from models.nights.premises import Premises


def load_premises_file(
    path: Path,
    *,
    settings: Settings,
    shown_on: date,
    title: str | None = None,
    columns: Mapping[str, str] | None = None,
) -> PremisesFile:
    """Read a list of licensed premises from a CSV and keep it, in place of the last one.

    Parameters
    ----------
    path : Path
        A CSV.
    shown_on, title, columns
        As `data.sources.premises_reading.read_premises` takes them.
    settings : Settings
        Its store's postcode table and wards are used where there are any.

    Raises
    ------
    NotPremisesError, FileError
        If it cannot be read; nothing is kept then.
    """
    wards = wards_or_none(settings)
    read = read_premises(
        open_source(path, limits=Limits(unpacked_mb=settings.max_upload_mb)),
        shown_on=shown_on,
        title=title,
        columns=columns,
        metric_crs=settings.metric_crs,
        postcodes=postcodes_in_use(settings),
        region=None if wards is None else wards.bounds,
    )
    save_premises(read.premises, settings.premises_path)
    return read


def premises_in_use(settings: Settings) -> Premises | None:
    """Return the licensed premises of the store; None where none were loaded.

    Raises
    ------
    DamagedFileError
        If the file cannot be read.
    """
    return load_premises(settings.premises_path, metric_crs=settings.metric_crs)
