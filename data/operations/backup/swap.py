"""Files of a store change places: all of them, or none, whenever the process is killed.

Before the first file moves, a journal says which move where. An error takes all moves back. A kill
leaves the journal, and whoever opens the store next takes them back, or, where the change had
already come to count, clears away what it replaced. It counts once the journal says so; where
operations are on a database server, once that has the identity that the journal names.
"""

from __future__ import annotations

import json
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from data.durable import make_folder, move, remove_file, remove_folder, write_file
from data.interrupted import JOURNAL, HalfRestoredError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NEW: Final = ".restoring"
OLD: Final = ".replaced"

Move = tuple[Path, Path]


@dataclass(frozen=True, slots=True)
class Swap:
    """What changes places.

    Attributes
    ----------
    identity : str
        Of the operations database, once the change counts.
    on_server : bool
        Whether that database is on a server, and none of the files.
    moves : tuple of (Path, Path)
        From and to, in order: the old ones aside first, then the new ones into their places. Each
        pair lies on one disk.
    folders : tuple of Path
        Where the new ones come from and the old ones go to; removed at the end.
    over : bool
        Whether every move was made, and counts, or was taken back: only `folders` remain.
    """

    identity: str
    on_server: bool
    moves: tuple[Move, ...]
    folders: tuple[Path, ...]
    over: bool = False

    def write(self, store: Path) -> None:
        """Keep it as the store's journal."""
        values = {
            "about": "A restore is running or was cut short. See docs/operations.md.",
            "identity": self.identity,
            "on_server": self.on_server,
            "over": self.over,
            "moves": [[str(source), str(to)] for source, to in self.moves],
            "folders": [str(each) for each in self.folders],
        }
        write_file(store / JOURNAL, json.dumps(values, indent=1).encode())


def read_journal(store: Path) -> Swap | None:
    """Return what the journal of a store says; None where there is none.

    Raises
    ------
    HalfRestoredError
        If it cannot be read.
    """
    try:
        said = json.loads((store / JOURNAL).read_bytes())
        moves = tuple((Path(source), Path(to)) for source, to in said["moves"])
        return Swap(
            identity=str(said["identity"]),
            on_server=bool(said["on_server"]),
            moves=moves,
            folders=tuple(map(Path, said["folders"])),
            over=bool(said["over"]),
        )
    except FileNotFoundError:
        return None
    except (ValueError, KeyError, TypeError) as problem:
        raise HalfRestoredError(
            store,
            found=f"{JOURNAL} is damaged, so what a restore had moved is not known",
            do=f"What the store held is in {store / OLD} or in its place. Put it together by hand "
            f"and delete {JOURNAL}, or restore into an empty store.",
        ) from problem


@contextmanager
def swapped(store: Path, swap: Swap) -> Iterator[None]:
    """Move all files; the block inside commits what is on a server.

    An error in a move takes all moves back. After one inside the block only the server knows
    whether it counts, and `recover` has to ask it.
    """
    for each in swap.folders:
        make_folder(each)
    swap.write(store)
    try:
        for source, to in swap.moves:
            move(source, to)
    except BaseException:
        _take_back(store, swap)
        raise
    yield
    _end(store, swap)


def recover(store: Path, *, server_identity: Callable[[], str | None]) -> str:
    """End a restore that was cut short; the caller holds the store's lock.

    Parameters
    ----------
    store : Path
    server_identity : callable
        Returns the identity of the operations database on the server; asked only where that
        decides.

    Returns
    -------
    str
        What was done, in one sentence; nothing where nothing was.
    """
    swap = read_journal(store)
    if swap is None:
        unpacked = [each for each in (store / NEW, store / OLD) if each.is_dir()]
        for each in unpacked:
            remove_folder(each)
        return (
            "A restore was cut short before it changed anything; what it had unpacked is removed."
            if unpacked
            else ""
        )
    if swap.over:
        _end(store, swap)
        return "What a restore that was cut short had left over is removed."
    if swap.on_server and server_identity() == swap.identity:
        _end(store, swap)
        return "A restore was cut short after its end; what it had replaced is removed."
    _take_back(store, swap)
    return (
        "A restore was cut short. It is taken back, and the store is as it was before. Run "
        "`hotspots restore` again if you still want the backup."
    )


def _take_back(store: Path, swap: Swap) -> None:
    """Undo the moves that were made; a move was made where its source is gone."""
    for source, to in reversed(swap.moves):
        if not source.exists() and to.exists():
            move(to, source)
    _end(store, swap)


def _end(store: Path, swap: Swap) -> None:
    """Say that every file is where it shall be, then remove the others, then the journal.

    Were they removed before it is said, a kill half-way would make what is in its place look like
    a move to be taken back.
    """
    replace(swap, over=True).write(store)
    for each in swap.folders:
        with suppress(FileNotFoundError):
            remove_folder(each)
    remove_file(store / JOURNAL, missing_ok=True)
