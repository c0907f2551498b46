"""How often an indicator is called up or down where its rate is the same in both quarters.

The interval takes incidents as independent. Real ones are not quite: within eight weeks of
Chicago's district 18, the weeks of a kind vary by 1.1 to 2.2 times chance. Shuffled between two
quarters of the same half-year, they were called up or down in 10 % of cases. So the worlds say how
often that is where it is so, and the documents say it too.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from benchmarks.null_worlds.claim import Claim, Said
from models.statistics.rates import rate_ratio

if TYPE_CHECKING:
    from collections.abc import Callable

INDICATORS: Final = 24
LEVEL: Final = 0.05
_DAYS: Final = 91


def verdicts(rng: np.random.Generator, *, variance: float, confidence: float = 0.95) -> Said:
    """Draw two dozen indicators of 20 to 2,000 a quarter and count those called up or down.

    `variance` is that of a quarter's count over its mean: 1 for independent incidents.
    """
    mean = np.geomspace(20, 2000, INDICATORS)

    def quarter() -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        if variance <= 1:
            return rng.poisson(mean)
        return rng.negative_binomial(mean / (variance - 1), 1 / variance)

    ratios = [
        rate_ratio(
            int(now),
            int(before),
            exposure_now=_DAYS,
            exposure_before=_DAYS,
            confidence=confidence,
        )
        for now, before in zip(quarter(), quarter(), strict=True)
    ]
    return Said(sum(each.verdict != "cannot tell" for each in ratios), INDICATORS)


def _claim(world: str, of_world: Callable[[np.random.Generator], Said], *, level: float) -> Claim:
    return Claim(
        "Up, or down, on the same quarter a year before (each indicator)",
        "Performance, its pack; Nights; ward panel (99 % for kinds)",
        world,
        level,
        of_world,
    )


CLAIMS: Final = (
    _claim("incidents independent", partial(verdicts, variance=1.0), level=LEVEL),
    _claim("quarters vary by 1.5 times chance", partial(verdicts, variance=1.5), level=LEVEL),
    _claim("quarters vary by 3 times chance", partial(verdicts, variance=3.0), level=LEVEL),
    _claim(
        "incidents independent, kinds of the ward panel",
        partial(verdicts, variance=1.0, confidence=0.99),
        level=0.01,
    ),
)
