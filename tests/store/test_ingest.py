from __future__ import annotations

import os
import tempfile
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from data.incidents import table as store
from data.incidents.choices import LAST_ROW, SEPARATE, ImportChoices
from data.incidents.gathering import ContractError
from data.incidents.imports import RowCounts, imports
from data.incidents.ingest import (
    OtherWardsError,
    Progress,
    import_batches,
)
from data.incidents.wards_join import rejoin
from data.rows.contract import REJECTED_COLUMNS, SOURCE_SCHEMA, TABLE_SCHEMA, Checked
from data.sources.rows import as_rejected_rows
from tests.incident_rows import (
    HOME,
    INSIDE,
    NOW,
    OUTSIDE,
    batch,
    hourly_rows,
    rejected_row,
    row,
    rows_table,
    settings_in,
    three_wards,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data.incidents.choices import ReferenceRule
    from data.incidents.imports import ImportRecord
    from data.settings import Settings

WARDS = three_wards()
OUT = {"easting": OUTSIDE[0], "northing": OUTSIDE[1]}


def bring(
    settings: Settings, *batches: Checked, name: str = "calls", rule: ReferenceRule = SEPARATE
) -> ImportRecord:
    choices = ImportChoices(reference_rule=rule)
    return import_batches(
        batches, settings=settings, wards=WARDS, name=name, now=NOW, choices=choices
    )


def held(settings: Settings) -> pa.Table:
    rows = store.dataset(store.opened(settings), with_year=True).to_table()
    return rows.select(TABLE_SCHEMA.names).sort_by("incident_id")


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_in(tmp_path)


def test_a_first_import_stores_each_row_with_its_ward(settings: Settings) -> None:
    near = row("c", easting=529_960.0)  # 40 m west of the first ward
    record = bring(settings, batch(row("a"), row("b", **OUT), near, rejected=[rejected_row(5)]))
    assert record.counts == RowCounts(imported=2, updated=0, unchanged=0, rejected=1, outside=1)
    assert (record.rows_read, record.rows_added, record.rows_changed) == (4, 3, 0)
    rows = held(settings)
    assert rows.schema == TABLE_SCHEMA
    assert rows.select(SOURCE_SCHEMA.names) == rows_table([row("a"), row("b", **OUT), near])
    assert rows["ward_code"].to_pylist() == ["E05000001", None, "E05000001"]
    assert rows["borough_code"].to_pylist() == [HOME, None, HOME]
    assert rows["ward_snapped"].to_pylist() == [False, False, True]
    assert rows["year"].to_pylist() == [2024, 2024, 2024]
    assert set(rows["import_id"].to_pylist()) == {record.import_id}


def test_the_record_is_read_back_from_the_table_as_it_was_given(settings: Settings) -> None:
    record = import_batches(
        [batch(row("a"), file="may.csv"), batch(row("b", source="crime"), file="june.csv")],
        settings=settings,
        wards=WARDS,
        name="Two months — “calls”",
        now=NOW,
        notes=["1 file left aside"],
    )
    assert imports(settings) == [record]
    assert record.name == "Two months — “calls”"
    assert record.files == ("may.csv", "june.csv")
    assert record.source == "cad, crime"
    assert record.notes == ("1 file left aside",)
    assert record.started == NOW
    assert (record.version_before, record.version_after) == (0, 1)
    assert record.rejected_file is None
    assert not (settings.imports_path / record.import_id).exists()


def test_the_same_file_again_changes_nothing_and_touches_no_file(settings: Settings) -> None:
    bring(settings, batch(*hourly_rows(40)))
    files, rows = store.opened(settings).file_uris(), held(settings)
    record = bring(settings, batch(*hourly_rows(40)), name="again")
    assert record.counts == RowCounts(imported=0, updated=0, unchanged=30, rejected=0, outside=10)
    assert (record.rows_added, record.rows_changed) == (0, 0)
    assert store.opened(settings).file_uris() == files
    assert held(settings) == rows
    assert [one.name for one in imports(settings)] == ["again", "calls"]


@pytest.mark.parametrize(
    "change",
    [
        {"category": "violence"},
        {"offence": None},
        {"starts_at": datetime(2024, 6, 5, 11, 1, tzinfo=UTC)},
        {"ends_at": datetime(2024, 6, 5, 12, 0, tzinfo=UTC)},
        {"easting": INSIDE[0] + 0.5},
        {"injury": False},
        {"nte": True},
        {"harm": 0.0},
        {"caller_ref": ""},
        {"place": ""},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_row_with_any_other_content_replaces_the_one_held(
    settings: Settings, change: dict[str, Any]
) -> None:
    bring(settings, batch(row("a"), row("b")))
    record = bring(settings, batch(row("a", **change), row("b")))
    assert record.counts == RowCounts(imported=0, updated=1, unchanged=1, rejected=0, outside=0)
    assert held(settings).select(SOURCE_SCHEMA.names) == rows_table([row("a", **change), row("b")])
    again = bring(settings, batch(row("a", **change)))
    assert again.counts.unchanged == 1


def test_a_correction_moves_a_row_to_another_year(settings: Settings) -> None:
    bring(settings, batch(row("a"), row("b")))
    moved = row("a", starts_at=datetime(2019, 12, 31, 23, 30, tzinfo=UTC))
    record = bring(settings, batch(moved, row("c")), rule=LAST_ROW)
    assert record.counts == RowCounts(imported=1, updated=1, unchanged=0, rejected=0, outside=0)
    rows = held(settings)
    assert rows["incident_id"].to_pylist() == ["a", "b", "c"]
    assert rows["year"].to_pylist() == [2019, 2024, 2024]


def test_repeats_within_an_import_count_as_though_they_came_one_by_one(settings: Settings) -> None:
    bring(settings, batch(row("held")))
    other = row("held", place="Bow Road")
    record = bring(
        settings,
        batch(row("new"), row("new"), row("new", place="Bow Road")),
        batch(row("new", place="Bow Road"), other, row("held")),
    )
    # new: imported, unchanged, updated, unchanged; held: ends as it was, so both are unchanged.
    assert record.counts == RowCounts(imported=1, updated=1, unchanged=4, rejected=0, outside=0)
    assert (record.rows_added, record.rows_changed) == (1, 0)
    rows = held(settings)
    assert rows.select(["incident_id", "place"]).to_pylist() == [
        {"incident_id": "held", "place": "Brick Lane"},
        {"incident_id": "new", "place": "Bow Road"},
    ]


def test_a_file_with_conflicting_repeats_is_unchanged_the_second_time(settings: Settings) -> None:
    rows = batch(row("a"), row("a", place="Bow Road"), row("a", place="Mile End"), row("b"))
    first = bring(settings, rows)
    assert first.counts == RowCounts(imported=2, updated=2, unchanged=0, rejected=0, outside=0)
    again = bring(settings, rows)
    assert again.counts == RowCounts(imported=0, updated=0, unchanged=4, rejected=0, outside=0)
    assert again.rows_changed == 0


def test_a_row_outside_every_ward_counts_as_outside_whatever_else_happens(
    settings: Settings,
) -> None:
    assert bring(settings, batch(row("a", **OUT), row("a", **OUT))).counts.outside == 2
    assert bring(settings, batch(row("a", **OUT))).counts.outside == 1
    moved_in = bring(settings, batch(row("a")))
    assert moved_in.counts == RowCounts(imported=0, updated=1, unchanged=0, rejected=0, outside=0)
    moved_out = bring(settings, batch(row("a", **OUT)))
    assert moved_out.counts == RowCounts(imported=0, updated=0, unchanged=0, rejected=0, outside=1)
    assert held(settings)["ward_code"].to_pylist() == [None]


CHOICES = st.lists(
    st.lists(
        st.tuples(
            st.sampled_from("abcdef"),
            st.sampled_from([2019, 2024]),
            st.sampled_from(["Brick Lane", "Bow Road"]),
            st.booleans(),
        ),
        max_size=12,
    ),
    min_size=1,
    max_size=4,
)


@given(imported=CHOICES, rejected=st.integers(0, 3))
@hypothesis_settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_counts_and_content_follow_a_naive_table_row_by_row(
    imported: list[list[tuple[str, int, str, bool]]], rejected: int
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        settings = settings_in(Path(folder))
        naive: dict[str, dict[str, Any]] = {}
        for choices in imported:
            rows = [
                row(
                    key,
                    place=place,
                    starts_at=datetime(year, 6, 5, tzinfo=UTC),
                    **(OUT if outside else {}),
                )
                for key, year, place, outside in choices
            ]
            expected = {"imported": 0, "updated": 0, "unchanged": 0, "outside": 0}
            at_first, at_last = dict(naive), naive | {one["incident_id"]: one for one in rows}
            for one, (key, *_, outside) in zip(rows, choices, strict=True):
                before = naive.get(key)
                same = before == one or at_first.get(key) == at_last[key]
                fate = "imported" if before is None else "unchanged" if same else "updated"
                expected["outside" if outside else fate] += 1
                naive[key] = one
            halves = len(rows) // 2
            record = bring(
                settings,
                batch(*rows[:halves], rejected=[rejected_row(n) for n in range(rejected)]),
                batch(*rows[halves:]),
                rule=LAST_ROW,
            )
            assert record.counts == RowCounts(rejected=rejected, **expected)
            assert record.counts.total == record.rows_read == len(rows) + rejected
            kept = [naive[key] for key in sorted(naive)]
            assert held(settings).select(SOURCE_SCHEMA.names) == rows_table(kept)


def test_rejected_rows_lie_in_one_file_with_all_columns_and_no_formula(settings: Settings) -> None:
    record = bring(
        settings,
        batch(row("a"), rejected=[rejected_row(2, Longitude="-0.07", Note="=HYPERLINK(1)")]),
        batch(file="b.csv"),
        batch(
            rejected=[
                rejected_row(3, Note="Fünf, “sechs”\n+7", Crime="-x"),
                rejected_row(4, Note="'@me", Crime=""),
            ],
            file="c.csv",
        ),
    )
    path = record.rejected_file
    assert path == settings.imports_path / record.import_id / "rejected.csv"
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    rows = pd.read_csv(path, dtype="str", keep_default_na=False)
    assert list(rows.columns) == [*REJECTED_COLUMNS, "Longitude", "Note", "Crime"]
    assert rows["Longitude"].tolist() == ["-0.07", "", ""]
    assert rows["Note"].tolist() == ["'=HYPERLINK(1)", "Fünf, “sechs”\n+7", "''@me"]
    assert rows["Crime"].tolist() == ["", "'-x", ""]
    given_back = as_rejected_rows(pa.Table.from_pandas(rows))
    assert given_back["Note"].to_pylist() == ["=HYPERLINK(1)", "Fünf, “sechs”\n+7", "'@me"]
    assert given_back["Crime"].to_pylist() == ["", "-x", ""]
    names = {item.name for item in path.parent.iterdir()}
    assert names == {"rejected.csv", ".rejected.csv.sha256"}


def test_what_the_reader_raises_passes_through_and_nothing_is_stored(settings: Settings) -> None:
    def broken() -> Iterator[Checked]:
        yield batch(row("a"), rejected=[rejected_row(2)])
        message = "the file is cut short"
        raise ValueError(message)

    with pytest.raises(ValueError, match="cut short"):
        import_batches(broken(), settings=settings, wards=WARDS, name="bad", now=NOW)
    assert imports(settings) == []
    assert list(settings.imports_path.iterdir()) == []


def test_what_a_killed_import_left_is_swept_away_after_a_day(settings: Settings) -> None:
    record = bring(settings, batch(row("a"), rejected=[rejected_row(2)]))
    ages = {"killed long ago": 90_000, "perhaps still running": 3_600, record.import_id: 900_000}
    for name, age_s in ages.items():
        folder = settings.imports_path / name
        folder.mkdir(exist_ok=True)
        os.utime(folder, (NOW.timestamp() - age_s,) * 2)
    bring(settings, batch(row("b")))
    kept = {folder.name for folder in settings.imports_path.iterdir()}
    assert kept == {"perhaps still running", record.import_id}


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"category": "murder"}, "category"),
        ({"time_precision": "week"}, "time_precision"),
        ({"easting": float("nan")}, "easting"),
        ({"northing": float("inf")}, "northing"),
    ],
)
def test_a_source_that_breaks_the_contract_is_refused(
    settings: Settings, change: dict[str, Any], fault: str
) -> None:
    with pytest.raises(ContractError, match=fault):
        bring(settings, batch(row("a", **change)))


def test_missing_columns_break_the_contract(settings: Settings) -> None:
    whole = batch(row("a"))
    short = Checked("x.csv", whole.accepted.drop_columns(["place"]), whole.rejected, 1.0)
    with pytest.raises(ContractError, match="columns"):
        bring(settings, short)


def test_progress_never_goes_back_and_ends_at_one(settings: Settings) -> None:
    told: list[Progress] = []
    batches = [batch(row(str(n)), done=(n + 1) / 5) for n in range(5)]
    import_batches(
        batches, settings=settings, wards=WARDS, name="five", now=NOW, progress=told.append
    )
    fractions = [each.fraction for each in told]
    assert fractions == sorted(fractions)
    assert [each.stage for each in told] == ["reading"] * 5 + ["matching", "writing", "done"]
    assert told[-1] == Progress("done", 1.0, 5)


def test_an_import_joined_to_other_wards_than_the_table_is_refused(settings: Settings) -> None:
    bring(settings, batch(row("a")))
    moved = three_wards(shift_m=5)
    told: list[Progress] = []
    with pytest.raises(OtherWardsError, match="another ward layer"):
        import_batches(
            [batch(row("b"))],
            settings=settings,
            wards=moved,
            name="b",
            now=NOW,
            progress=told.append,
        )
    assert told == []  # before anything is read
    assert len(imports(settings)) == 1


def test_another_import_that_gets_in_first_is_taken_into_account(settings: Settings) -> None:
    bring(settings, batch(row("a")), name="first")

    def interrupt(progress: Progress) -> None:
        if progress.stage == "writing" and len(imports(settings)) == 1:
            bring(settings, batch(row("b"), row("c")), name="other")

    record = import_batches(
        [batch(row("a"), row("b"), row("c", place="Bow Road"), row("d"))],
        settings=settings,
        wards=WARDS,
        name="mine",
        now=NOW,
        progress=interrupt,
    )
    assert record.counts == RowCounts(imported=1, updated=1, unchanged=2, rejected=0, outside=0)
    assert [(one.name, one.rows_added) for one in imports(settings)] == [
        ("mine", 1),
        ("other", 2),
        ("first", 1),
    ]
    assert held(settings)["incident_id"].to_pylist() == ["a", "b", "c", "d"]


def test_wards_replaced_during_an_import_stop_it(settings: Settings) -> None:
    bring(settings, batch(row("a")))

    def interrupt(progress: Progress) -> None:
        if progress.stage == "writing":
            rejoin(settings, three_wards(shift_m=5), now=NOW)

    with pytest.raises(OtherWardsError):
        import_batches(
            [batch(row("b"))], settings=settings, wards=WARDS, name="b", now=NOW, progress=interrupt
        )
    assert held(settings)["incident_id"].to_pylist() == ["a"]


def test_ids_that_lie_in_many_files_are_all_found(settings: Settings) -> None:
    for number in range(5):
        bring(settings, batch(*hourly_rows(20, prefix=f"{number}-")))
    everything = [one for number in range(5) for one in hourly_rows(20, prefix=f"{number}-")]
    record = bring(settings, batch(*reversed(everything)))
    assert record.counts == RowCounts(imported=0, updated=0, unchanged=75, rejected=0, outside=25)
    assert pc.count_distinct(held(settings)["incident_id"]).as_py() == 100


def test_the_row_hash_is_the_same_for_ever(settings: Settings) -> None:
    bring(settings, batch(row("a")))
    # Another value here would make every row of every borough look changed at its next import.
    assert held(settings)["row_hash"].to_pylist() == [-3980348798973201048]
