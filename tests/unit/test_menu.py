"""Which pages each role sees and which filters each has, against a table written by hand."""

from __future__ import annotations

import pytest

from pages.shell.menu import MENU, may_open

# Section, address, title; who may open it: officer, administrator, ward panel; its filters.
PAGES = [
    ("Intelligence", "today", "Today", "officer administrator", ""),
    (
        "Intelligence",
        "hotspots",
        "Hotspots",
        "officer administrator",
        "span compare category hours ward source method",
    ),
    (
        "Intelligence",
        "patterns",
        "Patterns",
        "officer administrator",
        "span compare category hours ward source",
    ),
    (
        "Intelligence",
        "near-repeat",
        "Near-repeat",
        "officer administrator",
        "span category hours ward source",
    ),
    (
        "Intelligence",
        "places",
        "Places",
        "officer administrator",
        "span category hours ward source",
    ),
    (
        "Tasking",
        "plan",
        "Plan",
        "officer administrator",
        "span compare category hours ward source method",
    ),
    ("Tasking", "board", "Board", "officer administrator", ""),
    ("Tasking", "tasking", "Tasking", "officer administrator", ""),
    ("Tasking", "propose", "Propose a tasking", "officer administrator", ""),
    ("Tasking", "visit", "Visit", "officer administrator", ""),
    ("Tasking", "reviews", "Reviews", "officer administrator", ""),
    ("Tasking", "meeting", "Meeting", "officer administrator", ""),
    (
        "Review",
        "night-time-economy",
        "Night-time economy",
        "officer administrator",
        "span ward source",
    ),
    ("Review", "ward-panel", "Ward panel", "officer administrator panel", ""),
    ("Review", "performance", "Performance", "officer administrator", ""),
    ("Records", "import-data", "Import data", "officer administrator", ""),
    ("Records", "data-quality", "Data quality", "officer administrator", ""),
    ("Records", "accuracy", "Accuracy", "officer administrator", "span category hours ward source"),
    ("Records", "administration", "Administration", "administrator", ""),
    ("Help", "methods-and-limits", "Methods and limits", "officer administrator panel", ""),
    ("Help", "your-account", "Your account", "officer administrator panel", ""),
]


def test_the_menu_holds_these_pages_in_this_order() -> None:
    listed = [
        (
            heading,
            entry.url_path,
            entry.title,
            " ".join([*entry.filters, *["method"] * entry.method]),
        )
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
