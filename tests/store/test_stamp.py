"""The state of the store that kept answers hold for: one a run, and another after every change."""

from __future__ import annotations

import os
import threading
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pytest
import shapely
import streamlit as st

from data.incidents import table
from data.incidents.ingest import import_batches
from data.incidents.table import EmptyStoreError
from data.layers.base_points import BasePoints, save_base
from data.layers.places import save_places
from data.layers.premises import save_premises
from data.layers.severity import SHIPPED, use_severity
from data.layers.wards import NoWardsError, save_wards
from data.settings import Settings
from data.settings import settings as settings_of_process
from geo.crs import BRITISH_NATIONAL_GRID
from geo.places import PlacesLayer
from models.calendar.periods import Period
from models.hotspots.kde import KdeSettings
from models.incidents.filters import IncidentFilter
from models.nights.premises import Premises
from models.reviews.fixing import Choice
from models.tasking.tasking import Tasking
from pages.review.night_time_economy_parts import queries_nights
from pages.review.performance_parts import queries_performance
from pages.shell import queries, queries_operations, queries_today
from pages.shell import stamp as stamps
from pages.shell.stamp import one_version, stamp
from pages.tasking.plan_parts import queries_plan
from pages.tasking.reviews_parts import queries_reviews
from tests.incident_rows import NOW, batch, hourly_rows, settings_in, three_wards
from tests.made_taskings import DECISION, DRAFT, WARDS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

DAY: Final = date(2024, 1, 9)
WEEK: Final = IncidentFilter(Period(date(2024, 1, 1), date(2024, 1, 7)))


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Settings]:
    """The settings of this process, for a store that holds nothing."""
    own = settings_in(tmp_path)
    monkeypatch.setenv("HOTSPOT_STORE", str(own.store))
    settings_of_process.cache_clear()
    st.cache_resource.clear()
    yield own
    settings_of_process.cache_clear()
    st.cache_resource.clear()


@pytest.fixture
def own(empty: Settings) -> Settings:
    """The same with three wards, two hundred incidents and one of licensed premises."""
    wards = three_wards()
    empty.store.mkdir(parents=True)
    save_wards(wards, empty.wards_path)
    import_batches(
        iter([batch(*hourly_rows(200))]), settings=empty, wards=wards, name="calls", now=NOW
    )
    at = np.array([530_500.0]), np.array([180_500.0])
    closes, since = np.array([840], np.int16), np.array([19_000])
    save_premises(
        Premises("Register", DAY, ("House",), ("Bar",), *at, closes, since, BRITISH_NATIONAL_GRID),
        empty.premises_path,
    )
    return empty


@pytest.fixture
def openings(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What the version was, each time that the table was opened to look it up."""
    seen: list[int] = []

    def counting(settings: Settings) -> table.DeltaTable:
        opened = table.opened(settings)
        seen.append(opened.version())
        return opened

    monkeypatch.setattr(stamps, "opened", counting)
    return seen


# What changes, and what each of the kept answers follows from; written by hand.


def new_version(own: Settings) -> None:
    table.note(table.opened(own), event={"kind": "other"})


def new_wards(own: Settings) -> None:
    later(own.wards_path)


def new_severity(own: Settings) -> None:
    use_severity(SHIPPED, settings=own)


def new_station(own: Settings) -> None:
    frame = gpd.GeoDataFrame(
        {"name": ["Mile End"], "place_class": [""]},
        geometry=[shapely.Point(530_500, 180_500)],
        crs=BRITISH_NATIONAL_GRID,
    )
    layer = PlacesLayer("station", "Stations", DAY, "by hand", "none", "none", frame)
    save_places(layer, own, now=NOW, person="P Kay")


def new_base(own: Settings) -> None:
    at = np.array([530_500.0]), np.array([180_500.0])
    save_base(
        BasePoints("doors", "Doors", DAY, *at, np.array([1.0]), "", BRITISH_NATIONAL_GRID),
        own.bases_path,
    )


def base_replaced(own: Settings) -> None:
    later(own.bases_path / "doors.parquet")


def base_taken_away(own: Settings) -> None:
    (own.bases_path / "doors.parquet").unlink()


def new_night_words(own: Settings) -> None:
    (own.store / "night_words.toml").write_text('[default]\nrowdy = ["drunk"]\n')


def new_night_hours(own: Settings) -> None:
    assert settings_of_process().store == own.store
    settings_of_process().night_end_hour = 5


def premises_replaced(own: Settings) -> None:
    later(own.premises_path)


def later(path: Path) -> None:
    at = path.stat().st_mtime_ns + 1_000_000
    os.utime(path, ns=(at, at))


CHANGES: Final = (
    new_version,
    new_wards,
    new_severity,
    new_base,
    base_replaced,
    base_taken_away,
    new_night_words,
    new_night_hours,
    premises_replaced,
    new_station,
)
STORE: Final = {new_version, new_wards, new_severity, new_night_hours, new_station}
BASES: Final = {new_base, base_replaced, base_taken_away}


@pytest.mark.parametrize(
    ("ask", "follows"),
    [
        (queries.store, STORE),
        (lambda: queries.detection(WEEK, KdeSettings()), STORE | BASES),
        (lambda: queries.density(WEEK, KdeSettings(), theme="light"), STORE | BASES),
        (lambda: queries.patterns(WEEK), STORE),
        (lambda: queries.runs(WEEK, category="asb"), STORE),
        (lambda: queries.ground("dark", ward_codes=("E05000001",)), STORE),
        (queries.source_quality, STORE),
        (queries_operations.operations, set()),
        (lambda: queries_today.news(DAY), STORE),
        (
            lambda: queries_plan.basis(WEEK, KdeSettings(), top=5, gap_minutes=120),
            STORE | BASES,
        ),
        (lambda: queries_nights.history(WEEK), STORE | {new_night_words}),
        (lambda: queries_nights.detected_areas(WEEK), STORE | {new_night_words}),
        (lambda: queries_nights.premises(), {premises_replaced}),
        (
            lambda: queries_nights.review(WEEK),
            STORE | {new_night_words, premises_replaced},
        ),
        (
            lambda: queries_nights.premises_table(WEEK),
            STORE | {new_night_words, premises_replaced},
        ),
        (queries_performance.counts, STORE),
    ],
)
def test_an_answer_is_new_after_just_the_changes_that_it_follows_from(
    own: Settings, ask: Callable[[], object], follows: set[Callable[[Settings], None]]
) -> None:
    answer = ask()
    assert answer is not None
    for change in CHANGES:
        assert ask() is answer
        change(own)
        newer = ask()
        assert (newer is not answer) == (change in follows), change.__name__
        answer = newer


def test_reviews_are_new_when_what_is_asked_or_another_tasking_changes(
    own: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries_reviews, "question_of", lambda *_, **__: None)
    monkeypatch.setattr(queries_reviews, "question_about", lambda *_, **__: None)
    monkeypatch.setattr(queries_reviews, "review", lambda *_: [])
    one = Tasking(1, DRAFT, DECISION, "active", 1, WARDS, NOW)
    other = replace(one, tasking_id=2)
    asked = {"taskings": (one, other), "until": DAY}
    first = queries_reviews.tasking_review(one, **asked)
    assert queries_reviews.tasking_review(replace(one), **asked) is first
    for tasking, changes in (
        (other, {}),
        (replace(one, version=2), {}),
        (one, {"until": date(2024, 2, 1)}),
        (one, {"taskings": (one, replace(other, version=2))}),
        (one, {"taskings": (one,)}),
    ):
        assert queries_reviews.tasking_review(tasking, **(asked | changes)) is not first
    about = {
        "after": WEEK.period,
        "incident_filter": WEEK,
        "choice": Choice(),
        "taskings": (one, other),
    }
    first = queries_reviews.intervention_review(DRAFT.area, **about)
    assert queries_reviews.intervention_review(DRAFT.area, **about) is first
    for name, value in (
        ("after", Period(DAY, DAY)),
        ("incident_filter", replace(WEEK, categories=("asb",))),
        ("choice", Choice(by_figures=False)),
        ("taskings", (one, replace(other, version=2))),
    ):
        answer = queries_reviews.intervention_review(DRAFT.area, **(about | {name: value}))
        assert answer is not first, name
    assert queries_reviews.intervention_review(DRAFT.area.buffer(1), **about) is not first


def test_a_new_version_brings_its_incidents(own: Settings) -> None:
    assert len(queries.store().snapshot.incidents) == 200
    more = batch(*hourly_rows(40, prefix="new"))
    import_batches(iter([more]), settings=own, wards=three_wards(), name="more", now=NOW)
    assert len(queries.store().snapshot.incidents) == 240


def test_a_run_sees_one_version_from_its_beginning_to_its_end(
    own: Settings, openings: list[int]
) -> None:
    first = stamp().version
    openings.clear()
    with one_version():
        assert not openings  # a run that asks nothing opens nothing
        before = queries.store()
        new_version(own)
        assert stamp().version == first
        assert queries.detection(WEEK, KdeSettings()).selection.version == first
        with one_version():
            assert queries.store() is before
        assert queries.store() is before
        assert openings == [first]
    assert stamp().version == first + 1
    assert queries.store().snapshot.version == first + 1


def test_a_run_that_learned_the_version_first_reads_that_version_later(own: Settings) -> None:
    """The table may be read long after the version was looked up, and an import end between."""
    with one_version():
        first = stamp().version
        new_version(own)
        assert queries.store().snapshot.version == first
    assert queries.store().snapshot.version == first + 1


def test_one_answer_alone_looks_the_version_up_once(own: Settings, openings: list[int]) -> None:
    queries.detection(WEEK, KdeSettings())
    assert len(openings) == 1


def test_the_next_run_sees_the_new_version_after_an_error_too(own: Settings) -> None:
    first = stamp().version

    @one_version()
    def run() -> None:
        assert stamp().version == first
        new_version(own)
        message = "stopped"
        raise RuntimeError(message)

    with pytest.raises(RuntimeError, match="stopped"):
        run()
    with one_version():
        assert stamp().version == first + 1


def test_another_thread_looks_for_itself(own: Settings) -> None:
    seen: list[int] = []
    with one_version():
        first = stamp().version
        new_version(own)
        thread = threading.Thread(target=lambda: seen.append(stamp().version))
        thread.start()
        thread.join()
        assert stamp().version == first
    assert seen == [first + 1]


def test_a_store_that_holds_nothing_yet_is_asked_again(empty: Settings) -> None:
    wards = three_wards()
    with one_version():
        with pytest.raises(NoWardsError):
            queries.store()
        empty.store.mkdir(parents=True)
        save_wards(wards, empty.wards_path)
        with pytest.raises(EmptyStoreError):
            queries.store()
        rows = batch(*hourly_rows(8))
        import_batches(iter([rows]), settings=empty, wards=wards, name="calls", now=NOW)
        assert len(queries.store().snapshot.incidents) == 8
