"""Requests of one person: all that is held about a member of staff or a caller, and erasing it.

Only an administrator may ask, and each request is in the access log without the name or number.
Erasing is for where the law allows it; what it did is in the record of removals, without the name.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import pandas as pd
import pyarrow as pa

from data import seals
from data.exports.subject_access import HeldRow, held_file
from data.incidents import table as store
from data.incidents.caller_salt import caller_salt
from data.incidents.history import record_history
from data.incidents.imports import imports
from data.incidents.removal import begin_log_again, due_incidents, forget_caller, of_caller
from data.incidents.upkeep import remove_unfinished
from data.layers.places import TEXTS, kept_places, rename_in_places
from data.locks import locked
from data.operations.audit.access import Exported, record_export
from data.operations.retention.person import (
    account_is_open,
    is_named,
    rename,
    renamed,
    rows_about,
)
from data.operations.retention.removals import removing
from data.operations.retention.rows import purge_pages
from data.rows.contract import REJECTED_COLUMNS
from data.rows.erased_callers import erased_callers
from data.rows.rejected import sweep
from data.sources.identity import caller_references
from geo.errors import PlainError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from data.operations.actor import Actor
    from data.settings import Settings

_ASKING: Final = "Asking what is held about one person"
_ERASING: Final = "Erasing one person"
_PERSON_KEYS: Final = ("person", "name")
_EXPLAINED: Final = {
    "users": "the account: name, role, whether it is open",
    "sign_ins": "sign-ins of the account, without what they are proved by",
    "audit": "changes that the person made, or that name the person, before and after",
    "access_log": "pages viewed and files exported",
    "removals": "runs of retention and erasure",
    "taskings": "taskings that the person decided on or is named in",
    "comments": "comments on taskings",
    "visits": "visits of teams, with notes that name the person",
    "reviews": "reviews that the person wrote or is named in",
    "patrol_plans": "patrol plans that the person saved",
    "meetings": "meetings that the person opened or closed, attended or is named in",
    "meeting_decisions": "decisions of meetings that the person recorded, owns or is named in",
    "meeting_addenda": "addenda to minutes that the person wrote or is named in",
    "saved_views": "views that the person saved by name",
    "personal_choices": "the person's start page and team",
    "imports": "imports of incidents that the person made or took back",
    "places": "layers of streets and places that the person loaded or that name the person",
    "incidents": "incidents that the caller reported, as they are stored now",
    "rejected rows": "rows of imports that could not be used, kept to be corrected",
}


class UnknownCallerError(PlainError, LookupError):
    """What was given is no caller in particular."""

    def __init__(self) -> None:
        super().__init__(
            "This is no caller in particular. Give a telephone number, or the name or number under "
            "which the source knows the caller."
        )


class StillOpenError(PlainError, ValueError):
    """A member of staff who can still sign in cannot be erased."""

    def __init__(self) -> None:
        super().__init__(
            "This account is open, so nothing was changed. Close it first (Administration, or "
            "`hotspots users close`), then erase."
        )


class PseudonymError(PlainError, ValueError):
    """A name cannot be replaced by this one."""

    def __init__(self, fault: str) -> None:
        super().__init__(f"Nothing was changed: {fault} Give another name to put in its place.")


def about_staff(actor: Actor, name: str, *, settings: Settings) -> bytes:
    """Return all that is held about a member of staff, by the account's name, as a ZIP.

    Raises
    ------
    NotAllowedError
    """
    actor.must_be_administrator(_ASKING)
    with actor.ops.engine.connect() as connection:
        found = [
            HeldRow(each.table, each.key, each.named_in, each.values)
            for each in rows_about(connection, name)
        ]
    for record in imports(settings):
        named = {"person": record.person, "undone_by": record.undone_by}
        columns = tuple(each for each, value in named.items() if is_named(value, name=name))
        if columns:
            values = {"name": record.name, "started": record.started, "undone": record.undone}
            found.append(HeldRow("imports", record.import_id, columns, named | values))
    found += _places_naming(settings, name)
    return _handed_out(actor, found, about=f"the member of staff {name}", settings=settings)


def about_caller(actor: Actor, number: str, *, settings: Settings) -> bytes:
    """Return all that is held of a caller's calls as a ZIP: stored incidents and rejected rows.

    Raises
    ------
    NotAllowedError, UnknownCallerError
    """
    actor.must_be_administrator(_ASKING)
    reference = _reference(number, settings=settings)
    found = [*_incidents(settings, reference), *_rejected(settings, reference)]
    return _handed_out(actor, found, about="the caller that was asked for", settings=settings)


def erase_staff(actor: Actor, name: str, *, pseudonym: str, settings: Settings) -> int:
    """Put a pseudonym in the place of a name, everywhere; return how many rows changed.

    Raises
    ------
    NotAllowedError
    StillOpenError
        If somebody can still sign in by the name.
    PseudonymError
        If the pseudonym is empty or names somebody, or the name is the person's own who asks.
    PagesInUseError
        If others are using the operations database; run it again.
    """
    actor.must_be_administrator(_ERASING)
    _check_pseudonym(actor, name, pseudonym=pseudonym, settings=settings)
    with locked(settings.store, "erasing a name"):
        return _renamed(actor, name, pseudonym=pseudonym, settings=settings)


def _renamed(actor: Actor, name: str, *, pseudonym: str, settings: Settings) -> int:
    """Rename in files, then in operations, by which a second run is told apart."""
    removed: dict[str, int] = {
        "versions_renamed": len(_events_naming(settings, name)),
        "places_renamed": len(_places_naming(settings, name)),
    }
    _rename_in_history(settings, name, pseudonym=pseudonym)
    rename_in_places(settings, renamed=lambda text: renamed(text, name=name, pseudonym=pseudonym))
    with removing(
        actor, "erasure", schedule={"of": "staff"}, removed=removed, kept={}
    ) as connection:
        removed["rows_renamed"] = rename(connection, name, pseudonym=pseudonym)
    purge_pages(actor.ops)
    return sum(removed.values())


def erase_caller(actor: Actor, number: str, *, settings: Settings) -> int:
    """Remove a caller's reference from every incident and version, and the caller's rejected rows.

    From before the first of them goes, imports store rows of the caller without the caller.

    Returns
    -------
    int
        How many incidents and rejected rows there were.

    Raises
    ------
    NotAllowedError, UnknownCallerError
    StoreBusyError
        If imports kept getting in first; run it again.
    """
    actor.must_be_administrator(_ERASING)
    with locked(settings.store, "erasing a caller"):
        return _forgotten(actor, _reference(number, settings=settings), settings=settings)


def _forgotten(actor: Actor, reference: str, *, settings: Settings) -> int:
    due = due_incidents(settings, is_due=of_caller(reference))
    rejected = len(list(_rejected(settings, reference)))
    erased = erased_callers(settings.erased_callers_path, salt=caller_salt(settings))
    on = actor.now.astimezone(ZoneInfo(settings.timezone)).date()
    erased.with_caller(reference, on=on).write(settings.erased_callers_path)
    removed = {"incidents_without_caller": due.rows, "rejected_rows": rejected}
    with removing(actor, "erasure", schedule={"of": "caller"}, removed=removed, kept={}):
        pass
    sweep(settings.imports_path, known=[each.import_id for each in imports(settings)], now=None)
    _remove_rejected(settings, reference)
    forget_caller(settings, reference, event={"kind": "erase"})
    return sum(removed.values())


def allow_caller(actor: Actor, number: str, *, settings: Settings) -> bool:
    """Let imports store an erased caller again; tell whether the caller was erased.

    Raises
    ------
    NotAllowedError, UnknownCallerError
    """
    actor.must_be_administrator("Allowing an erased caller again")
    with locked(settings.store, "allowing an erased caller again"):
        reference = _reference(number, settings=settings)
        erased = erased_callers(settings.erased_callers_path, salt=caller_salt(settings))
        if erased.erased_on(reference) is None:
            return False
        removed = {"callers_allowed_again": 1}
        with removing(actor, "erasure", schedule={"of": "caller"}, removed=removed, kept={}):
            pass
        erased.without_caller(reference).write(settings.erased_callers_path)
    return True


def _handed_out(actor: Actor, found: list[HeldRow], *, about: str, settings: Settings) -> bytes:
    local = actor.now.astimezone(ZoneInfo(settings.timezone))
    written = held_file(found, about=about, explained=_EXPLAINED, now=local)
    record_export(actor, "Subject access", about=Exported(kind="zip", rows=len(found)))
    return written


def _reference(number: str, *, settings: Settings) -> str:
    (reference,) = caller_references([number], salt=caller_salt(settings))
    if reference is None:
        raise UnknownCallerError
    return reference


def _incidents(settings: Settings, reference: str) -> Iterator[HeldRow]:
    try:
        table = store.opened(settings)
    except store.EmptyStoreError:
        return
    is_due = of_caller(reference)
    due = due_incidents(settings, is_due=is_due)
    for batch in store.rows_of(table, due.files):
        for row in batch.filter(pa.array(is_due(batch))).to_pylist():
            yield HeldRow("incidents", str(row["incident_id"]), ("caller_ref",), row)


def _rejected_files(settings: Settings) -> Iterator[tuple[Path, pd.DataFrame]]:
    for path in sorted(settings.imports_path.glob("*/rejected.csv")):
        yield path, pd.read_csv(path, dtype="str", keep_default_na=False, encoding="utf-8-sig")


def _of_caller(rows: pd.DataFrame, reference: str, *, settings: Settings) -> pd.Series:
    """Tell which rejected rows hold the caller, by number or by reference, in any column."""
    found = pd.Series(data=False, index=rows.index)
    for column in rows.columns.difference(list(REJECTED_COLUMNS[:3])):
        plain = rows[column].str.removeprefix("'")
        values = list(dict.fromkeys(plain))
        known = dict(
            zip(values, caller_references(values, salt=caller_salt(settings)), strict=True)
        )
        found |= plain.map(known) == reference
    return found


def _rejected(settings: Settings, reference: str) -> Iterator[HeldRow]:
    for path, rows in _rejected_files(settings):
        for at, row in rows[_of_caller(rows, reference, settings=settings)].iterrows():
            values = {str(name): str(value).removeprefix("'") for name, value in row.items()}
            yield HeldRow("rejected rows", f"{path.parent.name}/{at}", (), values)


def _remove_rejected(settings: Settings, reference: str) -> None:
    for path, rows in _rejected_files(settings):
        due = _of_caller(rows, reference, settings=settings)
        if due.any():
            left = rows[~due].to_csv(index=False, lineterminator="\n")
            seals.write_file(path, left.encode("utf-8-sig"))


def _check_pseudonym(actor: Actor, name: str, *, pseudonym: str, settings: Settings) -> None:
    """Refuse a name in use, unless nothing is left to rename: a run that was cut short goes on."""
    if not name.strip() or not pseudonym.strip():
        fault = "A name is empty."
        raise PseudonymError(fault)
    if is_named(actor.person.name, name=name):
        fault = "Nobody erases themselves."
        raise PseudonymError(fault)
    with actor.ops.engine.connect() as connection:
        if account_is_open(connection, name):
            raise StillOpenError
        left = rows_about(connection, name) or _events_naming(settings, name)
        if left and rows_about(connection, pseudonym):
            fault = "The new name stands in the store already."
            raise PseudonymError(fault)


def _places_naming(settings: Settings, name: str) -> list[HeldRow]:
    """Return the layers of places, those kept for undo too, whose texts name a person."""
    rows = []
    for each in kept_places(settings):
        texts = {column: str(getattr(each, column)) for column in TEXTS}
        named = tuple(column for column, text in texts.items() if is_named(text, name=name))
        if named:
            rows.append(HeldRow("places", f"{each.kind} {each.loaded_at}", named, texts))
    return rows


def _events_naming(settings: Settings, name: str) -> list[store.Version]:
    return [
        each
        for each in store.versions(settings)
        if any(is_named(str(each.event.get(key, "")), name=name) for key in _PERSON_KEYS)
    ]


def _rename_in_history(settings: Settings, name: str, *, pseudonym: str) -> None:
    """Let the log begin after the imports and undos that name somebody, and rename in their record.

    The record changes last: until then a run that is cut short finds the same to do again.
    """
    remove_unfinished(settings.incidents_path)
    naming = {each.version for each in _events_naming(settings, name)}
    if not naming:
        return
    table = store.opened(settings)
    if max(naming) == table.version():  # the newest entry of the log cannot go
        store.note(table, event={"kind": "erase"})
    begin_log_again(settings)
    table = store.opened(settings)
    listed = store.versions_of(table)
    for each in listed:
        if each.version in naming:
            for key in _PERSON_KEYS:
                if key in each.event:
                    each.event[key] = renamed(each.event[key], name=name, pseudonym=pseudonym)
    record_history(table, listed)
