"""What a file of the store held when it was stored, so that damage is noticed.

Next to a file lies its seal: the SHA-256 of what it held. While a file is replaced the seal names
both what was there and what comes, so that a kill at any moment leaves the two in agreement.
A file without a seal was stored by an earlier version or put there by hand; it is as good as it can
be read.
"""

from __future__ import annotations

import fcntl
import os
import re
from contextlib import ExitStack, contextmanager, suppress
from hashlib import file_digest, sha256
from typing import IO, TYPE_CHECKING, Final, Literal

from data import durable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

State = Literal["sound", "unsealed", "damaged", "missing"]

_ENDING: Final = ".sha256"
_ABSENT: Final = "absent"
_UNREADABLE: Final = "unreadable"
_SEAL: Final = re.compile(rb"(([0-9a-f]{64}|absent)\n)+")


@contextmanager
def replacing(path: Path) -> Iterator[IO[bytes]]:
    """Give a file to write to that takes its name, whole, on the disk and sealed, at the end."""
    with ExitStack() as at_end:
        with durable.replacing(path) as file:
            yield file
            file.flush()
            digest = digest_of(file)
            at_end.enter_context(_alone(path.parent))
            _write(path, (*_now(path), digest))
        _write(path, (digest,))


def write_file(path: Path, content: bytes) -> None:
    """Write a small file as `replacing` does."""
    with replacing(path) as file:
        file.write(content)


def remove_file(path: Path, *, missing_ok: bool = False) -> None:
    """Remove a file and its seal, so that they are gone after a power cut as well."""
    if missing_ok and not path.exists() and not sealed(path):
        return
    with _alone(path.parent):
        _write(path, (*_now(path), _ABSENT))
        durable.remove_file(path, missing_ok=missing_ok)
        durable.remove_file(seal_path(path))


def seal(path: Path) -> str:
    """Seal a file as it is, and return its digest."""
    with path.open("rb") as file:
        digest = digest_of(file)
    _write(path, (digest,))
    return digest


def read_file(path: Path) -> bytes | None:
    """Return what a file holds; None where that is not what was stored.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    """
    while True:
        before, content = sealed(path), path.read_bytes()
        after = sealed(path)
        accepted = {*before, *after}
        if not accepted or sha256(content).hexdigest() in accepted:
            return content
        if before == after:  # or it was replaced in between
            return None


def state(path: Path) -> State:
    """Compare a file with its seal."""
    while True:
        before = sealed(path)
        try:
            with path.open("rb") as file:
                digest = digest_of(file)
        except FileNotFoundError:
            digest = _ABSENT
        after = sealed(path)
        if not (before or after):
            return "missing" if digest == _ABSENT else "unsealed"
        if digest in {*before, *after}:
            return "sound"
        if before == after:
            return "missing" if digest == _ABSENT else "damaged"


def sealed(path: Path) -> tuple[str, ...]:
    """Return the digests that a file may have, several while it is replaced; none if unsealed."""
    try:
        content = seal_path(path).read_bytes()
    except FileNotFoundError:
        return ()
    return tuple(content.decode().split()) if _SEAL.fullmatch(content) else (_UNREADABLE,)


def is_going(path: Path) -> bool:
    """Tell whether a file was being removed when its seal was written; it may be gone then."""
    return _ABSENT in sealed(path)


def seal_path(path: Path) -> Path:
    """Return where the seal of a file lies."""
    return path.with_name(f".{path.name}{_ENDING}")


def is_of_seal(part: Path) -> bool:
    """Tell whether a file that is being written will be a seal."""
    return f"{_ENDING}." in part.name


def sealed_path(seal: Path) -> Path | None:
    """Return the file that a seal is of; None for what is no seal."""
    if seal.name.startswith(".") and seal.name.endswith(_ENDING):
        return seal.with_name(seal.name[1 : -len(_ENDING)])
    return None


def is_seal(path: Path) -> bool:
    """Tell whether a file is the seal of another."""
    return sealed_path(path) is not None


def text(*digests: str) -> bytes:
    """Return what a seal of these digests holds."""
    return "".join(f"{each}\n" for each in digests).encode()


def digest_of(file: IO[bytes]) -> str:
    """Return the SHA-256 of an open file, from its beginning."""
    file.seek(0)
    return file_digest(file, "sha256").hexdigest()  # type: ignore[arg-type]


def _now(path: Path) -> tuple[str, ...]:
    """Return what a file may hold before it is changed."""
    if names := sealed(path):
        return names
    try:
        with path.open("rb") as file:
            return (digest_of(file),)
    except FileNotFoundError:
        return (_ABSENT,)


def _write(path: Path, digests: tuple[str, ...]) -> None:
    """Write a seal, unless it says the same already."""
    wanted = tuple(dict.fromkeys(digests))
    if sealed(path) != wanted:
        durable.write_file(seal_path(path), text(*wanted))


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold the folder's lock; it ends with the process. A disk without locks is used without."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        with suppress(OSError):
            fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
