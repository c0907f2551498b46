"""The operations store: SQLite in the store folder, or PostgreSQL by address.

Opening it creates it or brings it up to date. All changes go through `Operations.session`, which
knows who makes them: it commits, or rolls back on any error, and the audit trail is written with
the change. On SQLite a writing session takes the write lock at its start, so that it never has to
give up half-way; on PostgreSQL, and for people who look at a page for an hour, a version column
tells that a row was changed meanwhile.
"""

from __future__ import annotations

import os
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from json import JSONDecodeError
from pathlib import Path
from sqlite3 import Error as SqliteError
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from shapely.errors import ShapelyError
from sqlalchemy import URL, create_engine, event, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DataError,
    DBAPIError,
    DisconnectionError,
    IntegrityError,
    NoSuchModuleError,
    ProgrammingError,
)
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from data.durable import OWNER_FILE, make_folder
from data.faults import plain_faults
from data.interrupted import refuse_aside_of_old, refuse_half_restored
from data.operations.audit import changes as audit
from data.operations.base import SECRET, Geometry, MappedRow, UtcDateTime
from data.operations.database_errors import (
    ChangedMeanwhileError,
    OperationsAddressError,
    OperationsBusyError,
    OperationsUnreachableError,
    damaged_database,
    database_fault,
)
from data.operations.identity import AccountsMarker
from data.operations.row_digests.keeping import keep_digests
from data.operations.row_digests.schema import close_second
from data.operations.upgrade import upgrade
from geo.errors import PlainError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy.engine import Connection, Engine
    from sqlalchemy.engine.interfaces import DBAPIConnection
    from sqlalchemy.pool import ConnectionPoolEntry

    from data.access import Person
    from data.settings import Settings
    from models.tasking.tasking import Tasking

__all__ = [
    "SECRET",
    "ChangedMeanwhileError",
    "Geometry",
    "MappedRow",
    "Operations",
    "OperationsAddressError",
    "OperationsBusyError",
    "OperationsUnreachableError",
    "UtcDateTime",
    "check_version",
]

_WRITES: Final = "hotspots_writes"
_WAIT_S: Final = 15
_OF_ONE_STATEMENT: Final = (IntegrityError, ProgrammingError, DataError)


@dataclass(frozen=True, slots=True)
class Operations:
    """The operations store, open.

    Attributes
    ----------
    engine : Engine
    timezone : ZoneInfo
        Local time, for messages.
    seen_taskings : dict of int to Tasking
        Those read before, by number; kept by `data.operations.taskings.search` alone.
    marker : AccountsMarker or None
        What says outside the database that it has accounts; None only while it is restored.
    """

    engine: Engine
    timezone: ZoneInfo
    seen_taskings: dict[int, Tasking] = field(default_factory=dict, compare=False, repr=False)
    marker: AccountsMarker | None = field(default=None, repr=False)

    @classmethod
    def open(cls, settings: Settings, *, guarded: bool = True) -> Operations:
        """Open the operations store, and make it or bring it up to date first.

        Parameters
        ----------
        settings : Settings
        guarded : bool
            Whether the database must be the one that the store's accounts are in; only what puts
            another in its place goes without.

        Raises
        ------
        OperationsAddressError
            If the setting does not name a database that can be used.
        OperationsUnreachableError, OperationsBusyError
            If the database does not answer, or others kept it busy for too long.
        data.faults.FaultError
            If the file is damaged or none, the disk is full or cannot be written; by subclass.
        data.operations.upgrade.NewerStoreError
            If it was made by a newer version of the app.
        data.operations.identity.LostAccountsError
            If the store has accounts, and this is not the database that they are in.
        data.interrupted.HalfRestoredError
            If a restore was cut short.
        """
        marker = AccountsMarker(settings.accounts_marker_path) if guarded else None
        if guarded:
            refuse_half_restored(settings.store)
            refuse_aside_of_old(settings.store)
        url = address(settings)
        if url.get_backend_name() == "sqlite":
            with plain_faults(f"The store {settings.store.name}", do="Check HOTSPOT_STORE."):
                make_folder(settings.store)
            _make_file(url, marker)
        engine = _engine(url)
        try:
            upgrade(engine.execution_options(**{_WRITES: True}), marker=marker)
        except PlainError:
            engine.dispose()
            raise
        except DBAPIError as problem:
            engine.dispose()
            raise database_fault(problem, address=_shown(url), reading=True) from problem
        except UnicodeDecodeError as problem:  # SQLite tells of damage with what it cannot read
            engine.dispose()
            raise damaged_database(problem, address=_shown(url)) from problem
        return cls(engine=engine, timezone=ZoneInfo(settings.timezone), marker=marker)

    @contextmanager
    def session(self, person: Person, now: datetime) -> Iterator[Session]:
        """Give a session that may change things: committed at its end, or rolled back.

        Parameters
        ----------
        person : Person
            Who makes the changes, for the audit trail.
        now : datetime
            With its time zone.

        Raises
        ------
        ChangedMeanwhileError
            If a row was changed by somebody else since it was read.
        data.access.SignInEndedError
            If the person's sign-in has ended or their role has changed.
        OperationsBusyError, OperationsUnreachableError
            If other changes take too long, or the database no longer answers.
        """
        with (
            self._answering(),
            Session(self._writing(), expire_on_commit=False) as session,
        ):
            person.check_in(session, now)
            audit.write_as(session, person, now=now)
            try:
                yield session
                self._commit(session)
            except StaleDataError as problem:
                touched = session.info["touched"]
                session.rollback()
                newest = audit.last_change(session, touched)
                raise ChangedMeanwhileError(newest, timezone=self.timezone) from problem
            except BaseException:
                session.rollback()
                raise

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Give a session that only reads; it holds nobody up.

        Raises
        ------
        OperationsUnreachableError
            If the database no longer answers.
        """
        with self._answering(reading=True), Session(self.engine, expire_on_commit=False) as session:
            audit.read_only(session)
            yield session

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()

    def _commit(self, session: Session) -> None:
        """Commit; that the first account is made is said outside the database before and after."""
        session.flush()
        identity = self.marker and self.marker.announce(session.connection())
        session.commit()
        if self.marker and identity:
            self.marker.write(identity, certain=True)

    @contextmanager
    def _answering(self, *, reading: bool = False) -> Iterator[None]:
        """Say plainly that the database is busy, full, damaged or gone."""
        try:
            yield
        except _OF_ONE_STATEMENT:
            raise
        except (UnicodeDecodeError, JSONDecodeError, ShapelyError) as problem:  # in what is stored
            raise damaged_database(problem, address=_shown(self.engine.url)) from problem
        except DBAPIError as problem:
            at = _shown(self.engine.url)
            raise database_fault(problem, address=at, reading=reading) from problem

    def _writing(self) -> Engine:
        return self.engine.execution_options(**{_WRITES: True})


def check_version(ops: Operations, session: Session, row: MappedRow, *, version: int) -> None:
    """Refuse a change that was made on an older version of a row than is there now.

    Parameters
    ----------
    ops : Operations
    session : Session
    row : MappedRow
        With a column ``version``.
    version : int
        The version that the person was looking at.

    Raises
    ------
    ChangedMeanwhileError
    """
    if row.version != version:  # type: ignore[attr-defined]
        newest = audit.last_change(session, [audit.row_key(row)])
        raise ChangedMeanwhileError(newest, timezone=ops.timezone)


def address(settings: Settings) -> URL:
    """Return the address of the operations database, with the driver it is opened by.

    Raises
    ------
    OperationsAddressError
    """
    if settings.operations_url is None:
        return URL.create("sqlite", database=str(settings.operations_path.absolute()))
    try:
        url = make_url(settings.operations_url.get_secret_value())
    except ArgumentError as problem:
        fault = "it cannot be read as an address"
        raise OperationsAddressError(fault) from problem
    if url.drivername in ("postgresql", "postgres"):
        url = url.set(drivername="postgresql+psycopg")
    if url.drivername not in ("sqlite", "postgresql+psycopg"):
        raise OperationsAddressError(url.drivername)
    return url


def _shown(url: URL) -> str:
    """Return an address as messages name it: a file by its name alone, no password."""
    if url.get_backend_name() == "sqlite":
        return Path(url.database or "").name
    return url.render_as_string(hide_password=True)


def _make_file(url: URL, marker: AccountsMarker | None) -> None:
    """Make the file of a new SQLite database, its owner's alone, as its log will be."""
    path = Path(url.database or "")
    if not url.database or path.exists():
        return
    if marker is not None:
        marker.refuse_without_database(str(path))
    with suppress(OSError):  # opening it then says what is wrong
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, OWNER_FILE))


def _engine(url: URL) -> Engine:
    try:
        if url.get_backend_name() == "postgresql":
            return create_engine(url, hide_parameters=True, pool_pre_ping=True)
        engine = create_engine(url, hide_parameters=True, connect_args={"timeout": _WAIT_S})
    except NoSuchModuleError as problem:
        raise OperationsAddressError(url.drivername) from problem
    event.listen(engine, "do_connect", _never_make_sqlite)
    event.listen(engine, "connect", _set_up_sqlite)
    if url.database:
        _follow_file(engine, Path(url.database))
    event.listen(engine, "begin", _begin_sqlite)
    event.listen(engine, "commit", keep_digests)
    event.listen(engine, "close", close_second)
    return engine


def _never_make_sqlite(
    dialect: object, record: object, arguments: list[Any], options: dict[str, Any]
) -> None:
    """Open the file that is there: one that is lost under a running app is not made empty."""
    if arguments and arguments[0] not in ("", ":memory:"):
        arguments[0] = f"{Path(arguments[0]).absolute().as_uri()}?mode=rw"
        options["uri"] = True


def _follow_file(engine: Engine, path: Path) -> None:
    """Use no connection to a file that was moved away or exchanged since it was opened.

    What is saved through one would be in no file of this name. The pool opens the file again; one
    that is gone is then said to be.
    """

    def note(_connection: DBAPIConnection, record: ConnectionPoolEntry) -> None:
        record.info["file"] = _file_at(path)

    def compare(_connection: DBAPIConnection, record: ConnectionPoolEntry, _proxy: object) -> None:
        if record.info["file"] != _file_at(path):
            raise DisconnectionError

    event.listen(engine, "connect", note)
    event.listen(engine, "checkout", compare)


def _file_at(path: Path) -> tuple[int, int] | None:
    """Return what tells a file from another of the same name; None where there is none."""
    with suppress(OSError):
        found = path.stat()
        return found.st_dev, found.st_ino
    return None


def _set_up_sqlite(connection: DBAPIConnection, record: object) -> None:
    """Take transactions out of the driver's hands, and turn on what SQLite leaves off."""
    raw: Any = connection
    raw.isolation_level = None
    cursor = connection.cursor()
    try:
        for pragma in (
            f"busy_timeout = {_WAIT_S * 1000}",
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            "secure_delete = ON",  # what is removed is overwritten
        ):
            cursor.execute(f"PRAGMA {pragma}")
    except SqliteError:  # the pool does not have it yet, so nobody else would close it
        connection.close()
        raise
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
