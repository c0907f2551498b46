"""Which incidents are domestic or sexual: the one rule that everything with a place rests on.

An incident is sensitive when its source marks it as domestic, or when the source's own words for
the offence say that it is domestic or sexual. A flag that is not set proves nothing, so the words
count even where the flag says no.

**In doubt it is sensitive.** The word "domestic" alone is enough ("Domestic - standard risk"),
unless it says what kind of household thing is meant ("Domestic burglary", "Noise - domestic").
So are the abbreviations in use ("DOM", "DA", "DV", "HBA"). Words for abuse within a family
(coercive control, forced marriage, so-called honour-based abuse, female genital mutilation) are
read as domestic.

**What cannot be taken apart.** police.uk publishes one heading, "Violence and sexual offences", for
all violence. It names no offence and its positions are anonymised map points, so it is not
sensitive by itself. Prostitution and sex establishments are matters of a street or of licensing,
and hostility to a sexual orientation is hate crime: neither is a sexual offence.
"""

from __future__ import annotations

import re
from typing import Final

# A letter before or after is another word; an underscore, a digit or a dash is not.
_START, _END = r"(?<![a-z])", r"(?![a-z])"
_HEADING: Final = "".join(
    rf"(?<!{violence} {joined} )" for violence in ("violence", "violent") for joined in ("and", "&")
)
SEXUAL: Final = (
    rf"{_HEADING}{_START}sexual(?:ly)?{_END}(?!\W*orientation)"
    rf"|{_START}rap(?:e|es|ed|ing|ist){_END}"
    rf"|{_START}sex[\W_]*(?:offen|assault|attack|crime|abuse|pest|traffick)"
    rf"|{_START}intimate[\W_]+(?:image|photo|video)|{_START}revenge[\W_]+porn"
    rf"|{_START}indecen|{_START}voyeur|{_START}exposure{_END}(?!\W+to{_END})|{_START}flasher"
    rf"|{_START}up[\W_]?skirt|{_START}incest|{_START}bugger|{_START}sodom|{_START}bestiality"
    rf"|{_START}(?:paedo|pedo)phil|{_START}molest|{_START}grop(?:ed|ing){_END}"
    rf"|{_START}(?:child|online)[\W_]+groom|{_START}grooming{_END}"
    rf"|{_START}(?:cse|rasso){_END}"
)
_ABUSE: Final = (
    r"(?:abus|violen|assault|incident|disput|disturb|argument|relat|crime|homicid|murder)"
)
_HOUSEHOLD: Final = (
    r"(?:nois|music|burglar|dwelling|premis|building|household|wast|refus|rubbish|bins?\b|fly tip"
    r"|animal|dogs?\b|cats?\b|pets?\b|fires?\b|smoke|alarm|appliance|boiler|bonfire|theft|cctv)"
)
_DOMESTIC: Final = re.compile(
    rf"(?<!\bnon )\bdomestics?\b(?! {_HOUSEHOLD})"
    rf"|(?<!\bnon )\bdomestic {_ABUSE}"
    r"|\bdomestic(?:abus|violen|assault|incident|disput)"
    r"|\bdom\b|\b(?:dv|d v|dva|dvpn|dvpo|da|d a|hba|hbv)\b|\bintimate partner\b"
    r"|\bex (?:partner|husband|wife|boyfriend|girlfriend|spouse)s?\b"
    r"|\bcoercive\b|\bcontrolling behaviou?r|\bforced marriage|\bhonou?r based"
    r"|\bgenital mutilation|\bfgm\b"
)
_OF_A_HOUSEHOLD: Final = re.compile(
    r"\b(?:nois[ey]+|music|burglar[iesy]+|waste|fire|alarm)(?: (?:in|at|of|from|to|a|an))* "
    rf"domestics?\b(?! {_ABUSE})"
)
_SEXUAL: Final = re.compile(SEXUAL, re.IGNORECASE)


def is_sensitive_offence(offence: str) -> bool:
    """Tell whether a source's words for an offence say that it is domestic or sexual.

    Parameters
    ----------
    offence : str
        In any case, with any marks between its words.
    """
    plain = " ".join(re.findall(r"[a-z0-9]+", offence.casefold().replace("&", " and ")))
    if _SEXUAL.search(plain):
        return True
    return _DOMESTIC.search(_OF_A_HOUSEHOLD.sub(" ", plain)) is not None
