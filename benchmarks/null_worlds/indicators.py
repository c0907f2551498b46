"""How often an indicator is called up or down where its rate is the same in both quarters.

Its months have a season, and vary by chance alone or by more than chance: the months of kinds of
crime in Newham, Tower Hamlets, Hackney and Chicago's district 18 do by 1 to 5 times its variance.
Run as ``python -m benchmarks.null_worlds.indicators FILE [WORLDS]``, the days of each kind in a
file like Chicago's are shuffled by whole weeks within each half-year, and its quarters compared.
"""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from benchmarks.null_worlds.claim import Claim, Tally
from models.statistics.dispersion import INDEPENDENT, drawn_towards, measured, usual_of
from models.statistics.intervals import binomial_interval
from models.statistics.rates import rate_ratio

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

INDICATORS: Final = 24
LEVEL: Final = 0.05
_DAYS: Final = np.tile([31.0, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31], 4)
_SEASON: Final = 0.15


def months_of(rng: np.random.Generator, *, variance: float, months: int) -> NDArray[np.int64]:
    """Draw the months of two dozen indicators of 20 to 2,000 a quarter, a row each.

    `variance` is that of a month's count over its mean: 1 for independent incidents.
    """
    days = _DAYS[:months]
    season = 1 + _SEASON * np.sin(np.arange(months) / 12 * 2 * np.pi)
    mean = np.geomspace(20, 2000, INDICATORS)[:, np.newaxis] * days * season / 91
    if variance <= 1:
        return np.asarray(rng.poisson(mean), dtype=np.int64)
    drawn = rng.negative_binomial(mean / (variance - 1), 1 / variance)
    return np.asarray(drawn, dtype=np.int64)


def called(
    counts: NDArray[np.int64], days: NDArray[np.float64], *, quarter: int, year: int, plain: bool
) -> int:
    """Count the indicators called up or down in their last quarter.

    Parameters
    ----------
    counts : int64 array of shape (indicators, periods)
    days : float64 array of shape (periods,)
    quarter, year : int
        How many periods they have.
    plain : bool
        As if incidents were independent.
    """
    history = [measured(row[:-quarter].astype(np.float64), days[:-quarter]) for row in counts]
    usual = usual_of(history)
    now = slice(-quarter, None)
    before = slice(-quarter - year, -year)
    verdicts = [
        rate_ratio(
            int(row[now].sum()),
            int(row[before].sum()),
            exposure_now=float(days[now].sum()),
            exposure_before=float(days[before].sum()),
            dispersion=INDEPENDENT if plain else drawn_towards(own, usual),
        ).verdict
        for row, own in zip(counts, history, strict=True)
    ]
    return sum(each != "cannot tell" for each in verdicts)


def verdicts(
    rng: np.random.Generator, *, variance: float, months: int, plain: bool = False
) -> Tally:
    """Draw two dozen indicators and count those called up or down in the last quarter."""
    counts = months_of(rng, variance=variance, months=months)
    times = called(counts, _DAYS[:months], quarter=3, year=12, plain=plain)
    return Tally(times, INDICATORS)


def _claim(world: str, *, variance: float, months: int = 39) -> Claim:
    return Claim(
        "Up, or down, on the same quarter a year before (each indicator)",
        "Performance, its pack",
        f"{world}, {months} months",
        LEVEL,
        partial(verdicts, variance=variance, months=months),
    )


CLAIMS: Final = (
    _claim("incidents independent", variance=1.0),
    _claim("months vary by 1.5 times chance", variance=1.5),
    _claim("months vary by 3 times chance", variance=3.0),
    _claim("months vary by 1.5 times chance", variance=1.5, months=15),
    _claim("months vary by 3 times chance", variance=3.0, months=15),
)


def shuffled(file: Path, *, worlds: int) -> None:
    """Print how often real weeks, shuffled between the two quarters compared, are a change."""
    rows = pd.read_csv(file, usecols=["ID", "Date", "Primary Type"]).drop_duplicates("ID")
    day = pd.to_datetime(rows["Date"]).dt.normalize()
    week = ((day - day.min()).dt.days // 7).to_numpy()
    kinds = rows["Primary Type"].to_numpy()
    names, number = np.unique(kinds, return_counts=True)
    weeks = int(week.max())
    whole = np.array(
        [
            np.bincount(week[kinds == name], minlength=weeks + 1)[:weeks]
            for name in names[number >= 200]
        ]
    )
    for plain in (True, False):
        _print_share(whole, worlds=worlds, plain=plain)


def _print_share(whole: NDArray[np.int64], *, worlds: int, plain: bool) -> None:
    times = 0
    for world in range(worlds):
        rng = np.random.default_rng([1, world])
        mixed = whole[:, : whole.shape[1] // 26 * 26].copy()
        for row in mixed.reshape(len(mixed), -1, 26).reshape(-1, 26):
            rng.shuffle(row)
        # The two quarters of the last half-year are compared; what comes before is the history.
        times += called(mixed, np.full(mixed.shape[1], 7.0), quarter=13, year=13, plain=plain)
    low, high = binomial_interval(times, worlds * len(whole))
    share = times / (worlds * len(whole))
    print(f"{'plain' if plain else 'widened'}: {share:.1%} ({low:.1%} to {high:.1%})")


def main(arguments: Sequence[str]) -> None:
    worlds = int(arguments[1]) if len(arguments) > 1 else 200
    shuffled(Path(arguments[0]), worlds=worlds)


if __name__ == "__main__":
    main(sys.argv[1:])
