"""What a ward panel is shown of a ward: the one door through which figures leave for that role.

It is made of published figures alone (`data.operations.wards.releases`) and of what officers write
for residents, so it is the same for everybody, and no page, file or picture of the ward panel reads
anything else. Who asks decides one thing alone: an account that is tied to wards is given those.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from data.operations.taskings.taskings import taskings
from data.operations.wards.priorities import priorities, promises
from data.operations.wards.releases import published_wards, ward_quarters
from data.services.performance.context import ward_context
from data.services.ward_panel.population import home_wards
from data.services.ward_panel.publishing import series_of
from geo.counting import counted
from geo.errors import PlainError
from models.tasking.tasking import TACTIC_LABELS
from models.ward_panel.view import AtWork, Residents, WardView

if TYPE_CHECKING:
    from datetime import datetime

    from data.access import Person
    from data.incidents.store import Store
    from data.operations.database import Operations
    from models.tasking.lifecycle import Status


class UnknownWardError(PlainError, LookupError):
    """A ward was asked for of which nothing is published."""

    def __init__(self, ward_code: str, *, known: tuple[str, ...]) -> None:
        super().__init__(
            f"There are no published figures of the ward {ward_code[:20]!r}; there are of "
            f"{counted(len(known), 'ward')}. Choose one from the list."
            if known
            else "No ward figures are published yet. An officer publishes them quarter by quarter, "
            "on the page Ward panel."
        )


def wards_of(store: Store, ops: Operations, *, person: Person) -> dict[str, str]:
    """Return code and name of the wards whose published figures somebody may see, by name."""
    published = published_wards(ops, series=series_of(store))
    return {code: name for code, name in published.items() if person.may_see_ward(code)}


def ward_view(
    store: Store, ops: Operations, ward_code: str, *, person: Person, now: datetime
) -> WardView:
    """Return what is shown of a ward, the same to whoever may see it.

    Parameters
    ----------
    store : Store
        Says which borough is home, whether it is simulated, and who lives there; no incident of it
        is read.
    ops : Operations
    ward_code : str
    person : Person
        Who asks.
    now : datetime
        In local time with its zone.

    Raises
    ------
    UnknownWardError
        If nothing is published of it, or it is not one of the wards that the account is tied to:
        which of the two is not told.
    """
    allowed = person.may_see_ward(ward_code)
    held = ward_quarters(ops, ward_code, series=series_of(store)) if allowed else ()
    if not held:
        raise UnknownWardError(ward_code, known=tuple(wards_of(store, ops, person=person)))
    return WardView(
        ward_code=ward_code,
        ward_name=held[-1].ward_name,
        borough_name=held[-1].borough_name,
        quarters=held,
        priorities=priorities(ops, ward_code),
        promises=promises(ops, ward_code),
        at_work=_at_work(ops, ward_code),
        residents=_residents(store, ward_code),
        asked_at=now,
        gazetteer=store.gazetteer,
    )


def _residents(store: Store, ward_code: str) -> Residents | None:
    """Return how many people live in the ward; None where that is not known of the whole borough.

    The numbers are those of a published file, and no incident is read for them.
    """
    held = ward_context(store)
    if held is None or ward_code not in store.wards.codes:
        return None
    at, home = store.wards.codes.index(ward_code), home_wards(store)
    borough = float(held.residents[home].sum())  # NaN where one ward's are not known
    if not math.isfinite(borough) or at not in home or held.residents[at] <= 0:
        return None
    return Residents(round(held.residents[at]), round(borough), bool(held.sparse[at]))


def _at_work(ops: Operations, ward_code: str) -> tuple[AtWork, ...]:
    """Return the work for the ward's priorities that is agreed on, without place or count."""
    words: dict[Status, str] = {
        "approved": "agreed, and about to start",
        "active": "under way",
        "completed": "done; whether it helped is being looked at",
        "reviewed": "done, and reviewed",
    }
    agreed = taskings(ops, wards=[ward_code], statuses=tuple(words))
    return tuple(
        AtWork(each.draft.priority_id, TACTIC_LABELS[each.draft.tactic], words[each.status])
        for each in agreed
        if each.draft.priority_id is not None
    )
