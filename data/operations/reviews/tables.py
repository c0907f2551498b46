"""The tables of interventions and of reviews."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from shapely.geometry.base import BaseGeometry
from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from data.operations.base import Geometry, MappedRow, UtcDateTime


class InterventionRow(MappedRow):
    """An intervention in an area; see `models.tasking.recorded_review.Intervention`."""

    __tablename__ = "interventions"
    __table_args__ = (CheckConstraint("ends_on >= starts_on", name="ends_after_start"),)

    intervention_id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(40))
    area: Mapped[BaseGeometry] = mapped_column(Geometry())
    displacement: Mapped[BaseGeometry] = mapped_column(Geometry())
    comparison: Mapped[BaseGeometry] = mapped_column(Geometry())
    displacement_comparison: Mapped[BaseGeometry] = mapped_column(Geometry())
    fixed_note: Mapped[str] = mapped_column(Text)
    starts_on: Mapped[date]
    ends_on: Mapped[date]
    by_figures: Mapped[bool]
    chosen_from: Mapped[date | None]
    chosen_to: Mapped[date | None]
    ward_codes: Mapped[list[str]] = mapped_column(JSON)


class ReviewRow(MappedRow):
    """One review, of a tasking or of an intervention; never changed once it is kept."""

    __tablename__ = "reviews"
    __table_args__ = (
        CheckConstraint("(tasking_id IS NULL) <> (intervention_id IS NULL)", name="of_one_thing"),
        CheckConstraint("verdict IN ('fell','rose','no_sign','cannot_tell')", name="verdict_known"),
        Index("ix_reviews_tasking_id", "tasking_id"),
    )

    review_id: Mapped[int] = mapped_column(primary_key=True)
    tasking_id: Mapped[int | None] = mapped_column(ForeignKey("taskings.tasking_id"))
    intervention_id: Mapped[int | None] = mapped_column(ForeignKey("interventions.intervention_id"))
    title: Mapped[str] = mapped_column(String(120))
    what: Mapped[str] = mapped_column(String(60))
    ward_codes: Mapped[list[str]] = mapped_column(JSON)
    view: Mapped[list[list[str]]] = mapped_column(JSON)
    table_version: Mapped[int]
    after_first: Mapped[date]
    after_last: Mapped[date]
    before_first: Mapped[date]
    before_last: Mapped[date]
    counts: Mapped[dict[str, Any]] = mapped_column(JSON)
    measured: Mapped[dict[str, Any]] = mapped_column(JSON)
    verdict: Mapped[str] = mapped_column(String(20))
    headline: Mapped[str] = mapped_column(Text)
    sentences: Mapped[list[str]] = mapped_column(JSON)
    doubts: Mapped[list[str]] = mapped_column(JSON)
    words: Mapped[str] = mapped_column(Text)
    reviewer: Mapped[str] = mapped_column(String(200))
    reviewed_at: Mapped[datetime] = mapped_column(UtcDateTime())
