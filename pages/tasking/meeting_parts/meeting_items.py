"""One item at a time: in big letters with its map, and what is decided about it."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Final

import streamlit as st

from data.operations.meetings.decisions import record_decision
from geo.screen.area_layers import MapArea
from models.hotspots.kde import KdeSettings
from models.incidents.view import view_query
from models.tasking.lifecycle import MOVES, STATUS_LABELS
from models.tasking.meeting import DecisionDraft, Subject, TaskingMove
from models.today.since_last import PART_HEADINGS, part_label
from pages.components import map_first, map_places, propose_here
from pages.components.area_map import show_areas
from pages.shell import queries, saving, state
from pages.shell.messages import plain, plain_lines
from pages.shell.person import actor
from pages.tasking.meeting_parts import meeting_decisions
from pages.tasking.meeting_parts.before_it import hotspot_filter

if TYPE_CHECKING:
    from collections.abc import Sequence

    from models.tasking.lifecycle import Status
    from models.tasking.meeting import Meeting, MeetingDecision
    from models.tasking.tasking import Tasking
    from models.today.since_last import MeetingItem
    from pages.shell.saving import Form, Typed
    from pages.tasking.meeting_parts.before_it import BeforeIt

CHOSEN: Final = "meeting_item"
_MAP: Final = "meeting"
_GENERAL: Final = "general"
_STAYS: Final = "stays"
_EMPTY: Final[dict[str, Any]] = {"text": "", "owner": "", "due": None, "move": _STAYS}
# What a tasking's own page alone can do: approval fixes areas, a review measures.
_ELSEWHERE: Final[tuple[Status, ...]] = ("approved", "reviewed")


def draw(meeting: Meeting, before: BeforeIt, decisions: Sequence[MeetingDecision]) -> None:
    """Draw the chosen item on its map and in words, with the decisions about it.

    Parameters
    ----------
    meeting : Meeting
        An open one.
    before : BeforeIt
    decisions : sequence of MeetingDecision
        Those made at it so far.
    """
    st.html(_STYLE)
    items = before.view.items
    keys = [each.key for each in items] + [_GENERAL]
    if state.value(CHOSEN) not in keys:
        state.put(CHOSEN, keys[0])
    by_key = {each.key: each for each in items}
    item = by_key.get(state.value(CHOSEN))
    forms = [_decision_form(meeting, key) for key in keys]
    state.keep(*(form.key(name) for form in forms for name in form.fields))
    map_side, list_side = map_first.sides(_MAP)
    with map_side:
        shapes = [] if item is None or item.shape is None else [item.shape]
        areas = [MapArea(each, "chosen", "This item", labelled=False) for each in shapes]
        if map_places.asked_place(_MAP) != state.value(CHOSEN):  # else it stays where it was put
            map_places.ask_move(_MAP, state.value(CHOSEN))
        show_areas(
            areas,
            key=_MAP,
            ward_codes=queries.home_wards(),
            move=map_places.move_to(_MAP, shapes[0] if shapes else None, marked=False),
        )
    with list_side:
        _choice(keys, by_key)
        with st.container(key="item_read", height="stretch", border=False):
            if item is not None:
                _in_words(item, label=part_label(item.part, before.view), meeting=meeting)
            else:
                st.header("Anything else", anchor=False)
            _actions(item, before)
            mine = [each for each in decisions if _is_about(each, item)]
            for each in mine:
                meeting_decisions.one(each, meeting=meeting)
            _form(meeting, item, before)


def _choice(keys: Sequence[str], by_key: dict[str, MeetingItem]) -> None:
    at = keys.index(state.value(CHOSEN))
    with st.container(key="chosen_ways", horizontal=True, vertical_alignment="center"):
        st.selectbox(
            "Item",
            keys,
            key=CHOSEN,
            format_func=lambda key: _label(keys, by_key, key=key),
            label_visibility="collapsed",
        )
        map_first.steps(keys, at=at, what="item", choose=partial(state.put, CHOSEN))


def _label(keys: Sequence[str], by_key: dict[str, MeetingItem], *, key: str) -> str:
    number = f"{keys.index(key) + 1} of {len(keys)}"
    item = by_key.get(key)
    if item is None:
        return f"{number}: Anything else"
    return f"{number}, {PART_HEADINGS[item.part]}: {item.title}"


def _in_words(item: MeetingItem, *, label: str, meeting: Meeting) -> None:
    st.caption(plain(label))
    st.header(plain(item.title), anchor=False)
    st.markdown(plain_lines(item.detail))
    st.markdown(
        "  \n".join(f"**{plain(label)}:** {plain(text)}" for label, text in item.facts if text)
    )
    with st.container(horizontal=True):
        if item.tasking_id is not None:
            st.page_link(
                "pages/tasking/tasking.py",
                label="Open the tasking",
                query_params={"tasking": str(item.tasking_id)},
            )
        if item.part == "hotspot":
            view = view_query(hotspot_filter(meeting.draft.kind), KdeSettings())
            propose_here.button(view, hotspot_id=item.hotspot_id)
            st.page_link(
                "pages/intelligence/hotspots.py",
                label="See the hotspot",
                query_params={**view, "hotspot": item.hotspot_id},
            )


def _actions(item: MeetingItem | None, before: BeforeIt) -> None:
    """Draw how the action that an item is can be ended or opened again."""
    if item is not None and item.decision_id is not None:
        action = next(each for each in before.carried if each.decision_id == item.decision_id)
        meeting_decisions.ending(action)


def _is_about(decision: MeetingDecision, item: MeetingItem | None) -> bool:
    subject = decision.draft.subject
    if item is None:
        return subject.tasking_id is None and not subject.hotspot_id
    if item.tasking_id is not None:
        return subject.tasking_id == item.tasking_id
    return bool(item.hotspot_id) and subject.hotspot_id == item.hotspot_id


def _decision_form(meeting: Meeting, key: str) -> Form:
    """Return the form of an item, whose fields keep what is typed while others are looked at."""
    at = f"{meeting.meeting_id}-{key}"
    return saving.form(
        f"decide {meeting.meeting_id} {key}",
        text=f"decision_text-{at}",
        owner=f"decision_owner-{at}",
        due=f"decision_due-{at}",
        move=f"decision_move-{at}",
    )


def _form(meeting: Meeting, item: MeetingItem | None, before: BeforeIt) -> None:
    key = _GENERAL if item is None else item.key
    tasking = None if item is None else before.taskings.get(item.tasking_id or 0)
    form = _decision_form(meeting, key)
    state.begin({form.key(name): form.start(name, start) for name, start in _EMPTY.items()})

    def decide(typed: Typed) -> str:
        """Keep the decision, on the version of the tasking that the form was drawn with."""
        draft = DecisionDraft(
            typed["text"] or "", typed["owner"] or "", typed["due"], _subject(item)
        )
        to: Any = typed["move"] or _STAYS
        move = None if to == _STAYS or tasking is None else TaskingMove(to, tasking.version)
        kept = record_decision(actor(), meeting.meeting_id, draft, move=move)
        return f"Decision {kept.reference} is saved."

    with st.container(border=True):
        _typed(form)
        if tasking is not None:
            _move(form, tasking)
        form.button(
            "Save the decision", decide, in_form=False, type="primary", icon=":material/gavel:"
        )


def _typed(form: Form) -> None:
    st.text_area("What is decided", key=form.key("text"), max_chars=1000, height=90)
    left, right = st.columns([3, 2])
    left.text_input("Who does it (role or name)", key=form.key("owner"), max_chars=120)
    right.date_input("By when", None, key=form.key("due"), format="DD/MM/YYYY")


def _move(form: Form, tasking: Tasking) -> None:
    moves = [to for to in MOVES[tasking.status] if to not in _ELSEWHERE]
    if not moves:
        return
    options = [_STAYS, *moves]
    if state.value(form.key("move")) not in options:
        state.put(form.key("move"), _STAYS)
    st.selectbox(
        "And the tasking",
        options,
        key=form.key("move"),
        format_func=lambda to: (
            f"stays {STATUS_LABELS[tasking.status].lower()}"
            if to == _STAYS
            else f"becomes {STATUS_LABELS[to].lower()}"
        ),
        help="Approval and reviews are done on the tasking's own page, which has what they need.",
    )


def _subject(item: MeetingItem | None) -> Subject:
    if item is None:
        return Subject()
    return Subject(
        tasking_id=item.tasking_id,
        hotspot_id="" if item.tasking_id is not None else item.hotspot_id,
        place=item.title if item.decision_id is None else dict(item.facts).get("About", ""),
        area=item.shape,
    )


_STYLE: Final = """<style>
/* Half for the map, half for words that are read from the other end of a room. */
.stMainBlockContainer:has(.st-key-item_read) .st-key-map_first { --wide: 50%; }
@media (min-width: 641px) { .st-key-item_read { max-height: calc(var(--tall) - 3rem);
  overflow: hidden auto; flex-wrap: nowrap; } }
.st-key-item_read h2 { font-size: 2rem; line-height: 1.2; padding: 0; }
.st-key-item_read > div > [data-testid="stMarkdown"] p { font-size: 1.25rem; line-height: 1.4; }
</style>"""
