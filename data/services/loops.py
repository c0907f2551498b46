"""The walking loops of a view's hotspots as a file, as the command line writes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from data.exports.walking_loops import (
    LOOP_ENDINGS,
    LoopEndingError,
    NamedLoop,
    area_loop,
    loops_file,
)
from data.incidents.store import Store
from data.layers.places import loaded_place
from data.services.detection import detect
from geo.errors import PlainError
from models.incidents.filters import FilterError
from models.incidents.view import filter_description, read_view
from models.tasking.visit_hours import read_visit_time

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from data.settings import Settings


class NoLoopError(PlainError, LookupError):
    """There is nothing to walk along."""

    def __init__(self, *, streets: bool) -> None:
        if streets:
            message = "No hotspot of the view has a street near it. Widen the filter."
        else:
            message = (
                "No streets are loaded, so there is no walking loop. Load them with "
                "`hotspots places FILE --kind street`."
            )
        super().__init__(message)


@dataclass(frozen=True, slots=True)
class LoopsFile:
    """Loops as a file, how many there are, and each in words."""

    content: bytes
    loops: int
    lines: tuple[str, ...]


def view_loops(
    settings: Settings,
    *,
    query: Mapping[str, str],
    top: int,
    minutes: int,
    ending: str,
    now: datetime,
    at: str = "",
    tell: Callable[[float], None] | None = None,
) -> LoopsFile:
    """Work out the walking loop of each of a view's first hotspots.

    Parameters
    ----------
    settings : Settings
    query : mapping of str to str
        The view's words.
    top : int
        How many hotspots, by rank.
    minutes : int
        Of a visit.
    ending : str
        ``.gpx`` or ``.geojson``.
    now : datetime
        Aware.
    at : str
        Weekday and time of the visits, such as "Fri 23:30"; "" where all hours count alike.
    tell : callable, optional
        Told the share that is done.

    Raises
    ------
    LoopEndingError, VisitTimeError, FilterError, NoLoopError
    """
    if ending.lower() not in LOOP_ENDINGS:
        raise LoopEndingError(ending)
    parts = (read_visit_time(at),) if at else ()
    store = Store.open(settings)
    view = read_view(query, dataset=store)
    if view.problems:
        raise FilterError(" ".join(view.problems))
    if loaded_place(settings, "street") is None:
        raise NoLoopError(streets=False)
    rows = list(
        detect(store, view.filter, method=view.method).hotspots.frame.head(top).itertuples()
    )
    found, lines = [], []
    for done, row in enumerate(rows, start=1):
        loop = area_loop(
            store, row.geometry, incident_filter=view.filter, minutes=minutes, parts=parts
        )
        name = f"{row.rank}. {row.near or row.hotspot_id}"
        if loop is None:
            lines.append(f"{name}: no street near it can be walked.")
        else:
            found.append(NamedLoop(name, row.hotspot_id, loop))
            lines.append(f"{name}: {loop.length_label}. {loop.directions} {loop.quality}")
        if tell is not None:
            tell(done / len(rows))
    if not found:
        raise NoLoopError(streets=True)
    version = store.snapshot.version
    label = f"{view.filter.period}, {filter_description(view.filter, dataset=store)}"
    about = f"Walking loops of {label}; table version {version}."
    content = loops_file(store, found, ending=ending.lower(), now=now, about=about)
    return LoopsFile(content, len(found), (about, *lines))
