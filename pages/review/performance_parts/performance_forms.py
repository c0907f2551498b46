"""What is written on the page Performance: targets, commentary, typed values, sign-off.

Every form saves in a callback that was made when the form was drawn: it knows the revision that the
person was looking at, so that somebody else's change in between is noticed and nothing is lost.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from data.exports import performance_tables as tables
from data.operations.performance import written as records
from data.services.performance import pack as packs
from data.services.performance.areas import fix_asb_hotspots
from geo.counting import counted
from geo.errors import PlainError
from models.calendar.quarters import year_label, year_period
from models.indicators.catalogue import INDICATORS
from models.performance.records import CommentaryDraft, TypedDraft
from models.wording.days import day_label
from pages.review.performance_parts import performance_uploads, queries_performance
from pages.shell import queries, saving
from pages.shell.messages import findings, plain, plain_lines
from pages.shell.person import actor
from pages.shell.queries_operations import operations

if TYPE_CHECKING:
    from models.performance.pack import IndicatorRow, Pack
    from models.performance.records import SignedFigure
    from pages.shell.saving import Typed


class NoValueError(PlainError, ValueError):
    """A value is to be saved and there is none."""

    def __init__(self) -> None:
        super().__init__("Nothing was saved, because there is no value. Enter a value first.")


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

    parts = {"commentary": "c", "reasons": "r", "risk": "k", "owner": "o"}
    form = saving.form(
        f"commentary {pack.quarter.key} {row.indicator.key}",
        **{name: f"{part} {key}" for name, part in parts.items()},
    )

    def save(typed: Typed) -> str:
        given = CommentaryDraft(*(str(typed[part] or "") for part in parts))
        records.save_commentary(
            actor(), row.indicator.key, quarter=pack.quarter, draft=given, revision=revision
        )
        lacks = ", ".join(given.missing)
        more = f" Before sign-off it still needs: {lacks}." if lacks else ""
        return f"Saved: {row.indicator.name}.{more}"

    with form.drawn():
        st.markdown("**Commentary for the quarter**")
        for label, part, start in (
            ("Commentary", "commentary", draft.commentary),
            ("Reasons for performance", "reasons", draft.reasons),
            ("Strategic risk", "risk", draft.risk),
        ):
            st.text_area(label, form.start(part, start), key=form.key(part))
        st.text_input("Owner", form.start("owner", draft.owner), key=form.key("owner"))
        form.button("Save the commentary", save)
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
            st.write(plain_lines(text))


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

    form = saving.form(f"target {year} {row.indicator.key}", change=f"t {key}", owner=f"to {key}")

    def save(typed: Typed) -> str:
        records.save_target(
            actor(),
            row.indicator.key,
            year=year,
            change=typed["change"],
            owner=str(typed["owner"] or ""),
            revision=revision,
        )
        return f"Saved: the target of {row.indicator.name} for {year_label(year)}."

    with st.expander(f"Target and owner for {year_label(year)}"), form.drawn():
        st.number_input(
            f"Change aimed at on the same quarter of {year_label(year - 1)}, {unit}; empty for "
            "no target",
            value=form.start("change", row.target),
            step=1.0,
            min_value=-100.0,
            max_value=1000.0,
            key=form.key("change"),
        )
        st.text_input("Owner", form.start("owner", row.owner), key=form.key("owner"))
        form.button("Save the target", save)


def hotspots(pack: Pack) -> None:
    """Say how the ASB hotspots of the year were fixed, or let them be fixed."""
    year = pack.quarter.year
    st.subheader("ASB hotspots of the year")
    if pack.hotspots is not None:
        fixed = pack.hotspots
        km2 = sum(each.area.area for each in fixed.areas) / 1e6
        st.write(
            plain(
                f"{counted(len(fixed.areas), 'hotspot')} ({km2:.2f} km² together) were fixed for "
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

    store = queries.store()

    def fix(_: Typed) -> str:
        fixed = fix_asb_hotspots(store, actor(), year=year)
        return f"{len(fixed.areas)} ASB hotspots are fixed for {year_label(year)}."

    saving.form(f"fix {year}").button(
        f"Fix the ASB hotspots of {year_label(year)}", fix, in_form=False
    )


def values(pack: Pack) -> None:
    """Draw the form for one typed value, and the upload of many."""
    st.header("Values that are not counted from incidents")
    of_hand = [each for each in INDICATORS if each.kind == "typed"]
    held = records.typed_values(operations())
    revisions = {each.key: len(held.get((each.key, pack.quarter.key), ())) for each in of_hand}

    form = saving.form(
        f"typed {pack.quarter.key}",
        **{name: f"typed {name}" for name in ("indicator", "value", "replies", "note")},
    )

    def save(typed: Typed) -> str:
        chosen = typed["indicator"]
        if typed["value"] is None:
            raise NoValueError
        draft = TypedDraft(
            chosen.key, pack.quarter, typed["value"], typed["replies"], str(typed["note"] or "")
        )
        records.save_value(actor(), draft, revision=revisions[chosen.key])
        return f"Saved: {chosen.name} for {pack.quarter}."

    with form.drawn():
        st.selectbox(
            "Indicator to type in",
            of_hand,
            format_func=lambda of: of.name,
            key=form.key("indicator"),
        )
        left, right = st.columns(2)
        left.number_input(
            "Value (a number, or per cent for a survey)",
            min_value=0.0,
            value=form.start("value", None),
            step=1.0,
            key=form.key("value"),
        )
        right.number_input(
            "Replies, for a survey",
            min_value=1,
            value=form.start("replies", None),
            step=1,
            help="For its interval",
            key=form.key("replies"),
        )
        st.text_input("Note: where it comes from", form.start("note"), key=form.key("note"))
        form.button(plain(f"Save for {pack.quarter}"), save)
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

    form = saving.form(f"sign off {pack.quarter.key}", note="sign note")

    def sign(typed: Typed) -> str:
        fresh = queries_performance.pack(pack.quarter)
        packs.sign_off(actor(), fresh, seen=pack, note=str(typed["note"] or ""))
        return f"{pack.quarter} is signed off."

    with form.drawn():
        st.write(
            "Signing off freezes every figure with its commentary and its table version. It "
            "cannot be undone. Later corrections are shown next to the frozen figures."
        )
        st.text_input("Note, for example the meeting", form.start("note"), key=form.key("note"))
        form.button(plain(f"Sign off {pack.quarter}"), sign, type="primary")
