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
from pages.shell.offer import offer, offer_in_name

if TYPE_CHECKING:
    from data.access import Person
    from models.performance.pack import Pack
    from models.performance.wards import WardRates

_WITH_WARDS: Final = ("asb_demand", "vwi", "burglary")


def draw(pack: Pack, *, who: Person) -> None:
    """Draw the download buttons of the pack."""
    st.header("Take it with you")
    row = st.container(horizontal=True)
    stem = f"performance-{pack.quarter.key}"
    offer_in_name("Pack as PDF", partial(_pdf, pack), file_name=f"{stem}.pdf", place=row)
    for label, make, ending in (
        ("Pack as Excel", performance_pack.pack_xlsx, "xlsx"),
        ("Pack as CSV", performance_pack.pack_csv, "csv"),
    ):
        offer(label, partial(make, pack), file_name=f"{stem}.{ending}", place=row)
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
