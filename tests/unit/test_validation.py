"""Every row is accepted or rejected, with all its reasons, and none is lost."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.rows.contract import REJECTED_COLUMNS, SOURCE_SCHEMA
from data.rows.validation import FaultCount, Faults, accepted_table, fault_counts

TABLE = pa.table({"When": ["1", "x", "3"], "Where": ["a", "b", ""]})
NUMBERS = np.array([2, 3, 7])


def flags(*values: bool) -> np.ndarray:
    return np.array(values)


def required(rows: int) -> dict[str, object]:
    return {
        "incident_id": [f"s:{n}" for n in range(rows)],
        "source": "s",
        "category": "asb",
        "starts_at": np.full(rows, np.datetime64("2024-01-01", "us")),
        "time_precision": "day",
        "easting": np.zeros(rows),
        "northing": np.zeros(rows),
        "place_precision": "exact",
    }


def test_a_row_is_named_by_its_first_fault_and_gives_all_its_reasons() -> None:
    faults = Faults(3)
    faults.add(flags(False, True, False), columns=["When"], reason="Is no date")
    faults.add(flags(False, True, True), columns=["Where", "When"], reason="Is nowhere")
    assert faults.accepted.tolist() == [True, False, False]
    frame = faults.explained(TABLE, file="f.csv", numbers=NUMBERS)
    assert frame.to_dict("records") == [
        {"rejected_file": "f.csv", "rejected_row": 3, "rejected_field": "When",
         "rejected_value": "x", "rejected_reason": "Is no date; Is nowhere",
         "When": "x", "Where": "b"},
        {"rejected_file": "f.csv", "rejected_row": 7, "rejected_field": "Where, When",
         "rejected_value": ", 3", "rejected_reason": "Is nowhere", "When": "3", "Where": ""},
    ]  # fmt: skip


def test_no_fault_rejects_nothing_and_still_has_the_columns() -> None:
    frame = Faults(3).explained(TABLE, file="f.csv", numbers=NUMBERS)
    assert list(frame.columns) == [*REJECTED_COLUMNS, "When", "Where"]
    assert len(frame) == 0


def test_a_row_rejected_again_keeps_where_it_first_came_from() -> None:
    again = pa.table(
        {"rejected_file": ["old.csv"], "rejected_row": ["812"], "rejected_field": ["When"],
         "rejected_value": ["?"], "rejected_reason": ["Is no date"], "When": ["!"]}
    )  # fmt: skip
    faults = Faults(1)
    faults.add(flags(True), columns=["When"], reason="Is no date")
    frame = faults.explained(again, file="rejected.csv", numbers=np.array([2]))
    assert list(frame.columns) == [*REJECTED_COLUMNS, "When"]
    assert frame.loc[0, ["rejected_file", "rejected_row", "rejected_value"]].tolist() == [
        "old.csv",
        812,
        "!",
    ]


def test_faults_are_summed_up_with_their_first_row() -> None:
    faults = Faults(3)
    faults.add(flags(False, True, True), columns=["Where"], reason="Is nowhere")
    frame = faults.explained(TABLE, file="f.csv", numbers=NUMBERS)
    other = frame.assign(rejected_file="g.csv")
    assert fault_counts([frame, other]) == [FaultCount("Where", "Is nowhere", 4, "f.csv", 3)]
    assert fault_counts([]) == []


def test_accepted_rows_have_the_contract_and_unsaid_fields_are_null() -> None:
    table = accepted_table(required(2), accepted=flags(False, True))
    assert table.schema == SOURCE_SCHEMA
    (row,) = table.to_pylist()
    assert (row["incident_id"], row["source"], row["nte"], row["harm"]) == ("s:1", "s", None, None)


def test_a_required_field_that_is_null_is_our_own_fault_and_stops() -> None:
    columns = required(1) | {"category": pa.array([None], pa.string())}
    with pytest.raises(ValueError, match="category"):
        accepted_table(columns, accepted=flags(True))


@given(st.lists(st.lists(st.booleans(), min_size=6, max_size=6), max_size=5))
def test_accepted_and_rejected_add_up_whatever_is_wrong(wrong: list[list[bool]]) -> None:
    table = pa.table({"a": list("uvwxyz")})
    faults = Faults(6)
    for number, rows in enumerate(wrong):
        faults.add(flags(*rows), columns=["a"], reason=f"fault {number}")
    frame = faults.explained(table, file="f", numbers=np.arange(2, 8))
    accepted = accepted_table(required(6), accepted=faults.accepted)
    assert accepted.num_rows + len(frame) == 6
    any_fault = pd.DataFrame(wrong, columns=range(2, 8)).any()
    assert frame["rejected_row"].tolist() == any_fault[any_fault].index.tolist()
    for row, reason in zip(frame["rejected_row"], frame["rejected_reason"], strict=True):
        assert reason.split("; ") == [f"fault {n}" for n, r in enumerate(wrong) if r[row - 2]]
