"""The steps of the import page: ward file, postcode table, incidents, and what became of them."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Final

import pandas as pd
import streamlit as st

from data.exports.records_answers import loaded_answer
from data.incidents.choices import (
    LAST_ROW,
    REFERENCE_RULES,
    RULE_LABELS,
    SEPARATE,
    ImportChoices,
)
from data.incidents.imports import undo, undone_label
from data.incidents.quality import NoRowUsedError, rejected_reasons
from data.incidents.table import EmptyStoreError
from data.layers.wards import wards_or_none
from data.services import loading
from data.sources.opening import sample
from data.sources.repeats import repeated_references
from data.sources.source_file import SAMPLE_ROWS
from geo.counting import counted
from geo.errors import PlainError
from models.wording.days import day_label
from pages.components import answer
from pages.components.midnight_question import midnight_question
from pages.components.upload import on_disk
from pages.records.import_data_parts import mapping_form
from pages.shell import queries, saving, state
from pages.shell.messages import notes, plain
from pages.shell.offer import offer
from pages.shell.person import actor
from pages.shell.queries_operations import local_time

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from streamlit.delta_generator import DeltaGenerator

    from data.incidents.imports import ImportRecord
    from data.incidents.ingest import Progress
    from data.settings import Settings
    from data.sources.opening import Recognised
    from models.incidents.midnight import MidnightHeap
    from pages.shell.saving import Typed

_REJECTED_SHOWN: Final = 200
_ROWS_SHOWN: Final = 20
_OWN_COLUMNS: Final = "Map the columns"
_RULES: Final = {
    SEPARATE: "It is another incident if its time or place is another: keep both",
    LAST_ROW: "It is the same incident: the last row wins",
}
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


def incident_upload(settings: Settings) -> None:
    """Take a file of incidents, show what it is, map it if need be, import it."""
    file = st.file_uploader(
        "A data.police.uk CSV or ZIP as downloaded, a council or police extract (CSV, XLSX), or a "
        "corrected file of rejected rows",
        type=[
            "csv",
            "tsv",
            "txt",
            "zip",
            "xlsx",
            "xlsm",
            "xls",
            "xlsb",
            "ods",
        ],  # the last three with a reason
        key=f"incidents-{state.value('upload_round', 0)}",
    )
    if file is None:
        return
    with on_disk(file, settings) as path:
        record = _looked_at_and_imported(path, settings=settings)
    if record is not None:
        state.put("last_import", record.import_id)
        state.put("upload_round", state.value("upload_round", 0) + 1)
        st.rerun()


def _looked_at_and_imported(path: Path, *, settings: Settings) -> ImportRecord | None:
    file = loading.look_at(path, settings=settings)
    profile: str | None = None
    if file.kind == "police_uk":
        st.write(f"This is a data.police.uk download, {file.size / 1e6:,.1f} MB unpacked.")
        notes(file.notes, heading="Left out")
    else:
        if file.is_street_workbook:
            st.warning(plain(str(loading.street_workbook_fault(file))))
        st.write("The first rows of the file, unchanged:")
        rows = sample(file.source, rows=SAMPLE_ROWS)
        st.dataframe(rows.head(_ROWS_SHOWN), hide_index=True, alt="First rows of the file")
        choices = [*file.profiles, _OWN_COLUMNS]
        reading = st.selectbox("How to read it: a saved profile that fits, or a new one", choices)
        if reading == _OWN_COLUMNS:
            mapping_form.draw(rows, settings=settings)
            return None
        profile = reading
    said = _choices(file, profile, settings=settings)
    name = st.text_input("Name of this import", value=path.name)
    form = saving.form("import")
    if not form.sent("Import", in_form=False, type="primary"):
        return None
    bar = st.progress(0.0, text="Reading the file…")
    imported: list[ImportRecord] = []

    def save() -> str:
        acting = actor()
        imported.append(
            loading.import_recognised(
                file,
                settings=settings,
                now=settings.present(),
                profile=profile,
                name=name,
                choices=replace(said, person=acting.person.name),
                progress=partial(_tell, bar),
            )
        )
        return ""  # `last_result` says what became of it

    saved = form.save(save)
    bar.empty()
    return imported[0] if saved else None


def _tell(bar: DeltaGenerator, progress: Progress) -> None:
    stage = f"{progress.stage.capitalize()}: {counted(progress.rows_read, 'row')}"
    bar.progress(min(progress.fraction, 1.0), text=plain(stage))


def _choices(file: Recognised, profile: str | None, *, settings: Settings) -> ImportChoices:
    """Ask what a reference that comes again means, with examples from the file where it has any."""
    if profile is None:
        return ImportChoices()
    used = loading.profile_named(profile, settings=settings)
    if used.columns.id is None:
        return ImportChoices()
    repeats = repeated_references(sample(file.source, rows=SAMPLE_ROWS), used)
    if repeats is not None:
        notes([repeats.sentence], heading="References that come again")
    rule = st.radio(
        "If a reference comes again in this file, or is in the store already",
        REFERENCE_RULES,
        format_func=_RULES.__getitem__,
    )
    return ImportChoices(reference_rule=rule)


def last_result(records: Sequence[ImportRecord], *, settings: Settings) -> None:
    """Show what became of the rows of this session's last import, while it stands."""
    for record in records:
        if record.import_id == state.value("last_import") and record.undone is None:
            if record.rows_read and record.counts.rejected == record.rows_read:
                fault = NoRowUsedError(record.name, reasons=rejected_reasons([record]))
                st.error(plain(str(fault)))
            else:
                st.success(plain(f"{record.name} is imported."))
            result(record, key="last")
            midnight_question(_heaps(record), settings=settings)


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
