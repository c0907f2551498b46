"""Plans along the streets: ways decide who is sent where, the check and the readers know them."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.streets.network import StreetNetwork, street_network
from models.tasking.patrol_check import broken_rules
from models.tasking.patrol_plan import plan
from models.tasking.patrol_request import ConflictError, LockedVisit, PlanRequest, PlanRequestError
from models.tasking.patrol_ways import (
    NO_STREETS,
    TravelWays,
    Ways,
    travel_label,
    travel_note,
    way_kind,
    ways_of,
)
from models.tasking.teams import wall_minute
from tests.patrols import MONDAY, candidate, request, team

AFTERNOON = range(14, 18)
MADE = "Streets by hand of 1 Jan 2026"


def bank_and_bank(*, one_way: str = "", barred: str = "") -> StreetNetwork:
    """Two streets 100 m apart along a canal, joined by a bridge 3 km to the east."""
    lines = [[(0, 0), (3000, 0)], [(0, 100), (3000, 100)], [(3000, 0), (3000, 100)]]
    frame = gpd.GeoDataFrame(
        {
            "name": ["South Bank", "North Bank", "Bridge"],
            "place_class": ["local"] * 3,
            "one_way": ["", "", one_way],
            "barred": ["", "", barred],
        },
        geometry=[shapely.LineString(each) for each in lines],
        crs=27700,
    )
    return street_network(frame)


def along_streets(asked: PlanRequest, network: StreetNetwork | None) -> PlanRequest:
    ways = ways_of(
        asked.candidates,
        [each.travel for each in asked.teams],
        network=network,
        streets=MADE,
        detour=asked.settings.detour,
    )
    return replace(asked, ways=ways)


def across() -> PlanRequest:
    """Two hotspots on either side of the canal."""
    places = [candidate(1, x=0, y=0, hours=AFTERNOON), candidate(2, x=0, y=100, hours=AFTERNOON)]
    return request(places, [team()])


def test_a_canal_that_only_a_far_bridge_crosses_keeps_a_team_on_its_bank() -> None:
    by_crow = across()
    assert plan(by_crow).value == pytest.approx(8.0, rel=1e-3)
    by_street = along_streets(by_crow, bank_and_bank())
    assert by_street.ways is not None
    assert by_street.ways.by_travel[0].metres == ((0.0, 6100.0), (6100.0, 0.0))
    made = plan(by_street)
    assert made.value == pytest.approx(4.0, rel=1e-3)
    assert made.ways == by_street.ways
    assert broken_rules(by_street, made) == ()
    # A plan as the crow flies breaks the rule of the streets: the check knows their ways.
    broken = broken_rules(by_street, plan(by_crow))
    assert any("travel takes 76.2 minutes" in each for each in broken)


def test_locked_visits_are_held_against_the_streets() -> None:
    begins = wall_minute(MONDAY, 14 * 60)
    locked = (LockedVisit("One", "K-1", begins), LockedVisit("One", "K-2", begins + 30))
    by_crow = across()
    by_crow = replace(by_crow, settings=replace(by_crow.settings, locked=locked))
    assert len(plan(by_crow).visits) >= 2
    with pytest.raises(ConflictError, match="locked visit"):
        plan(along_streets(by_crow, bank_and_bank()))


def test_each_visit_says_how_the_way_there_was_measured() -> None:
    places = [candidate(n, x=200.0 * n, y=0, hours=AFTERNOON) for n in (1, 2)]
    asked = along_streets(request(places, [team()]), bank_and_bank())
    ways = [each.way for each in plan(asked).visits]
    assert ways[0] == ""
    assert set(ways[1:]) == {"streets"}
    assert {each.way for each in plan(replace(asked, ways=NO_STREETS)).visits} == {"", "straight"}
    assert {each.way for each in plan(replace(asked, ways=None)).visits} == {""}


def test_ways_are_refused_that_do_not_fit() -> None:
    asked = along_streets(across(), bank_and_bank())
    with pytest.raises(PlanRequestError, match="The ways are those between other hotspots"):
        plan(replace(asked, candidates=(*asked.candidates, candidate(3, x=50))))
    with pytest.raises(PlanRequestError, match="The ways by car are missing"):
        plan(replace(asked, teams=(replace(team(), travel="car"),)))


def label(asked: PlanRequest) -> str:
    travels = [each.travel for each in asked.teams]
    return travel_label(asked.ways, travels=travels, detour=asked.settings.detour)


def note(asked: PlanRequest) -> str:
    return travel_note(
        asked.ways,
        candidates=asked.candidates,
        travels=[each.travel for each in asked.teams],
        detour=asked.settings.detour,
    )


@pytest.mark.parametrize(
    ("barred", "on_foot", "by_bike"),
    [("", True, True), ("walkers", False, True), ("slow", False, False)],
)
def test_nobody_is_sent_where_the_streets_say_that_they_may_not_go(
    barred: str, *, on_foot: bool, by_bike: bool
) -> None:
    teams = [replace(team(name), travel=name) for name in ("foot", "bike", "car")]
    found = along_streets(replace(across(), teams=tuple(teams)), bank_and_bank(barred=barred))
    assert found.ways is not None
    joined = {each.travel: not each.straight for each in found.ways.by_travel}
    assert joined == {"foot": on_foot, "bike": by_bike, "car": True}


def test_people_are_told_how_ways_were_measured() -> None:
    asked = across()
    assert label(asked) == "as the crow flies × 1.3"
    without = along_streets(asked, None)
    assert without.ways == NO_STREETS
    assert note(without) == "Travel times: as the crow flies × 1.3, as no streets are loaded."
    walked = along_streets(asked, bank_and_bank())
    assert label(walked) == "walking along the streets"
    assert note(walked) == f"Travel times: walking along the streets. Streets: {MADE}."
    teams = (replace(team(), travel="car"), replace(team("Two"), travel="foot"))
    driven = along_streets(replace(asked, teams=teams), bank_and_bank())
    assert note(driven) == (
        f"Travel times: walking and driving along the streets. Streets: {MADE}. It is not known "
        "which streets are one-way for cars."
    )
    one_way = along_streets(replace(asked, teams=teams), bank_and_bank(one_way="forward"))
    assert "Cars keep to one-way streets." in note(one_way)
    # The bridge can be driven north and not back.
    assert note(one_way).endswith("The streets do not join both ways the hotspots of rank 1 and 2.")
    assert "as the crow flies × 1.3 where the streets do not join two hotspots" in note(one_way)
    assert way_kind(one_way.ways, travel="foot", start=0, end=1) == "streets"
    assert way_kind(one_way.ways, travel="car", start=0, end=1) == "streets"
    assert way_kind(one_way.ways, travel="car", start=1, end=0) == "straight"


@given(
    st.integers(2, 5),
    st.lists(st.integers(1, 4000), min_size=25, max_size=25),
    st.integers(0, 99),
)
@settings(max_examples=40, deadline=None)
def test_every_plan_keeps_to_ways_that_differ_there_and_back(
    size: int, metres: list[int], seed: int
) -> None:
    rows = tuple(
        tuple(0.0 if a == b else float(metres[5 * a + b]) for b in range(size)) for a in range(size)
    )
    ways = Ways(MADE, one_way_known=True, by_travel=(TravelWays("foot", rows, ()),))
    places = [candidate(n + 1, hours=AFTERNOON, rate=1.0 + n) for n in range(size)]
    asked = replace(request(places, [team()], seed=seed), ways=ways)
    made = plan(asked)
    assert broken_rules(asked, made) == ()
    assert made.value > 0
