"""A store from before other theft was a category gives the same figures as one imported since."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from data.incidents.indicator_rows import indicator_rows
from data.incidents.ingest import import_batches
from data.incidents.store import Store
from data.layers.wards import save_wards
from data.services.nights import night_history
from data.services.ward_panel.population import ward_incidents
from models.calendar.periods import Period
from models.incidents.filters import HoursFilter, IncidentFilter
from models.nights.review import night_review
from models.wording.categories import CATEGORIES, PANEL_CATEGORIES
from tests.incident_rows import NOW, batch, row, settings_in, three_wards

JUNE = Period(date(2024, 6, 1), date(2024, 6, 30))
OFFENCES = ("Shoplifting", "Theft of a pedal cycle", "Other theft", "Perjury", "Theft of vehicle")
THEFTS = 3


def store_of(folder: Path, *, category: str) -> Store:
    """Nights with one of each offence at 23:00, thefts stored under the given category."""
    settings = settings_in(folder)
    wards = three_wards()
    settings.store.mkdir(parents=True)
    save_wards(wards, settings.wards_path)
    rows = [
        row(
            f"{offence} {night}",
            category=category if number < THEFTS else "other",
            offence=offence,
            starts_at=datetime(2024, 6, 1, 22, tzinfo=UTC) + timedelta(days=night),
        )
        for night in range(33)
        for number, offence in enumerate(OFFENCES)
    ]
    import_batches([batch(*rows)], settings=settings, wards=wards, name="a", now=NOW)
    return Store.open(settings)


@pytest.fixture(scope="module")
def earlier(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return store_of(tmp_path_factory.mktemp("earlier"), category="other")


@pytest.fixture(scope="module")
def since(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return store_of(tmp_path_factory.mktemp("since"), category="theft")


def test_rows_stored_as_other_are_told_by_their_offence_wherever_they_are_read(
    earlier: Store, since: Store
) -> None:
    theft = CATEGORIES.index("theft")
    for store in (earlier, since):
        assert (store.snapshot.incidents.category == theft).sum() == 33 * THEFTS
        assert (indicator_rows(store).category == theft).sum() == 33 * THEFTS
    np.testing.assert_array_equal(
        earlier.snapshot.incidents.category, since.snapshot.incidents.category
    )


def test_they_count_on_nights_and_in_a_filter_for_them(earlier: Store) -> None:
    asked = IncidentFilter(JUNE, comparison="none", categories=("theft",))
    assert earlier.select(asked).now.in_wards == 30 * THEFTS
    rest = IncidentFilter(JUNE, comparison="none", categories=("other",))
    assert earlier.select(rest).now.in_wards == 30 * 2
    nte = IncidentFilter(JUNE, comparison="none", hours=HoursFilter("nte"))
    assert earlier.select(nte).now.in_wards == 30 * THEFTS
    review = night_review(earlier, nte, history=night_history(earlier, nte))
    assert (review.kinds.theft, review.kinds.total) == (30 * THEFTS, 30 * THEFTS)


def test_the_ward_panel_counts_them_with_other_crime_as_it_always_has(
    earlier: Store, since: Store
) -> None:
    other = PANEL_CATEGORIES.index("other")
    for store in (earlier, since):
        assert ward_incidents(store).category.tolist() == [other] * 33 * len(OFFENCES)


def test_nothing_reads_the_stored_category_by_another_way() -> None:
    root = Path(__file__).resolve().parents[2]
    direct = re.compile(r'codes\(\w+\["category"\]')
    readers = [
        path.relative_to(root).as_posix()
        for path in sorted((root / "data").rglob("*.py"))
        if direct.search(path.read_text(encoding="utf-8"))
    ]
    assert readers == ["data/incidents/categories.py"]
