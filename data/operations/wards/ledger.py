"""What was published, remembered outside the operations database: for each quarter, one drawing.

An operations store that is older than a publication, or lost, would let a quarter be published a
second time. The same counts then have the same figures; where any count or the secret is another,
it would be a second drawing, and the two together would tell more than one may. The ledger holds no
count: for each publication its ground and the digest of what its changes were drawn from.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

import shapely

from data.durable import write_file
from data.faults import plain_faults
from data.locks import locked
from geo.errors import PlainError
from models.wording.days import day_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from data.settings import Settings
    from models.calendar.quarters import Quarter
    from models.ward_panel.ward_release import Release

NAME: Final = "ward_figures.ledger"
LOCK: Final = ".ward_figures.lock"
_EDGE_M: Final = 20.0
_SIMPLER_M: Final = 5.0


class DrawnBeforeError(PlainError, ValueError):
    """A quarter was published before, and the operations store does not have that."""

    def __init__(self, quarter: Quarter, *, on: str, why: str) -> None:
        super().__init__(
            f"The ward figures of {quarter} cannot be published: those of some of this ground were "
            f"on {on}, and {why}. The operations store does not have them. A second drawing would "
            "tell more than one may. Restore the operations store that has them."
        )


class LedgerError(PlainError, ValueError):
    """The ledger cannot be read."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(
            f"The record of published ward figures in {settings.store / NAME} cannot be read. "
            "Nothing was published. Put the file back from the last copy of the store folder."
        )


@dataclass(frozen=True, slots=True)
class _Entry:
    quarter: str
    revision: int
    drawn_from: str
    on: str
    ground: str
    withdrawn: bool = False


def check_drawing(settings: Settings, release: Release, *, drawn_from: str) -> None:
    """Refuse what was drawn from something else before, or was withdrawn.

    Raises
    ------
    DrawnBeforeError, LedgerError
    """
    ground = _inside(release)
    for each in _entries(settings):
        if each.quarter != release.quarter.key or each.revision != release.revision:
            continue
        if not shapely.from_wkt(each.ground).intersects(ground):
            continue
        if each.withdrawn:
            raise DrawnBeforeError(release.quarter, on=each.on, why="were withdrawn for good")
        if each.drawn_from != drawn_from:
            raise DrawnBeforeError(
                release.quarter,
                on=each.on,
                why="from other incidents, wards or squares, or with another secret",
            )


def note_drawing(settings: Settings, release: Release, *, drawn_from: str) -> None:
    """Note what was published."""
    entry = _Entry(
        quarter=release.quarter.key,
        revision=release.revision,
        drawn_from=drawn_from,
        on=day_label(release.published_at),
        ground=shapely.to_wkt(_inside(release), rounding_precision=0),
    )
    with locked(settings.store, "noting a publication", name=LOCK):
        known = _entries(settings)
        if not any((each.drawn_from, each.ground) == (drawn_from, entry.ground) for each in known):
            _write(settings, [*known, entry])


def note_withdrawal(settings: Settings, quarter: Quarter, *, codes_ground: BaseGeometry) -> None:
    """Note that the figures of a quarter of some ground were withdrawn."""
    with locked(settings.store, "noting a withdrawal", name=LOCK):
        changed = [
            _Entry(**(asdict(each) | {"withdrawn": True}))
            if each.quarter == quarter.key
            and shapely.from_wkt(each.ground).intersects(codes_ground)
            else each
            for each in _entries(settings)
        ]
        _write(settings, changed)


def _inside(release: Release) -> BaseGeometry:
    """Return the ground of a release without its edge, along which two ward files may differ."""
    shapes = [each.shape for blocks in release.blocks.values() for each in blocks]
    return shapely.union_all(shapes).buffer(-_EDGE_M).simplify(_SIMPLER_M)


def _entries(settings: Settings) -> list[_Entry]:
    path = settings.store / NAME
    if not path.exists():
        return []
    with plain_faults("A file of the store"):
        content = path.read_bytes()
    try:
        return [_Entry(**each) for each in json.loads(content)]
    except (ValueError, TypeError) as fault:
        raise LedgerError(settings) from fault


def _write(settings: Settings, entries: Sequence[_Entry]) -> None:
    content = json.dumps([asdict(each) for each in entries], indent=1).encode()
    with plain_faults("A file of the store"):
        write_file(settings.store / NAME, content)
