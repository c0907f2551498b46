"""What the list of *Visit* works out in the browser: how far it is, and what it keeps of whom."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from pages.tasking.visit_parts.phone_script import PHONE_SCRIPT

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.browser.conftest import StartServer

# A square of 0.01 degrees on the equator, where a degree is the same both ways, with a hole.
SQUARE = [[0, 0], [0.01, 0], [0.01, 0.01], [0, 0.01], [0, 0]]
HOLE = [[0.004, 0.004], [0.006, 0.004], [0.006, 0.006], [0.004, 0.006], [0.004, 0.004]]
SCRIPT = PHONE_SCRIPT.partition("export default")[0]


def run(page: Page, body: str, given: object = None) -> Any:  # noqa: ANN401 - what JSON has
    """Return what a body of a function says that sees the script."""
    return page.evaluate(f"(given) => {{ {SCRIPT}\n{body} }}", given)


@pytest.mark.parametrize(
    ("longitude", "latitude", "metres"),
    [
        (0.002, 0.002, 0),  # inside
        (0.005, 0.0055, 55.66),  # in the hole: to its edge
        (0.011, 0.005, 111.32),
        (0.013, 0.014, 556.6),  # from the corner: 3, 4, 5
    ],
)
def test_a_distance_is_to_the_edge_and_nothing_inside(
    page: Page, longitude: float, latitude: float, metres: float
) -> None:
    at = {"longitude": longitude, "latitude": latitude}
    found = run(page, "return metresTo(given.at, given.rings)", {"at": at, "rings": [SQUARE, HOLE]})
    assert found == pytest.approx(metres, abs=0.01)


def test_a_degree_of_longitude_is_shorter_away_from_the_equator(page: Page) -> None:
    moved = [[x, y + 60] for x, y in SQUARE]
    at = {"longitude": 0.012, "latitude": 60.005}
    found = run(page, "return metresTo(given.at, given.rings)", {"at": at, "rings": [moved]})
    assert found == pytest.approx(111.3, abs=0.2)


def test_distances_are_said_in_steps_that_a_straight_line_bears(page: Page) -> None:
    given = [0, 9.9, 44, 996, 1240]
    assert run(page, "return given.map(distanceLabel)", given) == [
        "here",
        "here",
        "40 m away",
        "1.0 km away",
        "1.2 km away",
    ]


def test_what_is_on_now_is_ordered_by_distance_and_the_rest_by_time(page: Page) -> None:
    def item(number: int, standing: str, east: float) -> dict[str, object]:
        rings = [[[x + east, y] for x, y in SQUARE]]
        return {"id": number, "standing": standing, "rings": rings, "there": None}

    items = [
        item(1, "now", 0.5), item(2, "now", 0.1), item(3, "later", 0.2), item(4, "later", 0.0),
        item(5, "there", 0.3) | {"there": {"visit": 9, "at": 1}}, item(6, "now", 0.3),
    ]  # fmt: skip
    body = """
      const phone = Object.create(Phone.prototype);
      Object.assign(phone, {answers: new Map(), data: {items: given.items},
        position: {at: given.at}});
      return phone.ordered({entries: given.entries, leaving: {}}).map((row) => row.item.id);
    """
    here = {"longitude": 0.0, "latitude": 0.005}
    known = {"items": items, "at": here, "entries": []}
    assert run(page, body, known) == [5, 2, 6, 1, 3, 4]
    assert run(page, body, known | {"at": None}) == [5, 1, 2, 6, 3, 4]
    arrived = [{"key": "k", "kind": "arrived", "tasking": 1, "at": "2026-11-21T09:00:00Z"}]
    assert run(page, body, known | {"entries": arrived})[:2] == [1, 5]  # not sent, and there


def test_a_key_is_random_and_of_the_form_that_the_server_takes(page: Page) -> None:
    keys = run(page, "return [1, 2, 3].map(randomKey)")
    assert len(set(keys)) == 3
    for key in keys:
        assert [len(part) for part in key.split("-")] == [8, 4, 4, 4, 12]
        assert set(key) <= set("0123456789abcdef-")


def test_what_is_kept_for_one_person_is_neither_read_nor_written_by_another(
    page: Page, start_server: StartServer, tmp_path: Path
) -> None:
    script = tmp_path / "page.py"
    script.write_text("import streamlit\n", encoding="utf-8")
    page.goto(start_server(script).url)
    body = """
      const tell = () => null, sent = {kind: "arrived", at: "2026-11-21T09:00:00Z", tasking: 1};
      window.fetch = () => Promise.reject(new Error("no connection"));
      const amina = new Kept("amina", tell);
      amina.add(sent);
      const again = new Kept("amina", tell).read().entries.length;
      const ben = new Kept("ben", tell);
      const seen = ben.read().entries.length;
      ben.add(sent);
      amina.add(sent);
      const all = [amina, ben].map((each) => each.read().entries.length);
      const text = localStorage.getItem(STORED), cookie = document.cookie;
      ben.empty();
      return {again, seen, all, text, cookie, fault: amina.fault, left: localStorage.length};
    """
    found = run(page, body)
    assert (found["again"], found["seen"], found["all"]) == (1, 0, [0, 1])
    assert "amina" not in found["text"]
    assert "hotspots_visits=ben.unsent" in found["cookie"]
    assert "Somebody else has signed in" in found["fault"]
