"""Processes forked for `benchmarks.kills`: a command that is killed, and a look at the store.

This process imports the product and runs nothing of it: a forked process has no threads of the
libraries that were running in its parent.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import os
import signal
import sys
import tempfile
import threading
import traceback
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
from sqlalchemy.engine.default import DefaultDialect
from sqlalchemy.orm import configure_mappers

import cli
from benchmarks.ingest import WARDS
from benchmarks.kill_people import people_in
from data.incidents import table
from data.incidents.midnights import sources_with_real_midnights
from data.incidents.snapshot import load
from data.layers.wards import wards_or_none
from data.operations.backup.portable import rows_of, table_names
from data.operations.database import Operations
from data.operations.settling import settle
from data.services.checking import check_store
from data.settings import Settings, settings
from geo.crs import BRITISH_NATIONAL_GRID
from geo.wards import ward_layer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from benchmarks.kill_stores import Command

NOW: Final = "2026-11-21T09:00:00+00:00"
_CALLS: Final = ("fsync", "replace", "rename", "link", "unlink", "rmdir", "mkdir")
_NOT_COUNTED: Final = ("alembic_version",)
# What only ever grows: a second try has a second entry.
LOGS: Final = tuple(f"rows of {each}" for each in ("audit", "access_log", "removals"))
_PRELOADED: Final = (
    "data.demo.build", "data.incidents.ingest", "data.incidents.midnights",
    "data.operations.accounts.users", "data.operations.backup.restore", "data.services.bases",
    "data.services.loading", "data.services.places", "data.services.premises",
    "data.services.visit_upload",
    "data.services.performance.context", "data.services.retention", "data.services.upkeep",
    "data.services.ward_panel.publishing", "data.exports.audit_trail", "data.operations.adopting",
    "data.operations.backup.rota", "data.sources.police_uk", "data.sources.postcodes",
    "pages.command_line.commands", "sqlite3",
)  # fmt: skip
for _name in _PRELOADED:
    importlib.import_module(_name)
configure_mappers()
_WARMED: Final = ward_layer(gpd.read_file(WARDS), metric_crs=BRITISH_NATIONAL_GRID)  # its kernels


def run_command(
    command: Command,
    work: Path,
    *,
    kill_at: tuple[int, bool] | None,
    kill_after_s: float | None = None,
) -> tuple[int, int]:
    """Run a command on the store in a folder; return its exit code and its calls to the disk.

    Parameters
    ----------
    command : Command
    work : Path
        The store lies in ``var``; what the command says goes to ``log``.
    kill_at : (int, bool), optional
        Number of the call that it is killed at, and whether before the call or after it.
    kill_after_s : float, optional
        Seconds after which it is killed.
    """
    (work / "calls").write_text("0")

    def run() -> None:
        counter = _Counter(work / "calls", kill_at=kill_at)
        for name in _CALLS:
            setattr(os, name, counter.counted(getattr(os, name)))
        commit = counter.counted(DefaultDialect.do_commit)
        setattr(DefaultDialect, "do_commit", commit)  # noqa: B010 - of every database
        sys.argv = ["hotspots", *command.arguments(work)]
        try:
            cli.main()
        finally:
            counter.write()

    code = forked(run, work=work, kill_after_s=kill_after_s, environment=command.environment)
    return code, int((work / "calls").read_text() or 0)


def state_of(work: Path, *, tidy: bool = False) -> dict[str, Any]:
    """Return what a store holds, and what is wrong with it, as another process sees it.

    Parameters
    ----------
    work : Path
        Its folder.
    tidy : bool
        Whether to count the files that lie there, also those that nothing needs.
    """

    def look() -> None:
        found: dict[str, Any] = {"fault": "", "damage": []}
        try:
            _look(Settings(_env_file=None), found, work=work)  # type: ignore[call-arg]
            if tidy:
                found["files that lie there"] = str(_files(work / "var" / "incidents"))
        except Exception as problem:
            found["fault"] = "".join(traceback.format_exception_only(problem)).strip()
        (work / "state").write_text(json.dumps(found))

    forked(look, work=work)
    state: dict[str, Any] = json.loads((work / "state").read_text())
    written = {each: int((work / each).exists()) for each in ("new.zip", "new.csv", "new.html")}
    return state | written | {"rota": int(any(work.glob("rota/*.zip")))}


def _files(folder: Path) -> int:
    """Count the files of data and of the log; a hidden one is a seal, or was being written."""
    return sum(not each.name.startswith(".") for each in folder.glob("*/*"))


def _look(own: Settings, found: dict[str, Any], *, work: Path) -> None:
    settle(own)  # as whoever opens the store next does
    found["damage"] = [str(each) for each in check_store(own, full=True).damage]
    ops = Operations.open(own)
    with ops.engine.connect() as connection:
        for name in table_names():
            if name not in _NOT_COUNTED:
                found[f"rows of {name}"] = sum(1 for _ in rows_of(connection, name)) - 1
        found |= people_in(own, work, connection)
    ops.close()
    for path in sorted(own.store.rglob("*.*")):
        apart = {"incidents", "imports"} & {*path.relative_to(own.store).parts}
        if path.suffix in (".parquet", ".csv", ".toml") and not apart:
            name = path.relative_to(own.store).as_posix()
            found[name] = hashlib.sha256(path.read_bytes()).hexdigest()
    try:
        opened = table.opened(own)
    except table.EmptyStoreError:
        return
    read = table.dataset(opened).to_table(columns=["incident_id", "place", "ward_code"])
    columns = (read[name].to_pylist() for name in read.column_names)
    rows = sorted(map(str, zip(*columns, strict=True)))
    found["incidents"] = len(rows)
    found["ids repeated"] = len(rows) - len(set(read["incident_id"].to_pylist()))
    found["incidents' content"] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    real = sources_with_real_midnights(table.versions_of(opened))
    found["sources with real midnights"] = str(sorted(real))
    wards = wards_or_none(own)
    if rows and wards is not None:
        load(own, wards=wards)


def forked(
    run: Callable[[], None],
    *,
    work: Path,
    kill_after_s: float | None = None,
    environment: Mapping[str, str] | None = None,
) -> int:
    """Run something in a forked process on the store in a folder; return its exit code."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            _prepare(work, environment or {})
            run()
            code = 0
        except SystemExit as ended:
            code = int(ended.code or 0)
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)
    if kill_after_s is not None:
        timer = threading.Timer(kill_after_s, _kill, [child])
        timer.start()
    try:
        _, status = os.waitpid(child, 0)
    except KeyboardInterrupt:  # which the child, without a terminal, does not hear of
        _kill(child)
        os.waitpid(child, 0)
        raise
    finally:
        if kill_after_s is not None:
            timer.cancel()
            timer.join()
    return os.waitstatus_to_exitcode(status)


def _kill(process: int) -> None:
    try:
        os.kill(process, signal.SIGKILL)
    except ProcessLookupError:
        return


def _prepare(work: Path, environment: Mapping[str, str]) -> None:
    """Send what is said to a log, and take the store of this folder and no other settings.

    What is asked for without being shown is answered by the file ``typed``.
    """
    os.setsid()  # without a terminal, which would be asked
    sys.stdin = (work / "typed").open() if (work / "typed").exists() else sys.stdin
    log = os.open(work / "log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(log, stream)
    for name in [each for each in os.environ if each.startswith("HOTSPOT_")]:
        del os.environ[name]
    os.environ |= {"HOTSPOT_STORE": str(work / "var"), "HOTSPOT_NOW": NOW, **environment}
    temporary = work / "tmp"
    temporary.mkdir(exist_ok=True)
    tempfile.tempdir = str(temporary)
    os.chdir(work)
    settings.cache_clear()


class _Counter:
    """Counts calls, and kills this process at one of them."""

    def __init__(self, path: Path, *, kill_at: tuple[int, bool] | None) -> None:
        self._path, self._calls = path, 0
        self._at, self._early = kill_at or (0, False)

    def counted(self, call: Callable[..., Any]) -> Callable[..., Any]:
        return lambda *given, **named: self.tick(lambda: call(*given, **named))

    def tick(self, call: Callable[[], Any]) -> Any:  # noqa: ANN401 - what the call returns
        self._calls += 1
        if self._calls == self._at and self._early:
            os.kill(os.getpid(), signal.SIGKILL)
        result = call()
        if self._calls == self._at:
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    def write(self) -> None:
        self._path.write_text(str(self._calls))
