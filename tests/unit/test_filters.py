from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.calendar.periods import Period
from models.incidents.filters import (
    COMPARISONS,
    QUERY_KEYS,
    FilterError,
    HoursFilter,
    IncidentFilter,
    from_query,
    to_query,
)
from models.wording.categories import CATEGORIES

MAY = Period(date(2024, 5, 1), date(2024, 5, 31))
DEFAULT = IncidentFilter(period=MAY, wards=("E05000001",))

PERIODS = st.tuples(st.dates(date(1900, 1, 1), date(2150, 1, 1)), st.integers(0, 10_000)).map(
    lambda pair: Period(pair[0], pair[0] + timedelta(days=pair[1]))
)
HOURS = st.one_of(
    st.builds(
        HoursFilter,
        kind=st.sampled_from(["all", "nights", "nte"]),
        weekdays=st.lists(st.integers(0, 6)).map(tuple),
    ),
    st.builds(
        HoursFilter,
        kind=st.sampled_from(["nights", "nte"]),
        weekdays=st.lists(st.integers(0, 6)).map(tuple),
        window=st.sampled_from(["night", "levy", "peak"]),
    ),
    st.tuples(st.integers(0, 23), st.integers(1, 24), st.lists(st.integers(0, 6)))
    .filter(lambda span: span[0] != span[1])
    .map(lambda span: HoursFilter("clock", span[0], span[1], tuple(span[2]))),
)
NAMES = st.lists(
    st.one_of(
        st.sampled_from(["all", "a,b", "CAD & 101", "%61", "E05000001", "Straße", " ", "+"]),
        st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8),
    ),
    max_size=4,
).map(tuple)
FILTERS = st.builds(
    IncidentFilter,
    period=PERIODS,
    comparison=st.sampled_from(COMPARISONS),
    categories=st.lists(st.sampled_from(CATEGORIES)).map(tuple),
    hours=HOURS,
    wards=NAMES,
    sources=NAMES,
)


@given(FILTERS)
def test_a_link_gives_back_the_filter_it_was_made_from(chosen: IncidentFilter) -> None:
    query = to_query(chosen)
    assert tuple(query) == QUERY_KEYS
    assert all(query.values())
    read = from_query(query, default=DEFAULT)
    assert read.filter == chosen
    assert read.problems == ()


@given(st.dictionaries(st.sampled_from(QUERY_KEYS), st.text(max_size=30)))
def test_rubbish_in_a_link_never_fails_and_is_always_mentioned(query: dict[str, str]) -> None:
    read = from_query(query, default=DEFAULT, wards=["E05000001"], sources=["cad"])
    assert set(read.filter.wards) <= {"E05000001"}
    assert set(read.filter.sources) <= {"cad"}
    if query.get("compare", "none") not in COMPARISONS:
        assert any("comparison" in problem for problem in read.problems)


def test_a_link_with_nothing_of_ours_is_the_default() -> None:
    assert from_query({"utm": "x"}, default=DEFAULT).filter == DEFAULT


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ({"from": "2024-02-30", "to": "2024-03-01"}, "period ('2024-02-30 to 2024-03-01') cannot"),
        ({"from": "2024-05-02", "to": "2024-05-01"}, "period"),
        ({"from": "2024-05-02"}, "period ('2024-05-02 to') cannot be read"),
        ({"from": "0001-01-01", "to": "0001-01-02"}, "period"),
        ({"hours": "clock:25-3"}, "hours"),
        ({"hours": "clock:3-3"}, "hours"),
        ({"days": "7"}, "hours"),
        ({"hours": "always"}, "hours"),
        ({"category": "arson"}, "names the category 'arson', which there is not; it was left out"),
        ({"category": "burglry"}, "'burglry', which there is not; did you mean 'burglary'?"),
        ({"source": "cadd"}, "'cadd', which there is not; did you mean 'cad'?"),
        ({"ward": "E05999999"}, "names no ward that there is; the usual choice is shown"),
        ({"source": ""}, "names no source"),
    ],
)
def test_what_cannot_be_read_takes_the_usual_value_and_is_said(
    query: dict[str, str], problem: str
) -> None:
    read = from_query(query, default=DEFAULT, wards=["E05000001"], sources=["cad"])
    assert read.filter == DEFAULT
    assert problem in " ".join(read.problems)


def test_what_is_known_in_a_list_is_kept_and_the_rest_is_said() -> None:
    read = from_query({"category": "asb,arson,drugs"}, default=DEFAULT)
    assert read.filter.categories == ("asb", "drugs")
    assert len(read.problems) == 1


def test_equal_choices_are_equal_filters() -> None:
    one = IncidentFilter(MAY, categories=("drugs", "asb", "asb"), wards=("b", "a", "b"))
    other = IncidentFilter(MAY, categories=("asb", "drugs"), wards=("a", "b"))
    assert one == other
    assert hash(one) == hash(other)
    assert HoursFilter("clock", 1, 2, (4, 0, 4)) == HoursFilter("clock", 1, 2, (0, 4))


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: HoursFilter("sometimes"),  # type: ignore[arg-type]
        lambda: HoursFilter("clock", 24, 3),
        lambda: HoursFilter("clock", 3, 0),
        lambda: HoursFilter("clock", 5, 5),
        lambda: HoursFilter("clock", 1, 2, (7,)),
        lambda: IncidentFilter(MAY, comparison="next_year"),  # type: ignore[arg-type]
        lambda: IncidentFilter(MAY, categories=("murder",)),
        lambda: IncidentFilter(Period(date(1, 1, 1), date(2024, 1, 1))),
    ],
)
def test_a_filter_that_cannot_be_meant_is_refused(wrong: object) -> None:
    with pytest.raises(FilterError):
        wrong()  # type: ignore[operator]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("theft", ("theft",)),
        ("other", ("theft", "other")),
        ("other_crime", ("other",)),
        ("asb,other", ("asb", "theft", "other")),
        ("theft,other_crime", ("theft", "other")),
        ("all", ()),
    ],
)
def test_other_in_a_link_means_what_it_meant_before_other_theft(
    written: str, meant: tuple[str, ...]
) -> None:
    read = from_query({"category": written}, default=DEFAULT)
    assert read.problems == ()
    assert read.filter.categories == meant
    assert from_query(to_query(read.filter), default=DEFAULT).filter == read.filter


def test_a_link_without_a_category_means_all() -> None:
    assert from_query({"hours": "nte"}, default=DEFAULT).filter.categories == ()
    assert to_query(DEFAULT)["category"] == "all"


def test_a_link_names_the_part_of_the_night() -> None:
    read = from_query({"hours": "nte:levy"}, default=DEFAULT)
    assert read.filter.hours == HoursFilter("nte", window="levy")
    assert to_query(read.filter)["hours"] == "nte:levy"
    assert from_query({"hours": "nte"}, default=DEFAULT).filter.hours == HoursFilter("nte")
    asked = from_query({"hours": "nights:peak", "days": "5"}, default=DEFAULT).filter
    assert asked.hours == HoursFilter("nights", weekdays=(5,), window="peak")


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("nte:levi", "Unknown part of the night 'levi'; did you mean 'levy'?"),
        ("nights:peek", "Unknown part of the night 'peek'; did you mean 'peak'?"),
        ("night", "Unknown hours 'night'; did you mean 'nights'?"),
    ],
)
def test_an_unknown_part_of_the_night_is_refused_with_the_nearest(written: str, said: str) -> None:
    read = from_query({"hours": written}, default=DEFAULT)
    assert read.filter.hours == DEFAULT.hours
    assert len(read.problems) == 1
    assert said in read.problems[0]


def test_a_part_of_the_night_goes_with_nights_alone() -> None:
    with pytest.raises(FilterError, match="goes with the hours nights or nte"):
        HoursFilter("all", window="levy")


def test_an_unknown_category_is_refused_with_the_nearest() -> None:
    (said, _) = from_query({"category": "thefts"}, default=DEFAULT).problems
    assert "'thefts', which there is not; did you mean 'theft'?" in said
