"""Compare wards by one indicator: rates with intervals and a funnel, never a rank.

Rates are on residents or, where the loaded file has it, on the ambient population. Where few people
live, a rate on residents says little about risk, and the table says so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from geo.errors import PlainError
from models.calendar.months import Month
from models.indicators.funnel import Funnel, funnel
from models.indicators.small_areas import LEAST_GROUND
from models.performance.counts import home_borough
from models.wording.lists import list_label

if TYPE_CHECKING:
    from models.incidents.dataset import Dataset
    from models.indicators.small_areas import WardContext
    from models.performance.counts import IndicatorCounts
    from models.performance.pack import IndicatorRow


Basis = Literal["residents", "ambient"]


BASIS_LABELS: Final[dict[Basis, str]] = {
    "residents": "residents",
    "ambient": "people present (ambient population)",
}


class NoRatesError(PlainError, LookupError):
    """Wards cannot be compared with one another."""


@dataclass(frozen=True, slots=True, eq=False)
class WardRates:
    """The wards of the home borough in order of name, with what to know of them.

    Attributes
    ----------
    funnel : Funnel
    basis : Basis
    deprivation : tuple of float
        Score of each ward, in the funnel's order; NaN where it is not known.
    sparse : tuple of bool
        Few people live there.
    notes : tuple of str
    """

    funnel: Funnel
    basis: Basis
    deprivation: tuple[float, ...]
    sparse: tuple[bool, ...]
    notes: tuple[str, ...]


def borough_residents(dataset: Dataset, context: WardContext | None) -> dict[str, float]:
    """Return residents by borough code, of boroughs in which every ward's are known."""
    if context is None:
        return {}
    held = dataset.snapshot
    found = {}
    for at, code in enumerate(held.borough_codes):
        of = context.residents[held.ward_boroughs == at]
        if len(of) and np.isfinite(of).all():
            found[code] = float(of.sum())
    return found


def ward_rates(
    dataset: Dataset,
    counts: IndicatorCounts,
    row: IndicatorRow,
    *,
    basis: Basis,
    context: WardContext | None,
) -> WardRates:
    """Compare the wards of the home borough by an indicator over its months.

    Raises
    ------
    NoRatesError
        If the indicator is not for wards or has no figure, or no such population is loaded.
    FunnelError
        If too few wards have a population.
    """
    if not row.indicator.by_ward or row.indicator.kind != "incident":
        message = (
            f"{row.indicator.name} is a total of the borough and not shown by ward. Choose another."
        )
        raise NoRatesError(message)
    if row.now is None:
        message = f"{row.indicator.name} has no figure for this quarter. Choose another indicator."
        raise NoRatesError(message)
    if context is None:
        message = (
            "No population is loaded, so wards of different size cannot be compared. Load one "
            "below, or with `hotspots context FILE`."
        )
        raise NoRatesError(message)
    held = dataset.snapshot
    mine = np.flatnonzero(held.ward_boroughs == home_borough(dataset))
    mine = mine[np.argsort(np.array(held.ward_names)[mine])]
    people = (context.residents if basis == "residents" else context.ambient)[mine]
    at = [Month.of(month).index - counts.months.start for month in row.months]
    incidents = counts.tallies[row.indicator.key].wards[mine][:, at].sum(axis=1)
    made = funnel([held.ward_names[each] for each in mine], incidents=incidents, exposure=people)
    sparse = tuple(bool(each) for each in context.sparse[mine])
    return WardRates(
        funnel=made,
        basis=basis,
        deprivation=tuple(float(each) for each in context.deprivation[mine]),
        sparse=sparse,
        notes=_notes(made, sparse, basis=basis, ground=context.ground[mine]),
    )


def _notes(
    funnel_plot: Funnel, sparse: tuple[bool, ...], *, basis: Basis, ground: np.ndarray
) -> tuple[str, ...]:
    names = [ward.name for ward, few in zip(funnel_plot.wards, sparse, strict=True) if few]
    said = []
    if names and basis == "residents":
        said.append(
            f"Few people live in {list_label(names)}, and many more come there: a rate on "
            "residents is high there without anybody being at higher risk. Use the ambient "
            "population if you have it."
        )
    thin = int((ground < LEAST_GROUND).sum())
    none = [ward.name for ward in funnel_plot.wards if ward.verdict == "no rate"]
    if none:
        why = (
            f" ({thin:,} of them since the outlines loaded cover less than {LEAST_GROUND:.0%} of "
            "the ward: load the boundaries of the same year as the file)"
            if thin
            else ""
        )
        said.append(f"No rate for {list_label(none)}: no population is known there{why}.")
    if funnel_plot.spread > 0:
        begins = (
            "Wards differ by more than chance"
            if funnel_plot.differ
            else "Wards scatter a little more than usual, which may be chance"
        )
        said.append(
            f"{begins} (their rates by about {funnel_plot.spread:.0%}), so the limits that decide "
            "are widened; the dotted ones are those of chance alone."
        )
    said.append(
        "The outer limits decide, and allow for all wards at once: where no ward stands apart, any "
        "is called higher or lower in about 5 of 100 boroughs."
    )
    return tuple(said)
