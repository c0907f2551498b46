"""A change of wards that is killed is finished or taken back, and two at once give one result."""

from __future__ import annotations

import shutil
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pyarrow.dataset as pads
import pytest

from data.incidents import table, wards_join
from data.incidents.ingest import import_batches
from data.incidents.store import Store
from data.incidents.wards_join import settle_wards, use_wards
from data.layers.wards import wards_in_use
from data.locks import locked
from data.services.loading import load_ward_file
from data.settings import Settings
from tests.incident_rows import NOW, batch, hourly_rows, three_wards
from tests.store.killed import KILLED, killed_at

if TYPE_CHECKING:
    from pathlib import Path

    from geo.wards import WardLayer

STEPS = 24  # more than a change of wards has
OLD, NEW = three_wards(), three_wards(shift_m=500)


@pytest.fixture
def store(tmp_path: Path) -> Settings:
    """A store with incidents that are joined to the old wards."""
    made = Settings(store=tmp_path / "var", _env_file=None)
    use_wards(OLD, settings=made, now=NOW)
    import_batches([batch(*hourly_rows(20))], settings=made, wards=OLD, name="a", now=NOW)
    return made


def ward_file(folder: Path, wards: WardLayer) -> Path:
    path = folder / "wards.geojson"
    wards.frame.to_crs("EPSG:4326").to_file(path)
    return path


def in_force(of: Settings) -> str:
    """Return the key of the wards in use, once it is that of the incidents."""
    key = table.layer_key(wards_in_use(of))
    assert table.joined_layer(table.versions(of)) == key
    assert Store.open(of).snapshot is not None
    return key


def test_a_change_of_wards_killed_at_any_step_is_finished_or_taken_back(
    store: Settings, tmp_path: Path
) -> None:
    file = ward_file(tmp_path, NEW)
    jobs = {at: Settings(store=tmp_path / f"v{at}", _env_file=None) for at in range(1, STEPS)}
    for each in jobs.values():
        shutil.copytree(store.store, each.store)
    old = in_force(store)
    load_ward_file(file, settings=store, now=NOW)
    new = in_force(store)
    assert old != new
    ended = killed_at("wards", jobs, file=file)
    assert set(ended.values()) == {0, KILLED}
    found = set()
    for at, each in jobs.items():
        settle_wards(each)
        found.add(in_force(each))
        assert in_force(each) in ((new,) if ended[at] == 0 else (old, new))
        assert not each.next_wards_path.exists()
    assert found == {old, new}
    load_ward_file(file, settings=jobs[1], now=NOW)
    assert in_force(jobs[1]) == new


def test_whoever_opens_the_store_ends_a_change_that_was_cut_short(
    store: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Cut short right after the incidents were joined to the new wards."""

    def cut_short(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(wards_join, "_finish", cut_short)
    with pytest.raises(KeyboardInterrupt):
        use_wards(NEW, settings=store, now=NOW)
    monkeypatch.undo()
    assert store.next_wards_path.exists()
    assert table.layer_key(Store.open(store).wards) == table.layer_key(NEW)
    assert not store.next_wards_path.exists()


def test_two_changes_of_wards_at_once_are_one_after_the_other(store: Settings) -> None:
    layers = [NEW, three_wards(shift_m=250), OLD]
    with ThreadPoolExecutor(3) as threads:
        for each in [threads.submit(use_wards, one, settings=store, now=NOW) for one in layers]:
            each.result()
    assert in_force(store) in {table.layer_key(one) for one in layers}


def test_a_change_that_another_process_is_at_is_left_to_it(store: Settings) -> None:
    shutil.copy(store.wards_path, store.next_wards_path)
    with locked(store.store, "putting wards into use"), ThreadPoolExecutor(1) as other:
        assert other.submit(settle_wards, store).result() == ""
    assert store.next_wards_path.exists()
    assert "finished" in settle_wards(store)
    assert isinstance(table.dataset(table.opened(store)), pads.Dataset)
