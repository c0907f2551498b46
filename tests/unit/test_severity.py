"""The severity table: read, refused, replaced without an import, and ranks by count and by harm."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.incidents.ingest import import_batches
from data.incidents.snapshot import load
from data.layers.severity import (
    SHIPPED,
    SeverityTableError,
    offence_key,
    read_severity,
    severity_in_use,
    use_severity,
    use_shipped_severity,
)
from models.hotspots.harm import disagreement, harm_ranks
from tests.incident_rows import NOW, batch, row, settings_in, three_wards

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "offence,weight,source,date\n"


def written(folder: Path, rows: str, *, header: str = HEADER) -> Path:
    path = folder / "own.csv"
    path.write_text(header + rows, encoding="utf-8")
    return path


def test_the_shipped_table_names_a_source_and_a_date_for_every_weight() -> None:
    table = read_severity(SHIPPED)
    assert table.weights[offence_key("Robbery of personal property")] == 799.63
    assert table.weights[offence_key("Burglary - residential")] == 465.38
    assert table.weights["homicide"] == max(table.weights.values())
    assert table.source == "ONS Crime Severity Score (experimental statistics)"
    assert table.date == "read 2026-11-21; edition not stated"


@pytest.mark.parametrize(
    "heading",
    [
        "Anti-social behaviour",
        "Rowdy or drunken behaviour",
        "Violence and sexual offences",
        "Violence with injury",
        "Burglary",
        "Drugs",
        "Other theft",
        "",
    ],
)
def test_a_heading_of_several_offences_and_asb_have_no_weight(heading: str) -> None:
    assert np.isnan(read_severity(SHIPPED).weights_of([heading])).all()


def test_offences_match_without_case_dashes_and_blanks() -> None:
    table = read_severity(SHIPPED)
    found = table.weights_of(["BURGLARY  RESIDENTIAL", "burglary – residential", "Burglary resi"])
    assert found[0] == found[1] == np.float32(465.38)
    assert np.isnan(found[2])


@pytest.mark.parametrize(
    ("rows", "fault"),
    [
        ("Robbery,0,ONS,2020\n", "1 row has no weight above 0 (the first is row 2)"),
        ("Robbery,lots,ONS,2020\nTheft,-1,ONS,2020\n", "2 rows have no weight above 0"),
        ("Robbery,inf,ONS,2020\n", "no weight above 0"),
        (
            "Robbery,1,ONS,2020\nROBBERY,2,ONS,2020\n",
            "an earlier row names (the first is row 3",
        ),
        ("Robbery,1,,2020\n", "1 row has no source"),
        ("Robbery,1,ONS,\n", "1 row has no date"),
        (" - ,1,ONS,2020\n", "1 row names no offence"),
        ("", "it holds no offence"),
    ],
)
def test_a_faulty_table_is_refused_with_its_faults(tmp_path: Path, rows: str, fault: str) -> None:
    with pytest.raises(SeverityTableError) as refused:
        read_severity(written(tmp_path, rows))
    assert fault in str(refused.value)


def test_a_file_that_is_no_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SeverityTableError, match="no column source or date"):
        read_severity(written(tmp_path, "Robbery,1\n", header="offence,weight\n"))
    with pytest.raises(SeverityTableError, match="the file does not exist"):
        read_severity(tmp_path / "absent.csv")
    (tmp_path / "zip.csv").write_bytes(b"PK\x03\x04\xff\xfe\x00")
    with pytest.raises(SeverityTableError, match="not a CSV in UTF-8"):
        read_severity(tmp_path / "zip.csv")
    (tmp_path / "bare.csv").write_bytes(b"")
    with pytest.raises(SeverityTableError, match="not a CSV in UTF-8"):
        read_severity(tmp_path / "bare.csv")


def test_replacing_the_table_changes_the_weights_without_an_import(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    rows = [
        row("a", category="robbery", offence="Robbery of personal property"),
        row("b", offence="Rowdy behaviour"),
        row("c", category="violence", offence=None),
        row("d", category="other", offence="Shoplifting", harm=3.0),
    ]
    import_batches([batch(*rows)], settings=settings, wards=three_wards(), name="a", now=NOW)

    def weights() -> list[float]:
        snapshot = load(settings, wards=three_wards())
        return sorted(float(value) for value in snapshot.incidents.harm if not np.isnan(value))

    assert weights() == pytest.approx([3.0, 799.63])  # a row's own weight stays
    use_severity(
        written(tmp_path, "robbery of personal property,10,Own panel,2026\n"), settings=settings
    )
    assert weights() == [3.0, 10.0]
    assert load(settings, wards=three_wards()).severity == "Own panel (2026)"
    with pytest.raises(SeverityTableError):
        use_severity(written(tmp_path, "Robbery,0,ONS,2020\n"), settings=settings)
    assert severity_in_use(settings).source == "Own panel"
    assert use_shipped_severity(settings).name == SHIPPED.name
    assert weights() == pytest.approx([3.0, 799.63])


def test_ranks_by_harm_leave_out_what_has_no_weight() -> None:
    assert harm_ranks(np.array([5.0, np.nan, 9.0, 5.0])).tolist() == [2, 0, 1, 3]
    assert harm_ranks(np.array([np.nan, np.nan])).tolist() == [0, 0]
    assert harm_ranks(np.array([])).tolist() == []


@given(st.lists(st.one_of(st.just(np.nan), st.floats(0.1, 1e5)), max_size=30))
def test_ranks_by_harm_number_the_weighed_hotspots_once_each(harm: list[float]) -> None:
    ranks = harm_ranks(np.array(harm, dtype=np.float64))
    known = ranks[ranks > 0]
    assert sorted(known) == list(range(1, int((~np.isnan(harm)).sum()) + 1))


def test_where_count_and_harm_disagree_is_said_both_ways() -> None:
    assert disagreement(8, 1, hotspots=20) == ("fewer incidents but more serious ones: 1st by harm")
    assert disagreement(1, 12, hotspots=20) == (
        "more incidents but less serious ones: 12th by harm"
    )
    assert disagreement(2, 22, hotspots=30).endswith("22nd by harm")
    assert disagreement(3, 4, hotspots=20) == ""
    assert disagreement(1, 5, hotspots=20) == ""  # four places of twenty: not a quarter
    assert disagreement(4, 0, hotspots=20) == ""
