"""Tables of meetings: the meeting with its minutes, its decisions, and addenda.

The database itself holds that one meeting of a kind is open at a time. A decision names its tasking
by number and not by key, since a tasking may go before the meeting's record does.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from shapely.geometry.base import BaseGeometry
from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from data.operations.base import Geometry, MappedRow, UtcDateTime


class MeetingRow(MappedRow):
    """One meeting; see `models.tasking.meeting.Meeting`.

    `changes` counts what was changed of its decisions, so that the meeting's version tells of them.
    """

    __tablename__ = "meetings"
    __table_args__ = (
        CheckConstraint("kind IN ('tasking','violence')", name="kind_known"),
        CheckConstraint("status IN ('open','closed','called_off')", name="status_known"),
        CheckConstraint("(status = 'open') = (closed_at IS NULL)", name="closed_has_a_time"),
        Index(
            "ix_meetings_open_kind",
            "kind",
            unique=True,
            sqlite_where=sql("closed_at IS NULL"),
            postgresql_where=sql("closed_at IS NULL"),
        ),
    )

    meeting_id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column()
    kind: Mapped[str] = mapped_column(String(20))
    held_on: Mapped[date]
    attendance: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(20))
    since: Mapped[datetime] = mapped_column(UtcDateTime())
    opened_at: Mapped[datetime] = mapped_column(UtcDateTime())
    opened_by: Mapped[str] = mapped_column(String(200))
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    closed_by: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(Text)
    changes: Mapped[int]
    minutes: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class MeetingDecisionRow(MappedRow):
    """One decision; see `models.tasking.meeting.MeetingDecision`."""

    __tablename__ = "meeting_decisions"
    __table_args__ = (
        UniqueConstraint("meeting_id", "number"),
        CheckConstraint(
            "status IN ('noted','open','done','dropped','withdrawn')", name="status_known"
        ),
        CheckConstraint("(owner = '') = (due_on IS NULL)", name="action_is_whole"),
        CheckConstraint(
            "(status IN ('noted','open')) = (closed_at IS NULL)", name="closed_has_a_time"
        ),
        Index("ix_meeting_decisions_status", "status"),
    )
    audit_subject = ("meetings", "meeting_id")

    decision_id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column()
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.meeting_id"))
    number: Mapped[int]
    recorded_at: Mapped[datetime] = mapped_column(UtcDateTime())
    recorded_by: Mapped[str] = mapped_column(String(200))
    text: Mapped[str] = mapped_column(Text)
    owner: Mapped[str] = mapped_column(String(120))
    due_on: Mapped[date | None]
    tasking_id: Mapped[int | None]
    hotspot_id: Mapped[str] = mapped_column(String(200))
    place: Mapped[str] = mapped_column(Text)
    area: Mapped[BaseGeometry | None] = mapped_column(Geometry())
    status: Mapped[str] = mapped_column(String(20))
    corrected: Mapped[bool]
    closed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    outcome: Mapped[str] = mapped_column(Text)
    moved: Mapped[str] = mapped_column(String(120))

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class MeetingAddendumRow(MappedRow):
    """What was put right in the minutes of a closed meeting; only ever added."""

    __tablename__ = "meeting_addenda"
    __table_args__ = (Index("ix_meeting_addenda_meeting_id", "meeting_id"),)
    audit_subject = ("meetings", "meeting_id")

    addendum_id: Mapped[int] = mapped_column(primary_key=True)
    meeting_id: Mapped[int] = mapped_column(ForeignKey("meetings.meeting_id"))
    text: Mapped[str] = mapped_column(Text)
    written_at: Mapped[datetime] = mapped_column(UtcDateTime())
    written_by: Mapped[str] = mapped_column(String(200))
