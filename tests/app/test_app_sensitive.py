"""No page shows where a domestic or sexual incident happened."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from streamlit.testing.v1 import AppTest

from data.settings import settings as settings_of_process
from pages.shell.menu import MENU
from tests.quiet_flat import FLAT, FLAT_STREET, IN_FLAT, MOVED_FLAT, quiet_flat

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
HOTSPOTS = "pages/intelligence/hotspots.py"
YEAR = {"from": "2025-11-01", "to": "2026-10-30"}
# Names of files and of a stand-in of the test client that differ from run to run.
_OF_ONE_RUN = re.compile(rb"[0-9a-f]{32}|id=\\?'\d+\\?'")
# When each import began, each version was stored, and each page was viewed.
NAMES_THE_MOMENT = (
    "pages/records/import_data.py",
    "pages/records/data_quality.py",
    "pages/records/administration.py",
)
PATHS = tuple(entry.path for entries in MENU.values() for entry in entries)


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Settings]:
    """The store; the same with the flat elsewhere; the same with ordinary assaults."""
    folder = tmp_path_factory.mktemp("flats")
    return {
        "here": quiet_flat(folder / "one" / "var"),
        "moved": quiet_flat(folder / "two" / "var", flat=MOVED_FLAT),
        "ordinary": quiet_flat(folder / "ord" / "var", sensitive=False),
    }


@pytest.fixture
def opened_app(stores: dict[str, Settings], monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Open a page of one of the stores and return all that it holds, maps and tables as well."""

    def holds(name: str, path: str, *, method: str = "kde", proposed: bool = False) -> bytes:
        monkeypatch.setenv("HOTSPOT_STORE", str(stores[name].store))
        settings_of_process.cache_clear()
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
        for key, value in {**YEAR, "method": method}.items():
            app.query_params[key] = value
        app.run()  # the link leads to the page Hotspots
        if proposed:
            app.button("propose_here").click().run()
        if path != HOTSPOTS:
            app.switch_page(str(ROOT / path)).run()
        assert [each.value for each in app.exception] == []
        return _OF_ONE_RUN.sub(b"", b"\n".join(_parts(app._tree)))

    yield holds
    settings_of_process.cache_clear()


def _parts(node: Any) -> Iterator[bytes]:  # noqa: ANN401 - a node of the page's tree
    proto = getattr(node, "proto", None)
    if proto is not None and hasattr(proto, "SerializeToString"):
        content = proto.SerializeToString(deterministic=True)
        for styles in re.findall(r'\buuid: "(\w+)"', str(proto)):  # a new name in each run
            content = content.replace(styles.encode(), b"")
        yield content
    for child in getattr(node, "children", {}).values():
        yield from _parts(child)


def _both(point: tuple[float, float], content: bytes) -> bool:
    """Tell whether the digits of an easting and a northing stand in a page."""
    digits = {int(each) for each in re.findall(rb"(?<!\d)\d{6}(?!\d)", content)}
    return {int(value) for value in point} <= digits


def _still(content: bytes) -> bytes:
    """Return a page without the moment that *Visit* sets a phone's clock by, in milliseconds."""
    return re.sub(rb'"now": ?\d{13}', b"", content)


@pytest.mark.parametrize("path", PATHS)
def test_no_page_names_or_places_a_sensitive_incident(path: str, opened_app: Any) -> None:  # noqa: ANN401
    content = opened_app("here", path)
    assert len(content) > 1_000
    assert FLAT_STREET.encode() not in content
    assert not _both(FLAT, content)
    if path not in NAMES_THE_MOMENT:
        assert _still(content) == _still(opened_app("moved", path))


def test_a_proposal_from_a_hotspot_is_the_same_and_says_what_is_left_out(
    opened_app: Any,  # noqa: ANN401
) -> None:
    one, other = (opened_app(name, HOTSPOTS, proposed=True) for name in ("here", "moved"))
    assert one == other
    assert f"without the {IN_FLAT} domestic or sexual of these wards".encode() in one
    assert FLAT_STREET.encode() not in one


def test_the_page_hotspots_names_ordinary_incidents_and_counts_sensitive_ones(
    opened_app: Any,  # noqa: ANN401
) -> None:
    assert FLAT_STREET.encode() in opened_app("ordinary", HOTSPOTS, method="dbscan")
    content = opened_app("here", HOTSPOTS, method="dbscan")
    assert f"and {IN_FLAT} domestic or sexual".encode() in content
    assert FLAT_STREET.encode() not in content
