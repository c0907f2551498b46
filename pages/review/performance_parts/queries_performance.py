"""The calls of the page Performance, kept for a table version and the areas that are fixed.

Counting every indicator takes a moment and is kept; the pack itself is made anew on each run, so
that what somebody else has just written is there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from data.services.performance import pack as packs
from data.services.performance.areas import places_of
from data.services.performance.context import ward_context
from data.settings import settings
from models.performance import wards
from models.performance.wards import borough_residents
from pages.shell import queries
from pages.shell.queries_operations import now, operations

if TYPE_CHECKING:
    from models.calendar.quarters import Quarter
    from models.indicators.small_areas import WardContext
    from models.performance.counts import IndicatorCounts
    from models.performance.pack import IndicatorRow, Pack
    from models.performance.wards import Basis, WardRates


def pack(quarter: Quarter) -> Pack:
    """Return the performance of a quarter as it is now.

    Raises
    ------
    NoWardsError, EmptyStoreError, StaleWardsError
    """
    store = queries.store()
    residents = borough_residents(store, context())
    return packs.performance(
        store, operations(), quarter, now=now(), counts=counts(), residents=residents
    )


def counts() -> IndicatorCounts:
    """Return every indicator counted, once for a table version and the areas fixed."""
    places = places_of(queries.store(), operations())
    return _counts(str(queries.stamp()), places.words)


@st.cache_resource(max_entries=3, show_spinner="Counting the indicators…")
def _counts(stamp: str, places: str) -> IndicatorCounts:
    return packs.counts_of(queries.store(), operations())


def context() -> WardContext | None:
    """Return population and deprivation by ward; None where none is loaded."""
    path = settings().context_path
    changed = path.stat().st_mtime_ns if path.exists() else 0
    return _context(str(queries.stamp()), changed)


@st.cache_resource(max_entries=3, show_spinner=False)
def _context(stamp: str, changed: int) -> WardContext | None:
    return ward_context(queries.store())


def ward_rates(row: IndicatorRow, *, basis: Basis) -> WardRates:
    """Return the wards beside one another for one indicator.

    Raises
    ------
    NoRatesError, FunnelError
    """
    return wards.ward_rates(queries.store(), counts(), row, basis=basis, context=context())
