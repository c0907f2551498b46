"""The walking loop of a visit: along the streets of its hotspot, and back to where it began.

It passes as many of the hotspot's incidents as the visit's minutes allow. Where positions cannot
bear it (published map points, many incidents at one point, or too few of them), no street is
claimed: the loop then covers as much street as it can. A loop never shows where one incident was:
it says a share of at least `models.tasking.arrival.LEAST_INCIDENTS` of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import shapely
from shapely import STRtree

from geo.naming.words import noted_once
from geo.places import STREET_CLASSES
from geo.streets.directions import Step, joined_line, steps_of, street_label
from geo.streets.local_streets import local_streets
from models.tasking._loop_search import STEPS, best_loop
from models.tasking.arrival import arrival_point, why_incidents_cannot_say

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely import MultiPolygon, Polygon

    from geo.streets.local_streets import LocalStreets
    from geo.streets.network import StreetNetwork
    from models.hotspots.inputs import Incidents
    from models.tasking._loop_search import FoundLoop

Basis = Literal["incidents", "length"]
NEAR_M: Final = 30.0
_HUNDRED_M: Final = 100.0  # worth by length is counted in these, so to whole metres
_DECIMALS: Final = 1


@dataclass(frozen=True, slots=True)
class WalkingLoop:
    """A walk through a hotspot that ends where it begins.

    Attributes
    ----------
    points : tuple of (float, float)
        In the metric CRS, to a decimetre; the last is the first.
    start : str
        "Brick Lane by Hanbury Street".
    steps : tuple of Step
        Their metres add up to `metres`.
    minutes : float
        At the pace.
    visit_minutes : int
    kmh : float
    basis : {"incidents", "length"}
        What it covers as much of as it can.
    share : float
        Of the hotspot's incidents that it passes within `NEAR_M`, or of its streets' length.
    least : float
        It covers at least this share of what the best loop of its length could from the same start,
        on the streets in and just around the hotspot; 1 where it is the best.
    reason : str
        Why it goes by length; "" otherwise.
    """

    points: tuple[tuple[float, float], ...]
    start: str
    steps: tuple[Step, ...]
    minutes: float
    visit_minutes: int
    kmh: float
    basis: Basis
    share: float
    least: float
    reason: str = ""

    @property
    def metres(self) -> int:
        """How long it is, rounded."""
        return sum(each.metres for each in self.steps)

    @property
    def directions(self) -> str:
        """The way in words, street by street."""
        steps = [f"Start at {self.start}.", *map(str, self.steps), "You are back at the start."]
        return noted_once(" ".join(steps))

    @property
    def short_directions(self) -> str:
        """The same as a list for paper; a turn without a street stays on it."""
        listed = ", ".join(each.short for each in self.steps)
        return noted_once(f"From {self.start}: {listed}; back at the start.")

    @property
    def length_label(self) -> str:
        """How long it is, and what of the visit's minutes that takes."""
        return (
            f"{self.metres} m at {self.kmh:g} km/h: {self.minutes:.0f} of the visit's "
            f"{self.visit_minutes} minutes"
        )

    @property
    def quality(self) -> str:
        """What it covers, and how good that is."""
        best = (
            "no loop of this length from there, on the hotspot's own streets, covers more"
            if self.least >= 1
            else f"at least {int(100 * self.least)} % of the best possible from there"
        )
        if self.basis == "incidents":
            return (
                f"It passes within {NEAR_M:g} m of {self.share:.0%} of the hotspot's incidents; "
                f"{best}."
            )
        return (
            f"It covers {self.share:.0%} of the length of the hotspot's streets; {best}. It goes "
            f"by length and not by incidents: {self.reason}."
        )


def walking_loop(
    network: StreetNetwork,
    area: Polygon | MultiPolygon,
    incidents: Incidents | None,
    *,
    minutes: int,
    kmh: float,
    steps: float = STEPS,
) -> WalkingLoop | None:
    """Return the loop of a visit; None where no street of the area can be walked.

    Parameters
    ----------
    network : StreetNetwork
    area : Polygon or MultiPolygon
        Of the hotspot, in the network's CRS. The loop begins on the street nearest to where a team
        arrives, see `models.tasking.arrival`.
    incidents : Incidents or None
        Those inside the area; None where it was not chosen by any.
    minutes : int
        Of the visit.
    kmh : float
        The pace.
    steps : float
        How long to search, see `models.tasking._loop_search`.
    """
    most_m = kmh * 1000 / 60 * minutes
    streets = local_streets(network, area, arrival_point(area, incidents), most_m=most_m)
    if streets is None:
        return None
    reason = _why_by_length(incidents)
    if incidents is not None and not reason:
        worth = _passed(streets, incidents)
        total = float(len(incidents))
        reason = "" if worth.any() else "none of its incidents is near a street"
    if reason:
        worth = streets.inside_m / _HUNDRED_M
        total = _street_length(network, area) / _HUNDRED_M
    found = best_loop(streets, worth, most_m=most_m, steps=steps)
    if not found.parts:
        return None
    return _loop(network, streets, found, total=total, reason=reason, minutes=minutes, kmh=kmh)


def _why_by_length(incidents: Incidents | None) -> str:
    """Say why incidents cannot say which streets matter; "" where they can."""
    if incidents is None:
        return "the place was not chosen by incidents"
    return why_incidents_cannot_say(incidents)


def _passed(streets: LocalStreets, incidents: Incidents) -> NDArray[np.float64]:
    """Count the incidents at each part of a street: each at the nearest, if that is near."""
    points = shapely.points(np.column_stack([incidents.easting, incidents.northing]))
    tree = STRtree(streets.lines)
    at, part = tree.query_nearest(points, max_distance=NEAR_M, all_matches=True)
    order = np.lexsort((part, at))
    at, part = at[order], part[order]
    first = np.ones(len(at), dtype=bool)
    first[1:] = at[1:] != at[:-1]
    return np.bincount(part[first], minlength=len(streets)).astype(np.float64)


def _street_length(network: StreetNetwork, area: Polygon | MultiPolygon) -> float:
    """Return the length of all streets inside an area that people walk."""
    pieces = network.tree.query(area, predicate="intersects")
    walked = network.class_code[pieces] != STREET_CLASSES.index("motorway")
    return float(shapely.length(shapely.intersection(network.lines[pieces[walked]], area)).sum())


def _loop(
    network: StreetNetwork,
    streets: LocalStreets,
    found: FoundLoop,
    *,
    total: float,
    reason: str,
    minutes: int,
    kmh: float,
) -> WalkingLoop:
    parts = np.array(found.parts)
    lines = [
        line if ahead else shapely.reverse(line)
        for line, ahead in zip(streets.lines[parts], found.ahead, strict=True)
    ]
    pieces = streets.piece[parts]
    points = np.round(joined_line(lines), _DECIMALS)
    return WalkingLoop(
        points=tuple((float(x), float(y)) for x, y in points),
        start=_start_label(network, streets),
        steps=steps_of(lines, [_label(network, piece) for piece in pieces.tolist()]),
        minutes=float(streets.length_m[parts].sum()) / (kmh * 1000 / 60),
        visit_minutes=minutes,
        kmh=kmh,
        basis="length" if reason else "incidents",
        share=min(found.worth / total, 1.0) if total > 0 else 1.0,
        least=found.worth / found.bound if found.bound > 0 else 1.0,
        reason=reason,
    )


def _label(network: StreetNetwork, piece: int) -> str:
    is_path = network.class_code[piece] == STREET_CLASSES.index("path")
    return street_label(str(network.name[piece]), is_path=bool(is_path))


def _start_label(network: StreetNetwork, streets: LocalStreets) -> str:
    """Name the street of the start, and one that crosses it near by."""
    piece = streets.start_piece
    own = _label(network, piece)
    ends = [int(network.start[piece]), int(network.end[piece])]
    if streets.start_along_m > network.length_m[piece] / 2:
        ends.reverse()
    for node in ends:
        met = (network.start == node) | (network.end == node)
        names = sorted({str(each) for each in network.name[met] if each and each != own})
        if names:
            return f"{own} by {names[0]}"
    return own
