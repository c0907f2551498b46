"""Density along streets: each incident is spread by a kernel over the ways that lead away from it.

The kernel is the quartic, and distance is walked, not flown. At a crossing of n streets the
equal-split *discontinuous* rule of Okabe and Sugihara sends what arrives into the n − 1 other
streets, divided evenly; a dead end sends it back, so all of an incident stays on the streets. Where
n is 2, nothing happens: a place where a segment was cut is no crossing. What comes out is the mass
on each segment, exactly, with no grid of small pieces in between: it adds up to the incidents'
weights.

Their equal-split *continuous* rule sends 2/n into each other street and (2 − n)/n back. It spares
the jump at a crossing, which does not show in the mass of segments; but what is sent back is
negative, so where segments are short the mass of some is less than nothing (on the real streets of
Newport from a bandwidth of 150 m), and walks back and forth make it take some 40 times as long.

Sources: A. Okabe, T. Satoh and K. Sugihara, "A kernel density estimation method for networks, its
computational method and a GIS-based tool", International Journal of Geographical Information
Science 23 (2009); A. Okabe and K. Sugihara, "Spatial Analysis along Networks" (2012), chapter 9.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from models.hotspots._network_kernels import spread

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.streets.segments import OnStreet, Segments


def network_density(
    streets: Segments,
    places: OnStreet,
    *,
    bandwidth_m: float,
    weight: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Return the mass of the kernels on each segment.

    Parameters
    ----------
    streets : Segments
    places : OnStreet
        Of n points, from `streets.place`. What is on no street is left out.
    bandwidth_m : float
        How far a kernel reaches along the streets. Time grows steeply with it.
    weight : float64 array of shape (n,), optional
        What each weighs; 1 without it.

    Returns
    -------
    float64 array of shape (segments,)
        Adds up to the weight of the points on streets.
    """
    length = streets.network.length_m
    heavy = np.ones(len(places.node)) if weight is None else weight
    on = np.flatnonzero(places.segment >= 0)
    at = np.flatnonzero(places.node >= 0)
    # A point at a crossing is divided evenly among its streets, at the end of each.
    arms = np.diff(streets.arms.first)[places.node[at]]
    nth = np.arange(arms.sum()) - np.repeat(np.cumsum(arms) - arms, arms)
    arm = np.repeat(streets.arms.first[places.node[at]], arms) + nth
    onto = streets.arms.segment[arm]
    segment = np.concatenate([places.segment[on], onto])
    along = np.concatenate(
        [places.along_m[on], np.where(streets.arms.at_end[arm], length[onto], 0.0)]
    )
    shares = np.concatenate([heavy[on], np.repeat(heavy[at] / arms, arms)])
    order = np.argsort(segment + along / (length[segment] + 1.0))
    first = np.searchsorted(segment[order], np.arange(len(streets) + 1))
    mass, _ = spread(
        along[order] / bandwidth_m,
        shares[order],
        first,
        streets.ends,
        length / bandwidth_m,
        streets.arms,
    )
    return np.asarray(mass)
