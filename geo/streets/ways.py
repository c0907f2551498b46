"""How far it is along the streets from one place to another, on foot, by bike or by car.

A place stands on the nearest street that the traveller may use; from there to the place itself it
is a straight line. Nobody walks or cycles on a motorway, or where the layer says that it is not
allowed, and no car uses a path. Where the layer knows one-way streets, cars keep to them; on foot
and by bike (wheeled, if need be) both directions count. The shortest way counts, whatever the class
of its streets.

Layers have fragments that nothing joins to the rest, and streets cut at the edge of their box that
can be entered and not left. A place stands on none of these: only on a part of the network in which
every point is reached from every other, and which is the longest, or at least `LEAST_PART_M` long.

Source of the shortest ways: E. W. Dijkstra, "A note on two problems in connexion with graphs",
Numerische Mathematik 1 (1959), as SciPy has it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal, get_args

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components, dijkstra

from geo.places import STREET_CLASSES
from geo.streets.network import BARRED

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.streets.network import StreetNetwork

Travel = Literal["foot", "bike", "car"]
TRAVELS: Final[tuple[Travel, ...]] = get_args(Travel)
NEAREST_M: Final = 250.0  # a place farther than this from every street stands on none
LEAST_PART_M: Final = 1_000.0
_NO_CLASS: Final[dict[Travel, str]] = {"foot": "motorway", "bike": "motorway", "car": "path"}
_NO_BARRED: Final[dict[Travel, tuple[int, ...]]] = {
    "foot": (BARRED.index("walkers"), BARRED.index("slow")),
    "bike": (BARRED.index("slow"),),
    "car": (),
}
_NO_LENGTH: Final = 1e-6  # a way of no length must not look like no way


@dataclass(frozen=True, slots=True, eq=False)
class Standing:
    """Where n places stand on the streets.

    Attributes
    ----------
    piece : int32 array of shape (n,)
        Of the network; -1 where a place stands on none.
    along_m : float64 array of shape (n,)
        From the beginning of the piece; NaN where there is none.
    off_m : float64 array of shape (n,)
        From the piece to the place, in a straight line; NaN where there is none.
    """

    piece: NDArray[np.int32]
    along_m: NDArray[np.float64]
    off_m: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class WayMatrix:
    """The way from each of n places to each other.

    Attributes
    ----------
    metres : float64 array of shape (n, n)
        From the row's place to the column's; not the same both ways where streets are one-way.
    on_streets : bool array of shape (n, n)
        False where no street joins the two: `metres` is then the straight line times the detour.
    """

    metres: NDArray[np.float64]
    on_streets: NDArray[np.bool_]


def way_matrix(
    network: StreetNetwork, xy: NDArray[np.float64], *, travel: Travel, detour: float
) -> WayMatrix:
    """Return the way from each place to each other.

    Parameters
    ----------
    network : StreetNetwork
    xy : float64 array of shape (n, 2)
        In the network's CRS.
    travel : {"foot", "bike", "car"}
    detour : float
        Of ways that no street makes, as a multiple of the straight line.
    """
    along_streets = distances(network, standing(network, xy, travel=travel), travel=travel)
    apart = xy[:, np.newaxis] - xy[np.newaxis]
    straight = np.hypot(apart[..., 0], apart[..., 1]) * detour
    on_streets = np.isfinite(along_streets)
    np.fill_diagonal(on_streets, val=True)
    metres = np.where(on_streets, along_streets, straight)
    np.fill_diagonal(metres, 0.0)
    return WayMatrix(metres, on_streets)


def may_use(network: StreetNetwork, *, travel: Travel) -> NDArray[np.bool_]:
    """Tell which pieces a traveller may use, in one direction at least; shape (pieces,)."""
    open_to = network.class_code != STREET_CLASSES.index(_NO_CLASS[travel])
    return np.asarray(open_to & ~np.isin(network.barred, _NO_BARRED[travel]))


def standing(
    network: StreetNetwork,
    xy: NDArray[np.float64],
    *,
    travel: Travel,
    within_m: float = NEAREST_M,
) -> Standing:
    """Return where places stand: on the nearest piece that can be entered and left."""
    among = joined_pieces(network, travel=travel)
    return Standing(*network.nearest(xy, within_m=within_m, among=among))


def distances(network: StreetNetwork, places: Standing, *, travel: Travel) -> NDArray[np.float64]:
    """Return the shortest way from each place to each other along the streets.

    Returns
    -------
    float64 array of shape (n, n)
        Metres, from the row's place to the column's, with the straight lines between the places and
        their streets; infinite where there is no way. The diagonal is 0.
    """
    number, nodes = len(places.piece), len(network.node_xy)
    at = np.flatnonzero(places.piece >= 0)
    found = np.full((number, number), np.inf)
    if len(at):
        graph = graph_with_places(network, places, at=at, travel=travel)
        own = nodes + np.arange(len(at))
        between = dijkstra(graph, indices=own)[:, own]
        np.minimum(between, _on_same_piece(network, places, at=at, travel=travel), out=between)
        off = places.off_m[at]
        found[np.ix_(at, at)] = between + off[:, np.newaxis] + off[np.newaxis]
    np.fill_diagonal(found, 0.0)
    return found


def open_directions(
    network: StreetNetwork, *, travel: Travel
) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Tell on which pieces a traveller may go from start to end, and back; each (pieces,)."""
    allowed = may_use(network, travel=travel)
    if travel != "car":
        return allowed, allowed
    return allowed & (network.one_way >= 0), allowed & (network.one_way <= 0)


def joined_pieces(network: StreetNetwork, *, travel: Travel) -> NDArray[np.bool_]:
    """Tell which pieces lie in a part that is the longest, or long enough."""
    ahead, back = open_directions(network, travel=travel)
    start, end = network.start, network.end
    nodes = len(network.node_xy)
    tails = np.concatenate([start[ahead], end[back]])
    heads = np.concatenate([end[ahead], start[back]])
    graph = csr_array((np.ones(len(tails)), (tails, heads)), shape=(nodes, nodes))
    _, label = connected_components(graph, directed=True, connection="strong")
    inside = np.asarray((ahead | back) & (label[start] == label[end]))
    if not inside.any():
        return inside
    part = label[start]
    length = np.bincount(part[inside], weights=network.length_m[inside], minlength=nodes)
    kept = length >= min(LEAST_PART_M, float(length.max()))
    return np.asarray(inside & kept[part])


def graph_with_places(
    network: StreetNetwork, places: Standing, *, at: NDArray[np.intp], travel: Travel
) -> csr_array:
    """Return the network as a graph, with a node more for each place that stands on a piece."""
    ahead, back = open_directions(network, travel=travel)
    start, end, nodes = network.start, network.end, len(network.node_xy)
    piece, along = places.piece[at], places.along_m[at]
    rest = network.length_m[piece] - along
    own = nodes + np.arange(len(at))
    on, off = ahead[piece], back[piece]
    tails = (start[ahead], end[back], start[piece][on], own[on], end[piece][off], own[off])
    heads = (end[ahead], start[back], own[on], end[piece][on], own[off], start[piece][off])
    metres = (
        network.length_m[ahead],
        network.length_m[back],
        along[on],
        rest[on],
        rest[off],
        along[off],
    )
    return _shortest_edges(
        np.concatenate(tails),
        np.concatenate(heads),
        np.concatenate(metres),
        nodes=nodes + len(at),
    )


def _shortest_edges(
    tails: NDArray[np.integer],
    heads: NDArray[np.integer],
    metres: NDArray[np.float64],
    *,
    nodes: int,
) -> csr_array:
    """Return a graph with the shortest of several edges between two nodes (SciPy adds them up)."""
    order = np.lexsort((metres, heads, tails))
    tails, heads, metres = tails[order], heads[order], metres[order]
    first = np.ones(len(tails), dtype=bool)
    first[1:] = (tails[1:] != tails[:-1]) | (heads[1:] != heads[:-1])
    kept = np.maximum(metres[first], _NO_LENGTH)
    return csr_array((kept, (tails[first], heads[first])), shape=(nodes, nodes))


def _on_same_piece(
    network: StreetNetwork, places: Standing, *, at: NDArray[np.intp], travel: Travel
) -> NDArray[np.float64]:
    """Return the way straight along a piece on which two places stand; infinite otherwise."""
    ahead, back = open_directions(network, travel=travel)
    piece, along = places.piece[at], places.along_m[at]
    further = along[np.newaxis] - along[:, np.newaxis]
    allowed = np.where(further >= 0, ahead[piece], back[piece])
    same = (piece[:, np.newaxis] == piece[np.newaxis]) & allowed
    return np.asarray(np.where(same, np.abs(further), np.inf))
