"""The ground that counts as observed is that of the sources that are looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from shapely.geometry import box

from data.incidents.ingest import import_batches
from data.incidents.snapshot import load
from data.incidents.store import Store
from tests.incident_rows import NOW, WARDS, batch, row, settings_in, three_wards

if TYPE_CHECKING:
    from pathlib import Path

HOME = ("E05000001", "E05000002")
NEXT_DOOR = box(532_100, 180_100, 532_900, 180_900)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """The police's calls lie in all three wards, the council's cases in the borough's own two."""
    settings, wards = settings_in(tmp_path), three_wards()
    rng = np.random.default_rng(1)
    rows = []
    for source, codes in (("police", tuple(WARDS)), ("council", HOME)):
        for code in codes:
            for number, (x, y) in enumerate(rng.uniform(0, 1000, (120, 2))):
                rows.append(
                    row(
                        f"{source}-{code}-{number}",
                        source=source,
                        easting=round(WARDS[code][0] + x, 1),
                        northing=round(180_000 + y, 1),
                    )
                )
    import_batches([batch(*rows)], settings=settings, wards=wards, name="both", now=NOW)
    return Store.of(settings, wards=wards, snapshot=load(settings, wards=wards))


def test_ground_that_only_another_source_covers_is_not_observed(store: Store) -> None:
    both = store.area(HOME)
    assert both.observed.contains(NEXT_DOOR)
    assert store.area(HOME, sources=("police",)).observed.contains(NEXT_DOOR)
    council = store.area(HOME, sources=("council",))
    assert council.observed.intersection(NEXT_DOOR).area < 0.3 * NEXT_DOOR.area
    assert council.observed.contains(council.land.buffer(-1))
