"""What the import page says of references that come again, in the file's own words."""

from __future__ import annotations

import pandas as pd

from data.sources.profile import load_profile, shipped_profiles
from data.sources.repeats import repeated_references

CAD = load_profile(shipped_profiles()["cad_log"])


def calls(*rows: tuple[str, str, str]) -> pd.DataFrame:
    columns = ["CAD reference", "Call time", "Easting"]
    return pd.DataFrame(rows, columns=columns, dtype="str").assign(Northing="182000")


def test_a_reference_at_another_time_or_place_is_shown_with_both() -> None:
    found = repeated_references(
        calls(
            ("17", "01/06/2024 10:00", "533800"),
            ("18", "01/06/2024 10:05", "533800"),
            ("17", "02/06/2024 09:30", "533900"),
            ("17", "03/06/2024 09:30", "533900"),
        ),
        CAD,
    )
    assert found is not None
    assert found.sentence == (
        "In the first 4 rows 1 reference comes again at another time or place. "
        "17: 01/06/2024 10:00, 533800, 182000 and 02/06/2024 09:30, 533900, 182000."
    )


def test_the_same_row_again_and_a_blank_reference_are_none() -> None:
    same = ("17", "01/06/2024 10:00", "533800")
    blank = [("", "01/06/2024 10:00", "533800"), ("", "02/06/2024 10:00", "533800")]
    assert repeated_references(calls(same, same, *blank), CAD) is None
    assert repeated_references(calls(same).drop(columns="CAD reference"), CAD) is None
