"""Documents that leave on paper: one small model, as a tagged PDF and as one HTML file.

A document is a title, what every page says of itself (marking, period, table version, who made it
and when) and a row of blocks. Blocks hold plain text and pictures, never markup: whatever a place,
a person or a file is called, it is printed letter by letter. Two calls render it:

- `pdf(document)` gives a PDF/UA-1 file (tagged, with language, title, alternative texts, and
  table headers), A4, with the marking and "Page 1 of 2" on each page. It is set by Typst, offline,
  in DejaVu Sans from Matplotlib's own files, so that it looks the same on every machine.
- `html(document)` gives one self-contained HTML file that asks nothing of the network.

`paper_file(document, ending=".pdf")` chooses by a file's ending.

A first document::

    from data.exports.paper import Column, Document, Heading, Paragraph, Picture, Table, pdf

    document = Document(
        title="Weavers: July to September 2026",
        marking=marking(simulated=store.simulated),  # "OFFICIAL – SIMULATED DATA"
        period="1 Jul to 30 Sep 2026",
        table_version="12",
        made_at=now,                                 # aware; printed in the borough's local time
        made_by=person.name,
        blocks=(
            Heading("What was reported"),            # level 2; the title is level 1
            Paragraph("212 incidents, 8 % fewer than in the same months of 2025."),
            Table(
                columns=(Column("Kind"), Column("Reports", align="right")),
                rows=(("Noise", "48"), ("Drugs", "31")),
                caption="Reports by kind",
            ),
            Picture(png, alt="Line chart: reports by month, from 80 in July to 61 in September."),
        ),
    )
    pdf(document)

The blocks are `Heading`, `Paragraph`, `Bullets`, `Table` of `Column`, `Facts` (label and value),
`Figures` (a strip of `Figure`, the few numbers that matter), `Picture`, `Callout` (a verdict or a
warning), `TwoColumns` (two columns of blocks), `SizedText` (blocks in letters of another size) and
`PageBreak`. `pages(document)` counts the pages of the PDF, and `page_pictures(document)` draws
them, to look at.

What a document may not be is refused when it is made, with a `PaperError` that lists every fault:
a heading that skips a level, a table whose rows do not fit its columns, a picture without
alternative text, a time without a zone.
"""

from data.exports.paper.blocks import (
    Block,
    Bullets,
    Callout,
    Column,
    Facts,
    Figure,
    Figures,
    Heading,
    PageBreak,
    Paragraph,
    Picture,
    SizedText,
    Table,
    Tone,
    TwoColumns,
)
from data.exports.paper.document import Document, PaperError, marking
from data.exports.paper.files import UnknownPaperEndingError, check_ending, paper_file
from data.exports.paper.html_page import html
from data.exports.paper.typesetting import page_pictures, pages, pdf

__all__ = [
    "Block",
    "Bullets",
    "Callout",
    "Column",
    "Document",
    "Facts",
    "Figure",
    "Figures",
    "Heading",
    "PageBreak",
    "PaperError",
    "Paragraph",
    "Picture",
    "SizedText",
    "Table",
    "Tone",
    "TwoColumns",
    "UnknownPaperEndingError",
    "check_ending",
    "html",
    "marking",
    "page_pictures",
    "pages",
    "paper_file",
    "pdf",
]
