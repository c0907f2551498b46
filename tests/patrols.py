"""Small made-up patrol requests, and every plan of one by brute force."""

from __future__ import annotations

from datetime import date
from itertools import product
from typing import TYPE_CHECKING

from models.tasking._patrol_choice import Choice, ServedBeat, most_at_once, shortfalls, value_of
from models.tasking.patrol_demand import Candidate
from models.tasking.patrol_request import PlanRequest, PlanSettings
from models.tasking.teams import Shift, Team

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from models.tasking._patrol_options import Options

MONDAY = date(2026, 11, 23)


def candidate(
    number: int,
    *,
    x: float = 0.0,
    y: float = 0.0,
    hours: Sequence[int] = tuple(range(168)),
    rate: float = 1.0,
    ward: str = "A",
    harm: float = 0.0,
) -> Candidate:
    """A hotspot that expects `rate` in each of some hours of the week, which are its peak."""
    week = tuple(rate if hour in set(hours) else 0.0 for hour in range(168))
    return Candidate(
        hotspot_id=f"K-{number}",
        rank=number,
        near=f"Street {number}",
        ward_code=ward,
        ward_name=f"Ward {ward}",
        easting=x,
        northing=y,
        incidents=week,
        harm=tuple(harm * each for each in week),
        peak=tuple(each > 0 for each in week),
    )


def team(name: str = "One", *, days: Sequence[int] = (0,), start: int = 14, end: int = 18) -> Team:
    """A team on foot without time to get ready; up to six hours, so without a break."""
    shift = Shift(tuple(days), start * 60, end % 24 * 60)
    return Team(name, (shift,), break_minutes=45, ready_minutes=0)


def request(
    candidates: Sequence[Candidate], teams: Sequence[Team], **settings: object
) -> PlanRequest:
    chosen = PlanSettings(MONDAY, **{"days": 1, "gap": 0.0, "time_limit_s": 20.0, **settings})
    return PlanRequest(tuple(candidates), tuple(teams), chosen)


def every_choice(options: Options) -> Iterator[Choice]:
    """Every choice there is."""
    for combination in product(*(_ways(options, duty) for duty in range(len(options.duties)))):
        yield {duty: picked for duty, picked in enumerate(combination) if picked is not None}


def _ways(options: Options, duty: int) -> list[ServedBeat | None]:
    found: dict[tuple[int, ...], ServedBeat | None] = {(): None}
    for at in options.beats_of[duty]:
        beat = options.beats[at]
        for bits in range(1, 2 ** len(beat.stretches)):
            held = tuple(each for n, each in enumerate(beat.stretches) if bits >> n & 1)
            if most_at_once(options, held) <= beat.rhythm:
                found.setdefault(held, ServedBeat(at, held))
    return list(found.values())


def best_by_brute_force(options: Options) -> float | None:
    """The most that any choice collects which meets the requirements; None without one."""
    values = [
        value_of(options, choice)
        for choice in every_choice(options)
        if not shortfalls(options, choice)
    ]
    return max(values) if values else None
