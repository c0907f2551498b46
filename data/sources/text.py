"""Text of any British file as UTF-8, in blocks of whole lines.

Text is UTF-8, UTF-16 or, line by line where it is not valid UTF-8, Windows-1252: the encodings that
British spreadsheets and police systems write. Anything else is refused rather than guessed.
"""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, Final

from charset_normalizer import from_bytes

from data.rows.errors import NotATableError, UnreadableTextError
from data.sources.files import BROKEN, HEAD_BYTES, damaged, refuse_what_is_not_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data.sources.files import Part

_LONGEST_LINE_BYTES: Final = 4 * 1_048_576


def utf8_blocks(part: Part, *, block_bytes: int) -> Iterator[tuple[bytes, int, bool]]:
    """Yield the text of a file as UTF-8 in blocks that end where a line ends.

    Yields
    ------
    tuple of bytes, int, bool
        The block without byte-order mark; the bytes of the file read so far; whether it is the
        last block. A file with content has exactly one last block.

    Raises
    ------
    UnreadableTextError, NotATableError, DamagedFileError
        If the encoding cannot be told, the file is no text, or an archive member is broken.
    """
    try:
        with part.open() as stream:
            head = stream.read(HEAD_BYTES)
            refuse_what_is_not_text(head, name=part.name)
            encoding, mark = _encoding(head, name=part.name)
            decoder = codecs.getincrementaldecoder(encoding)("replace") if encoding else None
            old_mac = b"\r" in head and b"\n" not in head
            pending, chunk, read = b"", head[mark:], len(head)
            while True:
                following = stream.read(block_bytes)
                if decoder is not None:
                    chunk = decoder.decode(chunk, final=not following).encode("utf-8")
                pending += chunk.replace(b"\r", b"\n") if old_mac else chunk
                if not following:
                    yield _as_utf8(pending), read, True
                    return
                cut = pending.rfind(b"\n") + 1
                if not cut and len(pending) > _LONGEST_LINE_BYTES:
                    raise NotATableError(
                        what=f"{part.name} is not a table.",
                        found=f"a line longer than {_LONGEST_LINE_BYTES:,} bytes",
                        do="Download or export it again.",
                    )
                if cut:
                    yield _as_utf8(pending[:cut]), read, False
                    pending = pending[cut:]
                chunk = following
                read += len(following)
    except BROKEN as fault:
        raise damaged(part.name, str(fault)) from fault


def _as_utf8(block: bytes) -> bytes:
    """Return the block with every line that is not UTF-8 read as Windows-1252."""
    try:
        block.decode("utf-8")
    except UnicodeDecodeError:
        return b"".join(_line_as_utf8(line) for line in block.splitlines(keepends=True))
    return block


def _line_as_utf8(line: bytes) -> bytes:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("cp1252", "replace").encode("utf-8")
    return line


def _encoding(head: bytes, *, name: str) -> tuple[str | None, int]:
    """Return the encoding to decode from (None: UTF-8 or Windows-1252) and the mark's length."""
    if head.startswith((codecs.BOM_UTF32_LE, codecs.BOM_UTF32_BE)):
        raise _unreadable(name, "UTF-32")
    for mark, encoding in (
        (codecs.BOM_UTF8, None),
        (codecs.BOM_UTF16_LE, "utf-16-le"),
        (codecs.BOM_UTF16_BE, "utf-16-be"),
    ):
        if head.startswith(mark):
            return encoding, len(mark)
    start = head[:4096]
    even, odd = start[0::2].count(0), start[1::2].count(0)
    if max(even, odd) > len(start) // 5 and min(even, odd) < len(start) // 50 + 1:
        return ("utf-16-le" if odd > even else "utf-16-be"), 0
    if start.count(0) > len(start) // 10:
        raise NotATableError(
            what=f"{name} is not text.", found="mostly NUL bytes", do="Download or export it again."
        )
    _refuse_other_alphabets(head, name=name)
    return None, 0


def _refuse_other_alphabets(head: bytes, *, name: str) -> None:
    try:
        head[: head.rfind(b"\n") + 1 or None].decode("utf-8")
    except UnicodeDecodeError:
        high = sum(byte >= 0x80 for byte in head)
        letters = high + sum(chr(byte).isalpha() for byte in head if byte < 0x80)
        if high > 0.2 * letters or any(byte in head for byte in b"\x81\x8d\x8f\x90\x9d"):
            guess = from_bytes(head).best()
            raise _unreadable(name, guess.encoding if guess else "unknown") from None


def _unreadable(name: str, guess: str) -> UnreadableTextError:
    return UnreadableTextError(
        what=f"{name} is in a text encoding that is not read here.",
        found=f"probably {guess}",
        do="Save it again as CSV UTF-8.",
    )
