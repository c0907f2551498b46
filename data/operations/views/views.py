"""Saved views: a page with what its address bar says, under a name, of one person.

A view is private, or shared with officers. A private one exists for its owner alone: to anybody
else it reads as if there were none of that number. A shared one exists for officers, and of these
for those who may open its page. Which pages a role may open is the menu's to say, so every function
here is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

from sqlalchemy import select

from data.operations.accounts.throttle import one_at_a_time
from data.operations.database import check_version
from data.operations.views.tables import LONGEST_NAME, SavedViewRow
from geo.counting import counted
from geo.errors import PlainError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from datetime import datetime

    from sqlalchemy.orm import Session

    from data.operations.actor import Actor

MOST_VIEWS: Final = 100
LONGEST_LINK: Final = 8_000
_SHARING: Final = "Sharing a view"


class ViewError(PlainError, ValueError):
    """A view cannot be saved like this."""


class UnknownViewError(PlainError, LookupError):
    """There is no such view for whoever asks."""

    def __init__(self) -> None:
        super().__init__(
            "This view is not there: it was removed, or it is not yours to open. Choose another "
            "one under Views."
        )


@dataclass(frozen=True, slots=True)
class SavedView:
    """A saved view.

    Attributes
    ----------
    view_id : int
    version : int
        Grows by one with each change; a change names the version it was made on.
    owner : str
        Name of the account.
    name : str
    page : str
        The page's part of the address: "hotspots".
    query : mapping of str to str
        What the address bar says of filters, method, section and choice.
    shared : bool
        With officers; with nobody otherwise.
    saved_at : datetime
        In UTC.
    """

    view_id: int
    version: int
    owner: str
    name: str
    page: str
    query: Mapping[str, str]
    shared: bool
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class ViewDraft:
    """What a person says of a view: see `SavedView`."""

    name: str
    page: str
    query: Mapping[str, str]
    shared: bool = False


def saved_views(actor: Actor, *, pages: Collection[str]) -> tuple[SavedView, ...]:
    """Return the views that a person may open: their own by name, then what others share.

    Parameters
    ----------
    actor : Actor
    pages : collection of str
        The pages that the person may open.
    """
    with actor.reading() as session:
        rows = session.scalars(select(SavedViewRow).where(SavedViewRow.page.in_(pages)))
        listed = [_view(row) for row in rows if _may_open(row, actor)]
    me = actor.person.name
    return tuple(
        sorted(listed, key=lambda each: (each.owner != me, each.name.casefold(), each.view_id))
    )


def saved_view(actor: Actor, view_id: int, *, pages: Collection[str]) -> SavedView:
    """Return one view that a person may open.

    Raises
    ------
    UnknownViewError
        If there is none, it is another person's own, or the person may not open its page.
    """
    with actor.reading() as session:
        row = session.get(SavedViewRow, view_id)
        if row is None or row.page not in pages or not _may_open(row, actor):
            raise UnknownViewError
        return _view(row)


def save_view(actor: Actor, draft: ViewDraft, *, pages: Collection[str]) -> SavedView:
    """Save a view under a name.

    Raises
    ------
    ViewError
        If the name is empty, too long or taken, or holds what cannot be seen; if the link is too
        long; or if the person has too many views.
    UnknownViewError
        If the person may not open the page.
    data.access.NotAllowedError
        If a ward panel's account would share it.
    """
    if draft.page not in pages:
        raise UnknownViewError
    if draft.shared:
        actor.must_be_officer(_SHARING)
    row = SavedViewRow(
        owner=actor.person.name,
        name=_checked_name(draft.name),
        page=draft.page,
        query=_checked_query(draft.query),
        shared=draft.shared,
        saved_at=actor.now,
    )
    with actor.session() as session:
        one_at_a_time(session)
        mine = _of_owner(session, row.owner)
        if len(mine) >= MOST_VIEWS:
            message = f"You have {counted(len(mine), 'view')}, the most there can be. Remove one."
            raise ViewError(message)
        _check_free(mine, row.name)
        session.add(row)
        session.flush()
        return _view(row)


def change_view(
    actor: Actor,
    view_id: int,
    *,
    version: int,
    name: str | None = None,
    shared: bool | None = None,
    query: Mapping[str, str] | None = None,
) -> SavedView:
    """Give one's own view another name, share it or not, or let it hold another link of its page.

    Parameters
    ----------
    actor : Actor
    view_id : int
    version : int
        Of the view as the person saw it.
    name, shared, query
        As they are without.

    Raises
    ------
    UnknownViewError
        If there is none, or it is another person's.
    ViewError, ChangedMeanwhileError, data.access.NotAllowedError
    """
    if shared:
        actor.must_be_officer(_SHARING)
    with actor.session() as session:
        one_at_a_time(session)
        row = session.get(SavedViewRow, view_id)
        if row is None or row.owner != actor.person.name:
            raise UnknownViewError
        check_version(actor.ops, session, row, version=version)
        if name is not None:
            others = [each for each in _of_owner(session, row.owner) if each is not row]
            row.name = _checked_name(name)
            _check_free(others, row.name)
        if shared is not None:
            row.shared = shared
        if query is not None:
            row.query, row.saved_at = _checked_query(query), actor.now
        session.flush()
        return _view(row)


def remove_view(actor: Actor, view_id: int) -> None:
    """Remove one's own view; an administrator may remove what others share.

    Raises
    ------
    UnknownViewError
    """
    with actor.session() as session:
        row = session.get(SavedViewRow, view_id)
        mine = row is not None and row.owner == actor.person.name
        keeps_order = actor.person.role == "administrator"
        if row is None or not (mine or (row.shared and keeps_order)):
            raise UnknownViewError
        session.delete(row)


def _may_open(row: SavedViewRow, actor: Actor) -> bool:
    """Tell whether a view is somebody's own, or shared with them."""
    mine = row.owner == actor.person.name
    return mine or (row.shared and actor.person.role != "panel")


def _of_owner(session: Session, owner: str) -> list[SavedViewRow]:
    return list(session.scalars(select(SavedViewRow).where(SavedViewRow.owner == owner)))


def _check_free(mine: Collection[SavedViewRow], name: str) -> None:
    taken = [each.name for each in mine if each.name.casefold() == name.casefold()]
    if taken:
        message = f"You have a view called {taken[0]!r} already. Give another name, or change that."
        raise ViewError(message)


def _checked_name(text: str) -> str:
    """Return a name as it is kept, with single spaces."""
    name = " ".join(text.split())
    if not name:
        message = "The view has no name. Give it one, of the question that it answers."
        raise ViewError(message)
    if len(name) > LONGEST_NAME:
        message = (
            f"The name has {len(name):,} characters; it may have {LONGEST_NAME}. Make it shorter."
        )
        raise ViewError(message)
    if not name.isprintable():
        message = "The name contains what cannot be seen. Type it again without."
        raise ViewError(message)
    return name


def _checked_query(query: Mapping[str, str]) -> list[list[str]]:
    pairs = [[key, text] for key, text in query.items() if text]
    length = len(urlencode([(key, text) for key, text in pairs]))
    if length > LONGEST_LINK:
        message = (
            f"The view cannot be saved: its link has {length:,} characters, and {LONGEST_LINK:,} "
            "are the most. Choose fewer wards, categories or teams."
        )
        raise ViewError(message)
    return pairs


def _view(row: SavedViewRow) -> SavedView:
    return SavedView(
        view_id=row.view_id,
        version=row.version,
        owner=row.owner,
        name=row.name,
        page=row.page,
        query={str(key): str(text) for key, text in row.query},
        shared=row.shared,
        saved_at=row.saved_at,
    )
