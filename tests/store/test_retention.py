"""Retention: what is past its time is gone from every byte of the store; what is open stays."""

from __future__ import annotations

import os
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from data import durable
from data.access import NotAllowedError, Person
from data.incidents import removal
from data.incidents import table as store
from data.incidents.imports import UndoRefusedError, imports, undo
from data.incidents.ingest import import_batches
from data.incidents.snapshot import load
from data.incidents.upkeep import upkeep
from data.operations.actor import Actor
from data.operations.audit.access import Exported, record_export
from data.operations.audit.changes import AuditRow
from data.operations.database import Operations
from data.operations.retention.removals import RemovalRow, removals, removing
from data.operations.retention.schedule import Schedule, ScheduleError, kept_since, read_schedule
from data.operations.tables import CommentRow, TaskingRow, VisitRow
from data.operations.taskings.comments import comment
from data.services import retention
from data.services.checking import check_store
from data.services.retention import RemovesEverythingError, retain
from tests.incident_rows import NOW, batch, rejected_row, row, settings_in, three_wards
from tests.made_taskings import made
from tests.store_cli import hotspots

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

    from data.settings import Settings

WARDS = three_wards()
MARK = "MarkerOfOnePerson"
LATER = NOW + timedelta(days=3 * 366)
OLD = datetime(2024, 6, 5, 11, tzinfo=UTC)
YOUNG = datetime(2029, 6, 5, 11, tzinfo=UTC)
ALL = Schedule.model_validate(
    {
        "incidents": [{"months": 24}],
        "rejected_rows": 6,
        "downloads": 6,
        "taskings": 12,
        "free_text": 12,
        "audit": 24,
        "access_log": 12,
    }
)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return settings_in(tmp_path)


def administrator(ops: Operations, now: datetime = LATER) -> Actor:
    return Actor(ops, Person("Idris Ali", "administrator"), now)


def planted(settings: Settings, ops: Operations) -> None:
    """Put the marker into each place that keeps a person's words, next to what may stay."""
    for number, place in enumerate((MARK, MARK, "Bow Road")):
        import_batches(
            [
                batch(
                    row(f"{MARK}-{number % 2}", place=f"{place} {number}", caller_ref=MARK),
                    row(f"young-{number}", starts_at=YOUNG),
                    rejected=[rejected_row(3, notes=MARK)],
                )
            ],
            settings=settings,
            wards=WARDS,
            name=f"import {number}",
            now=NOW + timedelta(hours=number),
            notes=[f"A reference comes again: {MARK}"],
        )
    downloads = settings.store / "downloads" / "2023"
    downloads.mkdir(parents=True)
    (downloads / "a.csv").write_text(MARK)
    os.utime(downloads / "a.csv", (NOW.timestamp(), NOW.timestamp()))
    acting = Actor(ops, Person(MARK, "officer"), NOW)
    finished = made(acting, status="reviewed")
    comment(acting, finished.tasking_id, text=f"Ask {MARK}")
    with acting.session() as session:
        session.add(
            VisitRow(
                tasking_id=finished.tasking_id, team="Team 1", arrived_at=NOW, left_at=None,
                notices=0, dispersed=0, arrests=0, referrals=0, needles=0, weapons=0,
                note=f"Spoke to {MARK}",
            )
        )  # fmt: skip
    record_export(acting, "Hotspots", about=Exported(kind="csv", filters=MARK))


def places_of(marker: str, folder: Path) -> list[str]:
    """Return the files below a folder that hold a marker, Parquet files decoded as well."""
    found = []
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        content = path.read_bytes()
        if path.suffix == ".parquet":
            content += str(pq.read_table(path, partitioning=None).to_pylist()).encode()
        if marker.encode() in content:
            found.append(str(path.relative_to(folder)))
    return found


def test_after_retention_no_byte_of_the_store_holds_what_is_past_its_time(
    settings: Settings,
) -> None:
    ops = Operations.open(settings)
    planted(settings, ops)
    upkeep(settings, now=NOW)
    assert len(places_of(MARK, settings.store)) > 6
    done = retain(ALL, administrator(ops), settings=settings)
    assert places_of(MARK, settings.store) == []
    assert done.removed["incidents"] == 2
    assert done.removed["rejected_rows"] == 3
    assert done.removed["downloads"] == 1
    assert store.rows(store.opened(settings)) == 3
    assert check_store(settings, full=True).damage == ()
    assert [each.counts.rejected for each in imports(settings)] == [1, 1, 1]
    ops.close()


def cut_short(*_: object, **__: object) -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize(
    ("module", "step"),
    [
        (retention, "begin_log_again"),
        (retention, "record_history"),
        (retention, "remove_incidents"),
        (removal, "begin_log_again"),
        (removal, "remove_for_good"),
        (retention, "purge_pages"),
    ],
)
def test_no_byte_holds_what_is_past_its_time_when_a_run_that_was_cut_short_is_run_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, module: ModuleType, step: str
) -> None:
    ops = Operations.open(settings)
    planted(settings, ops)
    for path in settings.incidents_path.glob("year=*/*.parquet"):  # imported just now
        os.utime(path, (LATER.timestamp(), LATER.timestamp()))
    with monkeypatch.context() as cut:
        cut.setattr(module, step, cut_short)
        with pytest.raises(KeyboardInterrupt):
            retain(ALL, administrator(ops), settings=settings)
    assert places_of(MARK, settings.store) != []
    retain(ALL, administrator(ops), settings=settings)
    assert places_of(MARK, settings.store) == []
    assert check_store(settings, full=True).damage == ()
    ops.close()


@pytest.mark.parametrize("step", ["begin_log_again", "record_history"])
def test_no_entry_of_the_log_has_notes_when_a_run_that_was_cut_short_is_run_again(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    ops = Operations.open(settings)
    planted(settings, ops)
    with monkeypatch.context() as cut:
        cut.setattr(retention, step, cut_short)
        with pytest.raises(KeyboardInterrupt):
            retain(Schedule(rejected_rows=6), administrator(ops), settings=settings)
    retain(Schedule(rejected_rows=6), administrator(ops), settings=settings)
    assert places_of(MARK, settings.incidents_path / "_delta_log") == []
    assert [each.notes for each in imports(settings)] == [(), (), ()]
    ops.close()


def test_rejected_rows_that_are_half_removed_are_not_missed_and_go_with_the_next_run(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    def removed_and_cut_short(path: Path, *, missing_ok: bool = False) -> None:
        remove_file(path, missing_ok=missing_ok)
        if path.name == "rejected.csv":
            raise KeyboardInterrupt

    ops, remove_file = Operations.open(settings), durable.remove_file
    planted(settings, ops)
    with monkeypatch.context() as cut:
        cut.setattr(durable, "remove_file", removed_and_cut_short)
        with pytest.raises(KeyboardInterrupt):
            retain(Schedule(rejected_rows=6), administrator(ops), settings=settings)
    for full in (False, True):
        assert check_store(settings, full=full).damage == ()
    retain(Schedule(rejected_rows=6), administrator(ops), settings=settings)
    assert list(settings.imports_path.iterdir()) == []
    ops.close()


def test_what_an_import_that_was_killed_has_left_goes_with_what_is_past_its_time(
    settings: Settings,
) -> None:
    ops = Operations.open(settings)
    planted(settings, ops)
    killed = settings.imports_path / "20230601-120000-abcdef"
    killed.mkdir()
    (killed / "rejected.csv").write_text(MARK)
    (settings.incidents_path / "year=2024" / ".rows.a1b2c3d4.part").write_text(MARK)
    unnamed = settings.incidents_path / "year=2024" / "part-a1b2c3d4-of-nothing.parquet"
    unnamed.write_bytes(b"cut short")
    retain(ALL, administrator(ops), settings=settings)
    assert not unnamed.exists()
    assert places_of(MARK, settings.store) == []
    ops.close()


def test_what_was_removed_is_on_record_without_a_word_of_it(settings: Settings) -> None:
    ops = Operations.open(settings)
    planted(settings, ops)
    retain(ALL, administrator(ops), settings=settings)
    (record,) = removals(ops, person=administrator(ops).person)
    assert (record.person, record.kind, record.at) == ("Idris Ali", "retention", LATER)
    assert record.removed["incidents"] == 2
    assert record.removed["access_log"] == 1
    with ops.reading() as session:
        row = session.scalars(select(RemovalRow)).one()
        assert row.schedule["incidents"] == [{"months": 24}]
        assert row.finished_at == LATER
    ops.close()


def test_a_dry_run_says_the_same_numbers_and_removes_nothing(settings: Settings) -> None:
    ops = Operations.open(settings)
    planted(settings, ops)
    before = places_of(MARK, settings.store)
    said = retain(ALL, administrator(ops), settings=settings, dry_run=True)
    assert places_of(MARK, settings.store) == before
    assert removals(ops, person=administrator(ops).person) == []
    assert said == retain(ALL, administrator(ops), settings=settings)
    ops.close()


def test_versions_and_undo_of_what_was_removed_say_so(settings: Settings) -> None:
    ops = Operations.open(settings)
    planted(settings, ops)
    retain(ALL, administrator(ops), settings=settings)
    with pytest.raises(store.RemovedVersionError, match="past the time they may be kept"):
        store.opened(settings, version=2)
    with pytest.raises(UndoRefusedError, match="can no longer be taken back"):
        undo(imports(settings)[0].import_id, settings=settings, now=LATER)
    record = import_batches(
        [batch(row("new", starts_at=YOUNG))], settings=settings, wards=WARDS, name="n", now=LATER
    )
    undo(record.import_id, settings=settings, now=LATER)
    assert store.rows(store.opened(settings)) == 3
    ops.close()


def test_an_open_tasking_stays_whole_and_it_is_said(
    operations: Operations, settings: Settings
) -> None:
    acting = Actor(operations, Person("Amina Khan", "officer"), NOW)
    open_tasking = made(acting, status="active")
    comment(acting, open_tasking.tasking_id, text="Still at work")
    schedule = Schedule(taskings=12, free_text=12)
    done = retain(schedule, administrator(operations), settings=settings)
    assert done.removed["taskings"] == 0
    assert done.kept["taskings"].startswith("1 tasking is old enough to go and stays whole")
    assert done.kept["free_text"].startswith("1 comments and notes are old enough")
    with operations.reading() as session:
        assert session.scalars(select(CommentRow.words)).all() == ["Still at work"]


def test_a_finished_tasking_goes_with_all_that_is_its_own(
    operations: Operations, settings: Settings
) -> None:
    acting = Actor(operations, Person("Amina Khan", "officer"), NOW)
    finished, kept = made(acting, status="reviewed"), made(acting, status="completed")
    comment(acting, finished.tasking_id, text="Mind the dog")
    retain(
        Schedule(taskings=12),
        administrator(operations),
        settings=settings,
    )
    with operations.reading() as session:
        assert session.scalars(select(TaskingRow.tasking_id)).all() == [kept.tasking_id]
        entries = session.scalars(
            select(AuditRow).where(AuditRow.subject == f"taskings/{finished.tasking_id}")
        ).all()
        assert entries
        assert {(each.before, each.after) for each in entries} == {(None, None)}
        assert {each.person for each in entries} == {"Amina Khan"}


@pytest.mark.parametrize(
    ("statement", "refusal"),
    [
        ("DELETE FROM audit", "audit trail is only ever added to"),
        ("DELETE FROM access_log", "access log is only ever added to"),
        ("UPDATE access_log SET person = 'Nobody'", "access log is only ever added to"),
        ("DELETE FROM removals", "record of removals is only ever added to"),
        ("UPDATE removals SET person = 'Nobody'", "record of removals is only ever added to"),
    ],
)
def test_nothing_but_a_recorded_removal_passes_the_triggers(
    operations: Operations, settings: Settings, statement: str, refusal: str
) -> None:
    acting = administrator(operations, NOW)
    made(acting)
    record_export(acting, "Hotspots", about=Exported(kind="csv"))
    retain(Schedule(audit=12), acting, settings=settings)
    with operations.engine.connect() as connection, pytest.raises(DBAPIError, match=refusal):
        connection.execute(text(statement))


def test_the_permit_of_a_removal_that_fails_is_gone_with_it(operations: Operations) -> None:
    acting = administrator(operations, NOW)
    made(acting)

    def stop_half_way() -> None:
        with removing(acting, "retention", schedule={}, removed={}, kept={}) as connection:
            connection.execute(text("DELETE FROM audit"))
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        stop_half_way()
    with operations.engine.connect() as connection, pytest.raises(DBAPIError):
        connection.execute(text("DELETE FROM audit"))
    assert removals(operations, person=acting.person) == []


def test_only_an_administrator_removes_and_reads_what_was_removed(
    operations: Operations,
    settings: Settings,
) -> None:
    officer = Actor(operations, Person("Amina Khan", "officer"), NOW)
    with pytest.raises(NotAllowedError):
        retain(Schedule(), officer, settings=settings)
    with pytest.raises(NotAllowedError):
        removals(operations, person=officer.person)


def test_a_rule_that_names_more_decides(settings: Settings) -> None:
    ops = Operations.open(settings)
    import_batches(
        [
            batch(
                row("asb", category="asb", starts_at=OLD),
                row("drugs", category="drugs", starts_at=OLD),
                row("noise", source="noise", category="drugs", starts_at=OLD),
                row("noise-asb", source="noise", category="asb", starts_at=OLD),
            )
        ],
        settings=settings,
        wards=WARDS,
        name="n",
        now=NOW,
    )
    schedule = Schedule.model_validate(
        {
            "incidents": [
                {"months": 12},
                {"category": "asb", "months": 600},
                {"source": "noise", "months": 600},
                {"source": "noise", "category": "asb", "months": 12},
            ]
        }
    )
    retain(schedule, administrator(ops), settings=settings)
    left = store.dataset(store.opened(settings)).to_table(columns=["incident_id"])
    assert sorted(left["incident_id"].to_pylist()) == ["asb", "noise"]
    ops.close()


def test_months_are_kept_whole_by_the_local_calendar(
    operations: Operations, settings: Settings
) -> None:
    now = datetime(2026, 11, 30, 12, tzinfo=UTC)
    since = kept_since(6, now=now, zone=operations.timezone)
    assert since.isoformat() == "2026-05-01T00:00:00+01:00"


@pytest.mark.parametrize(
    ("written", "fault"),
    [
        (None, "there is no such file"),
        ("months = ", "it is not TOML"),
        ("tasking = 12", "tasking: Extra inputs are not permitted"),
        ("audit = 0", "audit: Input should be greater than or equal to 1"),
        ('[[incidents]]\nsource = "cad"', "incidents.0.months: Field required"),
        ('[[incidents]]\ncategory = "asbo"\nmonths = 1', "incidents.0.category"),
    ],
)
def test_a_schedule_that_cannot_be_used_removes_nothing_and_says_why(
    settings: Settings, written: str | None, fault: str
) -> None:
    settings.store.mkdir(parents=True)
    if written is not None:
        (settings.store / "retention.toml").write_text(written, encoding="utf-8")
    with pytest.raises(ScheduleError, match="Nothing was removed") as refused:
        read_schedule(settings)
    assert fault in str(refused.value)


def test_retention_on_the_command_line_says_what_would_go_and_what_went(
    settings: Settings,
) -> None:
    settings.store.mkdir(parents=True)
    (settings.store / "retention.toml").write_text("audit = 12\n", encoding="utf-8")
    said = hotspots("retain", "--dry-run", store=settings.store)
    assert said.stdout.startswith("This would go:\n- Incidents: 0\n")
    done = hotspots("retain", store=settings.store)
    assert done.returncode == 0, done.stderr
    assert "- Entries of the audit trail: 0" in done.stdout
    assert "Backups still hold what was removed" in done.stdout


def test_a_source_that_lost_one_kind_of_incident_begins_where_everything_is_kept(
    settings: Settings,
) -> None:
    """Else a quarter would be published with none of that kind, and what came after were new."""
    days = [datetime(2024, month, 5, 11, tzinfo=UTC) for month in range(1, 13)]
    rows = [
        row(f"{category}-{day:%m}", category=category, starts_at=day)
        for day in days
        for category in ("asb", "violence")
    ]
    import_batches([batch(*rows)], settings=settings, wards=WARDS, name="all", now=NOW)
    ops = Operations.open(settings)
    schedule = Schedule.model_validate({"incidents": [{"months": 6, "category": "asb"}]})
    (before,) = load(settings).coverage
    assert before.first == date(2024, 1, 5)
    retain(schedule, administrator(ops, datetime(2024, 12, 20, tzinfo=UTC)), settings=settings)
    (after,) = load(settings).coverage
    assert after.rows == 24 - 5
    assert (after.first, after.last) == (date(2024, 6, 1), before.last)
    ops.close()


def test_a_clock_that_is_years_ahead_removes_nothing(settings: Settings) -> None:
    import_batches([batch(row("a"))], settings=settings, wards=WARDS, name="all", now=NOW)
    ops = Operations.open(settings)
    ahead = administrator(ops, NOW + timedelta(days=20 * 366))
    with pytest.raises(RemovesEverythingError, match="would remove all of 1 incident"):
        retain(ALL, ahead, settings=settings)
    assert load(settings).incidents.starts_minute.size == 1
    assert retain(ALL, ahead, settings=settings, everything=True).removed["incidents"] == 1
    ops.close()
