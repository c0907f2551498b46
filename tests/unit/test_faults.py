"""Each family of foreseeable faults as its own plain error, whoever tells of it."""

from __future__ import annotations

import csv
import errno
import json
import lzma
import os
import socket
import tomllib
import zipfile
import zlib
from typing import TYPE_CHECKING
from xml.etree.ElementTree import ParseError

import pyarrow as pa
import pytest
import shapely
from deltalake.exceptions import CommitFailedError, DeltaError
from openpyxl.utils.exceptions import InvalidFileException
from pyogrio.errors import DataLayerError, DataSourceError
from pyproj.exceptions import CRSError

from data.faults import (
    BusyError,
    DamagedError,
    DiskFullError,
    FaultError,
    MachineFaultError,
    MissingFileError,
    NotAFileError,
    OutOfMemoryError,
    PermissionRefusedError,
    ReadOnlyDiskError,
    families,
    plain_fault,
    plain_faults,
    refuse_no_file,
    short_message,
)
from geo.errors import PlainError

if TYPE_CHECKING:
    from pathlib import Path

# Written by hand from errno(3): the number, the error, and what its message must say.
BY_HAND = {
    errno.ENOSPC: (DiskFullError, "the disk is full"),
    errno.EDQUOT: (DiskFullError, "the disk is full"),
    errno.EFBIG: (DiskFullError, "the disk is full"),
    errno.EROFS: (ReadOnlyDiskError, "the disk can be read and not written"),
    errno.EACCES: (PermissionRefusedError, "permission is refused"),
    errno.EPERM: (PermissionRefusedError, "permission is refused"),
    errno.ENOENT: (MissingFileError, "a file is not there"),
    errno.ENOTDIR: (MissingFileError, "a file is not there"),
    errno.ESTALE: (MissingFileError, "a file is not there"),
    errno.EISDIR: (NotAFileError, "a folder stands where a file is needed"),
    errno.EBUSY: (BusyError, "it is busy"),
    errno.EAGAIN: (BusyError, "it is busy"),
    errno.ENOLCK: (BusyError, "it is busy"),
    errno.ENOMEM: (OutOfMemoryError, "the memory does not suffice"),
    errno.EIO: (MachineFaultError, "the disk or the system gave an error"),
    errno.ENAMETOOLONG: (MachineFaultError, "the name cannot be used"),
    errno.ELOOP: (MachineFaultError, "the name cannot be used"),
    errno.EMFILE: (MachineFaultError, "too many files are open"),
    errno.ENFILE: (MachineFaultError, "too many files are open"),
    errno.ECONNREFUSED: (MachineFaultError, "the disk or the system gave an error"),
}
DAMAGE = (
    UnicodeDecodeError("utf-8", b"\xff", 0, 1, "invalid start byte"),
    csv.Error("line contains NUL"),
    json.JSONDecodeError("Expecting value", "", 0),
    tomllib.TOMLDecodeError("Invalid value"),
    zipfile.BadZipFile("Bad CRC-32"),
    zlib.error("Error -3 while decompressing data"),
    lzma.LZMAError("Corrupt input data"),
    EOFError(),
    ParseError("not well-formed"),
    InvalidFileException("not a workbook"),
    pa.ArrowInvalid("Parquet magic bytes not found"),
    pa.ArrowNotImplementedError("not yet"),
    OSError("Corrupt snappy compressed data."),
    DeltaError("Kernel error: Json error"),
    DataSourceError("not recognized"),
    DataLayerError("no such layer"),
    shapely.errors.GEOSException("IllegalArgumentException"),
    CRSError("Invalid projection"),
    RecursionError(),
)


@pytest.mark.parametrize(("number", "error", "words"), [(n, *each) for n, each in BY_HAND.items()])
def test_the_system_s_numbers_are_told_apart_as_by_hand(
    number: int, error: type[FaultError], words: str
) -> None:
    told_by_python = plain_fault(OSError(number, os.strerror(number), "/srv/var/a.csv"), what="It")
    assert type(told_by_python) is error
    assert str(told_by_python).startswith(f"It: {words}. Found: {os.strerror(number)} (a.csv). ")
    elsewhere = OSError(f"Generic LocalFileSystem error: failed (os error {number})")
    assert type(plain_fault(elsewhere)) is error
    assert type(plain_fault(CommitFailedError(f"x (os error {number})"))) is error


@pytest.mark.parametrize("problem", DAMAGE, ids=lambda each: type(each).__name__)
def test_what_each_library_says_of_a_damaged_file_is_damage(problem: Exception) -> None:
    assert isinstance(problem, families())
    message = str(plain_fault(problem, what="The list", do="Load it again."))
    assert type(plain_fault(problem)) is DamagedError
    assert message.startswith("The list is damaged. Found: ")
    assert message.endswith(". Load it again.")
    assert "\n" not in message


def test_an_error_without_a_number_is_known_by_its_class() -> None:
    assert type(plain_fault(FileNotFoundError("/var/part-0.parquet"))) is MissingFileError
    assert type(plain_fault(PermissionError("no"))) is PermissionRefusedError
    assert type(plain_fault(MemoryError())) is OutOfMemoryError


def test_a_fault_of_ours_is_in_no_family() -> None:
    for ours in (KeyError("x"), TypeError(), AttributeError(), ZeroDivisionError(), ValueError()):
        assert not isinstance(ours, families())
        with pytest.raises(type(ours)), plain_faults("It"):
            raise ours


def test_a_plain_error_passes_as_it_is() -> None:
    class SaidError(PlainError, ValueError):
        """Said by somebody who knows better."""

    with pytest.raises(SaidError, match="better"), plain_faults("It"):
        raise SaidError("better")


def test_whoever_knows_what_the_file_is_words_its_damage() -> None:
    with (
        pytest.raises(LookupError, match="Bad CRC"),
        plain_faults("It", damaged=lambda found: _Worded(found)),
    ):
        raise zipfile.BadZipFile("Bad CRC")


class _Worded(PlainError, LookupError):  # noqa: N818 - for this test alone
    """Damage in the words of whoever opened the file."""


def test_no_message_tells_where_on_the_machine_a_file_lies() -> None:
    problem = OSError("cannot open '/srv/hotspots/var/a.parquet': no")
    assert short_message(problem) == "cannot open 'a.parquet': no"
    assert "/srv" not in short_message(DeltaError("file:///srv/x/_delta_log/0.json is broken"))


def test_a_pipe_a_device_a_socket_and_a_folder_are_refused_before_they_are_read(
    tmp_path: Path,
) -> None:
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as there:
        there.bind(os.path.relpath(tmp_path / "socket"))
        for name in ("pipe", "socket"):
            with pytest.raises(NotAFileError, match="a pipe or a device"):
                refuse_no_file(tmp_path / name)
    with pytest.raises(NotAFileError, match="a folder"):
        refuse_no_file(tmp_path)
    with pytest.raises(MissingFileError):
        refuse_no_file(tmp_path / "nothing")
    with pytest.raises(MachineFaultError, match="the name cannot be used"):
        refuse_no_file(tmp_path / ("x" * 300))
    (tmp_path / "file").touch()
    refuse_no_file(tmp_path / "file")
