"""The walking loop of a visit: along the streets of its hotspot, and back to where it began.

It passes as many of the hotspot's incidents as the visit's minutes allow: those expected in the
hours of the visit, see `models.tasking.visit_hours`, or of all hours where none are said or known.
It may leave the hotspot where that makes a way back, and counts nothing there. Where positions
cannot bear it (published map points, many incidents at one point, or too few of them), no street is
claimed: the loop then covers as much street as it can. A loop never shows where one incident was:
it says a share of at least `models.tasking.arrival.LEAST_INCIDENTS` of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
import shapely

from geo.naming.words import noted_once
from geo.places import STREET_CLASSES
from geo.streets.directions import ROUND_M, Step, joined_line, steps_of, street_label
from geo.streets.local_streets import local_streets
from geo.streets.ways import may_use
from models.tasking._loop_prizes import Prizes, by_length, groups_of
from models.tasking._loop_search import STEPS, best_loop
from models.tasking.arrival import arrival_point, why_incidents_cannot_say
from models.tasking.visit_hours import hours_label, why_not_by_hours, worth_in_hours

if TYPE_CHECKING:
    from collections.abc import Sequence

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
    outside_m : float
        How much of it leads outside the hotspot.
    reason : str
        Why it goes by length; "" otherwise.
    hours : str
        The hours that its incidents are weighed for, in words; "" where all hours count alike.
    no_hours : str
        Why all hours count alike, where hours were asked for; "" otherwise.
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
    outside_m: float = 0.0
    reason: str = ""
    hours: str = ""
    no_hours: str = ""

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
            "no loop of this length from there, on streets in or near the hotspot, covers more"
            if self.least >= 1
            else f"at least {int(100 * self.least)} % of the best possible from there"
        )
        outside = round(self.outside_m / ROUND_M) * ROUND_M
        left = f" {outside} m of it are outside the hotspot." if outside else ""
        if self.basis == "length":
            return (
                f"It covers {self.share:.0%} of the length of the hotspot's streets; {best}. It "
                f"goes by length and not by incidents: {self.reason}.{left}"
            )
        passes = f"It passes within {NEAR_M:g} m of"
        if self.hours:
            return (
                f"{passes} about {self.share:.0%} of what is expected in the hotspot in the hours "
                f"of the visit ({self.hours}); {best}.{left}"
            )
        why = f" It is for all hours alike: {self.no_hours}." if self.no_hours else ""
        return f"{passes} {self.share:.0%} of the hotspot's incidents; {best}.{why}{left}"


def walking_loop(
    network: StreetNetwork,
    area: Polygon | MultiPolygon,
    incidents: Incidents | None,
    *,
    minutes: int,
    kmh: float,
    parts: Sequence[int] = (),
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
    parts : sequence of int
        The part of the week of each visit, see `models.tasking.visit_hours`; none where all hours
        count alike.
    steps : float
        How long to search, see `models.tasking._loop_search`.
    """
    most_m = kmh * 1000 / 60 * minutes
    streets = local_streets(network, area, arrival_point(area, incidents), most_m=most_m)
    if streets is None:
        return None
    goal = _goal(network, area, streets, incidents, parts=parts)
    found = best_loop(streets, goal.prizes, most_m=most_m, steps=steps)
    if not found.parts:
        return None
    return _loop(network, streets, found, goal=goal, minutes=minutes, kmh=kmh)


@dataclass(frozen=True, slots=True, eq=False)
class _Goal:
    """What a loop covers as much of as it can, how much there is of it, and why it is that."""

    prizes: Prizes
    total: float
    reason: str = ""
    hours: str = ""
    no_hours: str = ""


def _goal(
    network: StreetNetwork,
    area: Polygon | MultiPolygon,
    streets: LocalStreets,
    incidents: Incidents | None,
    *,
    parts: Sequence[int],
) -> _Goal:
    reason = _why_by_length(incidents)
    if incidents is not None and not reason:
        group, reached = groups_of(streets, incidents, near_m=NEAR_M)
        if len(reached):
            return _by_incidents(incidents, group, reached, parts=parts)
        reason = "none of its incidents is near a street"
    prizes = by_length(streets, unit_m=_HUNDRED_M)
    twice = float(streets.inside_m.sum()) / _HUNDRED_M - float(prizes.worth.sum())
    total = _street_length(network, area) / _HUNDRED_M - twice
    return _Goal(prizes, total, reason)


def _by_incidents(
    incidents: Incidents,
    group: NDArray[np.intp],
    reached: NDArray[np.bool_],
    *,
    parts: Sequence[int],
) -> _Goal:
    total = float(len(incidents))
    no_hours = why_not_by_hours(incidents, parts) if parts else ""
    if parts and not no_hours:
        worth = worth_in_hours(incidents, group, parts)[:-1]
        return _Goal(Prizes(worth, reached), total, hours=hours_label(parts))
    worth = np.bincount(group[group >= 0], minlength=len(reached)).astype(np.float64)
    return _Goal(Prizes(worth, reached), total, no_hours=no_hours)


def _why_by_length(incidents: Incidents | None) -> str:
    """Say why incidents cannot say which streets matter; "" where they can."""
    if incidents is None:
        return "the place was not chosen by incidents"
    return why_incidents_cannot_say(incidents)


def _street_length(network: StreetNetwork, area: Polygon | MultiPolygon) -> float:
    """Return the length of all streets inside an area that people walk."""
    pieces = network.tree.query(area, predicate="intersects")
    walked = may_use(network, travel="foot")[pieces]
    return float(shapely.length(shapely.intersection(network.lines[pieces[walked]], area)).sum())


def _loop(
    network: StreetNetwork,
    streets: LocalStreets,
    found: FoundLoop,
    *,
    goal: _Goal,
    minutes: int,
    kmh: float,
) -> WalkingLoop:
    parts = np.array(found.parts)
    outside = streets.length_m[parts] - streets.inside_m[parts]
    lines = [
        line if ahead else shapely.reverse(line)
        for line, ahead in zip(streets.lines[parts], found.ahead, strict=True)
    ]
    pieces = streets.piece[parts]
    points = np.round(joined_line(lines), _DECIMALS)
    return WalkingLoop(
        points=tuple((float(x), float(y)) for x, y in points),
        start=_start_label(network, streets),
        steps=steps_of(
            lines, [_label(network, piece) for piece in pieces.tolist()], outside_m=outside
        ),
        minutes=float(streets.length_m[parts].sum()) / (kmh * 1000 / 60),
        visit_minutes=minutes,
        kmh=kmh,
        basis="length" if goal.reason else "incidents",
        share=min(found.worth / goal.total, 1.0) if goal.total > 0 else 1.0,
        least=found.worth / found.bound if found.bound > 0 else 1.0,
        outside_m=float(outside.sum()),
        reason=goal.reason,
        hours=goal.hours,
        no_hours=goal.no_hours,
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
