"""The network that the store's streets make: kept while they stand, made again with others."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from data.layers.places import load_places, loaded_place, remove_places
from data.layers.streets import streets_in_use

if TYPE_CHECKING:
    from pathlib import Path

    from data.settings import Settings


def test_the_demos_streets_are_one_network_that_is_made_once(demo_settings: Settings) -> None:
    found = streets_in_use(demo_settings)
    layer = load_places(demo_settings, "street")
    assert found is not None
    assert layer is not None
    assert found.component.max() == 0
    assert found.length_m.sum() == pytest.approx(layer.frame.length.sum(), rel=1e-4)
    assert streets_in_use(demo_settings) is found


def test_without_streets_there_is_no_network(demo_settings: Settings, tmp_path: Path) -> None:
    shutil.copytree(demo_settings.places_path, tmp_path / demo_settings.places_path.name)
    own = demo_settings.model_copy(update={"store": tmp_path})
    loaded = loaded_place(own, "street")
    assert loaded is not None
    assert streets_in_use(own) is not None
    assert remove_places(own, "street", loaded_by=loaded.loaded_by)
    assert streets_in_use(own) is None
