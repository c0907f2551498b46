"""The ward layer: checked shapes with codes and names, and the ward of each incident.

Each incident gets exactly one ward. Inside, that is the ward that holds it, a shared edge always
going to the same one (`geo.polygon_index`). Outside but near, as when a police force has moved an
incident to a map point on the river, it is the nearest ward, and the row is flagged. Further out it
is no ward: such incidents are kept as the buffer that edge correction and cross-border views need.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.polygon_index import PolygonIndex
from geo.ward_checks import (
    Finding,
    gaps,
    joined,
    mended,
    overlaps,
    refuse_codes,
    refuse_empty,
    refuse_geometry,
    refuse_place,
    summarised,
)
from geo.ward_columns import WardColumnNames, find_columns

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from geo.grid import Bounds

WARD_COLUMNS: Final = ("ward_code", "ward_name", "borough_code", "borough_name", "geometry")
_ON_EDGE_M: Final = 0.001  # nearer than a coordinate is ever known: on the edge, not outside


@dataclass(frozen=True, slots=True, eq=False)
class WardMatch:
    """The ward of each of n points.

    Attributes
    ----------
    ward : int16 array of shape (n,)
        Row of the layer's frame; −1 outside every ward.
    snapped : bool array of shape (n,)
        True where the point lies outside and was given the nearest ward.
    """

    ward: NDArray[np.int16]
    snapped: NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class WardLayer:
    """Wards, ready for use. Make one with `ward_layer`.

    Attributes
    ----------
    frame : GeoDataFrame
        Columns `WARD_COLUMNS`, sorted by ``ward_code``, in a metric CRS; valid polygons.
        ``borough_code`` and ``borough_name`` are null where the file does not give them.
    index : PolygonIndex
        Positions in it are rows of `frame`.
    report : tuple of Finding
        What was found, mended or dropped when the layer was made.
    """

    frame: gpd.GeoDataFrame
    index: PolygonIndex
    report: tuple[Finding, ...] = ()

    @classmethod
    def of(cls, frame: gpd.GeoDataFrame, *, report: tuple[Finding, ...] = ()) -> WardLayer:
        """Make a layer of a frame that already has the columns, order and CRS of a layer."""
        return cls(frame, PolygonIndex.of(list(frame.geometry)), report)

    def __len__(self) -> int:
        return len(self.frame)

    @property
    def codes(self) -> tuple[str, ...]:
        """Ward codes in the order of the frame."""
        return tuple(self.frame["ward_code"])

    @property
    def names(self) -> tuple[str, ...]:
        """Ward names in the order of the frame."""
        return tuple(self.frame["ward_name"])

    @property
    def borough_codes(self) -> tuple[str | None, ...]:
        """Borough code of each ward in the order of the frame; None where not known."""
        return tuple(None if pd.isna(code) else str(code) for code in self.frame["borough_code"])

    @property
    def metric_crs(self) -> str:
        """CRS of the layer, as ``"EPSG:27700"`` where it has such a name."""
        return str(self.frame.crs.to_string())

    @property
    def bounds(self) -> Bounds:
        """Minimum x, minimum y, maximum x, maximum y of all wards, in metres."""
        west, south, east, north = self.frame.total_bounds
        return float(west), float(south), float(east), float(north)

    def locate(
        self, easting: ArrayLike, northing: ArrayLike, *, tolerance_m: float = 50.0
    ) -> WardMatch:
        """Find the ward of each point.

        Parameters
        ----------
        easting, northing : array of shape (n,)
            In the layer's CRS, metres.
        tolerance_m : float
            A point at most this far outside every ward is given the nearest one, flagged.

        Raises
        ------
        UnequalLengthsError
            If there are not as many eastings as northings.
        """
        x = np.asarray(easting, dtype=np.float64)
        y = np.asarray(northing, dtype=np.float64)
        ward = self.index.locate(x, y)
        snapped = np.zeros(len(ward), dtype=np.bool_)
        outside = np.flatnonzero(ward < 0)
        if len(outside):
            near = self.index.nearest(x[outside], y[outside], within_m=max(tolerance_m, _ON_EDGE_M))
            outside, near = outside[near >= 0], near[near >= 0]
            ward[outside] = near
            edge = self.index.nearest(x[outside], y[outside], within_m=_ON_EDGE_M)
            snapped[outside] = edge < 0
        return WardMatch(ward.astype(np.int16), snapped)


def ward_layer(
    frame: gpd.GeoDataFrame,
    *,
    metric_crs: str,
    code_column: str | None = None,
    name_column: str | None = None,
    borough_code: str | None = None,
) -> WardLayer:
    """Check a frame of wards as read from a file and make a layer of it.

    Parameters
    ----------
    frame : GeoDataFrame
        Wards in any CRS, which it must state; the rows of one ward are joined.
    metric_crs : str
        CRS of the layer.
    code_column, name_column : str, optional
        Columns of ward codes and names; found by content if not given.
    borough_code : str, optional
        Code of the borough of all wards, for a file that does not give it.

    Raises
    ------
    MissingCrsError, WrongPlaceError
        If the frame states no CRS, or its coordinates cannot be in the CRS it states.
    WrongGeometryError
        If it has no rows, or a row is no polygon or an empty one.
    DuplicateWardsError
        If a code is blank or stands in rows of different names.
    UnknownColumnError, NoWardCodesError
        If the columns cannot be found (`geo.ward_columns`).
    """
    refuse_geometry(frame)
    refuse_place(frame, metric_crs=metric_crs)
    table = pd.DataFrame(frame.drop(columns=frame.geometry.name))
    columns = find_columns(table, code_column=code_column, name_column=name_column)
    wards = _named(table, columns, borough_code=borough_code)
    wards, parts = joined(gpd.GeoDataFrame(wards, geometry=frame.geometry, crs=frame.crs))
    refuse_codes(wards["ward_code"], column=columns.code)
    findings = [_columns_finding(columns, borough_code=borough_code), *parts]
    if frame.geometry.has_z.any():
        findings.append(Finding(kind="heights", message="Heights (z) in the file were dropped."))
    wards = wards.set_geometry(gpd.GeoSeries(shapely.force_2d(wards.geometry), wards.index))
    wards = wards.set_crs(frame.crs, allow_override=True)
    wards = wards.to_crs(metric_crs).sort_values("ward_code", ignore_index=True)
    labels, codes = list(wards["ward_name"]), list(wards["ward_code"])
    shapes, repairs = mended(wards.geometry.to_numpy(), labels=labels, codes=codes)
    refuse_empty(shapes, codes=codes)
    findings += summarised(repairs, several="broken outlines mended")
    overlapping = overlaps(shapes, labels=labels, codes=codes)
    findings += summarised(overlapping, several="overlaps of two wards")
    findings += summarised(gaps(shapes, codes=codes), several="gaps between wards")
    wards = wards.set_geometry(gpd.GeoSeries(shapes, crs=wards.crs))[list(WARD_COLUMNS)]
    return WardLayer.of(wards, report=tuple(findings))


def _named(
    table: pd.DataFrame, columns: WardColumnNames, *, borough_code: str | None
) -> pd.DataFrame:
    """Return the four columns of text; a ward without a name is called by its code."""

    def text(column: str | None, otherwise: object) -> pd.Series:
        if column is None:
            return pd.Series(otherwise, index=table.index, dtype="str")
        values = table[column].astype("str").str.strip()
        return values.where(table[column].notna() & (values != ""))

    code = text(columns.code, None)
    borough = text(columns.borough_code, borough_code)
    return pd.DataFrame(
        {
            "ward_code": code,
            "ward_name": text(columns.name, None).fillna(code),
            "borough_code": borough,
            "borough_name": text(columns.borough_name, None),
        }
    )


def _columns_finding(columns: WardColumnNames, *, borough_code: str | None) -> Finding:
    name = columns.name or "not found, so wards are called by their codes"
    borough = columns.borough_code or (
        f"not found, taken to be {borough_code}" if borough_code else "not found"
    )
    return Finding(
        kind="columns",
        message=f"Ward codes from {columns.code}; names: {name}; borough codes: {borough}.",
    )
