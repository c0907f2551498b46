"""Small worlds of ward incidents, real ones, and what publishing them changes.

`published` publishes as the product does and keeps, of each count, the true and the changed number:
the most that an attacker with the code and the documents could have without the secret.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.crs import transform
from geo.polygon_index import PolygonIndex
from geo.ward_cells import ward_cells
from models.ward_panel import publication
from models.ward_panel.ward_release import NO_HOUR, SIZES, Population
from models.wording.categories import PANEL_CATEGORIES
from tests.shared_data import SHARED

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely import Polygon

    from models.ward_panel.publication import Published

FIELDS: Final = ("ward", "category", "month", "band", "piece")
PIECES: Final = tuple(shapely.box(250 * at, 0, 250 * (at + 1), 250) for at in range(4))
STEP: Final = 3 / 5


@dataclass(frozen=True)
class Seen:
    """A publication: the true counts and the changed ones by the name of each array."""

    true: dict[str, NDArray[np.int64]]
    changed: dict[str, NDArray[np.int64]]
    shown: Published

    def changes(self) -> NDArray[np.int64]:
        return np.concatenate(
            [(self.changed[name] - self.true[name]).ravel() for name in self.true]
        )

    def figures(self) -> dict[str, NDArray[np.int64]]:
        """The published figures under the names of the counts that they are of."""
        found = {}
        for at, of in enumerate(("categories", "months", "bands")):
            found[f"wards {at}"] = np.array([getattr(one, of) for one in self.shown.wards])
            found[f"borough {at}"] = np.array(getattr(self.shown.borough, of))
        for at, blocks in enumerate(self.shown.blocks):
            found[f"map {at}"] = np.array([one.incidents for one in blocks])
        return found


def secret(number: int) -> bytes:
    return number.to_bytes(32, "big")


def world(
    rng: np.random.Generator, *, wards: int = 3, incidents: int = 60, skew: float = 0.5
) -> Population:
    """Draw incidents unevenly; one in five is on no map, and most hours are known."""

    def uneven(size: int) -> NDArray[np.int64]:
        return rng.choice(size, size=incidents, p=rng.dirichlet(np.full(size, skew)))

    kind, month, band = (uneven(size) for size in SIZES)
    band = np.where(band == NO_HOUR, 0, band)
    piece = np.where(rng.random(incidents) < 0.2, -1, uneven(len(PIECES)))
    return Population(rng.integers(0, wards, incidents), kind, month, band, piece)


def more(population: Population, *incidents: Sequence[int]) -> Population:
    """Add incidents, each given by ward, kind, month, part of the week and block."""
    added = np.array(incidents, dtype=np.int64).reshape(-1, len(FIELDS))
    columns = [getattr(population, name) for name in FIELDS]
    return Population(*(np.append(one, added[:, at]) for at, one in enumerate(columns)))


def only(population: Population, kept: NDArray[np.bool_]) -> Population:
    return Population(*(getattr(population, name)[kept] for name in FIELDS))


def published(
    population: Population,
    *,
    wards: int = 3,
    pieces: Sequence[Sequence[Polygon]] | None = None,
    number: int = 0,
    name: str = "2026-Q1, revision 1",
    drawn_alone: bool = False,
) -> Seen:
    """Publish with the secret of that number; `drawn_alone` makes nothing add up, to save time."""
    true: dict[str, NDArray[np.int64]] = {}
    after: dict[str, NDArray[np.int64]] = {}
    change = publication.changed

    def noted(counts: NDArray[np.int64], *, key: bytes, name: str) -> NDArray[np.int64]:
        assert name not in true, "two arrays of a release have the same name"
        true[name], after[name] = counts, change(counts, key=key, name=name)
        return after[name]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(publication, "changed", noted)
        if drawn_alone:
            none = publication.WardFigures(0, (0, 0), (), ())
            patch.setattr(publication, "_adding_up", lambda _: (none, (none,) * wards))
            patch.setattr(publication, "_blocks", lambda *_, **__: ())
        shown = publication.publish(
            population, pieces or [PIECES] * wards, secret=secret(number), name=name
        )
    return Seen(true, after, shown)


def counts_apart(one: Seen, other: Seen) -> int:
    """Return by how much the true counts of two worlds differ, all arrays added up."""
    assert one.true.keys() == other.true.keys()
    return int(sum(np.abs(one.true[name] - other.true[name]).sum() for name in one.true))


def log_odds(observed: dict[str, NDArray[np.int64]], *, one: Seen, other: Seen) -> float:
    """Return the logarithm of how much likelier changed counts are in one world than in another.

    By the table alone, written here by itself: a step further is three fifths as likely.
    """
    further = sum(
        int(
            (
                np.abs(observed[name] - one.true[name]) - np.abs(observed[name] - other.true[name])
            ).sum()
        )
        for name in observed
    )
    return further * math.log(STEP)


@dataclass(frozen=True)
class RealWards:
    """Incidents of real wards by quarter, with the ground of their maps."""

    quarters: tuple[Population, ...]
    pieces: tuple[tuple[Polygon, ...], ...]


_NEWHAM = ("E09000025", ("newham-all-crime-2016-04_2018-03.csv",))
_CITY = (
    "E09000001",
    tuple(f"city-of-london/2024-{m:02}-city-of-london-street.csv" for m in range(1, 13)),
)
REAL: Final = {"Newham": _NEWHAM, "City of London": _CITY}
_KINDS: Final = {
    "Anti-social behaviour": "asb",
    "Violence and sexual offences": "violence",
    "Burglary": "burglary",
    "Robbery": "robbery",
    "Theft from the person": "theft_person",
    "Vehicle crime": "vehicle",
    "Criminal damage and arson": "damage",
    "Drugs": "drugs",
    "Possession of weapons": "weapons",
    "Public order": "public_order",
}


@lru_cache(maxsize=2)
def real_wards(name: str) -> RealWards:
    """Read the public file of a borough, and cut its wards into the product's squares."""
    code, files = REAL[name]
    layer = gpd.read_file(
        SHARED / "data/boundaries/london_wards_2014_bng.gpkg", where=f"LB_GSS_CD='{code}'"
    )
    pieces = tuple(ward_cells(shape, cell_m=200) for shape in layer.geometry)
    rows = pd.concat([pd.read_csv(SHARED / "data/police_uk" / each) for each in files])
    rows = rows.dropna(subset=["Longitude"]).reset_index(drop=True)
    easting, northing = transform(
        rows["Longitude"], rows["Latitude"], source="EPSG:4326", target="EPSG:27700"
    )
    ward = PolygonIndex.of(list(layer.geometry)).locate(easting, northing).astype(np.int64)
    other = PANEL_CATEGORIES.index("other")
    kind = rows["Crime type"].map(
        {words: PANEL_CATEGORIES.index(each) for words, each in _KINDS.items()}
    )
    month = rows["Month"].astype("datetime64[ns]").dt
    quarter = (4 * month.year + (month.month - 1) // 3).to_numpy()
    piece = np.full(len(rows), -1, dtype=np.int64)
    for at, shapes in enumerate(pieces):
        mine = np.flatnonzero((ward == at) & (kind != PANEL_CATEGORIES.index("violence")))
        piece[mine] = PolygonIndex.of(list(shapes)).locate(easting[mine], northing[mine])
    whole = Population(
        ward=ward,
        category=kind.fillna(other).to_numpy(np.int64),
        month=((month.month - 1) % 3).to_numpy(np.int64),
        band=np.full(len(rows), NO_HOUR),
        piece=piece,
    )
    return RealWards(
        tuple(only(whole, (quarter == each) & (ward >= 0)) for each in np.unique(quarter)), pieces
    )


def moved(population: Population, at: int, **to: int) -> Population:
    """Change one incident."""
    changes = {}
    for name, value in to.items():
        changed = getattr(population, name).copy()
        changed[at] = value
        changes[name] = changed
    return replace(population, **changes)
