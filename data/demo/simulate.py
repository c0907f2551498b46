"""Simulate the demo's incidents: the same rows, to the byte, each time.

A simple model: each offence of `data.demo.rates` has a yearly rate for each borough, and each of
its incidents gets a place (by the weight of the place for that kind of offence), an hour of the
week (by the offence's clock, and by the night in night-time areas) and a day (by season, school
term and growth), independently. What is planted (`data.demo.truth`) is drawn first and counts
towards the rates, so the totals stay as published. There is no near repetition, no displacement
and no effect of patrols other than what is planted.

Nothing here is about anybody: callers are numbers that were never given to anyone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from data.demo.clock import clock, day_weights, draw_minutes, pick
from data.demo.geography import HACKNEY, SIMULATED_NOTICE, TOWER_HAMLETS
from data.demo.places import ADDRESSES, HOME_BOROUGHS, DemoPlaces, make_places
from data.demo.planting import (
    CHAIN_LONGEST_GAP_DAYS,
    CHAIN_REACH_M,
    chains,
    planted_places,
)
from data.demo.rates import BUFFER_SHARE, HACKNEY_RATIO, Stream, streams
from data.demo.report import as_reported
from data.demo.simulated import BACKGROUND, FIRST_CHAIN, SimulatedIncidents, joined
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
from models.calendar.periods import years_back

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import pyarrow as pa
    from numpy.typing import NDArray

DAYS_PER_YEAR: Final = 365.25
DEMO_FILE: Final = "SIMULATED incidents"


@dataclass(frozen=True, slots=True)
class Simulation:
    """The incidents (`SOURCE_SCHEMA`, in the order they happened) and what is planted in them."""

    incidents: pa.Table
    truth: Truth


def _share_of(borough: str) -> float:
    """Return a borough's rate against Tower Hamlets' own; "" is the neighbours' margin."""
    if borough:
        return {TOWER_HAMLETS: 1.0, HACKNEY: HACKNEY_RATIO}[borough]
    return (1.0 + HACKNEY_RATIO) * BUFFER_SHARE / (1.0 - BUFFER_SHARE)


def _background(
    places: DemoPlaces,
    stream: Stream,
    *,
    borough: str,
    planted: int,
    first: date,
    days: int,
    rng: np.random.Generator,
) -> SimulatedIncidents:
    """Draw one offence in one borough, `planted` of whose incidents are there already."""
    expected = stream.yearly * _share_of(borough) * days / DAYS_PER_YEAR - planted
    count = int(rng.poisson(max(expected, 0.0)))
    weights = places.weights[stream.field] * np.where(places.night, stream.night_factor, 1.0)
    here = places.borough == borough if borough else ~np.isin(places.borough, HOME_BOROUGHS)
    postcode = pick(np.where(here, weights, 0.0), count=count, rng=rng)
    by_day = day_weights(first, days, season=stream.season, yearly_change=stream.yearly_change)
    minute = np.zeros(count, dtype=np.int64)
    keeps_night = places.night[postcode] & (stream.night_factor > 1.0)
    for night in (False, True):
        such = np.flatnonzero(keeps_night == night)
        minute[such] = draw_minutes(
            len(such), first=first, hours=clock(stream.profile, night=night), days=by_day, rng=rng
        )
    return SimulatedIncidents(
        stream=np.zeros(count, dtype=np.int64),
        address=places.addresses(postcode, rng=rng),
        minute=minute,
        label=np.full(count, BACKGROUND),
    )


def _simulate_all(places: DemoPlaces, *, seed: int, first: date, days: int) -> SimulatedIncidents:
    """Draw what is planted, then the rest, and sort by local time."""
    listed = streams()
    keys = tuple(stream.key for stream in listed)
    rng = np.random.default_rng([seed, 2])
    planted = planted_places(places, keys=keys, first=first, days=days, rng=rng)
    followed = chains(places, keys=keys, first=first, days=days, rng=rng)
    parts = [planted, followed]
    of_borough = places.borough[np.concatenate([part.address for part in parts]) // ADDRESSES]
    of_stream = np.concatenate([part.stream for part in parts])
    for number, stream in enumerate(listed):
        for borough in (*HOME_BOROUGHS, ""):
            part = _background(
                places,
                stream,
                borough=borough,
                planted=int(((of_borough == borough) & (of_stream == number)).sum()),
                first=first,
                days=days,
                rng=rng,
            )
            parts.append(replace(part, stream=part.stream + number))
    simulated = joined(parts)
    end = (day_number(first) + days) * MINUTES_PER_DAY
    simulated = simulated.take(
        simulated.minute < end
    )  # a night that begins on the last day is cut off
    return simulated.take(np.argsort(simulated.minute, kind="stable"))


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
    if years < 1:
        message = f"Too few years for the demo: {years}, and it needs at least one"
        raise ValueError(message)
    after = years_back(first, years=-years)
    days = (after - first).days
    places = make_places(np.random.default_rng([seed, 1]))
    simulated = _simulate_all(places, seed=seed, first=first, days=days)
    incidents = as_reported(
        simulated, places=places, after=after, rng=np.random.default_rng([seed, 3])
    )
    truth = _truth(
        simulated,
        places=places,
        incidents=incidents,
        seed=seed,
        first=first,
        last=after - timedelta(days=1),
    )
    return Simulation(incidents=incidents, truth=truth)


def simulate(
    *, seed: int = DEMO_SEED, first: date = DEMO_FIRST, years: int = DEMO_YEARS
) -> pa.Table:
    """Return the incidents of `simulation` alone: `SOURCE_SCHEMA`, in the order they happened."""
    return simulation(seed=seed, first=first, years=years).incidents


def demo_batches(
    *,
    seed: int = DEMO_SEED,
    first: date = DEMO_FIRST,
    years: int = DEMO_YEARS,
    batch_rows: int = 30_000,
) -> Iterator[Checked]:
    """Give the simulated incidents in batches, as a source does; no row is rejected."""
    incidents = simulate(seed=seed, first=first, years=years)
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
    path.write_text(as_json(truth), encoding="utf-8")


if __name__ == "__main__":
    write_truth(simulation().truth)
