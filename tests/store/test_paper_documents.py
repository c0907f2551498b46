"""The tactical assessment and the tasking sheet, on the demo: the app's figures, on paper."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
import shapely
from pydantic import SecretStr

from data.access import NotAllowedError, Person
from data.demo.operations import build_operations
from data.exports import paper
from data.exports.assessment_changes import MOST_FOR_PAPER, near_repeats
from data.exports.assessment_reviews import last_reviews
from data.exports.labels import change_label, place_label
from data.exports.places import (
    centre_label,
    close_up,
    close_up_description,
    ground_credit,
    street_names,
)
from data.exports.tasking_sheet import CONTINUED, tasking_sheet, tasking_sheet_file
from data.layers.places import save_places
from data.operations.actor import Actor
from data.operations.database import Operations
from data.operations.reviews.reviews import record_tasking_review, review_of
from data.operations.taskings.taskings import propose, taskings
from data.services.assessment import tactical_assessment, tactical_assessment_file
from data.services.detection import detect
from data.settings import Settings
from geo.naming.words import sentence_case
from geo.paper.area_map import area_window
from models.calendar.periods import Period
from models.hotspots.changes import change_for_all_ground
from models.hotspots.kde import KdeSettings
from models.incidents.view import View, read_view, view_query
from models.reviews.questions import question_of
from models.reviews.reviewing import review
from models.tasking.tasking import ActionStep, Decision, Tasking, TaskingDraft, TaskingHours
from models.tasking.verdict import KIND_LABELS
from tests.made_places import made_places
from tests.pdf_reading import ReadPdf, read_pdf
from tests.store_cli import hotspots

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

    from data.incidents.store import Store
    from models.incidents.detection import Detection


NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
OFFICER = Person("A. Officer", "officer")
LONG = "The quick brown fox jumps over the lazy dog. " * 60


@pytest.fixture(scope="module")
def view(demo_store: Store) -> View:
    chosen = replace(
        demo_store.default_filter(), period=Period(date(2026, 7, 1), date(2026, 9, 30))
    )
    return View(chosen, KdeSettings())


@pytest.fixture(scope="module")
def picture(demo_store: Store, view: View) -> Detection:
    return detect(demo_store, view.filter, method=view.method)


@pytest.fixture(scope="module")
def ops(tmp_path_factory: pytest.TempPathFactory) -> Operations:
    folder = tmp_path_factory.mktemp("operations")
    return Operations.open(Settings(store=folder, _env_file=None))


@pytest.fixture(scope="module")
def assessment(
    demo_store: Store, view: View, ops: Operations, picture: Detection
) -> tuple[paper.Document, ReadPdf]:
    first = picture.hotspots.frame.iloc[0]
    decision = Decision((), "", 1, None, OFFICER.name, NOW)
    propose(
        Actor(ops, OFFICER, NOW),
        draft(title="Evening patrol", area=first.geometry),
        decision=decision,
        ward_codes=[each.code for each in first.wards],
    )
    made = tactical_assessment(demo_store, view, person=OFFICER, now=NOW, ops=ops, top=3)
    return made, read_pdf(paper.pdf(made))


def draft(**changes: object) -> TaskingDraft:
    made = TaskingDraft(
        title="Late patrol near the market",
        area=shapely.box(533700, 181700, 533900, 181850),
        objective="Fewer street robberies on Friday nights.",
        tactic="patrol",
        hours=TaskingHours((4, 5), 22, 2),
        starts_on=date(2026, 11, 23),
        ends_on=date(2026, 12, 20),
        origin="drawn",
        team="Team 3",
        lead_partner="Licensing",
        expected_result="A fifth fewer than in the comparison area.",
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def tasking(decision: Decision | None = None, **changes: object) -> Tasking:
    return Tasking(
        tasking_id=12,
        draft=draft(**changes),
        decision=decision or Decision((), "", 7, None, "B. Sergeant", NOW),
        status="approved",
        version=3,
        ward_codes=("E05009336",),
        proposed_at=NOW,
        approved_at=NOW,
    )


def unbroken(text: str) -> str:
    """A text without what a narrow column puts into a name: line ends and hyphens."""
    return re.sub(r"[\s-]", "", text)


class TestTheAssessment:
    def test_is_accessible_marked_and_numbered(
        self, assessment: tuple[paper.Document, ReadPdf]
    ) -> None:
        _, read = assessment
        assert read.universal
        assert read.marked
        assert read.title == "Tactical assessment to 30 Sep 2026"
        assert len(read.pages) >= 4
        for number, text in enumerate(read.pages, start=1):
            assert f"Page {number} of {len(read.pages)}" in text
            assert text.count("OFFICIAL – SIMULATED DATA") == 2

    def test_has_an_alternative_text_for_each_map(
        self, assessment: tuple[paper.Document, ReadPdf]
    ) -> None:
        _, read = assessment
        assert read.tags.count("Figure") == 4  # all hotspots, and three close up
        assert len(read.alternatives) == 4
        assert read.alternatives[0].startswith("Map of the chosen wards with")

    def test_gives_the_figures_of_the_app(
        self, assessment: tuple[paper.Document, ReadPdf], picture: Detection
    ) -> None:
        _, read = assessment
        found = picture.hotspots
        assert f"Incidents: {found.incidents:,} 1 Jul 2026 to 30 Sep 2026" in read.text
        assert f"{found.comparison_incidents:,} 1 Jul 2025 to 30 Sep 2025" in read.text
        for row in found.frame.itertuples():
            place = sentence_case(place_label(row))
            said = f"{row.rank} {place} {row.incidents:,} {change_label(row)}"
            assert unbroken(said) in unbroken(read.text)
        assert f"table: version {picture.selection.version}" in read.text

    def test_describes_the_first_hotspots_alone(
        self, assessment: tuple[paper.Document, ReadPdf], picture: Detection
    ) -> None:
        _, read = assessment
        assert read.tags.count("H3") == 3
        first = picture.hotspots.frame.iloc[0]
        assert f"{change_label(first, interval=True)} Busiest: {first.peak_window}" in read.text
        assert "The first 3 are described one by one below." in read.text

    def test_holds_every_part(self, assessment: tuple[paper.Document, ReadPdf]) -> None:
        made, _ = assessment
        headings = [each.text for each in made.blocks if isinstance(each, paper.Heading)]
        assert [each for each in headings if not each[0].isdigit()] == [
            "In short",
            "Where: hotspots by rank",
            "Hotspot by hotspot",
            "When",
            "What changed",
            "Harm",
            "Near-repeats",
            "Runs in the last fortnight",
            "Taskings now",
            "Last reviews",
            "Data, method and limits",
        ]

    def test_the_weeks_table_adds_up(self, assessment: tuple[paper.Document, ReadPdf]) -> None:
        made, _ = assessment
        week = table(made, "Incidents by day and hour")
        *days, total = [[float(cell.replace(",", "")) for cell in row[1:]] for row in week.rows]
        for column, value in enumerate(total):
            assert sum(day[column] for day in days) == pytest.approx(value, abs=4)  # rounded cells

    def test_the_kinds_add_up_to_all_incidents(
        self, assessment: tuple[paper.Document, ReadPdf], picture: Detection
    ) -> None:
        made, _ = assessment
        kinds = table(made, "Incidents by kind")
        counted = sum(int(row[1].replace(",", "")) for row in kinds.rows)
        assert counted == picture.hotspots.incidents + picture.selection.now.sensitive
        assert picture.selection.now.sensitive > 0  # in the totals and in no hotspot

    def test_gives_harm_with_both_ranks(
        self, assessment: tuple[paper.Document, ReadPdf], picture: Detection
    ) -> None:
        made, _ = assessment
        frame = picture.hotspots.frame
        first = frame[frame["harm_rank"] == 1].iloc[0]
        rows = table(made, "The 5 hotspots with the most harm").rows
        assert [row[0] for row in rows] == ["1", "2", "3", "4", "5"]
        assert rows[0][2:] == (
            f"{first.harm:,.0f}",
            f"{first.harm_known:,} of {first.incidents:,}",
            f"{first['rank']}",
        )

    def test_names_the_hotspots_that_changed_by_more_than_chance(
        self, assessment: tuple[paper.Document, ReadPdf], picture: Detection
    ) -> None:
        made, _ = assessment
        frame = picture.hotspots.frame
        picked = picture.selection
        assert picked.before is not None
        days = picked.now.period.days, picked.before.period.days
        up = [
            row
            for row in frame.itertuples()
            if change_for_all_ground(
                row.incidents,
                row.comparison_incidents,
                days_now=days[0],
                days_before=days[1],
                share_of_area=row.share_of_area,
            ).verdict
            == "up"
        ]
        assert all(row.change_low > 0 for row in up)
        named = ", ".join(f"{row.rank} ({change_label(row)})" for row in up)
        said = [
            item for each in made.blocks if isinstance(each, paper.Bullets) for item in each.items
        ]
        assert f"Up by more than chance, hotspots by rank: {named or 'none'}." in said
        assert any("any is named in at most 5 of 100 assessments" in each for each in said)

    def test_lists_the_taskings_of_its_wards(
        self, assessment: tuple[paper.Document, ReadPdf]
    ) -> None:
        made, _ = assessment
        (row,) = table(made, "Taskings in the chosen wards").rows
        assert row[0] == "T-0001 Evening patrol (Team 3)"
        assert row[2:] == (
            "High-visibility patrol: Friday and Saturday, 22:00 to 02:00 the next day",
            "20 Dec 2026",
            "0 of 0",
            "Proposed",
        )

    def test_says_which_view_it_is_of(
        self, assessment: tuple[paper.Document, ReadPdf], demo_store: Store, view: View
    ) -> None:
        made, _ = assessment
        said = [each.text for each in made.blocks if isinstance(each, paper.Paragraph)]
        (line,) = [each for each in said if each.startswith("The same view")]
        query = dict(part.split("=", 1) for part in line.split(": ", 1)[1].split("&"))
        assert read_view(query, dataset=demo_store) == view

    def test_is_not_for_a_ward_panel(self, demo_store: Store, view: View) -> None:
        with pytest.raises(NotAllowedError, match="tactical assessment"):
            tactical_assessment(demo_store, view, person=Person("C", "panel"), now=NOW)

    def test_says_why_where_there_is_nothing(self, demo_store: Store, view: View) -> None:
        chosen = replace(
            view.filter,
            period=Period(date(2026, 10, 1), date(2026, 10, 2)),
            categories=("weapons",),
            wards=(demo_store.snapshot.ward_codes[0],),
        )
        made = tactical_assessment(demo_store, View(chosen, KdeSettings()), person=OFFICER, now=NOW)
        text = read_pdf(paper.pdf(made)).text
        assert "No hotspot was found with this filter" in text
        assert "Near-repeats Not measured" in text
        assert "No three of the" in text

    def test_counts_no_near_repeats_of_too_many(self, demo_store: Store, view: View) -> None:
        chosen = replace(view.filter, categories=("asb", "violence"))
        (heading, told) = near_repeats(demo_store, chosen)
        assert isinstance(heading, paper.Heading)
        assert isinstance(told, paper.Callout)
        assert told.heading == "Not measured here"
        assert f"at most {MOST_FOR_PAPER:,}" in told.text

    def test_compares_nothing_where_the_data_do_not_reach(
        self, demo_store: Store, view: View
    ) -> None:
        chosen = replace(view.filter, period=Period(date(2026, 11, 1), date(2026, 12, 10)))
        made = tactical_assessment(demo_store, View(chosen, KdeSettings()), person=OFFICER, now=NOW)
        said = [each.heading for each in made.blocks if isinstance(each, paper.Callout)]
        assert "Not compared" in said

    def test_is_the_same_as_one_html_file(self, demo_store: Store, view: View) -> None:
        written = tactical_assessment_file(
            demo_store, view, person=OFFICER, now=NOW, top=1, ending=".html"
        ).decode()
        assert written.startswith("<!DOCTYPE html>")
        assert "OFFICIAL – SIMULATED DATA" in written
        assert written.count("<img") == 2
        with pytest.raises(paper.UnknownPaperEndingError, match=r"\.docx"):
            tactical_assessment_file(demo_store, view, person=OFFICER, now=NOW, ending=".docx")


@pytest.fixture(scope="module")
def reviewed(
    demo_settings: Settings,
    demo_store: Store,
    tmp_path_factory: pytest.TempPathFactory,
) -> tuple[Operations, Tasking]:
    """The demo's taskings in a store of their own, with one of them reviewed."""
    address = f"sqlite:///{tmp_path_factory.mktemp('reviewed') / 'operations.db'}"
    own = demo_settings.model_copy(update={"operations_url": SecretStr(address)})
    build_operations(own, now=NOW)
    ops = Operations.open(own)
    done = taskings(ops, statuses=("completed",))[0]
    found = review(demo_store, question_of(demo_store, done, taskings=taskings(ops)))
    record_tasking_review(
        Actor(ops, OFFICER, NOW), done, review=found, comment="The gardens were closed in July."
    )
    return ops, done


class TestTheLastReviews:
    def test_are_told_with_verdict_figures_and_the_reviewers_words(
        self, reviewed: tuple[Operations, Tasking]
    ) -> None:
        ops, done = reviewed
        kept = review_of(ops, done.tasking_id)
        assert kept is not None
        blocks = tuple(last_reviews(ops, ward_codes=done.ward_codes, zone=ops.timezone))
        told = next(each for each in blocks if isinstance(each, paper.Callout))  # newest first
        assert told.heading == (f"{done.reference} {done.draft.title}. {KIND_LABELS[kept.verdict]}")
        assert (
            f"{kept.treated.before:,} incidents before, {kept.treated.after:,} after" in told.text
        )
        assert kept.headline in told.text
        assert "A. Officer, 21 Nov 2026, on table version" in told.text
        assert told.text.endswith("The gardens were closed in July.")

    def test_are_those_of_the_chosen_wards(self, reviewed: tuple[Operations, Tasking]) -> None:
        ops, _ = reviewed
        blocks = tuple(last_reviews(ops, ward_codes=["E05000000"], zone=ops.timezone))
        assert not [each for each in blocks if isinstance(each, paper.Callout)]
        assert any("has been reviewed yet" in getattr(each, "text", "") for each in blocks)


def table(made: paper.Document, caption: str) -> paper.Table:
    (found,) = [
        each
        for each in made.blocks
        if isinstance(each, paper.Table) and each.caption.startswith(caption)
    ]
    return found


class TestTheSheet:
    def test_says_what_where_when_and_who(self, demo_store: Store) -> None:
        sheet = tasking_sheet(demo_store, tasking(), person=OFFICER, now=NOW)
        read = read_pdf(paper.pdf(sheet))
        assert read.universal
        assert read.title == "T-0012: Late patrol near the market"
        text, walk = read.pages  # on its back, the way of each visit
        assert "Walking loop of each visit" in walk
        for words in (
            "Status: Approved",
            "Team: Team 3",
            "Visits planned: 14 a week",
            "Each visit: 15 minutes",
            "When: Friday and Saturday, 22:00 to 02:00 the next day",
            "Tactic: High-visibility patrol",
            "Objective: Fewer street robberies on Friday nights.",
            "Expected: A fifth fewer than in the comparison area.",
            "Partner: Licensing",
            "0.030 km², 250 m from corner to corner",
            "Date Arrived Left Notices Dispersed Arrests Referrals Needles Weapons Note",
            "Decided by B. Sergeant on 21 Nov 2026, 09:00.",
            "Incident table: version 7",
            "Page 1 of 2",
            "it is no ground to stop anyone",
        ):
            assert words in text
        place, way = read.alternatives
        assert "middle at 51.5" in place
        assert way.startswith("Map of the walking loop along ")

    def test_names_the_hotspot_and_counts_what_was_reported(
        self, demo_store: Store, view: View, picture: Detection
    ) -> None:
        row = picture.hotspots.frame.iloc[0]
        decision = Decision(
            tuple(view_query(view.filter, view.method).items()),
            row.hotspot_id,
            picture.selection.version,
            7,
            "B. Sergeant",
            NOW,
        )
        made = tasking(decision, area=row.geometry, origin="hotspot")
        text, _ = read_pdf(tasking_sheet_file(demo_store, made, person=OFFICER, now=NOW)).pages
        assert f"Hotspot {row.hotspot_id} by Density (KDE), 1 Jul 2026 to 30 Sep 2026" in text
        assert f"Reported: {row.incidents:,} incidents in the area" in text
        assert "Seed 7." in text

    @pytest.mark.parametrize("title", ["A" * 120, "W" * 120, "Weapons sweep and outreach " * 4])
    def test_fits_one_page_whatever_its_texts(
        self, demo_store: Store, view: View, title: str
    ) -> None:
        steps = tuple(ActionStep(LONG, LONG, date(2026, 12, 1), done=True) for _ in range(40))
        query = tuple(view_query(view.filter, view.method).items())
        made = tasking(
            Decision(query, "K-5374-1803", 7, 2026, LONG[:200], NOW),
            hours=TaskingHours((0, 1, 2, 3, 4, 6), 22, 2),
            title=title,
            objective=LONG,
            expected_result=LONG,
            lead_partner=LONG,
            near=LONG,
            team=LONG[:120],
            tactic="problem_solving",
            action_plan=steps,
        )
        made = replace(made, fixed_note=LONG, status="cancelled", reason=LONG)
        sheet = tasking_sheet(demo_store, made, person=OFFICER, now=NOW)
        (text,) = read_pdf(paper.pdf(sheet)).pages
        assert CONTINUED in text
        assert "more in the app" in text
        assert "Page 1 of 1" in text
        assert "Version 3 of the tasking." in text  # its last words
        assert sheet.text_pt >= 7

    def test_of_a_cancelled_patrol_has_no_loop_to_walk(self, demo_store: Store) -> None:
        made = replace(tasking(), status="cancelled", reason="Not needed")
        read = read_pdf(tasking_sheet_file(demo_store, made, person=OFFICER, now=NOW))
        assert len(read.pages) == 1
        assert "alking loop" not in read.text

    def test_bears_the_marking_that_is_set(self, demo_store: Store) -> None:
        own = demo_store.settings.model_copy(update={"paper_marking": "OFFICIAL-SENSITIVE"})
        sheet = tasking_sheet(replace(demo_store, settings=own), tasking(), person=OFFICER, now=NOW)
        assert sheet.marking == "OFFICIAL-SENSITIVE – SIMULATED DATA"

    def test_short_texts_are_left_whole(self, demo_store: Store) -> None:
        sheet = tasking_sheet(demo_store, tasking(), person=OFFICER, now=NOW)
        assert CONTINUED not in read_pdf(paper.pdf(sheet)).text
        assert sheet.text_pt >= 8

    def test_is_not_for_a_ward_panel(self, demo_store: Store) -> None:
        with pytest.raises(NotAllowedError, match="tasking sheet"):
            tasking_sheet(demo_store, tasking(), person=Person("C", "panel"), now=NOW)


class TestPlaces:
    def test_the_middle_is_given_to_ten_metres(self, demo_store: Store) -> None:
        words = centre_label(demo_store, shapely.box(533704, 181704, 533904, 181854))
        assert words == "middle at 51.5191, −0.0729 (grid 533800 181780)"

    def test_streets_stand_at_the_middle_of_the_incidents_that_name_them(
        self, demo_store: Store
    ) -> None:
        held = demo_store.snapshot.incidents
        street = held.street.copy()
        street[:], names = -1, ("Hanbury Street", "Fashion Street")
        inside = (abs(held.easting - 533800) < 200) & (abs(held.northing - 181800) < 200)
        rows = inside.nonzero()[0][:5]
        street[rows] = [1, 1, 1, 0, 0]
        changed = replace(
            demo_store,
            snapshot=replace(
                demo_store.snapshot, incidents=replace(held, street=street, streets=names)
            ),
        )
        found = street_names(changed, area_window(shapely.box(533700, 181700, 533900, 181900)))
        assert [each.name for each in found] == ["Fashion Street", "Hanbury Street"]
        assert found[0].easting == sorted(held.easting[rows[:3]])[1]
        words = close_up_description(changed, shapely.box(533700, 181700, 533900, 181900), name="A")
        assert words.endswith("Streets named around it: Fashion Street, Hanbury Street.")


def test_the_command_line_writes_both(demo_settings: Settings, tmp_path: Path) -> None:
    address = f"sqlite:///{tmp_path / 'operations.db'}"  # the demo's own store is left as it is
    ops = Operations.open(demo_settings.model_copy(update={"operations_url": SecretStr(address)}))
    made = propose(
        Actor(ops, OFFICER, NOW),
        draft(),
        decision=Decision((), "", 1, None, OFFICER.name, NOW),
        ward_codes=["E05009336"],
    )

    def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
        chosen = {"HOTSPOT_OPERATIONS_URL": address}
        return hotspots("brief", *words, store=demo_settings.store, environment=chosen)

    sheet, brief = tmp_path / "sheet.pdf", tmp_path / "brief.html"
    ran = run("--tasking", str(made.tasking_id), "--out", sheet)
    assert ran.returncode == 0, ran.stderr
    assert read_pdf(sheet.read_bytes()).title == f"{made.reference}: Late patrol near the market"
    ran = run("--from", "2026-09-01", "--to", "2026-09-30", "--top", "1", "--out", brief)
    assert ran.returncode == 0, ran.stderr
    assert "Tactical assessment to 30 Sep 2026" in brief.read_text()
    ran = run("--tasking", "999", "--out", tmp_path / "none.pdf")
    assert (ran.returncode, "T-0999" in ran.stderr) == (1, True)
    assert not (tmp_path / "none.pdf").exists()


class TestTheGround:
    def test_a_sheet_with_streets_says_whose_they_are_and_stays_one_page(
        self, demo_store: Store, picture: Detection, tmp_path: Path
    ) -> None:
        without, settings = (
            demo_store.settings.model_copy(update={"store": tmp_path / name})
            for name in ("without", "with")
        )
        bare = replace(demo_store, settings=without)
        credited = replace(demo_store, settings=settings)
        for layer in made_places():
            save_places(layer, settings, now=NOW, person=OFFICER.name)
        area = picture.hotspots.frame.iloc[0].geometry
        assert ground_credit(bare) == ""
        assert ground_credit(credited) == ("Map: © Makers of maps; © OpenStreetMap contributors")
        assert close_up(credited, area) != close_up(bare, area)
        made = tasking(area=area)
        read = read_pdf(tasking_sheet_file(credited, made, person=OFFICER, now=NOW, ending=".pdf"))
        assert ground_credit(credited) in read.text
        assert len(read.pages) == 1
