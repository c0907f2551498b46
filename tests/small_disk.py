"""A disk of a few megabytes that a test may fill, or make read-only: a real one, in memory."""

from __future__ import annotations

import os
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def small_disk(folder: Path, *, megabytes: int = 4) -> Iterator[Path]:
    """Give a folder on a disk of its own; the test is passed over where mounting is not allowed."""
    folder.mkdir()
    options = f"size={megabytes}m"
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", options, "tmpfs", folder], capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("this account may not mount a disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)  # whoever still reads may


def fill(disk: Path) -> Path:
    """Fill a disk to its last byte; return the file to be removed for room."""
    filler = disk / "filler"
    handle = os.open(filler, os.O_WRONLY | os.O_CREAT)
    size = 65_536
    while size:
        try:
            os.write(handle, bytes(size))
        except OSError:
            size //= 2
    os.close(handle)
    return filler


def make_read_only(disk: Path) -> None:
    subprocess.run(["mount", "-o", "remount,ro", disk], check=True)
