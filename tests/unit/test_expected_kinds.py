"""What a team is to look for, counted by hand."""

from __future__ import annotations

import numpy as np
import pytest

from models.hotspots.inputs import Incidents
from models.tasking.expected_kinds import alike_hours, expected_kinds
from models.wording.categories import CATEGORIES, CATEGORY_LABELS

FIRST, SECOND, THIRD, FOURTH = (CATEGORY_LABELS[each] for each in CATEGORIES[:4])


def incidents(*kinds_and_hours: tuple[int, int]) -> Incidents:
    """One incident of a category in an hour of the week; −1 where the hour is not known."""
    size = len(kinds_and_hours)
    category, hour = np.array(kinds_and_hours, dtype=np.int64).reshape(-1, 2).T
    return Incidents(
        easting=np.zeros(size),
        northing=np.zeros(size),
        starts_minute=60 * hour,
        hour_of_week=hour.astype(np.int16),
        category=category.astype(np.int8),
        ward=np.zeros(size, dtype=np.int16),
        harm=np.ones(size, dtype=np.float32),
        snapped=np.zeros(size, dtype=bool),
        street=np.full(size, -1, dtype=np.int32),
    )


def test_kinds_in_the_hours_add_up_with_the_others() -> None:
    rows = [(0, 20)] * 4 + [(1, 21)] * 3 + [(2, 20)] * 2 + [(3, 20)] + [(0, 5)] * 6 + [(1, -1)]
    found = expected_kinds(incidents(*rows), (20, 21), hours_known=True)
    assert found.kinds == ((FIRST, 4), (SECOND, 3), (THIRD, 2))
    assert (found.in_hours, found.other, found.of_all) == (10, 1, 17)
    assert found.label == (
        f"{FIRST.lower()} 4, {SECOND.lower()} 3, {THIRD.lower()} 2, other kinds 1"
    )
    assert found.by_hours


def test_where_hours_are_not_known_the_kinds_are_those_of_all_hours() -> None:
    found = expected_kinds(incidents((0, -1), (0, -1), (1, 3)), (20,), hours_known=False)
    assert found.kinds == ((FIRST, 2), (SECOND, 1))
    assert (found.in_hours, found.of_all, found.by_hours) == (3, 3, False)


def test_a_place_without_incidents_has_no_kind() -> None:
    found = expected_kinds(incidents(), (20,), hours_known=True)
    assert (found.kinds, found.in_hours, found.label) == ((), 0, "")


@pytest.mark.parametrize(
    ("hours", "days", "count"),
    [
        ((20, 21), "Sunday to Thursday", 10),  # Monday evening: five evenings of two hours
        ((4 * 24 + 23, 5 * 24 + 1), "Friday and Saturday", 4),  # into Saturday morning
        ((6 * 24 + 5, 6 * 24 + 6), "Sunday to Thursday; Friday and Saturday", 7),  # day breaks
    ],
)
def test_hours_are_taken_from_days_that_are_alike(
    hours: tuple[int, ...], days: str, count: int
) -> None:
    alike, label = alike_hours(hours)
    assert set(hours) <= set(alike)
    assert {hour % 24 for hour in alike} == {hour % 24 for hour in hours}
    assert (label, len(alike)) == (days, count)
