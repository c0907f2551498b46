"""A PostgreSQL of the tests' own: made in a temporary folder, started, and stopped again."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from data.operations.backup.portable import table_names
from data.operations.database import Operations
from data.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Iterator

# As fast as it can be: nothing has to outlive the run.
_OPTIONS = (
    "-F -c listen_addresses='' -c synchronous_commit=off -c full_page_writes=off "
    "-c shared_buffers=16MB -c max_connections=40 -c autovacuum=off"
)
_TEMPLATE = "made"
# A run that is killed stops nothing: this waits for it to be gone, and then does it.
_WATCH = """
while kill -0 "$1" 2>/dev/null; do sleep 2; done
kill -QUIT "$(head -n 1 "$2/data/postmaster.pid")"
sleep 1
rm -rf "$2"
"""


@dataclass(frozen=True)
class PrivatePostgres:
    """A running server that only this process knows: a socket in a folder of its own."""

    folder: Path
    numbers: Iterator[int] = field(default_factory=lambda: count(1))
    used: list[str] = field(default_factory=list)
    migrations: list[str] = field(default_factory=list)

    def url(self, database: str) -> str:
        return f"postgresql://postgres@/{database}?host={self.folder}"

    def database(self, *, empty: bool = False) -> str:
        """Make a database, with the tables unless it is to be empty, and return its address."""
        name = f"store_{next(self.numbers)}"
        template = "template1" if empty else _TEMPLATE
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            # Copying files is some times faster than writing each block to the log; older
            # servers know no other way.
            how = " STRATEGY FILE_COPY" if connection.info.server_version >= 150_000 else ""
            connection.execute(f"CREATE DATABASE {name} TEMPLATE {template}{how}")  # type: ignore[arg-type]
        return self.url(name)

    def borrow(self) -> str:
        """Return the address of a database with the tables and no rows, an emptied one if any."""
        return self.used.pop() if self.used else self.database()

    def give_back(self, url: str) -> None:
        """Empty a borrowed database for the next test; one that cannot be emptied is not lent."""
        tables = ", ".join(f'"{name}"' for name in table_names())
        try:
            with psycopg.connect(url, autocommit=True) as connection:
                connection.execute("SET lock_timeout = '2s'")
                # Past the trigger that guards the audit trail, as only the server's owner can.
                connection.execute("SET session_replication_role = replica")
                connection.execute(f"TRUNCATE {tables} RESTART IDENTITY CASCADE")  # type: ignore[arg-type]
                migrations = self._migrations(connection)
        except psycopg.Error:
            return
        if migrations == self.migrations:
            self.used.append(url)

    def make_template(self) -> None:
        """Bring one database up to date, to copy all others from: a copy takes no migrations."""
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(f"CREATE DATABASE {_TEMPLATE}")  # type: ignore[arg-type]
        chosen = Settings(store=self.folder, operations_url=self.url(_TEMPLATE), _env_file=None)
        Operations.open(chosen).close()
        with psycopg.connect(self.url(_TEMPLATE)) as connection:
            self.migrations.extend(self._migrations(connection))

    @staticmethod
    def _migrations(connection: psycopg.Connection) -> list[str]:
        found = connection.execute("SELECT version_num FROM alembic_version").fetchall()
        return sorted(name for (name,) in found)


def programs() -> Path | None:
    """Return the folder of PostgreSQL's programs, the newest; None where it is not installed."""
    debian = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3])
    )
    on_path = shutil.which("initdb")
    if debian:
        return debian[-1].parent
    return Path(on_path).resolve().parent if on_path else None


@contextmanager
def private_postgres(folder_of_programs: Path) -> Iterator[PrivatePostgres]:
    """Start a server and stop it at the end."""
    folder = Path(tempfile.mkdtemp(prefix="pg-"))  # short: a socket's path has at most 107 letters
    as_postgres = []
    if os.geteuid() == 0:  # the server refuses to run as root
        owner = pwd.getpwnam("postgres")
        os.chown(folder, owner.pw_uid, owner.pw_gid)
        as_postgres = ["runuser", "-u", "postgres", "--"]

    def run(program: str, *arguments: str) -> None:
        done = subprocess.run(
            [*as_postgres, folder_of_programs / program, "-D", folder / "data", *arguments],
            cwd=folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr

    try:
        run("initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8", "--no-locale", "-N")
        run("pg_ctl", "-w", "-l", f"{folder}/log", "-o", f"{_OPTIONS} -k {folder}", "start")
        watch = subprocess.Popen(
            ["sh", "-c", _WATCH, "sh", str(os.getpid()), str(folder)], start_new_session=True
        )
        try:
            server = PrivatePostgres(folder)
            server.make_template()
            yield server
        finally:
            watch.kill()
            watch.wait()
            run("pg_ctl", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
