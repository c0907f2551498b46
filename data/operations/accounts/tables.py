"""The tables of accounts, sign-ins, and tries to sign in.

Numbers are never used again, on SQLite neither (`sqlite_autoincrement`): the audit trail names
sign-ins by them long after they have ended.
"""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import JSON, Boolean, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from data.operations.base import SECRET, MappedRow, UtcDateTime
from models.accounts.names import LONGEST_NAME

LONGEST_ADDRESS: Final = 45
_HASH: Final = 64
_NEVER_AGAIN: Final = {"sqlite_autoincrement": True}


class UserRow(MappedRow):
    """One account.

    Attributes
    ----------
    issuer, subject : str or None
        Who it is to a directory of single sign-on; None for a local account.
    wards : list of str or None
        Codes of the wards that a ward panel's account is tied to; None for all.
    """

    __tablename__ = "users"
    __table_args__ = (
        Index("ix_users_issuer_subject", "issuer", "subject", unique=True),
        _NEVER_AGAIN,
    )

    user_id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column()
    name: Mapped[str] = mapped_column(String(LONGEST_NAME))
    name_key: Mapped[str] = mapped_column(String(LONGEST_NAME), unique=True)
    role: Mapped[str] = mapped_column(String(20))
    active: Mapped[bool] = mapped_column(Boolean)
    password: Mapped[str] = mapped_column(String(200), info=SECRET)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime())
    issuer: Mapped[str | None] = mapped_column(String(300))
    subject: Mapped[str | None] = mapped_column(String(255))
    wards: Mapped[list[str] | None] = mapped_column(JSON(none_as_null=True))

    __mapper_args__ = {"version_id_col": version}  # noqa: RUF012 - SQLAlchemy's own form


class SignInRow(MappedRow):
    """One sign-in that has not ended; `token` is the hash of what the browser holds."""

    __tablename__ = "sign_ins"
    __table_args__ = (Index("ix_sign_ins_user_id", "user_id"), _NEVER_AGAIN)
    audit_subject = ("users", "user_id")

    sign_in_id: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[str] = mapped_column(String(_HASH), unique=True, info=SECRET)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.user_id"))
    made_at: Mapped[datetime] = mapped_column(UtcDateTime())
    expires_at: Mapped[datetime] = mapped_column(UtcDateTime())
    address: Mapped[str] = mapped_column(String(LONGEST_ADDRESS))


class KnownBrowserRow(MappedRow):
    """A browser from which an account has signed in; `browser` is the hash of its cookie."""

    __tablename__ = "known_browsers"
    __table_args__ = (UniqueConstraint("user_id", "browser"), _NEVER_AGAIN)
    audit_subject = ("users", "user_id")

    known_browser_id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.user_id"))
    browser: Mapped[str] = mapped_column(String(_HASH), info=SECRET)
    made_at: Mapped[datetime] = mapped_column(UtcDateTime())


class SignInTryRow(MappedRow):
    """A try to sign in that failed or is running, for as long as it is counted.

    It is a counter and no record: the audit trail has its own entry of each failed try.

    Attributes
    ----------
    name : str
        Hash of the name that was given, whether there is such an account or not.
    network : str
        As `models.accounts.tries.network_of` gives it.
    browser : str
        Hash of the browser's cookie where it is known under the name; empty where it is not.
    """

    __tablename__ = "sign_in_tries"
    __table_args__ = (
        Index("ix_sign_in_tries_name_at", "name", "at"),
        Index("ix_sign_in_tries_network_at", "network", "at"),
        Index("ix_sign_in_tries_at", "at"),
        _NEVER_AGAIN,
    )

    try_id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(UtcDateTime())
    name: Mapped[str] = mapped_column(String(_HASH))
    network: Mapped[str] = mapped_column(String(LONGEST_ADDRESS))
    browser: Mapped[str] = mapped_column(String(_HASH))
