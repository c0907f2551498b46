"""What is built once for a whole test run, however many processes take part in it."""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest


def built_once(
    folders: pytest.TempPathFactory, name: str, *, build: Callable[[Path], object]
) -> Path:
    """Return a folder that the first process to ask has built, while the others wait for it.

    Parameters
    ----------
    folders : TempPathFactory
        Of this process; the processes of one run have a common folder above theirs.
    name : str
        Tells the folder from others of the run.
    build : callable
        Fills the folder it is given; where it fails, the next to ask tries again.
    """
    base = folders.getbasetemp()
    common = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    folder, built = common / name, common / f"{name}.built"
    with (common / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not built.exists():
            build(folder)
            built.touch()
    return folder
