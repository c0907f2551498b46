"""Which pages each role sees and which the filters stand on, against a table written by hand."""

from __future__ import annotations

import pytest

from pages.shell.menu import MENU, may_open

# Section, address, title; who may open it: officer, administrator, ward panel; filtered or not.
PAGES = [
    ("Intelligence", "today", "Today", "officer administrator", False),
    ("Intelligence", "hotspots", "Hotspots", "officer administrator", True),
    ("Intelligence", "patterns", "Patterns", "officer administrator", True),
    ("Intelligence", "near-repeat", "Near-repeat", "officer administrator", True),
    ("Intelligence", "places", "Places", "officer administrator", True),
    ("Tasking", "plan", "Plan", "officer administrator", True),
    ("Tasking", "board", "Board", "officer administrator", False),
    ("Tasking", "tasking", "Tasking", "officer administrator", False),
    ("Tasking", "propose", "Propose a tasking", "officer administrator", False),
    ("Tasking", "visit", "Visit", "officer administrator", False),
    ("Tasking", "reviews", "Reviews", "officer administrator", False),
    ("Review", "night-time-economy", "Night-time economy", "officer administrator", True),
    ("Review", "ward-panel", "Ward panel", "officer administrator panel", False),
    ("Review", "performance", "Performance", "officer administrator", False),
    ("Records", "import-data", "Import data", "officer administrator", False),
    ("Records", "data-quality", "Data quality", "officer administrator", False),
    ("Records", "accuracy", "Accuracy", "officer administrator", True),
    ("Records", "administration", "Administration", "administrator", False),
    ("Help", "methods-and-limits", "Methods and limits", "officer administrator panel", False),
    ("Help", "your-account", "Your account", "officer administrator panel", False),
]


def test_the_menu_holds_these_pages_in_this_order() -> None:
    listed = [
        (heading, entry.url_path, entry.title, entry.filtered)
        for heading, entries in MENU.items()
        for entry in entries
    ]
    assert listed == [(section, path, title, kept) for section, path, title, _, kept in PAGES]


@pytest.mark.parametrize("role", ["officer", "administrator", "panel"])
def test_a_role_sees_the_pages_that_the_table_gives_it(role: str) -> None:
    seen = [
        entry.url_path
        for entries in MENU.values()
        for entry in entries
        if may_open(entry, role)  # type: ignore[arg-type]
    ]
    assert seen == [path for _, path, _, roles, _ in PAGES if role in roles.split()]


def test_a_ward_panel_sees_three_pages_and_no_more() -> None:
    seen = [each.path for every in MENU.values() for each in every if may_open(each, "panel")]
    assert seen == [
        "pages/review/ward_panel.py",
        "pages/help/methods_and_limits.py",
        "pages/help/your_account.py",
    ]
