"""Simulate the demo's incidents: the same rows, to the byte, each time.

A simple model: each offence of `data.demo.rates` has a yearly rate for each borough, and each of
its incidents gets a place (by the weight of the place for that kind of offence), an hour of the
week (by the offence's clock, and by the night in night-time areas) and a day (by season, school
term and growth), independently. What is planted (`data.demo.truth`) is drawn first and counts
towards the rates, so the totals stay as published. There is no near repetition, no displacement
and no effect of patrols other than what is planted.

Three whole years are the same whenever they are made. After them come months, up to the day before
the demo is built; a month is drawn whole and cut there, so that a later day adds to what there was
and changes none of it.

Nothing here is about anybody: callers are numbers that were never given to anyone.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import pyarrow as pa

from data import durable
from data.demo.drawing import Block, by_time, draw_block, level_after, month_block
from data.demo.geography import SIMULATED_NOTICE
from data.demo.places import DemoPlaces, make_places
from data.demo.planting import CHAIN_LONGEST_GAP_DAYS, CHAIN_REACH_M
from data.demo.report import as_reported
from data.demo.simulated import FIRST_CHAIN, SimulatedIncidents, joined
from data.demo.truth import (
    DEMO_FIRST,
    DEMO_SEED,
    DEMO_YEARS,
    NIGHT_AREAS,
    PLANTED,
    TASKING,
    TRUTH_PATH,
    Chain,
    Truth,
    as_json,
)
from data.rows.contract import REJECTED_COLUMNS, Checked
from models.calendar.days import MINUTES_PER_DAY, day_number, day_of
from models.calendar.months import Month
from models.calendar.periods import years_back

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

DEMO_FILE: Final = "SIMULATED incidents"


@dataclass(frozen=True, slots=True)
class Simulation:
    """The incidents (`SOURCE_SCHEMA`, in the order they happened) and what is planted in them."""

    incidents: pa.Table
    truth: Truth


def _chain(
    number: int,
    *,
    rows: NDArray[np.intp],
    simulated: SimulatedIncidents,
    places: DemoPlaces,
    incidents: pa.Table,
) -> Chain:
    ids = incidents.column("incident_id")
    origin = int(simulated.address[rows[0]])
    return Chain(
        chain_id=f"chain-{number + 1:03d}",
        easting=float(places.address_easting.ravel()[origin]),
        northing=float(places.address_northing.ravel()[origin]),
        radius_m=CHAIN_REACH_M,
        longest_gap_days=CHAIN_LONGEST_GAP_DAYS,
        incident_ids=tuple(ids[int(row)].as_py() for row in rows),
        dates=tuple(day_of(int(simulated.minute[row]) // MINUTES_PER_DAY) for row in rows),
    )


def _truth(
    simulated: SimulatedIncidents,
    *,
    places: DemoPlaces,
    incidents: pa.Table,
    seed: int,
    first: date,
    last: date,
) -> Truth:
    found = np.bincount(
        simulated.label[(simulated.label >= 0) & (simulated.label < FIRST_CHAIN)],
        minlength=len(PLANTED),
    )
    order = np.argsort(simulated.label, kind="stable")
    labels, starts = np.unique(simulated.label[order], return_index=True)
    groups = np.split(order, starts[1:])
    return Truth(
        notice=SIMULATED_NOTICE,
        seed=seed,
        first=first,
        last=last,
        night_areas=NIGHT_AREAS,
        places=tuple(
            replace(place, incidents=int(count))
            for place, count in zip(PLANTED, found, strict=True)
        ),
        tasking=TASKING,
        chains=tuple(
            _chain(
                label - FIRST_CHAIN,
                rows=rows,
                simulated=simulated,
                places=places,
                incidents=incidents,
            )
            for label, rows in zip(labels.tolist(), groups, strict=True)
            if label >= FIRST_CHAIN
        ),
    )


def simulation(
    *, seed: int = DEMO_SEED, first: date = DEMO_FIRST, years: int = DEMO_YEARS
) -> Simulation:
    """Simulate whole years of incidents in Tower Hamlets and Hackney, with what is planted in them.

    Parameters
    ----------
    seed : int
        The same seed, first day and number of years give the same rows.
    first : date
        First day, local time. What is planted keeps its own dates.
    years : int
        At least 1.

    Raises
    ------
    ValueError
        If `years` is less than 1.
    """
    made, _ = _years(seed=seed, first=first, years=years)
    return made


def _years(*, seed: int, first: date, years: int) -> tuple[Simulation, _YearsEnd]:
    if years < 1:
        message = f"Too few years for the demo: {years}, and it needs at least one"
        raise ValueError(message)
    after = years_back(first, years=-years)
    block = Block(first, (after - first).days)
    places = make_places(np.random.default_rng([seed, 1]))
    drawn = draw_block(places, block, rng=np.random.default_rng([seed, 2]))
    # A night that begins on the last day is cut off here; its morning belongs to the next month.
    simulated = drawn.take(drawn.minute < block.end_minute)
    incidents = as_reported(
        simulated,
        places=places,
        after=after,
        rng=np.random.default_rng([seed, 3]),
        channel_rng=np.random.default_rng([seed, 5]),
        numbered={},
    )
    truth = _truth(
        simulated,
        places=places,
        incidents=incidents,
        seed=seed,
        first=first,
        last=after - timedelta(days=1),
    )
    left = drawn.take(drawn.minute >= block.end_minute)
    return Simulation(incidents=incidents, truth=truth), _YearsEnd(places, block, left)


@dataclass(frozen=True, slots=True)
class _YearsEnd:
    """What the months after the years go on from."""

    places: DemoPlaces
    block: Block
    left: SimulatedIncidents


def _numbers(table: pa.Table) -> Counter[str]:
    counts = table.column("source").value_counts().to_pylist()
    return Counter({each["values"]: each["counts"] for each in counts})


def _months(
    end: _YearsEnd, *, seed: int, numbered: Counter[str], until: date
) -> Iterator[pa.Table]:
    """Give the incidents of each month from the end of the years to the day before `until`."""
    first = end.block.first + timedelta(days=end.block.days)
    left = end.left
    while first < until:
        block = month_block(first)
        key = [seed, first.year, first.month]
        rest = draw_block(
            end.places,
            block,
            rng=np.random.default_rng([*key, 2]),
            level=level_after(end.block, block),
        )
        drawn = by_time(joined([left, rest]))
        left = drawn.take(drawn.minute >= block.end_minute)
        month = drawn.take(drawn.minute < block.end_minute)
        table = as_reported(
            month,
            places=end.places,
            after=None,
            rng=np.random.default_rng([*key, 3]),
            channel_rng=np.random.default_rng([*key, 5]),
            numbered=numbered,
        )
        numbered.update(_numbers(table))
        yield table.slice(0, int((month.minute < day_number(until) * MINUTES_PER_DAY).sum()))
        first = Month.of(first).later(1).first


def simulate(
    *,
    seed: int = DEMO_SEED,
    first: date = DEMO_FIRST,
    years: int = DEMO_YEARS,
    until: date | None = None,
) -> pa.Table:
    """Return incidents as `SOURCE_SCHEMA`, in the order they happened.

    Parameters
    ----------
    seed, first, years
        Of `simulation`, whose incidents come first.
    until : date, optional
        The first day of which there is nothing any more; the years alone are given where it is
        none or lies within them.

    Raises
    ------
    ValueError
        If `years` is less than 1, or there is an `until` and the years do not end with a month.
    """
    made, end = _years(seed=seed, first=first, years=years)
    if until is None:
        return made.incidents
    if first.day != 1:
        message = f"Months can follow years that begin on the first of a month; {first} does not"
        raise ValueError(message)
    numbered = _numbers(made.incidents)
    months = _months(end, seed=seed, numbered=numbered, until=until)
    return pa.concat_tables([made.incidents, *months])


def demo_batches(
    *,
    seed: int = DEMO_SEED,
    first: date = DEMO_FIRST,
    years: int = DEMO_YEARS,
    until: date | None = None,
    batch_rows: int = 30_000,
) -> Iterator[Checked]:
    """Give the simulated incidents in batches, as a source does; no row is rejected."""
    incidents = simulate(seed=seed, first=first, years=years, until=until)
    rejected = pd.DataFrame(columns=list(REJECTED_COLUMNS), dtype="str")
    for start in range(0, incidents.num_rows, batch_rows):
        accepted = incidents.slice(start, batch_rows)
        yield Checked(
            file=DEMO_FILE,
            accepted=accepted,
            rejected=rejected.copy(),
            fraction_done=(start + accepted.num_rows) / incidents.num_rows,
        )


def write_truth(truth: Truth, *, path: Path = TRUTH_PATH) -> None:
    """Write what is planted, for tests and back-tests to read."""
    durable.write_file(path, as_json(truth).encode())


if __name__ == "__main__":
    write_truth(simulation().truth)
