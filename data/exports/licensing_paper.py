"""Licensing evidence about one place as a paper for a sub-committee: PDF, or one HTML file.

Short sentences first, then a map, the night hour by hour against closing times, kinds, months, a
comparison, and what it cannot show. Every table adds up to the total that the first sentence says.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from data.exports import licensing_words as words
from data.exports import paper
from data.exports.licensing_chart import hours_png, months_png
from data.exports.paper import (
    Bullets,
    Callout,
    Column,
    Document,
    Facts,
    Figure,
    Figures,
    Heading,
    Paragraph,
    Picture,
    Table,
)
from data.exports.places import close_up, close_up_description, ground_credit
from models.nights.evidence_shape import FEWEST
from models.wording.days import day_label

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from data.access import Person
    from data.exports.paper import Block
    from data.incidents.store import Store
    from models.nights.evidence_shape import LicensingEvidence
    from models.nights.premises_nearby import Interval

_MAP_MM = 78.0


def licensing_document(
    store: Store, evidence: LicensingEvidence, *, person: Person, now: datetime
) -> Document:
    """Return the paper as a document.

    Parameters
    ----------
    store : Store
        For the map, the rule of nights and the marking.
    evidence : LicensingEvidence
    person : Person
        Who prints it.
    now : datetime
        With its time zone.

    Raises
    ------
    data.access.NotAllowedError
        If the role may not.
    """
    person.must_be_officer("A licensing paper")
    return Document(
        title=f"Licensing evidence: {evidence.place.name}",
        blocks=tuple(_blocks(store, evidence)),
        marking=paper.marking(simulated=store.simulated, handling=store.settings.paper_marking),
        made_at=now.astimezone(ZoneInfo(store.settings.timezone)),
        made_by=person.name,
        period=str(evidence.year),
        table_version=str(evidence.version),
        text_pt=10.0,
    )


def licensing_file(
    store: Store,
    evidence: LicensingEvidence,
    *,
    person: Person,
    now: datetime,
    ending: str = ".pdf",
) -> bytes:
    """Return the paper as a file: ``.pdf`` or ``.html``.

    Raises
    ------
    data.access.NotAllowedError
    data.exports.paper.UnknownPaperEndingError
    """
    paper.check_ending(ending)
    document = licensing_document(store, evidence, person=person, now=now)
    return paper.paper_file(document, ending=ending)


def _blocks(store: Store, evidence: LicensingEvidence) -> Iterator[Block]:
    first, *others = words.answer(evidence)
    yield Callout("In short", "\n".join([first, *others]))
    if not evidence.few:
        yield _figures(evidence)
    area = evidence.place.area
    alt = close_up_description(store, area, name=words.where_label(evidence.place))
    yield paper.TwoColumns(
        (Heading("Where"), Facts(tuple(_facts(evidence)))),
        (
            Picture(
                close_up(store, area, size_mm=(_MAP_MM, _MAP_MM)),
                alt,
                caption=ground_credit(store),
                max_mm=_MAP_MM,
            ),
        ),
        share=0.5,
        keep=True,
    )
    if not evidence.few:
        yield from _counts(evidence)
    yield Heading("What this paper cannot show")
    yield Bullets(tuple(words.limits(evidence, rule=store.night_rule)))
    yield Heading("Where the figures come from")
    yield Bullets(tuple(_sources(evidence)))


def _figures(evidence: LicensingEvidence) -> Figures:
    strip = [
        Figure("Incidents in twelve months", f"{evidence.total:,}"),
        Figure(
            "The year before",
            f"{evidence.total_before:,}" if evidence.compared else "not covered",
        ),
        Figure("From 23:00", f"{evidence.late:,}"),
    ]
    if evidence.after_closing is not None:
        strip.append(Figure("In two hours after closing", f"{evidence.after_closing:,}"))
    return Figures(tuple(strip))


def _facts(evidence: LicensingEvidence) -> Iterator[tuple[str, str]]:
    place = evidence.place
    yield "Place", place.name
    if place.position is not None:
        yield "Kind", place.kind or "not given"
        yield "Closes", place.closes or "not given"
        yield "Counted", f"within {place.within_m:.0f} m, in a straight line"
        yield "Others near", f"{place.others:,} licensed premises" if place.others else "none"
    else:
        yield "Counted", "inside the outline on the map"
        yield "Premises", "not known" if place.others is None else f"{place.others:,} in the area"
    yield "Nights", f"{evidence.nights:,} of {evidence.year.days:,} are covered by the data"


def _counts(evidence: LicensingEvidence) -> Iterator[Block]:
    yield Heading("At which hours")
    yield Picture(
        hours_png(evidence),
        f"Bar chart of incidents by hour of the night. {_hours_said(evidence)}",
        caption=words.closing_words(evidence),
    )
    yield _hours(evidence)
    yield Heading("What kind")
    yield _kinds(evidence)
    if evidence.injury_unknown >= FEWEST:
        yield Paragraph(
            f"Of {evidence.injury_unknown:,} of the violent incidents it is not known whether "
            "anybody was hurt; they are not counted as violence with injury.",
            "small",
        )
    yield Heading("Month by month")
    yield Picture(
        months_png(evidence),
        "Bar chart of incidents by month, against the same month of the year before.",
    )
    yield _months(evidence)
    yield Heading("Compared with the year before, and with elsewhere")
    yield _compared(evidence)
    yield Paragraph(words.compared_words(evidence.grounds), "small")


def _hours(evidence: LicensingEvidence) -> Table:
    columns = [Column(f"{each.hour:02d}", "right") for each in evidence.hours]
    cells = [f"{each.incidents:,}" for each in evidence.hours]
    first = evidence.hours[0].hour
    return Table(
        (*columns, Column("All", "right")),
        ((*cells, f"{evidence.total:,}"),),
        f"Incidents by the hour in which they began: {first:02d} is from {first:02d}:00 to "
        f"{first:02d}:59",
    )


def _hours_said(evidence: LicensingEvidence) -> str:
    return "; ".join(f"{each.hour:02d}:00 {each.incidents:,}" for each in evidence.hours)


def _kinds(evidence: LicensingEvidence) -> Table:
    rows = [
        (
            f"of {each.part_of.lower()}: {each.label.lower()}" if each.part_of else each.label,
            f"{each.now:,}",
            _or_not(each.before),
        )
        for each in evidence.kinds
    ]
    before = f"{evidence.total_before:,}" if evidence.compared else "not covered"
    return Table(
        (
            Column("Kind", share=1.0),
            Column("These twelve months", "right"),
            Column("The year before", "right"),
        ),
        (*rows, ("All", f"{evidence.total:,}", before)),
        "Incidents by kind; kinds with fewer than 5 are counted together, and so may others be",
        total=True,
    )


def _months(evidence: LicensingEvidence) -> Table:
    columns = [Column(f"{each.month.first:%b %y}", "right") for each in evidence.months]
    now = (f"{each.now:,}" for each in evidence.months)
    rows = [("Now", *now, f"{evidence.total:,}")]
    if evidence.compared:
        before = (_or_not(each.before) for each in evidence.months)
        rows.append(("Before", *before, f"{evidence.total_before:,}"))
    return Table(
        (Column("Year"), *columns, Column("All", "right")),
        tuple(rows),
        "Incidents by the month in which their night began; before: the same month a year earlier",
    )


def _compared(evidence: LicensingEvidence) -> Table:
    rows = tuple(
        (
            each.label,
            f"{each.now:,}",
            _or_not(each.before),
            words.interval_words(each.change),
            _share(each.late),
        )
        for each in evidence.grounds
    )
    return Table(
        (
            Column("Where", share=1.2),
            Column("Now", "right"),
            Column("Before", "right"),
            Column("Change, adjusted for weekdays", share=1.5),
            Column("From 23:00", share=1.0),
        ),
        rows,
        "Incidents at night in the twelve months, and in the twelve before",
    )


def _share(value: Interval) -> str:
    if math.isnan(value.value):
        return "none"
    return f"{value.value:.0%} ({value.low:.0%} to {value.high:.0%})"


def _or_not(count: int | None) -> str:
    return "not covered" if count is None else f"{count:,}"


def _sources(evidence: LicensingEvidence) -> Iterator[str]:
    for name, last in evidence.sources:
        yield f"Incidents: {name}, to {day_label(last)}."
    if evidence.premises_label:
        yield f"Premises and closing times: {evidence.premises_label}."
    yield (
        f"These twelve months: {evidence.year}. The year before: {evidence.before}. Counted on "
        f"version {evidence.version} of the incident table, so that the paper can be made again."
    )
