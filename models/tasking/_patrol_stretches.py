"""Stretches of a shift at a hotspot, and the beats made of them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Stretch:
    """A run of a hotspot's peak hours inside half a shift, cut into slots counted from `begin`.

    `duty` and `hotspot` are places in `Options.duties` and the candidates; the half is 0 or 1;
    times are minutes of UTC. It is visited at least `guaranteed` times.
    """

    duty: int
    half: int
    hotspot: int
    begin: int
    starts: int
    ends: int
    guaranteed: int


@dataclass(frozen=True, slots=True)
class Beat:
    """What a shift can serve at a rhythm: places in `Options.stretches`."""

    duty: int
    rhythm: int
    stretches: tuple[int, ...]
