"""Names of night-time areas from the ground, and the places in them where incidents repeat."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import shapely

from geo.naming.evidence import Place
from geo.naming.names import names_together
from models.hotspots.naming import place_of
from models.nights.premises_nearby import REPEAT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geo.naming.gazetteer import Gazetteer
    from models.hotspots.inputs import Incidents
    from models.incidents.dataset import Dataset
    from models.nights.areas import NightArea

_LISTED: Final = 12
_SQUARE_M: Final = 100.0
OUTSIDE: Final = "outside the wards loaded"


@dataclass(frozen=True, slots=True)
class RepeatPlace:
    """A street, or a square of 100 m, with at least three incidents; never an address."""

    where: str
    incidents: int


def area_names(
    dataset: Dataset, areas: Sequence[NightArea], members: Sequence[Incidents]
) -> list[str]:
    """Return the names that areas were given; those of the others are from the ground."""
    unnamed = [number for number, area in enumerate(areas) if not area.name]
    names = [area.name for area in areas]
    places = []
    for number in unnamed:
        ward = members[number].ward.astype(np.int64)
        largest = ward_shares(dataset.snapshot.ward_names, ward)
        places.append(
            place_of(
                areas[number].polygon,
                members[number],
                ward=largest[0][0] if largest and largest[0][0] != OUTSIDE else "",
            )
        )
    for number, name in zip(unnamed, names_together(dataset.gazetteer, places), strict=True):
        names[number] = name
    return names


def repeat_places(
    members: Incidents, *, gazetteer: Gazetteer
) -> tuple[tuple[RepeatPlace, ...], int]:
    """Return the places with three incidents or more, and how many incidents have no street.

    Those without a street that may be shown count in squares of 100 m, as an exact place may be
    somebody's address.
    """
    nameless = members.street < 0
    counts = Counter((members.streets[at], 0, 0) for at in members.street[~nameless].tolist())
    squares = zip(
        (members.easting[nameless] // _SQUARE_M).astype(int).tolist(),
        (members.northing[nameless] // _SQUARE_M).astype(int).tolist(),
        strict=True,
    )
    counts.update(("", easting, northing) for easting, northing in squares)
    repeated = [
        (place, number)
        for place, number in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
        if number >= REPEAT
    ][:_LISTED]
    named = _squares([(x, y) for (street, x, y), _ in repeated if not street], gazetteer)
    found = [RepeatPlace(street or named[x, y], number) for (street, x, y), number in repeated]
    return tuple(found), int(nameless.sum())


def _squares(
    squares: Sequence[tuple[int, int]], gazetteer: Gazetteer
) -> dict[tuple[int, int], str]:
    """Return what squares of 100 m are around, or their numbers where no layer is loaded."""
    if gazetteer.empty:
        return {(x, y): f"100 m square {x} {y}" for x, y in squares}
    side = _SQUARE_M
    boxes = [shapely.box(x * side, y * side, (x + 1) * side, (y + 1) * side) for x, y in squares]
    return dict(zip(squares, names_together(gazetteer, [Place(box) for box in boxes]), strict=True))


def ward_shares(names: Sequence[str], codes: NDArray[np.int64]) -> tuple[tuple[str, float], ...]:
    """Return the share of each name among the incidents of some codes, largest first."""
    counts = np.bincount(codes + 1, minlength=len(names) + 1)
    named = [(OUTSIDE, counts[0]), *zip(names, counts[1:], strict=True)]
    total = max(int(counts.sum()), 1)
    return tuple(
        (name, int(number) / total)
        for name, number in sorted(named, key=lambda pair: (-int(pair[1]), pair[0]))
        if number
    )
