"""Kept answers: one for each question, shared by all, and never one for another question."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
import shapely
import streamlit as st
from hypothesis import given
from hypothesis import strategies as some
from shapely import Polygon
from streamlit.testing.v1 import AppTest

from data.settings import Settings
from models.calendar.periods import Period
from models.hotspots.dbscan import DbscanSettings
from models.hotspots.kde import KdeSettings
from models.incidents.filters import COMPARISONS, HoursFilter, IncidentFilter
from models.wording.categories import CATEGORIES
from pages.shell.answers import cached, key_of

if TYPE_CHECKING:
    from collections.abc import Iterator

YEAR = IncidentFilter(Period(date(2025, 1, 1), date(2025, 12, 31)))
ASKED: list[object] = []  # what the functions below have worked out
STATE = ["one"]


def state() -> str:
    return STATE[0]


@cached(max_entries=8, rests_on=())
def of_filter(incident_filter: IncidentFilter, *, theme: str = "light") -> list[object]:
    ASKED.append(incident_filter)
    return [incident_filter, theme]


@cached(max_entries=8, rests_on=())
def of_another_kind(incident_filter: IncidentFilter, *, theme: str = "light") -> list[object]:
    ASKED.append(incident_filter)
    return [incident_filter, theme]


@cached(max_entries=8, rests_on=())
def of_anything(value: object) -> list[object]:
    ASKED.append(value)
    return [value]


@cached(max_entries=2, rests_on=())
def of_few(number: int) -> list[int]:
    ASKED.append(number)
    return [number]


@cached(max_entries=8, rests_on=(state,))
def of_state() -> list[str]:
    ASKED.append(state())
    return [state()]


@cached(max_entries=8, rests_on=(), by=lambda incident_filter: incident_filter.wards)
def of_wards(incident_filter: IncidentFilter) -> list[object]:
    ASKED.append(incident_filter.wards)
    return [incident_filter.wards]


@cached(max_entries=8, rests_on=(state,))
def of_state_with_parts() -> list[object]:
    return [of_state(), of_filter(YEAR)]


@cached(max_entries=8, rests_on=())
def failing(number: int) -> int:
    ASKED.append(number)
    if len(ASKED) == 1:
        message = "not this time"
        raise ValueError(message)
    return number


@cached(max_entries=8, rests_on=())
def for_role(role: str) -> list[str]:
    return [f"what a {role} may see"]


@pytest.fixture(autouse=True)
def _nothing_kept() -> Iterator[None]:
    st.cache_resource.clear()
    ASKED.clear()
    STATE[0] = "one"
    yield
    st.cache_resource.clear()


def test_an_answer_is_worked_out_once_however_it_is_asked_for() -> None:
    first = of_filter(YEAR)
    assert of_filter(incident_filter=YEAR) is first
    assert of_filter(YEAR, theme="light") is first
    assert [YEAR] == ASKED


def test_a_filter_with_the_same_values_shares_the_answer() -> None:
    same = IncidentFilter(
        Period(date(2025, 1, 1), date(2025, 12, 31)), categories=("violence", "asb", "asb")
    )
    first = of_filter(same)
    assert of_filter(replace(YEAR, categories=("asb", "violence"))) is first
    assert len(ASKED) == 1


def test_another_filter_another_theme_and_another_function_have_their_own() -> None:
    first = of_filter(YEAR)
    assert of_filter(YEAR, theme="dark") == [YEAR, "dark"]
    assert of_filter(replace(YEAR, categories=("asb",)))[0] == replace(YEAR, categories=("asb",))
    assert of_another_kind(YEAR) is not first
    assert len(ASKED) == 4


days = some.dates(date(2024, 1, 1), date(2024, 1, 4))
filters = some.builds(
    IncidentFilter,
    period=some.tuples(days, days).map(lambda both: Period(min(both), max(both))),
    comparison=some.sampled_from(COMPARISONS),
    categories=some.lists(some.sampled_from(CATEGORIES[:3]), max_size=2).map(tuple),
    hours=some.sampled_from(
        [HoursFilter(), HoursFilter("nights"), HoursFilter("clock", 22, 2, (4, 5))]
    ),
    wards=some.lists(some.sampled_from(["E1", "E2"]), max_size=2).map(tuple),
    sources=some.sampled_from([(), ("E1",), ("cad",)]),
)


@given(filters, filters)
def test_two_filters_have_one_key_just_when_they_are_equal(
    one: IncidentFilter, other: IncidentFilter
) -> None:
    assert (repr(key_of(one)) == repr(key_of(other))) == (one == other)


@dataclass(frozen=True, slots=True)
class Inner:
    size: float = 1.0


@dataclass(frozen=True, slots=True)
class OtherInner:
    size: float = 1.0


@dataclass(frozen=True, slots=True)
class Outer:
    inner: object


@dataclass(slots=True)
class Open:
    size: float = 1.0


def read_only(values: object) -> np.ndarray:
    array = np.asarray(values)
    array.setflags(write=False)
    return array


SQUARE = Polygon([(0, 0), (1, 0), (1, 1), (0, 1)])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (1, 1.0),
        (1, True),
        (1, "1"),
        (None, "None"),
        ("a", b"a"),
        (("ab",), ("a", "b")),
        ((), ((),)),
        (date(2025, 1, 1), "2025-01-01"),
        (Inner(), OtherInner()),
        (Outer(Inner()), Outer(OtherInner())),
        (Outer((Inner(),)), Outer((OtherInner(),))),
        (Inner(), ("Inner", 1.0)),
        (KdeSettings(), replace(KdeSettings(), bandwidth_m=KdeSettings().bandwidth_m + 1)),
        (KdeSettings(), DbscanSettings()),
        (SQUARE, shapely.set_precision(SQUARE, 2.0)),
        (SQUARE, Polygon([(0, 0), (1, 0), (1, 1), (1e-9, 1)])),
        (SQUARE, SQUARE.wkb),
        (read_only([1, 2]), read_only([1.0, 2.0])),
        (read_only([1, 2]), read_only([[1, 2]])),
        (read_only(np.arange(600_000)), read_only([*range(599_999), 1])),
    ],
)
def test_different_values_never_share_an_answer(one: object, other: object) -> None:
    first, second = of_anything(one), of_anything(other)
    assert first[0] is one
    assert second[0] is other


@pytest.mark.parametrize(
    "value",
    [
        [1],
        {"a": 1},
        {1},
        Open(),
        Outer([1]),
        Outer((Inner(), Open())),
        np.arange(3),
        pd.DataFrame({"a": [1]}),
        Settings(_env_file=None),
        Inner,
        lambda: 1,
        iter(()),
    ],
)
def test_what_could_change_meanwhile_is_refused_and_named(value: object) -> None:
    with pytest.raises(TypeError, match="An answer cannot be cached for a "):
        of_anything(value)
    assert not ASKED


def test_another_state_gives_another_answer_and_the_same_again_the_first() -> None:
    first = of_state()
    STATE[0] = "two"
    assert of_state() == ["two"]
    STATE[0] = "one"
    assert of_state() is first
    assert ASKED == ["one", "two"]


def test_what_makes_no_difference_is_left_out_of_the_key() -> None:
    first = of_wards(YEAR)
    assert of_wards(replace(YEAR, categories=("asb",))) is first
    assert of_wards(replace(YEAR, wards=("E05000001",))) == [("E05000001",)]


def test_an_answer_made_of_others_shares_them() -> None:
    part, whole = of_state(), of_state_with_parts()
    assert whole[0] is part
    assert ASKED == ["one", YEAR]


def test_an_error_is_not_kept() -> None:
    with pytest.raises(ValueError, match="not this time"):
        failing(7)
    assert failing(7) == 7
    assert failing(7) == 7
    assert ASKED == [7, 7]


def test_the_least_recently_asked_goes_when_there_is_no_room() -> None:
    first = of_few(1)
    of_few(2)
    assert of_few(1) is first
    of_few(3)
    assert of_few(1) is first
    of_few(2)
    assert ASKED == [1, 2, 3, 2]


def test_roles_do_not_share_an_answer_that_is_given_the_role() -> None:
    assert for_role("officer") == ["what a officer may see"]
    assert for_role("panel") == ["what a panel may see"]


def test_two_sessions_that_ask_at_once_wait_for_one_answer() -> None:
    answers: list[object] = []
    sessions = [threading.Thread(target=lambda: answers.append(of_filter(YEAR))) for _ in range(8)]
    for session in sessions:
        session.start()
    for session in sessions:
        session.join()
    assert len(ASKED) == 1
    assert all(each is answers[0] for each in answers)


def long_count() -> None:
    import streamlit as st

    from pages.shell.answers import counted

    log = st.session_state.setdefault("log", [])

    @counted("Counting", max_entries=2, rests_on=())
    def squared(progress, number: int, *, fail: bool) -> int:  # noqa: ANN001
        progress(0.5)
        log.append(number)
        if st.session_state.get("interrupted"):
            st.stop()
        if fail:
            message = "could not be counted"
            raise ValueError(message)
        return number * number

    number = st.number_input("Number", 1, 9, 3)
    fail = st.checkbox("Fail")
    try:
        st.write(f"It is {squared(number, fail=fail)}")
    except ValueError as fault:
        st.write(f"It {fault}")


def test_a_long_count_is_made_once_and_leaves_no_bar() -> None:
    app = AppTest.from_function(long_count).run()
    assert [each.value for each in app.markdown] == ["It is 9"]
    assert not app.button
    app.run()
    assert app.session_state["log"] == [3]
    app.number_input[0].set_value(4).run()
    assert [each.value for each in app.markdown] == ["It is 16"]
    app.number_input[0].set_value(3).run()
    assert [each.value for each in app.markdown] == ["It is 9"]
    assert app.session_state["log"] == [3, 4]


def test_a_long_count_is_shared_with_other_sessions() -> None:
    AppTest.from_function(long_count).run()
    other = AppTest.from_function(long_count).run()
    assert [each.value for each in other.markdown] == ["It is 9"]
    assert other.session_state["log"] == []


def test_a_long_count_that_fails_is_not_kept() -> None:
    app = AppTest.from_function(long_count).run()
    app.checkbox[0].check().run()
    app.run()
    assert app.session_state["log"] == [3, 3, 3]
    assert [each.value for each in app.markdown] == ["It could not be counted"]


def test_a_long_count_that_is_stopped_waits_until_it_is_started_again() -> None:
    app = AppTest.from_function(long_count)
    app.session_state["interrupted"] = True
    app.run()  # ends in the middle of the count, as a click would end it
    assert [each.label for each in app.button] == ["Stop"]
    app.session_state["interrupted"] = False
    app.button[0].click().run()
    app.run()
    assert app.session_state["log"] == [3]
    assert [each.label for each in app.button] == ["Start again"]
    app.button[0].click().run()
    assert app.session_state["log"] == [3, 3]
    assert [each.value for each in app.markdown] == ["It is 9"]
