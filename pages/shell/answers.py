"""Keeping what was worked out, so that a rerun answers at once and all sessions share it.

This is the only module that touches Streamlit's caches. An answer is kept for the function, for
what it is given and for what it rests on: the state of the store unless another is named. What is
kept is shared, so nobody may change it. An answer that depends on who asks is given their role.

Streamlit's own hashing is not used: of a nested dataclass it drops the class, and of a large array
it takes a sample, so that two different questions could share an answer.
"""

from __future__ import annotations

import inspect
from dataclasses import fields, is_dataclass
from datetime import date, timedelta
from functools import partial, wraps
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Concatenate, Final, ParamSpec, TypeVar

import numpy as np
import shapely
import streamlit as st

from pages.shell.stamp import one_version, stamp
from pages.shell.stoppable import stoppable

if TYPE_CHECKING:
    from collections.abc import Callable

    State = Callable[[], object]

P = ParamSpec("P")
R = TypeVar("R")

_PLAIN: Final = (str, int, float, bytes, date, timedelta, np.number, np.bool_, type(None))


def cached(
    *,
    max_entries: int,
    spinner: str | None = None,
    rests_on: tuple[State, ...] = (stamp,),
    by: Callable[..., object] | None = None,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Cache a function's answers; its errors are not cached.

    Parameters
    ----------
    max_entries : int
        How many; the one that has not been asked for longest goes first.
    spinner : str, optional
        What a page says meanwhile; nothing without it.
    rests_on : tuple of callable
        What else than its arguments an answer follows from, as `key_of` takes it.
    by : callable, optional
        Takes the function's arguments and returns what of them makes a difference; all of them
        unless given.
    """

    def decorate(work: Callable[P, R]) -> Callable[P, R]:
        answers = _cache(work, max_entries=max_entries, spinner=spinner)
        key = _keys(work, rests_on=rests_on, by=by)

        @wraps(work)
        def answer(*args: P.args, **kwargs: P.kwargs) -> R:
            with one_version():
                value: R = answers(key=key(*args, **kwargs), _make=partial(work, *args, **kwargs))
                return value

        return answer

    return decorate


def counted(
    title: str, *, max_entries: int, rests_on: tuple[State, ...] = (stamp,)
) -> Callable[[Callable[Concatenate[Callable[[float], None], P], R]], Callable[P, R]]:
    """Keep the answers of a function that takes long, and count each with a bar and a Stop.

    The function's first argument is what it tells its progress to, see `stoppable`; its callers
    leave that out. What draws progress cannot itself be cached, so the place for the answer is.

    Parameters
    ----------
    title : str
        What the bar says.
    max_entries, rests_on
        As `cached` takes them.
    """

    def decorate(work: Callable[Concatenate[Callable[[float], None], P], R]) -> Callable[P, R]:
        places = _cache(work, max_entries=max_entries, spinner=None)
        key = _keys(work, rests_on=rests_on, left_out=1)

        @wraps(work)
        def answer(*args: P.args, **kwargs: P.kwargs) -> R:
            with one_version():
                this = key(*args, **kwargs)
                place: list[R] = places(key=this, _make=list)
                if not place:
                    with stoppable(title, key=this) as tell:
                        place.append(work(tell, *args, **kwargs))
                return place[0]

        return answer

    return decorate


def key_of(value: object) -> object:
    """Return a value as literals, so that equal texts of them mean equal values of equal classes.

    Raises
    ------
    TypeError
        If the value, or something in it, could be changed while its answer is kept.
    """
    if isinstance(value, _PLAIN):
        return value
    if isinstance(value, tuple):
        return tuple(key_of(each) for each in value)
    if isinstance(value, shapely.Geometry):
        return {"geometry": _digest(shapely.to_wkb(value))}
    if isinstance(value, np.ndarray) and not value.flags.writeable:
        return {"array": (value.dtype.str, value.shape, _digest(value.tobytes()))}
    settled = getattr(type(value), "__dataclass_params__", None)
    if is_dataclass(value) and settled is not None and settled.frozen:
        parts = {each.name: key_of(getattr(value, each.name)) for each in fields(value)}
        return {_full_name(type(value)): parts}
    message = (
        f"An answer cannot be cached for a {type(value).__qualname__}: its value could change. "
        f"Use strings, numbers, days, tuples, shapes, read-only arrays or frozen dataclasses of "
        f"these."
    )
    raise TypeError(message)


def _full_name(of: Any) -> str:  # noqa: ANN401 - a class or a function
    return f"{of.__module__}.{of.__qualname__}"


def _keys(
    work: Callable[..., object],
    *,
    rests_on: tuple[State, ...],
    by: Callable[..., object] | None = None,
    left_out: int = 0,
) -> Callable[..., str]:
    """Return what gives the keys of a function's answers: short texts, as a session keeps them."""
    whole = inspect.signature(work)
    signature = whole.replace(parameters=[*whole.parameters.values()][left_out:])
    name = _full_name(work)

    def key(*args: object, **kwargs: object) -> str:
        given = signature.bind(*args, **kwargs)
        given.apply_defaults()
        differs = by(*given.args, **given.kwargs) if by else tuple(given.arguments.items())
        states = tuple(state() for state in rests_on)
        return _digest(repr((name, key_of(states), key_of(differs))).encode())

    return key


def _digest(content: bytes) -> str:
    return blake2b(content, digest_size=16).hexdigest()


def _cache(
    work: Callable[..., object], *, max_entries: int, spinner: str | None
) -> Callable[..., Any]:
    """Return Streamlit's cache for one function, which makes what it does not hold."""

    @st.cache_resource(max_entries=max_entries, show_spinner=spinner or False)
    @wraps(work)  # Streamlit tells one function's cache from another's by module, name and source
    def entry(*, key: str, _make: Callable[[], object]) -> object:
        return _make()

    return entry
