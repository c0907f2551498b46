"""What can be wrong with a ward layer, in plain words and with its size.

Wards should tile the ground: no ward on top of another, no hole between them, every ring closed and
simple. What is wrong is mended where that is safe and reported always; figures under 1 m² come from
rounding and are left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import shapely
from pyproj import CRS

from geo.counting import counted
from geo.errors import PlainError
from geo.geocoding import metric_positions
from geo.shapes import polygon_parts

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

FindingKind = Literal["joined", "mended", "overlap", "gap", "heights", "crs", "columns", "vintage"]
LEAST_M2: Final = 1.0
_SHOWN: Final = 5
_LARGE_M2: Final = 100.0  # smaller ones are summed up where there are many
_MOST_WARDS: Final = int(np.iinfo(np.int16).max)


class WardFileError(PlainError, ValueError):
    """A ward file cannot be used; the message says what is wrong and what to do."""


class MissingCrsError(WardFileError):
    """The file does not say which coordinate system it is in."""


class WrongPlaceError(WardFileError):
    """The coordinates cannot be what their coordinate system says."""


class WrongGeometryError(WardFileError):
    """The file holds points or lines, or wards without a shape."""


class DuplicateWardsError(WardFileError):
    """A ward code stands in more than one row, or in none."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found in a ward file.

    Attributes
    ----------
    kind : FindingKind
    message : str
        What was found and what was done or should be done; shown as it is.
    area_m2 : float or None
        Area concerned, where that means something.
    wards : tuple of str
        Codes of the wards concerned.
    serious : bool
        True where the layer should not be used without a second look.
    """

    kind: FindingKind
    message: str
    area_m2: float | None = None
    wards: tuple[str, ...] = ()
    serious: bool = False

    def __str__(self) -> str:
        return self.message


def joined(wards: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, list[Finding]]:
    """Join the rows of one ward into one, and say which; rows that differ in a name are left.

    Parameters
    ----------
    wards : GeoDataFrame
        With ``ward_code``; rows of one code are parts of one ward where the other columns are
        equal, without regard to case and extra blanks.

    Returns
    -------
    GeoDataFrame
        One row a ward, as far as that is certain.
    list of Finding
    """
    columns = [name for name in wards.columns if name != wards.geometry.name]
    known = wards["ward_code"].notna()
    plain = wards[columns].apply(lambda column: column.astype("str").map(_folded))
    repeated = plain.duplicated(keep=False) & known
    if not repeated.any():
        return wards, []
    parts = wards[repeated].groupby("ward_code", sort=True)
    shapes = {code: shapely.union_all(rows.geometry.make_valid()) for code, rows in parts}
    labels = [
        f"{rows['ward_name'].iloc[0]} ({code}, {counted(len(rows), 'row')})" for code, rows in parts
    ]
    kept = wards[~(plain.duplicated() & known)].copy()
    whole = kept["ward_code"].map(shapes)
    geometry = kept.geometry.where(whole.isna(), whole)
    more = f" and {len(labels) - _SHOWN} more" if len(labels) > _SHOWN else ""
    wards_stood = "One ward stood" if len(labels) == 1 else f"{len(labels):,} wards stood"
    message = (
        f"{wards_stood} in several rows of the file, and the parts were joined: "
        f"{', '.join(labels[:_SHOWN])}{more}."
    )
    finding = Finding(kind="joined", message=message, wards=tuple(shapes))
    return kept.set_geometry(geometry), [finding]


def _folded(text: str) -> str:
    return " ".join(str(text).casefold().split())


def summarised(findings: Sequence[Finding], *, several: str) -> list[Finding]:
    """Return the largest findings one by one, and the many small ones as one.

    Parameters
    ----------
    findings : sequence of Finding
        Of one kind, largest first.
    several : str
        What they are, in the plural: "gaps between wards".
    """
    if len(findings) <= _SHOWN:
        return list(findings)
    large = [each for each in findings if (each.area_m2 or 0.0) >= _LARGE_M2][:_SHOWN]
    rest = [each for each in findings if each not in large]
    areas = [each.area_m2 or 0.0 for each in rest]
    codes = sorted({code for each in rest for code in each.wards})
    message = (
        f"{len(rest):,} {'more ' if large else ''}{several}, {sum(areas):,.0f} m² in all, the "
        f"largest {max(areas):,.0f} m², in {counted(len(codes), 'ward')}. Gaps and overlaps of a "
        "few square metres come from rounding and do no harm."
    )
    summary = Finding(kind=rest[0].kind, message=message, area_m2=sum(areas), wards=tuple(codes))
    return [*large, summary]


def mended(
    shapes: NDArray[np.object_], *, labels: Sequence[str], codes: Sequence[str]
) -> tuple[NDArray[np.object_], list[Finding]]:
    """Return the shapes with invalid rings made valid, keeping polygon parts, and what was done.

    Parameters
    ----------
    shapes : object array of Polygon or MultiPolygon
        Metres. A shape that leaves no polygon comes back empty.
    labels, codes : sequence of str
        Names and codes of the wards.
    """
    repaired, findings = shapes.copy(), []
    for i in np.flatnonzero(~shapely.is_valid(shapes)).tolist():
        repaired[i] = shapely.union_all(polygon_parts(shapes[i]))
        change = float(repaired[i].area - shapes[i].area)
        findings.append(
            Finding(
                kind="mended",
                message=(
                    f"{labels[i]} ({codes[i]}): its outline was broken "
                    f"({shapely.is_valid_reason(shapes[i])}) and has been mended; "
                    f"its area changed by {change:,.1f} m²."
                ),
                area_m2=abs(change),
                wards=(codes[i],),
            )
        )
    return repaired, findings


def overlaps(
    shapes: NDArray[np.object_], *, labels: Sequence[str], codes: Sequence[str]
) -> list[Finding]:
    """Return each pair of wards that share 1 m² of ground or more, largest first."""
    one, other = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    once = one < other
    one, other = one[once], other[once]
    areas = shapely.area(shapely.intersection(shapes[one], shapes[other]))
    order = [k for k in np.argsort(-areas, kind="stable") if areas[k] >= LEAST_M2]
    return [
        Finding(
            kind="overlap",
            message=(
                f"{labels[one[k]]} ({codes[one[k]]}) and {labels[other[k]]} ({codes[other[k]]}) "
                f"overlap by {areas[k]:,.0f} m². An incident there is counted once, "
                f"in {labels[one[k]]}."
            ),
            area_m2=float(areas[k]),
            wards=(codes[one[k]], codes[other[k]]),
        )
        for k in order
    ]


def gaps(shapes: NDArray[np.object_], *, codes: Sequence[str]) -> list[Finding]:
    """Return each enclosed hole of 1 m² or more that no ward covers, largest first."""
    whole = shapely.get_parts(shapely.union_all(shapes))
    rings = [ring for part in whole for ring in part.interiors]
    holes = [hole for hole in map(shapely.Polygon, rings) if hole.area >= LEAST_M2]
    tree = shapely.STRtree(shapes)
    found = []
    for hole in sorted(holes, key=lambda h: (-h.area, h.bounds)):
        neighbours = sorted(codes[i] for i in tree.query(hole, predicate="intersects"))
        middle = hole.representative_point()
        found.append(
            Finding(
                kind="gap",
                message=(
                    f"No ward covers {hole.area:,.0f} m² of ground around {middle.x:.0f}, "
                    f"{middle.y:.0f}, between {', '.join(neighbours[:_SHOWN])}. An incident there "
                    "is given the nearest ward if it is near enough, and is flagged."
                ),
                area_m2=float(hole.area),
                wards=tuple(neighbours),
            )
        )
    return found


def refuse_geometry(frame: gpd.GeoDataFrame) -> None:
    """Refuse a frame without rows, or with rows that are no polygon."""
    if frame.empty:
        message = "The ward file has no rows. Choose a file with one polygon for each ward."
        raise WrongGeometryError(message)
    kinds = np.asarray(frame.geometry.geom_type, dtype=object)
    wrong = np.flatnonzero(~np.isin(kinds, ["Polygon", "MultiPolygon"]))
    blank = frame.geometry.isna() | frame.geometry.is_empty
    if blank.any():
        message = (
            f"{int(blank.sum()):,} of "
            f"{counted(len(frame), 'row of the ward file has', 'rows of the ward file have')} no "
            "shape, first "
            f"row {int(np.flatnonzero(blank)[0]) + 1}. Export the file again with its geometry."
        )
        raise WrongGeometryError(message)
    if len(wrong):
        message = (
            f"{len(wrong):,} of "
            f"{counted(len(frame), 'row of the ward file is', 'rows of the ward file are')} not "
            "polygons, first row "
            f"{wrong[0] + 1}, a {kinds[wrong[0]]}. Choose the file of ward boundaries."
        )
        raise WrongGeometryError(message)


def refuse_place(frame: gpd.GeoDataFrame, *, metric_crs: str) -> None:
    """Refuse a frame that states no CRS, or one its coordinates cannot be in."""
    if frame.crs is None:
        message = (
            "The ward file does not say which coordinate system it is in. State it: for example "
            "EPSG:27700 for British National Grid metres, EPSG:4326 for longitude and latitude."
        )
        raise MissingCrsError(message)
    if not CRS(metric_crs).is_projected:
        message = f"{metric_crs} is not a metric CRS, and wards are kept in metres. Set metric_crs."
        raise WrongPlaceError(message)
    west, south, east, north = frame.total_bounds
    corners = metric_positions(
        np.array([west, east]),
        np.array([south, north]),
        crs=frame.crs.to_wkt(),
        metric_crs=metric_crs,
    )
    if not corners.located.all():
        reason = corners.reason(int(np.flatnonzero(~corners.located)[0]))
        message = (
            f"The ward file says its coordinates are in {frame.crs.name}, but they run from "
            f"{west:,.6g}, {south:,.6g} to {east:,.6g}, {north:,.6g}: {reason}. "
            "State the coordinate system they are really in, or export the file again."
        )
        raise WrongPlaceError(message)


def refuse_codes(codes: pd.Series, *, column: str) -> None:
    """Refuse blank codes, codes that stand twice, and more wards than can be numbered."""
    if codes.isna().any():
        row = int(np.flatnonzero(codes.isna())[0]) + 1
        message = (
            f"{counted(int(codes.isna().sum()), 'ward has', 'wards have')} no code in column "
            f"{column!r}, first row {row}."
            " Fill them in, or name another column."
        )
        raise DuplicateWardsError(message)
    twice = codes[codes.duplicated()].unique()
    if len(twice):
        message = (
            f"{counted(len(twice), 'ward code stands', 'ward codes stand')} in more than one row "
            f"of column {column!r}: "
            f"{', '.join(twice[:5])}. Join the parts of a ward into one row, or name another "
            "column."
        )
        raise DuplicateWardsError(message)
    if len(codes) > _MOST_WARDS:
        message = (
            f"Too many wards in the file: {len(codes):,}, and at most {_MOST_WARDS:,} can be used. "
            "Choose a file of one region."
        )
        raise WardFileError(message)


def refuse_empty(shapes: NDArray[np.object_], *, codes: Sequence[str]) -> None:
    """Refuse shapes that cover no ground."""
    flat = [code for code, shape in zip(codes, shapes, strict=True) if shape.area == 0]
    if flat:
        message = (
            f"{counted(len(flat), 'ward has', 'wards have')} no area, even when mended: "
            f"{', '.join(flat[:5])}. Export the file again."
        )
        raise WrongGeometryError(message)
