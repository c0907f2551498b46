"""The ward panel's handout: two pages as PDF/UA-1, or one accessible HTML file.

Made of a `WardView` alone, so it holds nothing that may not be shown. It fits two A4 pages whatever
officers have written: the letters become smaller first, then long lists are cut, and what is cut is
said.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from data.exports import paper
from data.exports.paper import (
    Bullets,
    Callout,
    Column,
    Document,
    Figure,
    Figures,
    Heading,
    PageBreak,
    Paragraph,
    Picture,
    Table,
    TwoColumns,
)
from data.exports.ward_charts import months_png
from data.exports.ward_tables import count_label, hours_table, kinds_table
from geo.counting import counted
from geo.paper.block_map import ward_map_png
from geo.paper.street_ground import credit_line
from models.ward_panel.about_figures import caveats, map_caption, published_label, releases_label
from models.ward_panel.profile import about, months_label, profile, whole_change
from models.ward_panel.record import history, promise_label, quarter_activities
from models.ward_panel.ward_map import levels_in_use
from models.wording.days import day_label

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    import geopandas as gpd
    import pandas as pd

    from data.exports.paper import Block
    from geo.places import PlacesLayer
    from models.ward_panel.view import WardView
    from models.ward_panel.ward_map import MapBlock

_PAGES: Final = 2
# Letters in points, most entries of each list, longest text of each.
_FITS: Final = (
    (9.0, 12, 1000),
    (8.5, 12, 1000),
    (8.0, 8, 600),
    (7.5, 6, 300),
    (7.5, 3, 160),
    (7.0, 2, 90),
)
_BUSIEST: Final = 5
_NUMBERS: Final = ("This quarter", "A year before", "Incidents", "For each hour")
_SHORT: Final = {"This quarter": "Now", "A year before": "Then", "For each hour": "An hour"}
_SHARES: Final = {"Kind": 1.0, "Change": 1.35, "Part of the week": 1.0}


def ward_handout(
    view: WardView,
    wards: gpd.GeoDataFrame,
    *,
    now: datetime,
    places: Sequence[PlacesLayer] = (),
) -> Document:
    """Return the handout of a ward, two pages long.

    Parameters
    ----------
    view : WardView
    wards : GeoDataFrame
        The ground of the map, in the metric CRS.
    now : datetime
        In local time with its zone.
    places : sequence of PlacesLayer
        Streets, water and so on, drawn on the map.
    """
    blocks = view.map_blocks
    pictures = _Pictures(view, wards, blocks, places=places)
    for text_pt, most, longest in _FITS:
        made = Document(
            title=f"{view.ward_name}: ward panel handout",
            blocks=tuple(_blocks(view, blocks, pictures, most=most, longest=longest)),
            marking=paper.marking(simulated=view.simulated, handling="For the public"),
            made_at=now,
            made_by=view.borough_name,
            period=months_label(view.newest.quarter),
            table_version=str(view.newest.table_version),
            text_pt=text_pt,
        )
        if paper.pages(made) <= _PAGES:
            break
    return made


def ward_handout_file(
    view: WardView,
    wards: gpd.GeoDataFrame,
    *,
    now: datetime,
    ending: str,
    places: Sequence[PlacesLayer] = (),
) -> bytes:
    """Return the handout as a file: ``.pdf`` or ``.html``.

    Raises
    ------
    data.exports.paper.UnknownPaperEndingError
    """
    paper.check_ending(ending)
    return paper.paper_file(ward_handout(view, wards, now=now, places=places), ending=ending)


class _Pictures:
    """The map and the chart, drawn once for all tries at fitting them."""

    def __init__(
        self,
        view: WardView,
        wards: gpd.GeoDataFrame,
        blocks: Sequence[MapBlock],
        *,
        places: Sequence[PlacesLayer],
    ) -> None:
        names, levels = levels_in_use(blocks)
        self.map = (
            ward_map_png(
                [each.shape for each in blocks],
                wards,
                levels=levels,
                level_names=names,
                places=places,
            )
            if blocks
            else None
        )
        self.credit = credit_line(places)
        self.months = months_png(view)


def _blocks(
    view: WardView,
    blocks: Sequence[MapBlock],
    pictures: _Pictures,
    *,
    most: int,
    longest: int,
) -> Iterator[Block]:
    if view.simulated:
        yield Callout(
            "Simulated data", "Every incident here is invented. None of it happened.", "warning"
        )
    if view.newest.figures is not None:
        yield _figures(view)
    yield Heading(f"{view.ward_name} in plain words")
    told = Bullets(profile(view))
    if pictures.map is None:
        yield told
    else:
        yield TwoColumns(
            (told,), tuple(_where(view, blocks, pictures.map, credit=pictures.credit)), share=0.46
        )
    yield Heading("You said, we did")
    yield from _priorities(view, most=most, longest=longest)
    yield PageBreak()
    yield Heading("Month by month")
    yield Picture(pictures.months, alt=_months_alt(view))
    if view.newest.figures is not None:
        kinds = _table(kinds_table(view), "What: incidents by kind now, and then: a year before")
        yield Heading("What and when")
        if view.newest.hours_known:
            hours = _table(hours_table(view), "When: incidents by part of the week")
            yield TwoColumns((kinds,), (hours,), share=0.6)
        else:
            yield kinds
    yield Heading("What was done, and what is closed")
    yield from _done(view, most=most, longest=longest)
    yield Heading("About these figures")
    yield Bullets((*caveats(view), *releases_label(view), published_label(view.newest)))


def _figures(view: WardView) -> Figures:
    newest = view.newest
    found = whole_change(view)
    total = newest.figures.total if newest.figures else 0
    return Figures(
        (
            Figure("Incidents", about(newest, total), months_label(newest.quarter)),
            Figure(
                "Same months last year",
                "no figures" if found is None else about(newest, found.before),
                "" if found is None else f"{found.description}; {found.surely}",
            ),
            Figure(
                f"Of all incidents in {view.borough_name}",
                f"{total / max(newest.borough.total, 1):.1%}",
                f"{about(newest, newest.borough.total)} in all",
            ),
        )
    )


def _where(
    view: WardView, blocks: Sequence[MapBlock], png: bytes, *, credit: str
) -> Iterator[Block]:
    busiest = "; ".join(
        f"block {each.number} ({each.where}), {each.incidents:,}" for each in blocks[:_BUSIEST]
    )
    yield Picture(
        png,
        alt=f"Map of {view.ward_name} in {counted(len(blocks), 'numbered block')}, shaded by "
        f"incidents for their ground. Most: {busiest}.",
        caption=f"Highest figures for their ground: {busiest}. {map_caption(view.newest)} "
        f"{credit}".rstrip(),
    )


def _priorities(view: WardView, *, most: int, longest: int) -> Iterator[Block]:
    today = view.asked_at.date()
    active = [each for each in view.priorities if each.status == "active"]
    if not active:
        yield Paragraph("The ward has no active priority at the moment.")
    for number, each in enumerate(active, start=1):
        yield Heading(_cut(f"Priority {number}: {each.draft.title}", longest=longest), level=3)
        yield Paragraph(
            f"You said ({day_label(each.draft.raised_on)}): {_cut(each.draft.why, longest=longest)}"
        )
        lines = [
            f"{one.tactic}: {one.state}."
            for one in view.at_work
            if one.priority_id == each.priority_id
        ]
        lines += [
            _cut(promise_label(one, today=today), longest=longest)
            for one in view.promises
            if one.draft.priority_id == each.priority_id
        ]
        yield (
            Bullets(_some(lines, most=most))
            if lines
            else Paragraph("Nothing has been agreed on for it yet.")
        )
    others = [
        _cut(promise_label(one, today=today), longest=longest)
        for one in view.promises
        if one.draft.priority_id is None and one.status == "open"
    ]
    if others:
        yield Heading("Other promises", level=3)
        yield Bullets(_some(others, most=most))


def _done(view: WardView, *, most: int, longest: int) -> Iterator[Block]:
    done = [f"{when}: {words}" for when, words in quarter_activities(view)]
    closed = [_cut(words, longest=longest) for words in history(view)]
    if done or closed:
        yield Bullets(_some([*done, *closed], most=most))
    else:
        yield Paragraph("No visits are on record in the published quarters, and nothing is closed.")


def _table(frame: pd.DataFrame, caption: str) -> Table:
    return Table(
        columns=tuple(
            Column(
                _SHORT.get(name, name), "right" if name in _NUMBERS else "left", _SHARES.get(name)
            )
            for name in frame.columns
        ),
        rows=tuple(
            tuple(str(each) for each in row) for row in frame.itertuples(index=False, name=None)
        ),
        caption=caption,
    )


def _months_alt(view: WardView) -> str:
    held = view.months()
    said = "; ".join(
        f"{each.first:%b %Y} {count_label(each.ward)} ({count_label(each.ward_before)})"
        for each in held
    )
    return f"Incidents a month in {view.ward_name}, in brackets a year before: {said}."


def _some(lines: Sequence[str], *, most: int) -> tuple[str, ...]:
    if len(lines) <= most:
        return tuple(lines)
    return (*lines[:most], f"and {len(lines) - most} more, on the page Ward panel")


def _cut(text: str, *, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
