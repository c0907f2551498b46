"""Processes of their own that start at once: forked from one that has imported the product.

Importing it takes seconds of a processor's time. The process that is forked from has imported it
and run nothing of it, so what is forked inherits no threads and no open stores.
"""

from __future__ import annotations

import multiprocessing
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from multiprocessing.context import ForkServerProcess

FORKED: Final = multiprocessing.get_context("forkserver")
FORKED.set_forkserver_preload(
    [
        "data.demo.build",
        "data.operations.backup.restore",
        "data.services.loading",
        "psycopg",
        "sqlite3",
        "tests.store.children",
        "tests.store.import_child",
        "tests.store.kill_child",
    ]
)


def all_at_once(
    run: Callable[..., object], *each: tuple[object, ...]
) -> list[tuple[Any, int | None]]:
    """Run a function in several processes that begin together; return what each says, and its end.

    It is given its arguments and a connection: it says there that it is ready, and begins when it
    is told to.
    """
    pipes = [FORKED.Pipe() for _ in each]
    processes = [
        forked(run, *arguments, theirs) for arguments, (_, theirs) in zip(each, pipes, strict=True)
    ]
    for _, theirs in pipes:
        theirs.close()
    for ours, _ in pipes:
        assert ours.recv() == "ready"
    for ours, _ in pipes:
        ours.send("go")
    said = [ours.recv() for ours, _ in pipes]
    for process in processes:
        process.join(timeout=60)
    return [(one, process.exitcode) for one, process in zip(said, processes, strict=True)]


def forked(run: Callable[..., object], *arguments: object) -> ForkServerProcess:
    """Start a function of a module in a process of its own; join it to know how it ended."""
    process = FORKED.Process(target=run, args=arguments)
    with pytest.MonkeyPatch.context() as patch:
        # Without a file it is not run again there; a page that was tested may stand in its place.
        patch.setitem(sys.modules, "__main__", ModuleType("__main__"))
        process.start()
    return process
