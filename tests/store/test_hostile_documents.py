"""What somebody wrote is text in every document that leaves the product: no link, no image."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Final

import pytest
from pypdf import PdfReader

from data.access import Person
from data.exports import paper
from data.exports.tasking_sheet import tasking_sheet_file
from data.exports.ward_handout import ward_handout_file
from data.exports.ward_tables import figures_file
from data.incidents.store import Store
from data.operations.database import Operations
from data.operations.taskings.taskings import tasking
from data.services.assessment import tactical_assessment_file
from data.services.detection import detect
from data.services.team_weeks import WeekPlan, team_week
from data.services.ward_panel.view import ward_view
from models.hotspots.methods import METHODS
from models.incidents.view import View, view_query
from models.plans.planning import plan_basis, plan_request
from models.tasking.patrol_plan import plan
from models.tasking.patrol_request import PlanSettings
from models.tasking.teams import Shift, Team
from tests.hostile_store import HTML, MARKDOWN, hostile_store
from tests.moment import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data.settings import Settings

OFFICER: Final = Person("Officer", "officer")
ENDINGS: Final = (".html", ".pdf")


@pytest.fixture(scope="module")
def planted(demo_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    folder = tmp_path_factory.mktemp("hostile") / "var"
    return hostile_store(folder, operations=demo_settings.operations_path)


@pytest.fixture(scope="module")
def store(planted: Settings) -> Store:
    return Store.open(planted)


@pytest.fixture(scope="module")
def ops(planted: Settings) -> Iterator[Operations]:
    opened = Operations.open(planted)
    yield opened
    opened.close()


class Elements(HTMLParser):
    """Where the elements of a page lead, and what they would run."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self.handlers: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.addresses += [value or "" for name, value in attrs if name in {"href", "src"}]
        self.handlers += [name for name, _ in attrs if name.startswith("on")]


def check(document: bytes, ending: str) -> None:
    """Check that a document shows the planted texts and leads nowhere."""
    if ending == ".pdf":
        pages = PdfReader(io.BytesIO(document)).pages
        leads = [
            note.get_object().get("/A", {}).get("/URI")
            for page in pages
            for note in page.get("/Annots") or []
        ]
        assert [each for each in leads if each] == []
        text = "".join(page.extract_text() for page in pages)
    else:
        text = document.decode()
        read = Elements()
        read.feed(text)
        assert [each for each in read.addresses if not each.startswith(("#", "data:"))] == []
        assert read.handlers == []
    assert "evil.example" in re.sub(r"[\s\u200b]", "", text)  # paper breaks long words there


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_residents_handout_shows_what_somebody_wrote_as_text(
    ending: str, store: Store, ops: Operations
) -> None:
    view = ward_view(store, ops, "E05000001", person=OFFICER, now=NOW)
    check(ward_handout_file(view, store.wards.frame, now=NOW, ending=ending), ending)


def test_no_cell_of_the_residents_figures_is_a_formula(store: Store, ops: Operations) -> None:
    figures = figures_file(ward_view(store, ops, "E05000001", person=OFFICER, now=NOW)).decode(
        "utf-8-sig"
    )
    cells = [cell for row in csv.reader(io.StringIO(figures)) for cell in row]
    assert MARKDOWN in " ".join(cells) or HTML in " ".join(cells)
    assert [cell for cell in cells if cell.startswith(("=", "+", "@", "\t"))] == []


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_tactical_assessment_shows_what_somebody_wrote_as_text(
    ending: str, store: Store, ops: Operations
) -> None:
    view = View(store.default_filter(), METHODS["kde"].defaults)
    made = tactical_assessment_file(store, view, person=OFFICER, now=NOW, ops=ops, ending=ending)
    check(made, ending)


def test_the_sheet_of_a_tasking_shows_what_somebody_wrote_as_text(
    store: Store, ops: Operations
) -> None:
    sheet = tasking_sheet_file(store, tasking(ops, 7), person=OFFICER, now=NOW)
    check(sheet, ".pdf")


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_sheets_of_teams_show_what_somebody_wrote_as_text(
    ending: str, store: Store, ops: Operations
) -> None:
    chosen, method = store.default_filter(), METHODS["kde"].defaults
    basis = plan_basis(detect(store, chosen, method=method), top=3)
    crew = Team(f"{MARKDOWN} {HTML}", (Shift((0, 1), 14 * 60, 22 * 60),))
    settings = PlanSettings(date(2026, 11, 23), days=2)
    asked = plan_request(basis, (crew,), settings=settings, timezone=store.settings.timezone)
    week = WeekPlan(
        plan=plan(asked),
        candidates=basis.candidates,
        areas=basis.areas,
        teams=(crew,),
        settings=settings,
        view=view_query(chosen, method),
        table_version=basis.table_version,
    )
    assert week.plan.visits
    document = team_week(store, week, ops=ops, person=OFFICER, now=NOW)
    check(paper.paper_file(document, ending=ending), ending)
    assert paper.pages(document) == 3
