"""Opening files safely: what kind a file is, and what it unpacks to.

Nothing is ever unpacked to disk. An archive is refused before any of it is read when its members
would unpack to more than the limits allow or are named with a path that leads outside it.
"""

from __future__ import annotations

import os
import re
import zipfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Final

from data.faults import CARELESS, FaultError, MissingFileError, plain_faults
from data.rows.errors import (
    ChangedFileError,
    DamagedFileError,
    NotATableError,
    TooLargeError,
    UnsafeArchiveError,
)
from geo.counting import counted

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

HEAD_BYTES: Final = 65_536
_MB: Final = 1_048_576
_PACKINGS: Final = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
_SAVE_AS_CSV: Final = "Open it in the program it came from and save it as CSV or XLSX."

_SIGNATURES: Final[tuple[tuple[bytes, str, str], ...]] = (
    (b"%PDF", "a PDF document", "Ask for the data as CSV or XLSX."),
    (b"\xd0\xcf\x11\xe0", "an old (.xls) or password-protected workbook", _SAVE_AS_CSV),
    (b"\x1f\x8b", "a gzip file", "Unpack it first."),
    (b"PAR1", "a Parquet file", "Save it as CSV."),
    (b"\x00\x05\x16\x07", "a Mac's own notes on a file", "Choose the file without ._ before it."),
    (b"SQLite format 3", "a database or GeoPackage", "Save the table as CSV."),
    (b"\x89PNG", "a picture", "Choose the data file."),
    (b"\xff\xd8\xff", "a picture", "Choose the data file."),
)
_OFFICE_MEMBERS: Final = (
    ("xl/workbook.bin", "a binary workbook (.xlsb)"),
    ("word/document.xml", "a Word document"),
    ("ppt/presentation.xml", "a presentation"),
    ("Index/Document.iwa", "a Numbers, Pages or Keynote document"),
    ("content.xml", "an OpenDocument file (.ods and the like)"),
)


@dataclass(frozen=True, slots=True)
class Limits:
    """What an import may unpack to.

    Attributes
    ----------
    unpacked_mb : int
        Largest size of all that is read, in MB.
    ratio : float
        Largest number of unpacked bytes to a packed byte of one member; counted from 1 MB up.
    members : int
        Largest number of files in an archive.
    """

    unpacked_mb: int = 2048
    ratio: float = 250.0
    members: int = 20_000


@dataclass(frozen=True, slots=True)
class Stamp:
    """What tells one state of a file on disk from another."""

    size: int
    modified_ns: int
    inode: int

    @classmethod
    def of(cls, path: Path) -> Stamp:
        """Return the stamp of a file as it is now."""
        with plain_faults(path.name, do="Check the name."):
            state = path.stat()
        return cls(state.st_size, state.st_mtime_ns, state.st_ino)


@dataclass(frozen=True, slots=True)
class Part:
    """One readable file as it was when it was opened: on disk, or a member of an archive.

    Attributes
    ----------
    name : str
        Name shown to people and kept with rejected rows; for a member, its path in the archive.
    path : Path
        The file on disk.
    member : str or None
        Name inside the archive at `path`.
    size : int
        Unpacked bytes.
    stamp : Stamp
        Of the file on disk.
    """

    name: str
    path: Path
    size: int
    stamp: Stamp
    member: str | None = None

    def open(self) -> IO[bytes]:
        """Open for reading bytes; for a member, the archive is closed with it.

        Raises
        ------
        ChangedFileError
            If the file on disk is no longer the one that was opened at first.
        DamagedFileError, data.faults.FaultError
            If it cannot be opened.
        """
        self.refuse_change()
        try:
            with reading(self, also=CARELESS):
                stream = self._opened()
        except MissingFileError as fault:
            raise _changed(self.path.name, found="it was removed or replaced") from fault
        try:
            self.refuse_change()
        except ChangedFileError:
            stream.close()
            raise
        return stream

    def _opened(self) -> IO[bytes]:
        if self.member is None:
            return self.path.open("rb")
        with zipfile.ZipFile(self.path) as archive:  # the open member keeps the file open
            if self.member not in archive.NameToInfo:
                raise _changed(self.path.name, found="it was replaced")
            return archive.open(self.member)

    def refuse_change(self) -> None:
        """Raise `ChangedFileError` if the file on disk is no longer the one that was opened."""
        try:
            now = Stamp.of(self.path)
        except MissingFileError as fault:
            raise _changed(self.path.name, found="it was removed") from fault
        if now != self.stamp:
            found = f"{self.stamp.size:,} bytes when it was opened, {now.size:,} now"
            raise _changed(self.path.name, found=found)


@contextmanager
def reading(
    part: Part, *, also: tuple[type[Exception], ...] = (NotImplementedError,)
) -> Iterator[None]:
    """Say in a plain error why a part cannot be read; that it was changed meanwhile, if it was.

    Parameters
    ----------
    part : Part
    also : tuple of exception classes
        What tells of damage here, and need not elsewhere.

    Raises
    ------
    DamagedFileError, ChangedFileError, data.faults.FaultError
    """
    try:
        with plain_faults(
            part.name,
            damaged=lambda found: damaged(part.name, found),
            also=also,
        ):
            yield
    except (FaultError, DamagedFileError):
        part.refuse_change()
        raise


def refuse_what_is_not_text(head: bytes, *, name: str) -> None:
    """Raise `NotATableError` if `head` begins like a web page or another program's file."""
    for signature, what, do in _SIGNATURES:
        if head.startswith(signature):
            raise NotATableError(what=f"{name} is not a table of incidents.", found=what, do=do)
    start = head.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0")[:2000].replace(b"\0", b"").lower()
    if re.match(rb"<[!?a-z]", start) and (office := _office_markup(start, name=name)):
        raise NotATableError(
            what=f"{name} is not a workbook as this product reads them.",
            found=office,
            do="Open it in a spreadsheet program and save it as XLSX or CSV.",
        )
    if re.match(rb"<(!doctype html|html|head|body|\?xml|!--|script)", start):
        title = re.search(rb"<title[^>]*>\s*([^<]{1,80})", head.replace(b"\0", b""), re.IGNORECASE)
        heading = title.group(1).decode("utf-8", "replace").strip() if title else "no title"
        raise NotATableError(
            what=f"{name} is a web page, not a table.",
            found=f"HTML or XML ({heading})",
            do="The download probably failed or asked for a sign-in: download it again.",
        )
    if re.match(rb'(\{\s*"|\[\s*[\{\[])', start):
        raise NotATableError(
            what=f"{name} is JSON, not a table.", found="JSON", do="Ask for CSV or XLSX instead."
        )


def _office_markup(start: bytes, *, name: str) -> str:
    """Return what kind of workbook written as XML or HTML a file is; "" where it is none."""
    if b"excel.sheet" in start or b"urn:schemas-microsoft-com:office:spreadsheet" in start:
        return "a workbook in the XML format of Excel 2003"
    is_named_so = name.casefold().endswith((".xls", ".xlsx", ".xlsb", ".xlsm"))
    if is_named_so or b"schemas-microsoft-com:office:excel" in start:
        return "a web page (HTML or XML) under the name of a workbook, as many systems export them"
    return ""


def office_fault(names: Container[str], *, name: str) -> NotATableError | None:
    """Return why an archive with members of these names is no table; None for a plain archive."""
    for member, what in _OFFICE_MEMBERS:
        if member in names:
            return NotATableError(
                what=f"{name} is not a workbook as this product reads them.",
                found=what,
                do=_SAVE_AS_CSV,
            )
    return None


def is_side_file(name: str) -> bool:
    """Tell whether a file is one that a Mac or Windows adds to a folder, and nobody's data."""
    inside = PurePosixPath(name.replace("\\", "/"))
    return (
        inside.name.startswith("._")
        or "__MACOSX" in inside.parts
        or inside.name.casefold() in (".ds_store", "thumbs.db", "desktop.ini")
    )


def archive_parts(path: Path, *, limits: Limits) -> list[Part]:
    """Return the files in an archive, by name, once it is known to be safe to read.

    Side files (`is_side_file`) are among them.

    Raises
    ------
    DamagedFileError
        If the archive is cut short, or a member is locked with a password.
    UnsafeArchiveError
        If it holds too many members, unpacks to too much, or names paths outside itself.
    """
    stamp = Stamp.of(path)
    members = [info for info in _infolist(path) if not info.filename.endswith("/")]
    if len(members) > limits.members:
        raise UnsafeArchiveError(
            what="The archive holds too many files.",
            found=f"{counted(len(members), 'file')}, limit {limits.members:,}",
            do="Import it in smaller pieces.",
        )
    for info in members:
        _refuse_unsafe_member(info, limits=limits)
    total = sum(info.file_size for info in members)
    if total > limits.unpacked_mb * _MB:
        raise UnsafeArchiveError(
            what="The archive unpacks to more than is allowed.",
            found=f"{total / _MB:,.0f} MB, limit {limits.unpacked_mb:,} MB",
            do="Import fewer months at a time, or raise max_upload_mb in the settings.",
        )
    return sorted(
        (Part(each.filename, path, each.file_size, stamp, each.filename) for each in members),
        key=lambda part: part.name,
    )


def file_part(path: Path, *, limits: Limits, name: str | None = None) -> Part:
    """Return one file on disk, refused when it is larger than the limits allow."""
    stamp = Stamp.of(path)
    if stamp.size > limits.unpacked_mb * _MB:
        raise TooLargeError(
            what=f"{path.name} is larger than is allowed.",
            found=f"{stamp.size / _MB:,.0f} MB, limit {limits.unpacked_mb:,} MB",
            do="Split it, or raise max_upload_mb in the settings.",
        )
    return Part(name or path.name, path, stamp.size, stamp)


def folder_parts(path: Path, *, limits: Limits) -> list[Part]:
    """Return every file in a folder and its sub-folders, by path; links are not followed."""
    files = sorted(p for p in _below(path) if p.is_file() and not p.is_symlink())
    parts = [file_part(p, limits=limits, name=p.relative_to(path).as_posix()) for p in files]
    total = sum(part.size for part in parts)
    if total > limits.unpacked_mb * _MB:
        raise TooLargeError(
            what="The folder holds more than is allowed.",
            found=f"{total / _MB:,.0f} MB, limit {limits.unpacked_mb:,} MB",
            do="Import fewer months at a time, or raise max_upload_mb in the settings.",
        )
    return parts


def _below(folder: Path) -> Iterator[Path]:
    """Yield what lies in a folder; one that may not be read is an error, not an empty folder."""

    def refuse(problem: OSError) -> None:
        raise problem

    for inside, _, names in os.walk(folder, onerror=refuse):
        yield from (Path(inside) / name for name in names)


def _infolist(path: Path) -> list[zipfile.ZipInfo]:
    with (
        plain_faults(path.name, damaged=lambda found: damaged(path.name, found), also=CARELESS),
        zipfile.ZipFile(path) as archive,
    ):
        return archive.infolist()


_ZIP_FAULTS: Final = (
    ("File is not a zip file", "its list of contents, at the end of every ZIP, is missing"),
    ("Bad CRC-32", "what is packed in it does not agree with its check sum"),
    ("Bad magic number", "what is packed in it is not where its list of contents says"),
    ("Error -", "what is packed in it cannot be unpacked"),
    ("Truncated", "what is packed in it breaks off"),
)


def damaged(name: str, fault: str) -> DamagedFileError:
    """Return the error for an archive or member that cannot be read to its end."""
    return DamagedFileError(
        what=f"{name} is damaged or was not downloaded to its end.",
        found=next((words for said, words in _ZIP_FAULTS if said in fault), fault)
        or "a broken archive",
        do="Download it again.",
    )


def _changed(name: str, *, found: str) -> ChangedFileError:
    return ChangedFileError(
        what=f"{name} was changed while it was being read.",
        found=found,
        do="Wait until it is written in full, then import it again.",
    )


def _refuse_unsafe_member(info: zipfile.ZipInfo, *, limits: Limits) -> None:
    inside = PurePosixPath(info.filename.replace("\\", "/"))
    if inside.is_absolute() or ".." in inside.parts or re.match(r"[A-Za-z]:", info.filename):
        raise UnsafeArchiveError(
            what="The archive names a file outside itself.",
            found=info.filename[:100],
            do="Do not use it; ask the sender for a clean one.",
        )
    if info.flag_bits & 0x1:
        raise DamagedFileError(
            what="The archive is locked with a password.",
            found=info.filename[:100],
            do="Unpack it and import the files.",
        )
    if info.compress_type not in _PACKINGS:
        raise DamagedFileError(
            what="The archive uses an unsupported compression method.",
            found=f"method {info.compress_type} in {info.filename[:100]}",
            do="Unpack it and import the files.",
        )
    if info.file_size > _MB and info.file_size > limits.ratio * max(info.compress_size, 1):
        raise UnsafeArchiveError(
            what="A file in the archive unpacks to far more than it should.",
            found=f"{info.filename[:100]}: {info.compress_size:,} to {info.file_size:,} bytes",
            do="Do not use it; ask the sender for a clean one.",
        )
