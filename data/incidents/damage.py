"""What is said where a file of the incident table is lost or is not what was stored."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from geo.errors import PlainError

if TYPE_CHECKING:
    from pathlib import Path

RESTORE: Final = "Restore the newest backup (`hotspots restore FILE --replace`)."
_REMEDY: Final = (
    "`hotspots check --full` names every file that is affected; restore the newest backup with "
    "`hotspots restore FILE --replace`."
)


class DamagedStoreError(PlainError, ValueError):
    """A file of the incident table is not what was stored; figures from it would be wrong."""

    def __init__(self, path: Path, *, found: str) -> None:
        super().__init__(
            f"The incident table is damaged: {path.name} {found}. Nothing was counted, as figures "
            f"from it could be wrong. {_REMEDY}"
        )
        self.path = path
        self.found = found


class LostFileError(DamagedStoreError, LookupError):
    """A file of the incident table is not there any more."""

    def __init__(self, path: Path, *, found: str = "is missing") -> None:
        super().__init__(path, found=found)


@dataclass(frozen=True, slots=True)
class Damage:
    """One file of the store that is lost or is not what was stored.

    Attributes
    ----------
    name : str
        Its path in the store.
    fault : str
        What is wrong with it, as in "is missing".
    remedy : str
        What to do, as a sentence.
    """

    name: str
    fault: str
    remedy: str = RESTORE

    def __str__(self) -> str:
        return f"{self.name} {self.fault}. {self.remedy}"
