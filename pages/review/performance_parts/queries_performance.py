"""The questions of the page Performance, kept for a table version and the areas that are fixed.

Counting every indicator takes a moment and is kept; the pack itself is made on each run, so that
what somebody else has just written is there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.services.performance import pack as packs
from data.services.performance.areas import places_of
from data.services.performance.context import ward_context
from data.settings import settings
from models.performance import wards
from models.performance.wards import borough_residents
from pages.shell import queries
from pages.shell.answers import cached
from pages.shell.queries_operations import now, operations
from pages.shell.stamp import file_state, stamp

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


def _fixed_areas() -> str:
    return places_of(queries.store(), operations()).fingerprint


def _context_file() -> tuple[str, int]:
    return file_state(settings().context_path)


@cached(max_entries=3, spinner="Counting the indicators…", rests_on=(stamp, _fixed_areas))
def counts() -> IndicatorCounts:
    """Return every indicator counted, once for a table version and the areas fixed."""
    return packs.counts_of(queries.store(), operations())


@cached(max_entries=3, rests_on=(stamp, _context_file))
def context() -> WardContext | None:
    """Return population and deprivation by ward; None where none is loaded."""
    return ward_context(queries.store())


def ward_rates(row: IndicatorRow, *, basis: Basis) -> WardRates:
    """Return one indicator ward by ward.

    Raises
    ------
    NoRatesError, FunnelError
    """
    return wards.ward_rates(queries.store(), counts(), row, basis=basis, context=context())
