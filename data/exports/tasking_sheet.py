"""The sheet of a tasking, to take into the street and write on.

One A4 page, and its back with the walking loop where there is one. The first fits whatever its
texts: first the letters become smaller, then there are fewer rows to write in, and last the long
texts are cut, each ending in "(continued in the app)".
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import numpy as np

from data.exports import paper
from data.exports.loop_page import loop_page, why_no_loop
from data.exports.paper import Column, Document, Facts, Figure, Figures, Heading, Paragraph
from data.exports.places import (
    centre_label,
    close_up,
    close_up_description,
    ground_credit,
    size_label,
)
from data.exports.planned_visits import how_to_time, planned_visits, visits_planned, when
from data.exports.walking_loops import area_loop
from geo.counting import counted
from geo.polygon_index import PolygonIndex
from models.hotspots.methods import method_of
from models.incidents.view import filter_description, read_view
from models.tasking.lifecycle import STATUS_LABELS
from models.tasking.tasking import FIND_LABELS, ORIGIN_LABELS, TACTIC_LABELS
from models.tasking.visit_hours import visit_parts
from models.wording.categories import CATEGORIES, CATEGORY_LABELS
from models.wording.days import day_label

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from data.access import Person
    from data.exports.paper import Block
    from data.incidents.store import Store
    from models.tasking.tasking import Tasking
    from models.tasking.walking_loop import WalkingLoop

CONTINUED: Final = "… (continued in the app)"
_KINDS: Final = 4
_CELL_M: Final = 25.0


@dataclass(frozen=True, slots=True)
class _Fit:
    """How a sheet is made to fit: letters in points, rows to write in, longest text, steps."""

    text_pt: float
    rows: int
    longest: int
    steps: int
    map_mm: float = 78.0


_FITS: Final = (
    *(_Fit(pt, rows, 10_000, 100) for pt, rows in ((9.0, 6), (8.5, 6), (8.5, 4), (8.0, 4))),
    *(_Fit(8.0, 3, 10_000, 100, map_mm) for map_mm in (78.0, 66.0, 60.0)),
    _Fit(7.5, 3, 10_000, 100),
    *(_Fit(7.0, 3, 10_000, 100, map_mm) for map_mm in (72.0, 66.0, 60.0)),
    *(_Fit(7.5, 3, longest, 100) for longest in (700, 450)),
    _Fit(7.5, 3, 400, 10, 66.0),
    _Fit(7.5, 3, 300, 8, 60.0),
    _Fit(7.5, 3, 200, 6, 56.0),
    _Fit(7.5, 3, 140, 4, 54.0),
    _Fit(7.0, 3, 100, 3, 50.0),
    _Fit(7.0, 2, 90, 2, 42.0),
)


def tasking_sheet(store: Store, tasking: Tasking, *, person: Person, now: datetime) -> Document:
    """Return the sheet of a tasking: one page, and a second where it has a walking loop.

    Parameters
    ----------
    store : Store
        Says the wards' names, and what was reported in the area.
    tasking : Tasking
    person : Person
        Who prints it.
    now : datetime
        With its time zone.

    Raises
    ------
    data.access.NotAllowedError
        If the role may not.
    """
    person.must_be_officer("A tasking sheet")
    loop = _loop_of(store, tasking)
    maps: dict[float, bytes] = {}
    for fit in _FITS:
        if fit.map_mm not in maps:
            size = (fit.map_mm, fit.map_mm)
            walk = () if loop is None else loop.points
            maps[fit.map_mm] = close_up(store, tasking.draft.area, loop=walk, size_mm=size)
        sheet = _Sheet(store, tasking, fit, maps[fit.map_mm], loop).document(person, now=now)
        if paper.pages(sheet) == 1:
            break
    if loop is None:
        return sheet
    back = loop_page(store, loop, tasking.draft.area, now=now)
    return replace(sheet, blocks=(*sheet.blocks, paper.PageBreak(), back))


def tasking_sheet_file(
    store: Store, tasking: Tasking, *, person: Person, now: datetime, ending: str = ".pdf"
) -> bytes:
    """Return the sheet as a file: ``.pdf`` or ``.html``.

    Raises
    ------
    data.access.NotAllowedError
        If the role may not.
    data.exports.paper.UnknownPaperEndingError
    """
    paper.check_ending(ending)
    sheet = tasking_sheet(store, tasking, person=person, now=now)
    return paper.paper_file(sheet, ending=ending)


def _loop_of(store: Store, tasking: Tasking) -> WalkingLoop | None:
    """Return the walking loop of a patrol's visits, past the incidents of the decision's view."""
    draft, view = tasking.draft, tasking.decision.view
    if not _is_walked(tasking):
        return None
    read = read_view(dict(view), dataset=store) if view else None
    return area_loop(
        store,
        draft.area,
        incident_filter=read.filter if read and not read.problems else None,
        minutes=draft.minutes_per_visit,
        parts=visit_parts(draft),
    )


def _is_walked(tasking: Tasking) -> bool:
    return tasking.draft.tactic == "patrol" and tasking.status != "cancelled"


@dataclass(frozen=True, slots=True)
class _Sheet:
    store: Store
    tasking: Tasking
    fit: _Fit
    png: bytes
    loop: WalkingLoop | None

    def document(self, person: Person, *, now: datetime) -> Document:
        draft = self.tasking.draft
        local = now.astimezone(ZoneInfo(self.store.settings.timezone))
        return Document(
            title=f"{self.tasking.reference}: {draft.title}",
            blocks=tuple(self._blocks()),
            marking=paper.marking(
                simulated=self.store.simulated, handling=self.store.settings.paper_marking
            ),
            period=f"{day_label(draft.starts_on)} to {day_label(draft.ends_on)}",
            table_version=str(self.tasking.decision.table_version or ""),
            made_at=local,
            made_by=person.name,
            text_pt=self.fit.text_pt,
        )

    def _blocks(self) -> Iterator[Block]:
        draft, status = self.tasking.draft, STATUS_LABELS[self.tasking.status]
        yield Figures(
            (
                Figure("Status", status),
                Figure("Team", self._cut(draft.team, longest=32) or "not yet named"),
                Figure("Visits planned", visits_planned(draft)),
                Figure("Each visit", f"{draft.minutes_per_visit} minutes"),
            )
        )
        if self.tasking.status == "cancelled":
            yield paper.Callout("Cancelled", self._cut(self.tasking.reason), "warning")
        alt = close_up_description(self.store, draft.area, name="the tasking's area")
        yield paper.TwoColumns(
            (Facts(tuple(self._facts())),),
            (
                paper.Picture(
                    self.png, alt, caption=ground_credit(self.store), max_mm=self.fit.map_mm
                ),
            ),
            share=0.54,
        )
        yield from self._what_to_do()
        yield from self._what_to_record()
        yield Heading("Who decided, and on what")
        yield Paragraph(" ".join(self._decision()), "small")

    def _facts(self) -> list[tuple[str, str]]:
        draft = self.tasking.draft
        names = dict(
            zip(self.store.snapshot.ward_codes, self.store.snapshot.ward_names, strict=True)
        )
        wards = [names.get(code, code) for code in self.tasking.ward_codes[:4]]
        place = [self._cut(draft.near, longest=120), *wards]
        facts = [
            ("Where", ", ".join(part for part in place if part)),
            ("Area", f"{size_label(draft.area)}; {centre_label(self.store, draft.area)}"),
            ("When", when(draft)),
            ("Tactic", TACTIC_LABELS[draft.tactic]),
            ("Objective", self._cut(draft.objective)),
            ("Expected", self._cut(draft.expected_result)),
            ("Partner", self._cut(draft.lead_partner)),
            ("Reported", self._reported()),
        ]
        return [(label, text) for label, text in facts if text]

    def _reported(self) -> str:
        """Return what the decision's view counts in the area, on the table as it is now."""
        decision = self.tasking.decision
        if not decision.view:
            return ""
        view = read_view(dict(decision.view), dataset=self.store)
        if view.problems:
            return ""
        selection = self.store.select(view.filter)
        incidents, sensitive = selection.incidents, selection.now.sensitive
        index = PolygonIndex.of([self.tasking.draft.area], cell_m=_CELL_M)
        inside = incidents.take(index.locate(incidents.easting, incidents.northing) == 0)
        counts = np.bincount(inside.category, minlength=len(CATEGORIES))
        first = [at for at in np.argsort(-counts, kind="stable")[:_KINDS] if counts[at]]
        kinds = [f"{counts[at]:,} {CATEGORY_LABELS[CATEGORIES[at]].lower()}" for at in first]
        rest = len(inside) - int(counts[first].sum())
        listed = ", ".join([*kinds, *([f"{rest:,} other"] if rest else [])])
        elsewhere = (
            f"; in all wards of that view {sensitive:,} domestic or sexual, never counted in areas"
            if sensitive
            else ""
        )
        return (
            f"{counted(len(inside), 'incident')} in the area, {view.filter.period}"
            + (f": {listed}" if listed else "")
            + f" (table version {self.store.snapshot.version})"
            + elsewhere
        )

    def _what_to_do(self) -> Iterator[Block]:
        draft = self.tasking.draft
        yield Heading("What to do")
        yield Paragraph(
            f"{how_to_time(draft)} On foot and in sight, unless the tactic says "
            "otherwise. It names a place and hours, never a person: it is no ground to stop anyone."
        )
        yield from planned_visits(draft, timezone=self.store.settings.timezone)
        yield from self._walking_loop()
        if not draft.action_plan:
            return
        shown = draft.action_plan[: self.fit.steps]
        rows = tuple(
            (
                f"{number}",
                self._cut(step.what),
                self._cut(step.who, longest=24),
                day_label(step.due_on) if step.due_on else "",
                "yes" if step.done else "",
            )
            for number, step in enumerate(shown, start=1)
        )
        more = len(draft.action_plan) - len(shown)
        yield paper.Table(
            (
                Column("Step", "right"),
                Column("What", share=3.0),
                Column("Who", share=1.0),
                Column("By"),
                Column("Done"),
            ),
            rows,
            "Action plan"
            + (f": the first {len(shown)} steps; {more} more in the app" * bool(more)),
        )

    def _walking_loop(self) -> Iterator[Block]:
        """Say where the way of a patrol's visit is, or why there is none."""
        if self.loop is not None:
            yield Paragraph(
                f"Walking loop of each visit: {self.loop.length_label}. The black line on the map, "
                "from the ring and back to it; the map close up and every step are on page 2."
            )
        elif _is_walked(self.tasking):
            yield Paragraph(why_no_loop(self.store))

    def _what_to_record(self) -> Iterator[Block]:
        yield Heading("What to record")
        finds = tuple(Column(label, "centre") for label in _SHORT_FINDS)
        columns = (
            *(Column(label) for label in ("Date", "Arrived", "Left")),
            *finds,
            Column("Note", share=1.0),
        )
        yield paper.Table(
            columns,
            (("",) * len(columns),) * self.fit.rows,
            f"One line a visit; log it in the app under {self.tasking.reference} the same day",
            row_mm=8.0,
        )
        yield paper.Table(
            (Column("Contact"), Column("Name", share=1.0), Column("Telephone", share=1.0)),
            tuple((who, "", "") for who in ("Team leader", "Control room", "Lead partner")),
            "Contacts (fill in before going out; in an emergency call 999)",
            row_mm=6.5,
        )

    def _decision(self) -> Iterator[str]:
        """Say in sentences where the tasking comes from, and who moved it when."""
        made, tasking = self.tasking.decision, self.tasking
        zone = ZoneInfo(self.store.settings.timezone)
        yield f"Chosen from: {ORIGIN_LABELS[tasking.draft.origin].lower()}."
        if made.hotspot_id:
            view = read_view(dict(made.view), dataset=self.store)
            said = filter_description(view.filter, dataset=self.store)
            yield (
                f"Hotspot {made.hotspot_id} by {method_of(view.method).label}, "
                f"{view.filter.period}, {self._cut(said)}."
            )
        if made.seed is not None:
            yield f"Seed {made.seed}."
        at = made.made_at.astimezone(zone)
        yield f"Decided by {made.made_by} on {day_label(at)}, {at:%H:%M}."
        for word, moment in (("Proposed", tasking.proposed_at), ("Approved", tasking.approved_at)):
            if moment is not None:
                yield f"{word} on {day_label(moment.astimezone(zone))}."
        if tasking.fixed_note:
            yield self._cut(tasking.fixed_note)
        yield f"Version {tasking.version} of the tasking."

    def _cut(self, text: str, *, longest: int | None = None) -> str:
        """Return a text of at most so many characters; a name (`longest`) ends in an ellipsis."""
        said, end = " ".join(text.split()), "…" if longest else CONTINUED
        most = min(self.fit.longest, longest or self.fit.longest)
        return said if len(said) <= most else said[: most - len(end)].rstrip() + end


_SHORT_FINDS: Final = tuple(name.capitalize() for name in FIND_LABELS)
