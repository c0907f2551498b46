"""The calls of the page Performance, kept for a table version and the areas that are fixed.

Counting every indicator takes a moment and is kept; the pack itself is made anew on each run, so
that what somebody else has just written is there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from data.performance import pack as packs
from data.performance import wards as performance_wards
from data.performance.areas import places_of
from data.settings import settings
from pages.shared import queries
from pages.shared.queries_operations import now, operations

if TYPE_CHECKING:
    from data.performance.counts import Counts
    from data.performance.wards import Basis, WardRates
    from data.sources.context import WardContext
    from models.indicators.pack import Pack, Row
    from models.indicators.quarters import Quarter


def pack(quarter: Quarter) -> Pack:
    """Return the performance of a quarter as it is now.

    Raises
    ------
    NoWardsError, EmptyStoreError, StaleWardsError
    """
    store = queries.store()
    residents = performance_wards.borough_residents(store, context())
    return packs.performance(
        store, operations(), quarter, now=now(), counts=counts(), residents=residents
    )


def counts() -> Counts:
    """Return every indicator counted, once for a table version and the areas fixed."""
    places = places_of(queries.store(), operations())
    return _counts(str(queries.stamp()), places.words)


@st.cache_resource(max_entries=3, show_spinner="Counting the indicators…")
def _counts(stamp: str, places: str) -> Counts:
    return packs.counts_of(queries.store(), operations())


def context() -> WardContext | None:
    """Return population and deprivation by ward; None where none is loaded."""
    path = settings().context_path
    changed = path.stat().st_mtime_ns if path.exists() else 0
    return _context(str(queries.stamp()), changed)


@st.cache_resource(max_entries=3, show_spinner=False)
def _context(stamp: str, changed: int) -> WardContext | None:
    return performance_wards.ward_context(queries.store())


def ward_rates(row: Row, *, basis: Basis) -> WardRates:
    """Return the wards beside one another for one indicator.

    Raises
    ------
    NoRatesError, FunnelError
    """
    return performance_wards.ward_rates(
        queries.store(), counts(), row, basis=basis, context=context()
    )
