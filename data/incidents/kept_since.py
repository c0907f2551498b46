"""Since when incidents are all there, after retention has removed earlier ones.

A source of which one kind of incident was removed still has the others, so its rows alone do not
tell that something is missing: a quarter would be published with none of that kind, and what came
after would seem new. So each run of retention notes in the store since when everything is kept, and
a source's cover begins there.
"""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Final

from data import seals
from data.faults import DamagedError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from data.incidents.removal import KeptSince
    from data.settings import Settings
    from models.incidents.coverage import Coverage

_EVERY_SOURCE: Final = ""


def note_kept_since(settings: Settings, rules: Iterable[KeptSince]) -> None:
    """Note since when each source is whole; an earlier, later date stays."""
    noted = dict(read_kept_since(settings))
    for rule in rules:
        source = rule.source or _EVERY_SOURCE
        noted[source] = max(rule.since.date(), noted.get(source, rule.since.date()))
    if noted:
        content = {source: since.isoformat() for source, since in noted.items()}
        seals.write_file(settings.kept_since_path, json.dumps(content, indent=1).encode())


def read_kept_since(settings: Settings) -> Mapping[str, date]:
    """Return since when each source is whole; the key "" is for every source.

    Raises
    ------
    data.faults.DamagedError
    """
    path = settings.kept_since_path
    try:
        content = seals.read_file(path)
    except FileNotFoundError:
        return {}
    if content is None:
        raise DamagedError(
            what=f"The note of what retention has removed ({path.name}) cannot be read.",
            found="other bytes than were stored",
            do="Restore the newest backup.",
        )
    return {source: date.fromisoformat(since) for source, since in json.loads(content).items()}


def within(coverage: Sequence[Coverage], noted: Mapping[str, date]) -> tuple[Coverage, ...]:
    """Return what sources cover, without the days of which something was removed."""
    return tuple(_within(each, noted) for each in coverage)


def _within(cover: Coverage, noted: Mapping[str, date]) -> Coverage:
    since = max(noted.get(_EVERY_SOURCE, date.min), noted.get(cover.source, date.min))
    if since <= cover.first:
        return cover
    complete = cover.last_complete_month
    return replace(
        cover,
        first=min(since, cover.last),
        last_complete_month=complete if complete is not None and complete >= since else None,
        missing_months=tuple(each for each in cover.missing_months if each >= since),
        silences=tuple(each for each in cover.silences if each.last >= since),
    )
