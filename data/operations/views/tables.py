"""The tables of saved views and of what each person begins with.

Whose a row is, is the name of the account: names belong to one account, and are never given to
another. Numbers are never used again, so that a link to a view cannot lead to another one.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import JSON, Boolean, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.operations.base import MappedRow, UtcDateTime

LONGEST_NAME: Final = 80
LONGEST_PAGE: Final = 40
LONGEST_TEAM: Final = 120
_NEVER_AGAIN: Final = {"sqlite_autoincrement": True}


class SavedViewRow(MappedRow):
    """One view; see `data.operations.views.views.SavedView`."""

    __tablename__ = "saved_views"
    __table_args__ = (Index("ix_saved_views_owner", "owner"), _NEVER_AGAIN)

    view_id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column()
    owner: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    page: Mapped[str] = mapped_column(String(LONGEST_PAGE))
    query: Mapped[list[list[str]]] = mapped_column(JSON)
    shared: Mapped[bool] = mapped_column(Boolean)
    saved_at: Mapped[datetime] = mapped_column(UtcDateTime())

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class PersonalChoiceRow(MappedRow):
    """What one person chose for themselves; see `data.operations.views.personal.Personal`."""

    __tablename__ = "personal_choices"
    __table_args__ = (UniqueConstraint("person"), _NEVER_AGAIN)

    choice_id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column()
    person: Mapped[str] = mapped_column(String(200))
    start_page: Mapped[str] = mapped_column(String(LONGEST_PAGE))
    start_view: Mapped[int | None]
    team: Mapped[str] = mapped_column(String(LONGEST_TEAM))

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form
