"""Stable ids for rows without a reference of their own, and references for callers.

Two rows that read alike are two incidents: a map point stands for a whole street, so two reports of
anti-social behaviour in one month look the same. An id is therefore the hash of what identifies
the row and of how many like it came before it in the same file. Reading the file again, or its rows
in another order, gives the same ids.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

_SEPARATOR: Final = "\x1f"
_NOBODY: Final = frozenset(
    {"", "anonymous", "anon", "withheld", "number withheld", "unknown", "not known", "not given",
     "none", "n/a", "na", "private", "no number", "nil", "-"}
)  # fmt: skip
_KEPT_REFERENCE: Final = re.compile(r"caller:[0-9a-f]{64}")


class Occurrences:
    """Gives each row of one file its id; one object for each file."""

    def __init__(self, source: str) -> None:
        self.source = source
        self._seen: dict[bytes, int] = {}

    def ids(self, keys: Iterable[str]) -> list[str]:
        """Return one id for each key: its 128-bit BLAKE2b hash and its occurrence number."""
        ids = []
        seen = self._seen
        for key in keys:
            digest = hashlib.blake2b(key.encode("utf-8"), digest_size=16)
            raw = digest.digest()
            number = seen.get(raw, 0) + 1
            seen[raw] = number
            ids.append(f"{self.source}:row-{digest.hexdigest()}-{number}")
        return ids


def row_keys(table: pa.Table, identifying: list[pa.Array]) -> list[str]:
    """Join what identifies each row into one key.

    A row of a file of rejected rows is also known by the file and row number it first came from, so
    that once corrected it cannot be taken for another row that reads the same.

    Parameters
    ----------
    table : pyarrow.Table
        The rows as read.
    identifying : list of string arrays
        One for each value that identifies a row.
    """
    origin = [name for name in ("rejected_file", "rejected_row") if name in table.column_names]
    columns = [column.to_pylist() for column in identifying]
    columns += [table.column(name).to_pylist() for name in origin]
    return [_SEPARATOR.join(values) for values in zip(*columns, strict=True)]


def caller_references(callers: Iterable[str], *, salt: bytes) -> list[str | None]:
    """Return the HMAC-SHA256 of each caller under the salt; None for nobody in particular.

    Telephone numbers are compared by their digits (a leading +44 or 0044 counts as 0), other
    callers without case and extra blanks. A reference that was kept with a rejected row is taken
    as it is.
    """
    known: dict[str, str | None] = {}
    references = []
    for caller in callers:
        if caller not in known:
            known[caller] = _reference(caller, salt=salt)
        references.append(known[caller])
    return references


def _reference(caller: str, *, salt: bytes) -> str | None:
    text = " ".join(caller.casefold().split())
    if text in _NOBODY:
        return None
    if _KEPT_REFERENCE.fullmatch(text):
        return text
    digits = re.sub(r"\D", "", text)
    if len(digits) >= 7 and re.fullmatch(r"[\d\s()+./-]+", text):
        text = re.sub(r"^(?:00)?44(?=\d{9,10}$)0?", "0", digits)
    return f"caller:{hmac.new(salt, text.encode('utf-8'), hashlib.sha256).hexdigest()}"
