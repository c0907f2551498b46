"""Damage done to files: seeded, so that a file that breaks the product can be made again."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

_TEXTS: Final = (
    b"\0",
    b'"',
    b"\r",
    b"\xff\xfe",
    b"\xed\xa0\x80",
    b"9" * 400,
    b"1e308",
    b"-1e999",
    b"nan",
    b"NaT",
    b"0000-00-00",
    b"31/12/9999 23:59",
    b"01/01/0001 00:00",
    b"=1+1",
    b"<a>",
    b"{" * 3000,
    b"[" * 3000,
)
_NUMBERS: Final = (0, 1, 0x7FFF, 0xFFFF, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
_DIGITS: Final = (b"-1", b"9" * 20, b"1e400", b"0", b"4294967296", "²".encode())
_HEAD_BYTES: Final = 512
_LONG_BYTES: Final = 3_145_728


def mutated(content: bytes, rng: random.Random) -> bytes:
    """Return a file with one to three kinds of damage; a ZIP often with a damaged member."""
    changed = _of_a_member(content, rng) if content[:2] == b"PK" and rng.random() < 0.6 else content
    if changed is not content:
        return changed
    for _ in range(rng.choice((1, 1, 1, 2, 3))):
        changed = rng.choice(DAMAGE)(changed, rng)
    return changed


def _of_a_member(content: bytes, rng: random.Random) -> bytes:
    """Damage one member and pack it again: the archive is whole, and what is in it is not."""
    packed = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        chosen = rng.choice(names)
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as again:
            for name in names:
                member = archive.read(name)
                again.writestr(name, rng.choice(DAMAGE)(member, rng) if name == chosen else member)
    return packed.getvalue()


def _flip(content: bytes, rng: random.Random) -> bytes:
    changed = bytearray(content)
    for _ in range(rng.randint(1, 12) if changed else 0):
        changed[rng.randrange(len(changed))] ^= 1 << rng.randrange(8)
    return bytes(changed)


def _cut(content: bytes, rng: random.Random) -> bytes:
    return content[: rng.randrange(len(content) + 1)]


def _insert(content: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(content) + 1)
    return content[:at] + rng.randbytes(rng.randint(1, 64)) + content[at:]


def _insert_text(content: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(content) + 1)
    return content[:at] + rng.choice(_TEXTS) + content[at:]


def _repeat(content: bytes, rng: random.Random) -> bytes:
    first, last = sorted((rng.randrange(len(content) + 1), rng.randrange(len(content) + 1)))
    return content[:last] + content[first:last] + content[last:]


def _remove(content: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(content) + 1)
    return content[:at] + content[at + rng.randint(1, 200) :]


def _swap(content: bytes, rng: random.Random) -> bytes:
    first, second, last = sorted(rng.randrange(len(content) + 1) for _ in range(3))
    return content[:first] + content[second:last] + content[first:second] + content[last:]


def _zeros(content: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(content) + 1)
    run = min(rng.randint(1, 300), len(content) - at)
    return content[:at] + bytes(run) + content[at + run :]


def _header_number(content: bytes, rng: random.Random) -> bytes:
    """Write another number where a header may have a length, a count or an offset."""
    width = rng.choice((1, 2, 4, 8))
    byte_order = rng.choice(("big", "little"))
    number = (rng.choice(_NUMBERS) & (256**width - 1)).to_bytes(width, byte_order)
    at = rng.randrange(min(len(content), _HEAD_BYTES) + 1)
    if rng.random() < 0.5:
        at = max(len(content) - at, 0)
    return content[:at] + number + content[at + width :]


def _digits(content: bytes, rng: random.Random) -> bytes:
    """Write another number over one in the text."""
    places = [at for at, byte in enumerate(content[:20_000]) if 48 <= byte <= 57]
    if not places:
        return content
    at = rng.choice(places)
    return content[:at] + rng.choice(_DIGITS) + content[at + 1 :]


def _long_value(content: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(content) + 1)
    return content[:at] + b"x" * _LONG_BYTES + content[at:]


def _other_encoding(content: bytes, rng: random.Random) -> bytes:
    codec = rng.choice(("utf-16", "utf-16-be", "utf-32", "cp037", "utf-7", "utf-8-sig"))
    return content.decode("latin-1").encode(codec, "replace")


DAMAGE: Final[tuple[Callable[[bytes, random.Random], bytes], ...]] = (
    _flip,
    _flip,
    _cut,
    _insert,
    _insert_text,
    _insert_text,
    _repeat,
    _remove,
    _swap,
    _zeros,
    _header_number,
    _digits,
    _digits,
    _long_value,
    _other_encoding,
)
