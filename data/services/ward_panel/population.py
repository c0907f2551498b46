"""Which incidents the ward figures count, and where each belongs.

All are counted, in the wards and in the borough. Domestic, sexual and hate incidents are within
their kinds, as the public files of police forces have them, and never by themselves: were they left
out, whoever takes the figures away from the public file would have their number. They are on no
map, and neither is violence, most of what they are: of the rest, such as damage that is a hate
crime, a public file's points less a block's figure give the number, changed as the figure is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from data.incidents import table
from data.incidents.categories import category_codes
from data.incidents.columns import codes, flag_codes, matches
from data.incidents.local_time import has_hour, local_minutes
from data.incidents.sensitive import PLACE_COLUMNS, positions, sensitive_rows
from geo.errors import PlainError
from geo.polygon_index import PolygonIndex
from geo.ward_cells import ward_cells
from models.calendar.week import hours_of_week
from models.incidents.precisions import TIME_PRECISIONS
from models.ward_panel.ward_release import Population, hour_band
from models.wording.categories import CATEGORIES, PANEL_CATEGORIES
from models.wording.lists import list_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    from data.incidents.store import Store
    from models.calendar.quarters import Quarter

_WORDS: Final = ("category", "offence", "time_precision", "ward_code")
_COLUMNS: Final = tuple(dict.fromkeys((*_WORDS, "starts_at", "ends_at", *PLACE_COLUMNS, "hate")))
_HATE: Final = re.compile(
    r"\bhate\b|\bracial|\bracist|\breligious|\bhomophobi|\btransphobi|\bantisemit|\bislamophob"
    r"|\bsexual orientation",
    re.IGNORECASE,
)
_NEAR_M: Final = 200.0
_VIOLENCE: Final = PANEL_CATEGORIES.index("violence")
_PANEL_CODE: Final = np.array(
    [PANEL_CATEGORIES.index("other" if name == "theft" else name) for name in CATEGORIES],
    dtype=np.int64,
)


class NoHomeWardsError(PlainError, LookupError):
    """The ward layer has no ward of the home borough."""

    @classmethod
    def of(cls, store: Store) -> NoHomeWardsError:
        """Return the error for the store's home borough and ward layer."""
        return cls(store.settings.borough_code, held=store.snapshot.borough_codes)

    def __init__(self, home: str, *, held: Sequence[str]) -> None:
        there = f"{list_label(sorted(held)[:3])}{' and others' if len(held) > 3 else ''}"
        super().__init__(
            f"The ward layer has no ward of the home borough {home}; it has wards of "
            f"{there or 'no borough'}. Ward figures are published for the home borough alone: set "
            "HOTSPOT_BOROUGH_CODE to its code, or load its wards."
        )


@dataclass(frozen=True, slots=True, eq=False)
class WardIncidents:
    """The counted incidents of the home borough's wards, all periods.

    Attributes
    ----------
    starts_minute : int64 array of shape (n,)
        Local wall-clock minutes since 1970-01-01.
    ward, category, band, piece : int64 arrays of shape (n,)
        See `models.ward_panel.ward_release.Population`.
    codes, names : tuple of str
        Of the wards, in the order of `ward`.
    pieces : tuple of tuple of Polygon or MultiPolygon
        Of each ward, in the metric CRS.
    """

    starts_minute: NDArray[np.int64]
    ward: NDArray[np.int64]
    category: NDArray[np.int64]
    band: NDArray[np.int64]
    piece: NDArray[np.int64]
    codes: tuple[str, ...]
    names: tuple[str, ...]
    pieces: tuple[tuple[Polygon | MultiPolygon, ...], ...]

    def of(self, quarter: Quarter) -> Population:
        """Return the incidents of one quarter."""
        first, end = quarter.period.minutes
        inside = (self.starts_minute >= first) & (self.starts_minute < end)
        days = self.starts_minute[inside].astype("datetime64[m]").astype("datetime64[M]")
        return Population(
            ward=self.ward[inside],
            category=self.category[inside],
            month=(days - np.datetime64(quarter.months[0], "M")).astype(np.int64),
            band=self.band[inside],
            piece=self.piece[inside],
        )


def ward_incidents(store: Store) -> WardIncidents:
    """Read the counted incidents of the store's version.

    Parameters
    ----------
    store : Store
        Its settings say the home borough and the size of the map's squares.

    Raises
    ------
    NoHomeWardsError
        If the home borough is not in the ward layer.
    """
    check_home(store)
    wards = home_wards(store)
    held = table.opened(store.settings, version=store.snapshot.version)
    rows = table.dataset(held, dictionary_columns=_WORDS).to_table(columns=list(_COLUMNS))
    rows = rows.unify_dictionaries().combine_chunks()
    layer = store.wards.frame
    names = tuple(layer["ward_code"].iloc[wards])
    ward = codes(rows["ward_code"], values=names).astype(np.int64)
    minutes = local_minutes(rows["starts_at"], timezone=store.settings.timezone)
    precision = codes(rows["time_precision"], values=TIME_PRECISIONS).astype(np.int8)
    hours = np.where(has_hour(rows, precision), hours_of_week(minutes), np.int16(-1))
    sensitive = sensitive_rows(rows)
    category = _PANEL_CODE[category_codes(rows)]
    hate = matches(rows["offence"], _names_hate) | (flag_codes(rows["hate"]) == 1)
    on_map = ~sensitive & ~hate & (category != _VIOLENCE)
    kept = ward >= 0
    easting, northing = positions(rows, sensitive=sensitive)
    cell_m = store.settings.ward_panel_cell_m
    pieces = tuple(ward_cells(shape, cell_m=cell_m) for shape in layer.geometry.iloc[wards])
    return WardIncidents(
        starts_minute=minutes[kept],
        ward=ward[kept],
        category=category[kept],
        band=hour_band(hours)[kept],
        piece=_pieces_of(
            np.where(on_map, ward, -1)[kept],
            easting[kept],
            northing[kept],
            pieces=pieces,
        ),
        codes=names,
        names=tuple(layer["ward_name"].iloc[wards]),
        pieces=pieces,
    )


def check_home(store: Store) -> None:
    """Refuse a ward layer without a ward of the home borough.

    Raises
    ------
    NoHomeWardsError
    """
    if store.settings.borough_code not in store.snapshot.borough_codes:
        raise NoHomeWardsError.of(store)


def home_wards(store: Store) -> NDArray[np.intp]:
    """Return the rows of the ward layer that are the home borough's; all where it is not there."""
    held = store.snapshot
    if store.settings.borough_code not in held.borough_codes:
        return np.arange(len(held.ward_codes))
    return np.flatnonzero(
        held.ward_boroughs == held.borough_codes.index(store.settings.borough_code)
    )


def _names_hate(offence: str) -> bool:
    return _HATE.search(offence) is not None


def _pieces_of(
    ward: NDArray[np.int64],
    easting: NDArray[np.float64],
    northing: NDArray[np.float64],
    *,
    pieces: Sequence[Sequence[Polygon | MultiPolygon]],
) -> NDArray[np.int64]:
    """Return each incident's piece of its own ward; the nearest where it lies just outside.

    −1 for one that is on no map, because of what it is or because it has no position.
    """
    placed = np.isfinite(easting)
    piece = np.full(len(ward), -1, dtype=np.int64)
    for number, shapes in enumerate(pieces):
        mine = np.flatnonzero((ward == number) & placed)
        index = PolygonIndex.of(list(shapes))
        found = index.nearest(easting[mine], northing[mine], within_m=_NEAR_M)
        far = np.flatnonzero(found < 0)
        if len(far):
            points = shapely.points(easting[mine[far]], northing[mine[far]])
            found[far] = shapely.STRtree(shapes).nearest(points)
        piece[mine] = found
    return piece
