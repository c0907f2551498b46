"""What every row of a quarter begins with: the counts, the words, and which months take part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from models.calendar.quarters import Quarter, a_year_before, months_label
from models.indicators.performance import Change, Figure, status
from models.performance.pack import IndicatorRow
from models.statistics.dispersion import USUAL, Dispersion

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date

    from models.incidents.dataset import Dataset
    from models.indicators.catalogue import Indicator
    from models.performance.activity import Activity
    from models.performance.counts import IndicatorCounts
    from models.performance.records import Commentary, Target, TypedValue


@dataclass(frozen=True, slots=True)
class QuarterInputs:
    """What every row of a quarter is made from.

    Attributes
    ----------
    store, counts, activity
    quarter : Quarter
    today : date
        Local.
    targets, histories, typed : mapping
        As the operations store gives them.
    residents : mapping of str to float
        By borough code, where they are loaded.
    usual : Dispersion
        How much more than chance the indicators' months vary, as a rule.
    """

    dataset: Dataset
    counts: IndicatorCounts
    activity: Activity
    quarter: Quarter
    today: date
    targets: Mapping[str, Target]
    histories: Mapping[str, tuple[Commentary, ...]]
    typed: Mapping[tuple[str, str], tuple[TypedValue, ...]]
    residents: Mapping[str, float]
    usual: Dispersion = USUAL


def with_target(
    inputs: QuarterInputs, indicator: Indicator, *, change: Change | None, now: Figure | None
) -> IndicatorRow:
    """Return a row with its target, owner, status and history; the rest is empty yet."""
    set_here = inputs.targets.get(indicator.key)
    target = indicator.default_target if set_here is None else set_here.change
    return IndicatorRow(
        indicator=indicator,
        now=now,
        before=None,
        months=(),
        compared=(),
        change=change,
        target=target,
        owner=set_here.owner if set_here else "",
        status=status(change, target=target, direction=indicator.direction),
        rolling=(),
        sources=(),
        boroughs=(),
        notes=(),
        history=inputs.histories.get(indicator.key, ()),
    )


def months_of(
    quarter: Quarter, known: Callable[[date], frozenset[str] | None]
) -> tuple[tuple[date, ...], tuple[date, ...]]:
    """Return the quarter's complete months, and those of them that can be compared."""
    months = tuple(month for month in quarter.months if known(month) is not None)
    compared = tuple(month for month in months if known(a_year_before(month)) == known(month))
    return months, compared


def partial(
    inputs: QuarterInputs, months: tuple[date, ...], compared: tuple[date, ...]
) -> tuple[str, ...]:
    """Say which months are counted and compared, where these are not the whole quarter's."""
    if not months:
        return ()
    said = []
    if len(months) < 3:
        kind = (
            "Quarter to date" if inputs.quarter.period.last >= inputs.today else "Incomplete data"
        )
        said.append(f"{kind}: {months_label(months)} only.")
    if not compared:
        said.append("Not compared: the same months a year earlier are not covered in the same way.")
    elif len(compared) < len(months) or len(months) < 3:
        earlier = tuple(a_year_before(month) for month in compared)
        said.append(f"Compared: {months_label(compared)} with {months_label(earlier)}.")
    return tuple(said)
