"""Import data: wards, incidents, places; every rejected row explained; every import undoable."""

from __future__ import annotations

import streamlit as st

from data.demo.build import remove_demo
from data.layers.wards import wards_or_none
from data.services import loading
from data.settings import settings
from geo.errors import PlainError
from pages.records.import_data_parts import (
    base_step,
    import_steps,
    incident_upload,
    map_layers_step,
    place_steps,
)
from pages.shell import queries, saving, state
from pages.shell.messages import errors_as_messages, findings

used = settings()
saving.outcome()
import_steps.loaded(used)

if loading.holds_demo(used):
    st.info(
        "The store holds the simulated demo. Real incidents are never mixed with it: remove the "
        "demo first. It can be built again at any time with `hotspots demo`."
    )

    def remove() -> str:
        """Remove the demo, and say what comes next."""
        remove_demo(used, now=used.present())
        return "The demo is removed. Load your ward file, then your incidents."

    removing = saving.form("remove the demo")
    if removing.sent("Remove the demo", in_form=False, type="primary") and removing.save(remove):
        st.rerun()
else:
    st.header("1. Wards")
    with errors_as_messages(PlainError):
        place_steps.wards_in_use(used)
        with st.expander("Load a ward file", expanded=wards_or_none(used) is None):
            layer = place_steps.ward_upload(used)
    if layer is not None:
        warned = list(loading.ward_warnings(layer, settings=used))
        state.put("ward_file", ([str(each) for each in layer.report], warned))
        st.rerun()  # what stands above is of the wards before
    report, warned = state.take("ward_file") or ([], [])
    findings(report, heading="Findings in the ward file")
    findings(warned, heading="Check the ward file")

    st.header("2. Incidents")
    if wards_or_none(used) is None:
        st.write("Load a ward file first: every incident is assigned to its ward during import.")
    else:
        with errors_as_messages(PlainError):
            incident_upload.incident_upload(used)
            import_steps.last_result(queries.import_records(), settings=used)
        table = st.expander("Load a postcode table (for rows that have only a postcode)")
        with table, errors_as_messages(PlainError):
            place_steps.postcode_upload(used)
        opportunity = st.expander("Load a base of opportunity (licensed premises, population)")
        with opportunity, errors_as_messages(PlainError):
            base_step.base_upload(used)

st.header("Streets and places")
with errors_as_messages(PlainError):
    map_layers_step.streets_and_places(used)

st.header("Imports so far")
with errors_as_messages(PlainError):
    import_steps.imports_so_far(used, records=queries.import_records())
