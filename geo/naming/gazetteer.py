"""What names of places are made from: streets, landmarks and postcodes of one state of a store.

A gazetteer is a value: it is made once from layers, passed in, and never changed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.spatial import cKDTree

from geo.naming.landmarks import Landmarks, landmarks
from geo.naming.street_names import StreetNames, street_names
from geo.naming.words import postcode_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geo.places import PlacesLayer
    from geo.postcodes import PostcodeTable
    from geo.streets.network import StreetNetwork


@dataclass(frozen=True, eq=False)
class Postcodes:
    """Postcodes that are in use, by place."""

    label: NDArray[np.object_]
    tree: cKDTree

    def nearest(self, xy: NDArray[np.float64], *, within_m: float) -> tuple[str, ...]:
        """Return the nearest postcode to each point, "" beyond reach."""
        distance, at = self.tree.query(xy, distance_upper_bound=within_m)
        found = zip(np.isfinite(distance).tolist(), np.asarray(at).tolist(), strict=True)
        return tuple(postcode_label(self.label[row]) if near else "" for near, row in found)


@dataclass(frozen=True, slots=True, eq=False)
class Gazetteer:
    """The layers that names are made from; each is None where nothing is loaded.

    Attributes
    ----------
    streets : StreetNames or None
    landmarks : Landmarks or None
    postcodes : Postcodes or None
    """

    streets: StreetNames | None = None
    landmarks: Landmarks | None = None
    postcodes: Postcodes | None = None

    @property
    def empty(self) -> bool:
        """Whether it names nothing."""
        return self.streets is None and self.landmarks is None and self.postcodes is None

    def for_residents(self) -> Gazetteer:
        """Return its streets and stations alone, of which no name is anybody's address."""
        marks = None if self.landmarks is None else self.landmarks.of_kind("station")
        return Gazetteer(streets=self.streets, landmarks=marks)


NO_GAZETTEER: Final = Gazetteer()


def gazetteer(
    *,
    network: StreetNetwork | None = None,
    layers: Sequence[PlacesLayer] = (),
    postcodes: PostcodeTable | None = None,
) -> Gazetteer:
    """Return the gazetteer of some layers, all in one metric CRS.

    Parameters
    ----------
    network : StreetNetwork, optional
    layers : sequence of PlacesLayer
        Of other kinds than streets.
    postcodes : PostcodeTable, optional
        Those that ended take no part.
    """
    return Gazetteer(
        streets=None if network is None else street_names(network),
        landmarks=landmarks(layers),
        postcodes=None if postcodes is None else _in_use(postcodes),
    )


def _in_use(table: PostcodeTable) -> Postcodes | None:
    kept = np.ones(len(table), dtype=bool) if table.ended is None else ~table.ended
    kept &= np.isfinite(table.easting) & np.isfinite(table.northing)
    if not kept.any():
        return None
    label = np.asarray(table.postcodes.to_numpy(zero_copy_only=False), dtype=object)[kept]
    return Postcodes(label, cKDTree(np.column_stack([table.easting, table.northing])[kept]))
