"""An opened source file as one value: what it is by content, its parts, and how it begins.

A file is opened once, and the value is handed to recognition and then to a reader. The reader goes
back to the disk only to read the rows, in blocks; if the file is no longer the same by then, it
says so.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

from data.faults import plain_faults, refuse_no_file
from data.rows.errors import (
    EmptyFileError,
    FileError,
    NoSuchFileError,
    NotATableError,
    UnreadableTextError,
)
from data.sources.delimited import first_rows
from data.sources.files import (
    HEAD_BYTES,
    Limits,
    archive_parts,
    file_part,
    folder_parts,
    is_side_file,
    office_fault,
    reading,
)
from data.sources.rows import HEADER_ROWS, header_position, unique_names
from data.sources.spreadsheet import workbook_head
from data.sources.text import head_of, text_head

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from data.sources.files import Part
    from data.sources.spreadsheet import WorkbookHead
    from data.sources.text import TextHead

Content = Literal["text", "spreadsheet", "archive", "folder", "other"]

SAMPLE_ROWS: Final = 1000
_FIRST_ROWS: Final = SAMPLE_ROWS + HEADER_ROWS
_WORKBOOK: Final = "xl/workbook.xml"


@dataclass(frozen=True, slots=True)
class TableHead:
    """How a table begins.

    Attributes
    ----------
    columns : tuple of str
        Each name once. The header is the first row that is filled for more than half the usual
        width, so a title above it does no harm.
    header_row : int
        1-based row number of the header.
    rows : tuple of tuple of str
        The first rows under the header without blank ones, about `SAMPLE_ROWS` at most.
    """

    columns: tuple[str, ...]
    header_row: int
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file, an archive or a folder as it was when it was opened.

    Attributes
    ----------
    path : Path
    name : str
        What people call it.
    content : {"text", "spreadsheet", "archive", "folder", "other"}
        What it is by content, whatever its name ends in.
    parts : tuple of Part
        What is read: the file itself, or the members of an archive or folder by name.
    start : bytes
        Its first bytes; empty for a folder.
    text : TextHead or None
        Encoding and first lines of a text file.
    workbook : WorkbookHead or None
        How the sheets of a spreadsheet begin.
    table : TableHead or None
        Columns and first rows of a text file or spreadsheet.
    not_a_table : FileError or None
        Why there is no table in it, where its content could hold none. It is no fault in a file of
        boundaries.
    side_files : int
        Files of an archive or folder that are no part of it (`data.sources.files.is_side_file`).
    """

    path: Path
    name: str
    content: Content
    parts: tuple[Part, ...]
    start: bytes = b""
    text: TextHead | None = None
    workbook: WorkbookHead | None = None
    table: TableHead | None = None
    not_a_table: FileError | None = None
    side_files: int = 0

    @property
    def notes(self) -> tuple[str, ...]:
        """What is left aside, in plain words."""
        if not self.side_files:
            return ()
        files = "1 file" if self.side_files == 1 else f"{self.side_files} files"
        return (f"Left aside: {files} that a Mac or Windows added (._, __MACOSX and the like).",)

    @property
    def size(self) -> int:
        """Unpacked bytes of an archive or folder, else bytes on disk."""
        return sum(part.size for part in self.parts)

    def refuse_no_table(self) -> None:
        """Raise why the file holds no table, if there is a reason."""
        if self.not_a_table is not None:
            raise self.not_a_table


def open_source(path: Path, *, limits: Limits | None = None, name: str | None = None) -> SourceFile:
    """Open a file, an archive or a folder and tell what it is by its content.

    Parameters
    ----------
    path : Path
    limits : Limits, optional
        What it may unpack to.
    name : str, optional
        What people call it; the file's own name without it.

    Raises
    ------
    NoSuchFileError, EmptyFileError
        If there is nothing there.
    TooLargeError, UnsafeArchiveError, DamagedFileError
        If it is too large, not safe to unpack, or an archive or workbook that cannot be read.
    """
    limits = limits or Limits()
    called = name or path.name
    with plain_faults(called, do="Check the name."):
        is_folder, is_there = path.is_dir(), path.exists()
    if is_folder:
        with plain_faults(called, do="Check what is in the folder."):
            parts, side_files = _without_side_files(folder_parts(path, limits=limits))
        return SourceFile(path, called, "folder", parts, side_files=side_files)
    if not is_there:
        raise NoSuchFileError(
            what="The file does not exist.", found=path.name, do="Check the name."
        )
    refuse_no_file(path)
    part = file_part(path, limits=limits, name=called)
    with reading(part), part.open() as stream:
        start = stream.read(HEAD_BYTES)
        if not start:
            raise EmptyFileError(
                what="The file is empty.", found="0 bytes", do="Download or export it again."
            )
        if not start.startswith(b"PK"):
            try:
                text = head_of(stream, start=start, part=part)
            except (NotATableError, UnreadableTextError) as fault:
                return SourceFile(path, called, "other", (part,), start, not_a_table=fault)
            source = SourceFile(path, called, "text", (part,), start, text)
            return _with_table(source, first_rows(text, rows=_FIRST_ROWS))
    members, side_files = _without_side_files(archive_parts(path, limits=limits))
    names = {member.name for member in members}
    if _WORKBOOK not in names:
        if office := office_fault(names, name=called):
            return SourceFile(path, called, "other", members, start, not_a_table=office)
        archive = SourceFile(path, called, "archive", members, start, side_files=side_files)
        return _with_only_table(archive)
    workbook = workbook_head(part, rows=_FIRST_ROWS)
    source = SourceFile(path, called, "spreadsheet", members, start, workbook=workbook)
    return _with_table(source, workbook.table_rows())


def _without_side_files(parts: Sequence[Part]) -> tuple[tuple[Part, ...], int]:
    kept = tuple(part for part in parts if not is_side_file(part.name))
    return kept, len(parts) - len(kept)


def _with_only_table(archive: SourceFile) -> SourceFile:
    """Return an archive with the head of its table where it is one text file and nothing else."""
    if len(archive.parts) != 1:
        return archive
    (part,) = archive.parts
    if not part.name.casefold().endswith((".csv", ".tsv", ".txt")) or not part.size:
        return archive
    text = text_head(part)
    return _with_table(replace(archive, text=text), first_rows(text, rows=_FIRST_ROWS))


def csv_text(source: SourceFile, *, otherwise: FileError) -> TextHead:
    """Return the text of a CSV.

    Raises
    ------
    FileError
        `otherwise` for a workbook, an archive or a folder; for any other file that holds no table,
        what it is.
    """
    if source.text is None or source.table is None:
        source.refuse_no_table()
        raise otherwise
    return source.text


def _with_table(source: SourceFile, rows: Sequence[Sequence[str]]) -> SourceFile:
    """Return the source with the head of its table, or with the reason why it has none."""
    try:
        position = header_position(rows[:HEADER_ROWS], needed=(), file=source.path.name)
    except EmptyFileError as fault:
        return replace(source, not_a_table=fault)
    below = [tuple(row) for row in rows[position + 1 :] if any(value.strip() for value in row)]
    head = TableHead(unique_names(rows[position]), position + 1, tuple(below))
    return replace(source, table=head)
