"""Licensing evidence of the demo: it adds up, with the page too; it says little of little."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
import pytest
from shapely import box

from data.access import NotAllowedError, Person
from data.exports.licensing_paper import licensing_document, licensing_file
from data.exports.licensing_words import answer, interval_words, limits
from data.operations.database import Operations
from data.operations.nights.areas import kept_areas
from data.services.licensing import evidence_of, place_of_area, place_of_premises
from data.services.nights import night_history
from data.services.premises import premises_in_use
from models.calendar.periods import Period
from models.nights.area_rows import area_rows
from models.nights.area_search import find_night_areas
from models.nights.areas import NightArea, standings
from models.nights.evidence import licensing_evidence
from models.nights.evidence_place import area_place, premises_called, premises_place
from models.nights.evidence_shape import FEWEST, UnknownPlaceError, WithinError
from models.nights.impact import cumulative_impact
from models.nights.licensing import premises_with_repeats
from models.statistics.rates import RateRatio
from tests.moment import NOW
from tests.pdf_reading import read_pdf
from tests.store_cli import hotspots

if TYPE_CHECKING:
    from data.incidents.store import Store
    from data.settings import Settings
    from models.incidents.filters import IncidentFilter
    from models.nights.evidence_shape import EvidencePlace, LicensingEvidence
    from models.nights.history import NightHistory
    from models.nights.premises import Premises

YEAR = Period(date(2025, 11, 1), date(2026, 10, 31))
OFFICER = Person("Amina Khan", "officer")


@pytest.fixture(scope="module")
def asked(demo_store: Store) -> IncidentFilter:
    return replace(demo_store.default_filter(), period=YEAR)


@pytest.fixture(scope="module")
def history(demo_store: Store, asked: IncidentFilter) -> NightHistory:
    return night_history(demo_store, asked)


@pytest.fixture(scope="module")
def premises(demo_store: Store) -> Premises:
    held = premises_in_use(demo_store.settings)
    assert held is not None
    return held


@pytest.fixture(scope="module")
def papers(
    demo_store: Store, asked: IncidentFilter, history: NightHistory, premises: Premises
) -> list[LicensingEvidence]:
    """Every tenth of the premises, and the border area of each kept one."""
    places: list[EvidencePlace] = [
        premises_place(premises, at, within_m=50.0) for at in range(0, len(premises), 10)
    ]
    places += [premises_place(premises, 0, within_m=each) for each in (100.0, 250.0)]
    return [
        licensing_evidence(demo_store, asked, history=history, place=each, premises=premises)
        for each in places
    ]


def test_every_table_of_a_paper_adds_up_to_its_total(
    papers: list[LicensingEvidence], history: NightHistory
) -> None:
    assert sum(each.total for each in papers) > 100
    placed = history.placed & history.within(history.nights(YEAR))
    for each in papers:
        assert sum(line.incidents for line in each.hours) == each.total
        assert sum(line.now for line in each.months) == each.total
        assert sum(line.before or 0 for line in each.months) == each.total_before
        assert sum(line.now for line in each.kinds if not line.part_of) == each.total
        assert sum(line.before or 0 for line in each.kinds if not line.part_of) == (
            each.total_before
        )
        late = [line.incidents for line in each.hours if line.hour == 23 or line.hour < 6]
        assert sum(late) == each.late
        assert each.grounds[0].now == each.total
        assert sum(ground.now for ground in each.grounds) <= int(placed.sum())


def test_no_kind_of_fewer_than_five_is_listed_or_left_over(
    papers: list[LicensingEvidence],
) -> None:
    merged = 0
    for each in papers:
        for line in each.kinds if each.total >= FEWEST and each.total_before >= FEWEST else ():
            assert line.now not in range(1, FEWEST), (each.place.name, line)
            assert line.before not in range(1, FEWEST), (each.place.name, line)
            merged += "together" in line.label
        parts = [line for line in each.kinds if line.part_of]
        wholes = {line.label: line for line in each.kinds}
        for part in parts:
            assert wholes[part.part_of].now - part.now not in range(1, FEWEST)
    assert merged


def test_the_paper_of_premises_says_what_the_page_lists(
    demo_store: Store,
    asked: IncidentFilter,
    history: NightHistory,
    papers: list[LicensingEvidence],
    premises: Premises,
) -> None:
    ground = demo_store.area(demo_store.select(asked).ward_codes)
    table = premises_with_repeats(history, YEAR, premises=premises, ground=ground)
    listed = {(row.name, row.easting): row for row in table.rows}
    compared = 0
    for each in papers:
        row = listed.get((each.place.name, (each.place.position or (0.0, 0.0))[0]))
        if row is None or each.place.within_m != 50.0:
            continue
        compared += 1
        assert each.total == row.kinds.total
        assert each.late == row.late
        assert each.after_closing == row.after_closing
        assert each.place.others == row.others
        assert each.place.closes == row.closes
    assert compared > 3


def test_the_paper_of_an_area_says_what_its_cumulative_impact_does(
    demo_store: Store,
    demo_settings: Settings,
    asked: IncidentFilter,
    history: NightHistory,
    premises: Premises,
) -> None:
    ops = Operations.open(demo_settings)
    kept = kept_areas(ops)[0]
    place = place_of_area(demo_store, ops, kept.reference.lower())
    assert place == place_of_area(demo_store, ops, kept.name.upper())
    with pytest.raises(UnknownPlaceError, match="no one night-time area called 'Nowhere'"):
        place_of_area(demo_store, ops, "Nowhere")
    ops.close()
    area = NightArea(kept.reference, kept.name, kept.polygon, "drawn")
    found = find_night_areas(demo_store, history, last=YEAR.last)
    rows = area_rows(
        demo_store,
        asked,
        history=history,
        areas=(area,),
        standings=standings(history, found, (area,)),
        evidence={},
        premises=premises,
    )
    last = cumulative_impact(history, YEAR.last, areas=rows, premises=premises)[-1]
    evidence = evidence_of(demo_store, asked, place)
    assert (evidence.total, evidence.year) == (last.kinds.total, last.year)
    assert evidence.nights == last.nights
    assert evidence.grounds[0].late == last.late
    assert evidence.grounds[0].change is not None
    assert last.change is not None
    assert evidence.grounds[0].change.ratio == pytest.approx(last.change.ratio)
    assert evidence.after_closing is None


def test_too_few_incidents_are_said_to_be_too_few_and_no_more(
    demo_store: Store, asked: IncidentFilter, history: NightHistory
) -> None:
    nowhere = area_place("An empty corner", box(0, 0, 100, 100), premises=None)
    evidence = licensing_evidence(demo_store, asked, history=history, place=nowhere, premises=None)
    assert evidence.few
    assert answer(evidence)[0].startswith("Fewer than 5 incidents are recorded here.")
    near_home = replace(nowhere, area=box(534_000, 181_000, 534_100, 181_100))
    document = licensing_document(
        demo_store,
        replace(evidence, place=near_home),
        person=OFFICER,
        now=NOW,
    )
    headings = [each.text for each in document.blocks if hasattr(each, "level")]
    assert headings == ["What this paper cannot show", "Where the figures come from"]


def test_rough_positions_widen_the_distance_and_the_paper_says_so(
    demo_store: Store, asked: IncidentFilter, history: NightHistory, premises: Premises
) -> None:
    incidents = history.incidents
    rough = replace(incidents, snapped=np.ones(len(incidents.snapped), dtype=np.bool_))
    place = premises_place(premises, 0, within_m=50.0)
    evidence = licensing_evidence(
        demo_store,
        asked,
        history=replace(history, incidents=rough),
        place=place,
        premises=premises,
    )
    wide = licensing_evidence(
        demo_store,
        asked,
        history=history,
        place=premises_place(premises, 0, within_m=250.0),
        premises=premises,
    )
    assert (evidence.place.within_m, evidence.place.asked_m) == (250.0, 50.0)
    assert evidence.total == wide.total
    assert evidence.place.others == wide.place.others
    said = " ".join(limits(evidence, rule=demo_store.night_rule))
    assert "50 m was asked for. 100% of the positions are published map points" in said
    assert "not about the premises" in said
    assert "widened" not in " ".join(limits(wide, rule=demo_store.night_rule))


def test_a_name_that_is_not_one_of_the_premises_and_an_odd_distance_are_refused(
    premises: Premises,
) -> None:
    assert premises_called(premises, f"  {premises.names[3].upper()} ") == 3
    with pytest.raises(UnknownPlaceError, match="Did you mean"):
        premises_called(premises, premises.names[3][:8])
    with pytest.raises(WithinError, match="50, 100, 150, 250 metres"):
        premises_place(premises, 0, within_m=75.0)


@pytest.mark.parametrize(
    ("ratio", "said"),
    [
        (RateRatio(1.1, 0.92, 1.41), "between 8 % fewer and 41 % more; may be chance"),
        (RateRatio(1.5, 1.2, 1.9), "between 20 % more and 90 % more"),
        (RateRatio(0.5, 0.3, 0.8), "between 70 % fewer and 20 % fewer"),
        (RateRatio(float("inf"), 1.2, float("inf")), "too few to compare"),
        (None, "not covered by the data"),
    ],
)
def test_a_change_is_said_as_a_range(ratio: RateRatio | None, said: str) -> None:
    assert interval_words(ratio) == said


def test_the_paper_is_printed_with_its_numbers_for_officers_alone(
    demo_store: Store, papers: list[LicensingEvidence]
) -> None:
    evidence = max(papers, key=lambda each: each.total)
    read = read_pdf(licensing_file(demo_store, evidence, person=OFFICER, now=NOW))
    assert read.universal
    assert read.title == f"Licensing evidence: {evidence.place.name}"
    assert f"{evidence.total:,} night-time incidents were recorded" in read.text
    assert "An incident near premises is not an incident of those premises." in read.text
    assert "SIMULATED DATA" in read.text
    assert "nan" not in read.text.casefold().split()
    page = licensing_file(demo_store, evidence, person=OFFICER, now=NOW, ending=".html")
    assert f"{evidence.total:,} night-time incidents were recorded".encode() in page
    with pytest.raises(NotAllowedError):
        licensing_file(demo_store, evidence, person=Person("A resident", "panel"), now=NOW)


def test_the_command_prints_the_paper_and_says_the_answer(
    demo_settings: Settings, demo_store: Store, premises: Premises
) -> None:
    out = demo_settings.store.parent / "licensing.pdf"
    name = premises.names[0]
    done = hotspots("licensing", "--premises", name, "--out", out, store=demo_settings.store)
    assert done.returncode == 0, done.stderr
    place = place_of_premises(demo_store, name, within_m=50.0)
    evidence = evidence_of(demo_store, demo_store.default_filter(), place)
    assert answer(evidence)[0] in " ".join(done.stdout.split())
    assert f"{evidence.total:,} night-time incidents" in read_pdf(out.read_bytes()).text
    out.unlink()
    neither = hotspots("licensing", "--out", out, store=demo_settings.store)
    assert neither.returncode == 2
    assert "--premises or --area" in neither.stderr
