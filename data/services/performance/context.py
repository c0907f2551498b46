"""Wards side by side for one indicator: rates with intervals and a funnel, never a rank.

Rates are on residents or, where the loaded file has it, on the ambient population. Where few people
live, a rate on residents says little about risk, and the table says so.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.layers.context import load_context, save_context
from data.sources.boundaries import WARD_LIMITS
from data.sources.context_reading import ContextFile, read_context
from data.sources.files import Limits
from data.sources.source_file import open_source
from models.indicators.small_areas import by_ward

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from data.incidents.store import Store
    from data.settings import Settings
    from models.indicators.small_areas import WardContext


def load_context_file(
    path: Path,
    *,
    settings: Settings,
    title: str = "",
    columns: Mapping[str, str] | None = None,
    outlines: Path | None = None,
) -> ContextFile:
    """Read population and deprivation by small area and put it into use, in place of any before.

    Raises
    ------
    NotContextError, FileError
        If it cannot be read; nothing is kept then.
    """
    read = read_context(
        open_source(path, limits=Limits(unpacked_mb=settings.max_upload_mb)),
        metric_crs=settings.metric_crs,
        title=title,
        columns=columns,
        outlines=None if outlines is None else open_source(outlines, limits=WARD_LIMITS),
    )
    save_context(read.context, settings.context_path)
    return read


def ward_context(store: Store) -> WardContext | None:
    """Return population and deprivation by ward; None where none is loaded.

    Raises
    ------
    DamagedFileError
    """
    path = store.settings.context_path
    if not path.exists():
        return None
    return by_ward(load_context(path, metric_crs=store.settings.metric_crs), wards=store.wards)
