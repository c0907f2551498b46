"""What is typed is kept until it is saved, is saved once, and is cleared only then.

Streamlit calls what a click asks for before the page is drawn again. A second click, or a change of
another field, runs in a thread of its own meanwhile, and the first is interrupted wherever it next
touches the session. So what was typed is read first; the change is made, and marked as made, with
nothing of Streamlit's in between and by one thread at a time; and a form has a turn, which ends
when it is saved. A click that belongs to an earlier turn, the second of a double click, changes
nothing and hears again what the first did.

Whoever saves is asked for again, and must not be a ward panel: this binds what is not in the
operations store too, such as an import or a ward layer. A ward panel saves only what is its own
(`own_form`): its views, and what it begins with.

What was refused stays: in its fields while they are drawn, and in the session for when they are
drawn again after another page, for the person who typed it alone.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from threading import Lock
from typing import TYPE_CHECKING, Any, Final

import streamlit as st
from streamlit.runtime.scriptrunner import RerunException, StopException

from geo.errors import PlainError
from pages.shell import state
from pages.shell.messages import plain
from pages.shell.person import actor, person

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from contextlib import AbstractContextManager

    from streamlit.delta_generator import DeltaGenerator

    Typed = Mapping[str, Any]

_SAVES: Final = state.FORMS
_SAVING: Final = "Saving this"


@dataclass(slots=True)
class _Kept:
    """What the session knows of one form; changed in place, so that nothing interrupts it."""

    owner: str
    turn: int = 0
    typed: dict[str, Any] = field(default_factory=dict)
    fault: str = ""
    said: str = ""  # of the turn before
    asked: bool = False  # a change that the page itself is to make
    news: bool = False  # whether `said` is still to be said where the form is drawn
    one_at_a_time: Lock = field(default_factory=Lock, repr=False, compare=False)

    def saved(self, said: str) -> None:
        """Begin the next turn."""
        self.turn += 1
        self.typed, self.fault, self.said, self.asked = {}, "", said, False
        self.news = True

    def refused(self, fault: str, typed: Typed) -> None:
        """Keep what was typed."""
        self.typed, self.fault, self.asked = dict(typed), fault, False


@dataclass(slots=True)
class _Saves:
    said: str = ""
    forms: dict[str, _Kept] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Form:
    """Fields that are saved together.

    Attributes
    ----------
    name : str
        The same for as long as the same thing is changed, in whatever version.
    fields : mapping of str to str
        What each field is called in `save`, and the key of its widget.
    turn : int
        How often it was saved in this session.
    own : bool
        Whether it changes what is a person's own, which a ward panel may too. It then says itself
        what it did (`outcome`), since it is on every page.
    """

    name: str
    fields: Mapping[str, str]
    turn: int
    own: bool = False

    def in_turn(self, key: str) -> str:
        """Return the key of a widget in this turn; in the next it is another, and empty."""
        return f"{key} {self.turn}" if self.turn else key

    def key(self, field_name: str) -> str:
        """Return the key of a field's widget in this turn."""
        return self.in_turn(self.fields[field_name])

    def start(self, field_name: str, default: Any = "") -> Any:  # noqa: ANN401 - of a widget's kind
        """Return what a field begins with: what was typed and refused, else the default."""
        return _saves().forms[self.name].typed.get(field_name, default)

    def drawn(self, *, border: bool = True) -> AbstractContextManager[object]:
        """Return the form to draw the fields and the button in."""
        return st.form(self.in_turn(self.name), border=border)

    def button(
        self,
        label: str,
        save: Callable[[Typed], str],
        *,
        in_form: bool = True,
        then: Callable[[], None] = lambda: None,
        **looks: Any,  # noqa: ANN401 - handed on to Streamlit
    ) -> None:
        """Draw the button that saves, and below it why the last try was refused.

        Parameters
        ----------
        label : str
            Markdown.
        save : callable
            Given what was typed, makes the change in one transaction and returns what to say of it.
            It asks who is there before it changes anything, and touches nothing of Streamlit's
            after that.
        in_form : bool
            Whether the fields are in a form, or there are none.
        then : callable
            What the session is told once it is saved.
        **looks
            Of the button: ``type``, ``icon``, ``width``, ``help``.
        """
        draw = st.form_submit_button if in_form else st.button
        key = self.in_turn(looks.pop("key", f"{self.name} {label}"))
        draw(label, key=key, on_click=_attempt, args=(self, save, then), **looks)
        self.fault()

    def sent(
        self,
        label: str,
        *,
        in_form: bool = True,
        **looks: Any,  # noqa: ANN401 - handed on to Streamlit
    ) -> bool:
        """Draw the button of a form that the page itself saves; tell whether it is to be saved."""
        draw = st.form_submit_button if in_form else st.button
        key = self.in_turn(f"{self.name} {label}")
        draw(label, key=key, on_click=_ask, args=(self,), **looks)
        return _saves().forms[self.name].asked

    def save(self, save: Callable[[], str]) -> bool:
        """Save what was sent, while the page is drawn; tell whether it was saved.

        An interrupted one is made again when the page is next drawn, as nothing was changed.
        """
        saves = _saves()
        kept = saves.forms[self.name]
        with kept.one_at_a_time:
            saved_already = kept.turn != self.turn
            if not saved_already:
                self._save(kept, save)
        saves.said = kept.said if kept.turn != self.turn else ""
        if saved_already:
            st.rerun()
        self.fault()
        return kept.turn != self.turn

    def _save(self, kept: _Kept, save: Callable[[], str]) -> None:
        try:
            actor().must_be_officer(_SAVING)
            said = save()
        except PlainError as problem:
            kept.refused(str(problem), {})
        except (RerunException, StopException):  # another click: still to be saved
            raise
        except BaseException:
            kept.asked = False
            raise
        else:
            kept.saved(said)

    def outcome(self) -> None:
        """Say what the last save did, once, where the form is a person's own."""
        kept = _saves().forms[self.name]
        news, kept.news = kept.news, False
        if news:
            st.success(plain(kept.said))

    def fault(self) -> None:
        """Say why the last try was refused, once."""
        kept = _saves().forms[self.name]
        fault, kept.fault = kept.fault, ""
        if fault:
            st.error(plain(fault))


def form(name: str, /, **fields: str) -> Form:
    """Return a form as it stands: its fields by name, each with the key of its widget."""
    forms, owner = _saves().forms, person().name
    if name not in forms or forms[name].owner != owner:
        forms[name] = _Kept(owner)
    return Form(name, fields, forms[name].turn)


def own_form(name: str, /, **fields: str) -> Form:
    """Return a form of what is a person's own; for the rest as `form`."""
    return replace(form(name, **fields), own=True)


def outcome() -> DeltaGenerator:
    """Say what the last save did, once; return the place, for `leftover`."""
    saves, place = _saves(), st.container()
    said, saves.said = saves.said, ""
    if said:
        place.success(plain(said))
    return place


def leftover(place: DeltaGenerator) -> None:
    """Say why something was refused whose form is no longer drawn, because it changed meanwhile."""
    for kept in _saves().forms.values():
        fault, kept.fault = kept.fault, ""
        if fault:
            place.error(plain(fault))


def _saves() -> _Saves:
    if state.value(_SAVES) is None:
        state.put(_SAVES, _Saves())
    saves: _Saves = state.value(_SAVES)
    return saves


def _attempt(form: Form, save: Callable[[Typed], str], then: Callable[[], None]) -> None:
    interrupted: RerunException | None = None
    while True:
        try:
            if _attempt_once(form, save):
                then()
        except RerunException as another:  # comes before the change: nothing after it touches it
            interrupted = another
        else:
            break
    if interrupted is not None:
        raise interrupted  # Streamlit then hears what it was interrupted for


def _attempt_once(form: Form, save: Callable[[Typed], str]) -> bool:
    """Save what was typed, and tell whether it was saved now."""
    saves = _saves()
    kept = saves.forms.setdefault(form.name, _Kept(""))
    typed = {name: state.value(form.key(name)) for name in form.fields}
    with kept.one_at_a_time:
        if kept.turn != form.turn or (form.turn and _blank(typed)):
            saves.said = saves.said if form.own else kept.said
            return False
        try:
            if not form.own:
                actor().must_be_officer(_SAVING)
            said = save(typed)
        except PlainError as problem:
            kept.refused(str(problem), typed)
            return False
        kept.saved(said)
        saves.said = saves.said if form.own else said
        return True


def _ask(form: Form) -> None:
    saves = _saves()
    kept = saves.forms.setdefault(form.name, _Kept(""))
    if kept.turn == form.turn:
        kept.asked = True
    else:
        saves.said = kept.said


def _blank(typed: Typed) -> bool:
    """Tell whether nothing was typed, so that a click after a save is the same click again."""
    texts = [value for value in typed.values() if value is None or isinstance(value, str)]
    return bool(texts) and not any(texts)
