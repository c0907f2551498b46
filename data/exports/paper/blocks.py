"""What a document is made of: frozen blocks of plain text and pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

Align = Literal["left", "right", "centre"]
Tone = Literal["neutral", "good", "bad", "unclear", "warning"]
Level = Literal[2, 3, 4]
ParagraphStyle = Literal["body", "lead", "small"]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading; the document's title is level 1, so these begin at 2 and skip no level."""

    text: str
    level: Level = 2


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text; a new line in it begins a new paragraph."""

    text: str
    style: ParagraphStyle = "body"


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list; `numbered` where the order matters."""

    items: tuple[str, ...]
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Column:
    """A table's column.

    Attributes
    ----------
    label : str
        Its header.
    align : str
        ``left`` for words, ``right`` for numbers, ``centre``.
    share : float or None
        Its part of the width that columns without a share leave; None is as wide as its text
        needs. Where no column has one, the first column of words takes what is left. Where the
        others would leave too little, all share the width by their texts, so none is squeezed.
    """

    label: str
    align: Align = "left"
    share: float | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headers; the header is repeated on each page.

    Attributes
    ----------
    columns : tuple of Column
    rows : tuple of tuple of str
        As long as `columns`, each.
    caption : str
        What the table shows, above it.
    empty : str
        The text in place of a table without rows: why, and what to change.
    total : bool
        The last row is a total: it is bold.
    row_mm : float or None
        Least height of a row with an empty cell in mm on paper, for rows to write in.
    """

    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]
    caption: str
    empty: str = "There is nothing to list."
    total: bool = False
    row_mm: float | None = None


@dataclass(frozen=True, slots=True)
class Facts:
    """A list of labels and values: what, where, when."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Figure:
    """One number that matters: "Incidents", "1,204", "8 % fewer than last year"."""

    label: str
    value: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """A strip of two to five figures."""

    figures: tuple[Figure, ...]


@dataclass(frozen=True, slots=True)
class Picture:
    """A map or a chart.

    Attributes
    ----------
    image : bytes
        A PNG file, for which 150 to 200 dots per inch at its printed size are enough, or an SVG
        file, whose letters stay text.
    alt : str
        What it shows, in a sentence or two, for readers who cannot see it.
    caption : str
        Below it; may be empty.
    width : float
        Share of the text's width, over 0 to 1.
    max_mm : float or None
        Largest height on paper in mm; the picture keeps its proportions.
    """

    image: bytes
    alt: str
    caption: str = ""
    width: float = 1.0
    max_mm: float | None = None

    @property
    def media_type(self) -> str:
        """What kind of file it is; "" where it is neither."""
        return next((kind for start, kind in _FILES.items() if self.image.startswith(start)), "")


_FILES: Final = {b"\x89PNG\r\n\x1a\n": "image/png", b"<?xml": "image/svg+xml"}


@dataclass(frozen=True, slots=True)
class Callout:
    """A verdict or a warning: in words, with a rule down its side; the tone only adds a colour."""

    heading: str
    text: str = ""
    tone: Tone = "neutral"


@dataclass(frozen=True, slots=True)
class PageBreak:
    """What follows begins a page."""


@dataclass(frozen=True, slots=True)
class TwoColumns:
    """Two columns of blocks, read left before right; one below the other on a phone.

    `share` is the left one's part of the width; `keep` keeps it on one page, so it must fit one.
    It holds no other `TwoColumns` and no page break.
    """

    left: tuple[Block, ...]
    right: tuple[Block, ...]
    share: float = 0.5
    keep: bool = False


@dataclass(frozen=True, slots=True)
class SizedText:
    """Blocks in letters of a size of their own, in points: what must be read in the street."""

    blocks: tuple[Block, ...]
    text_pt: float


Block = (
    Heading
    | Paragraph
    | Bullets
    | Table
    | Facts
    | Figures
    | Picture
    | Callout
    | PageBreak
    | TwoColumns
    | SizedText
)
