"""The words by which a borough's own sources name rowdy behaviour and noise.

They are kept in the store as ``night_words.toml``: a table for each source, under the source's own
name, and the table ``default`` for all others. A list that a table leaves out is the product's::

    [default]
    rowdy = ["rowdy", "drunk"]

    ["Council noise team"]
    noise = ["domestic music", "barking"]
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any, Final

from data.faults import plain_faults, refuse_no_file
from geo.errors import PlainError
from models.indicators.offence_words import NightWords

if TYPE_CHECKING:
    from pathlib import Path

    from data.settings import Settings

_FILE: Final = "night_words.toml"
_KINDS: Final = ("rowdy", "noise")

_LONGEST_FOUND: Final = 200


class NightWordsError(PlainError, ValueError):
    """The borough's own list of words cannot be used."""

    def __init__(self, path: Path, *, found: str) -> None:
        super().__init__(
            f"The words for rowdy behaviour and noise cannot be read from {path.name}: "
            f"{found[:_LONGEST_FOUND]}. "
            'Write a table for each source, such as [default] with rowdy = ["rowdy", "drunk"], or '
            "take the file away to use the product's own words."
        )


def words_in_use(settings: Settings) -> dict[str, NightWords]:
    """Return the words by source; those of the others under "".

    Raises
    ------
    NightWordsError
        If the borough's own file cannot be read.
    """
    path = settings.store / _FILE
    if not path.exists():
        return {"": NightWords()}
    refuse_no_file(path)
    with plain_faults(path.name, damaged=lambda found: NightWordsError(path, found=found)):
        tables: dict[str, Any] = tomllib.loads(path.read_text(encoding="utf-8"))
    usual = _words_of(tables.pop("default", {}), path=path, like=NightWords())
    return {
        "": usual,
        **{name: _words_of(table, path=path, like=usual) for name, table in tables.items()},
    }


def words_changed(settings: Settings) -> int:
    """Return when the borough's own list was last changed, as a key for what was worked out."""
    path = settings.store / _FILE
    return path.stat().st_mtime_ns if path.exists() else 0


def _words_of(table: object, *, path: Path, like: NightWords) -> NightWords:
    if not isinstance(table, dict) or not set(table) <= set(_KINDS):
        raise NightWordsError(path, found=f"{table!r} is not a table of {' and '.join(_KINDS)}")
    lists: dict[str, tuple[str, ...]] = {kind: getattr(like, kind) for kind in _KINDS}
    for kind, words in table.items():
        if not isinstance(words, list) or not all(isinstance(w, str) and w for w in words):
            raise NightWordsError(path, found=f"{kind} is not a list of words")
        lists[kind] = tuple(words)
    return NightWords(rowdy=lists["rowdy"], noise=lists["noise"])
