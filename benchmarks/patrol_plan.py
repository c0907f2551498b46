"""A week's patrol plan: gap, bound and time, against the greedy plan and patrols spread evenly.

Run as ``python -m benchmarks.patrol_plan [SEED ...]``: 40 hotspots, 8 teams, 7 days, wanted within
5 % of the bound in under 30 seconds on two cores. Time is told twice: by the clock, and of this
process's own work, since other work on the machine lengthens the first.
"""

from __future__ import annotations

import sys
import time
from datetime import date
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.measuring import demo_wards, print_table
from models.tasking.patrol_check import broken_rules
from models.tasking.patrol_demand import Candidate, hotspot_week
from models.tasking.patrol_plan import plan
from models.tasking.patrol_request import PlanRequest, PlanSettings
from models.tasking.teams import Shift, Team

if TYPE_CHECKING:
    from geo.streets.ways import Travel

HOTSPOTS, TEAMS, DAYS = 40, 8, 7
WEEKS = 26
GAP, SECONDS = 0.05, 30.0
SHIFTS = ((8, 16), (14, 22), (18, 2))
DAYS_OFF = ((0, 3), (1, 2), (5, 6), (0, 1))
MODES: dict[str, tuple[Travel, ...]] = {
    "on foot": ("foot",),
    "half by bike": ("foot", "bike"),
    "by bike": ("bike",),
}


def candidates(seed: int) -> tuple[Candidate, ...]:
    """Hotspots in eight clumps, each with a time of day of its own, some with busier weekends."""
    rng = np.random.default_rng(seed)
    west, south, east, north = demo_wards().total_bounds
    clumps = rng.uniform(size=(8, 2)) * (min(6000, east - west), min(5000, north - south))
    places = clumps[rng.integers(8, size=HOTSPOTS)] + rng.normal(0, 700, (HOTSPOTS, 2))
    size = rng.pareto(1.5, HOTSPOTS) + 0.5
    found = []
    for number in range(HOTSPOTS):
        peak = rng.choice([16, 20, 23, 1])
        hours = np.arange(168)
        day = np.exp(-0.5 * (((hours % 24 - peak + 12) % 24 - 12) / 3) ** 2) + 0.1
        week = day * np.where(np.isin((hours - 6) // 24 % 7, [4, 5]), rng.uniform(1, 3), 1.0)
        counts = rng.poisson(week / week.sum() * size[number] * 60).astype(float)
        expected = hotspot_week(counts, counts, untimed=0, untimed_harm=0.0, weeks=WEEKS)
        found.append(
            Candidate(
                hotspot_id=f"K-{number}",
                rank=number + 1,
                near="",
                ward_code=f"W{number % 10}",
                ward_name=f"Ward {number % 10}",
                easting=west + float(places[number, 0]),
                northing=south + float(places[number, 1]),
                incidents=tuple(expected.incidents.tolist()),
                harm=tuple(expected.harm.tolist()),
                peak=tuple(expected.peak.tolist()),
                hours_known=expected.hours_known,
            )
        )
    return tuple(found)


def teams(travels: tuple[Travel, ...]) -> tuple[Team, ...]:
    """Eight teams on early, late and night shifts, five days a week each."""
    return tuple(
        Team(
            f"Team {number + 1}",
            (
                Shift(
                    tuple(d for d in range(7) if d not in DAYS_OFF[number % 4]),
                    SHIFTS[number % 3][0] * 60,
                    SHIFTS[number % 3][1] * 60,
                ),
            ),
            travels[number % len(travels)],
        )
        for number in range(TEAMS)
    )


def measured(seed: int, mode: str) -> list[str]:
    """Return one row of the table."""
    asked = PlanRequest(
        candidates(seed), teams(MODES[mode]), PlanSettings(date(2026, 11, 23), days=DAYS, seed=seed)
    )
    begun, worked = time.perf_counter(), time.process_time()
    made = plan(asked)
    seconds, work = time.perf_counter() - begun, time.process_time() - worked
    assert broken_rules(asked, made) == ()
    met = "met" if made.gap <= GAP and seconds < SECONDS else "MISSED"
    return [
        mode,
        str(seed),
        f"{len(made.visits)}",
        f"{made.value:.2f}",
        f"{made.bound:.2f}",
        f"{made.gap:.2%}",
        f"{seconds:.1f} s",
        f"{work:.1f} s",
        f"{made.value / made.greedy_value:.3f}×",
        f"{made.value / made.even_value:.2f}×",
        met,
    ]


def main(seeds: list[int]) -> None:
    rows = [measured(seed, mode) for mode in MODES for seed in seeds]
    print_table(
        f"A week's plan: {HOTSPOTS} hotspots, {TEAMS} teams; wanted: gap ≤ {GAP:.0%} in "
        f"{SECONDS:.0f} s",
        [
            "teams",
            "seed",
            "visits",
            "incidents",
            "bound",
            "gap",
            "clock",
            "work",
            "to greedy",
            "to even",
            "wanted",
        ],
        rows,
    )


if __name__ == "__main__":
    main([int(seed) for seed in sys.argv[1:]] or [1, 2, 3])
