"""One reference, several incidents: within a file, and from one import to the next."""

from __future__ import annotations

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from data.incidents import table as store
from data.incidents.choices import LAST_ROW, SEPARATE, ImportChoices
from data.incidents.imports import RowCounts, undo
from data.incidents.ingest import import_batches
from tests.incident_rows import INSIDE, NOW, batch, row, settings_in, three_wards

if TYPE_CHECKING:
    from data.incidents.choices import ReferenceRule
    from data.incidents.imports import ImportRecord
    from data.settings import Settings

WARDS = three_wards()
MAY = datetime(2024, 5, 5, 9, 0, tzinfo=UTC)


def call(
    number: int, *, days: int = 0, minutes: int = 0, east_m: int = 0, **values: object
) -> dict[str, Any]:
    """A call of some number, so many days and minutes after 5 May and metres to the east."""
    return row(
        f"cad:{number}",
        starts_at=MAY + timedelta(days=days, minutes=minutes),
        easting=INSIDE[0] + east_m,
        **values,
    )


def bring(
    settings: Settings, *rows: dict[str, Any], rule: ReferenceRule = SEPARATE
) -> ImportRecord:
    return import_batches(
        [batch(*rows)],
        settings=settings,
        wards=WARDS,
        name="calls",
        now=NOW,
        choices=ImportChoices(reference_rule=rule),
    )


def stored(settings: Settings) -> list[dict[str, Any]]:
    return store.dataset(store.opened(settings), with_year=True).to_table().to_pylist()


def counts(imported: int = 0, updated: int = 0, unchanged: int = 0) -> RowCounts:
    return RowCounts(imported, updated, unchanged, rejected=0, outside=0)


def test_numbers_that_restart_each_day_are_incidents_of_their_own(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    rows = [call(number, days=day) for day in range(3) for number in range(4)]
    record = bring(settings, *rows)
    assert record.counts == counts(imported=12)
    assert record.reference_rule == "separate"
    (note,) = record.notes
    assert note == (
        "8 times a reference comes again in this import at another time or place. Each is kept as "
        "an incident of its own (rule: reference, time and place: at another time or place it is "
        "another incident). Examples: 0 on 5 May 2024, 10:00 and on 6 May 2024, 10:00; "
        "1 on 5 May 2024, 10:00 and on 6 May 2024, 10:00; "
        "2 on 5 May 2024, 10:00 and on 6 May 2024, 10:00."
    )
    assert bring(settings, *rows).counts == counts(unchanged=12)
    assert bring(settings, *reversed(rows)).counts == counts(unchanged=12)


def test_one_number_with_several_places_is_several_incidents(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    record = bring(settings, call(17), call(17, east_m=40))
    assert record.counts == counts(imported=2)
    assert "17 on 5 May 2024, 10:00, at two places" in record.notes[0]


def test_an_example_known_to_the_month_names_no_day(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    rows = [call(17, time_precision="month"), call(17, east_m=40, time_precision="month")]
    assert "Examples: 17 in May 2024, at two places." in bring(settings, *rows).notes[0]


def test_the_last_row_wins_where_the_user_says_so(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    record = bring(settings, call(17), call(17, east_m=40), rule=LAST_ROW)
    assert record.counts == counts(imported=1, updated=1)
    assert record.reference_rule == "last_row"
    assert "the last row of each reference won" in record.notes[0]
    assert [each["easting"] for each in stored(settings)] == [INSIDE[0] + 40]


def test_a_restarted_number_does_not_overwrite_last_month(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    bring(settings, *(call(number) for number in range(3)))
    june = [call(number, days=31, offence="Noise") for number in range(3)]
    record = bring(settings, *june)
    assert record.counts == counts(imported=3)
    assert record.notes[0].startswith("3 references are in the store already, at another time or ")
    assert sorted(each["offence"] for each in stored(settings)).count("Rowdy behaviour") == 3
    assert bring(settings, *june).counts == counts(unchanged=3)
    corrected = [call(number, days=31, minutes=5, offence="Noise") for number in range(3)]
    assert bring(settings, *corrected).counts == counts(updated=3)
    assert len(stored(settings)) == 6


def test_the_last_row_wins_over_last_month_too_where_the_user_says_so(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    bring(settings, call(1))
    record = bring(settings, call(1, days=31), rule=LAST_ROW)
    assert record.counts == counts(updated=1)
    assert "What comes replaced what was stored" in record.notes[0]


def test_a_correction_of_the_same_day_is_an_update(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    bring(settings, call(1), call(2))
    for changed in (
        call(1, offence="Noise"),
        call(1, offence="Noise", minutes=7),
        call(1, offence="Noise", minutes=7, east_m=30),
    ):
        record = bring(settings, changed, call(2))
        assert record.counts == counts(updated=1, unchanged=1)
        assert record.notes == ()
    assert len(stored(settings)) == 2


def test_of_several_places_the_corrected_one_is_updated(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    bring(settings, call(1), call(1, east_m=40))
    assert bring(settings, call(1), call(1, east_m=55)).counts == counts(updated=1, unchanged=1)
    assert len(stored(settings)) == 2


def test_a_repeated_crime_id_with_another_outcome_is_an_update(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    record = bring(settings, call(1, offence="Under investigation"), call(1, offence="No suspect"))
    assert record.counts == counts(imported=1, updated=1)
    assert record.notes == ()


def test_taking_an_import_back_brings_last_month_back_alone(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    bring(settings, call(1))
    before = stored(settings)
    record = bring(settings, call(1, days=31), call(1, days=32))
    undo(record.import_id, settings=settings, now=NOW)
    assert stored(settings) == before


FILES = st.lists(
    st.lists(
        st.tuples(st.integers(0, 2), st.integers(0, 2), st.sampled_from([0, 9]), st.booleans()),
        max_size=6,
    ),
    min_size=1,
    max_size=3,
)


@given(files=FILES)
@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_no_time_and_place_of_a_reference_is_lost_within_a_file(
    files: list[list[tuple[int, int, int, bool]]],
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = settings_in(Path(folder))
        for choices in files:
            rows = [
                call(number, days=day, east_m=east, offence="Noise" if noise else "Rowdy")
                for number, day, east, noise in choices
            ]
            record = bring(settings, *rows)
            assert record.counts.total == record.rows_read == len(rows)
            wanted = {
                (each["incident_id"], each["starts_at"], each["easting"]): each["offence"]
                for each in rows
            }
            now = stored(settings)
            assert len({each["incident_id"] for each in now}) == len(now)
            kept = {
                (each["incident_id"].partition(" @")[0], each["starts_at"], each["easting"]): (
                    each["offence"]
                )
                for each in now
            }
            assert kept.items() >= wanted.items()
            assert bring(settings, *rows).counts == counts(unchanged=len(rows))
