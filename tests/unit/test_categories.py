"""Which of a source's words for an offence name another theft, and what a stored row counts as."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest

from data.incidents.categories import category_codes
from models.wording.categories import CATEGORIES, PANEL_CATEGORIES, is_other_theft

OTHER_THEFT = (
    "Other theft",
    "Bicycle theft",
    "Shoplifting",
    "SHOPLIFTING",
    "Shop-lifting",
    "Shop theft",
    "Theft of a pedal cycle",
    "Theft or unauthorised taking of a pedal cycle",
    "Theft by an employee",
    "Theft - other",
    "THEFT_OTHER",
    "Stealing from a shop",
    "PETIT LARCENY",
    "Making off without payment",
)
NO_OTHER_THEFT = (
    "",
    "Other crime",
    "Other offences",
    "Theft from the person",
    "Theft from person",
    "Theft of motor vehicle",
    "Theft from a vehicle",
    "Theft from motor-cycle",
    "Car theft",
    "Handling stolen goods",
    "Going equipped for stealing",
    "Burglary and theft",
    "Identity theft",
)


@pytest.mark.parametrize("offence", OTHER_THEFT)
def test_these_offences_are_other_theft(offence: str) -> None:
    assert is_other_theft(offence)


@pytest.mark.parametrize("offence", NO_OTHER_THEFT)
def test_these_offences_are_not(offence: str) -> None:
    assert not is_other_theft(offence)


def test_a_row_stored_as_other_before_there_was_other_theft_is_told_by_its_offence() -> None:
    category = ["other", "other", "other", "theft", "burglary", "theft_person", "other"]
    offence = [
        "Shoplifting",
        "Perjury",
        None,
        None,
        "Theft in a dwelling",
        "Theft",
        "Bicycle theft",
    ]
    rows = pa.table(
        {
            "category": pa.array(category).dictionary_encode(),
            "offence": pa.array(offence, pa.string()).dictionary_encode(),
        }
    )
    names = [CATEGORIES[at] for at in category_codes(rows)]
    assert names == ["theft", "other", "other", "theft", "burglary", "theft_person", "theft"]
    assert category_codes(rows).dtype == np.int8


def test_other_theft_stands_before_other_and_the_ward_panel_keeps_its_list() -> None:
    assert CATEGORIES[-2:] == ("theft", "other")
    assert (*CATEGORIES[:-2], "other") == PANEL_CATEGORIES
