"""Documents on paper: tagged, named, numbered, and literal whatever the text is."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from pypdf import PdfReader

from data.exports.paper import (
    Block,
    Bullets,
    Callout,
    Column,
    Document,
    Facts,
    Figure,
    Figures,
    Heading,
    PageBreak,
    PaperError,
    Paragraph,
    Picture,
    SizedText,
    Table,
    TwoColumns,
    html,
    marking,
    page_pictures,
    pages,
    pdf,
)
from tests.pdf_reading import read_pdf

if TYPE_CHECKING:
    from collections.abc import Sequence

NOW = datetime(2026, 11, 21, 9, 5, 7, 123456, tzinfo=UTC)
HOSTILE = (
    '#import "@preview/x:1.0.0": *',
    '#read("main.typ")',
    "$ x^2 $ ] } ) \\ @ref <label>",
    "*bold* _italic_ `raw` = heading - item + item / term: x // no /* no */ ~ --- ...",
    "<script>alert(1)</script><img src=x onerror=alert(1)> &amp; {{ 7*7 }} {% raw %}",
    "مرحبا بالعالم and back",
    "שלום",
)


def png(colour: str = "#336699") -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (60, 30), colour).save(file, "PNG")
    return file.getvalue()


def document(*blocks: Block, **changes: object) -> Document:
    made = Document(
        title="Weavers, July to September 2026",
        blocks=blocks,
        marking=marking(simulated=True),
        made_at=NOW,
        made_by="A. Officer",
        period="1 Jul to 30 Sep 2026",
        table_version="12",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


EVERY_BLOCK: tuple[Block, ...] = (
    Figures((Figure("Incidents", "1,204", "8 % fewer"), Figure("Wards", "3"))),
    Heading("Reports"),
    Paragraph("First.\nSecond."),
    Paragraph("Opening words.", "lead"),
    Paragraph("In small print.", "small"),
    Bullets(("One thing", "Another")),
    Bullets(("Do this", "Then that"), numbered=True),
    Callout("Cannot tell", "Too few incidents.", "unclear"),
    Table(
        (Column("Kind"), Column("Count", "right")),
        (("Noise", "48"), ("Total", "48")),
        "By kind",
        total=True,
    ),
    Table((Column("Kind"),), (), "Nothing here", empty="Choose a longer period."),
    PageBreak(),
    TwoColumns(
        (Heading("Where", 3), Facts((("Street", "Brick Lane"), ("Hours", "22:00 to 02:00")))),
        (Picture(png(), "Map of Brick Lane", "The area", max_mm=40),),
    ),
    Picture(png(), "Chart of reports", width=0.5),
)


def column_starts(data: bytes, heads: Sequence[str]) -> list[float]:
    """Return where on the first page each header begins, in points from the left."""
    found: dict[str, float] = {}

    def saw(text: str, page: Sequence[float], line: Sequence[float], *_: object) -> None:
        for head in heads:
            if text.strip() == head:
                found.setdefault(head, float(page[4]) + float(page[0]) * float(line[4]))

    PdfReader(io.BytesIO(data)).pages[0].extract_text(visitor_text=saw)
    return [found[head] for head in heads]


class TestThePdf:
    def test_says_that_it_is_accessible_and_in_which_language(self) -> None:
        read = read_pdf(pdf(document(Paragraph("Words."))))
        assert read.universal
        assert read.marked
        assert read.language == "en-GB"
        assert read.title == "Weavers, July to September 2026"

    def test_tags_every_kind_of_block(self) -> None:
        read = read_pdf(pdf(document(*EVERY_BLOCK)))
        assert [tag for tag in read.tags if tag in ("H1", "H2", "H3", "H4")] == ["H1", "H2", "H3"]
        assert read.tags.count("Table") == 1
        assert read.tags.count("TH") == 2
        assert read.tags.count("TD") == 4
        assert read.tags.count("L") == 2
        assert read.tags.count("LI") == 4
        assert read.tags.count("Figure") == 2
        assert read.alternatives == ("Map of Brick Lane", "Chart of reports")

    def test_holds_every_word(self) -> None:
        text = read_pdf(pdf(document(*EVERY_BLOCK))).text
        for words in (
            "Incidents: 1,204 8 % fewer",
            "First. Second. Opening words. In small print.",
            "• One thing • Another 1. Do this 2. Then that",
            "Cannot tell Too few incidents.",
            "By kind Kind Count Noise 48 Total 48",
            "Nothing here Choose a longer period.",
            "Street: Brick Lane",
            "Hours: 22:00 to 02:00",
            "The area",
        ):
            assert words in text

    def test_numbers_its_pages_and_marks_each_at_head_and_foot(self) -> None:
        read = read_pdf(pdf(document(*EVERY_BLOCK)))
        assert len(read.pages) == 2
        for number, text in enumerate(read.pages, start=1):
            assert f"Page {number} of 2" in text
            assert text.count("OFFICIAL – SIMULATED DATA") == 2

    def test_says_its_period_table_version_and_who_made_it_when(self) -> None:
        (text,) = read_pdf(pdf(document())).pages
        assert "Period: 1 Jul to 30 Sep 2026" in text
        assert "Incident table: version 12" in text
        assert "Made: 21 Nov 2026, 09:05 by A. Officer" in text

    def test_leaves_out_what_is_not_known(self) -> None:
        (text,) = read_pdf(pdf(document(period="", table_version="", made_by=""))).pages
        assert "Period" not in text
        assert "Incident table" not in text
        assert "Made: 21 Nov 2026, 09:05" in text

    def test_repeats_a_long_tables_header_on_each_page(self) -> None:
        rows = tuple((f"Street {number}", str(number)) for number in range(120))
        table = Table((Column("Where"), Column("How many", "right")), rows, "Long")
        read = read_pdf(pdf(document(table)))
        assert len(read.pages) == 3
        assert all("Where How many" in text for text in read.pages)
        assert read.tags.count("TH") == 2  # read out once

    @pytest.mark.parametrize("share", [None, 1.0], ids=["widths by text", "with a share"])
    def test_squeezes_no_column_between_long_ones(self, share: float | None) -> None:
        """A first column that takes what is left must be left something."""
        long = "a sentence that goes on for quite a while and wraps in the end"
        columns = (Column("First", share=share), Column("Second"), Column("Third"), Column("Last"))
        table = Table(columns, (("Whitechapel", long, long, long),) * 3, "Four")
        starts = column_starts(pdf(document(table)), ("First", "Second", "Third", "Last"))
        assert starts == sorted(starts)
        assert starts[1] - starts[0] > 60  # points; "Whitechapel" takes 58

    def test_gives_what_is_left_to_the_first_column_of_words(self) -> None:
        table = Table((Column("First"), Column("Second", "right")), (("a", "1"),), "Two")
        first, second = column_starts(pdf(document(table)), ("First", "Second"))
        assert first < 60
        assert second > 480  # of a page 595 points wide

    def test_keeps_a_short_table_on_one_page_with_its_caption(self) -> None:
        rows = tuple((f"Row {number}", "1") for number in range(12))
        table = Table((Column("Kind"), Column("Count", "right")), rows, "Kept together")
        for lines in range(30, 48, 2):  # wherever on the page it would begin
            made = document(Bullets(("line",) * lines), table)
            with_row = [text for text in read_pdf(pdf(made)).pages if "Row " in text]
            assert len(with_row) == 1, lines
            assert "Kept together" in with_row[0]

    def test_keeps_a_short_section_on_one_page(self) -> None:
        section = (Heading("A place", 3), Facts((("Street", "Lane"),)), Bullets(("inside",) * 9))
        for lines in range(30, 48, 2):
            made = document(Heading("Before"), Bullets(("line",) * lines), *section)
            (begun,) = [text for text in read_pdf(pdf(made)).pages if "A place" in text]
            assert begun.count("inside") == 9, lines

    def test_keeps_two_columns_together_where_it_is_asked(self) -> None:
        made = document(
            Bullets(("line",) * 44),
            TwoColumns((Bullets(("left",) * 10),), (Bullets(("right",) * 9),), keep=True),
        )
        (only,) = [text for text in read_pdf(pdf(made)).pages if "left" in text]
        assert only.count("left") == 10
        assert only.count("right") == 9

    def test_is_the_same_for_the_same_document(self) -> None:
        assert pdf(document(*EVERY_BLOCK)) == pdf(document(*EVERY_BLOCK))

    def test_can_be_made_by_several_people_at_once(self) -> None:
        titles = [f"Document {number}" for number in range(8)]
        with ThreadPoolExecutor(4) as pool:
            made = list(pool.map(lambda title: pdf(document(*EVERY_BLOCK, title=title)), titles))
        assert [read_pdf(each).title for each in made] == titles

    def test_uses_no_font_but_its_own(self) -> None:
        read = read_pdf(pdf(document(*EVERY_BLOCK)))
        assert read.fonts == {"DejaVuSans", "DejaVuSans-Bold"}

    def test_pages_are_counted_and_drawn(self) -> None:
        made = document(*EVERY_BLOCK)
        assert pages(made) == 2
        assert len(page_pictures(made)) == 2
        assert all(Image.open(io.BytesIO(page)).width == 909 for page in page_pictures(made))
        assert len(page_pictures(document(Paragraph("One page.")))) == 1


class TestText:
    @pytest.mark.parametrize("text", HOSTILE)
    def test_is_never_markup_on_paper(self, text: str) -> None:
        blocks = (
            Heading(text),
            Paragraph(text),
            Bullets((text,)),
            Facts(((text, text),)),
            Figures((Figure(text, text, text),)),
            Callout(text, text),
            Table((Column(text),), ((text,),), text),
            Picture(png(), text, text),
        )
        read = read_pdf(pdf(document(*blocks, title=text, made_by=text, marking=text)))
        letters = "".join(text.split())
        assert read.title == text
        assert read.alternatives == (text,)
        found = "".join(read.text.replace("\u200b", "").split())
        if text.isascii():  # a reader gives right-to-left letters in the order it likes
            assert found.count(letters) >= 14
        else:
            assert not set(letters) - set(found)

    @pytest.mark.parametrize("text", HOSTILE)
    def test_is_never_markup_on_the_web(self, text: str) -> None:
        blocks = (Heading(text), Paragraph(text), Table((Column(text),), ((text,),), text))
        page = BeautifulSoup(html(document(*blocks, title=text)), "html.parser")
        assert page.title is not None
        assert page.title.get_text() == text
        assert [each.get_text() for each in page.select("h1, h2, th, td, caption")] == [text] * 5
        assert not page.select("script")
        assert not page.select("[onerror]")

    def test_a_character_that_the_font_lacks_is_a_box(self) -> None:
        (text,) = read_pdf(pdf(document(Paragraph("A中B")))).pages
        assert "A□B" in text

    def test_a_very_long_word_stays_on_the_page(self) -> None:
        table = Table((Column("A"), Column("B"), Column("C")), (("W" * 90,) * 3,), "Wide")
        (picture,) = page_pictures(document(Paragraph("W" * 400), table), ppi=72)
        drawn = Image.open(io.BytesIO(picture)).convert("L")
        margin = drawn.crop((drawn.width - 40, 0, drawn.width, drawn.height))
        assert margin.getextrema() == (255, 255)

    @given(text=st.text(max_size=60))
    @settings(max_examples=60, deadline=None)
    def test_of_any_kind_can_be_printed(self, text: str) -> None:
        blocks = (Paragraph(text), Bullets((text,)), Table((Column("A"),), ((text,),), "T"))
        assert pdf(document(*blocks, made_by=text)).startswith(b"%PDF-1.7")
        assert html(document(*blocks, made_by=text)).endswith("</html>")


class TestTheHtml:
    def test_needs_nothing_from_elsewhere(self) -> None:
        page = BeautifulSoup(html(document(*EVERY_BLOCK)), "html.parser")
        assert [str(each["src"])[:22] for each in page.select("[src]")] == [
            "data:image/png;base64,"
        ] * 2
        assert [each["href"] for each in page.select("[href]")] == ["#content"]
        assert "url(" not in str(page.style)

    def test_has_language_landmarks_headings_and_alternative_texts(self) -> None:
        page = BeautifulSoup(html(document(*EVERY_BLOCK)), "html.parser")
        assert page.html is not None
        assert page.html["lang"] == "en-GB"
        assert len(page.select("main#content")) == 1
        assert [each.name for each in page.select("h1, h2, h3")] == ["h1", "h2", "h3"]
        assert [each["alt"] for each in page.select("img")] == [
            "Map of Brick Lane",
            "Chart of reports",
        ]
        assert [each["scope"] for each in page.select("th")] == ["col", "col"]

    def test_says_what_the_paper_says(self) -> None:
        page = BeautifulSoup(html(document(*EVERY_BLOCK)), "html.parser")
        text = " ".join(page.get_text(" ").split())
        assert text.count("OFFICIAL – SIMULATED DATA") == 2
        assert "Made: 21 Nov 2026, 09:05 by A. Officer" in text
        assert "Nothing here Choose a longer period." in text
        assert "Kind Count Noise 48 Total 48" in text


class TestWhatIsRefused:
    @pytest.mark.parametrize(
        ("blocks", "fault"),
        [
            ((Heading("Three", 3),), "'Three' is of level 3 after one of level 1"),
            ((Heading("Two"), Heading("Four", 4)), "'Four' is of level 4 after one of level 2"),
            ((Heading(" "),), "A heading is empty"),
            ((TwoColumns((Heading("In", 3),), ()),), "'In' is of level 3 after one of level 1"),
            ((TwoColumns((PageBreak(),), ()),), "neither columns nor a page break"),
            ((TwoColumns((), (), share=1.0),), "share is 1"),
            ((Table((Column("A"),), (("1", "2"),), "T"),), "1 column and 1 row of another"),
            ((Table((Column("A"),), (), " "),), "no caption"),
            ((Table((Column(""),), (), "T"),), "column without a header"),
            ((Table((), (), "T"),), "column without a header"),
            ((Picture(png(), " "),), "no alternative text"),
            ((Picture(b"GIF89a", "A map"),), "neither a PNG nor an SVG file"),
            ((SizedText((Heading("Three", 3),), 9.0),), "of level 3 after one of level 1"),
            ((SizedText((), 5.0),), "text is 5 pt"),
            ((TwoColumns((SizedText((PageBreak(),), 9.0),), ()),), "nor a page break"),
            ((Picture(png(), "A map", width=1.5),), "width is 1.5"),
            ((Figures(()),), "found 0"),
        ],
    )
    def test_is_said_in_words(self, blocks: tuple[Block, ...], fault: str) -> None:
        with pytest.raises(PaperError, match=fault):
            document(*blocks)

    def test_every_fault_is_listed(self) -> None:
        with pytest.raises(PaperError) as caught:
            replace(
                document(),
                blocks=(Heading("Three", 3),),
                title=" ",
                text_pt=3.0,
                made_at=NOW.replace(tzinfo=None),
            )
        assert len(caught.value.faults) == 4


def test_the_marking_says_when_data_are_simulated() -> None:
    assert marking(simulated=True) == "OFFICIAL – SIMULATED DATA"
    assert marking(simulated=False) == "OFFICIAL"
