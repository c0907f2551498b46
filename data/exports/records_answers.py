"""What the records come to, in the sentence above their pages: what is loaded, how far it goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.counting import counted
from models.wording.days import day_label, span_label
from models.wording.lists import list_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data.incidents.imports import ImportRecord
    from models.incidents.quality import SourceQuality


def loaded_answer(
    sources: Sequence[SourceQuality], *, simulated: bool, imports: Sequence[ImportRecord] = ()
) -> str:
    """Return what the store holds: incidents, sources, days, and the last import.

    Parameters
    ----------
    sources : sequence of SourceQuality
    simulated : bool
        Whether they are the demo's.
    imports : sequence of ImportRecord
        Newest first; those that were taken back are left out here.
    """
    if not sources:
        return "No incident is loaded yet."
    made_up = "simulated " if simulated else ""
    rows = sum(each.rows for each in sources)
    what = counted(rows, f"{made_up}incident is", f"{made_up}incidents are")
    span = span_label(min(each.first for each in sources), max(each.last for each in sources))
    names = list_label([each.source for each in sources])
    said = f"{what} loaded, {span}, from {counted(len(sources), 'source')}: {names}."
    standing = [each for each in imports if each.undone is None]
    if standing:
        newest = standing[0]
        said += (
            f" The last import, on {day_label(newest.finished)}, read "
            f"{counted(newest.rows_read, 'row')} and rejected {newest.counts.rejected:,}."
        )
    return said


def quality_answer(sources: Sequence[SourceQuality], *, rejected: int) -> str:
    """Return how far the data can be trusted: gaps, hours, map points, rejected rows.

    Parameters
    ----------
    sources : sequence of SourceQuality
    rejected : int
        Rows rejected in imports that stand.
    """
    if not sources:
        return "No incident is loaded, so nothing can be said of its quality."
    rows = sum(each.rows for each in sources)
    gaps = [each.source for each in sources if each.missing]
    missing = (
        f"days are missing in {list_label(gaps)}" if gaps else "no days are missing in between"
    )
    no_hour = sum(each.no_hour for each in sources) / rows
    snapped = sum(each.place_precision["snapped"] for each in sources) / rows
    outside = sum(each.outside for each in sources) / rows
    turned_away = counted(rejected, "row was", "rows were") if rejected else "no row was"
    return (
        f"{counted(rows, 'incident')} from {counted(len(sources), 'source')}: {missing}; "
        f"{_share(no_hour)} have no known hour, {_share(snapped)} lie on anonymised map points and "
        f"{_share(outside)} outside the wards; {turned_away} rejected."
    )


def _share(share: float) -> str:
    """Return a share of which a little is never none."""
    if not share:
        return "none"
    return "under 1%" if 0 < share < 0.01 else f"{share:.0%}"
