"""The tactical assessment of a period: what a tasking meeting reads, as one document.

It holds nothing that the app does not show: the same view gives the same figures on the page
Hotspots, in `hotspots detect` and here. What cannot be said is said to be so, with the reason.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from data.exports import assessment_changes, assessment_hotspots, paper
from data.exports.assessment_reviews import last_reviews
from data.exports.assessment_taskings import current_taskings
from data.exports.hotspots import ATTRIBUTION
from data.exports.labels import (
    busiest_label,
    change_label,
    comparison_label,
    hotspot_count_label,
    no_hour_label,
    place_label,
)
from data.exports.paper import Bullets, Document, Figure, Figures, Heading, Paragraph
from data.exports.places import ground_credit
from data.services.detection import detect
from geo.counting import counted
from geo.naming.words import sentence_case
from models.hotspots.methods import method_of
from models.incidents.patterns import patterns
from models.incidents.quality import source_figures
from models.incidents.view import filter_description, view_query
from models.wording.days import day_label

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from data.access import Person
    from data.exports.paper import Block
    from data.incidents.store import Store
    from data.operations.database import Operations
    from models.incidents.detection import Detection
    from models.incidents.view import View

TOP: Final = 10
_LIMITS: Final = (
    "It shows what was reported and recorded, not what happened; people report more where they "
    "trust the answer and where they are asked to.",
    "Patrols find and record more where they are sent. A place can stay on the list because it was "
    "on the list: visit others too.",
    "Places are on the map because they are high now. Their change allows for that, and so is less "
    "than the two counts alone would say. It is no proof of a cause.",
    "A hotspot says nothing about a person. Nothing here is a ground to stop, search or suspect "
    "anybody. A named person decides, and can say why.",
)


def tactical_assessment(
    store: Store,
    view: View,
    *,
    person: Person,
    now: datetime,
    ops: Operations | None = None,
    top: int = TOP,
) -> Document:
    """Return the tactical assessment of a view.

    Parameters
    ----------
    store : Store
    view : View
        Filter, method and settings.
    person : Person
        Who makes it.
    now : datetime
        With its time zone.
    ops : Operations, optional
        For the taskings and the reviews; without it there are none in it.
    top : int
        How many hotspots are described one by one.

    Raises
    ------
    data.access.NotAllowedError
        If the role may not.
    """
    person.must_be_officer("A tactical assessment")
    zone = ZoneInfo(store.settings.timezone)
    local = now.astimezone(zone)
    found = detect(store, view.filter, method=view.method)
    known = patterns(store, view.filter, area=found.area)
    blocks: list[Block] = [Paragraph(filter_description(view.filter, dataset=store), "lead")]
    blocks += _summary(found)
    blocks += assessment_hotspots.map_and_ranking(store, found, top=top)
    blocks += assessment_hotspots.each_hotspot(store, found, top=top)
    blocks += assessment_changes.hours(known)
    blocks += assessment_changes.changes(known, hotspots=found.hotspots.frame)
    blocks += assessment_hotspots.by_harm(store, found)
    blocks += assessment_changes.near_repeats(store, view.filter)
    blocks += assessment_changes.sudden_runs(store, view.filter)
    if ops is not None:
        blocks += current_taskings(store, ops, ward_codes=found.selection.ward_codes, now=local)
        blocks += last_reviews(ops, ward_codes=found.selection.ward_codes, zone=zone)
    blocks += _data_and_limits(store, found, view=view)
    return Document(
        title=f"Tactical assessment to {day_label(view.filter.period.last)}",
        blocks=tuple(blocks),
        marking=paper.marking(simulated=store.simulated, handling=store.settings.paper_marking),
        period=str(view.filter.period),
        table_version=str(found.selection.version),
        made_at=local,
        made_by=person.name,
    )


def tactical_assessment_file(
    store: Store,
    view: View,
    *,
    person: Person,
    now: datetime,
    ops: Operations | None = None,
    top: int = TOP,
    ending: str = ".pdf",
) -> bytes:
    """Return the tactical assessment as a file: ``.pdf`` or ``.html``; see `tactical_assessment`.

    Raises
    ------
    data.access.NotAllowedError
        If the role may not.
    data.exports.paper.UnknownPaperEndingError
    """
    paper.check_ending(ending)
    made = tactical_assessment(store, view, person=person, now=now, ops=ops, top=top)
    return paper.paper_file(made, ending=ending)


def _summary(detection: Detection) -> Iterator[Block]:
    """Give the strip of figures that the page has, and what stands out in sentences."""
    hotspots, selection = detection.hotspots, detection.selection
    frame = hotspots.frame
    inside = int(frame["incidents"].sum())
    sensitive = selection.now.sensitive
    besides = f"; and {sensitive:,} domestic or sexual, in totals only" if sensitive else ""
    figures = [Figure("Incidents", f"{hotspots.incidents:,}", f"{selection.now.period}{besides}")]
    comparison = comparison_label(detection)
    if comparison is not None:
        figures.append(Figure("Comparison period", *comparison))
    figures.append(
        Figure(
            f"Of them, in {hotspot_count_label(len(frame))}",
            f"{inside / hotspots.incidents:.0%}" if hotspots.incidents else "none",
            f"on {frame['area_km2'].sum() / hotspots.area_km2:.1%} of the area",
        )
    )
    figures.append(Figure(*no_hour_label(selection.now, hours=selection.filter.hours)))
    yield Figures(tuple(figures))
    yield Heading("In short")
    if frame.empty:
        yield Paragraph("No hotspot was found; see why below.")
    else:
        yield Bullets(tuple(_sentence(row) for row in frame.head(3).itertuples()), numbered=True)
    if detection.notes:
        yield paper.Callout("Read this with the figures", "\n".join(detection.notes), "warning")


def _sentence(row: object) -> str:
    words = f"{sentence_case(place_label(row))}: {counted(row.incidents, 'incident')}"  # type: ignore[attr-defined]
    peak = row.hours_state == "peak"  # type: ignore[attr-defined]
    said = busiest_label(row)
    when = f"busiest {said.replace('Every day', 'every day', 1)}" if peak else said
    covered = row.change_state != "not_covered"  # type: ignore[attr-defined]
    change = change_label(row) if covered else "comparison not covered"
    return f"{words}; {change}; {when}."


def _data_and_limits(store: Store, detection: Detection, *, view: View) -> Iterator[Block]:
    yield Heading("Data, method and limits")
    yield Bullets(tuple(_sources(store, view)))
    yield Paragraph(f"{method_of(view.method).label}. {detection.hotspots.explanation}")
    yield Bullets(_LIMITS)
    query = "&".join(f"{key}={text}" for key, text in view_query(view.filter, view.method).items())
    yield Paragraph(f"The same view in the app or on the command line: {query}", "small")
    yield Paragraph(
        ". ".join(part.rstrip(".") for part in (ATTRIBUTION, ground_credit(store)) if part), "small"
    )


def _sources(store: Store, view: View) -> Iterator[str]:
    for each in source_figures(store.snapshot):
        if view.filter.sources and each.source not in view.filter.sources:
            continue
        until = each.last_complete_month
        complete = f"complete to {until:%b %Y}" if until else "no month is complete"
        if each.missing:
            complete += f", without {', '.join(map(str, each.missing))}"
        yield (
            f"{each.source}: {counted(each.rows, 'incident')} in the table, {complete}; "
            f"{each.no_hour / each.rows:.0%} have no known hour, "
            f"{each.snapped_share:.0%} stand on anonymised map points."
        )
    yield f"Severity weights: {store.snapshot.severity}."
