"""The page Methods and limits shows the one text there is, and that text says what it must."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from data.services.documents import METHODS_PATH, DocumentError, Section, methods_text
from models.hotspots.methods import METHODS

if TYPE_CHECKING:
    from pathlib import Path


def test_a_document_is_read_in_parts_and_nothing_is_lost(tmp_path: Path) -> None:
    file = tmp_path / "methods.md"
    file.write_text("# Title\n\nLead.\n\n## One & two\n\nText.\n\n### Under\n\n## Three\nEnd\n")
    read = methods_text(file)
    assert (read.title, read.lead) == ("Title", "Lead.")
    assert read.parts == (
        Section("One & two", "one-two", "Text.\n\n### Under"),
        Section("Three", "three", "End"),
    )
    assert read.whole == file.read_text()


@pytest.mark.parametrize(
    ("written", "message"),
    [(None, "is missing"), ("No title\n", "begin with a title"), ("# Title\nLead\n", "no parts")],
)
def test_a_document_that_cannot_be_shown_says_so(
    written: str | None, message: str, tmp_path: Path
) -> None:
    file = tmp_path / "methods.md"
    if written is not None:
        file.write_text(written)
    with pytest.raises(DocumentError, match=message):
        methods_text(file)


def test_the_methods_text_begins_with_what_must_not_be_concluded_about_people() -> None:
    first = methods_text().parts[0]
    assert first.heading == "What must not be concluded"
    assert "nothing about a person" in first.body.splitlines()[0]


@pytest.mark.parametrize(
    "said", ["Reporting bias", "Feedback loops", "Anonymised map points", "Small numbers"]
)
def test_the_methods_text_warns_of_what_the_data_cannot_show(said: str) -> None:
    assert f"**{said}.**" in METHODS_PATH.read_text(encoding="utf-8")


@pytest.mark.parametrize("name", METHODS)
def test_every_method_on_offer_has_a_part_of_its_own(name: str) -> None:
    words = {"gi_star": "gi*", "relative_risk": "dual kde"}.get(name, name)
    headings = [part.heading.lower() for part in methods_text().parts]
    assert [heading for heading in headings if words in heading], headings


def test_no_two_parts_share_an_anchor() -> None:
    anchors = [part.anchor for part in methods_text().parts]
    assert len(set(anchors)) == len(anchors)
