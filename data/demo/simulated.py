"""Incidents that have been drawn but not yet written down: numbers only, one row an incident."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

BACKGROUND: Final = -1
FIRST_CHAIN: Final = 1_000  # labels from here on are chains, below it planted places


@dataclass(frozen=True, slots=True)
class SimulatedIncidents:
    """Columns of equal length n.

    Attributes
    ----------
    stream : int64
        Position in `data.demo.rates.streams`.
    address : int64
        Postcode number × addresses of a postcode + address (see `data.demo.places.DemoPlaces`).
    minute : int64
        Local wall-clock minutes since 1970-01-01 00:00.
    label : int64
        `BACKGROUND`, the number of a planted place, or `FIRST_CHAIN` + the number of a chain.
    """

    stream: NDArray[np.int64]
    address: NDArray[np.int64]
    minute: NDArray[np.int64]
    label: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.stream)

    def take(self, rows: NDArray[np.bool_] | NDArray[np.intp]) -> SimulatedIncidents:
        """Return the chosen rows, in their order."""
        return SimulatedIncidents(*(getattr(self, field.name)[rows] for field in fields(self)))


def joined(parts: Sequence[SimulatedIncidents]) -> SimulatedIncidents:
    """Join parts end to end."""
    names = [field.name for field in fields(SimulatedIncidents)]
    return SimulatedIncidents(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in names)
    )
