"""What a session remembers: ids and plain values only, never data.

This is the only module that touches `st.session_state` and the address bar. The address bar holds
the whole view (filters, method, its parameters, the chosen hotspot) in the same words that the
command line and the exports use, so a copied link restores it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

if TYPE_CHECKING:
    from collections.abc import Mapping

_LINK = "opened_link"
FORMS = "saves"  # what was typed and not saved yet, which outlives a link


def address_bar() -> dict[str, str]:
    """Return the address bar's parameters as they are now."""
    return st.query_params.to_dict()


def opened_link() -> dict[str, str]:
    """Return the address bar's parameters as they were when this session began."""
    if _LINK not in st.session_state:
        st.session_state[_LINK] = address_bar()
    return dict(st.session_state[_LINK])


def open_link(parameters: Mapping[str, str]) -> None:
    """Let the session begin with a link, as a new window would; what forms keep stays.

    The page that shows it has to be gone to right after this.
    """
    forms = st.session_state.get(FORMS)
    st.session_state.clear()
    if forms is not None:
        st.session_state[FORMS] = forms
    st.session_state[_LINK] = dict(parameters)


def begin(values: Mapping[str, Any]) -> None:
    """Give widgets their first values; what a session already holds stays as it is."""
    for key, value in values.items():
        if key not in st.session_state:
            st.session_state[key] = value


def put(key: str, value: Any) -> None:  # noqa: ANN401 - a widget's value is of its own kind
    """Set one value, from a callback."""
    st.session_state[key] = value


def value(key: str, default: Any = None) -> Any:  # noqa: ANN401
    """Return one value."""
    return st.session_state.get(key, default)


def take(key: str) -> Any:  # noqa: ANN401
    """Return one value and forget it."""
    return st.session_state.pop(key, None)


def keep(*keys: str) -> None:
    """Keep the values of widgets that the page at hand does not draw.

    Streamlit drops a widget's value on the first run that does not draw it; writing it back makes
    it the session's own.
    """
    for key in keys:
        if key in st.session_state:
            st.session_state[key] = st.session_state[key]


def show_in_address_bar(parameters: Mapping[str, str]) -> None:
    """Make the address bar a link to what is shown."""
    wanted = {key: text for key, text in parameters.items() if text}
    if st.query_params.to_dict() != wanted:
        st.query_params.from_dict(wanted)
