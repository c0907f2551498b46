"""How a map's search compares names, run where it runs: in a browser's own script."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from geo.screen.search_match import MATCH_SCRIPT
from tests.hostile_names import HOSTILE_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

STREETS = [
    ("Roman Road", "Bow West"),
    ("Rowan Road", "Bow East"),
    ("High Street", "Poplar"),
    ("High Street", "Shadwell"),
    ("St. Peter's Close", "Weavers"),
    ("Saint Paul's Way", "Mile End"),
    ("Whitechapel Road", "Whitechapel"),
    ("Brick Lane", "Weavers"),
    ("Queen's Walk", "Shadwell"),
    ("Đặng Square", "Mile End"),
    ("Café Row", "Mile End"),
    ("Commercial Street", "Whitechapel"),
    ("বাংলা টাউন", "Whitechapel"),
]
DISTRICTS = {"E1": ("6QA6QL7AA", 3), "E14": ("5HA", 1), "E1W": ("1AA", 1), "SW1A": ("1AA", 1)}


@pytest.fixture(scope="module")
def page(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    page.evaluate(
        "([code, streets]) => { window.match = new Function(code"
        " + 'return {indexOf, search, postcodes, slips};')();"
        " window.streets = match.indexOf(streets.map(([name, detail]) =>"
        " ({name, detail, kind: 'street', order: 3}))); }",
        [MATCH_SCRIPT, STREETS],
    )
    yield page
    page.close()


def found(page: Page, text: str) -> list[str]:
    rows: list[dict[str, Any]] = page.evaluate(
        "(text) => match.search([streets], text, {most: 8}).map((each) => each.row)", text
    )
    return [f"{row['name']} ({row['detail']})" for row in rows]


def first(page: Page, text: str) -> str:
    return found(page, text)[0]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("roman road", "Roman Road (Bow West)"),
        ("ROMAN RD", "Roman Road (Bow West)"),
        ("roman roa", "Roman Road (Bow West)"),
        ("rom", "Roman Road (Bow West)"),
        ("road roman", "Roman Road (Bow West)"),
        ("  Roman   Road. ", "Roman Road (Bow West)"),
        ("st peters cl", "St. Peter's Close (Weavers)"),
        ("Saint Peter’s", "St. Peter's Close (Weavers)"),
        ("st pauls way", "Saint Paul's Way (Mile End)"),
        ("queens walk", "Queen's Walk (Shadwell)"),
        ("bricklane", "Brick Lane (Weavers)"),
        ("brick ln", "Brick Lane (Weavers)"),
        ("high st shadwell", "High Street (Shadwell)"),
        ("high street poplar", "High Street (Poplar)"),
        ("dang sq", "Đặng Square (Mile End)"),
        ("cafe row", "Café Row (Mile End)"),
        ("CAFÉ", "Café Row (Mile End)"),
        ("বাংলা", "বাংলা টাউন (Whitechapel)"),
        ("whitechapl road", "Whitechapel Road (Whitechapel)"),  # a letter left out
        ("whitechappel rd", "Whitechapel Road (Whitechapel)"),  # one too many
        ("whietchapel", "Whitechapel Road (Whitechapel)"),  # two that changed places
        ("comercial stret", "Commercial Street (Whitechapel)"),
        ("romam road", "Roman Road (Bow West)"),
    ],
)
def test_a_street_is_found_however_it_is_written(page: Page, text: str, expected: str) -> None:
    assert first(page, text) == expected


def test_what_is_spelt_so_comes_before_a_slip(page: Page) -> None:
    assert found(page, "roman road")[:2] == ["Roman Road (Bow West)", "Rowan Road (Bow East)"]
    assert first(page, "rowan road") == "Rowan Road (Bow East)"


def test_equal_names_are_both_there_and_told_apart(page: Page) -> None:
    assert set(found(page, "high street")) == {"High Street (Poplar)", "High Street (Shadwell)"}


@pytest.mark.parametrize("text", ["", "   ", "...", "zzzz", "roman zzzz", "xq", "12345"])
def test_what_nothing_is_like_finds_nothing(page: Page, text: str) -> None:
    assert found(page, text) == []


def test_slips_are_counted_as_a_slow_count_by_the_definition_has_them(page: Page) -> None:
    words = ["roman", "ramon", "orman", "romans", "rmoan", "woman", "bow", "road", "raod", "abcdef"]

    def counted(one: str, other: str) -> int:  # restricted Damerau-Levenshtein, by recursion
        if not one or not other:
            return len(one) + len(other)
        ways = [
            counted(one[:-1], other) + 1,
            counted(one, other[:-1]) + 1,
            counted(one[:-1], other[:-1]) + (one[-1] != other[-1]),
        ]
        if len(one) > 1 and len(other) > 1 and one[-2:] == other[-1] + other[-2]:
            ways.append(counted(one[:-2], other[:-2]) + 1)
        return min(ways)

    for one in words:
        for other in words:
            whole, beginning = page.evaluate(
                "([one, other]) => match.slips(one, other, 2).map((n) => n > 2 ? null : n)",
                [one, other],
            )
            expected = counted(one, other)
            assert whole == (expected if expected <= 2 else None), (one, other)
            begun = min(counted(one, other[:end]) for end in range(len(other) + 1))
            assert beginning == (begun if begun <= 2 else None), (one, other)


def codes(page: Page, text: str, most: int = 8) -> list[str]:
    held: list[str] = page.evaluate(
        """([districts, text, most]) => match.postcodes(Object.entries(districts).map(
          ([name, [halves, count]]) => [name, {halves, at: Array(count).fill([51.5, 0])}]),
          text, most).map((each) => each.name)""",
        [DISTRICTS, text, most],
    )
    return held


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("E1 6QL", ["E1 6QL"]),
        ("e16ql", ["E1 6QL"]),
        ("e1-6ql", ["E1 6QL"]),
        ("E1 6Q", ["E1 6QA", "E1 6QL"]),
        ("E1 6", ["E1 6"]),
        ("e1", ["E1", "E14", "E1W"]),
        ("E14", ["E14"]),
        ("SW1A 1AA", ["SW1A 1AA"]),
        ("sw1", ["SW1A"]),
        ("E1 OAA", []),  # the letter O stands for a zero: there is no E1 0AA
        ("SW1A IAA", ["SW1A 1AA"]),
        ("E2", []),
        ("E1 6QLX", []),
        ("roman", []),
        ("", []),
    ],
)
def test_postcodes_are_found_whole_by_district_and_by_sector(
    page: Page, text: str, expected: list[str]
) -> None:
    assert codes(page, text) == expected


def test_not_more_are_given_than_were_asked_for(page: Page) -> None:
    assert len(codes(page, "e1", most=2)) == 2
    many: int = page.evaluate(
        """() => match.search([match.indexOf(Array.from({length: 50}, (_, at) =>
          ({name: "Long Street " + at, kind: "street", detail: "", order: 3})))],
          "long", {most: 8}).length"""
    )
    assert many == 8


def test_a_kind_alone_lists_its_places_in_their_own_order(page: Page) -> None:
    names: list[str] = page.evaluate(
        """() => match.search([match.indexOf(["1. Near Long Street, Bow", "2. Bow", "3. A B C"].map(
          (name, at) => ({name, kind: "hotspot", detail: "9 incidents", order: at / 1e5})))],
          "hotspot", {most: 8}).map((each) => each.row.name)"""
    )
    assert [name[0] for name in names] == ["1", "2", "3"]


def test_the_nearer_of_two_equal_names_comes_first(page: Page) -> None:
    details: list[str] = page.evaluate(
        """() => match.search([streets], "high street", {most: 8, near: (row) =>
          row.detail === "Shadwell" ? 1 : 2}).map((each) => each.row.detail)"""
    )
    assert details == ["Shadwell", "Poplar"]


def test_the_right_street_is_found_among_50_000(page: Page) -> None:
    answer: list[str] = page.evaluate(
        """() => {
          const parts = ["ash", "birch", "cedar", "dale", "elm", "fern", "glen", "holm", "iver",
            "jas", "kings", "lark", "mill", "north", "oak", "park", "quarry", "rose", "sand",
            "thorn"], ends = ["Street", "Road", "Lane", "Close", "Avenue"];
          const rows = [];
          for (let at = 0; at < 50000; at++) rows.push({kind: "street", order: 3,
            name: parts[at % 20] + parts[(at / 20 | 0) % 20] + parts[(at / 400 | 0) % 20] + " "
              + ends[(at / 8000 | 0) % 5], detail: "Ward " + at % 40});
          rows.push({kind: "street", order: 3, name: "Threadneedle Street", detail: "Ward 7"});
          const index = match.indexOf(rows);
          return ["threadneedle st", "thredneedle street", "treadneedle", "threadneedle ward 7"]
            .map((text) => match.search([index], text, {most: 8})[0].row.name);
        }"""
    )
    assert answer == ["Threadneedle Street"] * 4


def test_hostile_names_and_texts_are_compared_and_not_run(page: Page) -> None:
    for text in HOSTILE_NAMES:
        rows: list[str] = page.evaluate(
            """([names, text]) => match.search([match.indexOf(names.map((name) =>
              ({name, kind: "street", detail: name, order: 3})))], text, {most: 8})
              .map((each) => each.row.name)""",
            [list(HOSTILE_NAMES), text],
        )
        assert not rows or text in rows or len(rows) == 8
    assert page.evaluate("window.hostile") is None
    assert page.evaluate("({}).polluted") is None
    for text in ("constructor", "__proto__", "hasOwnProperty", "toString"):
        assert found(page, text) == []
