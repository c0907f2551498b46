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
from models.calendar.periods import Period
from models.forecast.cells import TooLittleHistoryError
from models.forecast.evaluation import Estimate
from models.incidents.accuracy import (
    BackTest,
    HorizonError,
    OnlyMonthsError,
    Terms,
    at_least_a_year,
    backtest,
    verdict,
)
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


def test_the_winner_is_the_method_with_most_hits(found: BackTest) -> None:
    at_two = {score.method: score.hits for score in found.scores if score.share == 0.02}
    assert at_two[found.winner().method] == max(at_two.values())
    assert list(at_two) == ["last_period", "last_12_months", "kde_12_months", "risk_model"]


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
    assert 0 < weekly.winner().pei.value <= 1


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
    assert held["winner"] == found.winner().method
    assert held["formulas"]["PAI"] == "(n / N) / (a / A)"
    for row, told, score in zip(rows, held["scores"], found.scores, strict=True):
        assert (row["method"], int(row["hits"])) == (score.method, score.hits)
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


def test_the_command_line_says_what_cannot_be(demo_settings: Settings) -> None:
    both = hotspots("backtest", "--weeks", "1", "--months", "1", store=demo_settings.store)
    assert both.returncode == 2
    assert "not both" in both.stderr
    far = hotspots("backtest", "--months", "9", store=demo_settings.store)
    assert far.returncode == 1
    assert "9 months ahead. Choose 1 to 3" in far.stderr
    assert "Traceback" not in far.stderr


def test_the_verdict_says_in_words_what_the_figures_say(found: BackTest) -> None:
    best = found.winner()
    first = verdict(found)[0]
    assert f"where {best.hits:,} of {best.incidents:,} incidents happened" in first
    assert f"{best.pai.value:.1f} times as many" in first
    rigged = tuple(
        replace(score, hits=score.hits + 10**6 * (score.method == "last_12_months"))
        for score in found.scores
    )
    assert "did better than going where it was" in verdict(replace(found, scores=rigged))[1]
    for low, words in ((1.01, "which is more than chance."), (0.99, "not more than chance")):
        rigged = tuple(
            replace(
                score,
                hits=score.hits + 10**6 * (score.method == "risk_model"),
                against_last_year=Estimate(1.07, low, 1.13),
            )
            for score in found.scores
        )
        assert words in verdict(replace(found, scores=rigged))[1]


def test_a_short_period_is_tested_over_the_year_that_ends_with_it(demo_store: Store) -> None:
    chosen = demo_store.default_filter()
    month = replace(chosen, period=Period(date(2026, 2, 1), date(2026, 2, 28)))
    assert at_least_a_year(month).period == Period(date(2025, 3, 1), date(2026, 2, 28))
    two_years = replace(chosen, period=Period(date(2024, 3, 1), date(2026, 2, 28)))
    assert at_least_a_year(two_years) is two_years
