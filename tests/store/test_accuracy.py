"""From a filter to a back-test, in the models' words, the files' and the command line's."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from data.exports.accuracy import as_csv, as_json
from data.layers.place_groups import place_shapes
from models.calendar.periods import Period
from models.forecast.cells import TooLittleHistoryError
from models.forecast.choice import Choice, Lead
from models.forecast.ratios import Estimate
from models.incidents.accuracy import BackTest, at_least_a_year, backtest
from models.incidents.accuracy_counts import HorizonError, OnlyMonthsError, Terms, history_of
from models.incidents.accuracy_verdict import verdict, window_verdict
from tests.store_cli import hotspots

if TYPE_CHECKING:
    from data.incidents.store import Store
    from data.settings import Settings
    from models.incidents.filters import IncidentFilter


def asb(store: Store, *, months: int) -> IncidentFilter:
    last = store.default_filter().period.last
    first = date.fromordinal(last.toordinal() - 30 * months).replace(day=1)
    return replace(store.default_filter(), period=Period(first, last), categories=("asb",))


@pytest.fixture(scope="module")
def found(demo_store: Store) -> BackTest:
    return backtest(demo_store, asb(demo_store, months=5))


def test_the_incidents_tested_are_those_the_filter_selects(
    found: BackTest, demo_store: Store
) -> None:
    chosen = replace(asb(demo_store, months=5), period=found.tested)
    (tested,) = {score.incidents for score in found.scores}
    in_wards = demo_store.select(chosen).now.in_wards
    # A few were given to a ward from up to 50 m outside it, in no cell; the notes count them.
    assert in_wards - 3 <= tested <= in_wards
    assert tested == in_wards or "lie in no cell" in " ".join(found.notes)
    assert found.tested.last == chosen.period.last
    assert found.history.first < found.tested.first
    assert found.version == demo_store.snapshot.version


def test_the_way_to_use_is_chosen_on_the_months_before(found: BackTest) -> None:
    assert [score.method for score in found.scores if score.share == 0.02] == [
        "last_period",
        "last_12_months",
        "kde_12_months",
        "forecast",
    ]
    assert len(found.choosing) >= 6
    assert found.choosing[-1].start < found.origins[0].start == found.tested.first
    for choice in found.choices:
        better = {lead.method for lead in choice.leads if lead.ratio.above_one}
        assert choice.method in better or (choice.method == "last_12_months" and not better)
        assert found.to_use(choice.share).method == choice.method


def test_what_lies_around_and_other_kinds_are_known_to_the_forecast(demo_store: Store) -> None:
    counts, _, _ = history_of(demo_store, asb(demo_store, months=5), terms=Terms())
    assert counts.around is not None
    assert counts.others is not None
    every = replace(asb(demo_store, months=5), categories=())
    all_counts, _, _ = history_of(demo_store, every, terms=Terms())
    assert all_counts.others is None
    assert ((counts.counts + counts.others) == all_counts.counts).all()


def test_progress_is_told_forecast_by_forecast(demo_store: Store) -> None:
    told: list[float] = []
    backtest(demo_store, asb(demo_store, months=3), progress=lambda done, _: told.append(done))
    assert told == sorted(told)
    assert told[-1] == 1.0
    assert len(told) >= 3


def test_a_back_test_by_week_works_on_timed_data(demo_store: Store) -> None:
    terms = Terms(step="week", horizon=2)
    weekly = backtest(demo_store, asb(demo_store, months=2), terms=terms)
    spans = [each.start for each in weekly.origins]
    assert {(b - a).days for a, b in pairwise(spans)} == {14}
    assert 0 < weekly.to_use().pei.value <= 1


def test_a_back_test_without_a_year_of_history_says_so(demo_store: Store) -> None:
    first = min(each.first for each in demo_store.snapshot.coverage)
    early = Period(first, date.fromordinal(first.toordinal() + 150))
    with pytest.raises(TooLittleHistoryError, match="Too little history for a back-test"):
        backtest(demo_store, replace(demo_store.default_filter(), period=early))


def test_terms_that_cannot_be_tested_are_refused_in_words() -> None:
    with pytest.raises(HorizonError, match=r"4 months ahead\. Choose 1 to 3"):
        Terms(horizon=4)
    with pytest.raises(HorizonError, match=r"0 weeks ahead\. Choose 1 to 13"):
        Terms(step="week", horizon=0)
    with pytest.raises(HorizonError, match=r"10 m\. Choose 75 to 400 m"):
        Terms(cell_m=10)


def test_data_that_give_only_the_month_are_not_tested_by_week(demo_store: Store) -> None:
    monthly = tuple(replace(each, monthly=True) for each in demo_store.snapshot.coverage)
    store = replace(demo_store, snapshot=replace(demo_store.snapshot, coverage=monthly))
    with pytest.raises(OnlyMonthsError, match="give only the month"):
        backtest(store, asb(store, months=2), terms=Terms(step="week"))


def test_the_files_hold_every_score_and_what_was_tested(found: BackTest, demo_store: Store) -> None:
    rows = list(csv.DictReader(io.StringIO(as_csv(demo_store, found).decode("utf-8-sig"))))
    assert len(rows) == 12
    assert {row["notice"][:9] for row in rows} == {"SIMULATED"}
    held = json.loads(as_json(demo_store, found))
    assert "category=asb" in held["filters"]
    assert held["winner"] == found.choice().method
    assert held["verdict"] == list(verdict(found))
    assert held["chosen_on"] == len(found.choosing)
    assert [each["method"] for each in held["choices"]] == [each.method for each in found.choices]
    to_use = {row["share"]: row["method"] for row in rows if row["to_use"] == "True"}
    assert to_use == {str(each.share): each.method for each in found.choices}
    assert held["formulas"]["PAI"] == "(n / N) / (a / A)"
    for row, told, score in zip(rows, held["scores"], found.scores, strict=True):
        assert (row["method"], float(row["hits"])) == (score.method, round(score.hits, 1))
        assert float(row["pai"]) == told["pai"] == round(score.pai.value, 4)
        assert told["pai_low"] <= told["pai"] <= told["pai_high"]
        assert row["tested_from"] == found.tested.first.isoformat()


def test_the_command_line_gives_the_same_scores(
    found: BackTest, demo_settings: Settings, demo_store: Store
) -> None:
    period = asb(demo_store, months=5).period
    arguments = ("--from", str(period.first), "--to", str(period.last), "--category", "asb")
    done = hotspots("backtest", *arguments, store=demo_settings.store)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == json.loads(as_json(demo_store, found))
    said = " ".join(done.stderr.split())
    for sentence in verdict(found):
        assert sentence in said


def test_the_command_line_says_what_cannot_be(demo_settings: Settings) -> None:
    both = hotspots("backtest", "--weeks", "1", "--months", "1", store=demo_settings.store)
    assert both.returncode == 2
    assert "not both" in both.stderr
    far = hotspots("backtest", "--months", "9", store=demo_settings.store)
    assert far.returncode == 1
    assert "9 months ahead. Choose 1 to 3" in far.stderr
    assert "Traceback" not in far.stderr


def chosen(found: BackTest, choice: Choice) -> BackTest:
    """The same back-test, with that choice at 2 % of the area."""
    others = tuple(each for each in found.choices if each.share != choice.share)
    return replace(found, choices=(choice, *others))


def test_the_verdict_says_in_words_what_was_chosen_and_what_came_of_it(found: BackTest) -> None:
    usual = found.score("last_12_months")
    none = Choice(0.02, usual.method, usual.label, "none_better", ())
    why, did = verdict(chosen(found, none))
    assert why.startswith(f"On the {len(found.choosing)} forecasts before those reported, from ")
    assert "nothing tried here did better than going where it was over the last 12 months" in why
    assert f"where {usual.hits:,.0f} of {usual.incidents:,} incidents happened" in did
    assert f"{usual.pai.value:.1f} times as many" in did
    few = replace(none, reason="too_few")
    why, _ = verdict(replace(chosen(found, few), choosing=(), too_few=4))
    assert "too few forecasts to choose between the ways: 4 before" in why
    assert "the simplest stays" in why


def test_a_way_that_was_chosen_is_judged_on_the_later_months(found: BackTest) -> None:
    lead = Lead("forecast", "Our forecast", Estimate(1.10, 1.02, 1.19), 110.0, 100.3)
    better = chosen(found, Choice(0.02, "forecast", "Our forecast", "better", (lead,)))
    for low, high, told in (
        (1.01, 1.13, "more than chance on these as well"),
        (0.97, 1.13, "a lead is not more than chance could do"),
        (0.80, 0.95, "behind by more than chance on these, so do not rely on the choice"),
    ):
        ratio = Estimate((low + high) / 2, low, high)
        rigged = tuple(
            replace(score, against_last_year=ratio, hits=100.0)
            if score.method == "forecast"
            else score
            for score in found.scores
        )
        why, did, later = verdict(replace(better, scores=rigged))
        assert "this had 110 hits and going where it was over the last 12 months 100.3: " in why
        assert "1.10 times (interval for all ways and shares together 1.02 to 1.19)" in why
        assert "where 100 of" in did
        assert told in later
        assert f"(95 % interval {low:.2f} to {high:.2f})" in later


def test_a_window_is_better_only_where_it_is_more_than_chance(found: BackTest) -> None:
    for low, high, told in (
        (0.95, 1.20, "Neither window is better by more than chance here"),
        (0.70, 0.90, "The better window is the last 12 months here"),
        (1.05, 1.20, "The better window is the last period here"),
    ):
        rigged = tuple(
            replace(score, against_last_year=Estimate(1.0, low, high))
            if score.method == "last_period"
            else score
            for score in found.scores
        )
        told_here = window_verdict(replace(found, scores=rigged), share=0.02, months=12)
        assert told_here.startswith(told)


def test_a_short_period_is_tested_over_the_year_that_ends_with_it(demo_store: Store) -> None:
    chosen = demo_store.default_filter()
    month = replace(chosen, period=Period(date(2026, 2, 1), date(2026, 2, 28)))
    assert at_least_a_year(month).period == Period(date(2025, 3, 1), date(2026, 2, 28))
    two_years = replace(chosen, period=Period(date(2024, 3, 1), date(2026, 2, 28)))
    assert at_least_a_year(two_years) is two_years


def test_nearness_to_places_is_one_more_way_where_it_is_asked_for(
    found: BackTest, demo_store: Store
) -> None:
    places = place_shapes(demo_store.settings)
    tried = backtest(demo_store, asb(demo_store, months=3), places=places)
    assert tried.methods == (*found.methods, "forecast_places")
    assert "forecast_places" not in found.methods
    hits = {each.method: each.hits for each in tried.scores if each.share == 0.02}
    assert hits["forecast_places"] != hits["forecast"]
    said = [each for each in verdict(tried) if "nearness to places" in each]
    assert len(said) == 1
    assert not any("nearness to places" in each for each in verdict(found))
