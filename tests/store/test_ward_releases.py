"""One release for a quarter and its ground, revised once at most; its secret; what is said."""

from __future__ import annotations

import stat
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from data.access import NotAllowedError
from data.exports.ward_handout import ward_handout_file
from data.exports.ward_tables import figures_file
from data.incidents.ingest import import_batches
from data.incidents.store import Store
from data.incidents.wards_join import use_wards
from data.operations.actor import Actor
from data.operations.backup.backup import backup
from data.operations.backup.restore import restore
from data.operations.database import Operations
from data.operations.wards.figures_secret import NAME, FiguresSecretError, figures_secret
from data.operations.wards.ledger import NAME as LEDGER
from data.operations.wards.ledger import DrawnBeforeError, LedgerError
from data.operations.wards.releases import (
    AlreadyPublishedError,
    OverlapError,
    ward_quarters,
    withdraw,
)
from data.services.ward_panel import publishing
from data.services.ward_panel.population import NoHomeWardsError
from data.services.ward_panel.publishing import (
    OtherSquaresError,
    before_publishing,
    publish_due,
    publish_quarters,
    series_of,
    waiting,
    withdraw_quarter,
)
from data.services.ward_panel.view import ward_view
from data.settings import Settings
from models.calendar.quarters import Quarter
from tests.incident_rows import batch, row, settings_in, three_wards
from tests.ward_store import (
    FIRST,
    NOW,
    OFFICER,
    QUARTER,
    late_incident,
    layer,
)

if TYPE_CHECKING:
    from pathlib import Path


def test_settings_the_boroughs_code_and_another_ward_file_publish_nothing_twice(
    released: Settings, ops: Operations
) -> None:
    actor = Actor(ops, OFFICER, NOW)
    publish_due(Store.open(released), actor)
    late_incident(released)
    other = released.model_copy(update={"ward_panel_threshold": 9})
    with pytest.raises(AlreadyPublishedError):
        publish_quarters(Store.open(other), actor, [QUARTER])
    use_wards(layer(borough="E09000099"), settings=released, now=NOW)
    moved = released.model_copy(update={"borough_code": "E09000099"})
    with pytest.raises(OverlapError, match=r"the ground of Ward 1 .* published for .*Ward 1"):
        publish_quarters(Store.open(moved), actor, [QUARTER])
    renamed = layer(borough="E09000099", codes="E05001", shift_m=300.0)
    use_wards(renamed, settings=released, now=NOW)
    with pytest.raises(OverlapError):
        publish_quarters(Store.open(moved), actor, [QUARTER])
    withdraw(actor, QUARTER, series=released.borough_code, why="Wrong")
    with pytest.raises(OverlapError):
        publish_quarters(Store.open(moved), actor, [QUARTER])


def test_another_boroughs_ground_is_published_for_itself(
    released: Settings, ops: Operations
) -> None:
    actor = Actor(ops, OFFICER, NOW)
    publish_due(Store.open(released), actor)
    beyond = [
        row(
            f"beyond-{day}",
            starts_at=datetime(2024, 4, 1, 11, 0, tzinfo=UTC) + timedelta(days=day),
            easting=532_075.0,
        )
        for day in range(91)
    ]
    import_batches([batch(*beyond)], settings=released, wards=three_wards(), name="b", now=NOW)
    neighbour = str(three_wards().frame["borough_code"].iloc[-1])
    assert neighbour != released.borough_code
    moved = released.model_copy(update={"borough_code": neighbour})
    assert QUARTER in [each.quarter for each in waiting(Store.open(moved), ops, now=NOW)]
    rows = Store.open(moved)
    publish_quarters(rows, actor, [QUARTER])
    assert series_of(rows) == neighbour


def test_where_the_home_borough_is_not_in_the_ward_layer_nothing_is_published(
    released: Settings, ops: Operations
) -> None:
    nowhere = Store.open(released.model_copy(update={"borough_code": "E09000001"}))
    with pytest.raises(NoHomeWardsError, match="no ward of the home borough E09000001; it has"):
        publish_quarters(nowhere, Actor(ops, OFFICER, NOW), [QUARTER])
    with pytest.raises(NoHomeWardsError):
        publish_due(nowhere, Actor(ops, OFFICER, NOW))
    assert waiting(nowhere, ops, now=NOW) == ()


def test_the_same_incidents_have_the_same_figures_when_the_operations_are_lost(
    released: Settings, ops: Operations
) -> None:
    store = Store.open(released)
    publish_due(store, Actor(ops, OFFICER, NOW))
    first = ward_quarters(ops, FIRST, series=series_of(store))
    ops.close()
    released.operations_path.unlink()
    again = Operations.open(released)
    publish_due(store, Actor(again, OFFICER, NOW))
    second = ward_quarters(again, FIRST, series=series_of(store))
    again.close()
    assert [replace(each, published_at=NOW) for each in second] == [
        replace(each, published_at=NOW) for each in first
    ]


def test_a_quarter_that_the_operations_have_lost_is_not_drawn_a_second_time(
    released: Settings, ops: Operations
) -> None:
    store = Store.open(released)
    publish_due(store, Actor(ops, OFFICER, NOW))
    ops.close()
    released.operations_path.unlink()
    again = Operations.open(released)
    with pytest.raises(DrawnBeforeError, match=r"on 1 Sep 2024, and from other incidents"):
        publish_due(late_incident(released), Actor(again, OFFICER, NOW))
    (released.store / NAME).unlink()  # another secret
    with pytest.raises(DrawnBeforeError):
        publish_due(store, Actor(again, OFFICER, NOW))
    use_wards(layer(borough="E09000099"), settings=released, now=NOW)  # under another code
    moved = released.model_copy(update={"borough_code": "E09000099"})
    with pytest.raises(DrawnBeforeError):
        publish_due(Store.open(moved), Actor(again, OFFICER, NOW))
    for damaged in ("{", "[5]", '[{"quarter": 5}]', "null"):
        (released.store / LEDGER).write_text(damaged)
        with pytest.raises(LedgerError, match="cannot be read"):
            publish_due(store, Actor(again, OFFICER, NOW))
    assert ward_quarters(again, FIRST, series=series_of(store)) == ()
    again.close()


def test_a_withdrawn_quarter_stays_so_when_the_operations_are_lost(
    released: Settings, ops: Operations
) -> None:
    store = Store.open(released)
    publish_due(store, Actor(ops, OFFICER, NOW))
    withdraw_quarter(store, Actor(ops, OFFICER, NOW), QUARTER, why="Wrong")
    ops.close()
    released.operations_path.unlink()
    again = Operations.open(released)
    with pytest.raises(DrawnBeforeError, match="were withdrawn for good"):
        publish_due(store, Actor(again, OFFICER, NOW))
    again.close()


def test_what_could_not_be_published_does_not_stand_in_the_way(
    released: Settings, ops: Operations, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise NotAllowedError("This", role="panel")

    with monkeypatch.context() as patch:
        patch.setattr(publishing, "add_release", fails)
        with pytest.raises(NotAllowedError):
            publish_due(Store.open(released), Actor(ops, OFFICER, NOW))
    assert publish_due(late_incident(released), Actor(ops, OFFICER, NOW)) == (QUARTER,)


def test_maps_have_the_same_squares_in_every_quarter(released: Settings, ops: Operations) -> None:
    actor = Actor(ops, OFFICER, NOW)
    publish_due(Store.open(released), actor)
    other = released.model_copy(update={"ward_panel_cell_m": 300.0})
    with pytest.raises(OtherSquaresError, match=r"squares of 200 m, and .* says 300 m"):
        publish_quarters(Store.open(other), actor, [Quarter(2024, 2)])


def test_the_secret_is_made_once_whole_and_for_its_owner(tmp_path: Path) -> None:
    chosen = settings_in(tmp_path)
    chosen.store.mkdir(parents=True, exist_ok=True)
    made: list[bytes] = []
    at_once = [
        threading.Thread(target=lambda: made.append(figures_secret(chosen))) for _ in range(8)
    ]
    for each in at_once:
        each.start()
    for each in at_once:
        each.join()
    assert len(made) == 8
    assert len(set(made)) == 1
    assert len(made[0]) == 32
    assert stat.S_IMODE((chosen.store / NAME).stat().st_mode) == 0o600


@pytest.mark.parametrize("content", [b"", b"pepper", b"0" * 63, b"0" * 128, b"z" * 64])
def test_a_secret_that_is_not_whole_publishes_nothing(
    released: Settings, ops: Operations, content: bytes
) -> None:
    (released.store / NAME).write_bytes(content)
    with pytest.raises(FiguresSecretError, match=rf"holds {len(content)} bytes"):
        publish_due(Store.open(released), Actor(ops, OFFICER, NOW))
    assert ward_quarters(ops, FIRST, series=released.borough_code) == ()


def test_the_secret_is_in_no_backup_and_stays_where_one_is_restored(
    released: Settings, ops: Operations, tmp_path: Path
) -> None:
    store = Store.open(released)
    publish_due(store, Actor(ops, OFFICER, NOW))
    secret = figures_secret(released)
    path = tmp_path / "both.zip"
    backup(path, settings=released, ops=ops, now=NOW, with_salt=True)
    ops.close()
    assert secret.hex().encode() not in path.read_bytes()
    restore(path, settings=released, replace=True)
    assert figures_secret(released) == secret
    view = ward_view(store, Operations.open(released), FIRST, person=OFFICER, now=NOW)
    handout = ward_handout_file(view, store.wards.frame, now=NOW, ending=".html")
    for made in (handout, figures_file(view)):
        assert secret.hex().encode() not in made


def test_officers_are_told_what_readers_can_take_away(released: Settings) -> None:
    first, other, sensitive = before_publishing(Store.open(released))
    assert first.startswith("Figures are published once.")
    assert other.startswith(
        "Not public: cad. A figure tells a reader the number of incidents to within about 6,"
    )
    assert "within their kinds" in sensitive
    named = released.model_copy(update={"public_sources": ("cad",)})
    _, public, _ = before_publishing(Store.open(named))
    assert public.startswith("Everybody can read cad elsewhere")


def test_a_public_source_is_named_so(released: Settings, ops: Operations) -> None:
    store = Store.open(released.model_copy(update={"public_sources": ("cad",)}))
    publish_due(store, Actor(ops, OFFICER, NOW))
    view = ward_view(store, ops, FIRST, person=OFFICER, now=NOW)
    assert view.newest.public_sources == ("cad",)
    assert ",cad,cad,1,changing figures by chance" in figures_file(view).decode("utf-8-sig")


def test_public_sources_are_set_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOTSPOT_PUBLIC_SOURCES", "police_uk, open noise ,")
    assert Settings().public_sources == ("police_uk", "open noise")
    monkeypatch.delenv("HOTSPOT_PUBLIC_SOURCES")
    assert Settings().public_sources == ("police_uk",)
