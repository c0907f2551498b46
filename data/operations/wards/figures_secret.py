"""The secret that the changes of ward figures are drawn from: its own, and in no figure's file.

Figures that are published do not depend on it any more: where it is lost, another is made for the
next quarter. It is in no backup, since whoever has both could work the true counts out.
"""

from __future__ import annotations

import re
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from data.durable import write_file
from data.locks import locked
from geo.counting import counted
from geo.errors import PlainError

if TYPE_CHECKING:
    from pathlib import Path

    from data.settings import Settings

NAME: Final = "ward_figures.secret"
LOCK: Final = ".ward_figures.lock"
_BYTES: Final = 32
_WHOLE: Final = re.compile(rb"[0-9a-f]{64}")


class FiguresSecretError(PlainError, ValueError):
    """The file does not hold a whole secret."""

    def __init__(self, path: Path, *, found: int) -> None:
        super().__init__(
            f"The secret for ward figures in {path} is not whole: it should hold "
            f"{counted(2 * _BYTES, 'character')} 0 to 9 and a to f, and holds {found} bytes. "
            "Nothing was "
            "published. Put the file back, or remove it: no published figure needs it, and a new "
            "one is made."
        )


def figures_secret(settings: Settings) -> bytes:
    """Return the secret of a store; made once.

    Returns
    -------
    bytes
        32 of them.

    Raises
    ------
    FiguresSecretError
        If the file was cut short or changed.
    """
    path = settings.store / NAME
    kept = _kept(path)
    if kept is None:
        with locked(settings.store, "making the secret for ward figures", name=LOCK):
            with suppress(FileExistsError):
                write_file(path, secrets.token_hex(_BYTES).encode(), new=True)
            kept = path.read_bytes().strip()
    if not _WHOLE.fullmatch(kept):
        raise FiguresSecretError(path, found=len(kept))
    return bytes.fromhex(kept.decode())


def _kept(path: Path) -> bytes | None:
    with suppress(FileNotFoundError):
        return path.read_bytes().strip()
    return None
