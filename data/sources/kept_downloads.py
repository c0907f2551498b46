"""Which downloads in a folder are whole, so that the next call does not ask for them again.

A record in the folder says of each file what was asked for and what it held. A file that is not in
it, that was changed, or that another question was asked for, is downloaded again.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import date
from hashlib import file_digest, sha256
from typing import TYPE_CHECKING, Any, Final

from data.sources.street_files import replace_file

if TYPE_CHECKING:
    from pathlib import Path

_RECORD: Final = ".places-complete.json"


@dataclass(frozen=True, slots=True)
class KeptDownload:
    """A file that is whole.

    Attributes
    ----------
    file : str
        Its name in the folder.
    shown_on : date
        The day whose state of things it shows.
    release : str
        What its source calls it.
    sha256 : str
    """

    file: str
    shown_on: date
    release: str
    sha256: str


class KeptDownloads:
    """The whole downloads of one folder, by what they are of.

    Parameters
    ----------
    folder : Path
        Made when the first file is written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._record = folder / _RECORD

    def whole(self, name: str, *, question: str) -> KeptDownload | None:
        """Return the file of a name if it is whole, unchanged and of this question."""
        entry = self._entries().get(name)
        if not isinstance(entry, dict) or entry.get("asked") != _short(question):
            return None
        try:
            kept = KeptDownload(
                file=str(entry["file"]),
                shown_on=date.fromisoformat(str(entry["shown_on"])),
                release=str(entry["release"]),
                sha256=str(entry["sha256"]),
            )
            path = self.folder / kept.file
            whole = path.parent == self.folder and digest_of_file(path) == kept.sha256
        except (OSError, KeyError, ValueError):
            return None
        return kept if whole else None

    def note(self, name: str, kept: KeptDownload, *, question: str) -> None:
        """Record a file that is on the disk, whole; the one before of that name is removed.

        Raises
        ------
        FolderError
        """
        entries = self._entries()
        before = entries.get(name)
        stated = {**asdict(kept), "shown_on": kept.shown_on.isoformat(), "asked": _short(question)}
        record = dict(sorted((entries | {name: stated}).items()))
        replace_file(self._record, (json.dumps(record, indent=1) + "\n").encode())
        old = before.get("file") if isinstance(before, dict) else None
        if isinstance(old, str) and old != kept.file and "/" not in old:
            (self.folder / old).unlink(missing_ok=True)

    def _entries(self) -> dict[str, Any]:
        try:
            entries = json.loads(self._record.read_bytes())
        except (OSError, ValueError):
            return {}
        return entries if isinstance(entries, dict) else {}


def digest_of_file(path: Path) -> str:
    """Return the SHA-256 of a file."""
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _short(question: str) -> str:
    return sha256(question.encode()).hexdigest()
