"""What the kept answers hold for: the state of the store, looked up once for a run of a page.

Opening the Delta table to read its version costs milliseconds, and a page asks for a dozen answers.
Worse, an import that ends in the middle of a run would give the page figures of two versions. So
what the store is at is remembered from the first question of a run to the run's end.
"""

from __future__ import annotations

from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from data.incidents.table import opened
from data.layers.gazetteer import GazetteerState, gazetteer_state
from data.layers.wards import NoWardsError
from data.settings import settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from models.calendar.night_rule import NightRule


@dataclass(frozen=True, slots=True)
class Stamp:
    """A state of the store: table version, ward file, severity table, names, what a night is."""

    folder: str
    version: int
    wards_changed: int
    severity_changed: int
    gazetteer: GazetteerState
    night_rule: NightRule


@dataclass(slots=True)
class _Run:
    """What one run of a page has learned of the store; nothing before its first question."""

    stamp: Stamp | None = None


# A context variable, not the session: other sessions' runs, callbacks, fragments that run by
# themselves and the threads of downloads each look for themselves.
_RUN: Final[ContextVar[_Run | None]] = ContextVar("run", default=None)


@contextmanager
def one_version() -> Iterator[None]:
    """Let everything inside see the store as its first question finds it.

    Within another `one_version` it changes nothing. A store that holds nothing yet is not
    remembered.
    """
    if _RUN.get() is not None:
        yield
        return
    token = _RUN.set(_Run())
    try:
        yield
    finally:
        _RUN.reset(token)


def stamp() -> Stamp:
    """Return the state of the store: that of the run, or outside a run that of this moment.

    Raises
    ------
    NoWardsError, EmptyStoreError
    """
    run = _RUN.get()
    if run is None:
        return _now()
    if run.stamp is None:
        run.stamp = _now()
    return run.stamp


def file_state(path: Path) -> tuple[str, int]:
    """Return a file's path and when it was last changed, 0 where there is none."""
    try:
        return str(path), path.stat().st_mtime_ns
    except FileNotFoundError:
        return str(path), 0


def _now() -> Stamp:
    in_force = settings()
    wards_changed = file_state(in_force.wards_path)[1]
    if not wards_changed:
        raise NoWardsError
    return Stamp(
        folder=str(in_force.store.resolve()),
        version=opened(in_force).version(),
        wards_changed=wards_changed,
        severity_changed=file_state(in_force.severity_path)[1],
        gazetteer=gazetteer_state(in_force),
        night_rule=in_force.night_rule,
    )
