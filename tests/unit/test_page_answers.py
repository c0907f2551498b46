"""The first sentences of Near-repeat, Places, Accuracy, Board, Tasking and the records."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import numpy as np
import pytest

from data.exports.intelligence_answers import (
    cameras_answer,
    near_places_answer,
    near_repeat_answer,
)
from data.exports.pattern_answer import runs_answer
from data.exports.records_answers import loaded_answer, quality_answer
from data.exports.tasking_answers import board_answer, tasking_answer
from models.hotspots.near_repeat import KnoxTable, NearRepeatSettings
from models.incidents.cameras import CameraCover, InSight
from models.incidents.near_places import NearKind, NearPlaces
from models.statistics.block_ratio import Share
from models.statistics.rates import RateRatio

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
ON = date(2026, 11, 1)
NOTHING: Any = None


def table(raised: list[list[int]]) -> KnoxTable:
    out = np.pad(np.array(raised, dtype=bool), ((0, 1), (0, 1)))
    return KnoxTable(
        settings=NearRepeatSettings(
            space_edges_m=(0, 1, 100, 200, np.inf), time_edges_days=(0, 7, 14, np.inf)
        ),
        incidents=1000,
        observed=np.where(out, 30, 10),
        expected=np.full(out.shape, 10.0),
        at_least=np.where(out, 0, 500),
    )


def test_rings_of_raised_risk_are_said_with_their_days_and_without_them_nothing_is_claimed() -> (
    None
):
    none = near_repeat_answer(table([[0, 0], [0, 0], [0, 0]]), places=0, on=ON)
    assert none.endswith("that does not prove that there are no near-repeats.")
    ring = table([[0, 0], [1, 0], [0, 0]])
    assert near_repeat_answer(ring, places=0, on=ON) == (
        "After an incident, risk is raised for neighbours under 100 m away over 7 days (3.0 times "
        "as common as chance gives); no place is listed for 1 Nov 2026."
    )
    both = near_repeat_answer(table([[1, 1], [1, 0], [0, 0]]), places=1, on=ON)
    assert "for the place itself over 14 days" in both
    assert both.endswith("; 1 place is listed for 1 Nov 2026.")
    assert " p " not in both


def kind(label: str, ratio: RateRatio | None) -> NearKind:
    return NearKind(label, label, 3, 40, 60, 1.0, 2.0, ratio)


def near(*kinds: NearKind, refused: str = "") -> str:
    return near_places_answer(NearPlaces(NOTHING, 100.0, 100, "hectare", kinds, refused))


def test_near_a_kind_of_place_more_is_said_only_where_its_interval_leaves_out_1() -> None:
    more, fewer = RateRatio(1.7, 1.3, 2.3), RateRatio(0.5, 0.3, 0.8)
    unclear = RateRatio(1.2, 0.9, 1.7)
    assert near(
        kind("Licensed premises (pubs)", more), kind("Parks", unclear), kind("X", None)
    ) == (
        "Within 100 m, incidents are 1.7 times elsewhere (1.3 to 2.3) near licensed premises; of 2 "
        "kinds of place nobody can tell."
    )
    assert near(kind("Pubs", more), kind("Parks", fewer)) == (
        "Within 100 m, incidents are 1.7 times elsewhere (1.3 to 2.3) near pubs and 0.50 times "
        "elsewhere (0.30 to 0.80) near parks."
    )
    assert near(kind("Parks", unclear)) == (
        "Of 1 kind of place nobody can tell whether incidents within 100 m of them are more or "
        "fewer than elsewhere."
    )
    assert near(refused="Too coarse.") == "Too coarse."
    assert "nobody can tell what lies near them" in near()


def test_cameras_have_at_most_a_share_in_sight_or_say_why_nothing_is_known() -> None:
    whole = InSight("All incidents", 1000.0, 21.0, Share(0.021, 0.014, 0.031))
    cover = CameraCover(NOTHING, 50.0, 53, whole, (), (), "", "")
    assert cameras_answer(cover) == (
        "At most 2.1% (1.4% to 3.1%) of 1,000 incidents happened within 50 m of one of 53 cameras."
    )
    refused = CameraCover(NOTHING, 50.0, 0, None, (), (), "", "No camera is loaded.")
    assert cameras_answer(refused) == "No camera is loaded."


class Task:
    """As much of a tasking as the sentences read."""

    def __init__(self, status: str, *, number: int = 1, late: bool = False, team: str = "") -> None:
        self.status, self.reference, self.late = status, f"T-000{number}", late
        first, last = date(2026, 11, 1), date(2026, 11, 30)
        self.draft = type("Draft", (), {"starts_on": first, "ends_on": last, "team": team})


@pytest.fixture(autouse=True)
def overdue(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("data.exports.tasking_answers.overdue_at", lambda each, _: each.late)


@pytest.mark.parametrize(
    ("taskings", "said"),
    [
        ([], "There are no taskings yet."),
        (
            [Task("reviewed"), Task("cancelled", number=2)],
            "0 taskings are open, 0 active, none overdue; none waits for its review.",
        ),
        (
            [Task("proposed"), Task("completed", number=2)],
            "1 tasking is open, 0 active, none overdue; 1 completed one waits for its review.",
        ),
        (
            [
                *(Task("active", number=at, late=True) for at in (1, 2, 3)),
                Task("completed", number=4),
                Task("completed", number=5),
            ],
            "3 taskings are open, 3 active, 3 overdue (T-0001, T-0002 and 1 more); 2 completed "
            "ones wait for review.",
        ),
    ],
)
def test_the_board_counts_what_its_boxes_count(taskings: Any, said: str) -> None:  # noqa: ANN401
    assert board_answer(taskings, now=NOW) == said


@pytest.mark.parametrize(
    ("task", "said"),
    [
        (
            Task("proposed"),
            "T-0001 is proposed for 1 Nov 2026 to 30 Nov 2026 and waits for approval, with no team "
            "yet.",
        ),
        (
            Task("approved", team="Parks", late=True),
            "T-0001 is approved and is to start on 1 Nov 2026, with Parks. It is overdue.",
        ),
        (Task("active", team="Parks"), "T-0001 is active until 30 Nov 2026, with Parks."),
        (
            Task("completed", team="Parks"),
            "T-0001 ended on 30 Nov 2026 and waits for its review, worked by Parks.",
        ),
        (Task("reviewed"), "T-0001 ended on 30 Nov 2026 and is reviewed."),
        (Task("cancelled", team="Parks"), "T-0001 is cancelled."),
    ],
)
def test_a_tasking_says_where_it_stands(task: Any, said: str) -> None:  # noqa: ANN401
    assert tasking_answer(task, now=NOW) == said


def source(name: str = "cad", rows: int = 1000, **fields: Any) -> Any:  # noqa: ANN401
    made = type("Source", (), {})()
    made.source, made.rows = name, rows
    made.first, made.last = date(2023, 11, 1), date(2026, 10, 31)
    made.missing, made.no_hour, made.outside = (), 0, 0
    made.place_precision = {"snapped": 0}
    for key, value in fields.items():
        setattr(made, key, value)
    return made


def record(rows: int, rejected: int, *, undone: bool = False) -> Any:  # noqa: ANN401
    made = type("Record", (), {})()
    made.rows_read, made.finished = rows, NOW
    made.counts = type("Counts", (), {"rejected": rejected})
    made.undone = NOW if undone else None
    return made


def test_what_is_loaded_is_counted_with_its_sources_and_the_last_import_that_stands() -> None:
    assert loaded_answer((), simulated=False) == "No incident is loaded yet."
    assert loaded_answer((source(rows=1),), simulated=False) == (
        "1 incident is loaded, 1 Nov 2023 to 31 Oct 2026, from 1 source: cad."
    )
    two = (source(), source("noise", 250, last=date(2026, 11, 30)))
    taken_back = (record(99, 9, undone=True), record(1200, 3))
    assert loaded_answer(two, simulated=True, imports=taken_back) == (
        "1,250 simulated incidents are loaded, 1 Nov 2023 to 30 Nov 2026, from 2 sources: cad and "
        "noise. The last import, on 21 Nov 2026, read 1,200 rows and rejected 3."
    )


def test_quality_is_told_as_shares_of_all_and_a_little_is_never_none() -> None:
    assert quality_answer((), rejected=0) == (
        "No incident is loaded, so nothing can be said of its quality."
    )
    whole = source(rows=1000, no_hour=39, outside=5)
    assert quality_answer((whole,), rejected=0) == (
        "1,000 incidents from 1 source: no days are missing in between; 4% have no known hour, "
        "none lie on anonymised map points and under 1% outside the wards; no row was rejected."
    )
    part = source("noise", 1000, missing=(1,), place_precision={"snapped": 1000})
    assert quality_answer((whole, part), rejected=1) == (
        "2,000 incidents from 2 sources: days are missing in noise; 2% have no known hour, 50% lie "
        "on anonymised map points and under 1% outside the wards; 1 row was rejected."
    )


class Sudden:
    """As much of the runs of a kind as the sentence reads."""

    category = "burglary"

    def __init__(self, beyond: int, unjudged: int = 0, gaps: int = 0) -> None:
        self.standing_out, self.unjudged, self.gaps = (1,) * beyond, (1,) * unjudged, (1,) * gaps


@pytest.mark.parametrize(
    ("sudden", "said"),
    [
        (Sudden(1), "Burglary: 1 run is more than chance would bring in the last fortnight."),
        (
            Sudden(2, unjudged=1, gaps=1),
            "Burglary: 2 runs are more than chance would bring in the last fortnight, as far as "
            "the data cover it.",
        ),
        (Sudden(0), "Burglary: no run in the last fortnight is more than chance would bring."),
        (
            Sudden(0, unjudged=3, gaps=1),
            "Burglary: nobody can tell whether 3 groups are more than chance would bring in the "
            "last fortnight: the data do not cover the year before.",
        ),
    ],
)
def test_runs_are_said_to_be_more_than_chance_only_where_they_are(sudden: Any, said: str) -> None:  # noqa: ANN401
    assert runs_answer(sudden) == said
