"""Figures of a quarter counted again: once, of the same ground, with every figure drawn again."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from data.access import NotAllowedError
from data.exports.ward_handout import ward_handout_file
from data.exports.ward_tables import figures_file
from data.incidents.store import Store
from data.incidents.wards_join import use_wards
from data.operations.actor import Actor
from data.operations.wards.releases import (
    NotPublishedError,
    add_release,
    ward_quarters,
    withdraw,
)
from data.operations.wards.revisions import CannotReviseError, revise_release
from data.operations.wards.tables import ReplacedReleaseRow, WardReleaseRow, WardReleaseWardRow
from data.services.ward_panel.publishing import (
    publish_due,
    revise_quarter,
    series_of,
)
from data.services.ward_panel.view import ward_view
from geo.crs import BRITISH_NATIONAL_GRID
from geo.wards import ward_layer
from models.tasking.ward_priorities import WardRecordError
from models.ward_panel.ward_release import Release, WardFigures
from tests.incident_rows import three_wards
from tests.ward_store import (
    FIRST,
    NOW,
    OFFICER,
    PANEL,
    QUARTER,
    SECOND,
    late_incident,
    layer,
)

if TYPE_CHECKING:
    from data.operations.database import Operations
    from data.settings import Settings


def test_a_revision_draws_every_figure_again_once_and_is_dated(
    released: Settings, ops: Operations
) -> None:
    actor = Actor(ops, OFFICER, NOW)
    store = Store.open(released)
    with pytest.raises(NotPublishedError):
        revise_quarter(store, actor, QUARTER, why="Late files")
    publish_due(store, actor)
    before = ward_view(store, ops, SECOND, person=OFFICER, now=NOW)
    with pytest.raises(WardRecordError):
        revise_quarter(store, actor, QUARTER, why=" ")
    with pytest.raises(NotAllowedError):
        revise_quarter(store, Actor(ops, PANEL, NOW), QUARTER, why="Late files")
    later = NOW + timedelta(days=40)
    revise_quarter(late_incident(released), actor.at(later), QUARTER, why="Late files")
    after = ward_view(store, ops, SECOND, person=OFFICER, now=later)
    # No incident of this ward is another, and its figures are drawn again all the same.
    assert after.newest.figures != before.newest.figures
    assert (after.newest.revision, after.newest.why_revised) == (2, "Late files")
    assert after.newest.published_at == later
    handout = ward_handout_file(after, store.wards.frame, now=later, ending=".html").decode()
    assert "revised on 11 Oct 2024 (“Late files”)" in handout
    assert ",2,changing figures by chance" in figures_file(after).decode("utf-8-sig")
    with pytest.raises(CannotReviseError, match="revised before"):
        revise_quarter(store, actor, QUARTER, why="Again")
    with ops.reading() as session:
        (kept,) = session.scalars(select(ReplacedReleaseRow))
        assert (kept.revision, kept.published_at) == (1, NOW)
        shown = {code: figures for code, _, figures in kept.wards}
    assert shown[SECOND]["total"] == before.newest.figures.total  # type: ignore[union-attr]


def test_a_revision_without_a_correction_shows_nothing_of_that(
    released: Settings, ops: Operations
) -> None:
    actor, store = Actor(ops, OFFICER, NOW), Store.open(released)
    publish_due(store, actor)
    before = ward_quarters(ops, FIRST, series=series_of(store))[0]
    revise_quarter(store, actor, QUARTER, why="Late files")
    after = ward_quarters(ops, FIRST, series=series_of(store))[0]
    assert after.figures != before.figures
    assert [each.incidents for each in after.blocks] != [each.incidents for each in before.blocks]


def test_a_withdrawn_quarter_and_one_of_an_earlier_version_are_not_revised(
    released: Settings, ops: Operations
) -> None:
    actor, store = Actor(ops, OFFICER, NOW), Store.open(released)
    publish_due(store, actor)
    with actor.session() as session:
        (row_,) = session.scalars(select(WardReleaseRow))
        row_.method = None
    with pytest.raises(CannotReviseError, match="earlier version"):
        revise_quarter(store, actor, QUARTER, why="Late files")
    withdraw(actor, QUARTER, series=series_of(store), why="Wrong")
    with pytest.raises(NotPublishedError):
        revise_quarter(store, actor, QUARTER, why="Late files")


def test_a_revision_is_of_the_same_wards_ground_and_squares(
    released: Settings, ops: Operations
) -> None:
    actor = Actor(ops, OFFICER, NOW)
    publish_due(Store.open(released), actor)
    other = released.model_copy(update={"ward_panel_cell_m": 150.0})
    with pytest.raises(CannotReviseError, match="HOTSPOT_WARD_PANEL_CELL_M=200"):
        revise_quarter(Store.open(other), actor, QUARTER, why="Late files")
    home = released.borough_code
    one_less = three_wards().frame.iloc[[0, 2]]
    moved = layer(borough=home, shift_m=30.0)
    recoded = layer(borough=home, codes="E05001")
    for wards in (ward_layer(one_less, metric_crs=BRITISH_NATIONAL_GRID), moved, recoded):
        use_wards(wards, settings=released, now=NOW)
        with pytest.raises(CannotReviseError, match="load the wards of then"):
            revise_quarter(Store.open(released), actor, QUARTER, why="Late files")
    (kept,) = ward_quarters(ops, FIRST, series=home)
    assert kept.revision == 1


def test_what_was_done_stays_as_it_was_published(released: Settings, ops: Operations) -> None:
    actor, store = Actor(ops, OFFICER, NOW), Store.open(released)
    publish_due(store, actor)
    with actor.session() as session:
        for ward in session.scalars(select(WardReleaseWardRow)):
            ward.done = [["patrol", 24, [["Notices issued", 8]]]]
    low = released.model_copy(update={"ward_panel_threshold": 3})
    revise_quarter(Store.open(low), actor, QUARTER, why="Late files")
    (after,) = ward_quarters(ops, FIRST, series=series_of(store))
    assert (after.revision, after.threshold) == (2, 5)
    (done,) = after.activities
    assert (done.tactic, done.visits, done.finds) == ("patrol", 24, (("Notices issued", 8),))


def test_a_revision_takes_the_place_of_the_figures_on_both_databases(
    operations: Operations,
) -> None:
    actor = Actor(operations, OFFICER, NOW)
    shown = WardFigures(30, (10, 20, *[0] * 9), (10, 10, 10), (30, *[0] * 8))
    first = Release(
        quarter=QUARTER,
        published_at=NOW,
        published_by="Amina Khan",
        table_version=4,
        threshold=5,
        cell_m=200.0,
        sources=("cad",),
        public_sources=("cad",),
        method="changing",
        revision=1,
        why_revised="",
        borough_name="Home",
        borough=shown,
        names={FIRST: "Ward 1"},
        wards={FIRST: shown},
        blocks={FIRST: ()},
        activities={},
    )
    add_release(actor, first, series="X")
    later = NOW + timedelta(days=9)
    other = replace(shown, total=33, months=(11, 11, 11))
    second = replace(
        first,
        published_at=later,
        revision=2,
        why_revised="Late files",
        borough=other,
        wards={FIRST: other},
    )
    with pytest.raises(NotAllowedError):
        revise_release(Actor(operations, PANEL, later), second, series="X")
    more = replace(
        second,
        wards={FIRST: other, SECOND: shown},
        names={FIRST: "Ward 1", SECOND: "Ward 2"},
        blocks={FIRST: (), SECOND: ()},
    )
    with pytest.raises(CannotReviseError, match="ward E05000002"):
        revise_release(actor, more, series="X")
    revise_release(actor, second, series="X")
    (back,) = ward_quarters(operations, FIRST, series="X")
    assert (back.figures, back.revision, back.published_at) == (other, 2, later)
    with pytest.raises(CannotReviseError):
        revise_release(actor, second, series="X")
    with operations.reading() as session:
        (replaced,) = session.scalars(select(ReplacedReleaseRow))
        assert replaced.figures["total"] == 30
        assert [figures["total"] for _, _, figures in replaced.wards] == [30]
