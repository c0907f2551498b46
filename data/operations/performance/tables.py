"""Tables of the quarterly performance: targets, commentary, typed values, concerns, sign-off.

Targets, commentary and typed values are revisions: a row is only ever added, its number is one more
than the last, and two people who add the same number at once get one success.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from shapely.geometry.base import BaseGeometry
from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from data.operations.base import Geometry, MappedRow, UtcDateTime


class TargetRow(MappedRow):
    """One revision of an indicator's target and owner in a financial year."""

    __tablename__ = "performance_targets"
    __table_args__ = (UniqueConstraint("indicator", "year", "revision"),)

    target_id: Mapped[int] = mapped_column(primary_key=True)
    indicator: Mapped[str] = mapped_column(String(60))
    year: Mapped[int]
    change: Mapped[float | None]
    owner: Mapped[str] = mapped_column(String(200))
    revision: Mapped[int]
    person: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(UtcDateTime())


class CommentaryRow(MappedRow):
    """One revision of what is written about an indicator in a quarter."""

    __tablename__ = "performance_commentary"
    __table_args__ = (UniqueConstraint("indicator", "quarter", "revision"),)

    commentary_id: Mapped[int] = mapped_column(primary_key=True)
    indicator: Mapped[str] = mapped_column(String(60))
    quarter: Mapped[str] = mapped_column(String(7))
    commentary: Mapped[str] = mapped_column(Text)
    reasons: Mapped[str] = mapped_column(Text)
    risk: Mapped[str] = mapped_column(Text)
    owner: Mapped[str] = mapped_column(String(200))
    revision: Mapped[int]
    person: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(UtcDateTime())


class TypedValueRow(MappedRow):
    """One revision of a value that is no incident."""

    __tablename__ = "performance_values"
    __table_args__ = (
        UniqueConstraint("indicator", "quarter", "revision"),
        CheckConstraint("value >= 0", name="value_not_negative"),
        CheckConstraint("replies IS NULL OR replies > 0", name="replies_positive"),
    )

    value_id: Mapped[int] = mapped_column(primary_key=True)
    indicator: Mapped[str] = mapped_column(String(60))
    quarter: Mapped[str] = mapped_column(String(7))
    value: Mapped[float]
    replies: Mapped[int | None]
    note: Mapped[str] = mapped_column(Text)
    revision: Mapped[int]
    person: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(UtcDateTime())


class ConcernRow(MappedRow):
    """One concern that residents named in a consultation."""

    __tablename__ = "performance_concerns"
    __table_args__ = (
        UniqueConstraint("consultation", "concern"),
        CheckConstraint("share >= 0 AND share <= 1", name="share_in_range"),
        CheckConstraint("replies > 0", name="replies_positive"),
    )

    concern_id: Mapped[int] = mapped_column(primary_key=True)
    consultation: Mapped[str] = mapped_column(String(200))
    asked_on: Mapped[date]
    replies: Mapped[int]
    concern: Mapped[str] = mapped_column(String(200))
    share: Mapped[float]
    category: Mapped[str] = mapped_column(String(20))


class FixedHotspotsRow(MappedRow):
    """The ASB hotspots of one financial year."""

    __tablename__ = "performance_hotspots"
    __table_args__ = (UniqueConstraint("year"),)

    hotspots_id: Mapped[int] = mapped_column(primary_key=True)
    year: Mapped[int]
    first: Mapped[date]
    last: Mapped[date]
    view: Mapped[str] = mapped_column(Text)
    table_version: Mapped[int]
    person: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(UtcDateTime())
    areas: Mapped[list[FixedAreaRow]] = relationship(order_by="FixedAreaRow.rank")


class FixedAreaRow(MappedRow):
    """One of them."""

    __tablename__ = "performance_hotspot_areas"
    audit_subject = ("performance_hotspots", "hotspots_id")

    hotspots_id: Mapped[int] = mapped_column(
        ForeignKey("performance_hotspots.hotspots_id"), primary_key=True
    )
    rank: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    area: Mapped[BaseGeometry] = mapped_column(Geometry())


class SignOffRow(MappedRow):
    """A quarter as it was signed off."""

    __tablename__ = "performance_sign_offs"
    __table_args__ = (UniqueConstraint("quarter"),)

    sign_off_id: Mapped[int] = mapped_column(primary_key=True)
    quarter: Mapped[str] = mapped_column(String(7))
    table_version: Mapped[int]
    figures: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    note: Mapped[str] = mapped_column(Text)
    person: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(UtcDateTime())
