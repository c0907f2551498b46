"""Profiles: the shipped ones, saving and loading, what contradicts itself, and suggestions."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.rows.date_formats import EXCEL, KNOWN_FORMATS, UNIX, format_fault
from data.rows.errors import ProfileError
from data.sources.opening import sample
from data.sources.profile import (
    Columns,
    Profile,
    as_toml,
    known_profiles,
    load_profile,
    profile_of,
    save_profile,
    shipped_profiles,
)
from data.sources.source_file import open_source
from data.sources.suggestion import suggest_mapping
from models.wording.categories import CATEGORIES
from tests.shared_data import SHARED, needs_shared

DOCUMENT = (Path(__file__).resolve().parents[2] / "docs" / "file-formats.md").read_text("utf-8")


def values(**changes: object) -> dict[str, Any]:
    base: dict[str, Any] = {
        "name": "mine",
        "source": "mine",
        "date_format": "%d/%m/%Y %H:%M",
        "columns": {"start": "When", "type": "What", "easting": "X", "northing": "Y"},
        "types": {"Noise": "asb"},
    }
    return base | changes


def columns(**changes: str | None) -> dict[str, Any]:
    mapped = values()["columns"] | changes
    return values(columns={role: name for role, name in mapped.items() if name})


def test_the_two_shipped_profiles_make_sense() -> None:
    assert sorted(shipped_profiles()) == ["cad_log", "council_asb"]
    for name, path in shipped_profiles().items():
        profile = load_profile(path)
        assert (profile.name, bool(profile.title), profile.precision) == (name, True, "minute")
        assert profile.columns.id
        assert set(profile.types.values()) <= set(CATEGORIES)


def test_a_saved_profile_comes_back_as_it_was(tmp_path: Path) -> None:
    profile = profile_of(
        values(
            title='Ward "A" – été \\ #1',
            private=["Näme", 'x"y'],
            types={'Noise = "loud"': "asb", "Fight\n[night]": "violence"},
            flags={"nte": "Night"},
            start_from_reported=False,
        )
    )
    assert load_profile(save_profile(profile, tmp_path / "new")) == profile
    assert {path.name for path in (tmp_path / "new").iterdir()} == {
        "mine.toml",
        ".mine.toml.sha256",
    }
    assert list(known_profiles(tmp_path / "new")) == ["cad_log", "council_asb", "mine"]


@given(
    st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=8),
        st.sampled_from(CATEGORIES),
        min_size=1,
        max_size=5,
    ),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=20),
)
def test_any_words_survive_saving(
    tmp_path_factory: pytest.TempPathFactory, types: dict[str, str], title: str
) -> None:
    profile = profile_of(values(types=types, title=title))
    path = tmp_path_factory.mktemp("p") / "mine.toml"
    path.write_text(as_toml(profile), encoding="utf-8")
    assert load_profile(path) == profile


@pytest.mark.parametrize(
    ("given_values", "words"),
    [
        (columns(start=None), "a start column is needed"),
        (columns(northing=None), "easting and northing go together"),
        (columns(longitude="L", latitude="M"), "not both"),
        (columns(easting=None, northing=None), "a place is needed"),
        (columns(type=None), "a type column or one category"),
        (values(category="asb"), "a type column or one category"),
        (columns(start_time="T"), "time_format"),
        (columns(end="When"), "used for two things: When"),
        (values(types={}), "every row would be rejected"),
        (values(types={"Noise": "noise"}), "types.Noise"),
        (values(crs="EPSG:1"), "crs is not known: EPSG:1"),
        (values(timezone="Europe/Lundun"), "timezone is not known"),
        (values(date_format="dd/mm/yyyy"), "date_format is not one like"),
        (values(name="../x"), "name"),
        (values(surprise=1), "surprise"),
        (
            values(optional=["Wen"]),
            "optional names a column that nothing maps, 'Wen'. Did you mean",
        ),
        (values(flags={"angry": "A"}), "Unknown flag 'angry'"),
    ],
)
def test_a_profile_that_contradicts_itself_is_refused(
    given_values: dict[str, Any], words: str
) -> None:
    with pytest.raises(ProfileError) as fault:
        profile_of(given_values)
    assert words in str(fault.value)


@pytest.mark.parametrize(
    "given_values",
    [
        values(optional=["L" * 5_000]),
        values(types={"Noise": "n" * 5_000}),
        values(crs="E" * 5_000),
        columns(start="S" * 5_000, end="S" * 5_000),
    ],
)
def test_a_very_long_value_is_not_repeated_whole(given_values: dict[str, Any]) -> None:
    with pytest.raises(ProfileError) as fault:
        profile_of(given_values)
    assert len(str(fault.value)) < 700


def test_of_very_many_faults_the_first_are_told_and_the_rest_counted() -> None:
    with pytest.raises(ProfileError) as fault:
        profile_of(values(types={f"Kind {i}": "nois" for i in range(40)}))
    message = str(fault.value)
    assert "types.Kind 0: unknown category 'nois'" in message
    assert re.search(r"\d\d more faults$", message)
    assert len(message) < 900


def test_all_faults_of_a_profile_are_told_at_once() -> None:
    with pytest.raises(ProfileError) as fault:
        profile_of(values(types={}, crs="EPSG:1"))
    assert "every row would be rejected" in str(fault.value)
    assert "EPSG:1" in str(fault.value)


def test_a_missing_or_broken_profile_file_is_told(tmp_path: Path) -> None:
    with pytest.raises(ProfileError, match=r"Unknown profile 'gone'\. Known: cad_log, council_asb"):
        load_profile(tmp_path / "gone.toml")
    (tmp_path / "bad.toml").write_text("name = x\n")
    with pytest.raises(ProfileError, match="line 1"):
        load_profile(tmp_path / "bad.toml")


def test_every_format_that_is_suggested_can_be_used() -> None:
    assert [each for each in (*KNOWN_FORMATS, UNIX, EXCEL) if format_fault(each)] == []
    offset = "%Y-%m-%dT%H:%M:%S%z"
    assert profile_of(values(date_format=offset)).date_format == offset


def test_a_profile_fits_a_header_whatever_its_case_and_punctuation() -> None:
    profile = profile_of(values(optional=["Y"]))
    assert profile.fits(["WHEN", "what_", " x ", "extra"])
    assert not profile.fits(["when", "x", "y"])


def test_a_mapping_is_suggested_from_names_and_values() -> None:
    frame = pd.DataFrame(
        {
            "CAD Reference": ["1", "2"],
            "Call_Time": ["25/12/2024 18:05", "26/12/2024 19:00"],
            "Incident type": ["Rowdy behaviour", "Lost dog"],
            "Easting": ["534000", "534100"],
            "Northing": ["182000", "182100"],
            "Caller": ["0207 1", "0207 2"],
            "Caller name": ["A", "B"],
            "Alcohol related": ["Y", "N"],
            "PC": ["E1 6AN", "e16an"],
        },
        dtype="str",
    )
    found = suggest_mapping(list(frame.columns), frame)
    assert found.columns == {
        "id": "CAD Reference",
        "start": "Call_Time",
        "type": "Incident type",
        "easting": "Easting",
        "northing": "Northing",
        "caller": "Caller",
        "postcode": "PC",
    }
    assert found.flags == {"alcohol": "Alcohol related"}
    assert found.types == {"Rowdy behaviour": "asb"}
    assert found.unknown_types == ("Lost dog",)
    assert found.date_format == "%d/%m/%Y %H:%M"
    assert found.private == ("Caller name",)
    assert found.missing == ()


def test_what_cannot_be_guessed_is_asked_for() -> None:
    frame = pd.DataFrame({"colour": ["red"], "x": ["-0.06"], "y": ["51.5"]}, dtype="str")
    found = suggest_mapping(list(frame.columns), frame)
    assert found.columns == {"longitude": "x", "latitude": "y"}
    assert found.missing == ("start", "type", "date_format")


@needs_shared
@pytest.mark.parametrize(
    ("name", "expected", "date_format"),
    [
        (
            "chicago-district-18-2016-01_2018-06.csv",
            {"start": "Date", "type": "Primary Type", "longitude": "Longitude", "place": "Block"},
            "%Y-%m-%d %H:%M:%S",
        ),
        (
            "nyc-vehicle-thefts-2014_2015.csv",
            {"start": "date_start", "end": "date_end", "longitude": "longitude", "id": "uid"},
            "%Y-%m-%d %H:%M",
        ),
    ],
)
def test_real_files_get_a_useful_suggestion(
    name: str, expected: dict[str, str], date_format: str
) -> None:
    frame = sample(open_source(SHARED / "data" / "timed" / name))
    found = suggest_mapping(list(frame.columns), frame)
    assert found.columns.items() >= expected.items()
    assert found.date_format == date_format


def test_every_setting_of_a_profile_is_in_the_document() -> None:
    named = set(re.findall(r"[a-z_]+", DOCUMENT))
    settings = set(Profile.model_fields) | set(Columns.model_fields)
    assert settings - named - {"title", "description"} == set()


def test_the_profile_in_the_document_can_be_used() -> None:
    (example,) = re.findall(r"```toml\n(.*?)```", DOCUMENT, re.DOTALL)
    assert profile_of(tomllib.loads(example)).name == "housing_asb"


@pytest.mark.parametrize(
    ("x", "y", "marks"),
    [("533,800", "182,000", (".", ",")), ("533.800,5", "182.000,5", (",", ".")),
     ("533800,5", "182000,5", (",", "")), ("533 800", "182 000", (".", " ")),
     ("533800.5", "182000", (".", "")), ("533,800", "182000", (".", ","))],
)  # fmt: skip
def test_the_marks_of_coordinates_are_suggested(x: str, y: str, marks: tuple[str, str]) -> None:
    frame = pd.DataFrame({"Easting": [x], "Northing": [y]}, dtype="str")
    found = suggest_mapping(list(frame.columns), frame)
    assert (found.decimal_mark, found.thousands_mark) == marks


def test_degrees_with_a_decimal_comma_are_degrees() -> None:
    frame = pd.DataFrame({"x": ["-0,0612"], "y": ["51,512"]}, dtype="str")
    found = suggest_mapping(list(frame.columns), frame)
    assert found.columns == {"longitude": "x", "latitude": "y"}
    assert (found.decimal_mark, found.thousands_mark) == (",", "")


def test_the_parts_of_a_date_are_suggested_where_there_is_no_whole_one() -> None:
    parts = {"Year": ["2024"], "Month": ["6"], "Day": ["1"], "Minute": ["5"]}
    found = suggest_mapping(list(parts), pd.DataFrame(parts, dtype="str"))
    assert found.columns == {"year": "Year", "month": "Month", "day": "Day"}
    assert "date_format" not in found.missing
    both = parts | {"Date": ["01/06/2024"]}
    found = suggest_mapping(list(both), pd.DataFrame(both, dtype="str"))
    assert found.columns == {"start": "Date"}


def test_parts_of_a_date_do_not_contradict_each_other() -> None:
    with pytest.raises(ProfileError, match="each needs those before it"):
        profile_of(values(columns={**values()["columns"], "start": None, "year": "Y", "day": "D"}))
    with pytest.raises(ProfileError, match="not both"):
        profile_of(values(columns={**values()["columns"], "year": "Y", "month": "M"}))
