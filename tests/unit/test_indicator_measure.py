"""Which incidents an indicator counts: yes, no, and not known."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.calendar.night_rule import NightRule
from models.indicators.catalogue import (
    INDICATORS,
    CountRule,
    UnknownIndicatorError,
    indicator,
    indicators,
)
from models.indicators.measure import (
    IndicatorRows,
    Judged,
    monthly_by_place,
    repeat_callers,
)
from models.indicators.measure import judged as judged_by
from models.wording.categories import CATEGORIES

if TYPE_CHECKING:
    from collections.abc import Sequence

FLAGS = ("injury", "knife", "domestic", "hate", "youth")
SATURDAY_2AM = 5 * 24 + 2  # of Friday night
MONDAY_NOON = 12
OFFENCES = (
    "Violence with injury",
    "Rape",
    "Rowdy or drunken behaviour",
    "Noise",
    "Anti-social behaviour",
    "Theft of a pedal cycle",
    "Shoplifting",
)


def made(
    categories: Sequence[str],
    *,
    offence: Sequence[int] | None = None,
    hour: Sequence[int] | None = None,
    month: Sequence[int] | None = None,
    caller: Sequence[int] | None = None,
    **flags: Sequence[int],
) -> IndicatorRows:
    count = len(categories)
    zeros = np.zeros(count)
    return IndicatorRows(
        category=np.array([CATEGORIES.index(name) for name in categories], dtype=np.int8),
        month=np.array(month or [24318] * count, dtype=np.int32),
        hour_of_week=np.array(hour or [MONDAY_NOON] * count, dtype=np.int16),
        offence=np.array(offence or [len(OFFENCES)] * count, dtype=np.int32),
        source=np.zeros(count, dtype=np.int16),
        borough=np.zeros(count, dtype=np.int16),
        ward=np.zeros(count, dtype=np.int16),
        caller=np.array(caller or [-1] * count, dtype=np.int32),
        easting=zeros,
        northing=zeros,
        flags={name: np.array(flags.get(name, [-1] * count), dtype=np.int8) for name in FLAGS},
        offences=OFFENCES,
        sources=("one",),
    )


judged = partial(judged_by, rule=NightRule())


def both(found: Judged) -> tuple[list[int], list[int]]:
    return found.yes.tolist(), found.unknown.tolist()


def test_an_unknown_flag_is_not_false_and_not_true() -> None:
    rows = made(["violence"] * 3, injury=[1, 0, -1])
    assert both(judged(rows, CountRule(("violence",), yes=("injury",)))) == ([0], [2])


def test_a_flag_that_must_be_false_leaves_the_unknown_open() -> None:
    rows = made(["violence"] * 3, domestic=[1, 0, -1])
    assert both(judged(rows, CountRule(("violence",), no=("domestic",)))) == ([1], [2])


def test_one_false_flag_settles_it_whatever_else_is_unknown() -> None:
    rows = made(["violence"] * 4, injury=[1, 1, 0, -1], knife=[1, -1, -1, -1])
    counted = CountRule(("violence",), yes=("injury", "knife"))
    assert both(judged(rows, counted)) == ([0], [1, 3])


def test_serious_youth_violence_is_robbery_or_violence_with_injury_or_knife() -> None:
    rows = made(
        ["robbery", "violence", "violence", "violence", "violence"],
        youth=[1, 1, 1, 1, 0],
        injury=[-1, 0, 1, -1, 1],
        knife=[-1, 0, 0, 0, 1],
    )
    counted = indicator("serious_youth_violence").count_rule
    assert counted is not None
    assert both(judged(rows, counted)) == ([0, 2], [3])


def test_an_incident_without_an_hour_is_never_counted_at_night_and_never_forgotten() -> None:
    rows = made(["robbery"] * 3, hour=[SATURDAY_2AM, MONDAY_NOON, -1])
    assert both(judged(rows, CountRule(("robbery",), nights="review"))) == ([0], [2])


def test_the_night_belongs_to_the_day_on_which_it_starts() -> None:
    saturday_5am, saturday_6am, sunday_5am, sunday_18h = 125, 126, 149, 162
    rows = made(["robbery"] * 4, hour=[saturday_5am, saturday_6am, sunday_5am, sunday_18h])
    assert both(judged(rows, CountRule(("robbery",), nights="review"))) == ([0, 2], [])
    assert both(judged(rows, CountRule(("robbery",), nights="nte"))) == ([0, 2, 3], [])


def test_sexual_offences_are_not_violence_with_injury() -> None:
    rows = made(["violence"] * 2, offence=[0, 1], injury=[1, 1])
    counted = indicator("vwi").count_rule
    assert counted is not None
    assert both(judged(rows, counted)) == ([0], [])


def test_rowdy_asb_is_told_by_the_sources_words() -> None:
    rows = made(["asb"] * 4, offence=[2, 3, 4, len(OFFENCES)], hour=[SATURDAY_2AM] * 4)
    counted = indicator("asb_rowdy_weekend").count_rule
    assert counted is not None
    assert both(judged(rows, counted)) == ([0], [2, 3])  # a heading, and nothing, name no kind


def test_incidents_outside_the_areas_do_not_count() -> None:
    rows = made(["violence"] * 2, injury=[1, 1])
    inside = np.array([False, True])
    counted = CountRule(("violence",), yes=("injury",), place="asb_hotspots")
    assert both(judged(rows, counted, inside=inside)) == ([1], [])


def test_a_caller_with_three_calls_in_the_months_is_one_repeat_caller() -> None:
    rows = made(
        ["asb"] * 9,
        month=[1, 1, 2, 1, 1, 2, 2, 2, 3],
        caller=[7, 7, 7, 8, 8, 9, 9, -1, 8],
    )
    everything = np.arange(9)
    assert repeat_callers(rows, everything, months=(1, 2)) == (1, 1)
    assert repeat_callers(rows, everything, months=(1, 2, 3)) == (2, 1)
    assert repeat_callers(rows, everything, months=(3,)) == (0, 0)
    assert repeat_callers(rows, everything, months=(4,)) == (0, 0)


def test_incidents_are_counted_by_place_and_month_and_nowhere_is_left_out() -> None:
    rows = made(["asb"] * 5, month=[10, 10, 11, 12, 9])
    places = np.array([0, 1, 1, -1, 0], dtype=np.int16)
    counted = monthly_by_place(rows, np.arange(5), places=places, count=2, months=range(10, 12))
    assert counted.tolist() == [[1, 0], [1, 1]]


@given(st.lists(st.tuples(*[st.sampled_from([1, 0, -1])] * 3), min_size=1, max_size=40))
def test_knowing_more_only_ever_settles_what_was_open(flags: list[tuple[int, int, int]]) -> None:
    injury, knife, domestic = (list(each) for each in zip(*flags, strict=True))
    counted = CountRule(("violence",), yes=("injury",), any_of=("knife",), no=("domestic",))
    rows = made(["violence"] * len(flags), injury=injury, knife=knife, domestic=domestic)
    found = judged(rows, counted)
    open_rows = set(found.unknown.tolist())
    for guess in (0, 1):
        sure = {
            name: [guess if flag < 0 else flag for flag in values]
            for name, values in (("injury", injury), ("knife", knife), ("domestic", domestic))
        }
        after = judged(made(["violence"] * len(flags), **sure), counted)
        assert set(found.yes.tolist()) <= set(after.yes.tolist())
        assert set(after.yes.tolist()) <= set(found.yes.tolist()) | open_rows
        assert not len(after.unknown)


def test_the_catalogue_keeps_to_its_own_rules() -> None:
    keys = [each.key for each in INDICATORS]
    assert len(keys) == len(set(keys))
    for each in INDICATORS:
        assert each.name
        assert each.definition.endswith(".")
        assert (each.count_rule is not None) == (each.kind == "incident")
        if each.count_rule is not None and {"domestic", "hate"} & set(each.count_rule.yes):
            assert not each.by_ward
            assert each.count_rule.place == "borough"
            assert each.direction == "higher"


def test_an_unknown_indicator_is_refused_with_those_there_are() -> None:
    with pytest.raises(UnknownIndicatorError, match="asb_demand"):
        indicator("nothing")


def test_the_nights_of_indicators_are_those_of_the_settings() -> None:
    rows = made(["robbery"] * 3, hour=[SATURDAY_2AM, 4 * 24 + 19, 5 * 24 + 5])
    counted = CountRule(("robbery",), nights="review")
    for rule, yes in (
        (NightRule(), [0, 1, 2]),
        (NightRule(start_hour=20), [0, 2]),
        (NightRule(end_hour=4), [0, 1]),
        (NightRule(start_hour=0, end_hour=5), [0]),
    ):
        assert both(judged_by(rows, counted, rule=rule)) == (yes, [])


def test_the_definitions_say_the_hours_of_a_night_that_are_set() -> None:
    said = {each.key: each.definition for each in indicators(NightRule(start_hour=20, end_hour=4))}
    assert said["nte_robbery"] == "Robbery on Friday and Saturday nights (20:00 to 04:00)."
    assert not any("{" in each or "18:00" in each for each in said.values())
    assert [each.key for each in INDICATORS] == list(said)


def test_other_theft_on_nights_is_without_bicycle_theft() -> None:
    of = OFFENCES.index("Theft of a pedal cycle")
    hours = [SATURDAY_2AM, SATURDAY_2AM, -1, -1]
    rows = made(["theft"] * 4, offence=[of, of + 1, of, of + 1], hour=hours)
    count_rule = indicator("nte_theft").count_rule
    assert count_rule is not None
    assert both(judged(rows, count_rule)) == ([1], [3])
