"""The files of the page Performance: the pack as PDF, Excel and CSV, made when asked for."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import streamlit as st

from data.exports import paper, performance_pack
from data.exports.performance_document import pack_document
from data.settings import settings
from models.indicators.funnel import FunnelError
from pages.review.performance_parts import queries_performance

if TYPE_CHECKING:
    from data.access import Person
    from models.performance.pack import Pack
    from models.performance.wards import WardRates

_EXCEL: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_WITH_WARDS: Final = ("asb_demand", "vwi", "burglary")


def draw(pack: Pack, *, who: Person) -> None:
    """Draw the download buttons of the pack."""
    st.header("Take it with you")
    row = st.container(horizontal=True)
    for label, make, ending, mime in (
        ("Pack as PDF", partial(_pdf, pack, who), "pdf", "application/pdf"),
        ("Pack as Excel", partial(performance_pack.pack_xlsx, pack), "xlsx", _EXCEL),
        ("Pack as CSV", partial(performance_pack.pack_csv, pack), "csv", "text/csv"),
    ):
        row.download_button(
            label,
            make,
            file_name=f"performance-{pack.quarter.key}.{ending}",
            mime=mime,
            on_click="ignore",
            icon=":material/download:",
        )
    st.caption(
        "Each file names its quarter and table version, says whether the quarter is signed off, "
        "and says if the data are simulated."
    )


def _pdf(pack: Pack, who: Person) -> bytes:
    document = pack_document(pack, person=who, settings=settings(), wards=_wards(pack))
    return paper.pdf(document)


def _wards(pack: Pack) -> dict[str, WardRates]:
    found = {}
    for key in _WITH_WARDS if queries_performance.context() else ():
        row = pack.row(key)
        if row.now is not None:
            try:
                found[key] = queries_performance.ward_rates(row, basis="residents")
            except FunnelError:
                continue
    return found
