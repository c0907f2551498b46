"""The lines between a plan's visits: along the loaded streets, each way of a team once."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

from data.services.way_lines import drawn_ways
from pages.shell import queries

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.services.way_lines import DrawnWays, Points
    from models.tasking.patrol_plan import PlannedVisit
    from pages.tasking.plan_parts.displayed_plan import DisplayedPlan


@dataclass(frozen=True, slots=True)
class Tracks:
    """What is drawn between visits.

    Attributes
    ----------
    lines : dict of str to list of tuple of (float, float)
        The lines of each team that goes anywhere; metres.
    caption : str
        How they run.
    """

    lines: dict[str, list[Points]]
    caption: str


def tracks(displayed: DisplayedPlan, visits: Sequence[PlannedVisit]) -> Tracks:
    """Return the lines that join each team's visits in their order, each way once."""
    number = {each.hotspot_id: at for at, each in enumerate(displayed.candidates)}
    places = [(each.easting, each.northing) for each in displayed.candidates]
    travel = {each.name: each.travel for each in displayed.teams}
    lines: dict[str, list[Points]] = {}
    drawn: list[tuple[DrawnWays, bool]] = []
    for team in dict.fromkeys(each.team for each in visits):
        legs = _legs(
            [each for each in visits if each.team == team],
            number,
            both_ways=travel[team] != "car",
        )
        along = [leg for leg, by_streets in legs.items() if by_streets]
        ways = drawn_ways(queries.store().settings, places, along, travel=travel[team])
        drawn.append((ways, all(leg in ways.lines for leg in legs)))
        lines[team] = [
            ways.lines.get((one, other), (places[one], places[other])) for one, other in legs
        ]
    return Tracks(lines, _caption(displayed, drawn))


def _legs(
    visits: Sequence[PlannedVisit], number: dict[str, int], *, both_ways: bool
) -> dict[tuple[int, int], bool]:
    """Return each way that a team goes, once, and whether it was measured along streets.

    There and back is one way where both ways are the same.
    """
    found: dict[tuple[int, int], bool] = {}
    for day in dict.fromkeys(each.day for each in visits):
        held = sorted((each for each in visits if each.day == day), key=lambda each: each.starts)
        for before, after in pairwise(held):
            leg = number[before.hotspot_id], number[after.hotspot_id]
            if leg[0] != leg[1] and not (both_ways and leg[::-1] in found):
                found.setdefault(leg, after.way == "streets")
    return found


def _caption(displayed: DisplayedPlan, drawn: Sequence[tuple[DrawnWays, bool]]) -> str:
    """Say how the lines run, and where they are not the ways that the plan was measured by."""
    if not any(ways.lines for ways, _ in drawn):
        return "Lines join a team's visits in their order and are straight, whatever the ways are."
    caption = "Lines join a team's visits in their order along the loaded streets, each way once"
    if not all(whole for _, whole in drawn):
        caption += ", and are straight where no street joins two hotspots"
    ways = displayed.plan.ways
    if ways is not None and ways.streets != drawn[0][0].streets:
        return f"{caption}. Other streets were loaded when the plan was made and measured."
    return f"{caption}."
