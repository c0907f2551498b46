"""Text of any British file as UTF-8, in blocks of whole lines.

Text is UTF-8, UTF-16 or, line by line where it is not valid UTF-8, Windows-1252 or (by its
tell-tale letters) Mac Roman: the encodings that British spreadsheets and police systems write.
Any other encoding is refused.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Final

from charset_normalizer import from_bytes

from data.rows.errors import NotATableError, UnreadableTextError
from data.sources.files import HEAD_BYTES, reading, refuse_what_is_not_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data.sources.files import Part

# Letters and quotation marks as an old Mac program writes them. Read as Windows-1252 they would be
# capitals after small letters (CafŽ, OÕBrien), which no British text has.
_MAC_ROMAN: Final = re.compile(
    rb"[a-z][\x8e\x8a\x9f\x88](?![A-Z])|[A-Za-z]\xd5[A-Za-z\s,]|\xd2[^\xd3,]{1,80}\xd3"
)
_LONGEST_LINE_BYTES: Final = 4 * 1_048_576


@dataclass(frozen=True, slots=True)
class Encoding:
    """How the characters of a text file are written.

    Attributes
    ----------
    codec : str or None
        Python's name of it; None for UTF-8 or, in lines that are not valid UTF-8, Windows-1252.
    mark_bytes : int
        Length of the byte-order mark at the start.
    lone_returns : bool
        Whether lines end with a carriage return alone, as on an old Mac.
    """

    codec: str | None
    mark_bytes: int
    lone_returns: bool


@dataclass(frozen=True, slots=True)
class TextHead:
    """A text file and how it begins.

    Attributes
    ----------
    part : Part
    encoding : Encoding
    lines : bytes
        The first whole lines as UTF-8, about `HEAD_BYTES` of them; all of a smaller file.
    """

    part: Part
    encoding: Encoding
    lines: bytes


def text_head(part: Part) -> TextHead:
    """Open a file or member and return how its text begins.

    Raises
    ------
    UnreadableTextError, NotATableError, DamagedFileError
        If the encoding cannot be recognised, the file is no text, or an archive member is broken.
    ChangedFileError
        If the file on disk is no longer the one that was opened at first.
    """
    with reading(part), part.open() as stream:
        return head_of(stream, start=stream.read(HEAD_BYTES), part=part)


def head_of(stream: IO[bytes], *, start: bytes, part: Part) -> TextHead:
    """Return how a text file begins whose first `HEAD_BYTES` are read; errors as `text_head`."""
    refuse_what_is_not_text(start, name=part.name)
    codec, mark_bytes = _codec(start, name=part.name)
    encoding = Encoding(codec, mark_bytes, b"\r" in start and b"\n" not in start)
    blocks = _blocks(stream, start, encoding=encoding, block_bytes=HEAD_BYTES, name=part.name)
    lines, _, _ = next(blocks)
    return TextHead(part, encoding, lines)


def utf8_blocks(
    part: Part, *, encoding: Encoding, block_bytes: int
) -> Iterator[tuple[bytes, int, bool]]:
    """Yield the text of a file as UTF-8 in blocks that end where a line ends.

    Yields
    ------
    tuple of bytes, int, bool
        The block without byte-order mark; the bytes of the file read so far; whether it is the
        last block. A file with content has exactly one last block.

    Raises
    ------
    NotATableError, DamagedFileError
        If a line has no end, or an archive member is broken.
    ChangedFileError
        If the file on disk changes before its end is read.
    """
    with reading(part), part.open() as stream:
        start = stream.read(HEAD_BYTES)
        for block, read, last in _blocks(
            stream, start, encoding=encoding, block_bytes=block_bytes, name=part.name
        ):
            if last:
                part.refuse_change()
            yield block, read, last


def _blocks(
    stream: IO[bytes], start: bytes, *, encoding: Encoding, block_bytes: int, name: str
) -> Iterator[tuple[bytes, int, bool]]:
    codec = encoding.codec
    decoder = codecs.getincrementaldecoder(codec)("replace") if codec else None
    pending, chunk, read = b"", start[encoding.mark_bytes :], len(start)
    while True:
        following = stream.read(block_bytes)
        if decoder is not None:
            chunk = decoder.decode(chunk, final=not following).encode("utf-8")
        pending += chunk.replace(b"\r", b"\n") if encoding.lone_returns else chunk
        if not following:
            yield _as_utf8(pending), read, True
            return
        cut = pending.rfind(b"\n") + 1
        if not cut and len(pending) > _LONGEST_LINE_BYTES:
            raise NotATableError(
                what=f"{name} is not a table.",
                found=f"a line longer than {_LONGEST_LINE_BYTES:,} bytes",
                do="Download or export it again.",
            )
        if cut:
            yield _as_utf8(pending[:cut]), read, False
            pending = pending[cut:]
        chunk = following
        read += len(following)


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
        codec = "mac_roman" if _MAC_ROMAN.search(line) else "cp1252"
        return line.decode(codec, "replace").encode("utf-8")
    return line


def _codec(head: bytes, *, name: str) -> tuple[str | None, int]:
    """Return the codec (None: UTF-8 or Windows-1252) and the length of the byte-order mark."""
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
        what=f"{name} is in an unsupported text encoding.",
        found=f"probably {guess}",
        do="Save it again as CSV UTF-8.",
    )
