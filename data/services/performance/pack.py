"""The quarterly performance: one pack that the page, the exports and the sign-off all use.

Whatever is counted comes from one version of the incident table and from the operations store as it
is now. A quarter that is signed off keeps its figures; where they differ now, the pack says so.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from data.incidents.indicator_rows import indicator_rows
from data.operations.performance import written as kept
from data.operations.performance.activity import activity
from data.operations.performance.fixed import (
    concerns,
    hotspots_of,
    save_sign_off,
    sign_off_of,
)
from data.services.performance.areas import places_of, with_areas
from geo.errors import PlainError
from models.calendar.quarters import Quarter, months_label, quarter_of
from models.indicators.catalogue import indicators
from models.indicators.performance import change_description
from models.performance.beginning import QuarterInputs
from models.performance.counts import count_all, home_borough
from models.performance.pack import ConcernWithFigure, Correction, Pack, value_label
from models.performance.pack_labels import target_label
from models.performance.records import SignedFigure, SignOff
from models.performance.rows import compared_figure, row_of
from models.performance.varying import usual_dispersion
from models.wording.categories import CATEGORY_LABELS
from models.wording.days import day_label

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime

    from data.incidents.store import Store
    from data.operations.actor import Actor
    from data.operations.database import Operations
    from models.performance.counts import IndicatorCounts
    from models.performance.pack import IndicatorRow


class NotReadyToSignError(PlainError, ValueError):
    """A quarter was to be signed off and something it needs is missing."""

    def __init__(self, quarter: Quarter, missing: tuple[str, ...]) -> None:
        self.missing = missing
        more = f" And {len(missing) - 5} more." if len(missing) > 5 else ""
        super().__init__(f"{quarter} cannot be signed off yet. {' '.join(missing[:5])}{more}")


class ChangedSinceSeenError(PlainError, ValueError):
    """A figure or a word changed between the look and the signature."""

    def __init__(self, quarter: Quarter) -> None:
        super().__init__(
            f"{quarter} was not signed off: something in it was changed after you opened the page. "
            "Look at the page as it is now, then sign it off."
        )


def performance(
    store: Store,
    ops: Operations,
    quarter: Quarter,
    *,
    now: datetime,
    counts: IndicatorCounts | None = None,
    residents: Mapping[str, float] | None = None,
) -> Pack:
    """Return the performance of a quarter.

    Parameters
    ----------
    store : Store
    ops : Operations
    quarter : Quarter
    now : datetime
        Aware; a month that is not over by then is never counted as complete.
    counts : IndicatorCounts, optional
        Of `counts_of`, where the caller keeps them.
    residents : mapping of str to float, optional
        By borough code, for rates of boroughs next to one another.
    """
    today = now.astimezone(ZoneInfo(store.settings.timezone)).date()
    begun = QuarterInputs(
        dataset=store,
        counts=counts or counts_of(store, ops),
        activity=activity(ops),
        quarter=quarter,
        today=today,
        targets=kept.targets(ops, year=quarter.year),
        histories=kept.commentaries(ops, quarter),
        typed=kept.typed_values(ops),
        residents=residents or {},
    )
    begun = replace(begun, usual=usual_dispersion(begun))
    rows = tuple(with_areas(row_of(begun, each), ops) for each in indicators(store.night_rule))
    ended = quarter.period.last < today
    held = sign_off_of(ops, quarter)
    return Pack(
        quarter=quarter,
        borough=store.settings.borough_name,
        rows=rows,
        concerns=_concerns(begun, ops),
        hotspots=hotspots_of(ops, quarter.year),
        sign_off=held,
        corrections=() if held is None else _corrections(rows, held),
        ended=ended,
        missing=_missing(quarter, rows, ended=ended),
        table_version=store.snapshot.version,
        simulated=store.simulated,
        made_at=now,
    )


def counts_of(store: Store, ops: Operations) -> IndicatorCounts:
    """Count every indicator of the store's version in the areas that are fixed now."""
    return count_all(store, indicator_rows(store), places=places_of(store, ops))


def newest_quarter(store: Store, *, today: date) -> Quarter:
    """Return the newest quarter that is over and whose incidents are all there, as far as known."""
    home = store.settings.borough_code
    complete = [
        each.last_complete_month
        for each in store.snapshot.coverage
        if each.borough == home and each.last_complete_month
    ]
    quarter = quarter_of(min(today, max(complete, default=today)))
    while quarter.period.last >= today or (complete and quarter.months[2] > max(complete)):
        quarter = quarter.previous
    return quarter


def sign_off(actor: Actor, pack: Pack, *, seen: Pack | None = None, note: str = "") -> SignOff:
    """Freeze a quarter with its figures, its words and its table version.

    Parameters
    ----------
    actor : Actor
    pack : Pack
        As it is now.
    seen : Pack, optional
        As the person saw it; it is not signed off if anything has changed since.
    note : str

    Raises
    ------
    ChangedSinceSeenError
    NotReadyToSignError
        If the quarter is not over, a figure is of a part of it only, or an indicator lacks its
        commentary, reasons, risk or owner.
    AlreadySignedOffError, NotAllowedError
    """
    actor.must_be_officer("Signing off a quarter")
    figures = tuple(_signed(row) for row in pack.rows)
    if seen is not None and tuple(_signed(row) for row in seen.rows) != figures:
        raise ChangedSinceSeenError(pack.quarter)
    if pack.missing:
        raise NotReadyToSignError(pack.quarter, pack.missing)
    frozen = SignOff(
        quarter=pack.quarter,
        table_version=pack.table_version,
        figures=figures,
        note=note,
        signed_by=actor.person.name,
        signed_at=actor.now,
    )
    save_sign_off(actor, frozen)
    return frozen


def _concerns(inputs: QuarterInputs, ops: Operations) -> tuple[ConcernWithFigure, ...]:
    home = home_borough(inputs.dataset)
    found = []
    for each in concerns(ops):
        recorded = None
        if each.category and home >= 0:
            tally = inputs.counts.tallies[f"category:{each.category}"]
            name = CATEGORY_LABELS[each.category]
            recorded = compared_figure(inputs, tally, borough=home, name=name)
        found.append(ConcernWithFigure(each, recorded))
    return tuple(found)


def _missing(quarter: Quarter, rows: tuple[IndicatorRow, ...], *, ended: bool) -> tuple[str, ...]:
    if not ended:
        return (f"It is not over until {day_label(quarter.period.last)} has passed.",)
    lines = []
    for row in rows:
        if row.now is None:
            continue
        # Visits and reviews before the records began will never come.
        if row.to_date and row.indicator.kind == "incident":
            lines.append(
                f"{row.indicator.name}: only {months_label(row.months)} is complete. Import the "
                "rest of the quarter."
            )
        newest = row.commentary
        lacks = newest.draft.missing if newest else ("commentary, reasons, risk and owner",)
        if lacks:
            lines.append(f"{row.indicator.name}: no {', no '.join(lacks)}.")
    return tuple(lines)


def _signed(row: IndicatorRow) -> SignedFigure:
    written = row.commentary.draft if row.commentary else None
    return SignedFigure(
        indicator=row.indicator.key,
        name=row.indicator.name,
        value=None if row.now is None else row.now.value,
        before=None if row.before is None else row.before.value,
        months=months_label(row.months),
        change=change_description(row.change),
        target=target_label(row),
        status=row.status.label,
        rolling=row.latest_rolling,
        notes=" ".join(row.notes),
        commentary=written.commentary if written else "",
        reasons=written.reasons if written else "",
        risk=written.risk if written else "",
        owner=written.owner if written else row.owner,
    )


def _corrections(rows: tuple[IndicatorRow, ...], sign_off: SignOff) -> tuple[Correction, ...]:
    found = []
    for row in rows:
        then = sign_off.figure(row.indicator.key)
        if then is None:
            continue
        of, now = row.indicator, _signed(row)
        for what, was, is_now in (
            ("this quarter", value_label(of, then.value), value_label(of, now.value)),
            ("a year earlier", value_label(of, then.before), value_label(of, now.before)),
            ("target", then.target, now.target),
            ("status", then.status, now.status),
        ):
            if was != is_now:
                found.append(Correction(of.key, of.name, what, was, is_now))
    return tuple(found)
