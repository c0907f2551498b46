"""Buttons for documents on paper, which are made only once they are asked for."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from data.exports.tasking_sheet import tasking_sheet_file
from data.services.assessment import tactical_assessment_file
from models.incidents.view import View
from pages.shell import queries
from pages.shell.offer import offer_in_name
from pages.shell.person import person
from pages.shell.queries_operations import now, operations

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from data.access import Person
    from data.incidents.store import Store
    from data.operations.database import Operations
    from models.hotspots.methods import MethodSettings
    from models.incidents.detection import Detection
    from models.tasking.tasking import Tasking


def sheet_button(tasking: Tasking, *, place: DeltaGenerator | None = None) -> None:
    """Draw the button that prints a tasking's sheet; nothing for who may not have it.

    Parameters
    ----------
    tasking : Tasking
    place : DeltaGenerator, optional
        Where to draw it; where the page is at without it.
    """
    if person().role == "panel":
        return
    offer_in_name(
        "Print the sheet (PDF)",
        partial(_sheet, queries.store(), tasking),
        file_name=f"tasking-{tasking.reference}.pdf",
        place=place,
        icon="print",
        help="To take with you: map, hours, what to do, lines on which to record visits; for a "
        "patrol, its walking loop on the back.",
    )


def assessment_buttons(
    store: Store, detection: Detection, *, method: MethodSettings, place: DeltaGenerator
) -> None:
    """Draw the buttons for the tactical assessment of a detection, as PDF and as HTML."""
    if person().role == "panel":
        return
    chosen = detection.selection.filter
    view, ops = View(chosen, method), operations()
    stem = f"tactical-assessment-{chosen.period.first}-{chosen.period.last}"
    for ending in (".pdf", ".html"):
        offer_in_name(
            f"Tactical assessment ({ending[1:].upper()})",
            partial(_assessment, store, view, ops, ending),
            file_name=f"{stem}{ending}",
            place=place,
            icon="description",
        )


def _sheet(store: Store, tasking: Tasking, who: Person) -> bytes:
    return tasking_sheet_file(store, tasking, person=who, now=now())


def _assessment(store: Store, view: View, ops: Operations, ending: str, who: Person) -> bytes:
    return tactical_assessment_file(store, view, person=who, now=now(), ops=ops, ending=ending)
