"""The lines of a plan's ways on the store's streets: as long as the ways, thinned, and kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import shapely

from data.services.detection import detect
from data.services.plan_ways import plan_ways
from data.services.way_lines import drawn_ways
from models.plans.planning import plan_basis
from tests.quiet_flat import quiet_flat

if TYPE_CHECKING:
    from pathlib import Path

    from data.incidents.store import Store

LEGS = ((0, 1), (1, 2), (2, 0))


def test_lines_are_as_long_as_the_ways_of_a_plan_and_few_points(demo_store: Store) -> None:
    basis = plan_basis(detect(demo_store, demo_store.default_filter()), top=3)
    settings = demo_store.settings
    ways = plan_ways(settings, basis.candidates, travels=["foot"], detour=1.3)
    places = [(each.easting, each.northing) for each in basis.candidates]
    drawn = drawn_ways(settings, places, LEGS, travel="foot")
    assert drawn.streets == ways.streets
    assert set(drawn.lines) == set(LEGS)
    metres = np.array(ways.by_travel[0].metres)
    for leg, points in drawn.lines.items():
        line = shapely.LineString(points)
        assert line.length == pytest.approx(metres[leg], rel=0.03, abs=10)
        assert line.length <= metres[leg] + 1
        assert points[0] == places[leg[0]]
        assert points[-1] == places[leg[1]]
        assert len(points) < 6 + metres[leg] / 20
    again = drawn_ways(settings, places, LEGS, travel="foot")
    assert again.lines is drawn.lines


def test_without_streets_there_are_no_lines(tmp_path: Path) -> None:
    drawn = drawn_ways(quiet_flat(tmp_path / "var"), [(0.0, 0.0), (1.0, 0.0)], LEGS, travel="foot")
    assert (drawn.streets, drawn.lines) == ("", {})
