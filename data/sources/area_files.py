"""Reading areas for a tasking or a review: GeoJSON, GeoPackage, Shapefile, or a ZIP of one.

Every shape of the file is accepted or rejected with its reason; none is repaired.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from data.faults import plain_faults
from data.rows.errors import FileError
from data.sources.boundaries import read_shapes
from data.sources.files import Limits
from geo.areas import AreaError, checked_area

if TYPE_CHECKING:
    import geopandas as gpd
    from shapely.geometry.base import BaseGeometry

    from data.sources.source_file import SourceFile
    from geo.areas import CheckedArea

AREA_LIMITS: Final = Limits(unpacked_mb=64)
_MOST: Final = 200
_NAMES: Final = ("name", "title", "label", "area", "place", "ref", "id")


class NoAreaInFileError(FileError):
    """None of the shapes in the file can be used as an area."""


class UnstatedCrsError(FileError):
    """The file does not say in which coordinate system its numbers are."""


@dataclass(frozen=True, slots=True)
class FileArea:
    """One usable area of a file; `name` says which, for a list to choose from."""

    name: str
    area: CheckedArea


@dataclass(frozen=True, slots=True)
class AreaFile:
    """What was read of a file of areas.

    Attributes
    ----------
    areas : tuple of FileArea
        At least one.
    rejected : tuple of (int, str)
        Number of the shape in the file, from 1, and why it cannot be used.
    notes : tuple of str
        How the file was understood.
    """

    areas: tuple[FileArea, ...]
    rejected: tuple[tuple[int, str], ...]
    notes: tuple[str, ...]


def read_areas(
    source: SourceFile,
    *,
    wards: gpd.GeoDataFrame,
    crs: str | None = None,
    layer: str | None = None,
) -> AreaFile:
    """Read the areas of a file and check each.

    Parameters
    ----------
    source : SourceFile
        Opened with `AREA_LIMITS`.
    wards : GeoDataFrame
        The wards in use, in the metric CRS that the areas are wanted in. Not changed.
    crs : str, optional
        CRS of the file, where it states none or a wrong one.
    layer : str, optional
        Name of the layer, where there are several.

    Raises
    ------
    UnstatedCrsError
        If neither the file nor the caller says the coordinate system.
    NoAreaInFileError
        If no shape can be used; the message gives the reasons.
    FileError, UnknownCrsError
        If the file cannot be read.
    """
    frame, crs_findings = read_shapes(source, crs=crs, layer=layer)
    if len(frame) > _MOST:
        raise NoAreaInFileError(
            what=f"{source.name} holds too many shapes to choose from.",
            found=f"{len(frame):,}; at most {_MOST} are read",
            do="Keep only the area that is meant, and upload that.",
        )
    if frame.crs is None:
        raise UnstatedCrsError(
            what=f"{source.name} does not say its coordinate system.",
            found="no CRS in the file (a Shapefile keeps it in its .prj)",
            do="State it below, such as EPSG:27700 for British National Grid.",
        )
    with plain_faults(f"The coordinates of {source.name}"):
        moved = frame.to_crs(wards.crs)
    names = _names(frame)
    areas: list[FileArea] = []
    rejected: list[tuple[int, str]] = []
    for number, (name, shape) in enumerate(zip(names, moved.geometry, strict=True), start=1):
        try:
            areas.append(FileArea(name, _checked(shape, wards=wards)))
        except AreaError as problem:
            rejected.append((number, str(problem)))
    if not areas:
        raise NoAreaInFileError(
            what=f"No shape of {source.name} can be used as an area.",
            found="; ".join(f"shape {number}: {why}" for number, why in rejected[:3]) or "no shape",
            do="Correct the file, or draw the area on the map.",
        )
    return AreaFile(
        tuple(areas), tuple(rejected), tuple(finding.message for finding in crs_findings)
    )


def _checked(shape: BaseGeometry | None, *, wards: gpd.GeoDataFrame) -> CheckedArea:
    if shape is None:
        message = "It has no shape. Give it one, or leave it out."
        raise AreaError(message)
    return checked_area(shape, wards=wards)


def _names(frame: gpd.GeoDataFrame) -> list[str]:
    """Return a name for each shape: its own where a column holds one, else its number."""
    by_small = {str(column).casefold(): column for column in frame.columns}
    column = next((by_small[name] for name in _NAMES if name in by_small), None)
    numbers = [f"Shape {number}" for number in range(1, len(frame) + 1)]
    if column is None or column == frame.geometry.name:
        return numbers
    own = [str(value).strip() if value is not None else "" for value in frame[column]]
    return [
        f"{number}: {name[:60]}" if name and name != "nan" else number
        for number, name in zip(numbers, own, strict=True)
    ]
