"""Tables of the ward panel: priorities, promises, and the figures published for each quarter.

`slot` is 1 to 3 for an active priority and empty for a closed one, so that the database itself
holds that a ward has no more than three. What a release shows is kept out of the audit trail, which
names only that it was published.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from data.operations.base import SECRET, MappedRow, UtcDateTime


class WardPriorityRow(MappedRow):
    """One priority of a ward."""

    __tablename__ = "ward_priorities"
    __table_args__ = (
        UniqueConstraint("ward_code", "slot"),
        CheckConstraint("slot IS NULL OR slot BETWEEN 1 AND 3", name="at_most_three"),
        CheckConstraint("(slot IS NULL) = (closed_on IS NOT NULL)", name="closed_has_no_slot"),
    )

    priority_id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column()
    ward_code: Mapped[str] = mapped_column(String(20))
    slot: Mapped[int | None]
    title: Mapped[str] = mapped_column(String(120))
    why: Mapped[str] = mapped_column(Text)
    raised_on: Mapped[date]
    closed_on: Mapped[date | None]
    outcome: Mapped[str] = mapped_column(Text)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class WardPromiseRow(MappedRow):
    """One promise to a ward."""

    __tablename__ = "ward_promises"
    __table_args__ = (
        CheckConstraint("status IN ('open','kept','not_kept')", name="status_known"),
        CheckConstraint("(status = 'open') = (closed_on IS NULL)", name="closed_has_a_date"),
        Index("ix_ward_promises_ward_code", "ward_code"),
    )

    promise_id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column()
    ward_code: Mapped[str] = mapped_column(String(20))
    priority_id: Mapped[int | None] = mapped_column(ForeignKey("ward_priorities.priority_id"))
    what: Mapped[str] = mapped_column(Text)
    who: Mapped[str] = mapped_column(String(120))
    due_on: Mapped[date]
    status: Mapped[str] = mapped_column(String(10))
    closed_on: Mapped[date | None]
    outcome: Mapped[str] = mapped_column(Text)

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class WardReleaseRow(MappedRow):
    """The figures of one quarter, as published or as last revised.

    Those that an earlier version published have no method: they hid small counts.
    """

    __tablename__ = "ward_releases"
    __table_args__ = (UniqueConstraint("series", "quarter"),)

    release_id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column()
    series: Mapped[str] = mapped_column(String(40))
    borough_name: Mapped[str] = mapped_column(String(120))
    quarter: Mapped[str] = mapped_column(String(8))
    published_at: Mapped[datetime] = mapped_column(UtcDateTime())
    published_by: Mapped[str] = mapped_column(String(200))
    table_version: Mapped[int]
    threshold: Mapped[int]
    cell_m: Mapped[float]
    sources: Mapped[list[str]] = mapped_column(JSON)
    figures: Mapped[dict[str, Any]] = mapped_column(JSON, info=SECRET)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcDateTime())
    withdrawn_why: Mapped[str] = mapped_column(Text)
    method: Mapped[str | None] = mapped_column(String(10))
    revision: Mapped[int | None]
    why_revised: Mapped[str | None] = mapped_column(Text)
    public_sources: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))
    wards: Mapped[list[WardReleaseWardRow]] = relationship(
        order_by="WardReleaseWardRow.ward_code", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class WardReleaseWardRow(MappedRow):
    """One ward's part of a release; no figures where too little happened to show any."""

    __tablename__ = "ward_release_wards"
    __table_args__ = (Index("ix_ward_release_wards_ward_code", "ward_code"),)
    audit_subject = ("ward_releases", "release_id")

    release_id: Mapped[int] = mapped_column(
        ForeignKey("ward_releases.release_id"), primary_key=True
    )
    ward_code: Mapped[str] = mapped_column(String(20), primary_key=True)
    ward_name: Mapped[str] = mapped_column(String(120))
    figures: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True), info=SECRET)
    blocks: Mapped[list[Any]] = mapped_column(JSON, info=SECRET)
    done: Mapped[list[Any]] = mapped_column(JSON, info=SECRET)


class ReplacedReleaseRow(MappedRow):
    """The figures of a quarter that a revision replaced; shown to nobody."""

    __tablename__ = "ward_releases_replaced"
    audit_subject = ("ward_releases", "release_id")

    release_id: Mapped[int] = mapped_column(
        ForeignKey("ward_releases.release_id"), primary_key=True
    )
    revision: Mapped[int] = mapped_column(primary_key=True)
    published_at: Mapped[datetime] = mapped_column(UtcDateTime())
    published_by: Mapped[str] = mapped_column(String(200))
    table_version: Mapped[int]
    figures: Mapped[dict[str, Any]] = mapped_column(JSON, info=SECRET)
    wards: Mapped[list[Any]] = mapped_column(JSON, info=SECRET)
