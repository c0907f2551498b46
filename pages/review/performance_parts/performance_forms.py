"""What is written on the page Performance: targets, commentary, typed values, sign-off.

Every form saves in a callback that was made when the form was drawn: it knows the revision that the
person was looking at, so that somebody else's change in between is noticed and nothing is lost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import streamlit as st

from data.exports import performance_tables as tables
from data.operations.performance import written as records
from data.services.performance import pack as packs
from data.services.performance.areas import fix_asb_hotspots
from geo.errors import PlainError
from models.calendar.quarters import year_label, year_period
from models.indicators.catalogue import INDICATORS
from models.performance.records import CommentaryDraft, TypedDraft
from models.wording.days import day_label
from pages.review.performance_parts import performance_uploads, queries_performance
from pages.review.performance_parts.performance_uploads import OUTCOME
from pages.shell import queries, state
from pages.shell.messages import findings, plain
from pages.shell.person import actor
from pages.shell.queries_operations import operations

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.performance.pack import IndicatorRow, Pack
    from models.performance.records import SignedFigure

PROBLEM: Final = "performance_problem"
UNSAVED: Final = "performance_unsaved"


def outcome() -> None:
    """Say what became of the last thing that was saved."""
    if said := state.take(OUTCOME):
        st.success(plain(said))
    if problem := state.take(PROBLEM):
        st.error(plain(problem))
        if unsaved := state.take(UNSAVED):
            st.text_area("Your text, which is not saved", unsaved, key="unsaved words")


def commentary(pack: Pack, row: IndicatorRow) -> None:
    """Draw the form for what is written about an indicator, and its history."""
    newest = row.commentary
    if pack.sign_off is not None:
        _signed_words(pack.sign_off.figure(row.indicator.key))
        _history(row)
        return
    revision = newest.written.revision if newest else 0
    key = f"{pack.quarter.key} {row.indicator.key} {revision}"
    draft = newest.draft if newest else CommentaryDraft("", "", "", row.owner)

    def save() -> str:
        given = CommentaryDraft(*(str(state.value(f"{part} {key}") or "") for part in "crko"))
        _keep_words(given)
        records.save_commentary(
            actor(), row.indicator.key, quarter=pack.quarter, draft=given, revision=revision
        )
        state.take(UNSAVED)
        lacks = ", ".join(given.missing)
        more = f" Before sign-off it still needs: {lacks}." if lacks else ""
        return f"Saved: {row.indicator.name}.{more}"

    with st.form(f"commentary {key}"):
        st.markdown("**Commentary for the quarter**")
        st.text_area("Commentary", draft.commentary, key=f"c {key}")
        st.text_area("Reasons for performance", draft.reasons, key=f"r {key}")
        st.text_area("Strategic risk", draft.risk, key=f"k {key}")
        st.text_input("Owner", draft.owner, key=f"o {key}")
        st.form_submit_button("Save the commentary", on_click=_attempt, args=(save,))
    _history(row)


def _signed_words(signed: SignedFigure | None) -> None:
    """Show what was written when the quarter was signed off; it cannot be changed."""
    with st.container(border=True):
        st.markdown("**Commentary as signed off**")
        if signed is None or not signed.commentary:
            st.write("There was no commentary, because the indicator had no figure then.")
            return
        for label, text in (
            ("Commentary", signed.commentary),
            ("Reasons for performance", signed.reasons),
            ("Strategic risk", signed.risk),
            ("Owner", signed.owner),
        ):
            st.caption(label)
            st.write(plain(text))


def _history(row: IndicatorRow) -> None:
    if row.history:
        with st.expander(f"History of the commentary ({len(row.history)})"):
            st.dataframe(
                tables.history_frame(row), hide_index=True, alt="Revisions of the commentary"
            )


def target(pack: Pack, row: IndicatorRow) -> None:
    """Draw the form for an indicator's target and owner in the financial year."""
    year = pack.quarter.year
    held = records.targets(operations(), year=year).get(row.indicator.key)
    revision = held.written.revision if held else 0
    key = f"{year} {row.indicator.key} {revision}"
    unit = "percentage points" if row.indicator.unit == "per cent" else "per cent"

    def save() -> str:
        records.save_target(
            actor(),
            row.indicator.key,
            year=year,
            change=state.value(f"t {key}"),
            owner=str(state.value(f"to {key}") or ""),
            revision=revision,
        )
        return f"Saved: the target of {row.indicator.name} for {year_label(year)}."

    with st.expander(f"Target and owner for {year_label(year)}"), st.form(f"target {key}"):
        st.number_input(
            f"Change aimed at on the same quarter of {year_label(year - 1)}, {unit}; empty for "
            "no target",
            value=row.target,
            step=1.0,
            min_value=-100.0,
            max_value=1000.0,
            key=f"t {key}",
        )
        st.text_input("Owner", row.owner, key=f"to {key}")
        st.form_submit_button("Save the target", on_click=_attempt, args=(save,))


def hotspots(pack: Pack) -> None:
    """Say how the ASB hotspots of the year were fixed, or let them be fixed."""
    year = pack.quarter.year
    st.subheader("ASB hotspots of the year")
    if pack.hotspots is not None:
        fixed = pack.hotspots
        km2 = sum(each.area.area for each in fixed.areas) / 1e6
        st.write(
            plain(
                f"{len(fixed.areas)} hotspots ({km2:.2f} km² together) were fixed for "
                f"{year_label(year)} by {fixed.fixed_by} on {day_label(fixed.fixed_at)}, from "
                f"the anti-social behaviour of {fixed.data} (table version {fixed.table_version}). "
                "They stay the same all year. If they were chosen again each quarter, their "
                "counts would fall by themselves, because places chosen for high counts tend to "
                "fall back (regression to the mean)."
            )
        )
        return
    st.write(
        plain(
            f"The hotspots of {year_label(year)} are not fixed yet. They are chosen once, from "
            f"the anti-social behaviour of {year_period(year - 1)}, and never chosen again."
        )
    )

    def fix() -> str:
        fixed = fix_asb_hotspots(queries.store(), actor(), year=year)
        return f"{len(fixed.areas)} ASB hotspots are fixed for {year_label(year)}."

    st.button(f"Fix the ASB hotspots of {year_label(year)}", on_click=_attempt, args=(fix,))


def values(pack: Pack) -> None:
    """Draw the form for one typed value, and the upload of many."""
    st.header("Values that are not counted from incidents")
    typed = [each for each in INDICATORS if each.kind == "typed"]
    held = records.typed_values(operations())
    revisions = {each.key: len(held.get((each.key, pack.quarter.key), ())) for each in typed}

    def save() -> str:
        chosen, value = state.value("typed indicator"), state.value("typed value")
        if value is None:
            return "Nothing was saved, because there is no value. Enter a value first."
        replies, note = state.value("typed replies"), str(state.value("typed note") or "")
        draft = TypedDraft(chosen.key, pack.quarter, value, replies, note)
        revision = revisions[chosen.key]
        records.save_value(actor(), draft, revision=revision)
        return f"Saved: {chosen.name} for {pack.quarter}."

    with st.form("typed", clear_on_submit=True):
        st.selectbox(
            "Indicator to type in", typed, format_func=lambda of: of.name, key="typed indicator"
        )
        left, right = st.columns(2)
        left.number_input(
            "Value (a number, or per cent for a survey)",
            min_value=0.0,
            value=None,
            step=1.0,
            key="typed value",
        )
        right.number_input(
            "Replies, for a survey",
            min_value=1,
            value=None,
            step=1,
            help="For its interval",
            key="typed replies",
        )
        st.text_input("Note: where it comes from", key="typed note")
        st.form_submit_button(f"Save for {pack.quarter}", on_click=_attempt, args=(save,))
    with st.expander("Import values or a consultation from a CSV file"):
        performance_uploads.values()


def sign_off(pack: Pack) -> None:
    """Draw what the sign-off needs, and the button."""
    st.header("Sign off")
    if pack.sign_off is not None:
        st.write("The quarter is signed off. Later corrections are shown next to its figures.")
        return
    if pack.missing:
        findings(pack.missing, heading="Before the quarter can be signed off")
        return

    def sign() -> str:
        fresh = queries_performance.pack(pack.quarter)
        note = str(state.value("sign note") or "")
        packs.sign_off(actor(), fresh, seen=pack, note=note)
        return f"{pack.quarter} is signed off."

    with st.form("sign off"):
        st.write(
            "Signing off freezes every figure with its commentary and its table version. It "
            "cannot be undone. Later corrections are shown next to the frozen figures."
        )
        st.text_input("Note, for example the meeting", key="sign note")
        label = f"Sign off {pack.quarter}"
        st.form_submit_button(label, type="primary", on_click=_attempt, args=(sign,))


def _keep_words(draft: CommentaryDraft) -> None:
    """Keep what was written until it is saved, so that a refusal loses nothing."""
    parts = (draft.commentary, draft.reasons, draft.risk, draft.owner)
    state.put(UNSAVED, "\n\n".join(part for part in parts if part.strip()))


def _attempt(save: Callable[[], str]) -> None:
    try:
        state.put(OUTCOME, save())
    except PlainError as problem:
        state.put(PROBLEM, str(problem))
