"""What became of an import's rows, the imports so far, and taking the newest back."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import pandas as pd
import streamlit as st

from data.exports.records_answers import loaded_answer
from data.incidents.choices import RULE_LABELS
from data.incidents.imports import undo, undone_label
from data.incidents.quality import NoRowUsedError, rejected_reasons
from data.incidents.table import EmptyStoreError
from data.layers.wards import wards_or_none
from data.services import loading
from geo.errors import PlainError
from models.calendar.periods import Period
from models.wording.days import day_label
from pages.components import answer
from pages.components.midnight_question import midnight_question
from pages.shell import filters, queries, saving, state
from pages.shell.messages import notes, plain
from pages.shell.offer import offer
from pages.shell.person import actor
from pages.shell.queries_operations import local_time

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.incidents.imports import ImportRecord
    from data.settings import Settings
    from models.incidents.midnight import MidnightHeap
    from pages.shell.saving import Typed

_REJECTED_SHOWN: Final = 200
_COUNTED: Final = ("Rows read", "Imported", "Updated", "Unchanged", "Rejected", "Outside")


def loaded(settings: Settings) -> None:
    """Say what is loaded, as the answer of the page."""
    try:
        sources, simulated = queries.source_quality(), queries.store().simulated
    except EmptyStoreError:
        sources, simulated = (), False
    except PlainError:  # the steps below say what is wrong, and what to do
        return
    records = () if loading.holds_demo(settings) else queries.import_records()
    answer.draw(loaded_answer(sources, simulated=simulated, imports=records))


def last_result(records: Sequence[ImportRecord], *, settings: Settings) -> None:
    """Show what became of the rows of this session's last import, while it stands."""
    for record in records:
        if record.import_id == state.value("last_import") and record.undone is None:
            if record.rows_read and record.counts.rejected == record.rows_read:
                fault = NoRowUsedError(record.name, reasons=rejected_reasons([record]))
                st.error(plain(str(fault)))
            else:
                st.success(plain(f"{record.name} is imported."))
            _way_on(record)
            result(record, key="last")
            midnight_question(_heaps(record), settings=settings)


def _way_on(record: ImportRecord) -> None:
    """Lead to the hotspots of what was loaded, and to its quality."""
    days = state.value("last_import_days")
    if days is None or not record.source or record.counts.rejected == record.rows_read:
        return
    period = Period(*days)
    sources = tuple(record.source.split(", "))
    with st.container(horizontal=True, key="way_on"):
        if st.button(
            plain(f"See the hotspots of what you loaded ({period})"),
            type="primary",
            icon=":material/map:",
            on_click=partial(filters.set_to, period=period, sources=sources),
        ):
            st.switch_page("pages/intelligence/hotspots.py")
        st.page_link(
            "pages/records/data_quality.py",
            label=plain(f"How far {record.source} can be trusted: Data quality"),
            icon=":material/fact_check:",
        )


def _heaps(record: ImportRecord) -> list[MidnightHeap]:
    """Return the heaps at exactly 00:00 of the sources that an import brought rows of."""
    if not record.source:
        return []
    brought = record.source.split(", ")
    figures = [each for each in queries.source_quality() if each.source in brought]
    return [each.midnight for each in figures if each.midnight is not None]


def result(record: ImportRecord, *, key: str) -> None:
    """Show what became of the rows, and the rejected ones with their reasons.

    `key` tells its buttons from those of another result on the same page.
    """
    counts = record.counts
    figures = st.columns(6)
    for column, (label, number) in zip(
        figures,
        (
            ("Rows read", record.rows_read),
            ("Imported", counts.imported),
            ("Updated", counts.updated),
            ("Unchanged", counts.unchanged),
            ("Rejected", counts.rejected),
            ("Outside the wards", counts.outside),
        ),
        strict=True,
    ):
        column.metric(label, f"{number:,}", border=True)
    st.caption(
        "The five add up to the rows read. Rows outside the wards are kept but never counted in "
        "a ward."
    )
    notes(record.notes, heading="Notes on this import")
    if record.rejected_file is None or not record.rejected_file.exists():
        return
    st.markdown("**Rejected rows**")
    st.dataframe(
        pd.read_csv(record.rejected_file, dtype="str", nrows=_REJECTED_SHOWN),
        hide_index=True,
        alt="Rejected rows with their reasons",
    )
    st.caption(
        f"The first {min(counts.rejected, _REJECTED_SHOWN):,} of {counts.rejected:,}. Download "
        f"them, correct the values in that file, and import it: its extra columns are recognised."
    )
    offer(
        "Download the rejected rows",
        record.rejected_file.read_bytes,
        file_name=f"rejected-{record.import_id}.csv",
        key=f"{key}-rejected",
    )


class NotConfirmedError(PlainError, ValueError):
    """The box that confirms the undoing of an import is not ticked."""

    def __init__(self) -> None:
        super().__init__("Nothing was taken back. Tick the box to confirm.")


def imports_so_far(settings: Settings, *, records: Sequence[ImportRecord]) -> None:
    """List the imports, newest first, and offer to take the newest back."""
    told = saving.outcome()
    if not records:
        st.write("Nothing has been imported yet.")
        return
    st.dataframe(
        pd.DataFrame(
            [
                {
                    "Import": each.name,
                    "Taken back": local_time(each.undone) if each.undone else None,
                    "Taken back by": each.undone_by,
                    "When": local_time(each.started),
                    "By": each.person,
                    "Rows read": each.rows_read,
                    "Imported": each.counts.imported,
                    "Updated": each.counts.updated,
                    "Unchanged": each.counts.unchanged,
                    "Rejected": each.counts.rejected,
                    "Outside": each.counts.outside,
                    "Version": each.version_after,
                    "Rule for references": RULE_LABELS[each.reference_rule],
                }
                for each in records
            ]
        ),
        hide_index=True,
        alt="Imports, newest first",
        placeholder="",
        column_config={
            **{name: st.column_config.NumberColumn(format="localized") for name in _COUNTED},
            # In sight on a phone too, however wide the rest is: what an undo did is read here.
            "Import": st.column_config.TextColumn(width=170),
            "When": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm", width=150),
            "Taken back": st.column_config.DatetimeColumn(format="D MMM YYYY, HH:mm", width=150),
        },
    )
    standing = [each for each in records if each.undone is None]
    with_rejects = {each.name: each for each in standing if each.rejected_file is not None}
    if with_rejects:
        shown = st.selectbox("Look at an import's rows", ["", *with_rejects], key="looked_at")
        if shown:
            result(with_rejects[shown], key="looked-at")
    if standing:
        _undo(standing[0], settings=settings)
    saving.leftover(told)


def _undo(newest: ImportRecord, *, settings: Settings) -> None:
    """Draw the form that takes back the import it names, and no other."""
    key = f"undo-{newest.import_id}"  # each one is confirmed for itself
    form = saving.form(key, sure=f"{key}-sure")
    began = local_time(newest.started)
    with form.drawn():
        st.write(
            plain(
                f"Take back the newest import, {newest.name} ({day_label(began)}, "
                f"{began:%H:%M}): the incidents are then exactly what they were before it."
            )
        )
        st.checkbox("Yes, take it back", key=form.key("sure"))
        form.button("Take it back", partial(_take_back, newest, settings))


def _take_back(record: ImportRecord, settings: Settings, typed: Typed) -> str:
    """Take back an import, from a callback; what it did is said on the next run."""
    if not typed["sure"]:
        raise NotConfirmedError
    acting = actor()
    acting.must_be_officer("Taking an import back")
    version = undo(
        record.import_id,
        settings=settings,
        now=settings.present(),
        wards=wards_or_none(settings),
        person=acting.person.name,
    )
    return undone_label(record, version=version.version)
