"""The secret that callers are hashed with: one for a store, and never another in silence."""

from __future__ import annotations

import stat
import zipfile
from typing import TYPE_CHECKING

import pytest
from pydantic import ValidationError

from data import seals
from data.incidents import caller_salt as module
from data.incidents import table
from data.incidents.caller_salt import CallerSaltError, begin_new_salt, caller_salt, salt_state
from data.incidents.wards_join import use_wards
from data.operations.backup.backup import backup
from data.operations.backup.restore import restore
from data.operations.database import Operations
from data.services.checking import check_store
from data.services.loading import import_path
from data.settings import Settings, SettingsError, settings
from tests.call_profiles import CALLERS_PROFILE, CALLS_PROFILE
from tests.forked import all_at_once
from tests.incident_rows import three_wards
from tests.moment import NOW
from tests.store.children import ask_for_the_salt
from tests.store_cli import hotspots

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "pepper and salt and mustard"
PROCESSES = 10  # 300 were raced by hand

CALLS = """\
Reference,Date,Type,Easting,Northing,Telephone
c1,05/06/2024 12:00,Noise,530500,180500,020 7946 0001
c2,06/06/2024 12:00,Noise,530500,180500,020 7946 0001
"""


def store_of(folder: Path, *, salt: str | None = None) -> Settings:
    """A store with wards and two profiles, one of which reads callers; nothing is imported."""
    made = Settings(store=folder, caller_salt=salt, operations_url=None, _env_file=None)
    if not made.wards_path.exists():
        use_wards(three_wards(), settings=made, now=NOW)
        made.profiles_path.mkdir()
        (made.profiles_path / "calls.toml").write_text(CALLERS_PROFILE)
        other = CALLS_PROFILE.replace('"calls"', '"log"')
        (made.profiles_path / "log.toml").write_text(other)
    return made


def bring(of: Settings, *, profile: str = "calls") -> list[str | None]:
    """Import the calls and return the references of their callers."""
    file = of.store.parent / "calls.csv"
    file.write_text(CALLS)
    import_path(file, settings=of, now=NOW, profile=profile)
    read = table.dataset(table.opened(of)).to_table(columns=["caller_ref"])
    return list(read["caller_ref"].to_pylist())


@pytest.mark.parametrize("empty", [False, True], ids=["new store", "empty file"])
def test_processes_that_start_at_once_make_one_salt(tmp_path: Path, empty: bool) -> None:
    if empty:  # as an earlier version left it when it was killed
        (tmp_path / "var").mkdir()
        (tmp_path / "var" / "caller_salt").touch()
    of = Settings(store=tmp_path / "var", _env_file=None)
    racing = all_at_once(ask_for_the_salt, *[(of,)] * PROCESSES)
    assert {ended for _, ended in racing} == {0}
    salts = {said for said, _ in racing}
    assert len(salts) == 1
    (salt,) = salts
    assert len(salt) == 64
    path = tmp_path / "var" / "caller_salt"
    assert path.read_text() == salt
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


@pytest.mark.parametrize("fault", ["missing", "empty", "blank", "another"])
def test_where_callers_were_hashed_a_lost_salt_is_an_error_and_nothing_is_stored(
    tmp_path: Path, fault: str
) -> None:
    of = store_of(tmp_path / "var")
    assert len(set(bring(of))) == 1
    right, before = of.caller_salt_path.read_bytes(), table.opened(of).version()
    if fault == "missing":
        of.caller_salt_path.unlink()
    else:
        content = {"empty": b"", "blank": b" \n", "another": b"0" * 64}[fault]
        of.caller_salt_path.write_bytes(content)
    found = {"missing": "is missing", "another": "is not the one"}.get(fault, "is empty")
    with pytest.raises(CallerSaltError, match=f"{found}.*caller-secret --new"):
        bring(of)
    assert table.opened(of).version() == before
    assert bring(of, profile="log")  # without callers it goes on
    of.caller_salt_path.write_bytes(right)
    assert caller_salt(of) == right


def test_a_salt_of_the_environment_in_place_of_the_stores_own_is_an_error(tmp_path: Path) -> None:
    of = store_of(tmp_path / "var")
    bring(of)
    other = store_of(tmp_path / "var", salt=SECRET)
    with pytest.raises(CallerSaltError, match="HOTSPOT_CALLER_SALT is not the one"):
        bring(other)
    begin_new_salt(other)
    assert caller_salt(other) == SECRET.encode()
    with pytest.raises(CallerSaltError, match="is not the one"):
        caller_salt(of)


def test_a_store_of_an_earlier_version_goes_on_with_the_salt_it_has(tmp_path: Path) -> None:
    of = store_of(tmp_path / "var")
    references = bring(of)
    of.caller_check_path.unlink()
    assert salt_state(of).state == "unchecked"
    assert bring(of) == references
    assert salt_state(of).state == "right"


def test_without_hashed_callers_any_salt_may_be_put_in(tmp_path: Path) -> None:
    of = store_of(tmp_path / "var")
    first = caller_salt(of)
    bring(of, profile="log")
    of.caller_salt_path.unlink()
    assert caller_salt(of) != first
    assert caller_salt(store_of(tmp_path / "var", salt=SECRET)) == SECRET.encode()


def test_beginning_a_new_salt_is_refused_where_the_right_one_is_there(tmp_path: Path) -> None:
    of = store_of(tmp_path / "var")
    references = bring(of)
    with pytest.raises(CallerSaltError, match="is there"):
        begin_new_salt(of)
    of.caller_salt_path.unlink()
    begin_new_salt(of)
    assert salt_state(of).state == "right"
    assert len(set(bring(of)) - set(references)) == 1


def test_making_a_salt_that_is_cut_short_leaves_none_of_which_nothing_says_whose_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_short(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    of = store_of(tmp_path / "var")
    bring(of)
    of.caller_salt_path.unlink()
    with monkeypatch.context() as cut:
        cut.setattr(module.seals, "write_file", cut_short)  # of the check value
        with pytest.raises(KeyboardInterrupt):
            begin_new_salt(of)
    assert salt_state(of).state == "missing"
    begin_new_salt(of)
    assert salt_state(of).state == "right"


@pytest.mark.parametrize("sealed", [False, True], ids=["of an earlier version", "lost since"])
def test_the_check_says_where_nothing_vouches_for_the_salt_of_hashed_callers(
    tmp_path: Path, sealed: bool
) -> None:
    of = store_of(tmp_path / "var")
    bring(of, profile="log")
    caller_salt(of)
    of.caller_check_path.unlink()
    if not sealed:
        seals.seal_path(of.caller_check_path).unlink()
        assert check_store(of, full=False).damage == ()  # no caller was hashed yet
        bring(of)
        of.caller_check_path.unlink()
        seals.seal_path(of.caller_check_path).unlink()
    (damage,) = check_store(of, full=False).damage
    assert damage.name == "caller_salt.check"
    assert "`hotspots caller-secret --new`, which keeps it" in damage.remedy
    begin_new_salt(of)
    assert check_store(of, full=False).damage == ()


def test_a_salt_that_nothing_vouches_for_is_kept_where_a_person_says_so(tmp_path: Path) -> None:
    of = store_of(tmp_path / "var")
    references = bring(of)
    of.caller_check_path.unlink()
    begin_new_salt(of)
    assert salt_state(of).state == "right"
    assert bring(of) == references


@pytest.mark.parametrize(
    ("given", "found"),
    [("", "is empty"), ("   ", "is empty"), ("0123456789abcde", "has 15 characters")],
)
def test_a_salt_that_is_empty_or_too_short_is_refused(
    monkeypatch: pytest.MonkeyPatch, given: str, found: str
) -> None:
    monkeypatch.setenv("HOTSPOT_CALLER_SALT", given)
    settings.cache_clear()
    with pytest.raises(SettingsError, match=f"HOTSPOT_CALLER_SALT: it {found}.*at least 16"):
        settings()
    settings.cache_clear()
    monkeypatch.setenv("HOTSPOT_CALLER_SALT", "0123456789abcdef")
    assert settings().caller_salt is not None
    settings.cache_clear()
    with pytest.raises(ValidationError):
        Settings(caller_salt="short", _env_file=None)


def test_a_backup_leaves_the_salt_out_and_an_import_after_the_restore_says_what_that_means(
    tmp_path: Path,
) -> None:
    of = store_of(tmp_path / "var")
    references = bring(of)
    salt = of.caller_salt_path.read_bytes()
    plain, whole = tmp_path / "plain.zip", tmp_path / "whole.zip"
    said = hotspots("backup", plain, store=of.store).stdout
    assert "does not contain the secret" in said
    said = hotspots("backup", whole, "--with-caller-salt", store=of.store).stdout
    assert "keep it as safe as the store" in said
    for path, holds in ((plain, False), (whole, True)):
        with zipfile.ZipFile(path) as archive:
            content = [archive.read(name) for name in archive.namelist()]
            assert ("store/caller_salt" in archive.namelist()) == holds
            assert any(salt in each for each in content) == holds

    new = tmp_path / "new"
    said = hotspots("restore", plain, store=new).stdout
    assert "does not contain the secret" in said
    assert "the one here is missing" in said
    after = store_of(new)
    with pytest.raises(CallerSaltError, match="is missing"):
        bring(after)
    after.caller_salt_path.write_bytes(b"f" * 64)
    with pytest.raises(CallerSaltError, match="is not the one"):
        bring(after)
    after.caller_salt_path.write_bytes(salt)
    assert bring(after) == references

    said = hotspots("restore", whole, store=tmp_path / "other").stdout
    assert "is the one of the backup" in said
    assert bring(store_of(tmp_path / "other")) == references


def test_a_restore_in_place_keeps_the_salt_that_the_backup_leaves_out(tmp_path: Path) -> None:
    of = store_of(tmp_path / "var")
    references = bring(of)
    ops = Operations.open(of)
    backup(tmp_path / "a.zip", settings=of, ops=ops, now=NOW)
    ops.close()
    restore(tmp_path / "a.zip", settings=of, replace=True)
    assert bring(of) == references
    empty = store_of(tmp_path / "new")  # and one that was put there before the restore
    (tmp_path / "fresh").mkdir()
    (tmp_path / "fresh" / "caller_salt").write_bytes(of.caller_salt_path.read_bytes())
    fresh = Settings(store=tmp_path / "fresh", operations_url=None, _env_file=None)
    restore(tmp_path / "a.zip", settings=fresh)
    assert bring(fresh) == references
    assert not empty.caller_salt_path.exists()


def test_the_command_line_says_how_the_secret_stands_and_never_the_secret(tmp_path: Path) -> None:
    of = store_of(tmp_path / "var")
    bring(of)
    salt = of.caller_salt_path.read_text()
    said = hotspots("caller-secret", store=of.store).stdout
    assert "is there" in said
    assert "There are hashed callers" in said
    of.caller_salt_path.unlink()
    assert "is missing" in hotspots("caller-secret", store=of.store).stdout
    begun = hotspots("caller-secret", "--new", "--yes", store=of.store).stdout
    assert begun.splitlines()[-1].startswith("The secret used to hash callers is there")
    new = of.caller_salt_path.read_text()
    assert new != salt
    assert not [each for each in (salt, new) if each in said + begun]


def test_the_check_value_tells_salts_apart_and_is_not_the_salt(tmp_path: Path) -> None:
    of = store_of(tmp_path / "var")
    salt = caller_salt(of)
    check = of.caller_check_path.read_bytes()
    assert salt not in check
    assert check != module._check_value(salt + b"0")
    assert stat.S_IMODE(of.caller_check_path.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir()] == ["var"]
