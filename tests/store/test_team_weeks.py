"""The sheets of a plan's teams as they are printed: every visit once, on its own team's page."""

from __future__ import annotations

import io
import re
import shutil
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import zxingcpp
from PIL import Image

from data.access import NotAllowedError, Person
from data.exports import paper
from data.operations.actor import Actor
from data.operations.audit.access import access_log
from data.operations.database import Operations
from data.operations.taskings.from_plan import propose_from_plan
from data.operations.taskings.plans import save_plan, saved_plan
from data.services.detection import detect
from data.services.patrols import saved_week
from data.services.plan_ways import plan_ways
from data.services.team_weeks import (
    NothingPlannedError,
    UnknownTeamError,
    WeekPlan,
    team_week,
    team_week_file,
)
from data.settings import Settings
from models.hotspots.kde import KdeSettings
from models.incidents.view import view_query
from models.plans.planning import plan_basis, plan_request
from models.tasking.patrol_plan import plan
from models.tasking.patrol_request import PlanSettings
from models.tasking.tasking import TaskingHours
from models.tasking.team_rows import DEFAULT_ROWS, teams_of_rows
from tests.made_taskings import NOW
from tests.made_taskings import made as made_tasking
from tests.pdf_reading import read_pdf
from tests.store_cli import hotspots

if TYPE_CHECKING:
    from pathlib import Path

    from data.exports.paper import Document
    from data.incidents.store import Store
    from tests.pdf_reading import ReadPdf

OFFICER = Person("Amina Khan", "officer")
FRIDAY, DAYS = date(2026, 11, 27), 2
PUBLIC = "https://hotspots.borough.gov.uk"
VISIT = re.compile(
    r"\d+(?P<spare>\*?) (?P<begins>\d\d:\d\d)(?: \(\w{3}\))?–(?P<ends>\d\d:\d\d)(?: \(\w{3}\))? "
    r"(?P<place>.*?)(?= \d+\*? \d\d:\d\d| What to| The )"
)


@dataclass(frozen=True, slots=True, order=True)
class Printed:
    """A visit as it stands on paper."""

    team: str
    day: date
    begins: str
    ends: str
    place: str
    spare: bool


@pytest.fixture(scope="module")
def week(demo_store: Store) -> WeekPlan:
    """A Friday and a Saturday of the six teams, over midnight."""
    chosen, settings = demo_store.default_filter(), PlanSettings(FRIDAY, days=DAYS)
    basis = plan_basis(detect(demo_store, chosen), top=6)
    teams = teams_of_rows(DEFAULT_ROWS)
    ways = plan_ways(
        demo_store.settings,
        basis.candidates,
        travels={each.travel for each in teams},
        detour=settings.detour,
    )
    asked = plan_request(
        basis, teams, settings=settings, timezone=demo_store.settings.timezone, ways=ways
    )
    return WeekPlan(
        plan=plan(asked),
        candidates=basis.candidates,
        areas=basis.areas,
        teams=teams,
        settings=settings,
        view=view_query(chosen, KdeSettings()),
        table_version=basis.table_version,
    )


def named(week: WeekPlan) -> dict[str, str]:
    """What each place is called on paper, whose marking says once that all is simulated."""
    return {each.hotspot_id: each.near.replace(" (SIMULATED)", "") for each in week.candidates}


def planned(week: WeekPlan) -> Counter[Printed]:
    names = named(week)
    found = []
    for each in week.plan.visits:
        ends = each.at + timedelta(minutes=each.minutes)
        place = names[each.hotspot_id]
        found.append(
            Printed(
                each.team, each.day, f"{each.at:%H:%M}", f"{ends:%H:%M}", place, each.in_spare_time
            )
        )
    return Counter(found)


def printed(page: str, teams: tuple[str, ...]) -> list[Printed]:
    """The visits of a page's own table, after the name of its team and the day of its shift."""
    team = next(each for each in teams if re.search(rf"{re.escape(each)}: \w+day \d", page))
    head = re.search(rf"{re.escape(team)}: \w+day (\d+ \w+ \d{{4}}), ", page)
    assert head is not None
    day = datetime.strptime(head[1], "%d %b %Y").date()
    _, _, table = page.partition("From–to ")
    table = table.replace("Place Arrived Left Seen, done", "").replace("Visit From–to Place", "")
    return [
        Printed(team, day, each["begins"], each["ends"], each["place"].strip(), bool(each["spare"]))
        for each in VISIT.finditer(table.partition("What to look for")[0] + " What to")
    ]


def read(document: Document) -> ReadPdf:
    return read_pdf(paper.pdf(document))


@pytest.fixture(scope="module")
def pack(week: WeekPlan, demo_store: Store, tmp_path_factory: pytest.TempPathFactory) -> ReadPdf:
    folder = tmp_path_factory.mktemp("board") / "var"
    ops = Operations.open(Settings(store=folder, operations_url=None, _env_file=None))
    made = read_pdf(team_week_file(demo_store, week, ops=ops, person=OFFICER, now=NOW))
    ops.close()
    return made


def test_every_visit_of_the_plan_is_on_one_page_of_its_own_team(
    week: WeekPlan, pack: ReadPdf
) -> None:
    teams = tuple(each.name for each in week.teams)
    pages = [printed(page, teams) for page in pack.pages[1:]]
    together = Counter(each for page in pages for each in page)
    assert together == planned(week)
    assert together.total() == len(week.plan.visits) > 20
    assert max(together.values()) == 1
    shifts = [
        (team.name, day)
        for team in week.teams
        for day in week.settings.dates
        for shift in team.shifts
        if day.weekday() in shift.weekdays
    ]
    assert len(pages) == len(shifts)
    for (team, day), page, text in zip(shifts, pages, pack.pages[1:], strict=True):
        assert f"{team}: {day:%A} {day.day} {day:%b %Y}, " in text
        assert {(each.team, each.day) for each in page} <= {(team, day)}
        assert "OFFICIAL – SIMULATED DATA" in text
        assert "incident table version" in text
    assert any(each.begins < "06:00" for page in pages for each in page)  # after midnight


def test_the_first_page_adds_up(week: WeekPlan, pack: ReadPdf) -> None:
    first = pack.pages[0]
    assert f"{len(week.plan.visits)} visits by 6 teams in {len(pack.pages) - 1} shifts" in first
    pages: list[int] = []
    for team in week.teams:
        row = re.search(
            rf"{re.escape(team.name)} ([\d–]+) ([\d–]+) (\d+) (\d+)(?: to (\d+))?", first
        )
        assert row is not None, team.name
        by_day = [
            sum(each.team == team.name and each.day == day for each in week.plan.visits)
            for day in week.settings.dates
        ]
        assert [0 if each == "–" else int(each) for each in row.groups()[:2]] == by_day
        assert int(row[3]) == sum(by_day)
        own = range(int(row[4]), int(row[5] or row[4]) + 1)
        assert all(f"{team.name}: " in pack.pages[number - 1] for number in own)
        pages += own
    assert pages == list(range(2, len(pack.pages) + 1))
    totals = re.search(r"All teams (\d+) (\d+) (\d+)", first)
    assert totals is not None
    assert [int(each) for each in totals.groups()] == [
        *(sum(each.day == day for each in week.plan.visits) for day in week.settings.dates),
        len(week.plan.visits),
    ]
    assert f"All places {len(week.plan.visits)}" in first


def test_a_pack_can_be_read_by_everybody(pack: ReadPdf) -> None:
    assert pack.universal
    assert pack.title == "Patrols of 6 teams: 27 Nov to 28 Nov 2026"
    maps = [each for each in pack.alternatives if each.startswith("Map of the shift")]
    without = [page for page in pack.pages[1:] if "no address that a phone could open" in page]
    assert len(maps) == len(without)
    assert len(maps) == len(pack.pages) - 1 - sum("No visit is planned" in p for p in pack.pages)


def test_a_teams_own_file_has_its_shifts_alone(
    week: WeekPlan, demo_store: Store, sqlite_operations: Operations
) -> None:
    teams = tuple(each.name for each in week.teams)
    team = "Partnership Taskforce 2"
    document = team_week(
        demo_store, week, ops=sqlite_operations, person=OFFICER, now=NOW, team=team
    )
    made = read(document)
    assert len(made.pages) == DAYS
    visits = Counter(each for page in made.pages for each in printed(page, teams))
    assert visits == Counter({k: n for k, n in planned(week).items() if k.team == team})
    assert visits
    others = {each for each in planned(week) if each.team != team}
    for page in made.pages:
        own, _, near = page.partition("Who else is near")
        listed = [each for each in others if f"{each.team}, {each.begins}–" in own]
        assert listed == []
        assert near


def test_who_may_not_and_what_is_not(
    week: WeekPlan, demo_store: Store, sqlite_operations: Operations
) -> None:
    how = {"ops": sqlite_operations, "now": NOW}
    with pytest.raises(NotAllowedError):
        team_week(demo_store, week, person=Person("Panel", "panel"), **how)
    with pytest.raises(UnknownTeamError, match="no team 'Nobody'"):
        team_week(demo_store, week, person=OFFICER, team="Nobody", **how)
    idle = replace(week, plan=replace(week.plan, visits=()), teams=())
    with pytest.raises(NothingPlannedError, match="no sheet to print"):
        team_week(demo_store, idle, person=OFFICER, **how)


def test_a_proposed_plan_has_a_code_for_each_place_and_says_what_is_live_there(
    week: WeekPlan, demo_store: Store, sqlite_operations: Operations
) -> None:
    actor = Actor(sqlite_operations, OFFICER, NOW)
    record = save_plan(
        actor,
        week.plan,
        title="Weekend",
        candidates=week.candidates,
        areas=week.areas,
        teams=week.teams,
        settings=week.settings,
        view=week.view,
        table_version=week.table_version,
    )
    team = "Partnership Taskforce 2"
    saved = saved_plan(sqlite_operations, record.plan_id)
    places = {(e.hotspot_id, e.team) for e in week.plan.visits if e.team == team}
    done = propose_from_plan(actor, saved, places=places)
    first = next(each for each in week.plan.visits if each.team == team)
    other = made_tasking(
        actor,
        status="approved",
        title="Market at night",
        area=week.areas[first.hotspot_id],
        hours=TaskingHours((4, 5), 16, 23),
        team="Outreach",
    )
    public = demo_store.settings.model_copy(update={"public_url": PUBLIC})
    store = replace(demo_store, settings=public)
    document = team_week(
        store,
        saved_week(sqlite_operations, record.plan_id),
        ops=sqlite_operations,
        person=OFFICER,
        now=NOW,
        team=team,
    )
    made = read(document)
    expected = {f"{PUBLIC}/visit?tasking={each.tasking_id}" for each in done.made}
    assert len(expected) == len(places)
    codes: set[str] = set()
    for picture in paper.page_pictures(document, ppi=200):
        image = Image.open(io.BytesIO(picture)).convert("L")
        codes |= {each.text for each in zxingcpp.read_barcodes(image)}
    assert codes == expected
    assert "P-0001" in made.text
    assert all(each.reference in made.text for each in done.made)
    assert (
        f"{other.reference}, Outreach, 16:00–23:00, Market at night: near your visit" in made.text
    )


def test_the_command_prints_a_saved_plan_and_its_export_is_on_record(
    demo_settings: Settings, tmp_path: Path
) -> None:
    folder = tmp_path / "var"
    shutil.copytree(demo_settings.store, folder)
    out = tmp_path / "week.pdf"
    done = hotspots("sheets", "1", "--team", "THEO early", "--out", out, store=folder)
    assert done.returncode == 0, done.stderr
    made = read_pdf(out.read_bytes())
    ops = Operations.open(Settings(store=folder, _env_file=None))
    saved = saved_plan(ops, 1)
    own = [each for each in saved.plan.visits if each.team == "THEO early"]
    visits = [each for page in made.pages for each in printed(page, ("THEO early",))]
    assert [(each.day, each.begins) for each in visits] == [
        (each.day, f"{each.at:%H:%M}") for each in own
    ]
    assert "P-0001" in made.text
    log = access_log(ops, person=Person("Admin", "administrator"), newest=1)
    ops.close()
    assert "sheets" in " ".join(map(str, log.iloc[0]))
    assert "pdf" in " ".join(map(str, log.iloc[0]))
    for arguments, fault in (
        (("1", "--out", "week.csv"), "Sheets are written as .pdf"),
        (("99", "--out", out), "There is no saved plan P-0099"),
        (("1", "--team", "Nobody", "--out", out), "no team 'Nobody'"),
    ):
        refused = hotspots("sheets", *arguments, store=folder)
        assert refused.returncode != 0
        assert fault in " ".join(refused.stderr.split()).replace(" │ │ ", " ")
