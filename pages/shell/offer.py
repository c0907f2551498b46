"""Offering files for download: each is made when it is asked for, by whoever is then there.

Streamlit makes a file when its button is clicked, in a thread of its own, without the page. So a
file keeps no person: it keeps the sign-in, and asks again who that is and what they may have. What
is handed out is recorded first. This is the only module that draws download buttons; a test holds
that.
"""

from __future__ import annotations

import mimetypes
from typing import TYPE_CHECKING, Final, TypedDict, Unpack
from urllib.parse import urlencode

import streamlit as st

from data.exports.row_count import row_count
from data.incidents.table import EmptyStoreError
from data.layers.wards import NoWardsError
from data.operations.audit.access import Exported, record_export
from pages.shell import state
from pages.shell.messages import plain
from pages.shell.person import actor_by, sign_in
from pages.shell.stamp import stamp

if TYPE_CHECKING:
    from collections.abc import Callable

    from streamlit.delta_generator import DeltaGenerator

    from data.access import Person

_TYPES: Final = {
    "csv": "text/csv",
    "geojson": "application/geo+json",
    "gpx": "application/gpx+xml",
    "gpkg": "application/geopackage+sqlite3",
    "html": "text/html",
    "ics": "text/calendar",
    "json": "application/json",
    "md": "text/markdown",
    "pdf": "application/pdf",
    "png": "image/png",
    "zip": "application/zip",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


# Streamlit names a file by its kind, and the door lets nobody have one without an ending. Not every
# machine knows these kinds.
for _ending, _kind in _TYPES.items():
    mimetypes.add_type(_kind, f".{_ending}")


class Looks(TypedDict, total=False):
    """How a download button looks, and who may have its file.

    Attributes
    ----------
    place : DeltaGenerator or None
        Where to draw the button; where the page is at without it.
    icon : str
        A Material symbol; that of a download unless given.
    help : str
        What the button says when the pointer is over it.
    key : str
        Where two buttons have one label.
    for_panel : bool
        Whether a ward panel may have the file too.
    """

    place: DeltaGenerator | None
    icon: str
    help: str
    key: str
    for_panel: bool


def offer(
    label: str, make: Callable[[], bytes | str], *, file_name: str, **looks: Unpack[Looks]
) -> None:
    """Draw the button that downloads a file.

    Parameters
    ----------
    label : str
        On the button.
    make : callable
        Makes the file, when the button is clicked.
    file_name : str
        Its ending says what kind of file it is.
    **looks
        See `Looks`.
    """
    offer_in_name(label, lambda _: make(), file_name=file_name, **looks)


def offer_in_name(
    label: str, make: Callable[[Person], bytes | str], *, file_name: str, **looks: Unpack[Looks]
) -> None:
    """Draw the button that downloads a file that names who made it; the rest as for `offer`.

    Parameters
    ----------
    make : callable
        Is given the person who asks for the file.
    """
    asked, version = sign_in(), _table_version()
    view = urlencode(state.address_bar())
    kind = file_name.rpartition(".")[2]

    def made() -> bytes:
        acting = actor_by(asked)
        if not looks.get("for_panel"):
            acting.must_be_officer(f"The file {file_name}")
        made_file = make(acting.person)
        content = made_file.encode() if isinstance(made_file, str) else made_file
        rows = row_count(content, ending=f".{kind}")
        about = Exported(kind=kind, filters=view, rows=rows, table_version=version)
        record_export(acting, f"{label}: {file_name}", about=about)
        return content

    (looks.get("place") or st).download_button(
        plain(label),
        made,
        file_name=file_name,
        mime=_TYPES[kind],
        on_click="ignore",
        icon=f":material/{looks.get('icon', 'download')}:",
        help=plain(looks["help"]) if "help" in looks else None,
        key=looks.get("key"),
    )


def _table_version() -> int | None:
    try:
        return stamp().version
    except (NoWardsError, EmptyStoreError):  # nothing that is offered then holds an incident
        return None
