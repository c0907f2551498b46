"""The tables of docs/accuracy.md: ways of choosing cells on public sets of real incidents.

Run as ``python -m benchmarks.backtest FOLDER``, where FOLDER holds the files that docs/accuracy.md
names. Prints the tables of that document as Markdown, and what they took. No forecast here was used
to design the forecast.
"""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from benchmarks.forecast_sets import CATEGORIES, chicago, london, street_file
from models.forecast.baselines import BASELINES
from models.forecast.choice import LEAST_TO_CHOOSE, choose, split
from models.forecast.evaluation import SHARES, USUAL, BacktestPlan, origins, roll
from models.forecast.measures import scores
from models.forecast.self_exciting import SelfExciting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from benchmarks.forecast_sets import TestSet
    from models.forecast.cells import CellCounts
    from models.forecast.choice import Choice
    from models.forecast.measures import Score
    from models.forecast.ratios import Estimate

METHODS: Final = (*BASELINES, SelfExciting())
_SHARE: Final = 0.02
_CLEARLY_BEHIND: Final = 0.98


@dataclass(frozen=True, slots=True)
class BackTested:
    """What came of one set at one horizon."""

    title: str
    scores: tuple[Score, ...]
    choice: Choice
    chosen_on: int
    forecasts: int

    def at(self, share: float) -> list[Score]:
        """Return the scores at a share of the area, by method."""
        return [each for each in self.scores if each.share == share]


def back_test(of: TestSet, *, horizon: int) -> BackTested:
    """Test a set at a horizon, and choose the way to use on the forecasts before."""
    counts = of.counts
    plan = BacktestPlan(horizon, first=sum(start < of.test_from for start in counts.starts))
    asked = origins(counts, plan=plan)
    before = split(counts, plan=plan).choosing
    before = before if before and before[-1] < asked[0] else ()
    results = list(roll(counts, at=(*before, *asked), methods=METHODS, plan=plan))
    reported = results[len(before) :]
    span = f"{horizon} {counts.step}{'s' * (horizon > 1)} ahead"
    return BackTested(
        title=f"{of.name}, {span}",
        scores=scores(counts, reported, methods=METHODS, plan=plan),
        choice=choose(results[: len(before)], methods=METHODS, plan=plan)[SHARES.index(_SHARE)],
        chosen_on=len(before),
        forecasts=len(reported),
    )


def main_table(runs: Sequence[BackTested]) -> None:
    """Print what each method did at 2 % of the area."""
    print("\n| set | way of choosing | hit rate | PAI | PEI | hits against last 12 months |")
    print("|---|---|---|---|---|---|")
    for run in runs:
        for score in run.at(_SHARE):
            parts = (score.hit_rate, score.pai, score.pei, score.against_last_year)
            told = [written(each, digits=n) for each, n in zip(parts, (3, 2, 3, 3), strict=True)]
            print(f"| {run.title} | {score.label} | " + " | ".join(told) + " |")


def sets_table(runs: Sequence[BackTested]) -> None:
    """Print how large each set is, and which way was chosen before."""
    print("\n| set | forecasts | incidents | chosen before, at 2 % |")
    print("|---|---|---|---|")
    for run in runs:
        reason = {
            "better": run.choice.label,
            "none_better": f"nothing better ({run.chosen_on} forecasts)",
            "too_few": f"fewer than {LEAST_TO_CHOOSE} forecasts before",
        }[run.choice.reason]
        print(f"| {run.title} | {run.forecasts} | {run.scores[0].incidents:,} | {reason} |")


def shares_table(runs: Sequence[BackTested]) -> None:
    """Print hits against the last 12 months at 1 and 5 % of the area."""
    others = [method for method in METHODS if method.name != USUAL]
    shares = [share for share in SHARES if share != _SHARE]
    heads = [f"{method.label}, {share:.0%}" for share in shares for method in others]
    print("\n| set | " + " | ".join(heads) + " |")
    print("|---" * (1 + len(heads)) + "|")
    for run in runs:
        told = [
            written(score.against_last_year, digits=2)
            for share in shares
            for score in run.at(share)
            if score.method != USUAL
        ]
        print(f"| {run.title} | " + " | ".join(told) + " |")


@dataclass(frozen=True, slots=True)
class OwnKind:
    """Our forecast without what is known of other kinds of incident."""

    name: str = "own_kind"
    label: str = "Our forecast without other kinds"

    def scores(self, history: CellCounts, *, horizon: int) -> NDArray[np.float64]:
        """Return the risk of the cells, from incidents of the kind that is forecast alone."""
        return SelfExciting().scores(replace(history, others=None), horizon=horizon)


def london_table(folder: Path) -> None:
    """Print the ratios to the last 12 months over the boroughs of London that are reported."""
    ratios: dict[str, list[tuple[float, ...]]] = {kind: [] for kind in CATEGORIES}
    later: list[float] = []
    changed: list[bool] = []
    for of in london(folder):
        row, ratio, other = _halves(of)
        ratios[of.name.split(": ")[1]].append(row)
        later.append(ratio)
        changed.append(other)
    print("\n| incidents | density | our forecast without other kinds | our forecast | its range |")
    print("|---|---|---|---|---|")
    for kind, rows in ratios.items():
        print(_london_line(kind, np.array(rows)))
    every = np.array([row for rows in ratios.values() for row in rows])
    print(_london_line(f"all {len(every)} sets", every))
    ours = every[:, 2]
    print(
        f"\nOur forecast is behind the last 12 months in {int((ours < 1).sum())} of {len(ours)} "
        f"sets, and by more than 2 % in {int((ours < _CLEARLY_BEHIND).sum())}."
    )
    of_changed = np.array(later)[np.array(changed)]
    print(
        f"Chosen on the older half of the forecasts, a way other than the last 12 months is taken "
        f"in {len(of_changed)} sets; on the newer half it has {_mean(of_changed):.3f} times the "
        f"hits there (geometric mean; at least {of_changed.min():.3f}). Over all sets the way "
        f"chosen has {_mean(np.array(later)):.3f} times."
    )


def _halves(of: TestSet) -> tuple[tuple[float, ...], float, bool]:
    """Test a set of London at 2 % of the area.

    Returns
    -------
    tuple of ratios, ratio, and whether another way was chosen
        Hits over the last 12 months' of the density, of our forecast without and with other kinds;
        those on the newer half of the way that is chosen on the older.
    """
    counts = of.counts
    plan = BacktestPlan(1, sum(start < of.test_from for start in counts.starts), shares=(_SHARE,))
    parts = split(counts, plan=plan)
    ways = (*METHODS, OwnKind())
    at = (*parts.choosing, *parts.reporting)
    results = list(roll(counts, at=at, methods=ways, plan=plan))
    older, newer = results[: len(parts.choosing)], results[len(parts.choosing) :]
    (choice,) = choose(
        [replace(each, hits=each.hits[: len(METHODS)]) for each in older],
        methods=METHODS,
        plan=plan,
    )
    ratio = {
        name: {
            score.method: score.against_last_year.value
            for score in scores(counts, part, methods=ways, plan=plan)
        }
        for name, part in (("all", results), ("newer", newer))
    }
    row = tuple(ratio["all"][name] for name in ("kde_12_months", "own_kind", "forecast"))
    return row, ratio["newer"][choice.method], choice.reason == "better"


def _london_line(kind: str, ratios: np.ndarray) -> str:
    told = [f"{_mean(column):.3f}" for column in ratios.T]
    ours = ratios[:, 2]
    return f"| {kind} | " + " | ".join(told) + f" | {ours.min():.2f}–{ours.max():.2f} |"


def _mean(values: np.ndarray) -> float:
    return float(np.exp(np.log(values).mean()))


def written(value: Estimate, *, digits: int) -> str:
    """Return a value with its interval, if it has one."""
    if value.low == value.high:
        return f"{value.value:.{digits}f}"
    return f"{value.value:.{digits}f} ({value.low:.{digits}f}–{value.high:.{digits}f})"


def named_sets(folder: Path) -> list[tuple[TestSet, int]]:
    """Return the sets of the first tables and how many periods ahead each is tested."""
    runs: list[tuple[TestSet, int]] = []
    for borough, wards in (("Tower Hamlets", "tower_hamlets"), ("Hackney", "hackney")):
        burglary = street_file(
            folder,
            f"{wards.replace('_', '-')}-burglary-2018-03_2023-02.csv",
            f"wards_2014_{wards}.geojson",
            crime_type="Burglary",
            test_from=date(2020, 3, 1),
            name=f"{borough} burglary",
        )
        runs += [(burglary, 1), (burglary, 3)]
    for kind in (
        "Anti-social behaviour",
        "Violence and sexual offences",
        "Burglary",
        "Vehicle crime",
    ):
        of = street_file(
            folder,
            "newham-all-crime-2016-04_2018-03.csv",
            "wards_2014_newham.geojson",
            crime_type=kind,
            test_from=date(2017, 4, 1),
            name=f"Newham {kind.lower()}",
        )
        runs.append((of, 1))
    timed = chicago(folder)
    return [*runs, (timed, 1), (timed, 13)]


def main(folder: Path) -> None:
    """Print every table."""
    began = time.perf_counter()
    runs = [back_test(of, horizon=horizon) for of, horizon in named_sets(folder)]
    main_table(runs)
    sets_table(runs)
    shares_table(runs)
    print(f"\n{time.perf_counter() - began:.0f} s", file=sys.stderr)
    london_table(folder)
    print(f"\n{time.perf_counter() - began:.0f} s", file=sys.stderr)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
