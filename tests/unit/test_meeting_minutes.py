"""The minutes on paper and as a table say the same, and a spreadsheet runs nothing of them."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from data.access import NotAllowedError, Person
from data.exports.meeting_minutes import (
    MINUTES_COLUMNS,
    MinutesFile,
    minutes_document,
    minutes_pdf,
    minutes_table,
)
from data.exports.spreadsheet import csv_bytes
from data.settings import Settings
from models.tasking.meeting import Addendum, Meeting, MeetingDraft
from models.tasking.meeting_minutes import (
    MeetingRecord,
    Minutes,
    MinutesDecision,
    MinutesFigure,
    MinutesItem,
)
from tests.pdf_reading import read_pdf

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
OFFICER = Person("Amina Khan", "officer")
DECISION = MinutesDecision(
    reference="M-0004/1",
    text='=HYPERLINK("http://example.org")',
    owner="+44 Parks <b>",
    due_on="2026-11-28",
    place="T-0001 Brick Lane",
    state="To do",
    outcome="",
    moved="Approved → Active",
    recorded_at="2026-11-21T09:05+00:00",
    recorded_by="Amina Khan",
    corrected=True,
)
MINUTES = Minutes(
    attendance=("@Chair", "ASB team"),
    record=MeetingRecord(
        summary="Since the last meeting: 1 new, 0 done, 1 slipped and 0 reviewed.",
        sums=("Open: 4 at the end of the last meeting, 1 proposed since: 5 now.",),
        figures=(MinutesFigure("New", 1), MinutesFigure("Open now", 5)),
        items=(
            MinutesItem("Slipped", "T-0001", "T-0001 Brick Lane", "Ended on 20 Nov 2026"),
            MinutesItem("New", "T-0002", "T-0002 Mile End", "Proposed", (1.5, 2.5)),
        ),
    ),
    carried=(replace(DECISION, reference="M-0003/2", text="Lamps", corrected=False, moved=""),),
    decisions=(DECISION, replace(DECISION, reference="M-0004/2", owner="", due_on="")),
)
MEETING = Meeting(
    meeting_id=4,
    draft=MeetingDraft("violence", date(2026, 11, 21), "@Chair\nASB team"),
    status="closed",
    since=NOW - timedelta(days=7),
    opened_at=NOW,
    opened_by="Amina Khan",
    closed_at=NOW + timedelta(hours=1),
    closed_by="Idris Ali",
    reason="",
    minutes=MINUTES,
    version=3,
)
ADDED = Addendum(1, 4, "The fire brigade was there.", NOW + timedelta(days=1), "Idris Ali")


def file(meeting: Meeting = MEETING, *, simulated: bool = False) -> MinutesFile:
    settings = Settings(operations_url=None, _env_file=None)
    return MinutesFile(meeting, MINUTES, (ADDED,), simulated, settings)


def test_what_is_frozen_is_read_back_as_it_was() -> None:
    assert Minutes.from_json(MINUTES.to_json()) == MINUTES


def test_the_paper_has_who_what_by_whom_by_when_and_the_addendum() -> None:
    read = read_pdf(minutes_pdf(file(simulated=True), person=OFFICER, now=NOW))
    assert read.title == "Violence meeting, 21 Nov 2026: minutes M-0004"
    assert read.universal
    for part in (
        "OFFICIAL – SIMULATED DATA",
        "@Chair; ASB team",
        "14 Nov 2026, 09:00",
        "Closed",
        "Idris Ali",
        "M-0004/1",
        "28 Nov 2026",
        "+44 Parks <b>",
        "(corrected in the meeting)",
        "Lamps",
        "Slipped: 1",
        "The fire brigade was there.",
    ):
        assert part in read.text, part
    assert "Draft" not in read.text


def test_an_open_meeting_prints_a_draft() -> None:
    being_held = replace(MEETING, status="open", closed_at=None, closed_by="", minutes=None)
    assert "Draft" in read_pdf(minutes_pdf(file(being_held), person=OFFICER, now=NOW)).text
    assert set(minutes_table(file(being_held), person=OFFICER)["Minutes"]) == {"Draft"}


def test_the_table_has_a_row_for_each_thing_on_the_paper_and_no_formula() -> None:
    written = csv_bytes(minutes_table(file(), person=OFFICER)).decode("utf-8-sig")
    rows = list(csv.DictReader(io.StringIO(written)))
    assert tuple(rows[0]) == MINUTES_COLUMNS
    assert [each["Part"] for each in rows] == [
        "Present", "Present", "Count", "Count", "Slipped", "New", "Earlier action", "Decision",
        "Decision", "Addendum",
    ]  # fmt: skip
    decided = rows[7]
    assert decided["Text"] == '\'=HYPERLINK("http://example.org")'
    assert decided["Owner"] == "'+44 Parks <b>"
    assert rows[0]["Text"] == "'@Chair"
    assert (decided["Due"], decided["State"]) == ("2026-11-28", "To do; Approved → Active")
    assert {each["Marking"] for each in rows} == {"OFFICIAL"}
    assert not any(value.startswith(("=", "+", "@")) for each in rows for value in each.values())


def test_a_panel_gets_neither() -> None:
    panel = Person("A resident", "panel")
    with pytest.raises(NotAllowedError):
        minutes_document(file(), person=panel, now=NOW)
    with pytest.raises(NotAllowedError):
        minutes_table(file(), person=panel)
