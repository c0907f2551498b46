"""Visits from a CSV: every row ends in exactly one of three ways, and twice is once."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.access import NotAllowedError, Person
from data.operations.actor import Actor
from data.operations.database import Operations
from data.operations.visits.visits import NewVisit, visits
from data.rows.errors import FileError, NotATableError, UnknownColumnsError
from data.services.visit_reading import RowFault, columns_of, read_row
from data.services.visit_upload import upload_visits
from data.settings import Settings
from models.tasking.tasking import Finds
from tests.made_taskings import made
from tests.store_cli import hotspots

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
LONDON = ZoneInfo("Europe/London")
FILE = """\
tasking,team,arrived,left,notices,arrests,note
T-0001,Team 1,2026-11-14 22:30,2026-11-14 22:45,2,,Calm
1,Team 1,14/11/2026 23:30,14/11/2026 23:40,,1,
T-0001,Team 1,2026-11-14 22:40,2026-11-14 22:50,,,
T-0002,Team 2,2026-11-14 22:30,2026-11-14 22:45,,,
T-0001,Team 2,2026-11-14 22:45,2026-11-14 22:30,,,
T-0001,,yesterday,2026-11-31 22:45,lots,-1,
T-0001,Team 3,2026-11-21 08:30,2026-11-21 09:30,,,
T-0001,Team 3,2027-11-21 08:30
T-0001,Team 1,2026-11-14 22:30,2026-11-14 22:45,2,0,Calm
"""


def test_every_row_is_logged_there_already_or_rejected_with_its_reason(
    actor: Actor, operations: Operations, tmp_path: Path
) -> None:
    made(actor, status="active")
    path = tmp_path / "visits.csv"
    path.write_text(FILE)
    done = upload_visits(actor, path)
    assert done.summary == "9 rows read = 2 logged + 1 there already + 6 rejected."
    assert [each.row for each in done.rejected] == [4, 5, 6, 7, 8, 9]
    said = {
        each.row: [(fault.field, fault.value) for fault in each.faults] for each in done.rejected
    }
    assert said == {
        4: [("arrived", "2026-11-14 22:40")],
        5: [("tasking", "T-0002")],
        6: [("left", "2026-11-14 22:30")],
        7: [
            ("team", ""),
            ("arrived", "yesterday"),
            ("left", "2026-11-31 22:45"),
            ("notices", "lots"),
            ("arrests", "-1"),
        ],
        8: [("left", "2026-11-21 09:30")],
        9: [("(whole row)", "")],
    }
    assert "Team 1 was at T-0001 from 22:30" in done.rejected[0].faults[0].reason
    assert "There is no tasking T-0002" in done.rejected[1].faults[0].reason
    first, second = visits(operations)
    assert (first.finds, first.note, first.team) == (Finds(notices=2), "Calm", "Team 1")
    assert second.arrived_at == datetime(2026, 11, 14, 23, 30, tzinfo=UTC)


def test_a_file_uploaded_again_logs_nothing_twice(
    actor: Actor, operations: Operations, tmp_path: Path
) -> None:
    made(actor, status="active")
    path = tmp_path / "visits.csv"
    path.write_text(FILE)
    upload_visits(actor, path)
    before = visits(operations)
    again = upload_visits(actor, path)
    assert again.summary == "9 rows read = 0 logged + 3 there already + 6 rejected."
    assert visits(operations) == before


def test_the_rejected_rows_are_a_file_that_can_be_corrected_and_uploaded(
    actor: Actor, operations: Operations, tmp_path: Path
) -> None:
    made(actor, status="active")
    path = tmp_path / "visits.csv"
    path.write_text(
        "tasking,team,arrived,left,note\n"
        'T-0001,Team 1,2026-11-14 22:30,2026-11-14 22:10,"=HYPERLINK(""x"")"\n'
    )
    done = upload_visits(actor, path)
    corrected = done.rejected_file().replace(b",2026-11-14 22:10", b",2026-11-14 22:50")
    assert b"'=HYPERLINK" in corrected
    assert b"visits.csv,2,left,2026-11-14 22:50" in corrected
    path.write_bytes(corrected)
    again = upload_visits(actor, path)
    assert again.summary == "1 row read = 1 logged + 0 there already + 0 rejected."
    assert visits(operations)[0].note == '=HYPERLINK("x")'


def test_a_visit_that_is_there_and_told_otherwise_is_rejected_not_overwritten(
    actor: Actor, operations: Operations, tmp_path: Path
) -> None:
    made(actor, status="active")
    path = tmp_path / "visits.csv"
    row = "1,Team 1,2026-11-14 22:30,2026-11-14 22:45"
    path.write_text(f"tasking,team,arrived,left,arrests\n{row},1\n")
    upload_visits(actor, path)
    path.write_text(f"tasking,team,arrived,left,arrests\n{row},2\n")
    (refused,) = upload_visits(actor, path).rejected
    assert "logged already, with arrests 1" in refused.faults[0].reason
    assert visits(operations)[0].finds == Finds(arrests=1)


def test_a_long_file_is_kept_in_batches_and_adds_up(
    actor: Actor, operations: Operations, tmp_path: Path
) -> None:
    made(actor, status="active")
    path = tmp_path / "visits.csv"
    rows = [
        f"1,Team {team},2026-11-{day:02d} {hour:02d}:00,2026-11-{day:02d} {hour:02d}:20"
        for team in range(4)
        for day in range(7, 15)
        for hour in range(24)
    ]
    path.write_text("\n".join(["tasking,team,arrived,left", *rows, ""]))
    heard: list[float] = []
    done = upload_visits(actor, path, progress=heard.append)
    assert (done.logged, done.rows_read, heard[-1]) == (768, 768, 1)
    assert len(visits(operations)) == 768


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", FileError),
        (b"%PDF-1.7", NotATableError),
        (b"tasking,team,arrived\n1,a,b\n", UnknownColumnsError),
        (b"tasking,team,arrived,left\n", FileError),
    ],
)
def test_a_file_that_holds_no_visits_is_refused_whole(
    sqlite_operations: Operations,
    officer: Person,
    tmp_path: Path,
    content: bytes,
    error: type[FileError],
) -> None:
    path = tmp_path / "visits.csv"
    path.write_bytes(content)
    with pytest.raises(error):
        upload_visits(Actor(sqlite_operations, officer, NOW), path)


def test_a_ward_panel_uploads_nothing(sqlite_operations: Operations, tmp_path: Path) -> None:
    path = tmp_path / "visits.csv"
    path.write_text(FILE)
    with pytest.raises(NotAllowedError):
        upload_visits(Actor(sqlite_operations, Person("A resident", "panel"), NOW), path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-07-03 22:30", datetime(2026, 7, 3, 21, 30, tzinfo=UTC)),
        ("03/07/2026 22:30", datetime(2026, 7, 3, 21, 30, tzinfo=UTC)),
        ("3 Jul 2026 22:30", datetime(2026, 7, 3, 21, 30, tzinfo=UTC)),
        ("2026-07-03T22:30:05", datetime(2026, 7, 3, 21, 30, 5, tzinfo=UTC)),
        ("2026-07-03T22:30Z", datetime(2026, 7, 3, 22, 30, tzinfo=UTC)),
        ("2026-07-03T22:30+01:00", datetime(2026, 7, 3, 21, 30, tzinfo=UTC)),
        ("2026-10-25 01:30", datetime(2026, 10, 25, 0, 30, tzinfo=UTC)),  # twice: the first
    ],
)
def test_times_are_read_as_people_write_them(text: str, expected: datetime) -> None:
    later = "2026-12-31 00:00"
    read = read_row(
        {"tasking": "T-0001", "team": "a", "arrived": text, "left": later}, timezone=LONDON
    )
    assert isinstance(read, NewVisit)
    assert read.arrived_at == expected


@pytest.mark.parametrize(
    "text", ["", "2026-07-03", "22:30", "07/13/2026 22:30", "2026-03-29 01:30", "20260703"]
)
def test_a_time_that_says_too_little_is_not_guessed(text: str) -> None:
    read = read_row(
        {"tasking": "1", "team": "a", "arrived": text, "left": "2026-12-31 00:00"}, timezone=LONDON
    )
    assert isinstance(read, tuple)
    assert [fault.field for fault in read] == ["arrived"]


def test_columns_are_known_by_their_labels_as_well() -> None:
    assert columns_of(["Tasking", "TEAM", "Arrived at", "left", "Notices issued", "Other"]) == {
        "tasking": "Tasking",
        "team": "TEAM",
        "arrived": "Arrived at",
        "left": "left",
        "notices": "Notices issued",
    }


@given(
    st.dictionaries(
        st.sampled_from(["tasking", "team", "arrived", "left", "notices", "weapons", "note"]),
        st.text(max_size=20) | st.sampled_from(["1", "T-0007", "2026-11-14 22:30", "½", "٣"]),
    )
)
def test_any_row_is_a_visit_or_has_a_fault(texts: dict[str, str]) -> None:
    read = read_row(texts, timezone=LONDON)
    if isinstance(read, NewVisit):
        assert read.team
        assert read.tasking_id >= 1
    else:
        assert read
        assert all(isinstance(each, RowFault) and each.reason for each in read)


def test_the_command_line_logs_a_file_and_writes_what_was_rejected(
    tmp_path: Path, officer: Person
) -> None:
    chosen = Settings(store=tmp_path / "var", operations_url=None, _env_file=None)
    ops = Operations.open(chosen)
    made(Actor(ops, officer, NOW), status="active")
    path = tmp_path / "visits.csv"
    path.write_text(FILE)
    wrong = tmp_path / "rejected.csv"
    done = hotspots(
        "visits",
        path,
        "--rejected",
        wrong,
        store=chosen.store,
        environment={"HOTSPOT_NOW": NOW.isoformat()},
    )
    assert done.returncode == 0, done.stderr
    assert "9 rows read = 2 logged + 1 there already + 6 rejected." in done.stdout
    assert "1 row rejected: There is no tasking T-0002" in done.stdout
    assert wrong.read_bytes().count(b"\r\n") == 7
    assert len(visits(ops)) == 2
    ops.close()
