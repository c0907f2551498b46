"""What a reader must know of a selection: what its data do not cover, and what is left out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from geo.counting import counted
from models.incidents.coverage import comparable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from models.calendar.periods import Period
    from models.incidents.coverage import Coverage
    from models.incidents.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class UntimedIncidents:
    """Incidents of the chosen wards that the hours filter cannot judge, by what is known."""

    month: int = 0
    day: int = 0
    interval: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.month + self.day + self.interval


def coverage_notes(
    snapshot: Snapshot,
    now: Period,
    before: Period | None,
    *,
    covered: Sequence[Coverage],
    wards: NDArray[np.bool_],
) -> tuple[str, ...]:
    """Say what of a period, and of the comparison period, the data do not cover.

    Parameters
    ----------
    snapshot : Snapshot
    now : Period
    before : Period or None
    covered : sequence of Coverage
        Of the chosen sources, in the boroughs of the chosen wards.
    wards : bool array of shape (number of wards,)
        The chosen wards.
    """
    if not covered:
        return ("The chosen sources hold no incident in the boroughs of the chosen wards.",)
    names = dict(zip(snapshot.borough_codes, snapshot.borough_names, strict=True))
    notes = list(_without_data(snapshot, wards, covered=covered))
    for period, what in ((now, "The period"), (before, "The comparison period")):
        if period is None:
            continue
        lacking: dict[tuple[str, str], list[str]] = {}
        for each in covered:
            shortfall = each.shortfall(period)
            if shortfall:
                place = names[each.borough] if each.borough else "the wards"
                lacking.setdefault((place, shortfall), []).append(each.source)
        notes.extend(
            f"{what} ({period}) is not covered by the data of {', '.join(sources)} for "
            f"{place}: {shortfall}."
            for (place, shortfall), sources in lacking.items()
        )
    if before is not None and not comparable(covered, now, before):
        notes.append(_not_compared(covered, now, before))
    return tuple(notes)


def left_out_notes(untimed: UntimedIncidents, *, sensitive: int) -> tuple[str, ...]:
    """Say how many incidents an hours filter cannot judge, and how many have no place.

    Parameters
    ----------
    untimed : UntimedIncidents
    sensitive : int
        Domestic and sexual incidents of the chosen wards.
    """
    notes = []
    if untimed.total:
        kinds = (
            (untimed.month, "the month"),
            (untimed.day, "the day"),
            (untimed.interval, "a span of more than an hour"),
        )
        known = ", ".join(f"{count:,} say only {what}" for count, what in kinds if count)
        words = ("incident of the chosen wards is", "incidents of the chosen wards are")
        notes.append(
            f"{counted(untimed.total, *words)} left out, as their hour is not known: {known}."
        )
    if sensitive:
        notes.append(_sensitive_note(sensitive))
    return tuple(notes)


def _without_data(
    snapshot: Snapshot, wards: NDArray[np.bool_], *, covered: Sequence[Coverage]
) -> Iterator[str]:
    """Name the boroughs of the chosen wards for which nothing is loaded."""
    loaded = {each.borough for each in covered}
    for at in np.unique(snapshot.ward_boroughs[wards]).tolist():
        if at >= 0 and snapshot.borough_codes[at] not in loaded:
            yield (
                f"The chosen sources hold no incident of {snapshot.borough_names[at]}: its wards "
                "are empty because nothing is loaded, not because nothing happened."
            )


def _not_compared(covered: Sequence[Coverage], now: Period, before: Period) -> str:
    both = [
        each.source
        for each in covered
        if (each.extent(now), each.extent(before)) == ("whole", "whole")
    ]
    advice = "Choose months that are complete in both"
    if both:
        advice += f", or only a source that covers both: {', '.join(dict.fromkeys(both))}"
    return (
        "No change is given: the data do not cover both periods in the same way, so it would be "
        f"one of the data and not of the place. {advice}."
    )


def _sensitive_note(count: int) -> str:
    """Say how many incidents are in totals alone, and why."""
    verb = "incident of the chosen wards is" if count == 1 else "incidents of the chosen wards are"
    return (
        f"{count:,} domestic or sexual {verb} in the totals, but never on a map, in a hotspot or "
        "in any count of a place."
    )
