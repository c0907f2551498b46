"""Reading delimited text in blocks, so that a file of any size needs little memory.

In most blocks each line is one row. Those go through Arrow's parser, which reads a million
police.uk rows in under a second. A block with a quoted value over several lines, an unclosed
quotation mark or a NUL byte is read record by record instead: slower, but one stray mark then costs
one row and never swallows the rows after it.
"""

from __future__ import annotations

import csv
import itertools
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pyarrow as pa
from pyarrow import csv as arrow_csv

from data.rows.errors import EmptyFileError
from data.sources.rows import (
    HEADER_ROWS,
    LONGEST_VALUE,
    Malformed,
    Rows,
    as_rejected_rows,
    column_key,
    header_position,
    is_too_long,
    string_table,
    too_long,
    unique_names,
    usual_width,
    without_blank_rows,
)
from data.sources.text import utf8_blocks

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from data.sources.files import Part
    from data.sources.text import Encoding, TextHead

BLOCK_BYTES: Final = 16 * 1_048_576
LONGEST_VALUE_LINES: Final = 200
_DELIMITERS: Final = (",", ";", "\t", "|")
_CUT_SHORT = "The last line is cut short; the file may be incomplete"
_OPEN_QUOTE = "A quotation mark opens a value and does not close it"
_NUL = "Holds NUL characters; the file may be damaged"


@dataclass(frozen=True, slots=True)
class Layout:
    """A delimited text file and how it is laid out.

    Attributes
    ----------
    part : Part
        The file or archive member.
    encoding : Encoding
    delimiter : str
    columns : tuple of str
        Each name once.
    header_row : int
        1-based row number of the header.
    data_start : int
        Bytes, as UTF-8, up to the end of the header.
    """

    part: Part
    encoding: Encoding
    delimiter: str
    columns: tuple[str, ...]
    header_row: int
    data_start: int


def layout_of(text: TextHead, *, needed: Iterable[str] = ()) -> Layout:
    """Return how a delimited text file is laid out, from its first lines.

    Parameters
    ----------
    text : TextHead
    needed : iterable of str
        Columns the header must hold (see `header_position`).

    Raises
    ------
    EmptyFileError, UnknownColumnsError
        If there is no row, or none with the needed columns.
    """
    needed_names = tuple(needed)
    delimiter = _delimiter(text.lines, needed=needed_names)
    rows, ends = _head(text.lines, delimiter=delimiter, rows=HEADER_ROWS)
    position = header_position(rows, needed=needed_names, file=text.part.name)
    lines = text.lines.split(b"\n", ends[position])
    under = len(lines[-1]) if len(lines) > ends[position] else 0
    return Layout(
        text.part,
        text.encoding,
        delimiter,
        columns=unique_names(rows[position]),
        header_row=position + 1,
        data_start=len(text.lines) - under,
    )


def first_rows(text: TextHead, *, rows: int = HEADER_ROWS) -> list[list[str]]:
    """Return the first rows of a delimited text file as text, header included."""
    return _head(text.lines, delimiter=_delimiter(text.lines), rows=rows)[0]


def read_delimited(layout: Layout, *, block_bytes: int = BLOCK_BYTES) -> Iterator[Rows]:
    """Yield the rows of a delimited text file in batches.

    Parameters
    ----------
    layout : Layout
    block_bytes : int
        About how many bytes to a batch.

    Raises
    ------
    FileError
        If the file holds no rows under its header, is damaged, or changes before its end is read.
    """
    part = layout.part
    number, left_over, any_rows = layout.header_row, b"", False
    skipped = layout.data_start
    for block, read, last in utf8_blocks(part, encoding=layout.encoding, block_bytes=block_bytes):
        body, skipped = left_over + block[skipped:], max(skipped - len(block), 0)
        batch, left_over, number = _parse(body, layout=layout, number=number, last=last)
        any_rows = any_rows or bool(batch.numbers.size or batch.malformed)
        done = min(read / max(part.size, 1), 1.0)
        yield Rows(part.name, as_rejected_rows(batch.table), batch.numbers, batch.malformed, done)
    if not any_rows:
        raise EmptyFileError(
            what=f"{part.name} holds a header and no rows.",
            found=", ".join(layout.columns)[:200],
            do="Check the period that was asked for, and export it again.",
        )


def _delimiter(block: bytes, *, needed: tuple[str, ...] = ()) -> str:
    """Return the delimiter that gives the needed columns, else the most rows of one width."""
    heads = {mark: _head(block, delimiter=mark, rows=HEADER_ROWS)[0] for mark in _DELIMITERS}
    needed_keys = {column_key(name) for name in needed}
    if len(needed_keys) > 1:
        for mark, rows in heads.items():
            if any(needed_keys <= {column_key(value) for value in row} for row in rows):
                return mark
    return max(_DELIMITERS, key=lambda mark: _evenness(list(map(len, heads[mark]))))


def _evenness(widths: list[int]) -> int:
    usual = usual_width(widths)
    return widths.count(usual) * (usual - 1)


def _head(block: bytes, *, delimiter: str, rows: int) -> tuple[list[list[str]], list[int]]:
    """Return the first rows and, for each, how many lines it and those above it take."""
    lines = [line.decode("utf-8", "replace") for line in block[:262_144].split(b"\n")]
    reader = csv.reader((line.replace("\0", "") + "\n" for line in lines), delimiter=delimiter)
    first: list[list[str]] = []
    ends: list[int] = []
    try:
        for row in itertools.islice(reader, rows):
            first.append(row)
            ends.append(reader.line_num)
    except csv.Error:
        pass  # what could be read so far is judged by `header_position`
    return first, ends


@dataclass(frozen=True, slots=True)
class _Batch:
    table: pa.Table
    numbers: np.ndarray[tuple[int], np.dtype[np.int64]]
    malformed: tuple[Malformed, ...]


def _parse(body: bytes, *, layout: Layout, number: int, last: bool) -> tuple[_Batch, bytes, int]:
    """Parse one block; `number` is the row number before it. Returns what is left over as well."""
    lines = body.count(b"\n") + (not body.endswith(b"\n") and bool(body))
    if _each_line_is_a_row(body) and _longest_line(body) <= LONGEST_VALUE:
        batch = _parse_plain(body, layout=layout, number=number, lines=lines)
        if batch is not None:
            if last and not body.endswith(b"\n"):
                batch = _say_cut_short(batch, number + lines)
            return batch, b"", number + lines
    return _parse_records(body, layout=layout, number=number, last=last)


def _each_line_is_a_row(body: bytes) -> bool:
    if b"\0" in body or body.count(b"\r") != body.count(b"\r\n"):
        return False
    if b'"' not in body:
        return True
    characters = np.frombuffer(body, dtype=np.uint8)
    inside = np.cumsum(characters == ord('"'), dtype=np.uint8) & 1
    return not inside[characters == ord("\n")].any() and not inside[-1]


def _longest_line(body: bytes) -> int:
    ends = np.flatnonzero(np.frombuffer(body, dtype=np.uint8) == ord("\n"))
    return int(np.diff(ends, prepend=-1, append=len(body)).max())


def _parse_plain(body: bytes, *, layout: Layout, number: int, lines: int) -> _Batch | None:
    """Parse with Arrow; None when it did not find one row on each line."""
    if not body:
        return _Batch(string_table([], columns=layout.columns), np.empty(0, np.int64), ())
    odd: list[tuple[int, str]] = []

    def keep(row: arrow_csv.InvalidRow) -> str:
        odd.append((row.number, row.text))
        return "skip"

    try:
        table = _read_apart(
            body,
            read_options=arrow_csv.ReadOptions(
                column_names=list(layout.columns),
                use_threads=False,
                block_size=len(body) + 1,
            ),
            parse_options=arrow_csv.ParseOptions(
                delimiter=layout.delimiter, ignore_empty_lines=False, invalid_row_handler=keep
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types={name: pa.string() for name in layout.columns},
                strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid:
        return None
    if table.num_rows + len(odd) != lines:
        return None
    places = np.ones(lines, dtype=np.bool_)
    places[[row - 1 for row, _ in odd]] = False
    numbers = np.flatnonzero(places).astype(np.int64) + number + 1
    table, numbers = without_blank_rows(table, numbers)
    odd_rows = [
        (number + row, next(csv.reader([text], delimiter=layout.delimiter), []))
        for row, text in odd
    ]
    malformed = tuple(
        _wrong_width(values, at, layout)
        for at, values in odd_rows
        if any(value.strip() for value in values)
    )
    return _Batch(table, numbers, malformed)


def _read_apart(body: bytes, **options: object) -> pa.Table:
    """Parse with Arrow in a thread of its own.

    In the main thread Arrow answers Ctrl-C itself meanwhile, and loses two or three of a hundred:
    the import would go on as if nothing had been typed.
    """
    with ThreadPoolExecutor(max_workers=1) as apart:
        return apart.submit(arrow_csv.read_csv, pa.BufferReader(body), **options).result()


def _parse_records(
    body: bytes, *, layout: Layout, number: int, last: bool
) -> tuple[_Batch, bytes, int]:
    """Parse record by record; a record may run over lines, and over the end of the block."""
    lines = [line.decode("utf-8", "replace") for line in body.splitlines(keepends=True)]
    lines = _join_lone_returns(lines)
    rows: list[Sequence[str]] = []
    numbers: list[int] = []
    malformed: list[Malformed] = []
    at = 0
    for values, taken in _records(lines, layout=layout):
        if values is None and not last and at + LONGEST_VALUE_LINES >= len(lines):
            break  # it may close in the next block
        at += taken
        number += 1
        if values is None:
            text = lines[at - 1].rstrip("\r\n").split(layout.delimiter)
            malformed.append(Malformed(number, tuple(text), _OPEN_QUOTE))
        elif is_too_long(values):
            malformed.append(too_long(number, values))
        elif any("\0" in value for value in values):
            clean = tuple(value.replace("\0", "") for value in values)
            malformed.append(Malformed(number, clean, _NUL))
        elif len(values) == len(layout.columns):
            rows.append(values)
            numbers.append(number)
        elif any(value.strip() for value in values):
            malformed.append(_wrong_width(values, number, layout))
    left_over = "".join(lines[at:]).encode("utf-8")
    table, kept = without_blank_rows(
        string_table(rows, columns=layout.columns), np.asarray(numbers, dtype=np.int64)
    )
    batch = _Batch(table, kept, tuple(malformed))
    if last and lines and not lines[-1].endswith("\n"):
        batch = _say_cut_short(batch, number)
    return batch, left_over, number


def _join_lone_returns(lines: list[str]) -> list[str]:
    """Join lines that were cut at a carriage return alone."""
    joined: list[str] = []
    for line in lines:
        if joined and joined[-1].endswith("\r"):
            joined[-1] = joined[-1][:-1] + " " + line
        else:
            joined.append(line)
    return joined


def _records(lines: list[str], *, layout: Layout) -> Iterator[tuple[list[str] | None, int]]:
    """Yield the values of each record (None: a quote is left open) and how many lines it takes.

    One reader runs on while all is well; after a record that looks wrong a new one starts.
    """
    at, start, reader = 0, 0, None
    while at < len(lines):
        if reader is None:
            start = at
            following = (lines[i] for i in range(start, len(lines)))
            reader = csv.reader(following, delimiter=layout.delimiter, strict=True)
        values: list[str] | None
        try:
            values = next(reader)
            taken = start + reader.line_num - at
            well = len(values) == len(layout.columns) and taken <= LONGEST_VALUE_LINES
        except csv.Error:
            well = False
        if not well:
            reader = None
            values, taken = _record(lines, at, layout=layout)
        yield values, taken
        at += taken


def _record(lines: list[str], at: int, *, layout: Layout) -> tuple[list[str] | None, int]:
    """Return the values of the record at a line (None: a quote is left open) and its lines."""
    if '"' not in lines[at]:
        return lines[at].rstrip("\r\n").split(layout.delimiter), 1
    window = (lines[i] for i in range(at, min(at + LONGEST_VALUE_LINES, len(lines))))
    reader = csv.reader(window, delimiter=layout.delimiter, strict=True)
    try:
        values = next(reader)
    except csv.Error as fault:
        if "end of data" in str(fault):
            return None, 1
        if "field larger" in str(fault):
            return [lines[at].rstrip("\r\n").ljust(LONGEST_VALUE + 1)], 1
        return next(csv.reader([lines[at]], delimiter=layout.delimiter)), 1
    if reader.line_num > 1 and len(values) != len(layout.columns):
        return None, 1  # two stray marks far apart, not one long value
    return values, reader.line_num


def _wrong_width(values: Sequence[str], number: int, layout: Layout) -> Malformed:
    many = "Too many" if len(values) > len(layout.columns) else "Too few"
    reason = f"{many} values in the row: {len(values)}, the header has {len(layout.columns)}"
    return Malformed(number, tuple(values), reason)


def _say_cut_short(batch: _Batch, number: int) -> _Batch:
    """Give a malformed last row without a line end the reason that it is cut short."""
    if not batch.malformed or batch.malformed[-1].number != number:
        return batch
    last = Malformed(number, batch.malformed[-1].values, _CUT_SHORT)
    return _Batch(batch.table, batch.numbers, (*batch.malformed[:-1], last))
