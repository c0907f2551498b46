"""Credits of layers: each said once, none shortened."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from data.demo.place_layers import INVENTED, SKETCH, STREETS_CREDIT
from geo.credits import distinct_credits

OSM = "© OpenStreetMap contributors"
OS = "Contains OS data © Crown copyright and database right 2025"


def test_what_several_layers_share_is_said_once_in_the_order_of_the_first() -> None:
    assert distinct_credits([f"{OS}; {OSM}", OSM, "", f"{OS}."]) == (OS, OSM)
    assert distinct_credits(["© Nobody", OSM, "© nobody"]) == ("© Nobody", OSM)
    assert distinct_credits([]) == ()


def test_a_part_that_another_says_too_is_left_out() -> None:
    assert distinct_credits([OSM, f"Streets {OSM}"]) == (f"Streets {OSM}",)


def test_the_demo_says_simulated_once_and_its_licences_whole() -> None:
    every = distinct_credits([STREETS_CREDIT, SKETCH, SKETCH, INVENTED, INVENTED])
    assert every[0] == "Streets, schools, cameras and zones: SIMULATED"
    assert "; ".join(every).count("SIMULATED") == 1
    assert "Contains OS data © Crown copyright and database right 2025" in every[-1]
    assert "Royal Mail data © Royal Mail copyright and database right 2025" in every[-1]


@given(st.lists(st.text(st.sampled_from("ab;. "), max_size=8), max_size=5))
def test_nothing_that_was_credited_is_lost(lines: list[str]) -> None:
    kept = "|".join(distinct_credits(lines)).casefold()
    parts = [part.strip().rstrip(".").strip() for line in lines for part in line.split(";")]
    assert all(part.casefold() in kept for part in parts)
    assert len(set(kept.split("|"))) == len(kept.split("|"))
