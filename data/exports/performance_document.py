"""The quarterly performance as a document to print: a summary, then each indicator.

What is printed is what the page shows, with the funnels of the indicators that are asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pandas as pd

from data.exports import paper
from data.exports import performance_tables as tables
from data.exports.paper import (
    Callout,
    Column,
    Document,
    Facts,
    Figure,
    Figures,
    Heading,
    PageBreak,
    Paragraph,
    Picture,
    Table,
    TwoColumns,
)
from data.exports.performance_pictures import funnel_png, rolling_png
from geo.counting import counted
from models.calendar.quarters import months_label
from models.indicators.catalogue import DIRECTION_LABELS
from models.indicators.performance import change_description
from models.performance.pack import value_label
from models.performance.pack_labels import allowance_label, comparison_label, target_label
from models.wording.days import day_label

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from data.access import Person
    from data.exports.paper import Block, Tone
    from data.settings import Settings
    from models.performance.pack import IndicatorRow, Pack
    from models.performance.wards import WardRates

_TONES: dict[str, Tone] = {"met": "good", "not met": "bad", "cannot tell": "unclear"}
_SHORT = ("Indicator", "This quarter", "Year before", "Change (95 % interval)", "Target", "Status")


def pack_document(
    pack: Pack,
    *,
    person: Person,
    settings: Settings,
    wards: Mapping[str, WardRates] | None = None,
) -> Document:
    """Return the pack as a document to print: a summary, then each indicator.

    Parameters
    ----------
    pack : Pack
    person : Person
        Who prints it.
    settings : Settings
        For local time and the marking.
    wards : mapping of str to WardRates, optional
        By indicator's key: those get a funnel of wards.

    Raises
    ------
    NotAllowedError
    """
    person.must_be_officer("The performance pack")
    blocks: list[Block] = [*_summary(pack), *_concerns(pack), PageBreak()]
    blocks.append(Heading("Each indicator"))
    for row in pack.rows:
        if row.now is not None:
            blocks += _one(row, wards=(wards or {}).get(row.indicator.key))
    blocks += _without_figures(pack)
    return Document(
        title=f"{pack.borough}: performance, {pack.quarter}",
        blocks=tuple(blocks),
        marking=paper.marking(simulated=pack.simulated, handling=settings.paper_marking),
        made_at=pack.made_at.astimezone(ZoneInfo(settings.timezone)),
        made_by=person.name,
        period=str(pack.quarter.period),
        table_version=str(pack.table_version),
    )


def _summary(pack: Pack) -> Iterator[Block]:
    reached = [row.status.reached for row in pack.rows]
    shown = sum(row.now is not None for row in pack.rows)
    yield Figures(
        (
            Figure("Indicators with a figure", f"{shown} of {len(pack.rows)}"),
            Figure("Target met", str(reached.count("met"))),
            Figure("Target not met", str(reached.count("not met"))),
            Figure("Cannot tell", str(reached.count("cannot tell"))),
        )
    )
    held = pack.sign_off
    if held is None:
        yield Callout("Not signed off", "Figures can still change.", tone="warning")
    else:
        words = (
            f"By {held.signed_by} on {day_label(held.signed_at)} on table version "
            f"{held.table_version}. {held.note}"
        )
        yield Callout("Signed off", words, tone="good")
    if pack.corrections:
        frame = tables.corrections_frame(pack)
        yield _table(frame, caption="Corrected since it was signed off")
    yield Heading("All indicators")
    frame = tables.indicators_frame(pack)
    frame = frame[[row.now is not None for row in pack.rows]]
    yield _table(frame, _SHORT, caption="Each against the same quarter a year before")
    yield Paragraph(
        "Change in the rate a day, with its 95 % interval; survey shares in percentage points. A "
        "target is met or not met when the whole interval says so; where the interval reaches "
        f"across it, nobody can tell. {allowance_label(pack)}",
        style="small",
    )


def _concerns(pack: Pack) -> Iterator[Block]:
    if pack.concerns:
        yield Heading("What residents named")
        asked = {
            f"{each.concern.consultation}, closed {day_label(each.concern.asked_on)}, "
            f"{counted(each.concern.replies, 'reply', 'replies')}"
            for each in pack.concerns
        }
        frame = tables.concerns_frame(pack).drop(columns=["Replies", "Closed"])
        if len(asked) == 1:
            frame = frame.drop(columns="Consultation")
        yield _table(frame, caption="Concerns against what is recorded")
        yield Paragraph("; ".join(sorted(asked)) + ".", style="small")


def _one(row: IndicatorRow, *, wards: WardRates | None) -> list[Block]:
    of = row.indicator
    figures: tuple[Block, ...] = (
        Facts(
            (
                (months_label(row.months), tables.figure_label(of, row.now)),
                ("Year before", tables.figure_label(of, row.before) if row.before else "–"),
                ("Change", change_description(row.change)),
                ("Months", comparison_label(row)),
                ("Target", target_label(row)),
            )
        ),
        Callout(
            row.status.label, row.status.sentence, tone=_TONES.get(row.status.reached, "neutral")
        ),
    )
    trend = _trend(row)
    blocks: list[Block] = [
        Heading(of.name, level=3),
        Paragraph(f"{of.definition} Source: {of.source}. {DIRECTION_LABELS[of.direction]}."),
        *((TwoColumns(figures, trend),) if trend else figures),
    ]
    if row.notes:
        blocks.append(Paragraph(" ".join(row.notes), style="small"))
    blocks += _written(row)
    if row.boroughs:
        frame = tables.boroughs_frame(row)
        blocks.append(_table(frame, caption="Next to other boroughs"))
    if wards is not None:
        blocks += _wards(row, wards)
    return blocks


def _trend(row: IndicatorRow) -> tuple[Block, ...]:
    """Return the chart of the twelve-month totals; nothing where fewer than two are known."""
    of = row.indicator
    known = [(month, value) for month, value in row.rolling if value is not None]
    if len(known) < 2:
        return ()
    first, last = known[0], known[-1]
    alt = (
        f"Line chart of {of.name}, twelve months to each month: from "
        f"{value_label(of, first[1])} to {first[0]:%b %Y} to "
        f"{value_label(of, last[1])} to {last[0]:%b %Y}."
    )
    return (Picture(rolling_png(row), alt=alt, max_mm=42),)


def _written(row: IndicatorRow) -> list[Block]:
    newest = row.commentary
    if newest is None:
        return [Paragraph("Nothing is written about it yet.", style="small")]
    said = newest.draft
    parts = (
        ("Commentary", said.commentary),
        ("Reasons for performance", said.reasons),
        ("Strategic risk", said.risk),
        ("Owner", said.owner),
    )
    return [Facts(tuple((label, text) for label, text in parts if text))]


def _wards(row: IndicatorRow, rates: WardRates) -> list[Block]:
    outside = [each.name for each in rates.funnel.wards if each.verdict in ("higher", "lower")]
    alt = (
        f"Funnel plot of {row.indicator.name} by ward; outside the limits: "
        f"{', '.join(outside) or 'none'}."
    )
    frame = tables.wards_frame(rates)
    return [
        Picture(funnel_png(rates), alt=alt, max_mm=75, caption="Wards compared"),
        _table(
            frame.iloc[:, :5],
            caption="Wards in order of name, with 95 % intervals; not a ranking",
        ),
        *([Paragraph(" ".join(rates.notes), style="small")] if rates.notes else []),
    ]


def _without_figures(pack: Pack) -> Iterator[Block]:
    without = [(row.indicator.name, " ".join(row.notes)) for row in pack.rows if row.now is None]
    if without:
        yield Heading("Indicators without a figure")
        yield Facts(tuple(without))


def _table(frame: pd.DataFrame, columns: tuple[str, ...] = (), *, caption: str) -> Table:
    shown = columns or tuple(str(name) for name in frame.columns)
    return Table(
        columns=tuple(Column(name) for name in shown),
        rows=tuple(
            tuple("–" if pd.isna(cell) else str(cell) for cell in row)
            for row in frame[list(shown)].astype(object).itertuples(index=False)
        ),
        caption=caption,
    )
