"""Which period stands for before: none on whose figures the place was chosen, if it can be."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from models.calendar.periods import Period
from models.tasking.before_period import before_period, choice_before, earlier_year, overlap

AFTER = Period(date(2026, 6, 1), date(2026, 7, 31))
CHOSEN_ON = Period(date(2025, 5, 1), date(2026, 4, 30))
HISTORY = Period(date(2023, 11, 1), date(2026, 10, 31))


def within(held: Period):  # noqa: ANN201
    return lambda asked: held.first <= asked.first and asked.last <= held.last


def test_the_latest_year_outside_the_choice_is_taken() -> None:
    found = before_period(AFTER, chosen_on=CHOSEN_ON, covered=within(HISTORY))
    assert found.period == Period(date(2024, 6, 1), date(2024, 7, 31))
    assert (found.years, found.chosen_on_it) == (2, False)
    assert found.explanation == "the same days 2 years earlier"


def test_without_a_choice_by_figures_it_is_last_year() -> None:
    found = before_period(AFTER, chosen_on=None, covered=within(HISTORY))
    assert found.period == Period(date(2025, 6, 1), date(2025, 7, 31))
    assert found.explanation == "the same days a year earlier"


def test_where_no_earlier_year_is_covered_it_is_the_days_before_the_choice() -> None:
    short = Period(date(2025, 1, 1), date(2026, 10, 31))
    found = before_period(AFTER, chosen_on=CHOSEN_ON, covered=within(short))
    assert found.period == Period(date(2025, 3, 1), date(2025, 4, 30))  # two whole months
    assert (found.years, found.chosen_on_it) == (0, False)


def test_where_nothing_else_is_covered_it_says_that_the_place_was_chosen_on_it() -> None:
    shorter = Period(date(2025, 6, 1), date(2026, 10, 31))
    found = before_period(AFTER, chosen_on=CHOSEN_ON, covered=within(shorter))
    assert found.period == Period(date(2025, 6, 1), date(2025, 7, 31))
    assert found.chosen_on_it
    assert "although the place was chosen on figures of that time" in found.explanation


def test_where_nothing_is_covered_it_is_the_days_directly_before() -> None:
    found = before_period(AFTER, chosen_on=CHOSEN_ON, covered=lambda _: False)
    assert found.period == Period(date(2026, 4, 1), date(2026, 5, 31))
    assert found.chosen_on_it


def test_a_leap_february_stays_a_whole_month_and_other_spans_keep_their_weekdays() -> None:
    february = Period(date(2025, 2, 1), date(2025, 2, 28))
    assert earlier_year(february, years=1) == Period(date(2024, 2, 1), date(2024, 2, 29))
    fortnight = Period(date(2026, 6, 8), date(2026, 6, 21))  # Monday to Sunday
    earlier = earlier_year(fortnight, years=2)
    assert earlier == Period(date(2024, 6, 10), date(2024, 6, 23))
    assert earlier.first.weekday() == fortnight.first.weekday()


def test_the_choice_rests_on_the_year_before_where_nothing_says_so() -> None:
    assert choice_before(AFTER) == Period(date(2025, 6, 1), date(2026, 5, 31))


@given(
    start=st.dates(date(2020, 1, 1), date(2026, 1, 1)),
    days=st.integers(1, 120),
    gap=st.integers(0, 60),
    chosen_days=st.integers(1, 500),
)
def test_with_data_enough_the_period_before_never_touches_the_choice(
    start: date, days: int, gap: int, chosen_days: int
) -> None:
    after = Period(start, start + timedelta(days=days - 1))
    last = start - timedelta(days=gap + 1)
    chosen_on = Period(last - timedelta(days=chosen_days - 1), last)
    found = before_period(after, chosen_on=chosen_on, covered=lambda _: True)
    assert not overlap(found.period, chosen_on)
    assert not overlap(found.period, after)
    assert not found.chosen_on_it


def test_periods_that_share_one_day_overlap_and_neighbours_do_not() -> None:
    early, late = Period(date(2026, 6, 1), date(2026, 6, 10)), date(2026, 6, 20)
    assert overlap(early, Period(date(2026, 6, 10), late))
    assert overlap(Period(date(2026, 6, 10), late), early)
    assert not overlap(early, Period(date(2026, 6, 11), late))
    assert not overlap(Period(date(2026, 6, 11), late), early)
    assert not overlap(early, None)


def only(first: date, last: date):  # noqa: ANN201
    return lambda asked: asked == Period(first, last)


def test_the_days_before_are_whole_months_only_where_the_choice_begins_with_one() -> None:
    middle = Period(date(2025, 5, 15), date(2026, 5, 14))
    days = (date(2025, 3, 15), date(2025, 5, 14))  # 61, as June and July have
    found = before_period(AFTER, chosen_on=middle, covered=only(*days))
    assert (found.period, found.years, found.chosen_on_it) == (Period(*days), 0, False)


def test_the_days_before_a_fortnight_are_a_fortnight_even_at_a_months_end() -> None:
    fortnight = Period(date(2026, 6, 8), date(2026, 6, 21))
    days = (date(2025, 4, 17), date(2025, 4, 30))
    found = before_period(fortnight, chosen_on=CHOSEN_ON, covered=only(*days))
    assert (found.period, found.years, found.chosen_on_it) == (Period(*days), 0, False)


def test_a_choice_that_begins_later_than_the_work_does_not_move_the_days_before() -> None:
    during = Period(date(2026, 6, 15), date(2026, 7, 15))
    days = (date(2026, 4, 1), date(2026, 5, 31))
    found = before_period(AFTER, chosen_on=during, covered=only(*days))
    assert (found.period, found.years) == (Period(*days), 0)
