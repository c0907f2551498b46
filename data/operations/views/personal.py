"""What a person chose for themselves: what the bare address opens, and their team."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from data.operations.accounts.throttle import one_at_a_time
from data.operations.tables import TaskingRow, TeamPlanRow
from data.operations.taskings.plans import PlanRow
from data.operations.views.tables import PersonalChoiceRow
from data.operations.views.views import UnknownViewError, saved_view
from geo.errors import PlainError

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import Session

    from data.access import Person
    from data.operations.actor import Actor
    from data.operations.database import Operations


class UnknownTeamError(PlainError, LookupError):
    """No tasking and no plan knows a team of this name."""

    def __init__(self, team: str) -> None:
        super().__init__(
            f"No tasking and no plan has a team {team[:80]!r}. Choose one from the list; a team is "
            "known once a tasking or a saved plan names it."
        )


@dataclass(frozen=True, slots=True)
class Personal:
    """What a person chose.

    Attributes
    ----------
    start_page : str
        The page that the bare address opens; "" for the first of the menu.
    start_view : int or None
        The saved view that it opens, in place of a page.
    team : str
        "" for none.
    """

    start_page: str = ""
    start_view: int | None = None
    team: str = ""


def personal(ops: Operations, person: Person) -> Personal:
    """Return what a person chose; nothing where they have not."""
    with ops.reading() as session:
        row = _row(session, person)
        return Personal() if row is None else Personal(row.start_page, row.start_view, row.team)


def my_team(ops: Operations, person: Person) -> str:
    """Return the team that a person is in; "" where they have named none, and for a ward panel."""
    return "" if person.role == "panel" else personal(ops, person).team


def known_teams(ops: Operations) -> tuple[str, ...]:
    """Return the names of all teams that taskings and saved plans know, in their order."""
    with ops.reading() as session:
        named = {*session.scalars(select(TaskingRow.team).distinct())}
        named |= {*session.scalars(select(TeamPlanRow.team).distinct())}
        for teams in session.scalars(select(PlanRow.teams)):
            named |= {str(each["name"]) for each in teams}
    return tuple(sorted(named - {""}, key=str.casefold))


def choose_start(
    actor: Actor, *, page: str = "", view_id: int | None = None, pages: Collection[str]
) -> None:
    """Choose what the bare address opens: a page, a view, or without both the menu's first page.

    Parameters
    ----------
    actor : Actor
    page : str
    view_id : int, optional
    pages : collection of str
        The pages that the person may open.

    Raises
    ------
    data.operations.views.views.UnknownViewError
        If the person may not open the page or the view.
    """
    if view_id is not None:
        saved_view(actor, view_id, pages=pages)
    elif page and page not in pages:
        raise UnknownViewError
    _choose(actor, start_page="" if view_id is not None else page, start_view=view_id)


def choose_team(actor: Actor, team: str) -> None:
    """Choose the team that one is in; "" for none.

    Raises
    ------
    data.access.NotAllowedError
        If a ward panel's account asks.
    UnknownTeamError
    """
    actor.must_be_officer("Choosing a team")
    if team and team not in known_teams(actor.ops):
        raise UnknownTeamError(team)
    _choose(actor, team=team)


def _choose(actor: Actor, **values: Any) -> None:  # noqa: ANN401 - of a column's kind
    with actor.session() as session:
        one_at_a_time(session)
        row = _row(session, actor.person)
        if row is None:
            row = PersonalChoiceRow(
                person=actor.person.name, start_page="", start_view=None, team=""
            )
            session.add(row)
        for column, value in values.items():
            setattr(row, column, value)


def _row(session: Session, person: Person) -> PersonalChoiceRow | None:
    mine = select(PersonalChoiceRow).where(PersonalChoiceRow.person == person.name)
    return session.scalars(mine).first()
