"""A view in words and back."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.calendar.periods import Period
from models.hotspots.dbscan import DbscanSettings
from models.hotspots.hdbscan import HdbscanSettings
from models.hotspots.kde import KdeSettings
from models.hotspots.methods import METHODS
from models.incidents.filters import HoursFilter, IncidentFilter
from models.incidents.view import (
    filter_description,
    method_query,
    read_method,
    read_view,
    view_query,
)

if TYPE_CHECKING:
    from data.incidents.store import Store
    from models.hotspots.methods import MethodSettings


methods = st.one_of(
    st.builds(
        KdeSettings,
        kernel=st.sampled_from(["quartic", "gaussian"]),
        bandwidth_m=st.integers(2, 20).map(lambda steps: 50.0 * steps),
        share_of_area=st.sampled_from([0.005, 0.01, 0.02, 0.05]),
        edge_correction=st.booleans(),
        least_incidents=st.integers(1, 20),
    ),
    st.builds(
        DbscanSettings,
        eps_m=st.floats(1, 5000),
        min_samples=st.one_of(st.none(), st.floats(0.5, 1e6)),
    ),
    st.builds(
        HdbscanSettings,
        eps_m=st.floats(1, 5000),
        min_cluster_size=st.one_of(st.none(), st.floats(2, 1e6)),
        min_samples=st.one_of(st.none(), st.floats(1, 100)),
        times_average=st.floats(0.5, 100),
        least_incidents=st.integers(1, 20),
    ),
)


@given(methods)
def test_a_method_survives_its_own_words(method: MethodSettings) -> None:
    assert read_method(method_query(method)) == (method, ())


@pytest.mark.parametrize(
    ("query", "problem"),
    [
        ({"method": "tea leaves"}, "tea leaves"),
        ({"method": "kde", "bandwidth_m": "wide"}, "bandwidth_m"),
        ({"method": "kde", "bandwidth_m": "-5"}, "bandwidth_m"),
        ({"method": "kde", "bandwidth_m": "nan"}, "bandwidth_m"),
        ({"method": "kde", "kernel": "triangle"}, "kernel"),
        ({"method": "dbscan", "eps_m": "0"}, "eps_m"),
        ({"method": "hdbscan", "min_cluster_size": "1"}, "min_cluster_size"),
    ],
)
def test_rubbish_in_a_link_takes_the_default_and_is_named(
    query: dict[str, str], problem: str
) -> None:
    method, problems = read_method(query)
    default = METHODS[query["method"]].defaults if query["method"] in METHODS else KdeSettings()
    assert method == default
    assert len(problems) == 1
    assert problem in problems[0]


def test_a_whole_view_survives_its_own_words(demo_store: Store) -> None:
    chosen = IncidentFilter(
        period=Period(date(2026, 3, 1), date(2026, 5, 31)),
        comparison="before",
        categories=("violence", "robbery"),
        hours=HoursFilter("clock", 22, 3, (4, 5)),
        wards=demo_store.snapshot.ward_codes[:2],
        sources=("SIMULATED crime",),
    )
    method = KdeSettings(bandwidth_m=350)
    read = read_view(view_query(chosen, method), dataset=demo_store)
    assert (read.filter, read.method, read.problems) == (chosen, method, ())


def test_a_filter_is_said_in_plain_words(demo_store: Store) -> None:
    chosen = IncidentFilter(
        period=Period(date(2026, 3, 1), date(2026, 3, 31)),
        categories=("burglary",),
        hours=HoursFilter("clock", 22, 3, (4,)),
    )
    assert filter_description(chosen, dataset=demo_store) == (
        "Burglary · 22:00 to 03:00, Friday · All of Tower Hamlets"
    )
