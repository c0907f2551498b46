"""What a backup holds, said by its manifest, and what can be wrong with one."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import PurePosixPath, PureWindowsPath
from typing import Any, Final

from data.operations.wards.figures_secret import NAME as FIGURES_SECRET
from data.operations.wards.ledger import NAME as LEDGER
from geo.counting import counted
from geo.errors import PlainError
from models.wording.days import day_label

FORMAT: Final = 1
MANIFEST: Final = "manifest.json"
STORE: Final = "store/"
OPERATIONS: Final = "operations/"
SALT: Final = "caller_salt"
ACCOUNTS: Final = "accounts.json"
# Operations go in as rows, accounts among them; downloads can be had again; with the secret of ward
# figures their true counts could be worked out; the rest are locks and what a restore works with.
LEFT_OUT: Final = re.compile(
    rf"operations\.sqlite.*|{re.escape(ACCOUNTS)}|downloads"
    rf"|{re.escape(FIGURES_SECRET)}|{re.escape(LEDGER)}"
    r"|\.(app\.|caller_salt\.|ward_figures\.)?lock"
    r"|\.(restoring|replaced).*"
)


class NotABackupError(PlainError, ValueError):
    """The file is no backup, or one that was cut short, changed or made elsewhere."""

    def __init__(self, name: str, *, fault: str) -> None:
        super().__init__(
            f"{name} cannot be restored: {fault}. Nothing was changed. Use another backup."
        )


@dataclass(frozen=True, slots=True)
class Member:
    """One file in a backup.

    Attributes
    ----------
    name : str
        Its path in the archive.
    size : int
        In bytes.
    sha256 : str
    mode : int
        Its permissions.
    changed_ns : int
        When it was last changed, in nanoseconds since 1970.
    """

    name: str
    size: int
    sha256: str
    mode: int = 0o600
    changed_ns: int = 0


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds.

    Attributes
    ----------
    made_at : datetime
        In UTC.
    migrations : tuple of str
        What the operations store was at.
    rows : tuple of (str, int)
        Rows of each operations table.
    incidents_version : int or None
        Newest version of the incident table; None without one.
    members : tuple of Member
        Every other file of the archive.
    """

    made_at: datetime
    migrations: tuple[str, ...]
    rows: tuple[tuple[str, int], ...]
    incidents_version: int | None
    members: tuple[Member, ...]

    @property
    def summary(self) -> str:
        """What it holds, in one line."""
        files = sum(each.name.startswith(STORE) for each in self.members)
        size = sum(each.size for each in self.members) / 1_048_576
        version = (
            "no incidents"
            if self.incidents_version is None
            else f"incidents to table version {self.incidents_version}"
        )
        taskings = dict(self.rows).get("taskings", 0)
        at = self.made_at
        return (
            f"Backup of {day_label(at)}, {at:%H:%M} UTC: {version}, {counted(files, 'file')} of "
            f"the store, {counted(sum(rows for _, rows in self.rows), 'row')} of operations "
            f"({counted(taskings, 'tasking')}), {size:,.1f} MB unpacked."
        )

    @property
    def holds_salt(self) -> bool:
        """Whether the secret that callers are hashed with is in it."""
        return any(each.name == f"{STORE}{SALT}" for each in self.members)

    def to_json(self) -> bytes:
        """Write it as JSON."""
        values = asdict(self) | {"format": FORMAT, "made_at": self.made_at.isoformat()}
        return json.dumps(values, indent=1).encode()


def read_manifest(content: bytes, *, name: str) -> Manifest:
    """Read a manifest.

    Raises
    ------
    NotABackupError
        If it is none, or names a file that does not lie inside the archive's own folders.
    """
    try:
        values: dict[str, Any] = json.loads(content)
        format_ = int(values["format"])
        manifest = Manifest(
            made_at=datetime.fromisoformat(values["made_at"]),
            migrations=tuple(map(str, values["migrations"])),
            rows=tuple((str(table), int(rows)) for table, rows in values["rows"]),
            incidents_version=values["incidents_version"],
            members=tuple(Member(**each) for each in values["members"]),
        )
    except (ValueError, KeyError, TypeError) as problem:
        raise NotABackupError(name, fault="its manifest cannot be read") from problem
    if format_ != FORMAT:
        raise NotABackupError(
            name, fault=f"its format is {format_}, and this version reads {FORMAT}"
        )
    for each in manifest.members:
        if not _is_inside(each.name):
            raise NotABackupError(name, fault=f"it names the place {each.name[:80]!r}")
    if len({each.name for each in manifest.members}) != len(manifest.members):
        raise NotABackupError(name, fault="it names a file twice")
    return manifest


def _is_inside(name: str) -> bool:
    """Tell whether a member's path stays inside the folders that a backup has."""
    path = PurePosixPath(name)
    return (
        name.startswith((STORE, OPERATIONS))
        and str(path) == name
        and len(path.parts) > 1
        and not {"..", "."} & {*path.parts, *PureWindowsPath(name).parts}
        and "\0" not in name
    )
