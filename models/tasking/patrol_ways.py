"""The ways between a plan's hotspots: along the streets, or as the crow flies without any.

A plan keeps the ways that it was made with, so that it can be checked for as long as it is kept,
whatever streets are loaded later. A plan from before ways were kept has none: its distances are
straight lines times the detour.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from geo.streets.ways import Travel, may_use, way_matrix

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from geo.streets.network import StreetNetwork
    from geo.streets.ways import WayMatrix
    from models.tasking.patrol_demand import Candidate
    from models.tasking.teams import Team

WayKind = Literal["", "streets", "straight"]
MOVING: Final[dict[Travel, str]] = {"foot": "walking", "bike": "cycling", "car": "driving"}
_DECIMALS: Final = 1  # of metres
_NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class TravelWays:
    """The ways of those who travel alike.

    Attributes
    ----------
    travel : {"foot", "bike", "car"}
    metres : tuple of tuple of float
        From each candidate (row) to each (column), in the order of the request.
    straight : tuple of (int, int)
        Pairs of candidates that no street joins, from the first to the second; their `metres` are
        the straight line times the detour.
    """

    travel: Travel
    metres: tuple[tuple[float, ...], ...]
    straight: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Ways:
    """The ways that a plan is made with.

    Attributes
    ----------
    streets : str
        What the loaded streets are called; "" where none are loaded.
    one_way_known : bool
        Whether these streets say which of them are one-way.
    by_travel : tuple of TravelWays
        One for each way of travelling of the teams; none where no streets are loaded.
    """

    streets: str
    one_way_known: bool
    by_travel: tuple[TravelWays, ...]


NO_STREETS: Final = Ways("", one_way_known=False, by_travel=())


def ways_of(
    candidates: Sequence[Candidate],
    travels: Iterable[Travel],
    *,
    network: StreetNetwork | None,
    streets: str,
    detour: float,
) -> Ways:
    """Return the ways between hotspots.

    Parameters
    ----------
    candidates : sequence of Candidate
    travels : iterable of {"foot", "bike", "car"}
        Those of the teams.
    network : StreetNetwork or None
        None where no streets are loaded.
    streets : str
        What the loaded streets are called.
    detour : float
        Of ways that no street makes.
    """
    if network is None or not len(network) or not candidates:
        return NO_STREETS
    xy = np.array([(each.easting, each.northing) for each in candidates])
    by_travel = []
    on_foot = may_use(network, travel="foot")
    measured: dict[str, WayMatrix] = {}
    for travel in sorted(set(travels)):
        alike = travel != "car" and (may_use(network, travel=travel) == on_foot).all()
        same = "foot" if alike else travel
        if same not in measured:
            measured[same] = way_matrix(network, xy, travel=travel, detour=detour)
        found = measured[same]
        metres = tuple(tuple(row) for row in np.round(found.metres, _DECIMALS).tolist())
        straight = np.argwhere(~found.on_streets).tolist()
        by_travel.append(TravelWays(travel, metres, tuple((a, b) for a, b in straight)))
    return Ways(streets, bool(network.one_way.any()), tuple(by_travel))


def metres_between(
    candidates: Sequence[Candidate],
    travels: Iterable[Travel],
    *,
    ways: Ways | None,
    detour: float,
) -> dict[Travel, NDArray[np.float64]]:
    """Return the way from each hotspot to each other, shape (n, n), for each way of travelling."""
    if ways is not None and ways.by_travel:
        return {each.travel: np.array(each.metres) for each in ways.by_travel}
    places = np.array([(each.easting, each.northing) for each in candidates])
    apart = places[:, np.newaxis] - places[np.newaxis]
    straight = np.hypot(apart[..., 0], apart[..., 1]) * detour
    return dict.fromkeys(travels, straight)


def faults(
    ways: Ways | None, *, candidates: Sequence[Candidate], teams: Sequence[Team]
) -> tuple[str, ...]:
    """Say where ways do not fit the hotspots and the teams that they are to be used for."""
    if ways is None or not ways.by_travel:
        return ()
    size = len(candidates)
    missing = {each.travel for each in teams} - {each.travel for each in ways.by_travel}
    odd = any(
        len(each.metres) != size or any(len(row) != size for row in each.metres)
        for each in ways.by_travel
    )
    found = []
    if missing:
        found.append(f"The ways by {', '.join(sorted(missing))} are missing: work them out again.")
    if odd:
        found.append("The ways are those between other hotspots: work them out again.")
    return tuple(found)


def way_kind(ways: Ways | None, *, travel: Travel, start: int, end: int) -> WayKind:
    """Say how one way was measured: "streets", "straight", or "" where a plan does not say."""
    if ways is None:
        return ""
    own = next((each for each in ways.by_travel if each.travel == travel), None)
    return "straight" if own is None or (start, end) in own.straight else "streets"


def travel_label(ways: Ways | None, *, travels: Iterable[Travel], detour: float) -> str:
    """Say in a few words how ways were measured: "walking along the streets"."""
    crow = f"as the crow flies × {detour:g}"
    if ways is None:
        return crow
    if not ways.by_travel:
        return f"{crow}, as no streets are loaded"
    moving = [word for travel, word in MOVING.items() if travel in set(travels)]
    listed = " and ".join([*([", ".join(moving[:-1])] if moving[1:] else []), *moving[-1:]])
    label = f"{listed} along the streets"
    return f"{label}; {crow} where the streets do not join two hotspots" if _apart(ways) else label


def travel_note(
    ways: Ways | None,
    *,
    candidates: Sequence[Candidate],
    travels: Iterable[Travel],
    detour: float,
) -> str:
    """Say in a sentence or two how ways were measured, and what is not known."""
    used = set(travels)
    note = f"Travel times: {travel_label(ways, travels=used, detour=detour)}."
    if ways is None or not ways.by_travel:
        return note
    note = f"{note} Streets: {ways.streets}."
    if "car" in used:
        note += (
            " Cars keep to one-way streets."
            if ways.one_way_known
            else " It is not known which streets are one-way for cars."
        )
    apart = _apart(ways)
    if apart:
        pairs = [f"{candidates[a].rank} and {candidates[b].rank}" for a, b in apart[:_NAMED]]
        more = f" and {len(apart) - _NAMED} more pairs" if len(apart) > _NAMED else ""
        note += f" The streets do not join both ways the hotspots of rank {', '.join(pairs)}{more}."
    return note


def _apart(ways: Ways) -> list[tuple[int, int]]:
    """Return the pairs of candidates that some team cannot reach along the streets, each once."""
    return sorted({(min(p), max(p)) for each in ways.by_travel for p in each.straight})
