"""Who is using the app: the name that goes into the audit trail, and what they may see.

The server's door (`pages/server/door.py`) has asked the browser's cookie, and tells Streamlit the
key of the sign-in. Who that is, and whether the sign-in still stands, is asked again each time:
nothing keeps a person. Without accounts it is an administrator, named after the account of the
computer that runs the app.
"""

from __future__ import annotations

from functools import wraps
from html import escape
from typing import TYPE_CHECKING, Final, ParamSpec, TypeVar

import streamlit as st
from streamlit import runtime
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner import get_script_run_ctx

from data.access import ROLE_LABELS, SignInEndedError
from data.operations.accounts.standing import WITHOUT_ACCOUNTS, SignIn
from data.operations.accounts.throttle import Origin
from data.operations.actor import Actor
from geo.errors import PlainError
from pages.shell.messages import errors_as_messages
from pages.shell.queries_operations import now, operations

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.access import Person

P = ParamSpec("P")
R = TypeVar("R")

SIGN_IN_KEY: Final = "sign_in"
BROWSER_COOKIE: Final = "hotspots_browser"
_SIGN_IN_PAGE: Final = "/sign-in"


class NoDoorError(PlainError, LookupError):
    """The app was started without the door that tells who is there."""

    def __init__(self) -> None:
        super().__init__(
            "The app was not started with `hotspots serve`, so nobody can be told apart. Stop it, "
            "and start it with `make run` or `hotspots serve`."
        )


def signed_in() -> Person | None:
    """Return who is using the app; None once the sign-in has ended."""
    with errors_as_messages(PlainError):
        return sign_in().person()


def person() -> Person:
    """Return who is using the app; whose sign-in has ended is led to the sign-in page."""
    who = signed_in()
    if who is None:
        lead_out()
        st.stop()
    return who


def actor() -> Actor:
    """Return who changes something now, and on which store: asked again at each change.

    Raises
    ------
    SignInEndedError
        If the sign-in has ended since the page was drawn.
    """
    return actor_by(sign_in())


def actor_by(asked: SignIn) -> Actor:
    """Return who acts now by a sign-in that a page has left for later, such as a download's.

    Raises
    ------
    SignInEndedError
    """
    who = asked.person()
    if who is None:
        raise SignInEndedError
    return Actor(asked.ops, who, now())


def sign_in() -> SignIn:
    """Return the sign-in of this page, to be asked now or later who it belongs to.

    Raises
    ------
    NoDoorError
    """
    return SignIn(operations(), _key(), now)


def origin() -> Origin:
    """Return where the visitor of this page comes from, for the counts of failed tries."""
    return Origin(
        address=st.context.ip_address, browser=st.context.cookies.get(BROWSER_COOKIE) or ""
    )


def fragment(draw: Callable[P, R]) -> Callable[P, R]:
    """Make a part of a page that is drawn again by itself, and asks again who is there."""

    @st.fragment
    @wraps(draw)
    def asked(*args: P.args, **kwargs: P.kwargs) -> R:
        person()
        return draw(*args, **kwargs)

    return asked


def draw(who: Person) -> None:
    """Say in the bar at the top who is signed in, with the way out."""
    if _key() != WITHOUT_ACCOUNTS:
        # A link, not a button: it works at once, also while the page is still being drawn.
        st.html(
            f'<p class="signed-in"><span>Signed in as {escape(who.name)} '
            f"({ROLE_LABELS[who.role]})</span> "
            '<a class="sign-out" href="/sign-out" target="_self">Sign out</a></p>'
        )


def lead_out() -> None:
    """Send the browser to the sign-in page."""
    context = get_script_run_ctx()
    if context is not None:
        out = ForwardMsg()
        out.auth_redirect.url = _SIGN_IN_PAGE
        context.enqueue(out)


def _key() -> str:
    """Return the key that the door told Streamlit; without a server there are no others."""
    key = st.user.get(SIGN_IN_KEY)
    if isinstance(key, str):
        return key
    if runtime.exists() and type(runtime.get_instance()) is runtime.Runtime:
        raise NoDoorError
    return WITHOUT_ACCOUNTS
