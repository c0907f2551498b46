"""A file of the product's own is whole, on the disk and readable by its owner alone."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from data import durable

CALLS = ("fsync", "replace", "link", "unlink", "mkdir")


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What is asked of the system, in its order; all of it is done as well."""
    seen: list[tuple[str, str]] = []
    for name in CALLS:
        real = getattr(os, name)

        def noted(first: object, *rest: object, name: str = name, real: object = real) -> object:
            path = Path(f"/proc/self/fd/{first}").readlink() if name == "fsync" else first
            seen.append((name, os.path.basename(str(path))))  # noqa: PTH119 - also of links
            return real(first, *rest)  # type: ignore[operator]

        monkeypatch.setattr(os, name, noted)
    return seen


def ends(calls: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The calls, temporary names told apart by their end alone."""
    return [(call, ".part" if name.endswith(".part") else name) for call, name in calls]


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_file_is_on_the_disk_before_it_has_its_name_and_its_name_before_we_go_on(
    tmp_path: Path, calls: list[tuple[str, str]]
) -> None:
    durable.write_file(tmp_path / "wards.parquet", b"wards")
    assert ends(calls)[:3] == [("fsync", ".part"), ("replace", ".part"), ("fsync", tmp_path.name)]
    assert {call for call, _ in calls[3:]} <= {"unlink"}
    assert (tmp_path / "wards.parquet").read_bytes() == b"wards"


def test_a_new_folder_is_on_the_disk_with_each_of_those_above_it(
    tmp_path: Path, calls: list[tuple[str, str]]
) -> None:
    durable.make_folder(tmp_path / "var" / "bases")
    assert calls == [
        ("mkdir", "var"),
        ("fsync", tmp_path.name),
        ("mkdir", "bases"),
        ("fsync", "var"),
    ]


def test_files_and_folders_are_the_owners_alone_whatever_the_umask(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        durable.write_file(tmp_path / "var" / "bases" / "cafes.parquet", b"cafes")
    finally:
        os.umask(before)
    assert mode(tmp_path / "var" / "bases" / "cafes.parquet") == 0o600
    assert [mode(tmp_path / each) for each in ("var", "var/bases")] == [0o700, 0o700]


def test_a_file_that_others_could_read_is_the_owners_alone_when_it_is_replaced(
    tmp_path: Path,
) -> None:
    path = tmp_path / "severity.csv"
    path.write_bytes(b"old")
    path.chmod(0o644)
    durable.write_file(path, b"new")
    assert (path.read_bytes(), mode(path)) == (b"new", 0o600)


def test_an_error_on_the_way_leaves_the_file_as_it_was_and_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "severity.csv"
    durable.write_file(path, b"old")

    def cut_short() -> None:
        with durable.replacing(path) as file:
            file.write(b"half of the new")
            message = "the source ended"
            raise ValueError(message)

    with pytest.raises(ValueError, match="the source ended"):
        cut_short()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("links", [True, False], ids=["with links", "without links"])
def test_a_file_that_has_to_be_new_never_replaces_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    if not links:  # as on a memory stick

        def refused(source: str, to: str) -> None:
            raise OSError(1, "Operation not permitted", source, None, to)

        monkeypatch.setattr(os, "link", refused)
    path = tmp_path / "caller_salt"
    durable.write_file(path, b"first", new=True)
    with pytest.raises(FileExistsError):
        durable.write_file(path, b"second", new=True)
    assert path.read_bytes() == b"first"
    assert list(tmp_path.iterdir()) == [path]


def test_what_a_killed_process_left_is_removed_a_day_later_and_no_sooner(tmp_path: Path) -> None:
    path = tmp_path / "wards.parquet"
    old, young, other = (
        tmp_path / f".{name}.part"
        for name in ("wards.parquet.abcd_123", "wards.parquet.abcd_124", "context.csv.abcd_125")
    )
    for each in (old, young, other):
        each.write_bytes(b"half")
    for each in (old, other):
        changed = young.stat().st_mtime - 86_500
        os.utime(each, (changed, changed))
    durable.write_file(path, b"wards")
    assert set(tmp_path.iterdir()) == {path, young, other}
    assert durable.is_unfinished(old.name)
    assert not durable.is_unfinished(path.name)


def test_what_is_removed_or_moved_is_so_on_the_disk(
    tmp_path: Path, calls: list[tuple[str, str]]
) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    (tmp_path / "a" / "file").write_bytes(b"1")
    calls.clear()
    durable.move(tmp_path / "a" / "file", tmp_path / "b" / "file")
    assert calls == [("replace", "file"), ("fsync", "b"), ("fsync", "a")]
    calls.clear()
    durable.remove_file(tmp_path / "b" / "file")
    assert calls == [("unlink", "file"), ("fsync", "b")]
    durable.remove_file(tmp_path / "none" / "file", missing_ok=True)
    calls.clear()
    durable.remove_folder(tmp_path / "b")
    assert calls[-1] == ("fsync", tmp_path.name)
    assert list(tmp_path.iterdir()) == [tmp_path / "a"]


def test_files_that_a_library_wrote_are_brought_to_the_disk_with_their_folders(
    tmp_path: Path, calls: list[tuple[str, str]]
) -> None:
    for name in ("one", "two"):
        (tmp_path / name).write_bytes(b"rows")
    durable.sync_files([tmp_path / "one", tmp_path / "two"])
    assert calls == [("fsync", "one"), ("fsync", "two"), ("fsync", tmp_path.name)]
