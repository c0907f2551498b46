"""The operations store: SQLite in the store folder, or PostgreSQL by address.

Opening it creates it or brings it up to date. All changes go through `Operations.session`, which
knows who makes them: it commits, or rolls back on any error, and the audit trail is written with
the change. On SQLite a writing session takes the write lock at its start, so that it never has to
give up half-way; on PostgreSQL, and for people who look at a page for an hour, a version column
tells that a row was changed meanwhile.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from sqlalchemy import URL, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError, OperationalError
from sqlalchemy.orm import Session
from sqlalchemy.orm.exc import StaleDataError

from data.operations.audit import changes as audit
from data.operations.base import SECRET, Geometry, MappedRow, UtcDateTime
from data.operations.database_errors import (
    ChangedMeanwhileError,
    OperationsAddressError,
    OperationsBusyError,
    OperationsUnreachableError,
)
from data.operations.upgrade import upgrade
from geo.errors import PlainError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy.engine import Connection, Engine
    from sqlalchemy.engine.interfaces import DBAPIConnection

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
_BUSY_STATES: Final = ("40001", "40P01", "55P03")


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
    """

    engine: Engine
    timezone: ZoneInfo
    seen_taskings: dict[int, Tasking] = field(default_factory=dict, compare=False, repr=False)

    @classmethod
    def open(cls, settings: Settings) -> Operations:
        """Open the operations store, and make it or bring it up to date first.

        Raises
        ------
        OperationsAddressError
            If the setting does not name a database that can be used.
        OperationsUnreachableError
            If the database does not answer, or the file is not one.
        data.operations.upgrade.NewerStoreError
            If it was made by a newer version of the app.
        """
        url = address(settings)
        if url.get_backend_name() == "sqlite":
            settings.store.mkdir(parents=True, exist_ok=True)
        engine = _engine(url)
        try:
            upgrade(engine.execution_options(**{_WRITES: True}))
        except PlainError:
            engine.dispose()
            raise
        except DBAPIError as problem:
            engine.dispose()
            raise _unreachable(url, problem) from problem
        return cls(engine=engine, timezone=ZoneInfo(settings.timezone))

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
        OperationsBusyError, OperationsUnreachableError
            If other changes take too long, or the database no longer answers.
        """
        with (
            self._answering(),
            Session(self._writing(), expire_on_commit=False) as session,
        ):
            audit.write_as(session, person, now=now)
            try:
                yield session
                session.commit()
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
        with self._answering(), Session(self.engine, expire_on_commit=False) as session:
            audit.read_only(session)
            yield session

    def close(self) -> None:
        """Let go of all connections."""
        self.engine.dispose()

    @contextmanager
    def _answering(self) -> Iterator[None]:
        """Say plainly that the database is busy or gone."""
        try:
            yield
        except OperationalError as problem:
            if _is_busy(problem):
                raise OperationsBusyError from problem
            raise _unreachable(self.engine.url, problem) from problem

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


def _unreachable(url: URL, problem: DBAPIError) -> OperationsUnreachableError:
    shown = url.render_as_string(hide_password=True)
    reason = (str(problem.orig).strip().splitlines() or ["it does not answer"])[0]
    return OperationsUnreachableError(shown, reason=reason)


def _is_busy(problem: OperationalError) -> bool:
    """Tell whether another transaction was in the way: a lock, a deadlock, a lock's time-out."""
    state = getattr(problem.orig, "sqlstate", None)
    return state in _BUSY_STATES or "database is locked" in str(problem.orig)


def _engine(url: URL) -> Engine:
    try:
        if url.get_backend_name() == "postgresql":
            return create_engine(url, hide_parameters=True, pool_pre_ping=True)
        engine = create_engine(url, hide_parameters=True, connect_args={"timeout": _WAIT_S})
    except NoSuchModuleError as problem:
        raise OperationsAddressError(url.drivername) from problem
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: DBAPIConnection, record: object) -> None:
    """Take transactions out of the driver's hands, and turn on what SQLite leaves off."""
    raw: Any = connection
    raw.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {_WAIT_S * 1000}",
        "journal_mode = WAL",
        "synchronous = FULL",
        "foreign_keys = ON",
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
