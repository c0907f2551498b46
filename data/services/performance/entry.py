"""Importing typed values and consultations from CSV: each row is accepted, or rejected and why.

A row may give a value that is there already; it is then a new revision, and the old one stays in
the history. A row with the value that is held already is accepted and changes nothing.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from data.operations.performance import written as kept
from data.operations.performance.fixed import save_concerns
from data.rows.errors import FileError
from data.sources.arrays import trimmed
from data.sources.delimited import layout_of, read_delimited
from data.sources.rows import column_key
from data.sources.source_file import csv_text, open_source
from geo.errors import PlainError
from models.calendar.quarters import quarter_from
from models.indicators.catalogue import INDICATORS
from models.performance.records import Concern, TypedDraft
from models.wording.categories import CATEGORIES, CATEGORY_LABELS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path
    from typing import TypeVar

    from data.operations.actor import Actor

    Given = TypeVar("Given")

_VALUES: Final = ("indicator", "quarter", "value")
_CONCERNS: Final = ("consultation", "asked on", "replies", "concern", "share")
_FORMATS: Final = ("%Y-%m-%d", "%d/%m/%Y", "%d %b %Y", "%d %B %Y")
_LONGEST: Final = 200


class NotValuesError(FileError):
    """The file holds no values, or no consultation."""


class _RowError(PlainError, ValueError):
    """Why one row is rejected."""


@dataclass(frozen=True, slots=True)
class Entered:
    """What became of the rows: ``rows_read == accepted + len(rejected)``."""

    rows_read: int
    accepted: int
    rejected: tuple[tuple[int, str], ...]


def import_values(actor: Actor, path: Path) -> Entered:
    """Import typed values.

    Parameters
    ----------
    actor : Actor
    path : Path
        CSV with ``indicator`` (key or name), ``quarter`` (2026-Q2), ``value``, and, if there are
        any, ``replies`` and ``note``.

    Raises
    ------
    NotValuesError, FileError
        If the file cannot be read, or lacks a column.
    NotAllowedError
    """
    actor.must_be_officer("Importing values")
    drafts, rejected = _read(path, needed=_VALUES, make=_typed)
    held = kept.typed_values(actor.ops)
    for draft in drafts:
        revisions = held.get((draft.indicator, draft.quarter.key), ())
        if revisions and revisions[-1].draft == draft:
            continue
        saved = kept.save_value(actor, draft, revision=len(revisions))
        held[(draft.indicator, draft.quarter.key)] = (*revisions, saved)
    return Entered(len(drafts) + len(rejected), len(drafts), rejected)


def import_concerns(actor: Actor, path: Path) -> Entered:
    """Import a consultation's concerns.

    Parameters
    ----------
    actor : Actor
    path : Path
        CSV with ``consultation``, ``asked on``, ``replies``, ``concern``, ``share`` (24.4 % or
        0.244) and, if there is one, ``category``.

    Raises
    ------
    NotValuesError, FileError, NotAllowedError
    """
    actor.must_be_officer("Importing a consultation")
    found, rejected = _read(path, needed=_CONCERNS, make=_concern)
    save_concerns(actor, found)
    return Entered(len(found) + len(rejected), len(found), rejected)


def _read(
    path: Path, *, needed: Sequence[str], make: Callable[[Mapping[str, str]], Given]
) -> tuple[list[Given], tuple[tuple[int, str], ...]]:
    unfit = _unfit(path, found="a workbook, ZIP or folder", needed=needed)
    text = csv_text(open_source(path), otherwise=unfit)
    taken: list[Given] = []
    rejected: list[tuple[int, str]] = []
    for rows in read_delimited(layout_of(text)):
        names = {
            column_key(name): name for name in rows.columns if not name.startswith("rejected_")
        }
        if any(column_key(name) not in names for name in needed):
            raise _unfit(path, found=", ".join(rows.columns)[:200], needed=needed)
        columns = {
            key: [str(each) for each in trimmed(rows.table, name).to_pylist()]
            for key, name in names.items()
        }
        for at, number in enumerate(rows.numbers):
            try:
                taken.append(make({key: values[at] for key, values in columns.items()}))
            except PlainError as reason:
                rejected.append((int(number), str(reason)))
        rejected += [(row.number, row.reason) for row in rows.malformed]
    return taken, tuple(sorted(rejected))


def _typed(row: Mapping[str, str]) -> TypedDraft:
    wanted = column_key(row["indicator"])
    found = [each for each in INDICATORS if wanted in (column_key(each.key), column_key(each.name))]
    if not found:
        message = f"Unknown indicator {row['indicator'][:60]!r}."
        raise _RowError(message)
    value = _number(row["value"], what="value")
    replies = row.get("replies", "")
    draft = TypedDraft(
        found[0].key,
        quarter_from(row["quarter"]),
        value,
        round(_number(replies, what="number of replies")) if replies else None,
        row.get("note", ""),
    )
    fault = kept.value_fault(draft)
    if fault:
        raise _RowError(fault)
    return draft


def _concern(row: Mapping[str, str]) -> Concern:
    share = _number(row["share"], what="share")
    if "%" in row["share"] or share > 1:
        share /= 100
    replies = _number(row["replies"], what="number of replies")
    if not 0 <= share <= 1 or not 1 <= replies <= kept.MOST_REPLIES:
        message = f"The share {row['share']!r} is not from 0 to 100 % of at least one reply."
        raise _RowError(message)
    words, name = row["concern"], row["consultation"]
    if not words or not name or max(len(words), len(name)) > _LONGEST:
        message = f"The concern and the consultation need 1 to {_LONGEST} characters each."
        raise _RowError(message)
    return Concern(name, _day(row["askedon"]), round(replies), words, share, _category(row))


def _category(row: Mapping[str, str]) -> str:
    wanted = column_key(row.get("category", ""))
    if not wanted:
        return ""
    for name in CATEGORIES:
        if wanted in (column_key(name), column_key(CATEGORY_LABELS[name])):
            return name
    message = f"Unknown category {row['category'][:40]!r}. Known: {', '.join(CATEGORIES)}."
    raise _RowError(message)


def _day(text: str) -> date:
    for each in _FORMATS:
        try:
            return datetime.strptime(text, each).date()
        except ValueError:
            continue
    message = f"{text[:40]!r} is not a day. Write it as 2016-05-31 or 31/05/2016."
    raise _RowError(message)


def _number(text: str, *, what: str) -> float:
    bare = re.sub(r"[,\s%]", "", text)
    try:
        found = float(bare)
    except ValueError:
        found = math.nan
    if not math.isfinite(found):
        message = f"The {what} {text[:40]!r} is not a number."
        raise _RowError(message)
    return found


def _unfit(path: Path, *, found: str, needed: Sequence[str]) -> NotValuesError:
    return NotValuesError(
        what=f"{path.name} cannot be imported here.",
        found=found,
        do=f"Give a CSV with the columns {', '.join(needed)}.",
    )
