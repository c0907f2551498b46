"""Whether every file of the incident table is there and holds what was stored.

Every version can be gone back to, so the files of every version count, not those of the newest
alone; only what was removed for good since (`data_files.remove_for_good`) does not. A file without
a digest, from an earlier version of the app, is read to its end and gets a seal.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import DeltaTable

from data import seals
from data.incidents.damage import RESTORE, Damage, DamagedStoreError
from data.incidents.data_files import expected_digests, files_of, removed_for_good
from data.incidents.log_files import LogFiles, check_log, entry_path, log_files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_EVENT_KEY: Final = "hotspot_event"


@dataclass(frozen=True, slots=True)
class NeededFile:
    """A data file that some version is read from.

    Attributes
    ----------
    path : Path
    size : int
        In bytes, as the log says.
    remedy : str
        What to do if it is damaged, as a sentence.
    """

    path: Path
    size: int
    remedy: str


@dataclass(frozen=True, slots=True)
class TableFiles:
    """The files of the table: what was wrong before they could be listed, or what they are."""

    damage: tuple[Damage, ...]
    needed: tuple[NeededFile, ...]
    log: tuple[Path, ...]


def table_files(folder: Path) -> TableFiles:
    """List the files that the versions of a table need; nothing where there is no table."""
    name = folder.name
    try:
        if not check_log(folder):
            return TableFiles((), (), ())
        files = log_files(folder)
        return TableFiles((), tuple(_needed(folder, files)), tuple(files.paths))
    except DamagedStoreError as problem:
        damage = Damage(f"{name}/{problem.path.relative_to(folder)}", problem.found)
    except (ValueError, KeyError, TypeError) as problem:  # an entry without a seal, cut short
        damage = Damage(f"{name}/_delta_log", f"cannot be read ({problem})")
    return TableFiles((damage,), (), ())


def log_damage(path: Path) -> Damage | None:
    """Return what is wrong with a file of the log, read now, whatever was read before."""
    if seals.state(path) != "damaged":
        return None
    folder = path.parents[1]
    name = f"{folder.name}/{path.relative_to(folder)}"
    return Damage(name, "does not hold what was stored")


def file_damage(file: NeededFile, *, full: bool) -> Damage | None:
    """Return what is wrong with a data file; None for a sound one.

    Parameters
    ----------
    file : NeededFile
    full : bool
        Whether to read it and compare its digest, not only its size.
    """
    folder = file.path.parents[1]
    name = f"{folder.name}/{file.path.relative_to(folder)}"
    try:
        size = file.path.stat().st_size
        if size != file.size:
            found = f"has {size:,} bytes, and {file.size:,} were stored"
            return Damage(name, found, file.remedy)
        fault = _content_fault(file.path) if full else None
    except FileNotFoundError:
        fault = "is missing"
    except OSError as problem:
        fault = f"cannot be read ({problem.strerror})"
    return None if fault is None else Damage(name, fault, file.remedy)


def _content_fault(path: Path) -> str | None:
    expected = expected_digests(path)
    if not expected:
        return seal_readable(path)
    with path.open("rb") as content:
        return None if seals.digest_of(content) in expected else "does not hold what was stored"


def seal_readable(path: Path) -> str | None:
    """Seal a Parquet file of an earlier version if it can be read; return the fault if not."""
    try:
        with pq.ParquetFile(path, page_checksum_verification=True) as file:
            for _ in file.iter_batches():
                pass
    except (pa.ArrowException, OSError) as problem:
        return f"cannot be read ({str(problem).splitlines()[0][:120]})"
    seals.seal(path)
    return None


def _needed(folder: Path, files: LogFiles) -> Iterator[NeededFile]:
    """Follow the log from its first entry: what was added, removed, and removed for good."""
    live: set[str] = set()
    needed: dict[str, tuple[int, str]] = {}
    standing: list[str] = []
    for version in sorted(files.entries):
        event, actions = _entry(entry_path(folder, version))
        brought_by = event.get("import_id", "") if event.get("kind") == "import" else ""
        if brought_by:
            standing.append(brought_by)
        elif event.get("kind") == "undo":
            standing = [each for each in standing if each != event["import_id"]]
        for add in (each["add"] for each in actions if "add" in each):
            needed.setdefault(unquote(add["path"]), (int(add["size"]), brought_by))
        live |= {unquote(each["add"]["path"]) for each in actions if "add" in each}
        live -= {unquote(each["remove"]["path"]) for each in actions if "remove" in each}
    if files.first:  # earlier entries are in a checkpoint
        for each in files_of(DeltaTable(folder)):
            needed.setdefault(each.path.relative_to(folder).as_posix(), (each.size, ""))
    for path in sorted(needed.keys() - removed_for_good(folder)):
        size, brought_by = needed[path]
        newest = brought_by != "" and path in live and standing[-1:] == [brought_by]
        yield NeededFile(folder / path, size, _undo(brought_by) if newest else RESTORE)


def _entry(path: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Read an entry of the log: what it was, and what it does."""
    actions = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line]
    infos = [each["commitInfo"] for each in actions if "commitInfo" in each]
    return json.loads(infos[0].get(_EVENT_KEY, "{}")) if infos else {}, actions


def _undo(import_id: str) -> str:
    return (
        f"Take back the import that brought it (`hotspots undo {import_id}`) and import its file "
        "again, or restore the newest backup (`hotspots restore FILE --replace`)."
    )
