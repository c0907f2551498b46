"""The page of a tasking's sheet that holds its walking loop: the map close up, and every step.

It is read in the street, in the dark and in print without colour: its letters are never smaller
than 9 pt, and a step has the same number on the map and in the directions.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from data.exports import paper
from data.exports.paper import Column, Heading, Paragraph, Picture, SizedText, Table, TwoColumns
from data.exports.places import ground_credit
from data.layers.ground import ground_layers
from data.layers.places import loaded_place
from geo.naming.words import noted_once, tidy_name, without_notes
from geo.paper.street_ground import street_notes
from geo.paper.walk_map import START, walk_map
from geo.walk_legs import WalkStep

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from shapely import MultiPolygon, Polygon

    from data.exports.paper import Block
    from data.incidents.store import Store
    from geo.streets.directions import Step
    from models.tasking.walking_loop import WalkingLoop

WIDTH_MM: Final = 176.0
_IN_ONE_COLUMN: Final = 6  # steps
_BLANK: Final = (
    '<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" width="{0}mm" height="{1}mm" '
    'viewBox="0 0 {0} {1}"><rect width="{0}" height="{1}" fill="white"/></svg>'
)


@dataclass(frozen=True, slots=True)
class _Fit:
    """How the page is made to fit: the map's height, and the letters."""

    map_mm: float
    text_pt: float


_FITS: Final = (
    *(_Fit(map_mm, 10.0) for map_mm in (165.0, 155.0, 145.0, 135.0)),
    *(_Fit(map_mm, 9.5) for map_mm in (135.0, 125.0)),
    *(_Fit(map_mm, 9.0) for map_mm in (125.0, 115.0, 107.0, 100.0)),
)


def loop_page(
    store: Store, loop: WalkingLoop, area: Polygon | MultiPolygon, *, now: datetime
) -> SizedText:
    """Return the page, to follow a page break.

    Parameters
    ----------
    store : Store
        Has the streets that it is drawn on.
    loop : WalkingLoop
    area : Polygon or MultiPolygon
        Of the tasking, in the store's metric CRS.
    now : datetime
        Aware.
    """
    page = _LoopPage.of(store, loop, area)
    for fit in _FITS:
        blank = _BLANK.format(WIDTH_MM, fit.map_mm).encode()
        trial = page.blocks(blank, fit, left_out=("a street with a name of usual length",))
        document = paper.Document(
            title="The page before",
            blocks=(paper.PageBreak(), SizedText(trial, fit.text_pt)),
            marking="",
            made_at=now,
            made_by="",
        )
        if paper.pages(document) == 2:
            break
    drawn = walk_map(
        loop.points,
        page.walk_steps(),
        area=area,
        wards=store.wards.frame,
        places=ground_layers(store.settings),
        size_mm=(WIDTH_MM, fit.map_mm),
        start=page.start,
    )
    return SizedText(page.blocks(drawn.svg, fit, left_out=drawn.unnamed), fit.text_pt)


def why_no_loop(store: Store) -> str:
    """Say why a patrol's sheet has no walking loop."""
    if loaded_place(store.settings, "street") is None:
        return (
            "There is no walking loop on this sheet, because no streets are loaded. The map "
            "therefore has no streets; streets are loaded in the app, on Import data."
        )
    return "There is no walking loop: no loaded street of this area, or near it, can be walked."


@dataclass(frozen=True, slots=True)
class _LoopPage:
    loop: WalkingLoop
    steps: tuple[Step, ...]
    start: str
    names: frozenset[str]
    credit: str

    @classmethod
    def of(cls, store: Store, loop: WalkingLoop, area: Polygon | MultiPolygon) -> _LoopPage:
        """Take a loop, with the note of simulated names left out of each."""
        layers = ground_layers(store.settings)
        notes = street_notes(layers)
        streets = [each.frame for each in layers if each.kind == "street"]
        west, south, east, north = area.buffer(loop.metres).bounds
        near = [frame.cx[west:east, south:north] for frame in streets]
        names = {tidy_name(name) for frame in near for name in frame["name"]}
        return cls(
            loop=loop,
            steps=tuple(
                replace(each, street=without_notes(each.street, notes)) for each in loop.steps
            ),
            start=without_notes(loop.start, notes),
            names=frozenset(without_notes(name, notes) for name in names),
            credit=ground_credit(store),
        )

    def walk_steps(self) -> list[WalkStep]:
        """Return the steps as the map takes them: a street without a name is not named there."""
        return [
            WalkStep(each.street if each.street in self.names else "", each.metres)
            for each in self.steps
        ]

    def blocks(self, image: bytes, fit: _Fit, *, left_out: Sequence[str]) -> tuple[Block, ...]:
        """Return what is on the page."""
        return (
            Heading("Walking loop of each visit"),
            Paragraph(f"{self.loop.length_label}. {START}: {noted_once(self.start)}."),
            Picture(image, self._alt(), max_mm=fit.map_mm),
            Paragraph(self._key(left_out)),
            *self._directions(),
            Paragraph(self.loop.quality),
            *([Paragraph(self.credit, "small")] if self.credit else []),
        )

    def _alt(self) -> str:
        streets = dict.fromkeys(each.street for each in self.walk_steps() if each.street)
        along = f" along {', '.join(streets)}" if streets else ""
        return (
            f"Map of the walking loop{along}, with the numbers of its {len(self.steps)} steps. "
            "The directions are in the table below it."
        )

    def _key(self, left_out: Sequence[str]) -> str:
        said = (
            "Black line: the loop; arrows: which way; ring: start and end; numbers: where the "
            "steps below begin; dashed line: edge of the area."
        )
        if left_out:
            said += f" No room on the map for the name of {', '.join(left_out)}."
        return said

    def _directions(self) -> tuple[Block, ...]:
        rows = [
            (str(number), str(step).removesuffix(f", {step.metres} m."), f"{step.metres:,}")
            for number, step in enumerate(self.steps, start=1)
        ]
        end = ("", "Back at the start: in all", f"{self.loop.metres:,}")
        if len(rows) <= _IN_ONE_COLUMN:
            return (_table([*rows, end], "Directions"),)
        half = (len(rows) + 2) // 2
        first, rest = rows[:half], [*rows[half:], end]
        return (
            TwoColumns(
                (_table(first, f"Directions, steps 1 to {half}", total=False),),
                (_table(rest, f"Steps {half + 1} to {len(rows)}"),),
            ),
        )


def _table(rows: Sequence[tuple[str, str, str]], caption: str, *, total: bool = True) -> Table:
    columns = (
        Column("Step", "right"),
        Column("What to do", share=1.0),
        Column("m", "right"),
    )
    return Table(columns, tuple(rows), caption, total=total)
