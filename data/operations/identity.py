"""That a store has accounts is said outside the operations database too.

If only the database said so, then a database that is lost, emptied or exchanged for another would
say that there are none, and everybody who reaches the app would be an administrator. So the
database carries a random identity, and once there is an account a file in the store, the marker,
names it. A database that does not fit the marker is not opened.

The marker is on the disk before the first account is committed. Until that is known to have
happened it says that it is not certain yet: only then may the same database be without accounts.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from secrets import token_hex
from typing import TYPE_CHECKING, Final

from sqlalchemy import String, delete, exists, insert, inspect, literal, select, table
from sqlalchemy.orm import Mapped, mapped_column

from data.durable import remove_file, write_file
from data.operations.base import MappedRow
from geo.errors import PlainError

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy.engine import Connection

IDENTITY_TABLE: Final = "store_identity"
_USERS: Final = table("users")
_ABOUT: Final = (
    "This store has accounts, in the operations database with this identity. Leave this file as it "
    "is: see docs/accounts.md."
)


class IdentityRow(MappedRow):
    """The one row that tells an operations database from every other."""

    __tablename__ = IDENTITY_TABLE

    identity: Mapped[str] = mapped_column(String(32), primary_key=True)


class LostAccountsError(PlainError, LookupError):
    """The store has accounts, and its operations database is not the one that they are in.

    Attributes
    ----------
    found : str
        What there is, in one sentence.
    """

    def __init__(self, *, marker: Path, found: str) -> None:
        self.found = f"The store has accounts ({marker} says so), but {found}."
        super().__init__(
            f"{self.found} Nothing is opened, since everybody would be an administrator or nobody "
            "would know whose accounts these are. Set HOTSPOT_OPERATIONS_URL as it was, put the "
            "database back, or restore a backup with `hotspots restore FILE --replace`. To go on "
            "with the database as it is now, run `hotspots users adopt`, which says what follows. "
            "If a backup was restored while the app was running, start the app again."
        )


@dataclass(frozen=True, slots=True)
class Mark:
    """What the marker says: whose accounts, and whether they are known to be committed."""

    identity: str
    certain: bool


@dataclass(frozen=True, slots=True)
class AccountsMarker:
    """The file that says that a store has accounts.

    Attributes
    ----------
    path : Path
    """

    path: Path

    def read(self) -> Mark | None:
        """Return what it says; None where there is none.

        Raises
        ------
        LostAccountsError
            If there is one that cannot be read.
        """
        try:
            said = json.loads(self.path.read_bytes())
            return Mark(str(said["identity"]), bool(said["certain"]))
        except FileNotFoundError:
            return None
        except (ValueError, KeyError, TypeError) as problem:
            raise LostAccountsError(
                marker=self.path, found="the file cannot be read, so its database is not known"
            ) from problem

    def write(self, identity: str, *, certain: bool) -> None:
        """Say that the database of an identity has accounts, or is about to."""
        values = {"about": _ABOUT, "identity": identity, "certain": certain}
        write_file(self.path, json.dumps(values, indent=1).encode())

    def remove(self) -> None:
        """Say no more that there are accounts."""
        remove_file(self.path, missing_ok=True)

    def refuse_without_database(self, where: str) -> None:
        """Refuse to make a new database where there were accounts in one.

        Raises
        ------
        LostAccountsError
        """
        if self.read() is not None:
            raise LostAccountsError(
                marker=self.path, found=f"the operations database is not there ({where})"
            )

    def refuse_other(self, connection: Connection) -> None:
        """Refuse a database, of whatever version, that is not the one that the marker names.

        Raises
        ------
        LostAccountsError
        """
        said = self.read()
        if said is None:
            return
        identity = None
        if inspect(connection).has_table(IDENTITY_TABLE):
            identity = stored_identity(connection)
        if said.identity != identity:
            what = "another one" if identity else "empty, or of an earlier version"
            raise LostAccountsError(
                marker=self.path, found=f"the operations database is {what} ({_shown(connection)})"
            )

    def check(self, connection: Connection, *, accounts: bool) -> None:
        """Refuse a database that is not the one with the accounts; write a marker that is missing.

        Parameters
        ----------
        connection : Connection
            To a database that is up to date, its identity committed.
        accounts : bool
            Whether it has any.

        Raises
        ------
        LostAccountsError
        """
        self.refuse_other(connection)
        said = self.read()
        if accounts and (said is None or not said.certain):
            self.write(stored_identity(connection) or "", certain=True)
        if not accounts and said is not None and said.certain:
            raise LostAccountsError(
                marker=self.path,
                found=f"the operations database has none ({_shown(connection)}): it was emptied, "
                "or is a copy from before the first account was made",
            )

    def announce(self, connection: Connection) -> str | None:
        """Write the marker if a change that is about to be committed makes the first account.

        Parameters
        ----------
        connection : Connection
            In the transaction of the change, all of it sent to the database.

        Returns
        -------
        str or None
            The identity that the marker is to be written for again, as certain, once the change is
            committed; None where there is nothing to do.
        """
        said = self.read()
        if (said is not None and said.certain) or not has_accounts(connection):
            return None
        identity = stored_identity(connection) or ""
        if said is None:
            self.write(identity, certain=False)
        return identity


def stored_identity(connection: Connection) -> str | None:
    """Return the identity of a database that is up to date; None where it has none yet."""
    return connection.scalar(select(IdentityRow.identity))


def give_identity(connection: Connection, *, identity: str | None = None) -> str:
    """Give a database an identity in place of any it has; return it."""
    given = identity or token_hex(16)
    connection.execute(delete(IdentityRow))
    connection.execute(insert(IdentityRow).values(identity=given))
    return given


def has_accounts(connection: Connection) -> bool:
    """Tell whether a database has any account."""
    return bool(connection.scalar(select(exists(select(literal(1)).select_from(_USERS)))))


def _shown(connection: Connection) -> str:
    return connection.engine.url.render_as_string(hide_password=True)
