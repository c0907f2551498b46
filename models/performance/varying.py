"""How much an indicator's months varied beyond chance before the quarter that is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from models.calendar.months import Month
from models.calendar.quarters import days_of
from models.indicators.catalogue import INDICATORS
from models.performance.counts import covering, figure, home_borough
from models.statistics.dispersion import Dispersion, drawn_towards, measured, usual_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from models.performance.beginning import QuarterInputs
    from models.performance.counts import IndicatorTally

_MONTHS: Final = 36


def dispersion_before(
    inputs: QuarterInputs, value_of: Callable[[date], float | None]
) -> Dispersion | None:
    """Measure how figures varied in the three years before the quarter; None where none are known.

    Parameters
    ----------
    inputs : QuarterInputs
    value_of : callable
        The figure of a month; None where it is not known.
    """
    first = Month.of(inputs.quarter.months[0]).index
    months = [Month(number).first for number in range(first - _MONTHS, first)]
    counts = [value_of(month) for month in months]
    return measured(
        np.array([np.nan if each is None else each for each in counts], dtype=np.float64),
        np.array([days_of((month,)) for month in months], dtype=np.float64),
    )


def incident_dispersion(
    inputs: QuarterInputs,
    tally: IndicatorTally,
    *,
    borough: int,
    known: Callable[[date], frozenset[str] | None],
) -> Dispersion:
    """Return by how much an indicator of incidents varies, drawn towards what is usual."""
    return drawn_towards(_measured(inputs, tally, borough=borough, known=known), inputs.usual)


def usual_dispersion(inputs: QuarterInputs) -> Dispersion:
    """Return what is usual for the indicators of incidents in the home borough."""
    home = home_borough(inputs.dataset)
    tallies = [
        inputs.counts.tallies[each.key] for each in INDICATORS if each.key in inputs.counts.tallies
    ]

    def of(tally: IndicatorTally) -> Dispersion | None:
        def known(month: date) -> frozenset[str] | None:
            return covering(
                inputs.dataset,
                inputs.counts,
                tally,
                borough=home,
                month=month,
                today=inputs.today,
            )

        return _measured(inputs, tally, borough=home, known=known)

    return usual_of(map(of, tallies))


def _measured(
    inputs: QuarterInputs,
    tally: IndicatorTally,
    *,
    borough: int,
    known: Callable[[date], frozenset[str] | None],
) -> Dispersion | None:
    newest = next((known(each) for each in inputs.quarter.months if known(each)), None)

    def value_of(month: date) -> float | None:
        if newest is None or known(month) != newest:
            return None
        return figure(inputs.counts, tally, borough=borough, months=(month,))[0].value

    return dispersion_before(inputs, value_of)
