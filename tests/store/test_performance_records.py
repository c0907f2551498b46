"""What people write about the figures, on SQLite and PostgreSQL: revisions, once-only, roles."""

from __future__ import annotations

import threading
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import pytest
from shapely.geometry import box

from data.access import NotAllowedError, Person
from data.operations.actor import Actor
from data.operations.audit.trail import trail
from data.operations.database import ChangedMeanwhileError
from data.operations.performance.fixed import (
    AlreadyFixedError,
    AlreadySignedOffError,
    RecordError,
    concerns,
    fix_hotspots,
    forget_all,
    hotspots_of,
    save_concerns,
    save_sign_off,
    sign_off_of,
)
from data.operations.performance.written import (
    commentaries,
    save_commentary,
    save_target,
    save_value,
    targets,
    typed_values,
)
from data.services.performance.entry import NotValuesError, import_concerns, import_values
from models.calendar.periods import Period
from models.calendar.quarters import Quarter
from models.performance.records import (
    CommentaryDraft,
    Concern,
    FixedArea,
    FixedHotspots,
    SignedFigure,
    SignOff,
    TypedDraft,
)

if TYPE_CHECKING:
    from pathlib import Path

    from data.operations.database import Operations

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
OFFICER = Person("Amina Khan", "officer")
OTHER = Person("Ben Osei", "administrator")
PANEL = Person("Ward panel", "panel")
QUARTER = Quarter(2026, 2)
WORDS = CommentaryDraft("Fewer calls.", "Patrols.", "Winter.", "Head of service")
FIGURE = SignedFigure(
    indicator="burglary",
    name="Burglary",
    value=412.0,
    before=None,
    months="Jul to Sep 2026",
    change="not compared",
    target="−5 %",
    status="– No comparison",
    rolling=None,
    notes="",
    commentary="Fewer.",
    reasons="Patrols.",
    risk="Winter.",
    owner="Head of service",
)


@pytest.fixture
def actor(operations: Operations) -> Actor:
    return Actor(operations, OFFICER, NOW)


def write(ops: Operations, words: CommentaryDraft, *, revision: int, who: Person = OFFICER) -> None:
    save_commentary(
        Actor(ops, who, NOW), "burglary", quarter=QUARTER, draft=words, revision=revision
    )


def signed() -> SignOff:
    return SignOff(QUARTER, 7, (FIGURE,), "Board of 20 October", OFFICER.name, NOW)


def test_commentary_is_kept_with_its_history(operations: Operations) -> None:
    write(operations, WORDS, revision=0)
    changed = CommentaryDraft("Fewer calls at night.", "Patrols.", "", "Head of service")
    write(operations, changed, revision=1, who=OTHER)
    first, second = commentaries(operations, QUARTER)["burglary"]
    assert (first.draft, first.written.person, first.written.revision) == (WORDS, "Amina Khan", 1)
    assert (second.draft, second.written.person) == (changed, "Ben Osei")
    assert second.written.at == NOW
    assert second.draft.missing == ("strategic risk",)
    assert commentaries(operations, QUARTER.previous) == {}


def test_who_saves_on_an_older_revision_is_refused_and_nothing_is_lost(
    operations: Operations,
) -> None:
    write(operations, WORDS, revision=0)
    with pytest.raises(ChangedMeanwhileError, match="Nothing of your change was saved"):
        write(operations, CommentaryDraft("Mine.", "", "", ""), revision=0, who=OTHER)
    (only,) = commentaries(operations, QUARTER)["burglary"]
    assert only.draft == WORDS


def test_of_two_who_save_at_once_one_succeeds_and_one_is_told(operations: Operations) -> None:
    ready, outcomes = threading.Barrier(2), []

    def save(who: Person) -> None:
        ready.wait()
        try:
            write(operations, WORDS, revision=0, who=who)
            outcomes.append("saved")
        except ChangedMeanwhileError:
            outcomes.append("told")

    threads = [threading.Thread(target=save, args=(who,)) for who in (OFFICER, OTHER)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == ["saved", "told"]
    assert len(commentaries(operations, QUARTER)["burglary"]) == 1


def test_a_target_can_be_taken_away_and_is_of_its_year_alone(
    actor: Actor, operations: Operations
) -> None:
    for revision, change in enumerate((-5.0, None)):
        save_target(
            actor, "burglary", year=2026, change=change, owner="Head of service", revision=revision
        )
    held = targets(operations, year=2026)["burglary"]
    assert (held.change, held.owner, held.written.revision) == (None, "Head of service", 2)
    assert targets(operations, year=2025) == {}


def test_typed_values_keep_every_revision(actor: Actor, operations: Operations) -> None:
    for revision, value in enumerate((41.0, 44.0)):
        draft = TypedDraft("treatment_orders", QUARTER, value)
        save_value(actor, draft, revision=revision)
    first, second = typed_values(operations)[("treatment_orders", "2026-Q2")]
    assert (first.draft.value, second.draft.value) == (41.0, 44.0)


@pytest.mark.parametrize(
    ("indicator", "value", "replies", "why"),
    [
        ("burglary", 4.0, None, "counted, not typed in"),
        ("treatment_orders", 4.5, None, "not a whole number"),
        ("treatment_orders", -1.0, None, "at least 0"),
        ("treatment_orders", float("nan"), None, "at least 0"),
        ("victim_satisfaction", 101.0, 200, "more than 100"),
        ("victim_satisfaction", 60.0, 0, "leave it empty"),
    ],
)
def test_an_impossible_value_is_refused(
    sqlite_operations: Operations, indicator: str, value: float, replies: int | None, why: str
) -> None:
    draft = TypedDraft(indicator, QUARTER, value, replies)
    with pytest.raises(RecordError, match=why):
        save_value(Actor(sqlite_operations, OFFICER, NOW), draft, revision=0)
    assert typed_values(sqlite_operations) == {}


def test_a_quarter_is_signed_off_once_and_its_words_stay(
    actor: Actor, operations: Operations
) -> None:
    write(operations, WORDS, revision=0)
    save_sign_off(actor, signed())
    assert sign_off_of(operations, QUARTER) == signed()
    with pytest.raises(AlreadySignedOffError, match="signed off by Amina Khan on 21 Nov 2026"):
        save_sign_off(Actor(operations, OTHER, NOW), signed())
    with pytest.raises(AlreadySignedOffError):
        write(operations, CommentaryDraft("Other.", "", "", ""), revision=1)
    (only,) = commentaries(operations, QUARTER)["burglary"]
    assert only.draft == WORDS


def test_hotspots_are_fixed_once_a_year_and_come_back_to_the_metre(
    actor: Actor, operations: Operations
) -> None:
    areas = (
        FixedArea("Brick Lane", 1, box(0, 0, 100, 100)),
        FixedArea("Poplar", 2, box(200, 0, 250, 50)),
    )
    data = Period(date(2025, 4, 1), date(2026, 3, 31))
    fixed = FixedHotspots(2026, areas, data, "category=asb", 7, OFFICER.name, NOW)
    fix_hotspots(actor, fixed)
    assert hotspots_of(operations, 2026) == fixed
    assert hotspots_of(operations, 2025) is None
    with pytest.raises(AlreadyFixedError, match="not chosen again"):
        fix_hotspots(Actor(operations, OTHER, NOW), fixed)


def test_a_consultation_taken_again_takes_its_new_shares(
    actor: Actor, operations: Operations
) -> None:
    asked = date(2016, 10, 31)
    listed = [
        Concern("Survey", asked, 1389, "Drugs and alcohol", 0.244, "drugs"),
        Concern("Survey", asked, 1389, "ASB", 0.224, "asb"),
    ]
    save_concerns(actor, listed)
    again = Concern("Survey", asked, 1390, "ASB", 0.30, "asb")
    save_concerns(actor, [again])
    assert concerns(operations) == (again, listed[0])
    wrong = Concern("Survey", asked, 1389, "Other", 1.2)
    with pytest.raises(RecordError, match="share from 0 to 100"):
        save_concerns(actor, [wrong])


def test_a_ward_panel_writes_nothing(operations: Operations) -> None:
    actor = Actor(operations, PANEL, NOW)
    with pytest.raises(NotAllowedError):
        write(operations, WORDS, revision=0, who=PANEL)
    with pytest.raises(NotAllowedError):
        save_sign_off(actor, signed())
    with pytest.raises(NotAllowedError):
        save_concerns(actor, [])
    with pytest.raises(NotAllowedError):
        forget_all(actor)
    assert commentaries(operations, QUARTER) == {}


def test_every_write_is_in_the_audit_trail(actor: Actor, operations: Operations) -> None:
    write(operations, WORDS, revision=0)
    save_sign_off(actor, signed())
    found = trail(operations, person=OTHER, newest=None)
    assert len(found) == 2
    assert found.astype("str").apply(" ".join, axis=1).str.contains("Amina Khan").all()


def test_taking_the_demo_out_forgets_all_of_it(actor: Actor, operations: Operations) -> None:
    write(operations, WORDS, revision=0)
    save_sign_off(actor, signed())
    areas = (FixedArea("Brick Lane", 1, box(0, 0, 100, 100)),)
    data = Period(date(2025, 4, 1), date(2026, 3, 31))
    fixed = FixedHotspots(2026, areas, data, "category=asb", 7, OFFICER.name, NOW)
    fix_hotspots(actor, fixed)
    forget_all(actor)
    assert commentaries(operations, QUARTER) == {}
    assert sign_off_of(operations, QUARTER) is None
    assert hotspots_of(operations, 2026) is None


def test_values_are_imported_row_by_row_and_again_changes_nothing(
    sqlite_operations: Operations, tmp_path: Path
) -> None:
    actor = Actor(sqlite_operations, OFFICER, NOW)
    file = tmp_path / "values.csv"
    file.write_text(
        "Indicator,Quarter,Value,Replies,Note\n"
        "treatment_orders,2026-Q2,41,,return of 9 October\n"
        'Victim satisfaction,2026-Q2,61.5 %,"1,212",survey\n'
        "burglary,2026-Q2,4,,\n"
        "treatment_orders,2026-Q7,4,,\n"
        "nobody knows,2026-Q2,4,,\n"
        "treatment_orders,2026-Q1,many,,\n"
    )
    first = import_values(actor, file)
    assert (first.rows_read, first.accepted) == (6, 2)
    assert [row for row, _ in first.rejected] == [4, 5, 6, 7]
    reasons = " ".join(reason for _, reason in first.rejected)
    assert "counted, not typed in" in reasons
    assert "not a quarter" in reasons
    assert "Unknown indicator 'nobody knows'" in reasons
    assert "'many' is not a number" in reasons
    held = typed_values(sqlite_operations)
    (share,) = held[("victim_satisfaction", "2026-Q2")]
    assert (share.draft.value, share.draft.replies) == (61.5, 1212)
    import_values(actor, file)
    assert {
        key: len(each) for key, each in typed_values(sqlite_operations).items()
    } == dict.fromkeys(held, 1)


def test_a_consultation_is_imported_row_by_row(
    sqlite_operations: Operations, tmp_path: Path
) -> None:
    file = tmp_path / "consultation.csv"
    file.write_text(
        "consultation,asked on,replies,concern,share,category\n"
        "Survey 2016,31/10/2016,1389,Drugs and alcohol,24.4 %,Drugs\n"
        "Survey 2016,2016-10-31,1389,Gangs,0.094,\n"
        "Survey 2016,sometime,1389,Noise,5 %,\n"
        "Survey 2016,31/10/2016,1389,Road safety,7.3 %,roads\n"
        "Survey 2016,31/10/2016,0,Litter,7.3 %,\n"
    )
    found = import_concerns(Actor(sqlite_operations, OFFICER, NOW), file)
    assert (found.rows_read, found.accepted, len(found.rejected)) == (5, 2, 3)
    drugs, gangs = concerns(sqlite_operations)
    assert (drugs.share, drugs.category, drugs.asked_on) == (0.244, "drugs", date(2016, 10, 31))
    assert (gangs.share, gangs.category) == (0.094, "")


def test_a_file_that_holds_something_else_is_refused(
    sqlite_operations: Operations, tmp_path: Path
) -> None:
    file = tmp_path / "other.csv"
    file.write_text("a,b\n1,2\n3,4\n")
    with pytest.raises(NotValuesError, match="indicator, quarter, value"):
        import_values(Actor(sqlite_operations, OFFICER, NOW), file)
