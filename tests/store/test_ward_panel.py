"""Ward figures from the store: published once, of what, by whom; later corrections tell nothing.

Two wards of a made-up borough and one beyond it; counts are known for each kind and month.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from data.access import NotAllowedError, Person
from data.exports.ward_tables import figures_file
from data.incidents.ingest import import_batches
from data.incidents.store import Store
from data.incidents.wards_join import use_wards
from data.layers.context import save_context
from data.operations.actor import Actor
from data.operations.audit.changes import changes
from data.operations.database import Operations
from data.operations.wards.figures_secret import figures_secret
from data.operations.wards.releases import (
    AlreadyPublishedError,
    NotPublishedError,
    OverlapError,
    add_release,
    released,
    ward_quarters,
    withdraw,
)
from data.services.ward_panel.population import ward_incidents
from data.services.ward_panel.publishing import (
    NotDueError,
    publish_due,
    publish_quarters,
    series_of,
    waiting,
)
from data.services.ward_panel.view import UnknownWardError, ward_view, wards_of
from models.calendar.quarters import Quarter
from models.indicators.small_areas import Context
from models.ward_panel.publication import publish
from models.ward_panel.view import Residents
from models.ward_panel.ward_release import Release, WardFigures
from models.wording.categories import PANEL_CATEGORIES
from tests.incident_rows import batch, row, settings_in, three_wards
from tests.store_cli import hotspots

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from numpy.typing import NDArray

    from data.settings import Settings

NOW = datetime(2024, 9, 1, 9, 0, tzinfo=UTC)
READER = Person("Panel", "panel")
QUARTER = Quarter(2024, 1)  # April to June 2024
OFFICER, PANEL = Person("Amina Khan", "officer"), Person("A resident", "panel")
FIRST, SECOND, BEYOND = "E05000001", "E05000002", "E05000003"
LEFT = {FIRST: 530_000.0, SECOND: 531_000.0, BEYOND: 532_000.0}


def rows(
    ward: str, count: int, *, prefix: str, first: datetime | None = None, **values: object
) -> list[dict[str, Any]]:
    """`count` rows of a ward, a day apart and going round its ground."""
    start = first or datetime(2024, 4, 1, 11, 0, tzinfo=UTC)
    return [
        row(
            f"{prefix}-{ward}-{at}",
            starts_at=start + timedelta(days=at % 91, minutes=at // 91),
            easting=LEFT[ward] + 75 + 150 * (at % 6),
            northing=180_075.0 + 150 * (at % 5),
            **values,
        )
        for at in range(count)
    ]


def everything() -> list[dict[str, Any]]:
    return [
        *rows(FIRST, 182, prefix="asb"),
        *rows(FIRST, 3, prefix="robbery", category="robbery", offence="Robbery"),
        *rows(SECOND, 91, prefix="asb"),
        *rows(SECOND, 30, prefix="robbery", category="robbery", offence="Robbery"),
        *rows(SECOND, 20, prefix="violence", category="violence", offence="Assault"),
        *rows(BEYOND, 50, prefix="asb"),
        *rows(SECOND, 7, prefix="home", category="violence", domestic=True),
        *rows(SECOND, 6, prefix="hate", category="public_order", hate=True),
        *rows(SECOND, 8, prefix="words", category="violence", offence="Rape of a female over 16"),
    ]


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    chosen = settings_in(tmp_path_factory.mktemp("wards"))
    use_wards(three_wards(), settings=chosen, now=NOW)
    import_batches(
        [batch(*everything())], settings=chosen, wards=three_wards(), name="calls.csv", now=NOW
    )
    return chosen


@pytest.fixture
def settings(made: Settings, tmp_path: Path) -> Settings:
    shutil.copytree(made.store, tmp_path / "var")
    return settings_in(tmp_path)


@pytest.fixture
def ops(settings: Settings) -> Iterator[Operations]:
    opened = Operations.open(settings)
    yield opened
    opened.close()


@pytest.fixture
def store(settings: Settings) -> Store:
    return Store.open(settings)


def test_a_quarter_is_counted_changed_and_shown_to_everybody_alike(
    settings: Settings, store: Store, ops: Operations
) -> None:
    assert publish_due(store, Actor(ops, OFFICER, NOW)) == (QUARTER,)
    assert wards_of(store, ops, person=READER) == {FIRST: "Ward 1", SECOND: "Ward 2"}
    counted = ward_incidents(store)
    # Domestic, hate and sexual incidents of the second ward are within their kinds.
    assert np.bincount(counted.ward).tolist() == [185, 162]
    drawn = publish(
        counted.of(QUARTER),
        counted.pieces,
        secret=figures_secret(settings),
        name="2024-Q1, revision 1",
    )
    for at, code in enumerate((FIRST, SECOND)):
        seen = ward_view(store, ops, code, person=READER, now=NOW).newest
        assert (seen.figures, seen.borough) == (drawn.wards[at], drawn.borough)
        assert [each.incidents for each in seen.blocks] == [
            each.incidents for each in drawn.blocks[at]
        ]
        assert (seen.sources, seen.method, seen.revision) == (("cad",), "changing", 1)
    assert sum(each.total for each in drawn.wards) == drawn.borough.total


def test_violence_and_what_is_sensitive_are_on_no_map(store: Store) -> None:
    counted = ward_incidents(store)
    violence = counted.category == PANEL_CATEGORIES.index("violence")
    assert violence.sum() == 20 + 7 + 8
    off = counted.piece < 0
    assert (off & violence).sum() == violence.sum()
    assert off.sum() == violence.sum() + 6  # and the hate incidents
    others = ~off & (counted.ward == 1)
    assert others.sum() == 91 + 30


def test_a_later_correction_changes_no_published_figure(
    settings: Settings, store: Store, ops: Operations
) -> None:
    actor = Actor(ops, OFFICER, NOW)
    publish_due(store, actor)
    before = [ward_view(store, ops, code, person=READER, now=NOW) for code in (FIRST, SECOND)]
    late = rows(FIRST, 2, prefix="late", category="drugs")
    import_batches([batch(*late)], settings=settings, wards=three_wards(), name="late.csv", now=NOW)
    corrected = Store.open(settings)
    assert corrected.snapshot.version > store.snapshot.version
    assert waiting(corrected, ops, now=NOW) == ()
    assert publish_due(corrected, actor) == ()
    with pytest.raises(AlreadyPublishedError, match="published once"):
        publish_quarters(corrected, actor, [QUARTER])
    after = [ward_view(corrected, ops, code, person=READER, now=NOW) for code in (FIRST, SECOND)]
    assert [figures_file(each) for each in after] == [figures_file(each) for each in before]
    assert [each.quarters for each in after] == [each.quarters for each in before]


def test_a_withdrawn_quarter_is_shown_to_nobody_and_never_published_again(
    store: Store, ops: Operations
) -> None:
    actor = Actor(ops, OFFICER, NOW)
    publish_due(store, actor)
    series = series_of(store)
    with pytest.raises(NotAllowedError):
        withdraw(Actor(ops, PANEL, NOW), QUARTER, series=series, why="Wrong")
    withdraw(actor, QUARTER, series=series, why="A file was missing")
    assert released(ops, series=series) == ((QUARTER, False),)
    assert wards_of(store, ops, person=READER) == {}
    with pytest.raises(UnknownWardError, match="No ward figures are published yet"):
        ward_view(store, ops, FIRST, person=READER, now=NOW)
    assert publish_due(store, actor) == ()
    with pytest.raises(AlreadyPublishedError):
        publish_quarters(store, actor, [QUARTER])
    with pytest.raises(NotPublishedError):
        withdraw(actor, QUARTER, series=series, why="Again")


def test_the_command_line_publishes_what_is_due_and_says_what_is_not(settings: Settings) -> None:
    done = hotspots("ward-figures", "--yes", store=settings.store)
    assert done.returncode == 0, done.stderr
    assert "Not public: cad." in done.stdout
    assert "\nPublished: Q1 2024/25 (Apr to Jun 2024)." in done.stdout
    again = hotspots("ward-figures", store=settings.store)  # nothing is due, so nothing is asked
    assert "Published:" not in again.stdout
    unasked = hotspots("ward-figures", "--revise", "2024-Q1", "--why", "Late", store=settings.store)
    assert "Revise Q1 2024/25 (Apr to Jun 2024)?" in unasked.stdout
    assert "Revised" not in unasked.stdout
    nameless = hotspots("ward-figures", "--revise", "2024-Q1", "--yes", store=settings.store)
    assert nameless.returncode == 1
    assert "The revision cannot be saved as it is. It has no reason" in nameless.stderr
    revise = ("ward-figures", "--revise", "2024-Q1", "--why", "Late files", "--yes")
    revised = hotspots(*revise, store=settings.store)
    assert revised.stdout.endswith("Revised: Q1 2024/25 (Apr to Jun 2024).\n"), revised.stderr
    for wrong in (("--withdraw", "2099-Q1"), ("--revise", "0000-Q1"), ("--revise", "2024-Q1")):
        refused = hotspots("ward-figures", *wrong, "--why", "Wrong", store=settings.store)
        assert (refused.returncode, refused.stdout) == (1, "")
    alone = hotspots("ward-figures", "--why", "Wrong", store=settings.store)
    assert alone.returncode == 2
    gone = ("ward-figures", "--withdraw", "2024-Q1", "--why", "A file was wrong", "--yes")
    withdrawn = hotspots(*gone, store=settings.store)
    assert withdrawn.stdout == "Withdrawn: Q1 2024/25 (Apr to Jun 2024).\n", withdrawn.stderr


def test_a_panel_publishes_nothing(store: Store, ops: Operations) -> None:
    actor = Actor(ops, PANEL, NOW)
    with pytest.raises(NotAllowedError, match="Publishing ward figures"):
        publish_due(store, actor)
    with pytest.raises(NotAllowedError):
        publish_quarters(store, actor, [])
    assert wards_of(store, ops, person=READER) == {}


def test_a_quarter_is_due_a_month_after_its_end_and_not_before(
    store: Store, ops: Operations
) -> None:
    early = datetime(2024, 7, 30, 9, 0, tzinfo=UTC)
    (held,) = waiting(store, ops, now=early)
    assert held.why_not.startswith("it is due on 31 Jul 2024")
    with pytest.raises(NotDueError, match="31 Jul 2024"):
        publish_quarters(store, Actor(ops, OFFICER, early), [QUARTER])
    assert waiting(store, ops, now=early + timedelta(days=1))[0].why_not == ""


def test_a_quarter_with_incidents_missing_is_not_due(
    settings: Settings, store: Store, ops: Operations
) -> None:
    more = rows(FIRST, 40, prefix="new", first=datetime(2024, 7, 1, 9, 0, tzinfo=UTC))
    import_batches([batch(*more)], settings=settings, wards=three_wards(), name="new", now=NOW)
    later = datetime(2025, 1, 1, 9, 0, tzinfo=UTC)
    held = waiting(Store.open(settings), ops, now=later)
    assert [each.quarter for each in held] == [QUARTER, Quarter(2024, 2)]
    assert held[0].why_not == ""
    assert "they end on 9 Aug 2024" in held[1].why_not


def test_an_account_that_is_tied_to_wards_is_given_those_and_no_other(
    store: Store, ops: Operations
) -> None:
    publish_due(store, Actor(ops, OFFICER, NOW))
    tied = Person("Panel of Ward 2", "panel", wards=(SECOND, BEYOND))
    assert wards_of(store, ops, person=tied) == {SECOND: "Ward 2"}
    own = ward_view(store, ops, SECOND, person=tied, now=NOW)
    everybodys = ward_view(store, ops, SECOND, person=READER, now=NOW)
    assert figures_file(own) == figures_file(everybodys)
    for other in (FIRST, BEYOND):  # published and not theirs, theirs and not published
        with pytest.raises(UnknownWardError, match=rf"'{other}'; there are of 1 ward"):
            ward_view(store, ops, other, person=tied, now=NOW)
    nowhere = Person("Panel of nowhere", "panel", wards=())
    assert wards_of(store, ops, person=nowhere) == {}


def test_an_unknown_ward_is_named_with_what_to_do(store: Store, ops: Operations) -> None:
    publish_due(store, Actor(ops, OFFICER, NOW))
    with pytest.raises(UnknownWardError, match=r"'E05000003'; there are of 2 wards"):
        ward_view(store, ops, BEYOND, person=READER, now=NOW)


def test_rates_on_residents_need_the_whole_boroughs_population(
    settings: Settings, store: Store, ops: Operations
) -> None:
    publish_due(store, Actor(ops, OFFICER, NOW))
    assert ward_view(store, ops, FIRST, person=READER, now=NOW).residents is None
    areas = ("A", "B", "C")
    some = np.array([9_000.0, np.nan, 5_000.0])
    save_context(_areas(areas, residents=some), settings.context_path)
    assert ward_view(store, ops, FIRST, person=READER, now=NOW).residents is None
    known = np.array([9_000.0, 6_000.0, 5_000.0])
    save_context(_areas(areas, residents=known), settings.context_path)
    seen = ward_view(store, ops, FIRST, person=READER, now=NOW)
    assert seen.residents == Residents(9_000, 15_000, sparse=False)


def _areas(codes: tuple[str, ...], *, residents: NDArray[np.float64]) -> Context:
    """Small areas, one in the middle of each ward."""
    unknown = np.full(len(codes), np.nan)
    return Context(
        title="Residents",
        code=codes,
        residents=residents,
        ambient=unknown,
        deprivation=unknown,
        easting=np.array(list(LEFT.values())) + 500.0,
        northing=np.full(len(codes), 180_500.0),
        outline=np.full(len(codes), None, dtype=object),
        metric_crs="EPSG:27700",
    )


def test_published_figures_are_not_copied_into_the_audit_trail(
    store: Store, ops: Operations
) -> None:
    publish_due(store, Actor(ops, OFFICER, NOW))
    with ops.reading() as session:
        seen = changes(session)
    assert {each.table for each in seen} == {"ward_releases", "ward_release_wards"}
    assert {each.person for each in seen} == {"Amina Khan"}
    assert all(each.after is not None and each.after["figures"] == "(secret)" for each in seen)


def test_a_release_comes_back_as_it_was_published(operations: Operations) -> None:
    actor = Actor(operations, OFFICER, NOW)
    shown = WardFigures(30, (10, None, 20, *[0] * 8), (10, None, None), (30, *[0] * 8))
    kept = Release(
        quarter=QUARTER,
        published_at=NOW,
        published_by="Amina Khan",
        table_version=4,
        threshold=5,
        cell_m=150.0,
        sources=("cad",),
        public_sources=(),
        method="hiding",
        revision=1,
        why_revised="",
        borough_name="Home",
        borough=replace(shown, total=44),
        names={FIRST: "Ward 1", SECOND: "Ward 2"},
        wards={FIRST: shown, SECOND: None},
        blocks={FIRST: (), SECOND: ()},
        activities={},
    )
    add_release(actor, kept, series="X")
    (back,) = ward_quarters(operations, FIRST, series="X")
    assert (back.figures, back.borough.total, back.quarter) == (shown, 44, QUARTER)
    assert back.published_at == NOW
    assert ward_quarters(operations, SECOND, series="X")[0].figures is None
    assert ward_quarters(operations, FIRST, series="Y") == ()
    with pytest.raises(AlreadyPublishedError):
        add_release(actor, kept, series="X")
    add_release(actor, kept, series="SIM X")
    with pytest.raises(OverlapError, match=r"Ward 1 .* for Home \(X, Ward 1\)"):
        add_release(actor, kept, series="Y")
