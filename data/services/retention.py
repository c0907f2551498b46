"""Removing what is older than the borough's schedule, from every place where the store keeps it.

The record of a run is made in the transaction that removes the rows of operations, before the
incidents and files go: a run that is cut short is on record, and the next one does what is left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from data import durable
from data.incidents import table
from data.incidents import table as store
from data.incidents.history import record_history
from data.incidents.imports import imports
from data.incidents.kept_since import note_kept_since
from data.incidents.removal import (
    KeptSince,
    begin_log_again,
    due_incidents,
    past_their_time,
    remove_incidents,
)
from data.incidents.upkeep import kept_versions, readable_versions, remove_unfinished
from data.locks import locked
from data.operations.retention.due import due_rows
from data.operations.retention.removals import removing
from data.operations.retention.rows import purge_pages, remove_rows
from data.operations.retention.schedule import kept_since
from data.rows.rejected import remove_rejected, sweep
from geo.counting import counted
from geo.errors import PlainError
from models.wording.days import day_label

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from data.incidents.imports import ImportRecord
    from data.operations.actor import Actor
    from data.operations.retention.schedule import Schedule
    from data.settings import Settings

KIND_LABELS: Final = {
    "incidents": "Incidents",
    "incident_versions": "Files of earlier table versions with such incidents",
    "rejected_rows": "Imports whose rejected rows and notes go",
    "downloads": "Downloaded files",
    "taskings": "Taskings with their visits, comments, plans and reviews (rows)",
    "free_text": "Comments and visit notes",
    "interventions": "Interventions and their reviews (rows)",
    "plans": "Patrol plans",
    "ward_priorities": "Ward priorities and promises",
    "performance": "Commentary, targets, typed values, concerns and sign-offs",
    "night_areas": "Night-time areas out of use",
    "meetings": "Meetings with their decisions and addenda (rows)",
    "sign_ins": "Sign-ins",
    "audit": "Entries of the audit trail",
    "access_log": "Entries of the access log",
}


class RemovesEverythingError(PlainError, ValueError):
    """Retention would remove every incident, which a clock that runs ahead makes it do."""

    def __init__(self, rows: int, *, today: date) -> None:
        super().__init__(
            f"The schedule would remove all of {counted(rows, 'incident')}: by this computer's "
            f"clock it is {day_label(today)}. Nothing was removed. If the clock is right and "
            "this is what you want, run it with --everything."
        )


@dataclass(frozen=True, slots=True)
class Retained:
    """What went, or would go.

    Attributes
    ----------
    removed : mapping of str to int
        How many of each kind, by the keys of `KIND_LABELS`.
    kept : mapping of str to str
        What is due and stays, and why.
    """

    removed: Mapping[str, int]
    kept: Mapping[str, str]


def retain(
    schedule: Schedule,
    actor: Actor,
    *,
    settings: Settings,
    dry_run: bool = False,
    everything: bool = False,
) -> Retained:
    """Remove what is older than the schedule; with `dry_run` only say what would go.

    Parameters
    ----------
    schedule : Schedule
    actor : Actor
        An administrator.
    settings : Settings
    dry_run : bool
    everything : bool
        Whether it may remove every incident there is, as it would by a clock that is years ahead.

    Raises
    ------
    NotAllowedError
    RemovesEverythingError
    StoreBusyError
        If imports kept getting in first; run it again.
    PagesInUseError
        If others are using the operations database; run it again.
    data.locks.StoreLockedError
        If an import, a backup or the like goes on for too long.
    """
    actor.must_be_administrator("Removing what is kept")
    with locked(settings.store, "removing what is older than the schedule"):
        return _retained(schedule, actor, settings=settings, dry_run=dry_run, everything=everything)


def _retained(
    schedule: Schedule, actor: Actor, *, settings: Settings, dry_run: bool, everything: bool
) -> Retained:
    zone, now = ZoneInfo(settings.timezone), actor.now
    rules = _rules(schedule, now=now, zone=zone)
    is_due = past_their_time(rules)
    incidents = due_incidents(settings, is_due=is_due)
    if not (dry_run or everything):
        _refuse_everything(settings, incidents.rows, now=now, zone=zone)
    rejected = _due_imports(schedule, settings=settings, now=now)
    downloads = _due_downloads(schedule, settings=settings, now=now)
    with actor.reading() as session:
        due = due_rows(session, schedule, now=now, zone=zone)
    removed = {
        "incidents": incidents.rows,
        "incident_versions": len(incidents.earlier),
        "rejected_rows": len(rejected),
        "downloads": len(downloads),
        **due.counts,
    }
    if dry_run:
        return Retained(removed, due.kept)
    note_kept_since(settings, rules)
    words = schedule.model_dump(mode="json", exclude_none=True)
    with removing(actor, "retention", schedule=words, removed=removed, kept=due.kept) as connection:
        remove_rows(connection, due)
    _forget_rejected(rejected, settings=settings, now=now)
    for path in downloads:
        durable.remove_file(path, missing_ok=True)
    remove_incidents(settings, is_due=is_due, event={"kind": "retain"})
    purge_pages(actor.ops)
    return Retained(removed, due.kept)


def _refuse_everything(settings: Settings, due: int, *, now: datetime, zone: ZoneInfo) -> None:
    if not due:
        return
    rows = table.rows(table.opened(settings))
    if due >= rows:
        raise RemovesEverythingError(rows, today=now.astimezone(zone).date())


def _rules(schedule: Schedule, *, now: datetime, zone: ZoneInfo) -> list[KeptSince]:
    return [
        KeptSince(
            kept_since(rule.months, now=now, zone=zone), source=rule.source, category=rule.category
        )
        for rule in schedule.incidents
    ]


def _due_imports(schedule: Schedule, *, settings: Settings, now: datetime) -> list[ImportRecord]:
    """Return the imports of which rejected rows or notes are kept and are to go."""
    if schedule.rejected_rows is None:
        return []
    since = kept_since(schedule.rejected_rows, now=now, zone=ZoneInfo(settings.timezone))
    return [
        each
        for each in imports(settings)
        if each.started < since
        and (
            each.rejected_file is not None
            or each.notes
            or (settings.imports_path / each.import_id).is_dir()  # a run was cut short
        )
    ]


def _due_downloads(schedule: Schedule, *, settings: Settings, now: datetime) -> list[Path]:
    if schedule.downloads is None:
        return []
    since = kept_since(schedule.downloads, now=now, zone=ZoneInfo(settings.timezone))
    return [
        path
        for folder in ("downloads", "uploads")  # an upload is left by a process that was killed
        for path in sorted((settings.store / folder).rglob("*"))
        if path.is_file() and path.stat().st_mtime < since.timestamp()
    ]


def _forget_rejected(records: Sequence[ImportRecord], *, settings: Settings, now: datetime) -> None:
    """Remove rejected rows, and the notes from the imports' records and from the log.

    The log is cut first and the rows go last: a run that is cut short finds the same to do again,
    and no record names rows that are not there.
    """
    sweep(settings.imports_path, known=[each.import_id for each in imports(settings)], now=None)
    remove_unfinished(settings.incidents_path)
    if not records:
        return
    ids = {each.import_id for each in records}
    table = store.opened(settings)
    listed = store.versions_of(table)
    wanted = kept_versions(listed, settings=settings, now=now)
    oldest = min(readable_versions(settings, among=wanted))
    after = max(each.version_after for each in records) + 1
    if after > table.version():  # the newest entry of the log cannot go: another takes its place
        store.note(table, event={"kind": "retain"})
    begin_log_again(settings, at=max(oldest, after))
    table = store.opened(settings)
    listed = store.versions_of(table)
    for version in listed:
        if version.kind == "import" and version.event["import_id"] in ids:
            version.event.update(notes=[], rejected_file=None)
    record_history(table, listed)
    for each in records:
        remove_rejected(settings.imports_path / each.import_id)
