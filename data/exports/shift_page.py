"""One shift of a team on one A4 page: map, visits, what to look for, who is near, room to write.

It is read in the street and in print without colour. Where a shift has many visits, the letters
become smaller, then there is less room to write, and then the visits stand in two columns; no visit
is ever left out.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from data.exports import paper
from data.exports.paper import (
    Bullets,
    Column,
    Heading,
    PageBreak,
    Paragraph,
    Picture,
    SizedText,
    Table,
    TwoColumns,
)
from data.exports.visit_code import codes_svg
from geo.counting import counted
from geo.paper.shift_map import shift_map

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    import geopandas as gpd

    from data.exports.paper import Block
    from data.exports.visit_code import VisitCode
    from geo.paper.shift_map import Points, ShiftPlace
    from geo.places import PlacesLayer

WIDTH_MM: Final = 176.0
_MOST_CODES: Final = 6
_MOST_BESIDE: Final = 0.68
_MARGIN_MM: Final = 2.0
_BLANK: Final = (
    '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="{0}mm" height="{1}mm" '
    'viewBox="0 0 {0} {1}"><rect width="{0}" height="{1}" fill="white"/></svg>'
)
_SPARE: Final = "*"


@dataclass(frozen=True, slots=True)
class VisitLine:
    """One visit: its number in the shift, when, where, and whether it is in spare time."""

    number: int
    times: str
    place: str
    spare: bool


@dataclass(frozen=True, slots=True)
class PlaceLine:
    """One place of a shift.

    Attributes
    ----------
    numbers : str
        Of its visits: "1, 4".
    place : str
    look_for : str
        Kinds and hours of the incidents expected there.
    tasking : str
        The tasking's number, or empty.
    """

    numbers: str
    place: str
    look_for: str
    tasking: str


@dataclass(frozen=True, slots=True)
class ShiftSheet:
    """All that stands on a shift's page.

    Attributes
    ----------
    title, facts, objective : str
    visits : tuple of VisitLine
        May be empty: the page then says that nothing is planned.
    places : tuple of PlaceLine
    look_for_caption : str
        What the incidents of `look_for` are.
    near : tuple of str
        Who else is near, each in a line.
    nobody_near : str
        What is said where nobody is.
    map_places : tuple of ShiftPlace
    ways : tuple of Points
    map_key : str
        What the lines of the map are.
    codes : tuple of VisitCode
    code_note : str
        What they lead to, or why there is none.
    about : str
        Where the page comes from.
    """

    title: str
    facts: str
    objective: str
    visits: tuple[VisitLine, ...]
    places: tuple[PlaceLine, ...]
    look_for_caption: str
    near: tuple[str, ...]
    nobody_near: str
    map_places: tuple[ShiftPlace, ...]
    ways: tuple[Points, ...]
    map_key: str
    codes: tuple[VisitCode, ...]
    code_note: str
    about: str


@dataclass(frozen=True, slots=True)
class _Fit:
    """How a page is made to fit."""

    text_pt: float
    map_mm: float
    row_mm: float | None
    notes: int
    near: int = 6
    two_columns: bool = False
    code_mm: float = 23.0


_FITS: Final = (
    *(_Fit(9.0, map_mm, row_mm, 4) for map_mm, row_mm in ((110.0, 9.0), (100.0, 8.0), (90.0, 7.5))),
    *(_Fit(9.0, map_mm, 7.0, 3) for map_mm in (85.0, 77.0)),
    *(_Fit(8.5, map_mm, 6.5, 3, near=5, code_mm=21.0) for map_mm in (80.0, 72.0)),
    *(_Fit(8.5, map_mm, 6.5, 2, near=4, code_mm=20.0) for map_mm in (72.0, 64.0)),
    *(_Fit(8.0, map_mm, 6.0, 2, near=4, code_mm=20.0) for map_mm in (68.0, 60.0)),
    *(_Fit(8.0, map_mm, 5.5, 2, near=3, code_mm=19.0) for map_mm in (60.0, 52.0)),
    *(_Fit(8.0, map_mm, None, 2, near=3, code_mm=19.0) for map_mm in (60.0, 52.0)),
    *(_Fit(8.0, map_mm, None, 2, 3, two_columns=True, code_mm=19.0) for map_mm in (62.0, 54.0)),
    *(_Fit(7.5, map_mm, None, 1, 3, two_columns=True, code_mm=18.0) for map_mm in (56.0, 48.0)),
    *(_Fit(7.0, map_mm, None, 1, 2, two_columns=True, code_mm=18.0) for map_mm in (48.0, 38.0)),
)


@dataclass(frozen=True, slots=True)
class Ground:
    """What maps are drawn on: the wards and the layers beneath."""

    wards: gpd.GeoDataFrame
    layers: Sequence[PlacesLayer]
    credit: str


def shift_page(sheet: ShiftSheet, ground: Ground, *, title: str, now: datetime) -> SizedText:
    """Return a shift's page, to stand at the head of a document or to follow a page break.

    Parameters
    ----------
    sheet : ShiftSheet
    ground : Ground
    title : str
        Of the document, where it stands above the page; else empty.
    now : datetime
        Aware.
    """
    fit = _roomiest(sheet, ground, title=title, now=now)
    drawn = b""
    if sheet.map_places:
        drawn = shift_map(
            sheet.map_places,
            sheet.ways,
            wards=ground.wards,
            ground=ground.layers,
            size_mm=(WIDTH_MM, fit.map_mm),
        )
    return SizedText(tuple(_blocks(sheet, ground, fit, drawn)), fit.text_pt)


def _roomiest(sheet: ShiftSheet, ground: Ground, *, title: str, now: datetime) -> _Fit:
    """Return the first way of fitting that takes one page, else the last; by halving the list."""
    low, high = 0, len(_FITS) - 1
    while low < high:
        middle = (low + high) // 2
        fit = _FITS[middle]
        blank = _BLANK.format(WIDTH_MM, fit.map_mm).encode()
        trial = SizedText(tuple(_blocks(sheet, ground, fit, blank)), fit.text_pt)
        if _pages(trial, title=title, now=now) == 1:
            high = middle
        else:
            low = middle + 1
    return _FITS[low]


def _pages(page: SizedText, *, title: str, now: datetime) -> int:
    """Return how many pages a page takes, after the title or on one of its own."""
    document = paper.Document(
        title=title or "The page before",
        blocks=(page,) if title else (PageBreak(), page),
        marking="OFFICIAL",
        period="30 Nov to 6 Dec 2026",
        table_version="1",
        made_at=now,
        made_by="Name of usual length",
    )
    return paper.pages(document) - (not title)


def _blocks(sheet: ShiftSheet, ground: Ground, fit: _Fit, image: bytes) -> Iterator[Block]:
    yield Heading(sheet.title)
    yield Paragraph(sheet.facts)
    if not sheet.visits:
        yield Paragraph(
            "No visit is planned in this shift: no hotspot of the plan has peak hours in it that "
            "this team is to serve."
        )
        yield _notes(12)
        yield Paragraph(sheet.about, "small")
        return
    yield Picture(image, _alt(sheet), max_mm=fit.map_mm)
    yield Paragraph(sheet.map_key, "small")
    yield from _visits(sheet, fit)
    yield Table(
        (
            Column("Visits"),
            Column("Place, ward", share=1.0),
            Column("Kinds, hours and number expected", share=2.6),
            *([Column("Tasking")] if any(each.tasking for each in sheet.places) else []),
        ),
        tuple(_place_row(sheet, each) for each in sheet.places),
        f"What to look for: {sheet.look_for_caption}",
    )
    yield Paragraph(sheet.objective)
    yield Heading("Who else is near", 3)
    yield from _near(sheet, fit)
    yield from _codes_and_notes(sheet, fit)
    yield Paragraph(" ".join(part for part in (sheet.about, ground.credit) if part), "small")


def _place_row(sheet: ShiftSheet, line: PlaceLine) -> tuple[str, ...]:
    row = (line.numbers, line.place, line.look_for)
    return (*row, line.tasking) if any(each.tasking for each in sheet.places) else row


def _notes(rows: int) -> Table:
    return Table((Column("Notes"),), (("",),) * rows, "Space for notes", row_mm=7.5)


def _visits(sheet: ShiftSheet, fit: _Fit) -> Iterator[Block]:
    spare = sum(each.spare for each in sheet.visits)
    caption = counted(len(sheet.visits), "visit")
    if spare:
        caption += f"; {_SPARE} in spare time ({spare}), the first to leave out"
    if not fit.two_columns:
        yield _visit_table(sheet.visits, caption, row_mm=fit.row_mm, to_write=True)
        return
    half = (len(sheet.visits) + 1) // 2
    yield TwoColumns(
        (_visit_table(sheet.visits[:half], caption, row_mm=None, to_write=False),),
        (_visit_table(sheet.visits[half:], "The visits after these", row_mm=None, to_write=False),),
    )


def _visit_table(
    visits: Sequence[VisitLine], caption: str, *, row_mm: float | None, to_write: bool
) -> Table:
    columns = (
        Column("Visit", "right"),
        Column("From–to"),
        Column("Place", share=2.2),
        *([Column("Arrived"), Column("Left"), Column("Seen, done", share=1.0)] * to_write),
    )
    rows = tuple(
        (
            f"{each.number}{_SPARE * each.spare}",
            each.times,
            each.place,
            *([""] * 3 * to_write),
        )
        for each in visits
    )
    return Table(columns, rows, caption, row_mm=row_mm)


def _codes_and_notes(sheet: ShiftSheet, fit: _Fit) -> Iterator[Block]:
    """Give the codes with the room for notes next to them, where they leave enough of it."""
    notes = _notes(fit.notes)
    yield Paragraph(sheet.code_note, "small")
    codes = sheet.codes[:_MOST_CODES]
    if not codes:
        yield notes
        return
    drawn, (width, height) = codes_svg(codes, code_mm=fit.code_mm)
    alt = "QR codes: " + "; ".join(f"{', '.join(each.lines)}: {each.address}" for each in codes)
    picture = Picture(drawn, alt, max_mm=height)
    share = (width + _MARGIN_MM) / WIDTH_MM
    if share <= _MOST_BESIDE:
        yield TwoColumns((picture,), (notes,), share=share, keep=True)
        return
    yield picture
    yield notes


def _near(sheet: ShiftSheet, fit: _Fit) -> tuple[Block, ...]:
    if not sheet.near:
        return (Paragraph(sheet.nobody_near),)
    more = len(sheet.near) - fit.near
    listed = sheet.near if more <= 0 else sheet.near[: fit.near]
    rest = (f"And {more} more, on the other teams' pages and the board.",) if more > 0 else ()
    return (Bullets((*listed, *rest)),)


def _alt(sheet: ShiftSheet) -> str:
    places = "; ".join(f"{each.numbers}: {each.place}" for each in sheet.places)
    return (
        f"Map of the shift with the numbers of its visits ({places}), the ways between them and "
        "the walk at each. The visits are in the table below it."
    )
