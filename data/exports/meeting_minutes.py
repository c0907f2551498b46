"""The minutes of a meeting as a document to print and as a table.

Both say the same: who was there, how the counts add up, what was looked at, what was decided, who
does it by when, and what was put right later. Those of a closed meeting are made of what was frozen
at its end; only addenda come after them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import pandas as pd

from data.exports import paper
from data.exports.paper import (
    Bullets,
    Callout,
    Column,
    Document,
    Facts,
    Figure,
    Figures,
    Heading,
    Paragraph,
    Table,
)
from geo.counting import counted
from models.tasking.meeting import MEETING_LABELS, MEETING_STATUS_LABELS
from models.wording.days import day_label

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from data.access import Person
    from data.exports.paper import Block
    from data.settings import Settings
    from models.tasking.meeting import Addendum, Meeting
    from models.tasking.meeting_minutes import Minutes, MinutesDecision, MinutesItem

MINUTES_COLUMNS: Final = (
    "Meeting",
    "Kind",
    "Held on",
    "Minutes",
    "Part",
    "Number",
    "Text",
    "Detail",
    "Owner",
    "Due",
    "State",
    "Outcome",
    "Recorded at",
    "Recorded by",
    "Marking",
)
_NO_DECISION: Final = "Nothing was decided."


@dataclass(frozen=True, slots=True)
class MinutesFile:
    """What the minutes of a meeting are printed from.

    Attributes
    ----------
    meeting : Meeting
    minutes : Minutes
        Frozen, or a draft while the meeting is open.
    addenda : sequence of Addendum
    simulated : bool
        Whether the store's incidents are simulated.
    settings : Settings
        For local time and the marking.
    """

    meeting: Meeting
    minutes: Minutes
    addenda: Sequence[Addendum]
    simulated: bool
    settings: Settings

    @property
    def marking(self) -> str:
        """What stands on each page and in each row."""
        return paper.marking(simulated=self.simulated, handling=self.settings.paper_marking)

    def local(self, at: datetime) -> datetime:
        """Return a moment on the local clock."""
        return at.astimezone(ZoneInfo(self.settings.timezone))


def minutes_document(file: MinutesFile, *, person: Person, now: datetime) -> Document:
    """Return the minutes as a document to print.

    Parameters
    ----------
    file : MinutesFile
    person : Person
        Who prints them.
    now : datetime
        With its time zone.

    Raises
    ------
    data.access.NotAllowedError
        If the role may not.
    """
    person.must_be_officer("The minutes of a meeting")
    meeting = file.meeting
    return Document(
        title=(
            f"{MEETING_LABELS[meeting.draft.kind]}, {day_label(meeting.draft.held_on)}: minutes "
            f"{meeting.reference}"
        ),
        blocks=tuple(_blocks(file)),
        marking=file.marking,
        made_at=file.local(now),
        made_by=person.name,
        period=f"since {_moment(file, meeting.since)}",
    )


def minutes_pdf(file: MinutesFile, *, person: Person, now: datetime) -> bytes:
    """Return the minutes as a PDF; see `minutes_document`."""
    return paper.pdf(minutes_document(file, person=person, now=now))


def minutes_table(file: MinutesFile, *, person: Person) -> pd.DataFrame:
    """Return the minutes as a table, columns `MINUTES_COLUMNS`.

    One row for each person present, count, item, decision and addendum; text as it was written, for
    `data.exports.spreadsheet.csv_bytes` to make safe.

    Raises
    ------
    data.access.NotAllowedError
        If the role may not.
    """
    person.must_be_officer("The minutes of a meeting")
    meeting = file.meeting
    every_row = {
        "Meeting": meeting.reference,
        "Kind": MEETING_LABELS[meeting.draft.kind],
        "Held on": meeting.draft.held_on.isoformat(),
        "Minutes": MEETING_STATUS_LABELS[meeting.status] if meeting.status != "open" else "Draft",
        "Marking": file.marking,
    }
    rows = [{**every_row, **each} for each in _rows(file)]
    return pd.DataFrame(rows, columns=list(MINUTES_COLUMNS)).fillna("")


def _blocks(file: MinutesFile) -> Iterator[Block]:
    meeting, minutes = file.meeting, file.minutes
    if meeting.status == "open":
        yield Callout("Draft", "The meeting is not closed: this can still change.", "warning")
    if meeting.status == "called_off":
        yield Callout("Called off", meeting.reason, "warning")
    yield Facts(tuple(_facts(file)))
    if minutes.record.figures:
        yield Figures(
            tuple(Figure(each.label, f"{each.count:,}") for each in minutes.record.figures)
        )
    yield Paragraph(minutes.record.summary, "lead")
    yield Heading("What was decided")
    yield _decisions(
        minutes.decisions,
        caption=counted(len(minutes.decisions), "decision"),
        empty=_NO_DECISION,
    )
    yield Heading("Actions from earlier meetings")
    yield _decisions(
        minutes.carried,
        caption=f"{counted(len(minutes.carried), 'action')}, the first due first",
        empty="No action was open.",
    )
    yield Heading("What the meeting had before it")
    if minutes.record.sums:
        yield Bullets(minutes.record.sums)
    for part, items in groupby(minutes.record.items, key=lambda each: each.part):
        yield _items(part, tuple(items))
    yield from _addenda(file)


def _facts(file: MinutesFile) -> Iterator[tuple[str, str]]:
    meeting, present = file.meeting, file.minutes.attendance
    yield "Held on", day_label(meeting.draft.held_on)
    yield "Present", "; ".join(present) if present else "nobody is written down yet"
    yield "Looks back to", _moment(file, meeting.since)
    yield "Opened", f"{_moment(file, meeting.opened_at)} by {meeting.opened_by}"
    if meeting.closed_at is not None:
        ended = MEETING_STATUS_LABELS[meeting.status]
        yield ended, f"{_moment(file, meeting.closed_at)} by {meeting.closed_by}"


def _decisions(decisions: Sequence[MinutesDecision], *, caption: str, empty: str) -> Table:
    columns = (
        Column("No."),
        Column("Decision", share=3.0),
        Column("Owner", share=1.1),
        Column("Due"),
        Column("State", share=1.6),
    )
    return Table(columns, tuple(_decision_row(each) for each in decisions), caption, empty)


def _decision_row(each: MinutesDecision) -> tuple[str, ...]:
    about = f" About: {each.place}." if each.place else ""
    corrected = " (corrected in the meeting)" if each.corrected else ""
    moved = f"; tasking {each.moved.lower()}" if each.moved else ""
    outcome = f": {each.outcome}" if each.outcome else ""
    return (
        each.reference,
        f"{each.text}{corrected}{about}",
        each.owner,
        day_label(date.fromisoformat(each.due_on)) if each.due_on else "",
        f"{each.state}{outcome}{moved}",
    )


def _items(part: str, items: Sequence[MinutesItem]) -> Table:
    rows = tuple((each.title, each.detail) for each in items)
    return Table(
        (Column("What", share=1.0), Column("How it stands", share=1.8)),
        rows,
        f"{part}: {len(items):,}",
    )


def _addenda(file: MinutesFile) -> Iterator[Block]:
    if not file.addenda:
        return
    yield Heading("Added after the minutes were closed")
    for each in file.addenda:
        by = f"{_moment(file, each.written_at)}, {each.written_by}"
        yield Callout(by, each.text)


def _rows(file: MinutesFile) -> Iterator[dict[str, object]]:
    minutes = file.minutes
    for each in minutes.attendance:
        yield {"Part": "Present", "Text": each}
    for figure in minutes.record.figures:
        yield {"Part": "Count", "Text": figure.label, "Detail": f"{figure.count}"}
    for item in minutes.record.items:
        yield {
            "Part": item.part,
            "Number": item.reference,
            "Text": item.title,
            "Detail": item.detail,
        }
    for part, decisions in (("Earlier action", minutes.carried), ("Decision", minutes.decisions)):
        for decision in decisions:
            yield {"Part": part, **_decision_cells(decision)}
    for added in file.addenda:
        yield {
            "Part": "Addendum",
            "Text": added.text,
            "Recorded at": f"{file.local(added.written_at):%Y-%m-%d %H:%M}",
            "Recorded by": added.written_by,
        }


def _decision_cells(each: MinutesDecision) -> dict[str, object]:
    return {
        "Number": each.reference,
        "Text": each.text,
        "Detail": each.place,
        "Owner": each.owner,
        "Due": each.due_on,
        "State": "; ".join(filter(None, (each.state, each.moved))),
        "Outcome": each.outcome,
        "Recorded at": f"{datetime.fromisoformat(each.recorded_at):%Y-%m-%d %H:%M}",
        "Recorded by": each.recorded_by,
    }


def _moment(file: MinutesFile, at: datetime) -> str:
    local = file.local(at)
    return f"{day_label(local)}, {local:%H:%M}"
