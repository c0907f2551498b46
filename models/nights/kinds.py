"""What is counted of a night-time area, and the words by which rowdy behaviour and noise are known.

Anti-social behaviour is one category; which of it is rowdy behaviour and which is noise only the
source's own words say. The words are settings: each source may have a list of its own, since a
council's extract and the police's call log word the same thing in two ways. A word is looked for
from the beginning of a word, whatever its capitals: "drunk" finds "Drunken behaviour" and not
"undrunk". A kind that no word of a source names is counted as zero, so the words in use are shown
with the figures.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from models.indicators.offence_words import NightWords
from models.wording.categories import CATEGORIES

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

KIND_LABELS: Final[dict[str, str]] = {
    "asb": "Anti-social behaviour",
    "violence": "Violence",
    "vwi": "Violence with injury",
    "robbery": "Robbery",
    "theft_person": "Theft from the person",
    "theft": "Other theft",
    "public_order": "Public order",
    "rowdy": "Rowdy behaviour",
    "noise": "Noise",
}


@dataclass(frozen=True, slots=True)
class KindRows:
    """What each of n incidents counts as; an incident can be several.

    Attributes
    ----------
    rowdy, noise : bool arrays of shape (n,)
        Of anti-social behaviour, by the words.
    """

    rowdy: NDArray[np.bool_]
    noise: NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class KindCounts:
    """How many incidents are of each kind; rowdy and noise are parts of `asb`, `vwi` of `violence`.

    Attributes
    ----------
    total : int
        All, those of other categories that their source marks as night-time economy too.
    injury_unknown : int
        Violence of which it is not known whether anybody was hurt; it is not counted in `vwi`.
    """

    total: int
    asb: int
    violence: int
    vwi: int
    injury_unknown: int
    robbery: int
    theft_person: int
    theft: int
    public_order: int
    rowdy: int
    noise: int


def kinds_by_words(
    offence: NDArray[np.int32],
    source: NDArray[np.int16],
    *,
    category: NDArray[np.int8],
    offences: Sequence[str],
    sources: Sequence[str],
    terms: Mapping[str, NightWords] | None = None,
) -> KindRows:
    """Tell which anti-social behaviour is rowdy behaviour and which is noise.

    Parameters
    ----------
    offence, source, category : arrays of shape (n,)
        Index into `offences` (−1 where none is named), `sources` and `CATEGORIES`.
    offences, sources : sequence of str
    terms : mapping of str to NightWords, optional
        By source; the one under "" stands for sources that are not in it.
    """
    lists = dict(terms or {})
    usual = lists.get("", NightWords())
    asb = category == CATEGORIES.index("asb")
    found = []
    for kind in ("rowdy", "noise"):
        table = np.zeros((len(sources), len(offences) + 1), dtype=np.bool_)
        for row, name in enumerate(sources):
            table[row, :-1] = _matching(getattr(lists.get(name, usual), kind), offences)
        found.append(asb & table[source, offence])
    return KindRows(rowdy=found[0], noise=found[1])


def count_kinds(
    category: NDArray[np.int8], injury: NDArray[np.int8], *, kinds: KindRows
) -> KindCounts:
    """Count incidents by kind.

    Parameters
    ----------
    category : int8 array of shape (n,)
        Index into `CATEGORIES`.
    injury : int8 array of shape (n,)
        1 yes, 0 no, −1 unknown.
    kinds : KindRows
        Of the same n incidents.
    """
    by = dict(zip(CATEGORIES, np.bincount(category, minlength=len(CATEGORIES)), strict=True))
    violence = category == CATEGORIES.index("violence")
    return KindCounts(
        total=len(category),
        asb=int(by["asb"]),
        violence=int(by["violence"]),
        vwi=int((violence & (injury == 1)).sum()),
        injury_unknown=int((violence & (injury < 0)).sum()),
        robbery=int(by["robbery"]),
        theft_person=int(by["theft_person"]),
        theft=int(by["theft"]),
        public_order=int(by["public_order"]),
        rowdy=int(kinds.rowdy.sum()),
        noise=int(kinds.noise.sum()),
    )


def _matching(beginnings: Sequence[str], offences: Sequence[str]) -> list[bool]:
    if not beginnings:
        return [False] * len(offences)
    pattern = re.compile(
        r"\b(" + "|".join(re.escape(each) for each in beginnings) + ")", re.IGNORECASE
    )
    return [pattern.search(name) is not None for name in offences]
