"""Where a team arrives: the place with the most incidents around it, and the middle without one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from models.tasking.arrival import LEAST_INCIDENTS, WALK_M, arrival_point
from tests.incident_points import incidents_at

if TYPE_CHECKING:
    from models.hotspots.inputs import Incidents

AREA = shapely.box(0, 0, 400, 300)
MIDDLE = (200.0, 150.0)


def spread(x: float, y: float, *, many: int) -> list[tuple[float, float]]:
    return [(x + 0.7 * n, y + 0.3 * (n % 5)) for n in range(many)]


def test_the_busiest_part_of_a_hotspot_is_where_a_team_arrives() -> None:
    held = incidents_at(spread(350, 40, many=20) + spread(60, 250, many=12))
    x, y = arrival_point(AREA, held)
    assert np.hypot(x - 357, y - 40.6) < WALK_M


@given(st.lists(st.tuples(st.integers(0, 399), st.integers(0, 299)), min_size=12, max_size=60))
def test_no_other_place_of_the_grid_has_more_incidents_around_it(
    xy: list[tuple[int, int]],
) -> None:
    apart = [(x + 0.001 * n, y + 0.001 * n) for n, (x, y) in enumerate(xy)]
    held = incidents_at(apart)
    found = arrival_point(AREA, held)
    points = np.array(apart)

    def around(place: tuple[float, float]) -> int:
        return int((np.hypot(*(points - place).T) <= WALK_M).sum())

    cells = {(25 * (x // 25) + 12.5, 25 * (y // 25) + 12.5) for x, y in points}
    assert found in cells
    assert around(found) == max(map(around, cells))
    assert arrival_point(AREA, incidents_at(apart[::-1])) == found


@pytest.mark.parametrize(
    "held",
    [
        None,
        incidents_at(spread(350, 40, many=LEAST_INCIDENTS - 1)),
        incidents_at(spread(350, 40, many=30), snapped=True),
        incidents_at([(350.0, 40.0)] * 30),
    ],
    ids=["not chosen by incidents", "few", "on map points", "at one place"],
)
def test_where_incidents_cannot_say_it_a_team_arrives_in_the_middle(held: Incidents | None) -> None:
    assert arrival_point(AREA, held) == MIDDLE


def test_a_team_arrives_inside_a_hotspot_of_any_form() -> None:
    bent = shapely.Polygon([(0, 0), (400, 0), (400, 30), (30, 30), (30, 300), (0, 300)])
    held = incidents_at(spread(200, 10, many=30) + spread(10, 200, many=30))
    assert bent.contains(shapely.Point(arrival_point(bent, held)))
