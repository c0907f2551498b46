"""The core operations tables, and the list of modules that bring tables of their own.

How a subject adds its tables
-----------------------------
1. Write them in the subject's own folder, ``data/operations/<subject>/tables.py`` (or in the module
   that reads and writes them, where there is one alone), as subclasses of
   `data.operations.base.MappedRow` with typed ``Mapped[...]`` columns, `UtcDateTime` for times and
   `Geometry` for areas. A row that people edit has a column ``version`` and
   ``__mapper_args__ = {"version_id_col": version}``. A row that belongs to another names it in
   ``audit_subject``; a column that must not be audited has ``info=SECRET``.
2. Add the module's name to `TABLE_MODULES` below: one line.
3. Write one migration, ``migrations/versions/<number>_<subject>.py``, with the next number and the
   last migration as its ``down_revision``: they are one chain with one head. It uses plain
   SQLAlchemy types (``sa.DateTime(timezone=True)``, ``sa.LargeBinary()``), never the classes here.
   Constraints get their names by themselves from `data.operations.base`. A migration that has been
   released is not changed any more.

tests/store/test_operations_tables.py fails if the tables and the migrations differ, and
tests/store/test_operations_upgrade.py if there is a second head.
"""

from __future__ import annotations

from datetime import date, datetime
from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

from shapely.geometry.base import BaseGeometry
from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column, relationship

from data.operations.base import SECRET, Geometry, MappedRow, UtcDateTime

if TYPE_CHECKING:
    from sqlalchemy import MetaData

TABLE_MODULES: Final[tuple[str, ...]] = (
    "data.operations.audit.changes",
    "data.operations.audit.access",
    "data.operations.retention.removals",
    "data.operations.reviews.tables",
    "data.operations.accounts.tables",
    "data.operations.wards.tables",
    "data.operations.performance.tables",
    "data.operations.nights.areas",
    "data.operations.meetings.tables",
    "data.operations.taskings.plans",
    "data.operations.identity",
    "data.operations.views.tables",
    "data.operations.digests.mails",
)


class TaskingRow(MappedRow):
    """One tasking; see `models.tasking.tasking.Tasking`."""

    __tablename__ = "taskings"
    __table_args__ = (
        CheckConstraint(
            "status IN ('proposed','approved','active','completed','reviewed','cancelled')",
            name="status_known",
        ),
        CheckConstraint("ends_on >= starts_on", name="ends_after_start"),
        CheckConstraint(
            "status IN ('proposed','cancelled') OR (team <> '' AND displacement IS NOT NULL)",
            name="approved_is_complete",
        ),
        Index("ix_taskings_status_team", "status", "team"),
        Index("ix_taskings_ends_on", "ends_on"),
    )

    tasking_id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column()
    status: Mapped[str] = mapped_column(String(20))
    title: Mapped[str] = mapped_column(String(120))
    area: Mapped[BaseGeometry] = mapped_column(Geometry())
    near: Mapped[str] = mapped_column(Text)
    objective: Mapped[str] = mapped_column(Text)
    expected_result: Mapped[str] = mapped_column(Text)
    tactic: Mapped[str] = mapped_column(String(40))
    action_plan: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    weekdays: Mapped[list[int]] = mapped_column(JSON)
    start_hour: Mapped[int]
    end_hour: Mapped[int]
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    visits_per_week: Mapped[int]
    minutes_per_visit: Mapped[int]
    team: Mapped[str] = mapped_column(String(120))
    lead_partner: Mapped[str] = mapped_column(Text)
    origin: Mapped[str] = mapped_column(String(20))
    priority_id: Mapped[int | None]
    decision_view: Mapped[list[list[str]]] = mapped_column(JSON)
    decision_hotspot_id: Mapped[str] = mapped_column(Text)
    decision_table_version: Mapped[int | None]
    decision_seed: Mapped[int | None]
    decision_made_by: Mapped[str] = mapped_column(String(200))
    decision_made_at: Mapped[datetime] = mapped_column(UtcDateTime())
    displacement: Mapped[BaseGeometry | None] = mapped_column(Geometry())
    comparison: Mapped[BaseGeometry | None] = mapped_column(Geometry())
    displacement_comparison: Mapped[BaseGeometry | None] = mapped_column(Geometry())
    fixed_note: Mapped[str] = mapped_column(Text)
    reason: Mapped[str] = mapped_column(Text)
    proposed_at: Mapped[datetime] = mapped_column(UtcDateTime())
    approved_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    activated_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    completed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    reviewed_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    cancelled_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    wards: Mapped[list[TaskingWardRow]] = relationship(
        order_by="TaskingWardRow.position", cascade="all, delete-orphan"
    )
    team_plan: Mapped[TeamPlanRow | None] = relationship(cascade="all, delete-orphan")

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class TaskingWardRow(MappedRow):
    """One ward that a tasking's area touches; position 0 holds the most of it."""

    __tablename__ = "tasking_wards"
    __table_args__ = (Index("ix_tasking_wards_ward_code", "ward_code"),)
    audit_subject = ("taskings", "tasking_id")

    tasking_id: Mapped[int] = mapped_column(ForeignKey("taskings.tasking_id"), primary_key=True)
    ward_code: Mapped[str] = mapped_column(String(20), primary_key=True)
    position: Mapped[int]


class TeamPlanRow(MappedRow):
    """One team's visits of a tasking that a patrol plan gave; see `models.tasking.team_plan`.

    `standing` is true until the tasking is cancelled and empty from then on, so that a plan has at
    most one tasking for a team at a place that is not cancelled.
    """

    __tablename__ = "team_plans"
    __table_args__ = (UniqueConstraint("plan_id", "hotspot_id", "team", "standing"),)
    audit_subject = ("taskings", "tasking_id")

    tasking_id: Mapped[int] = mapped_column(ForeignKey("taskings.tasking_id"), primary_key=True)
    plan_id: Mapped[int]
    hotspot_id: Mapped[str] = mapped_column(String(200))
    rank: Mapped[int]
    team: Mapped[str] = mapped_column(String(120))
    visits: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    standing: Mapped[bool | None]


class CommentRow(MappedRow):
    """What somebody said of a tasking."""

    __tablename__ = "comments"
    __table_args__ = (Index("ix_comments_tasking_id", "tasking_id"),)
    audit_subject = ("taskings", "tasking_id")

    comment_id: Mapped[int] = mapped_column(primary_key=True)
    tasking_id: Mapped[int] = mapped_column(ForeignKey("taskings.tasking_id"))
    at: Mapped[datetime] = mapped_column(UtcDateTime())
    person: Mapped[str] = mapped_column(String(200))
    words: Mapped[str] = mapped_column(Text)


class VisitRow(MappedRow):
    """One visit; `left_at` is empty while the team is there, and a team is in one place only.

    The keys are those that a phone gave to the arrival and to the departure; see
    `data.operations.visits.keys`.
    """

    __tablename__ = "visits"
    __table_args__ = (
        UniqueConstraint("team", "arrived_at"),
        CheckConstraint("left_at IS NULL OR left_at > arrived_at", name="left_after_arrived"),
        CheckConstraint(
            "notices >= 0 AND dispersed >= 0 AND arrests >= 0 AND referrals >= 0 "
            "AND needles >= 0 AND weapons >= 0",
            name="counts_not_negative",
        ),
        Index("ix_visits_tasking_id_arrived_at", "tasking_id", "arrived_at"),
        Index("ix_visits_arrived_at", "arrived_at"),
        Index("ix_visits_arrived_key", "arrived_key", unique=True),
        Index("ix_visits_left_key", "left_key", unique=True),
        Index(
            "ix_visits_team_there",
            "team",
            unique=True,
            sqlite_where=sql("left_at IS NULL"),
            postgresql_where=sql("left_at IS NULL"),
        ),
    )
    audit_subject = ("taskings", "tasking_id")

    visit_id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column()
    tasking_id: Mapped[int] = mapped_column(ForeignKey("taskings.tasking_id"))
    team: Mapped[str] = mapped_column(String(120))
    arrived_at: Mapped[datetime] = mapped_column(UtcDateTime())
    left_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    notices: Mapped[int]
    dispersed: Mapped[int]
    arrests: Mapped[int]
    referrals: Mapped[int]
    needles: Mapped[int]
    weapons: Mapped[int]
    note: Mapped[str] = mapped_column(Text)
    arrived_key: Mapped[str | None] = mapped_column(String(36), info=SECRET)
    left_key: Mapped[str | None] = mapped_column(String(36), info=SECRET)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


def all_tables() -> MetaData:
    """Return the tables of the whole operations store, every subject's included."""
    for each in TABLE_MODULES:
        import_module(each)
    return MappedRow.metadata
