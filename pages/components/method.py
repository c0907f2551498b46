"""Choosing a hotspot method and its few settings; the link keeps them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import streamlit as st

from models.hotspots.methods import METHODS, Method, MethodSettings, method_of
from models.incidents.view import read_method
from pages.shell import queries, state
from pages.shell.messages import plain

if TYPE_CHECKING:
    from models.hotspots.method_result import Parameter


def begin() -> None:
    """Fill the controls from the opened link, once; what it cannot hold is left at its default."""
    opened, _ = read_method(state.opened_link())
    state.begin({"method": method_of(opened).name})
    for method in METHODS.values():
        settings = opened if method == method_of(opened) else method.defaults
        for parameter in method.parameters:
            shown = _on_screen(parameter, getattr(settings, parameter.name))
            state.begin({_key(method, parameter): shown})
    state.keep("method", *(_key(each, p) for each in METHODS.values() for p in each.parameters))


def draw() -> None:
    """Draw the controls, in a chip that says which method it is."""
    method = METHODS[state.value("method")]
    with st.popover(plain(method.label), key="chip_method"):
        st.selectbox(
            "How to find hotspots",
            list(METHODS),
            key="method",
            format_func=lambda name: METHODS[name].label,
        )
        st.caption(method.description)
        for parameter in method.parameters:
            _control(method, parameter)


def current() -> MethodSettings:
    """Return the settings that the controls say."""
    return method_settings(METHODS[state.value("method")])


def method_settings(method: Method) -> MethodSettings:
    """Return the settings of the controls."""
    values: dict[str, Any] = {}
    for parameter in method.parameters:
        held = state.value(_key(method, parameter))
        if parameter.per_cent and held is not None:
            held = held / 100
        if type(getattr(method.defaults, parameter.name)) is int:
            held = int(held)
        values[parameter.name] = held
    return replace(method.defaults, **values)


def _key(method: Method, parameter: Parameter) -> str:
    return f"{method.name}_{parameter.name}"


def _on_screen(parameter: Parameter, value: Any) -> Any:  # noqa: ANN401
    if value is None or parameter.choices:
        return value
    return float(value) * (100 if parameter.per_cent else 1)


def _control(method: Method, parameter: Parameter) -> None:
    key = _key(method, parameter)
    if parameter.choices:
        labels = dict(parameter.choices) | (queries.loaded_bases() if parameter.loaded else {})
        held = state.value(key)
        labels.setdefault(held, f"{held} (not loaded)")  # from a link; the map says what to do
        st.selectbox(
            parameter.label,
            list(labels),
            key=key,
            format_func=labels.__getitem__,
            help=parameter.help,
        )
        return
    scale = 100.0 if parameter.per_cent else 1.0
    st.number_input(
        f"{parameter.label} (%)" if parameter.per_cent else parameter.label,
        min_value=parameter.low * scale,
        max_value=parameter.high * scale,
        step=parameter.step * scale,
        key=key,
        help=parameter.help,
        placeholder="Worked out from the data" if parameter.optional else None,
        format="%.1f" if parameter.per_cent else "%g",
    )
