"""Where simulated incidents happen: addresses along streets, some far busier than others.

Every place is invented around a real postcode. A postcode is a short stretch of street, so each
gets a few addresses in a line towards its nearest neighbour. Crime gathers in few streets
(Weisburd 2015, Criminology 53(2)), so streets, postcodes and addresses each have a heavy-tailed
weight of their own, and offences that share a `Field` share it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, get_args

import numpy as np
from scipy.spatial import cKDTree

from data.demo.clock import pick
from data.demo.geography import HACKNEY, TOWER_HAMLETS, demo_postcodes
from data.demo.rates import WARD_FACTOR_SIGMA, Field
from data.demo.truth import NIGHT_AREAS

if TYPE_CHECKING:
    from numpy.typing import NDArray

HOME_BOROUGHS: Final = (TOWER_HAMLETS, HACKNEY)
ADDRESSES: Final = 10  # a postcode
ADDRESS_GAP_M: Final = 9.0
ADDRESS_WEIGHTS: Final = 1.0 / np.arange(2.0, ADDRESSES + 2.0)  # the first is the busiest
JITTER_M: Final = 5.0  # most reports are put near the address, not on it
ON_ADDRESS: Final = 0.08  # share that is put on it exactly
WORST_QUALITY: Final = 50  # positional quality above this is no place
SCHOOLS: Final = 40
SCHOOL_M: Final = 160.0
# How unlike postcodes are, by field (lognormal sigma), shops being the most unlike.
SPREAD: Final[dict[Field, tuple[float, float]]] = {
    "homes": (0.4, 0.7),
    "streets": (0.6, 0.9),
    "shops": (0.9, 1.2),
    "schools": (0.3, 0.3),
    "east": (0.6, 0.9),
    "prime": (0.4, 0.7),
    "firms": (0.6, 0.9),
}
# Bow, Mile End, Poplar and the Isle of Dogs, where the most serious violence is.
EAST: Final = (
    *("E05009318", "E05009319", "E05009320", "E05009321", "E05009322", "E05009323", "E05009324"),
    *("E05009325", "E05009327", "E05009328"),
)
PRIME: Final = ("E05009380", "E05009371", "E05009381")  # Lea Bridge, De Beauvoir, London Fields
A10: Final = ("E05009377", "E05009370", "E05009382", "E05009385")  # Shoreditch to Stoke Newington
PULL: Final[dict[Field, tuple[tuple[str, ...], float]]] = {
    "east": (EAST, 3.0),
    "prime": (PRIME, 2.5),
    "firms": (A10, 3.0),
}


@dataclass(frozen=True, slots=True)
class DemoPlaces:
    """Postcodes and what is drawn at them; arrays of length n, addresses of shape (n, 10).

    Attributes
    ----------
    postcode : str array
    easting, northing : float64 arrays
        The postcode's own point, EPSG:27700 metres.
    borough : str array
        Borough code.
    address_easting, address_northing : float64 arrays of shape (n, `ADDRESSES`)
    night : bool array
        True in a night-time area (`data.demo.truth.NIGHT_AREAS`).
    weights : dict of float64 arrays
        For each `Field`, how much of it falls at each postcode.
    schools : float64 array of shape (`SCHOOLS`, 2)
        The points around which "schools" falls.
    """

    postcode: NDArray[np.object_]
    easting: NDArray[np.float64]
    northing: NDArray[np.float64]
    borough: NDArray[np.object_]
    address_easting: NDArray[np.float64]
    address_northing: NDArray[np.float64]
    night: NDArray[np.bool_]
    weights: dict[Field, NDArray[np.float64]]
    schools: NDArray[np.float64]

    def within(self, easting: float, northing: float, *, radius_m: float) -> NDArray[np.int64]:
        """Return the addresses within a circle, as postcode number × `ADDRESSES` + address."""
        apart = np.hypot(self.address_easting - easting, self.address_northing - northing)
        return np.flatnonzero(apart.ravel() <= radius_m).astype(np.int64)

    def points(
        self,
        address: NDArray[np.int64],
        *,
        rng: np.random.Generator,
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return a point near each address (some on it), to 0.1 m, never over `JITTER_M` off."""
        angle = rng.random(len(address)) * 2 * np.pi
        reach = JITTER_M * np.sqrt(rng.random(len(address)))
        reach[rng.random(len(address)) < ON_ADDRESS] = 0.0
        easting = self.address_easting.ravel()[address] + reach * np.cos(angle)
        northing = self.address_northing.ravel()[address] + reach * np.sin(angle)
        return easting.round(1), northing.round(1)

    def addresses(
        self, postcode: NDArray[np.int64], *, rng: np.random.Generator
    ) -> NDArray[np.int64]:
        """Draw one address at each postcode, the first being the likeliest."""
        return postcode * ADDRESSES + pick(ADDRESS_WEIGHTS, count=len(postcode), rng=rng)


def _levels(
    groups: NDArray[np.int64], *, sigma: float, rng: np.random.Generator
) -> NDArray[np.float64]:
    drawn = rng.lognormal(0.0, sigma, int(groups.max()) + 1)
    return np.asarray(drawn[groups], dtype=np.float64)


def _addresses(
    xy: NDArray[np.float64], *, rng: np.random.Generator
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Lay addresses in a line through each postcode, towards its nearest neighbour."""
    neighbour = np.asarray(cKDTree(xy).query(xy, k=2)[1])[:, 1]
    towards = xy[neighbour] - xy
    angle = np.arctan2(towards[:, 1], towards[:, 0])
    along = ADDRESS_GAP_M * (np.arange(ADDRESSES) - (ADDRESSES - 1) / 2)
    shuffled = rng.permuted(np.tile(along, (len(xy), 1)), axis=1)
    easting = xy[:, :1] + shuffled * np.cos(angle)[:, None]
    northing = xy[:, 1:] + shuffled * np.sin(angle)[:, None]
    return easting.round(1), northing.round(1)


def _close_to_any(
    xy: NDArray[np.float64], centres: NDArray[np.float64], *, radius_m: float
) -> NDArray[np.bool_]:
    return np.asarray(cKDTree(centres).query(xy)[0] <= radius_m)


def make_places(rng: np.random.Generator) -> DemoPlaces:
    """Lay out the demo's streets and decide which are busy."""
    frame = demo_postcodes()
    # Post-office boxes share one point, which would otherwise be the busiest place of all.
    frame = frame[frame["quality"] <= WORST_QUALITY].drop_duplicates(["easting", "northing"])
    frame = frame.reset_index(drop=True)
    xy = frame[["easting", "northing"]].to_numpy(np.float64)
    # "E1 6QL" and "E1 6QB" are mostly parts of one street or of two that meet.
    street = np.unique(frame["postcode"].str[:-1].to_numpy(str), return_inverse=True)[1]
    ward_codes = frame["ward_code"].to_numpy(str)
    ward = np.unique(ward_codes, return_inverse=True)[1]
    home = frame["borough_code"].isin(HOME_BOROUGHS).to_numpy()
    weights: dict[Field, NDArray[np.float64]] = {}
    for field in get_args(Field):
        of_street, of_postcode = SPREAD[field]
        level = _levels(ward, sigma=WARD_FACTOR_SIGMA, rng=rng)
        level = level * _levels(street, sigma=of_street, rng=rng)
        level = level * rng.lognormal(0.0, of_postcode, len(frame))
        wards, factor = PULL.get(field, ((), 1.0))
        weights[field] = np.where(np.isin(ward_codes, wards), factor * level, level)
    schools = xy[rng.choice(np.flatnonzero(home), SCHOOLS, replace=False)]
    weights["schools"] *= _close_to_any(xy, schools, radius_m=SCHOOL_M)
    night = np.zeros(len(frame), dtype=np.bool_)
    for area in NIGHT_AREAS:
        night |= np.hypot(xy[:, 0] - area.easting, xy[:, 1] - area.northing) <= area.radius_m
    address_easting, address_northing = _addresses(xy, rng=rng)
    return DemoPlaces(
        postcode=frame["postcode"].to_numpy(object),
        easting=xy[:, 0],
        northing=xy[:, 1],
        borough=frame["borough_code"].to_numpy(object),
        address_easting=address_easting,
        address_northing=address_northing,
        night=night,
        weights=weights,
        schools=schools,
    )
