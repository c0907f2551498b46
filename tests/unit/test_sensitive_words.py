"""Which offences are domestic or sexual, against a table written out by hand."""

from __future__ import annotations

import pyarrow as pa
import pytest

from data.incidents.sensitive import sensitive_rows
from models.wording.sensitive import is_sensitive_offence

SENSITIVE = (
    "Rape",
    "RAPE",
    "rape_of_a_female",
    "Attempted rape",
    "Rape of a female aged 16 or over",
    "Raped by stranger",
    "Sexual assault",
    "SEXUAL ASSAULT ON A FEMALE AGED 13 AND OVER",
    "Sexual_Assault",
    "Sexual offences",
    "Other Sexual Offences",
    "Sexual  activity with a child",
    "Sexual harassment",
    "Sexually assaulted",
    "Child sexual exploitation",
    "CSE",
    "Sex offence - other",
    "Sex assault",
    "Sex-offender breach",
    "Indecent exposure",
    "Indecent assault",
    "Gross indecency",
    "Making indecent images",
    "Exposure",
    "Exposure and voyeurism",
    "Voyeurism",
    "Upskirting",
    "Up-skirting",
    "Familial incest",
    "Grooming",
    "Violence and sexual offences: rape",
    "Sexual violence and sexual offences",
    "Domestic",
    "Domestics",
    "DOMESTIC",
    "Domestic incident",
    "Domestic abuse - verbal",
    "domestic_abuse",
    "Domestic-Violence",
    "Domestic dispute",
    "Domestic - standard risk",
    "Domestic (non crime)",
    "Non-crime domestic",
    "Non crime domestic incident",
    "Violence - domestic",
    "Common assault (domestic)",
    "Criminal damage, domestic related",
    "Noise - domestic dispute",
    "Domestic: damage to property",
    "Dom. violence",
    "DV",
    "D.V. no injury",
    "DA - no injury",
    "Coercive or controlling behaviour",
    "Forced marriage",
    "Honour-based abuse",
    "Honor based violence",
    "Female genital mutilation",
    "DOM",
    "DOM - verbal",
    "Assault - Dom",
    "Assault, DA related",
    "D.A. standard risk",
    "HBA",
    "HBV - threats",
    "DomesticViolence",
    "Controlling behaviour",
    "Harassment by ex-partner",
    "Threats from ex husband",
    "Intimate image abuse",
    "Revenge porn",
    "SexOffence",
    "Sex trafficking",
)
ORDINARY = (
    "Violence and sexual offences",  # police.uk's heading for all violence
    "violence and sexual offences",
    "Violence & sexual offences",
    "Violent and sexual offences",
    "VIOLENCE  AND  SEXUAL  OFFENCES",
    "Domestic burglary",
    "Burglary - domestic",
    "Burglary in a domestic dwelling",
    "Residential burglary",
    "Domestic noise",
    "Domestic music",
    "Noise (domestic)",
    "Domestic waste",
    "Domestic fire",
    "Non-domestic violence",
    "Violence, non domestic",
    "Grape Street noise",
    "Drapery theft",
    "Oil scrapes",
    "Exposure to asbestos",
    "Hate crime - sexual orientation",
    "Sex establishment licence",
    "Prostitution related activity",
    "Essex Street disorder",
    "Essex Offences Office",
    "Domino Pizza, noise",
    "Damage to data cabinet",
    "Random damage",
    "Sussex traffic light",
    "Middlesex Street disorder",
    "Common assault",
    "Assault with injury",
    "Harassment",
    "Anti-social behaviour",
    "Drunk and disorderly",
    "",
)


@pytest.mark.parametrize("offence", SENSITIVE)
def test_domestic_and_sexual_offences_are_told_by_the_sources_words(offence: str) -> None:
    assert is_sensitive_offence(offence)


@pytest.mark.parametrize("offence", ORDINARY)
def test_other_offences_are_not_sensitive(offence: str) -> None:
    assert not is_sensitive_offence(offence)


@pytest.mark.parametrize(
    ("offence", "domestic", "sensitive"),
    [
        (None, None, False),
        (None, False, False),
        (None, True, True),
        ("Common assault", None, False),
        ("Common assault", False, False),
        ("Common assault", True, True),
        ("Violence and sexual offences", True, True),
        ("Rape", None, True),
        ("Rape", False, True),  # not domestic, and sexual all the same
        ("Domestic incident", False, True),  # the words weigh more than a mark that is not set
    ],
)
def test_a_mark_or_the_words_are_enough_and_unknown_is_not_a_mark(
    offence: str | None, domestic: bool | None, sensitive: bool
) -> None:
    columns = {
        "offence": pa.array([offence], pa.string()).dictionary_encode(),
        "domestic": pa.array([domestic], pa.bool_()),
    }
    assert sensitive_rows(pa.table(columns)).tolist() == [sensitive]
