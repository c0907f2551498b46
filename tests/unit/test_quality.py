from __future__ import annotations

from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest

from data.incidents.ingest import import_batches
from data.incidents.snapshot import load
from models.incidents.quality import source_figures
from tests.incident_rows import NOW, OUTSIDE, batch, row, settings_in, three_wards

if TYPE_CHECKING:
    from pathlib import Path


def test_the_figures_of_each_source_are_counted_exactly(tmp_path: Path) -> None:
    settings, wards = settings_in(tmp_path), three_wards()
    month = {"source": "police_uk", "time_precision": "month", "place_precision": "snapped"}
    may = datetime(2024, 4, 30, 23, tzinfo=UTC)  # 1 May in London
    rows = [
        row("a"),
        row("b"),  # the same place, time and category as a
        row("c", category="drugs", harm=3.0),
        row("d", easting=530_501.0, time_precision="day"),
        row("e", easting=529_970.0, starts_at=datetime(2024, 6, 8, 12, tzinfo=UTC)),
        row("f", starts_at=may, **month),
        row("g", starts_at=may, easting=OUTSIDE[0], northing=OUTSIDE[1], **month),
    ]
    import_batches([batch(*rows)], settings=settings, wards=wards, name="a", now=NOW)
    cad, police = source_figures(load(settings, wards=wards))

    assert (cad.source, cad.rows) == ("cad", 5)
    assert (cad.first, cad.last) == (date(2024, 6, 5), date(2024, 6, 8))
    assert cad.time_precision == {"minute": 4, "hour": 0, "day": 1, "month": 0, "interval": 0}
    assert cad.place_precision == {"exact": 0, "street": 5, "postcode": 0, "snapped": 0}
    assert (cad.no_hour, cad.outside, cad.ward_snapped) == (1, 0, 1)
    assert (cad.shared_coordinates, cad.repeats) == (3, 1)
    assert cad.harm_known == 1
    assert cad.categories["drugs"] == 1
    assert cad.last_complete_month is None
    assert cad.shared_coordinates_share == pytest.approx(0.6)

    assert (police.source, police.rows, police.outside) == ("police_uk", 2, 1)
    assert (police.snapped_share, police.outside_share) == (1.0, 0.5)
    assert (police.first, police.last_complete_month) == (date(2024, 5, 1), date(2024, 5, 1))
    assert (police.shared_coordinates, police.repeats) == (0, 0)
