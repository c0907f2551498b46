"""The ground of maps at the door: for who is signed in, once, under the digest of its content."""

from __future__ import annotations

import gzip
import json
from typing import TYPE_CHECKING

import anyio
import httpx
import pytest
from shapely import Point, box
from starlette.responses import PlainTextResponse

from data.access import Person
from data.layers.ground import ground_file, ground_layers, map_ground
from data.layers.map_names import map_file, names_digest
from data.layers.places import places_path, save_places
from data.layers.postcodes import save_postcodes
from data.layers.wards import save_wards
from data.operations.accounts.sign_ins import sign_in
from data.operations.accounts.users import add_account
from data.operations.actor import Actor
from data.operations.database import Operations
from data.rows.errors import DamagedFileError
from data.settings import Settings, settings
from geo.postcodes import PostcodeTable
from geo.wards import WardLayer
from pages.server.door import Door
from pages.server.site import Site
from pages.server.uploads import Uploads
from pages.shell import queries
from tests.made_hotspots import SOUTH, WEST, made_wards
from tests.made_places import made_layer, made_places
from tests.moment import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from data.access import Role

PASSWORD = "lantern copper walnut"
ROLES: tuple[Role, ...] = ("administrator", "officer", "panel")
COOKIE = "hotspots_sign_in"
KEPT = "private, max-age=31536000, immutable"


def made_store(folder: Path, *, layers: bool = True) -> Settings:
    """A store with wards and, unless they are unwanted, every layer of the ground."""
    made = Settings(store=folder / "var", operations_url=None, _env_file=None)
    made.store.mkdir(parents=True)
    save_wards(WardLayer.of(made_wards().assign(borough_name="Made")), made.wards_path)
    for layer in made_places() if layers else ():
        save_places(layer, made, now=NOW, person="Amina Khan")
    return made


class Browser:
    """A browser at a door, behind which there is nothing but the word "inside"."""

    def __init__(self, store: Settings, ops: Operations) -> None:
        self.store, self.ops = store, ops
        self.keeper = Actor(ops, Person("this computer", "administrator"), NOW)
        self.door = Door(
            PlainTextResponse("inside"),
            ops,
            Site(None),
            None,  # type: ignore[arg-type]
            Uploads(1, 1),
            lambda: NOW,
            ground_files=lambda digest, sheet: map_file(store, digest=digest, sheet=sheet),
        )

        self.tokens = {role: self._signed_in(role) for role in ROLES}

    def _signed_in(self, role: Role) -> str:
        add_account(self.keeper, name=role, role=role, password=PASSWORD)
        return sign_in(self.ops, name=role, password=PASSWORD, now=NOW)

    def ask(self, path: str, *, token: str | None, method: str = "GET") -> httpx.Response:
        async def asked() -> httpx.Response:
            way = httpx.ASGITransport(app=self.door, client=("10.0.0.7", 1))
            cookies = {COOKIE: token} if token else {}
            async with httpx.AsyncClient(
                transport=way, base_url="http://localhost:8501", cookies=cookies
            ) as client:
                return await client.request(
                    method, path, headers={"origin": "http://localhost:8501"}
                )

        return anyio.run(asked)


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    store = made_store(tmp_path_factory.mktemp("ground"))
    ops = Operations.open(store)
    yield Browser(store, ops)
    ops.close()


def digest_of(store: Settings) -> str:
    ground = map_ground(store)
    assert ground is not None
    return ground.digest


@pytest.mark.parametrize("role", ROLES)
def test_every_role_gets_the_ground_packed_and_to_keep(browser: Browser, role: Role) -> None:
    path = f"/ground/{digest_of(browser.store)}.json"
    answer = browser.ask(path, token=browser.tokens[role])
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == KEPT
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    ground = map_ground(browser.store)
    assert ground is not None
    assert answer.json() == json.loads(gzip.decompress(ground.files[""]))


def test_who_is_not_signed_in_gets_nothing(browser: Browser) -> None:
    path = f"/ground/{digest_of(browser.store)}.json"
    for token in (None, "not a token"):
        answer = browser.ask(path, token=token)
        assert (answer.status_code, answer.text) == (401, "Sign in first.")
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "name",
    ["0" * 32, "DIGEST-0", "DIGEST-99999", "DIGEST/..", "..%2f..%2fwards", "", "DIGEST.json/x"],
)
def test_what_is_not_there_is_not_found_and_not_kept(browser: Browser, name: str) -> None:
    path = f"/ground/{name.replace('DIGEST', digest_of(browser.store))}.json"
    answer = browser.ask(path, token=browser.tokens["officer"])
    assert answer.status_code == 404
    assert answer.text == "There is no such ground of a map."
    assert answer.headers["cache-control"] == "no-store"


def test_it_can_be_asked_about_but_not_changed(browser: Browser) -> None:
    path, token = f"/ground/{digest_of(browser.store)}.json", browser.tokens["officer"]
    asked = browser.ask(path, token=token, method="HEAD")
    assert (asked.status_code, asked.content) == (200, b"")
    for method in ("POST", "PUT", "DELETE"):
        answer = browser.ask(path, token=token, method=method)
        assert (answer.status_code, answer.headers["cache-control"]) == (405, "no-store")


def test_a_layer_that_is_loaded_again_has_another_address(tmp_path: Path) -> None:
    store = made_store(tmp_path)
    before = digest_of(store)
    river = made_layer("water", [("River", "river", box(WEST, SOUTH, WEST + 900, SOUTH + 200))])
    save_places(river, store, now=NOW, person="Amina Khan")
    after = digest_of(store)
    assert after != before
    assert ground_file(store, digest=before, sheet="") is None
    assert ground_file(store, digest=after, sheet="") is not None


def test_a_camera_is_no_ground_so_loading_it_asks_no_browser_to_fetch_again(
    tmp_path: Path,
) -> None:
    store = made_store(tmp_path)
    before = digest_of(store)
    camera = made_layer("camera", [("Another", "", Point(WEST + 100, SOUTH + 100))])
    save_places(camera, store, now=NOW, person="Amina Khan")
    assert digest_of(store) == before


@pytest.mark.parametrize("role", ROLES)
def test_every_role_gets_the_names_to_search_by_and_nobody_else_does(
    browser: Browser, role: Role
) -> None:
    path = f"/ground/{names_digest(browser.store, 'streets')}.json"
    answer = browser.ask(path, token=browser.tokens[role])
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == KEPT
    names = [row[0] for row in answer.json()["streets"]]
    assert sorted(names) == ["Cable Street", "Raven Row", "Whitechapel Road"]
    assert browser.ask(path, token=None).status_code == 401
    sheet = path.replace(".json", "-0.json")
    assert browser.ask(sheet, token=browser.tokens[role]).status_code == 404


def test_names_have_another_address_once_a_layer_or_the_postcodes_are_loaded_again(
    tmp_path: Path,
) -> None:
    store = made_store(tmp_path)
    streets = names_digest(store, "streets")
    assert names_digest(store, "postcodes") == ""
    river = made_layer("water", [("River", "river", box(WEST, SOUTH, WEST + 900, SOUTH + 200))])
    save_places(river, store, now=NOW, person="Amina Khan")
    assert names_digest(store, "streets") == streets  # a river is not searched for
    station = made_layer("station", [("Another", "", Point(WEST + 100, SOUTH + 100))])
    save_places(station, store, now=NOW, person="Amina Khan")
    assert names_digest(store, "streets") != streets
    assert map_file(store, digest=streets, sheet="") is None

    table = PostcodeTable.of(["E1 6QL"], easting=[WEST + 100.0], northing=[SOUTH + 100.0])
    save_postcodes(table, store.postcodes_path)
    postcodes = names_digest(store, "postcodes")
    held = map_file(store, digest=postcodes, sheet="")
    assert held is not None
    assert list(json.loads(gzip.decompress(held))["districts"]) == ["E1"]
    empty = made_store(tmp_path / "empty", layers=False)
    assert names_digest(empty, "streets") == names_digest(empty, "postcodes") == ""


def test_without_a_layer_there_is_no_ground(tmp_path: Path) -> None:
    empty = made_store(tmp_path, layers=False)
    assert map_ground(empty) is None
    assert ground_layers(empty) == ()
    assert ground_file(empty, digest="0" * 32, sheet="") is None


def test_the_layers_of_printed_maps_are_those_of_the_ground(tmp_path: Path) -> None:
    kinds = [layer.kind for layer in ground_layers(made_store(tmp_path))]
    assert kinds == ["water", "park", "rail", "street", "station"]


def test_a_damaged_layer_is_named_where_it_is_asked_for_and_takes_no_map_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = made_store(tmp_path)
    places_path(store, "water").write_bytes(b"no Parquet")
    with pytest.raises(DamagedFileError, match="water"):
        map_ground(store)
    monkeypatch.setenv("HOTSPOT_STORE", str(store.store))
    settings.cache_clear()
    try:
        assert queries.streets_and_water() is None
    finally:
        settings.cache_clear()
