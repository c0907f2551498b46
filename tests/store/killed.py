"""Running things that are killed on the way; see `tests.store.kill_child`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.forked import FORKED, forked
from tests.moment import NOW
from tests.store.kill_child import KILLED, ends_of

if TYPE_CHECKING:
    from pathlib import Path

    from data.settings import Settings

__all__ = ["KILLED", "killed_at"]


def killed_at(
    what: str, jobs: dict[int, Settings], *, file: Path | None = None, once: str = ""
) -> dict[int, int]:
    """Do one thing on each store, killed at its n-th step; return how each ended, by n.

    Steps are counted once the file of that name is in the store; from the beginning without one.
    """
    asked = [
        {
            "what": what,
            "at": at,
            "store": str(settings.store),
            "url": settings.operations_url and settings.operations_url.get_secret_value(),
            "file": str(file),
            "once": once,
            "now": NOW.isoformat(),
        }
        for at, settings in jobs.items()
    ]
    answer, theirs = FORKED.Pipe()
    process = forked(ends_of, asked, theirs)
    theirs.close()
    ended = dict(zip(jobs, answer.recv(), strict=True))
    process.join()
    assert set(ended.values()) <= {0, KILLED}
    return ended
