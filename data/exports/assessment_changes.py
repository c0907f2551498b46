"""The parts of a tactical assessment about time and kind: hours, changes, near-repeats, runs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from data.exports.labels import (
    RUNS_RULE,
    by_chance_label,
    change_label,
    hours_description,
    runs_gap_label,
    usual_label,
    window_description,
)
from data.exports.paper import Bullets, Callout, Column, Heading, Paragraph, Table
from geo.counting import counted
from geo.naming.words import sentence_case, with_ward
from models.calendar.week import WEEKDAYS
from models.hotspots.changes import moved
from models.hotspots.follow_up import zones
from models.hotspots.method_result import SettingError
from models.hotspots.micro_time import MicroTimeError
from models.incidents.near_repeat import near_repeat, near_repeat_filter, places_at_risk
from models.incidents.near_repeat_rows import UnfitForNearRepeatError, usable_rows
from models.incidents.runs import DayUnknownError, runs_in_fortnight, surprise_order
from models.statistics.dispersion import USUAL
from models.statistics.rates import rate_ratio
from models.wording.categories import CATEGORIES, CATEGORY_LABELS
from models.wording.changes import TOO_FEW_FOR_A_PERCENTAGE, signed_percent, too_wide
from models.wording.days import day_label

if TYPE_CHECKING:
    from collections.abc import Iterator

    import geopandas as gpd

    from data.exports.paper import Block
    from data.incidents.store import Store
    from models.incidents.filters import IncidentFilter
    from models.incidents.patterns import Patterns
    from models.incidents.runs import PlacedRun
    from models.statistics.rates import RateRatio

MOST_FOR_PAPER: Final = 20_000  # near-repeats of so many take about two seconds
_BLOCK_HOURS: Final = 4
_MOST_RUNS: Final = 12
_MOST_PLACES: Final = 10


def hours(patterns: Patterns) -> Iterator[Block]:
    """Give the week in blocks of four hours, and what part falls into nights and after school."""
    yield Heading("When")
    week = patterns.week
    if not week.timed:
        yield Paragraph(
            "No incident of this filter has a known hour, so nothing can be said about hours. "
            "Import an extract with times, or choose another source."
        )
        return
    blocks = week.matrix.reshape(7, 24 // _BLOCK_HOURS, _BLOCK_HOURS).sum(axis=2)
    labels = [f"{at:02d}–{at + _BLOCK_HOURS:02d}" for at in range(0, 24, _BLOCK_HOURS)]
    rows = [
        (day, *(f"{value:,.0f}" for value in blocks[at]), f"{blocks[at].sum():,.0f}")
        for at, day in enumerate(WEEKDAYS)
    ]
    rows.append(
        ("All days", *(f"{each:,.0f}" for each in blocks.sum(axis=0)), f"{blocks.sum():,.0f}")
    )
    columns = (
        Column("Day"),
        *(Column(label, "right") for label in labels),
        Column("All hours", "right"),
    )
    yield Table(columns, tuple(rows), "Incidents by day and hour", total=True)
    peak = f"at night from {patterns.rule.of_window('peak').hours_label}"
    levy = f"in Late Night Levy hours, {patterns.rule.of_window('levy').hours_label}"
    yield Bullets(
        (
            window_description("on Friday and Saturday nights", patterns.review_nights),
            window_description(peak, patterns.peak_nights),
            window_description(levy, patterns.levy_nights),
            window_description("on Mondays to Fridays from 15:00 to 18:00", patterns.school),
        )
    )
    yield Paragraph(hours_description(week), "small")


def changes(patterns: Patterns, *, hotspots: gpd.GeoDataFrame) -> Iterator[Block]:
    """Give each kind now and in the comparison period, as a ratio with its interval.

    Nothing is compared where the data do not cover both periods.

    Parameters
    ----------
    patterns : Patterns
    hotspots : GeoDataFrame
        The same view's, in the one hotspot shape: those that changed by more than chance are named.
    """
    yield Heading("What changed")
    now, before = patterns.selection.now, patterns.selection.before
    whole = patterns.selection.comparable
    rows = []
    for kind in patterns.kinds:
        row = [CATEGORY_LABELS[kind.category], f"{kind.incidents:,}", f"{kind.share:.0%}"]
        if whole and before is not None and kind.before is not None:
            ratio = rate_ratio(
                kind.incidents,
                kind.before,
                exposure_now=now.period.days,
                exposure_before=before.period.days,
                dispersion=USUAL,
            )
            row += [f"{kind.before:,}", *_change(ratio)]
            row.append({"up": "▲ up", "down": "▼ down"}.get(ratio.verdict, "may be chance"))
        rows.append(tuple(row))
    columns = [Column("Kind", share=1.0), Column("Incidents", "right"), Column("Share", "right")]
    if whole and before is not None:
        columns += [Column("Then", "right"), Column("A day", "right")]
        columns += [Column("95 % interval", "right"), Column("So")]
        caption = f"Incidents by kind, {now.period} against {before.period}"
    else:
        caption = f"Incidents by kind, {now.period}"
    yield Table(
        tuple(columns),
        tuple(rows),
        caption,
        empty="There are no incidents in the chosen wards for this filter.",
    )
    if now.sensitive:
        yield Paragraph(
            f"Kinds, hours and days are totals of the wards: {now.sensitive:,} domestic or sexual "
            "incidents are in them, and in nothing that has a place.",
            "small",
        )
    if before is None:
        yield Paragraph("No comparison was chosen.", "small")
    elif not whole:
        yield Callout(
            "Not compared",
            "The data do not cover both periods in the same way, so a change would be one of the "
            "data and not of the place. Choose months that are complete in both years, or only a "
            "source that covers both.",
            "warning",
        )
    else:
        days = now.period.days, before.period.days
        yield Bullets(tuple(_moved(hotspots, days=days)))
        yield Paragraph(
            "A day: change of incidents a day, so that periods of unequal length compare."
            + (
                " The intervals allow for counts that vary by more than chance, as those of real "
                "boroughs do. Several kinds are compared at once: of those in which nothing "
                "changed, one in twenty would still be called up or down."
                if len(rows) > 1
                else ""
            ),
            "small",
        )


def _moved(hotspots: gpd.GeoDataFrame, *, days: tuple[int, int]) -> Iterator[str]:
    """Say which hotspots rose or fell by more than chance, by rank."""
    found = moved(hotspots, days_now=days[0], days_before=days[1])
    for way, rows in (("Up", found.up), ("Down", found.down)):
        listed = ", ".join(f"{row.rank} ({change_label(row)})" for row in rows) or "none"
        yield f"{way} by more than chance, hotspots by rank: {listed}."
    yield (
        "These are judged for all ground at once, since a hotspot is picked for its high count: "
        "where nothing changed, any is named in at most 5 of 100 assessments."
    )


def near_repeats(store: Store, incident_filter: IncidentFilter) -> Iterator[Block]:
    """Give the distances and times at raised risk and the places to call on, or why there are none.

    Measured over the year that ends with the period; on burglary where no category is chosen.
    """
    asked = near_repeat_filter(incident_filter, at_least_a_year=True)
    kinds = ", ".join(CATEGORY_LABELS[name].lower() for name in asked.categories)
    yield Heading("Near-repeats")
    _, use = usable_rows(store, store.select(asked))
    if use.incidents > MOST_FOR_PAPER:
        yield Callout(
            "Not measured here",
            f"{counted(use.incidents, 'incident')} of {kinds}, {asked.period}, are too many to "
            "count while "
            f"a document is made (at most {MOST_FOR_PAPER:,}). Choose one kind or a shorter "
            "period, or look at the page Near-repeat.",
            "unclear",
        )
        return
    try:
        found = near_repeat(store, asked)
    except (UnfitForNearRepeatError, SettingError) as problem:
        yield Callout("Not measured", str(problem), "unclear")
        return
    raised = zones(found.table)
    why = "" if incident_filter.categories else " (no category is chosen, so burglary is measured)"
    yield Paragraph(
        f"Of {kinds}{why}, {asked.period}: {counted(found.use.incidents, 'incident')}, "
        f"{found.use.excluded:,} left out. Is another nearby soon afterwards more common than "
        "chance?"
    )
    if raised:
        yield Bullets(tuple(f"{each.where.capitalize()}: {each.why}" for each in raised))
        places = places_at_risk(store, found)
        rows = tuple(
            (
                day_label(each.happened),
                day_label(each.until),
                sentence_case(with_ward(each.near, each.ward)),
                each.zone.where,
                f"{each.easting} {each.northing}",
            )
            for each in places[:_MOST_PLACES]
        )
        listed = f"the first {len(rows)} of {len(places)}" if len(places) > len(rows) else "all"
        yield Table(
            (
                Column("At risk from"),
                Column("Until"),
                Column("Where", share=1.8),
                Column("Whom to call on", share=1.2),
                Column("Grid"),
            ),
            rows,
            f"Places at raised risk on {day_label(found.next_day)}: {listed}",
            empty="No place is at raised risk on the day after the period.",
        )
    if found.notes:
        yield Paragraph(" ".join(found.notes), "small")


def sudden_runs(store: Store, incident_filter: IncidentFilter) -> Iterator[Block]:
    """Give the runs of the last fortnight of the period, the most surprising first."""
    yield Heading("Runs in the last fortnight")
    kinds = incident_filter.categories or CATEGORIES
    listed: list[tuple[str, PlacedRun]] = []
    left_out, unknown, by_chance, unfit, used, period, gap = 0, 0, 0, [], 0, None, ""
    for kind in kinds:
        try:
            found = runs_in_fortnight(store, incident_filter, category=kind)
        except DayUnknownError as problem:
            unknown += problem.undated
            continue
        except MicroTimeError as problem:
            unfit.append(f"{CATEGORY_LABELS[kind]}: {problem}")
            continue
        period, used, left_out = found.period, used + found.incidents, left_out + found.undated
        listed += [(kind, run) for run in (*found.standing_out, *found.unjudged)]
        by_chance += found.by_chance
        gap = runs_gap_label(found) if found.gaps else ""
    listed.sort(key=lambda each: surprise_order(each[1]))
    rows = tuple(_run_row(kind, run) for kind, run in listed[:_MOST_RUNS])
    if period is not None:
        shown = f"the {len(rows)} that stand out most of {len(listed)}"
        yield Table(
            (
                Column("Kind", share=1.0),
                Column("Where", share=1.8),
                Column("Incidents", "right"),
                Column("Usual", "right"),
                Column("First and last"),
                Column("Grid, to 100 m"),
            ),
            rows,
            f"Runs, {period}: {shown if len(listed) > len(rows) else 'all'}",
            empty=(
                "No run is more than chance would bring."
                if by_chance
                else "No three of the "
                f"{counted(used, 'incident')} of these days happened within 400 m of one of them."
            ),
        )
        told = f" {left_out:,} of that year whose day is not known are left out."
        rule = (
            f"{by_chance_label(by_chance)} {RUNS_RULE} Usual: what 14 days brought there over the "
            "year before; where it is not covered, nobody can say whether a run is by chance."
        )
        yield Paragraph(rule.strip() + (told if left_out else ""), "small")
    if gap:
        yield Paragraph(gap, "small")
    if unknown and period is None:
        yield Callout("Not looked for", str(DayUnknownError(unknown)), "unclear")
    elif unknown:
        unfit.append(
            f"{counted(unknown, 'incident of other kinds says', 'incidents of other kinds say')} "
            "no day and take no part."
        )
    if unfit:
        yield Bullets(tuple(unfit))


def _run_row(kind: str, run: PlacedRun) -> tuple[str, ...]:
    return (
        CATEGORY_LABELS[kind],
        sentence_case(with_ward(run.near, run.ward)),
        f"{run.run.incidents}",
        usual_label(run.run.usual),
        f"{run.first.day} {run.first:%b} to {day_label(run.last)}",
        f"{run.easting} {run.northing}",
    )


def _change(ratio: RateRatio) -> tuple[str, str]:
    """Return a change and its interval in words."""
    if not math.isfinite(ratio.ratio):
        return "new", ""  # both periods are covered here, and the earlier one had none
    if too_wide(ratio.low - 1, ratio.high - 1):
        return TOO_FEW_FOR_A_PERCENTAGE, ""
    ends = f"{signed_percent(ratio.low - 1)} to {signed_percent(ratio.high - 1)}"
    return signed_percent(ratio.ratio - 1), ends
