"""Fortnights in which nothing is going on list a run no more often than *Today* says."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from benchmarks.null_worlds.claim import Claim, rate_of
from benchmarks.null_worlds.dated_points import DAY, points
from benchmarks.null_worlds.runs import CLAIMS, planted
from geo.crs import WGS84, transform
from models.hotspots.micro_time import runs
from tests.shared_data import SHARED, needs_shared

WORLDS = 30


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda each: each.world)
def test_a_run_is_listed_no_more_often_than_stated(claim: Claim) -> None:
    error = math.sqrt(claim.level * (1 - claim.level) / WORLDS)
    assert rate_of(claim, worlds=WORLDS).share <= claim.level + 3 * error


def test_a_real_run_is_listed() -> None:
    """Eight burglaries within 150 m in ten days, where a fortnight has half a one."""
    listed = [planted(np.random.default_rng([2, at]), extra=8, a_year=650) for at in range(20)]
    assert sum(listed) >= 19


def test_three_where_half_a_one_is_usual_are_no_news() -> None:
    listed = [planted(np.random.default_rng([3, at]), extra=2, a_year=650) for at in range(20)]
    assert sum(listed) <= 3


@needs_shared
def test_real_days_shuffled_among_their_places_list_hardly_any_run() -> None:
    """A district of Chicago on thirteen mornings of two years, four of its types."""
    path = SHARED / "data" / "timed" / "chicago-district-18-2016-01_2018-06.csv"
    file = pd.read_csv(path, usecols=["ID", "Date", "Primary Type", "Longitude", "Latitude"])
    file = file.dropna().drop_duplicates("ID")
    day = (pd.to_datetime(file["Date"]) - pd.Timestamp(2016, 1, 1)).dt.days.to_numpy()
    x, y = transform(file["Longitude"], file["Latitude"], source=WGS84, target="EPSG:32616")
    rng = np.random.default_rng(10)
    real, shuffled = 0, 0
    for end in range(400, 900, 40):
        for kind in ("THEFT", "BATTERY", "ROBBERY", "CRIMINAL DAMAGE"):
            held = (file["Primary Type"] == kind).to_numpy() & (day < end) & (day >= end - 378)
            when = day[held] * DAY
            for minutes in (when, rng.permutation(when)):
                world = points(x[held], y[held], minute=minutes)
                listed = any(each.stands_out for each in runs(world, end_minute=end * DAY))
                real, shuffled = (
                    (real + listed, shuffled) if minutes is when else (real, shuffled + listed)
                )
    assert shuffled <= 3  # of 52, each at 0.4 %
    assert real > shuffled  # thefts and robberies do bunch
