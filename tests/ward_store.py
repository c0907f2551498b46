"""Two wards with one incident a day each, for tests of releases and revisions of ward figures."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from data.access import Person
from data.incidents.ingest import import_batches
from data.incidents.store import Store
from data.incidents.wards_join import use_wards
from geo.crs import BRITISH_NATIONAL_GRID
from geo.wards import WardLayer, ward_layer
from models.calendar.quarters import Quarter
from tests.incident_rows import batch, row, settings_in, three_wards

if TYPE_CHECKING:
    from pathlib import Path

    from data.settings import Settings

NOW: Final = datetime(2024, 9, 1, 9, 0, tzinfo=UTC)
QUARTER: Final = Quarter(2024, 1)
OFFICER, PANEL = Person("Amina Khan", "officer"), Person("A resident", "panel")
FIRST, SECOND = "E05000001", "E05000002"
LEFT: Final = {FIRST: 530_000.0, SECOND: 531_000.0}


def released_wards(folder: Path) -> Settings:
    """Make the store and return its settings."""
    made = settings_in(folder)
    use_wards(three_wards(), settings=made, now=NOW)
    rows = [
        row(
            f"{ward}-{at}",
            starts_at=datetime(2024, 4, 1, 11, 0, tzinfo=UTC) + timedelta(days=at % 91),
            easting=left + 75 + 150 * (at % 6),
            northing=180_075.0 + 150 * (at % 5),
        )
        for ward, left in LEFT.items()
        for at in range(91)
    ]
    import_batches([batch(*rows)], settings=made, wards=three_wards(), name="calls.csv", now=NOW)
    return made


def layer(*, borough: str, codes: str = "E05000", shift_m: float = 0.0) -> WardLayer:
    """Return the wards under another borough's code, and under other codes."""
    frame = three_wards(shift_m=shift_m).frame
    frame = frame.assign(
        borough_code=borough, ward_code=frame["ward_code"].str.replace("E05000", codes)
    )
    return ward_layer(frame, metric_crs=BRITISH_NATIONAL_GRID)


def late_incident(settings: Settings) -> Store:
    late = row(
        "late",
        starts_at=datetime(2024, 5, 1, 11, 0, tzinfo=UTC),
        easting=530_075.0,
        northing=180_075.0,
        category="weapons",
    )
    import_batches([batch(late)], settings=settings, wards=three_wards(), name="late.csv", now=NOW)
    return Store.open(settings)
