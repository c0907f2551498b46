"""Working a past decision out again, on the same incidents, to see that it is the same hotspot.

The decision record names the version of the incident table, the view's words and the hotspot. The
methods are deterministic, so the same version must give the same outline and the same count;
anything else is put into words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

from data.incidents.damage import DamagedStoreError
from data.incidents.snapshot import StaleWardsError
from data.incidents.store import Store
from data.incidents.table import EmptyStoreError, RemovedVersionError, UnknownVersionError
from data.layers.wards import NoWardsError
from data.services import detection
from geo.counting import counted
from geo.errors import PlainError
from models.hotspots.methods import method_of
from models.incidents.view import filter_description, read_view

if TYPE_CHECKING:
    from data.settings import Settings
    from geo.areas import Area
    from models.tasking.tasking import Decision

Outcome = Literal["same", "differs", "gone", "none"]

COUNT_KEY: Final = "hotspot_incidents"  # next to the view's words: how many it had when chosen
_SAME_M2: Final = 1.0
_LEFT_OUT_SINCE: Final = (
    " Domestic and sexual incidents are in no hotspot; a decision made before that rule may have "
    "counted some."
)


@dataclass(frozen=True, slots=True)
class WorkedAgain:
    """What came of working a decision out again.

    Attributes
    ----------
    outcome : {"same", "differs", "gone", "none"}
        "gone": the recorded version can no longer be read; "none": no hotspot gave the area.
    explanation : str
        The result in plain English.
    view_label : str
        Period, filter and method of the decision; empty where they could not be read.
    shape : Polygon, MultiPolygon or None
        The hotspot as found again, in the metric CRS; None where none was.
    incidents : int or None
        Its incidents now.
    """

    outcome: Outcome
    explanation: str
    view_label: str = ""
    shape: Area | None = None
    incidents: int | None = None


def worked_again(
    decision: Decision, area: Area, *, settings: Settings, current: Store | None = None
) -> WorkedAgain:
    """Find the hotspot of a decision again on the version of the table that it was made on.

    Parameters
    ----------
    decision : Decision
    area : Polygon or MultiPolygon
        The tasking's area now, in the metric CRS.
    settings : Settings
    current : Store, optional
        The store as opened, used where its version is the recorded one.
    """
    version = decision.table_version
    if not decision.hotspot_id or version is None:
        return WorkedAgain(
            "none",
            "A person chose this area, so there is no hotspot to work out again.",
        )
    try:
        store = (
            current
            if current is not None and current.snapshot.version == version
            else Store.open(settings, version=version)
        )
    except RemovedVersionError as problem:
        return WorkedAgain("gone", str(problem))
    except (
        UnknownVersionError,
        EmptyStoreError,
        StaleWardsError,
        NoWardsError,
        DamagedStoreError,
    ) as problem:
        return WorkedAgain("gone", f"Version {version} cannot be read any more. {problem}")
    return _compared(decision, area, store=store)


def _compared(decision: Decision, area: Area, *, store: Store) -> WorkedAgain:
    query = dict(decision.view)
    view = read_view(query, dataset=store)
    view_label = f"{view.filter.period} · {filter_description(view.filter, dataset=store)} · " + (
        method_of(view.method).label
    )
    if view.problems:
        return WorkedAgain(
            "differs", f"The view cannot be read as it was: {' '.join(view.problems)}", view_label
        )
    try:
        made = detection.detect(store, view.filter, method=view.method)
    except PlainError as problem:
        return WorkedAgain("differs", f"It cannot be worked out again: {problem}", view_label)
    frame = made.hotspots.frame
    why = _LEFT_OUT_SINCE if made.selection.now.sensitive else ""
    matching = frame[frame["hotspot_id"] == decision.hotspot_id]
    version = store.snapshot.version
    if matching.empty:
        return WorkedAgain(
            "differs",
            f"On table version {version} these settings no longer find {decision.hotspot_id}: "
            f"they find {len(frame)} others.{why}",
            view_label,
        )
    shape, incidents = matching.geometry.iloc[0], int(matching["incidents"].iloc[0])
    faults = _differences(area, shape, then=query.get(COUNT_KEY, ""), incidents=incidents)
    if faults:
        return WorkedAgain("differs", " ".join(faults) + why, view_label, shape, incidents)
    return WorkedAgain(
        "same",
        f"Worked out again on table version {version}: the same outline, and the same "
        f"{counted(incidents, 'incident')}.",
        view_label,
        shape,
        incidents,
    )


def _differences(area: Area, shape: Area, *, then: str, incidents: int) -> list[str]:
    faults = []
    apart = area.symmetric_difference(shape).area
    if apart > _SAME_M2:
        share = apart / area.union(shape).area
        faults.append(
            f"The tasking's area is not the hotspot's outline any more: they differ by {share:.0%} "
            "of the ground they cover together (the history says who changed it)."
        )
    if then.isdigit() and int(then) != incidents:
        faults.append(
            f"It held {counted(int(then), 'incident')} when it was chosen and holds {incidents:,}."
        )
    return faults
