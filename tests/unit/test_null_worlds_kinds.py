"""Mornings on which nothing is going on mark a kind as often as *Today* says, not more."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from benchmarks.null_worlds.claim import Claim, rate_of
from benchmarks.null_worlds.kinds import CLAIMS, marked, means
from models.today.kinds import SPAN_DAYS, kinds_of_days
from models.wording.categories import CATEGORIES
from tests.shared_data import SHARED, needs_shared

WORLDS = 300


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda each: each.world)
def test_a_kind_is_marked_no_more_often_than_stated(claim: Claim) -> None:
    rate = rate_of(claim, worlds=WORLDS)
    error = math.sqrt(claim.level * (1 - claim.level) / WORLDS)
    assert rate.share <= claim.level + 3 * error
    assert rate.times > 0  # a rule that never marks anything would hold too


def test_a_week_of_three_times_the_burglaries_is_marked_and_nothing_else() -> None:
    seen = 0
    for at in range(20):
        rng = np.random.default_rng([4, at])
        mean = means(rng, season=0.25)
        mean[2, -7:] *= 3
        kinds = marked(rng, mean, bunching=0.2)
        seen += next(each for each in kinds if each.category == "burglary").unusual
    assert seen >= 17


@needs_shared
def test_real_days_shuffled_within_eight_weeks_are_marked_on_one_morning_in_twenty() -> None:
    """A district of Chicago, its dozen commonest types as kinds, each of its own weekday."""
    path = SHARED / "data" / "timed" / "chicago-district-18-2016-01_2018-06.csv"
    file = pd.read_csv(path, usecols=["ID", "Date", "Primary Type"]).drop_duplicates("ID")
    day = (pd.to_datetime(file["Date"]) - pd.Timestamp(2016, 1, 1)).dt.days.to_numpy()
    types = file["Primary Type"].value_counts().index[: len(CATEGORIES)]
    real = np.array(
        [np.bincount(day[file["Primary Type"] == each], minlength=912) for each in types]
    )
    rng = np.random.default_rng(9)
    known = np.ones((len(CATEGORIES), SPAN_DAYS), dtype=np.bool_)
    mornings, marked_on = 0, 0
    for _ in range(8):
        days = real[:, : 56 * 16].reshape(len(types), 16, 8, 7)
        days = rng.permuted(days, axis=2).reshape(len(types), -1)
        for last in range(SPAN_DAYS, days.shape[1], 29):
            kinds = kinds_of_days(days[:, last - SPAN_DAYS : last], known=known)
            marks = {mark for each in kinds for mark in (each.day_mark, each.week_mark)}
            marked_on += bool(marks & {"more", "fewer"})
            mornings += 1
    assert marked_on / mornings <= 0.05 + 3 * math.sqrt(0.05 * 0.95 / mornings)
