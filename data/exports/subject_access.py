"""What is held about one person, as one file: a list of what is what, JSON and CSV of the same."""

from __future__ import annotations

import io
import json
import zipfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from data.exports.spreadsheet import csv_bytes
from models.wording.days import day_label

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

CONTENTS: Final = "contents.txt"
JSON_FILE: Final = "held.json"
CSV_FILE: Final = "held.csv"
COLUMNS: Final = ("Where", "Number", "Named in", "What is held")


@dataclass(frozen=True, slots=True)
class HeldRow:
    """One thing that is held: in which part of the store, under what number, and what."""

    where: str
    number: str
    named_in: tuple[str, ...]
    values: Mapping[str, Any]


def held_file(
    rows: Sequence[HeldRow], *, about: str, explained: Mapping[str, str], now: datetime
) -> bytes:
    """Return a ZIP with what is held about one person.

    Parameters
    ----------
    rows : sequence of HeldRow
    about : str
        Of whom, in words.
    explained : mapping of str to str
        What each part of the store is, in plain English.
    now : datetime
        Local.
    """
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(CONTENTS, _contents(rows, about=about, explained=explained, now=now))
        archive.writestr(JSON_FILE, _as_json(rows))
        archive.writestr(CSV_FILE, _as_csv(rows))
    return packed.getvalue()


def _contents(
    rows: Sequence[HeldRow], *, about: str, explained: Mapping[str, str], now: datetime
) -> str:
    counted: dict[str, int] = {}
    for each in rows:
        counted[each.where] = counted.get(each.where, 0) + 1
    parts = [
        f"- {where} ({count:,}): {explained.get(where, 'rows of this table')}"
        for where, count in counted.items()
    ]
    return "\n".join(
        [
            f"What Hotspot Tasking holds about {about}, on {day_label(now)} at {now:%H:%M}.",
            "",
            f"{JSON_FILE}: everything, in full, for a computer to read.",
            f"{CSV_FILE}: the same, one line each, for a spreadsheet.",
            "",
            "What is held, by part of the store, with the number of entries:" if parts else
            "Nothing is held.",
            *parts,
            "",
            "Passwords and sign-in tokens are kept as hashes and are not given. An area is named "
            "and not spelt out. Other people may be named in these entries: read them before they "
            "are handed on. Backups and files that were handed out are not searched.",
            "",
        ]
    )  # fmt: skip


def _as_json(rows: Sequence[HeldRow]) -> str:
    parts: dict[str, list[dict[str, Any]]] = {}
    for each in rows:
        entry = {"number": each.number, "named_in": list(each.named_in), "held": each.values}
        parts.setdefault(each.where, []).append(entry)
    return json.dumps(parts, ensure_ascii=False, indent=1, default=str)


def _as_csv(rows: Sequence[HeldRow]) -> bytes:
    lines = [
        (
            each.where,
            each.number,
            ", ".join(each.named_in),
            "; ".join(
                f"{name}: {value if isinstance(value, str) else json.dumps(value, default=str)}"
                for name, value in each.values.items()
                if value not in (None, "")
            ),
        )
        for each in rows
    ]
    return csv_bytes(pd.DataFrame(lines, columns=list(COLUMNS)))
