"""Why a hotspot is ranked where it is, in words, up to the limits of each word."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
import shapely

from models.hotspots.guard import Guard
from models.hotspots.harm import disagreement
from models.hotspots.hotspot import Hotspot
from models.hotspots.reasons import reasons_of, warnings_of
from tests.planted import SOUTH, WEST, incidents_at

NOTHING_STANDS_OUT = "No place stands out from the rest with these settings."
PLAIN = Hotspot(
    hotspot_id="H-5330-1810",
    method="hand",
    rank=1,
    near="",
    geometry=shapely.box(0, 0, 100, 100),
    incidents=100,
    harm=math.nan,
    harm_known=0,
    harm_rank=0,
    area_km2=0.01,
    share_of_incidents=0.25,
    share_of_area=0.02,
    pai=12.5,
    comparison_incidents=80,
    change=0.25,
    change_low=0.1,
    change_high=0.4,
    change_state="compared",
    peak_window=None,
    peak_share=math.nan,
    hours_state="not_known",
    timed_incidents=100,
    top_place_share=0.0,
    snapped_share=0.0,
    expected=math.nan,
    expected_low=math.nan,
    expected_high=math.nan,
    hot_class="",
    z=math.nan,
    p_value=math.nan,
    wards=(),
    reasons=(),
)


ALLOWING = "allowing for the choice of place, "


def change_words(change: float, low: float, high: float) -> str:
    spot = replace(PLAIN, change=change, change_low=low, change_high=high)
    return reasons_of(spot, compared_with="May")[1]


@pytest.mark.parametrize(
    ("change", "low", "high", "words"),
    [
        (
            0.25,
            0.1,
            0.4,
            ALLOWING + "up 25 % on May (80 then; 95 % interval +10 % to +40 %)",
        ),
        (
            -0.25,
            -0.4,
            -0.1,
            ALLOWING + "down 25 % on May (80 then; 95 % interval −40 % to −10 %)",
        ),
        (
            0.25,
            0.0,
            0.4,
            ALLOWING + "up 25 % on May, which may be chance (80 then; 95 % interval +0 % to +40 %)",
        ),
        (
            -0.25,
            -0.4,
            0.0,
            ALLOWING
            + "down 25 % on May, which may be chance (80 then; 95 % interval −40 % to +0 %)",
        ),
        (
            0.0049,
            -0.1,
            0.1,
            ALLOWING + "unchanged on May (80 then; 95 % interval −10 % to +10 %)",
        ),
        (
            -0.0049,
            -0.1,
            0.1,
            ALLOWING + "unchanged on May (80 then; 95 % interval −10 % to +10 %)",
        ),
        (
            0.0051,
            0.004,
            0.01,
            ALLOWING + "up 1 % on May (80 then; 95 % interval +0.4 % to +1 %)",
        ),
        (0.25, 0.1, math.inf, "up on May (80 then; too few for a percentage)"),
        (-0.6, -0.95, -0.1, "down on May (80 then; too few for a percentage)"),
        (-0.1, -0.9, 1.5, "no clear change on May (80 then; too few for a percentage)"),
    ],
)
def test_a_change_is_said_with_its_direction_its_interval_and_whether_it_may_be_chance(
    change: float, low: float, high: float, words: str
) -> None:
    assert change_words(change, low, high) == words


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (0.0, "0.0 %"),
        (0.0009, "under 0.1 %"),
        (0.001, "0.1 %"),
        (0.0994, "9.9 %"),
        (0.0996, "10 %"),
        (0.126, "13 %"),
    ],
)
def test_small_shares_have_a_decimal_and_smaller_ones_a_limit(share: float, words: str) -> None:
    (reason,) = reasons_of(replace(PLAIN, share_of_area=share), compared_with=None)
    assert reason == (
        f"100 incidents, 25 % of all in the chosen wards, on {words} of their area "
        "(12 times the average density)"
    )


def test_one_place_is_named_from_a_quarter_of_the_incidents() -> None:
    assert len(reasons_of(replace(PLAIN, top_place_share=0.249), compared_with=None)) == 1
    assert reasons_of(replace(PLAIN, top_place_share=0.25), compared_with=None)[1] == (
        "25 % on one spot"
    )


def notes_of(
    *, hotspots: int = 1, snapped: int = 0, piled: int = 0, untimed: int = 0, compared: bool = False
) -> tuple[str, ...]:
    """Return the notes on a hundred incidents, so many of which lack something."""
    easting = WEST + 10.0 * np.arange(100)
    easting[:piled] = easting[0]
    hours = np.full(100, 20, dtype=np.int16)
    hours[:untimed] = -1
    incidents = incidents_at(
        easting,
        np.full(100, SOUTH + 100.0),
        hour_of_week=hours,
        snapped=np.arange(100) < snapped,
    )
    return warnings_of(
        incidents,
        np.ones(100, dtype=np.bool_),
        hotspots=hotspots,
        dropped=0,
        least_incidents=3,
        compared_with="May" if compared else None,
    )


def test_nothing_is_noted_of_incidents_that_lack_no_more_than_three_in_ten() -> None:
    assert notes_of() == ()
    assert notes_of(snapped=30, untimed=30) == ()
    assert notes_of(piled=30) == ()


def test_each_lack_of_more_than_three_in_ten_is_noted() -> None:
    (note,) = notes_of(snapped=31)
    assert note.startswith("31 % of the incidents are placed on anonymised map points")
    (note,) = notes_of(piled=31)
    assert note.startswith("31 % of the incidents share their exact place with another")
    (note,) = notes_of(untimed=31)
    assert note.startswith("31 % of the incidents have no known hour")


def test_where_nothing_stands_out_that_is_said_and_no_fall_is_explained() -> None:
    (note,) = notes_of(hotspots=0, compared=True)
    assert note.startswith(NOTHING_STANDS_OUT)
    (note,) = notes_of(hotspots=2, compared=True)
    assert note.endswith("It does not prove a cause.")
    assert "against May allows for that" in note


def test_a_guard_writes_shares_as_they_are() -> None:
    told = Guard(snapped=0.995, shared=0.0, untimed=0.31).reasons
    assert told == (
        "no street or address is claimed: 100 % of its incidents lie on anonymised map points",
        "no hours are claimed: 31 % of its incidents have no known hour",
    )
    assert not Guard(snapped=1 - 7 / 10, shared=0.0, untimed=0.3).reasons


@pytest.mark.parametrize(
    ("rank", "harm_rank", "hotspots", "words"),
    [
        (1, 3, 12, ""),  # two places: fewer than three
        (1, 4, 12, "more incidents but less serious ones: 4th by harm"),
        (4, 1, 12, "fewer incidents but more serious ones: 1st by harm"),
        (1, 4, 13, ""),  # three places of thirteen are less than a quarter
        (1, 6, 20, "more incidents but less serious ones: 6th by harm"),
        (3, 1, 3, ""),
        (1, 3, 2, ""),
        (40, 3, 40, "fewer incidents but more serious ones: 3rd by harm"),
        (40, 11, 40, "fewer incidents but more serious ones: 11th by harm"),
        (40, 12, 40, "fewer incidents but more serious ones: 12th by harm"),
        (40, 13, 40, "fewer incidents but more serious ones: 13th by harm"),
        (40, 21, 40, "fewer incidents but more serious ones: 21st by harm"),
        (1, 111, 120, "more incidents but less serious ones: 111th by harm"),
        (1, 102, 120, "more incidents but less serious ones: 102nd by harm"),
        (40, 0, 40, ""),  # nothing inside has a weight
    ],
)
def test_count_and_harm_part_at_three_places_and_a_quarter_of_the_list(
    rank: int, harm_rank: int, hotspots: int, words: str
) -> None:
    assert disagreement(rank, harm_rank, hotspots=hotspots) == words


def test_what_is_absent_is_said_in_the_reasons() -> None:
    bare = replace(PLAIN, change_state="not_covered", hours_state="too_few", timed_incidents=7)
    assert reasons_of(bare, compared_with=None)[1:] == (
        "not compared: the data do not cover this and the comparison period in the same way",
        "no hours are claimed: 7 incidents with a known hour are too few to say",
    )
    new = replace(PLAIN, change_state="new", comparison_incidents=0)
    assert reasons_of(new, compared_with="May")[1] == "new: none here in May"
