"""A file of incidents on its way in: what it is, how it is read, what would happen, the import."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import streamlit as st

from data.incidents.choices import LAST_ROW, REFERENCE_RULES, SEPARATE, ImportChoices
from data.incidents.ingest import OutdatedPreviewError
from data.services import loading
from data.services.previewing import preview_basis, preview_path
from data.sources.columns_read import columns_read
from data.sources.opening import sample
from data.sources.repeats import repeated_references
from data.sources.source_file import SAMPLE_ROWS
from geo.counting import counted
from pages.components.upload import on_disk
from pages.records.import_data_parts import mapping_form, preview_view
from pages.shell import saving, state
from pages.shell.beside import CancelledError, beside, drop
from pages.shell.messages import notes, plain
from pages.shell.person import actor

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from data.incidents.imports import ImportRecord
    from data.incidents.ingest import Progress
    from data.incidents.preview import ImportPreview
    from data.settings import Settings
    from data.sources.columns_read import ColumnRead
    from data.sources.opening import Recognised

    Tell = Callable[[float, str], None]

_ROWS_SHOWN: Final = 20
_OWN_COLUMNS: Final = "Map the columns"
_RULES: Final = {
    SEPARATE: "It is another incident if its time or place is another: keep both",
    LAST_ROW: "It is the same incident: the last row wins",
}
_PREVIEW: Final = "import-preview"
_PREVIEWED: Final = "previewed_import"


@dataclass(frozen=True, slots=True)
class _Reading:
    """How a file is to be read, and what its columns are then taken for."""

    profile: str | None
    choices: ImportChoices
    columns: tuple[ColumnRead, ...]


def incident_upload(settings: Settings) -> None:
    """Take a file of incidents, say what it is, map it if need be, preview it, import it."""
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
        drop(_PREVIEW)
        state.take(_PREVIEWED)
        return
    with on_disk(file, settings) as path:
        reading = _reading(path, settings=settings)
    record = None if reading is None else _previewed(file, reading, settings=settings)
    if record is not None:
        state.put("last_import", record.import_id)
        state.put("upload_round", state.value("upload_round", 0) + 1)
        st.rerun()


def _reading(path: Path, *, settings: Settings) -> _Reading | None:
    """Say what a file is and ask how it is read; None while its columns are being mapped."""
    file = loading.look_at(path, settings=settings)
    profile: str | None = None
    if file.kind == "police_uk":
        st.write(f"This is a data.police.uk download, {file.size / 1e6:,.1f} MB unpacked.")
    else:
        if file.is_street_workbook:
            st.warning(plain(str(loading.street_workbook_fault(file))))
        choices = [*file.profiles, _OWN_COLUMNS]
        profile = st.selectbox("How to read it: a saved profile that fits, or a new one", choices)
        if profile == _OWN_COLUMNS:
            st.write("The first rows of the file, unchanged:")
            rows = sample(file.source, rows=SAMPLE_ROWS)
            st.dataframe(rows.head(_ROWS_SHOWN), hide_index=True, alt="First rows of the file")
            mapping_form.draw(rows, settings=settings)
            return None
    mapping = None if profile is None else loading.profile_named(profile, settings=settings)
    columns = columns_read(file, mapping)
    return _Reading(profile, _choices(file, profile, settings=settings), columns)


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


def _previewed(file: UploadedFile, reading: _Reading, *, settings: Settings) -> ImportRecord | None:
    """Preview a file, and import it when that is asked for; return what was imported."""
    asked = f"{file.file_id} {reading.profile} {reading.choices}"
    basis = preview_basis(settings, profile=reading.profile)
    try:
        found = beside(
            _PREVIEW,
            lambda tell: _preview(file, reading, settings=settings, tell=tell),
            key=f"{asked} {basis}",
            title=f"Reading {file.name}",
            keep=True,
        )
    except CancelledError as cancelled:
        st.info(plain(str(cancelled)))
        st.button("Preview again", type="primary")
        return None
    before = state.value(_PREVIEWED)
    state.put(_PREVIEWED, (asked, basis))
    if before is not None and before[0] == asked and before[1] != basis:
        st.warning(
            "The store, its wards, its postcodes or the profile changed after the preview. Nothing "
            "was imported. This is the preview of how things stand now."
        )
    preview_view.answer(found, name=file.name)
    name = st.text_input("Name of this import", value=file.name)
    record = _imported(file, reading, found, name=name, settings=settings, of=f"{asked} {basis}")
    if record is None:
        preview_view.details(found, reading.columns, settings=settings)
    elif found.first is not None:
        state.put("last_import_days", (found.first, found.last))
    return record


def _preview(
    file: UploadedFile, reading: _Reading, *, settings: Settings, tell: Tell
) -> ImportPreview:
    with on_disk(file, settings) as path:
        return preview_path(
            path,
            settings=settings,
            now=settings.present(),
            profile=reading.profile,
            choices=reading.choices,
            progress=_in_words(tell),
        )


def _imported(
    file: UploadedFile,
    reading: _Reading,
    found: ImportPreview,
    *,
    name: str,
    settings: Settings,
    of: str,
) -> ImportRecord | None:
    """Draw the button of one preview, and do exactly what that preview says when it is clicked."""
    form = saving.form(f"import {of}")
    if not form.sent("Import", in_form=False, type="primary"):
        return None
    imported: list[ImportRecord] = []

    def save() -> str:
        choices = replace(reading.choices, person=actor().person.name, expected=found.expected)

        def work(tell: Tell) -> ImportRecord:
            with on_disk(file, settings) as path:
                return loading.import_path(
                    path,
                    settings=settings,
                    now=settings.present(),
                    profile=reading.profile,
                    name=name,
                    choices=choices,
                    progress=_in_words(tell),
                )

        try:
            imported.append(beside("import", work, key=of, title=f"Importing {file.name}"))
        except OutdatedPreviewError:
            drop(_PREVIEW)  # the next one is of how things stand then
            raise
        return ""  # `import_steps.last_result` says what became of it

    if form.save(save):
        return imported[0]
    if preview_basis(settings, profile=reading.profile) not in of:
        st.rerun()  # to the preview of how things stand now
    return None


def _in_words(tell: Tell) -> Callable[[Progress], None]:
    def told(progress: Progress) -> None:
        tell(progress.fraction, f"{progress.stage}, {counted(progress.rows_read, 'row')}")

    return told
