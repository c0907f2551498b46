"""What a plan covers, ward by ward and hotspot by hotspot, and what it leaves out and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from models.calendar.week import WEEKDAYS
from models.tasking._patrol_choice import spans
from models.wording.absence import NO_HOURS_LABELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.tasking._patrol_choice import Choice
    from models.tasking._patrol_options import Options
    from models.tasking._patrol_spare import ByRank
    from models.tasking._patrol_timing import Timed

_MOST_RUNS: Final = 3


@dataclass(frozen=True, slots=True)
class Shares:
    """Expected in the plan's days, and how much of it falls into hours served.

    Attributes
    ----------
    expected : float
        In all hours of all candidates.
    on_duty : float
        Of it, in hours that some half shift could serve.
    covered, even : float
        In the hours that the plan serves, and that patrols spread evenly would.
    """

    expected: float
    on_duty: float
    covered: float
    even: float

    @property
    def share(self) -> float:
        """Covered, 0 to 1; 0 where nothing is expected."""
        return self.covered / self.expected if self.expected > 0 else 0.0

    @property
    def even_share(self) -> float:
        """What an even spread would cover, 0 to 1."""
        return self.even / self.expected if self.expected > 0 else 0.0


@dataclass(frozen=True, slots=True)
class WardCoverage:
    """One ward's part."""

    ward_code: str
    ward_name: str
    hotspots: int
    visits: int
    incidents: Shares
    harm: Shares


@dataclass(frozen=True, slots=True)
class HotspotCoverage:
    """One hotspot's part; `left_out` says why it is not visited, and is empty where it is.

    `visits` are all of them; `spare_visits` are those of them in spare time.
    """

    hotspot_id: str
    label: str
    ward_name: str
    peak: str
    visits: int
    incidents: Shares
    harm: Shares
    left_out: str = ""  # a key of saved plans
    spare_visits: int = 0


@dataclass(frozen=True, slots=True)
class PlanCoverage:
    """What a plan covers.

    Attributes
    ----------
    incidents, harm : Shares
    best_share : float
        No plan covers a larger share of what the objective counts, 0 to 1.
    wards : tuple of WardCoverage
        Most expected first.
    hotspots : tuple of HotspotCoverage
        In order of rank.
    untimed : int
        Incidents left out of the hours of the others.
    """

    incidents: Shares
    harm: Shares
    best_share: float
    wards: tuple[WardCoverage, ...]
    hotspots: tuple[HotspotCoverage, ...]
    untimed: int


def coverage_of(
    options: Options,
    best: ByRank,
    *,
    spread: Choice,
    bound: float,
) -> PlanCoverage:
    """Work out what a choice covers, against patrols spread evenly."""
    own, evenly = _stretches(best.choice), _stretches(spread)
    served = (spans(options, own), spans(options, evenly))
    there = spans(options, range(len(options.stretches)))
    count = len(options.request.candidates)
    made = _visits(options, best.visits)
    spare = _visits(options, [each for each in best.visits if each.stretch in best.spare])
    kinds = []
    for table in (options.demand.incidents, options.demand.harm):
        first = options.demand.first
        columns = [
            [
                sum(
                    float(table[at, ends - first] - table[at, starts - first])
                    for starts, ends in held.get(at, ())
                )
                for at in range(count)
            ]
            for held in (there, *served)
        ]
        kinds.append(
            [
                Shares(float(table[at, -1]), *(column[at] for column in columns))
                for at in range(count)
            ]
        )
    incidents, harm = kinds
    reasons = _reasons_unvisited(options, own, given_up=best.given_up)
    total = float(options.worth[:, -1].sum())
    return PlanCoverage(
        incidents=_sum(incidents),
        harm=_sum(harm),
        best_share=min(bound / total, 1.0) if total > 0 else 0.0,
        wards=_wards(options, incidents, harm, made),
        hotspots=tuple(
            HotspotCoverage(
                hotspot_id=each.hotspot_id,
                label=each.label,
                ward_name=each.ward_name,
                peak=(
                    peak_label(each.peak)
                    if each.hours_known
                    else NO_HOURS_LABELS.get(each.hours_state, NO_HOURS_LABELS["not_known"])
                ),
                visits=made[at],
                incidents=incidents[at],
                harm=harm[at],
                left_out=reasons.get(at, ""),
                spare_visits=spare[at],
            )
            for at, each in sorted(
                enumerate(options.request.candidates), key=lambda pair: pair[1].rank
            )
        ),
        untimed=sum(each.untimed for each in options.request.candidates),
    )


def _visits(options: Options, visits: Sequence[Timed]) -> list[int]:
    """Count visits by hotspot."""
    places = [options.stretches[each.stretch].hotspot for each in visits]
    made: list[int] = np.bincount(places, minlength=len(options.request.candidates)).tolist()
    return made


def _stretches(choice: Choice) -> list[int]:
    return [at for picked in choice.values() for at in picked.stretches]


def _sum(parts: Sequence[Shares]) -> Shares:
    return Shares(
        expected=sum(each.expected for each in parts),
        on_duty=sum(each.on_duty for each in parts),
        covered=sum(each.covered for each in parts),
        even=sum(each.even for each in parts),
    )


def _wards(
    options: Options, incidents: Sequence[Shares], harm: Sequence[Shares], visits: Sequence[int]
) -> tuple[WardCoverage, ...]:
    members: dict[tuple[str, str], list[int]] = {}
    for at, each in enumerate(options.request.candidates):
        members.setdefault((each.ward_code, each.ward_name), []).append(at)
    found = [
        WardCoverage(
            ward_code=code,
            ward_name=name or "Outside every ward",
            hotspots=len(held),
            visits=sum(visits[at] for at in held),
            incidents=_sum([incidents[at] for at in held]),
            harm=_sum([harm[at] for at in held]),
        )
        for (code, name), held in members.items()
    ]
    return tuple(sorted(found, key=lambda each: (-each.incidents.expected, each.ward_name)))


def _reasons_unvisited(
    options: Options, own: Sequence[int], *, given_up: frozenset[int]
) -> dict[int, str]:
    """Say why each hotspot without a visit has none."""
    spare_alone = {options.stretches[at].hotspot for at in given_up}
    served = {options.stretches[at].hotspot for at in own}
    least = min((options.value(options.stretches[at]) for at in own), default=0.0)
    gap = options.request.settings.gap_minutes
    found: dict[int, str] = {}
    for at, each in enumerate(options.request.candidates):
        if at in served:
            continue
        runs = [run for run in options.stretches if run.hotspot == at]
        best = max((options.value(run) for run in runs), default=0.0)
        if each.hotspot_id in options.request.settings.must_not:
            found[at] = "It was taken out of this plan."
        elif not any(each.peak) or float(options.worth[at, -1]) <= 0:
            found[at] = "Nothing is expected there in the plan's days."
        elif not runs:
            found[at] = (
                f"No half shift overlaps its peak hours ({peak_label(each.peak)}) for {gap} "
                "minutes."
            )
        elif at in spare_alone:
            found[at] = (
                "A team could go there in spare time alone, and spare time sends no more visits to "
                "a hotspot than one above it gets."
            )
        elif best < least:
            found[at] = (
                f"Too little is expected: {best:.2f} in its best half shift, and at least "
                f"{least:.2f} in each that is served."
            )
        else:
            found[at] = (
                f"The teams collect more elsewhere at the same time ({best:.2f} in its best half "
                "shift): another team or shift would reach it."
            )
    return found


def peak_label(peak: Sequence[bool]) -> str:
    """Return peak hours in words: "Fri 18:00–02:00, Sat 16:00–03:00 and 2 more".

    Parameters
    ----------
    peak : sequence of bool, 168
        Monday 00:00 first. The longest runs are named.
    """
    week = np.array(peak, dtype=np.bool_)
    if week.all():
        return "any hour"
    if not week.any():
        return "none"
    first = int(np.flatnonzero(~week)[0])
    turned = np.concatenate([[False], np.roll(week, -first), [False]]).astype(np.int8)
    runs = np.flatnonzero(np.diff(turned)).reshape(-1, 2).tolist()
    longest = sorted(runs, key=lambda run: (run[0] - run[1], run[0]))[:_MOST_RUNS]
    named = [
        _run_label((begin + first) % 168, end - begin)
        for begin, end in sorted(longest, key=lambda run: (run[0] + first) % 168)
    ]
    more = len(runs) - len(named)
    return ", ".join(named) + (f" and {more} more" if more else "")


def _run_label(begin: int, hours: int) -> str:
    day = WEEKDAYS[begin // 24][:3]
    end = (begin + hours) % 168
    until = f"{end % 24:02d}:00"
    if hours >= 24:
        until = f"{WEEKDAYS[end // 24][:3]} {until}"
    return f"{day} {begin % 24:02d}:00–{until}"
