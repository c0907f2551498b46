"""Names and classes of places are found by content; a table by hand says what class a street is."""

from __future__ import annotations

import pytest

from geo.place_columns import UnknownPlaceColumnError, find_place_columns
from geo.place_tags import class_by_tags, ended_reason, stop_type_reason, tags_of
from geo.places import (
    KIND_FAMILIES,
    KIND_LABELS,
    PLACE_KINDS,
    STREET_CLASSES,
    UnknownPlaceKindError,
    accepted_families,
    kind_in_sentence,
    places_box,
    read_place_kind,
)
from geo.street_classes import no_street_reason, street_class

# By hand, from the makers' own lists of values.
STREETS = {
    "motorway": "motorway",
    "motorway_link": "motorway",
    "Motorway": "motorway",
    "trunk": "main",
    "primary": "main",
    "A Road": "main",
    "Primary": "main",
    "secondary_link": "secondary",
    "tertiary": "secondary",
    "B Road": "secondary",
    "Minor Road": "secondary",
    "Classified Unnumbered": "secondary",
    "residential": "local",
    "unclassified": "local",
    "pedestrian": "local",
    "Local Road": "local",
    "Local Access Road": "local",
    "Restricted Local Access Road": "local",
    "Secondary Access Road": "local",
    "Not Classified": "local",
    "": "local",
    "whatever": "local",
    "footway": "path",
    "steps": "path",
    "cycleway": "path",
    "A": "main",
    "C": "secondary",
    "U": "local",
}


@pytest.mark.parametrize("value", STREETS)
def test_a_street_is_of_the_class_that_its_source_means(value: str) -> None:
    assert street_class(value) == STREETS[value]
    assert no_street_reason(value) == ""


def test_every_class_of_street_occurs() -> None:
    assert set(STREETS.values()) == set(STREET_CLASSES)


@pytest.mark.parametrize("value", ["proposed", "construction", "corridor", "Disused"])
def test_what_is_no_street_says_why(value: str) -> None:
    assert no_street_reason(value) == f"it is no street that is there and open ({value.lower()})"


@pytest.mark.parametrize(
    ("kind", "texts", "name", "place_class"),
    [
        (
            "street",
            {"id": ["a1"], "name_1": ["Bow Road"], "road_classification": ["A Road"],
             "road_function": ["A Road"], "form_of_way": ["Single Carriageway"]},
            "name_1",
            "road_function",
        ),
        (
            "street",
            {"class": ["Unclassified"], "roadNumber": [""], "name1": ["Elm Row"],
             "formOfWay": ["Single Carriageway"], "function": ["Minor Road"]},
            "name1",
            "function",
        ),
        ("street", {"osm_id": ["1"], "name": ["Elm"], "class": ["residential"]}, "name", "class"),
        ("street", {"name": ["A", "B"]}, "name", None),
        ("street", {"nr": ["1", "2"], "WEGE": ["footway", "trunk"]}, None, "WEGE"),
        (
            "park",
            {"id": ["x"], "function": ["Cemetery"], "distName1": ["Tower Hamlets Cemetery"]},
            "distName1",
            "function",
        ),
        (
            "school",
            {"URN": ["1"], "EstablishmentName": ["Bow School"],
             "TypeOfEstablishment (name)": ["Academy"]},
            "EstablishmentName",
            "TypeOfEstablishment (name)",
        ),
        (
            "zone",
            {"ref": ["Z1", "Z2"], "made": ["2024-01-01", "2024-02-01"],
             "was heißt es": ["Brick Lane", "Roman Road"]},
            "was heißt es",
            None,
        ),
        ("camera", {"ref": ["C1", "C2"]}, None, None),
        ("park", {"name": ["", ""], "title": ["Mile End Park", "Bow"]}, "title", None),
    ],
)  # fmt: skip
def test_columns_are_found_by_name_and_content(
    kind: str, texts: dict[str, list[str]], name: str | None, place_class: str | None
) -> None:
    columns = find_place_columns(texts, kind=read_place_kind(kind))
    assert (columns.name, columns.place_class, columns.tags) == (name, place_class, ())


def test_a_named_column_is_taken_and_one_that_is_not_there_is_refused() -> None:
    texts = {"name": ["A"], "Old Name": ["B"], "highway": ["primary"]}
    columns = find_place_columns(
        texts, kind="street", name_column="old_name", class_column="highway"
    )
    assert (columns.name, columns.place_class, columns.tags) == ("Old Name", "highway", ())
    with pytest.raises(UnknownPlaceColumnError, match=r"no column called 'colour'.*name, Old Name"):
        find_place_columns(texts, kind="street", class_column="colour")


def test_openstreetmaps_columns_are_read_as_tags() -> None:
    texts = {"name": ["A"], "highway": ["primary"], "other_tags": [""]}
    assert find_place_columns(texts, kind="street").tags == ("highway", "other_tags")
    assert find_place_columns(texts, kind="park").tags == ("other_tags",)
    assert find_place_columns(texts, kind="zone").tags == ()


def test_other_tags_are_read_with_their_marks() -> None:
    other = r'"railway"=>"rail","note"=>"a \"b\" => c","gauge"=>"1435"'
    tags = tags_of({"name": "", "waterway": "canal"}, other_tags=other)
    assert tags == {
        "railway": "rail", "note": 'a "b" => c', "gauge": "1435", "waterway": "canal",
    }  # fmt: skip
    assert class_by_tags(tags, kind="rail") == "rail"
    assert class_by_tags(tags, kind="water") == "canal"
    assert class_by_tags(tags, kind="street") is None
    assert class_by_tags({"railway": "abandoned"}, kind="rail") is None


def test_registers_say_what_is_another_kind_or_has_closed() -> None:
    assert stop_type_reason("BCT", kind="bus_stop") == ""
    assert "stop type is RLY" in stop_type_reason("RLY", kind="bus_stop")
    assert stop_type_reason("RLY", kind="school") == ""
    assert ended_reason("Closed") == "the register says that it is closed"
    assert ended_reason("inactive") == "the register says that it is inactive"
    assert [ended_reason(each) for each in ("Open", "active", "Open, but proposed to close")] == [
        "", "", "",
    ]  # fmt: skip


def test_kinds_are_read_as_people_write_them_and_premises_are_sent_elsewhere() -> None:
    assert read_place_kind(" Bus stop ") == "bus_stop"
    assert read_place_kind("town-centre") == "town_centre"
    with pytest.raises(UnknownPlaceKindError, match=r"hotspots premises FILE"):
        read_place_kind("premises")
    with pytest.raises(UnknownPlaceKindError, match=r"Unknown kind of place 'tree'.*street, park"):
        read_place_kind("tree")


def test_every_kind_has_a_label_and_families() -> None:
    assert set(KIND_LABELS) == set(KIND_FAMILIES) == set(PLACE_KINDS)
    assert kind_in_sentence("zone") == "zones"
    assert accepted_families("school") == ("point", "polygon")
    assert accepted_families("street") == ("line",)
    assert places_box((0.0, 0.0, 10.0, 20.0)) == (-1000.0, -1000.0, 1010.0, 1020.0)
