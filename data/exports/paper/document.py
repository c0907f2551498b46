"""A document: its blocks, and what every page of it says about itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.exports.paper.blocks import (
    Figures,
    Heading,
    PageBreak,
    Picture,
    SizedText,
    Table,
    TwoColumns,
)
from geo.counting import counted
from geo.errors import PlainError
from models.wording.days import day_label

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from data.exports.paper.blocks import Block

_SMALLEST_PT, _LARGEST_PT = 6.0, 14.0


class PaperError(PlainError, ValueError):
    """A document that cannot be printed so that everybody can read it; lists every fault."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        self.faults = faults
        super().__init__("The document cannot be printed as it is. " + " ".join(faults))


def marking(*, simulated: bool, handling: str = "OFFICIAL") -> str:
    """Return what stands at the head and the foot of each page.

    Parameters
    ----------
    simulated : bool
        True where any incident in it is simulated.
    handling : str
        The protective marking.
    """
    return f"{handling} – SIMULATED DATA" if simulated else handling


@dataclass(frozen=True, slots=True)
class Document:
    """A document to print.

    Attributes
    ----------
    title : str
    blocks : tuple of Block
    marking : str
        At the head and the foot of each page, see `marking`.
    made_at : datetime
        With its time zone; printed as it is given, so give local time.
    made_by : str
        Who made it.
    period : str
        What the numbers are of; may be empty.
    table_version : str
        Version of the incident table; may be empty.
    language : str
        Of all its text.
    text_pt : float
        Size of the running text in points, 6 to 14.

    Raises
    ------
    PaperError
    """

    title: str
    blocks: tuple[Block, ...]
    marking: str
    made_at: datetime
    made_by: str
    period: str = ""
    table_version: str = ""
    language: str = "en-GB"
    text_pt: float = 9.0

    def __post_init__(self) -> None:
        faults = tuple(_faults(self))
        if faults:
            raise PaperError(faults)

    def facts(self) -> tuple[tuple[str, str], ...]:
        """Return the facts below the title, as labels and values."""
        made = f"{day_label(self.made_at)}, {self.made_at:%H:%M}"
        listed = (
            ("Period", self.period),
            ("Incident table", f"version {self.table_version}" if self.table_version else ""),
            ("Made", f"{made} by {self.made_by}" if self.made_by else made),
        )
        return tuple((label, text) for label, text in listed if text)


def every_block(blocks: Iterable[Block]) -> Iterator[Block]:
    """Give each block in reading order, those inside another after it."""
    for block in blocks:
        yield block
        if isinstance(block, TwoColumns):
            yield from every_block((*block.left, *block.right))
        elif isinstance(block, SizedText):
            yield from every_block(block.blocks)


def _faults(document: Document) -> Iterator[str]:
    if not document.title.strip():
        yield "It has no title: name it, since a reader's screen says the title first."
    if document.made_at.tzinfo is None:
        yield "The time it was made has no zone: give one."
    yield from _size_faults("Its text", document.text_pt)
    level = 1
    for block in every_block(document.blocks):
        if isinstance(block, Heading):
            if block.level > level + 1:
                yield (
                    f"The heading {block.text!r} is of level {block.level} after one of level "
                    f"{level}: skip none."
                )
            if not block.text.strip():
                yield "A heading is empty: say something or leave it out."
            level = block.level
        yield from _block_faults(block)


def _size_faults(what: str, text_pt: float) -> Iterator[str]:
    if not _SMALLEST_PT <= text_pt <= _LARGEST_PT:
        yield f"{what} is {text_pt:g} pt; choose 6 to 14."


def _block_faults(block: Block) -> Iterator[str]:
    if isinstance(block, Table):
        yield from _table_faults(block)
    elif isinstance(block, Picture):
        yield from _picture_faults(block)
    elif isinstance(block, Figures) and not 1 <= len(block.figures) <= 6:
        yield f"A strip holds 1 to 6 figures; found {len(block.figures)}."
    elif isinstance(block, TwoColumns):
        if not 0 < block.share < 1:
            yield f"The left column's share is {block.share:g}; choose one between 0 and 1."
        inner = (*block.left, *block.right)
        if any(isinstance(each, TwoColumns | PageBreak) for each in every_block(inner)):
            yield "Two columns hold neither columns nor a page break: put these outside."
    elif isinstance(block, SizedText):
        yield from _size_faults("A block's text", block.text_pt)


def _table_faults(table: Table) -> Iterator[str]:
    name = table.caption or "without caption"
    if not table.caption.strip():
        yield "A table has no caption: say what it shows."
    if not table.columns or not all(column.label.strip() for column in table.columns):
        yield f"The table {name!r} has a column without a header: name each."
    wrong = [len(row) for row in table.rows if len(row) != len(table.columns)]
    if wrong:
        yield (
            f"The table {name!r} has {counted(len(table.columns), 'column')} and "
            f"{counted(len(wrong), 'row')} of another "
            f"length, the first of {wrong[0]}: give each row a cell for each column."
        )


def _picture_faults(picture: Picture) -> Iterator[str]:
    if not picture.alt.strip():
        yield "A picture has no alternative text: say what it shows."
    if not picture.media_type:
        yield "A picture is neither a PNG nor an SVG file: draw it as one."
    if not 0 < picture.width <= 1:
        yield f"A picture's width is {picture.width:g} of the text's; choose over 0 to 1."
