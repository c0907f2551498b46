"""Names of registers, written as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.register_names import tidied_names, title_case, without_codes

CAPITALS = st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZÉÜ0123456789 '’&./-()", min_size=2, max_size=40)


@pytest.mark.parametrize(
    ("register", "people"),
    [
        ("ST JAMES'S OF THE FIELDS RC SCHOOL", "St James's of the Fields RC School"),
        ("THE ROYAL LONDON HOSPITAL A&E", "The Royal London Hospital A&E"),
        ("BP MILE END", "BP Mile End"),
        ("O'BRIEN'S OFF LICENCE", "O'Brien's Off Licence"),
        ("KING’S HEAD", "King’s Head"),
        ("STOKE-ON-TRENT", "Stoke-on-Trent"),
        ("BOW ROAD / MILE END RD", "Bow Road / Mile End Rd"),
        ("MCDONALD'S", "McDonald's"),
        ("THE HERO OF MAIDA", "The Hero of Maida"),
        ("IN THE WOODS NURSERY", "In the Woods Nursery"),
        ("A12 EAST CROSS ROUTE", "A12 East Cross Route"),
        ("1ST FLOOR, 21ST CENTURY HOUSE", "1st Floor, 21st Century House"),
        ("ÉCOLE FRANÇAISE", "École Française"),
        ("CHURCH OF ST MARY AND ST MICHAEL", "Church of St Mary and St Michael"),
        ("B&Q", "B&Q"),
        ("GEORGE V PUBLIC HOUSE", "George V Public House"),
    ],
)
def test_capitals_become_names(register: str, people: str) -> None:
    assert title_case(register) == people


@pytest.mark.parametrize(
    ("register", "bare"),
    [
        ("BOW CHURCH STATION <>", "BOW CHURCH STATION"),
        ("STRATFORD BUS STATION <>#[DLR]", "STRATFORD BUS STATION"),
        ("HAGGERSTON STATION # / DOWNHAM ROAD", "HAGGERSTON STATION / DOWNHAM ROAD"),
        ("TOWER PIER. >R<", "TOWER PIER."),
        ("Boots The Chemist (3)", "Boots The Chemist"),
        ("Mulberry School - 100968", "Mulberry School"),
        ("Mile End [490000147A]", "Mile End"),
        ("Theobald&amp;#039;s Rd", "Theobald's Rd"),
        ("Elephant &amp;amp; Castle", "Elephant & Castle"),
        ("Stratford (DLR)", "Stratford (DLR)"),
        ("Rabot 1745", "Rabot 1745"),
        ("Bar 104", "Bar 104"),
        ("123456", "123456"),
    ],
)
def test_codes_and_marks_go(register: str, bare: str) -> None:
    assert without_codes(register) == bare


@pytest.mark.parametrize(
    "filler",
    ["", "#", "N/A", "n/a", "NA", "-", "--", "STATION <>", "Station", "UNKNOWN", "(null)", "<NULL>",
     "xxx", "T.B.C.", "Not Known", "?"],
)  # fmt: skip
def test_a_filler_is_no_name(filler: str) -> None:
    assert tidied_names([filler, "Brick Lane"]).names == ["", "Brick Lane"]


def test_few_capitals_in_a_file_are_how_their_bearers_write_themselves() -> None:
    mixed = ["Poplar Baths", "KFC", "LONDIS", "PIZZA HUT DELIVERY", "Brick Lane Bookshop"]
    assert tidied_names(mixed).names == [
        "Poplar Baths", "KFC", "LONDIS", "Pizza Hut Delivery", "Brick Lane Bookshop",
    ]  # fmt: skip
    assert tidied_names(["LONDIS", "KFC", "MILE END"]).names == ["Londis", "KFC", "Mile End"]


def test_what_was_done_is_said_with_its_number_and_an_example() -> None:
    tidied = tidied_names(["BOW ROAD", "MILE END STATION <>", "N/A", "Brick Lane"])
    assert tidied.names == ["Bow Road", "Mile End Station", "", "Brick Lane"]
    assert tidied.notes == (
        "2 names in capitals were given small letters: “BOW ROAD” is “Bow Road”.",
        "1 name was freed of codes and marks: “MILE END STATION <>” is “Mile End Station”.",
        "1 place has no name but a filler such as “N/A”; kept without a name.",
    )
    assert tidied_names(["Brick Lane", "", "Bow Road"]).notes == ()


@given(st.lists(st.text(max_size=30), max_size=12))
def test_tidying_twice_changes_nothing_more_and_every_row_is_kept(names: list[str]) -> None:
    once = tidied_names(names)
    assert len(once.names) == len(names)
    assert [without_codes(each) for each in once.names] == once.names
    longest = max(map(len, names), default=0)
    assert all(len(each) <= 2 * longest for each in once.names)


@given(CAPITALS)
def test_small_letters_change_no_letter(name: str) -> None:
    cased = title_case(name)
    assert cased.upper() == name.upper()
    assert len(cased) == len(name)
    assert title_case(cased.upper()) == cased


@given(st.text("abcdefgh ABC'-", min_size=1, max_size=30).filter(lambda text: text.islower()))
def test_a_name_in_small_letters_stays_but_for_its_spaces(name: str) -> None:
    bare = without_codes(name)
    assert bare in ("", " ".join(name.split()))
