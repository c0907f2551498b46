"""Stores in which a part of the time is not covered by the data."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from data.access import Person
from data.incidents.ingest import import_batches
from data.incidents.store import Store
from data.layers.wards import save_wards
from data.services.detection import detect
from models.calendar.periods import Period
from models.hotspots.dbscan import DbscanSettings
from models.incidents.filters import IncidentFilter
from tests.incident_rows import NOW, batch, row, settings_in, three_wards

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from models.incidents.detection import Detection


MAY = Period(date(2024, 5, 1), date(2024, 5, 31))
MAY_2023 = Period(date(2023, 5, 1), date(2023, 5, 31))
IN_MAY = IncidentFilter(period=MAY, wards=("E05000001", "E05000002"))
CLUSTER = DbscanSettings()
OFFICER = Person("A. Officer", "officer")


def days(first: date, last: date) -> Iterable[date]:
    return (first + timedelta(days=n) for n in range((last - first).days + 1))


def daily(
    first: date, last: date, *, source: str = "cad", without: Sequence[Period] = ()
) -> list[dict[str, Any]]:
    """Three incidents a day, far from one another: what days a source covers."""
    return [
        row(
            f"{source}-{day}-{n}",
            source=source,
            starts_at=datetime(day.year, day.month, day.day, 11, tzinfo=UTC),
            easting=530_020.0 + (day.toordinal() * 373 + n * 611) % 1960,
            northing=180_020.0 + (day.toordinal() * 197 + n * 389) % 960,
        )
        for day in days(first, last)
        if not any(each.first <= day <= each.last for each in without)
        for n in range(3)
    ]


def spot(
    month: date, number: int, *, source: str = "cad", **values: object
) -> list[dict[str, Any]]:
    """Incidents of one month within 20 m, at 21:00 UTC: a hotspot."""
    return [
        row(
            f"spot-{source}-{month}-{n}",
            source=source,
            **{
                "starts_at": datetime(month.year, month.month, 1 + n % 28, 21, tzinfo=UTC),
                "easting": 530_500.0 + n % 5,
                "northing": 180_500.0 + n % 7,
            }
            | values,
        )
        for n in range(number)
    ]


def store_of(folder: Path, *rows: dict[str, Any]) -> Store:
    settings = settings_in(folder)
    wards = three_wards()
    settings.store.mkdir(parents=True)
    save_wards(wards, settings.wards_path)
    import_batches([batch(*rows)], settings=settings, wards=wards, name="a", now=NOW)
    return Store.open(settings)


def found(store: Store, asked: IncidentFilter = IN_MAY) -> Detection:
    return detect(store, asked, method=CLUSTER)


# What the data cover, and so whether the 60 incidents of May 2024 on one spot are a change.
BEGAN_IN_MARCH = [*daily(date(2024, 3, 1), MAY.last), *spot(MAY.first, 60)]
FROM_MID_MAY = [
    *daily(date(2023, 5, 16), MAY.last),
    *spot(date(2023, 5, 1), 12, starts_at=datetime(2023, 5, 20, 21, tzinfo=UTC)),
    *spot(MAY.first, 60),
]
TWO_YEARS = daily(date(2022, 5, 1), MAY.last)
NONE_THEN = [*TWO_YEARS, *spot(MAY.first, 60)]
NEW_SOURCE = [
    *daily(date(2022, 5, 1), MAY.last, source="crime"),
    *spot(date(2023, 5, 1), 12, source="crime"),
    *daily(date(2024, 5, 1), MAY.last),
    *spot(MAY.first, 60),
]
NO_MAY_2023 = [
    *daily(date(2022, 5, 1), MAY.last, without=[MAY_2023]),
    *spot(MAY.first, 60),
]
SILENT_FOR_WEEKS = [
    *daily(date(2022, 5, 1), MAY.last, without=[Period(date(2023, 4, 20), date(2023, 5, 14))]),
    *spot(MAY.first, 60),
]
NOT_COVERED = {
    "before the data begin": BEGAN_IN_MARCH,
    "half covered": FROM_MID_MAY,
    "a source that began in between": NEW_SOURCE,
    "a month missing": NO_MAY_2023,
    "weeks missing across two months": SILENT_FOR_WEEKS,
}
