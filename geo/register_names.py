"""Names as registers hold them, written as people write them: "BOW CHURCH STATION <>" and "N/A".

A register's capitals, its codes and what it fills a gap with are of use to its keeper, and to
nobody who reads a map. A name with small letters keeps its case. One in capitals gets small
letters, but for what is said letter by letter (BP, A&E, RC). Where few names of a file are in
capitals, those of one word (KFC, EAT) are how their bearers write themselves, and stay. A place
whose name turns out to be none is kept without one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_SPACES: Final = re.compile(r"\s+")
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_ORDINAL: Final = re.compile(r"\b(\d+)(ST|ND|RD|TH)\b")
_ESCAPED: Final = (
    ("&amp;", "&"),
    ("&amp;", "&"),
    ("&#039;", "'"),
    ("&#39;", "'"),
    ("&apos;", "'"),
)  # fmt: skip - a register may have escaped them twice
# Transport for London's marks (<>, #, [DLR], >R<), and brackets with nothing in them.
_MARKS: Final = re.compile(
    r"<\s*>|\[\s*\]|\(\s*\)|\{\s*\}|>\s*[A-Z]{1,4}\s*<|\[(?:DLR|TRAM|RIV)\]|(?<![\w&])#(?!\w)"
)
_CODE: Final = re.compile(
    r"(?:\s*[\[(](?=[^\])]*\d)[\w./:-]{1,20}[\])]"  # (3), [490000123X]
    r"|\s+[-–#:]?\s*\d{5,}[A-Z]?)\s*$"  # a number of five digits or more
)
_EDGES: Final = " \t-–—:;,/|*_"
_PLACEHOLDERS: Final = frozenset(
    (
        "", "0", "x", "xx", "xxx", "na", "nan", "nil", "none", "null", "unknown", "unnamed",
        "noname", "notknown", "notnamed", "notapplicable", "notavailable", "notstated", "nodata",
        "undefined", "tbc", "tba", "tobeconfirmed", "station", "stop", "busstop", "school",
        "street", "road", "park", "camera", "hospital", "estate", "site",
    )
)  # fmt: skip
_SMALL: Final = frozenset(
    ("of", "the", "and", "on", "in", "at", "by", "upon", "le", "la", "de", "du", "for", "to",
     "with", "under", "next")
)  # fmt: skip
# What is said by its letters although they would make a word, or is written in its own way.
_OWN: Final = {
    each.upper(): each
    for each in (
        "AA", "AE", "BUPA", "CofE", "DIY", "EDF", "EE", "GP", "HM", "IKEA", "II", "III", "ITV",
        "IV", "IX", "LBTH", "LU", "LUL", "LSE", "QMUL", "RAC", "RAF", "RC", "TfL", "UCL", "UEL",
        "UK", "USA", "VA", "VI", "VII", "VIII", "WHSmith", "XI", "XII", "YMCA", "YWCA",
    )
}  # fmt: skip
# Without a vowel and yet no letters to be said one by one.
_SHORTENED: Final = frozenset(
    ("BLDGS", "BRDG", "CL", "CRT", "CT", "CTR", "DR", "FLT", "FT", "GDN", "GDNS", "GRN", "GRND",
     "GRV", "HSE", "HTS", "JCT", "JR", "LBRY", "LN", "LTD", "MKT", "MNR", "MR", "MRS", "MS", "MT",
     "NR", "NTH", "PK", "PL", "PRK", "RD", "SCH", "SCHL", "SHPG", "SQ", "SR", "ST", "STH", "STN",
     "STRT", "TWR", "WHF", "WKS", "WLK")
)  # fmt: skip
_ELIDED: Final = frozenset("DLO")
_VOWELS: Final = frozenset("AEIOUYÀÁÂÄÅÆÈÉÊËÌÍÎÏÒÓÔÖØÙÚÛÜ")
_LONG_WORD: Final = 3  # letters, from which on two of them in capitals are a shouted name
_MOSTLY: Final = 0.5


@dataclass(frozen=True, slots=True)
class TidiedNames:
    """Names of a file as they will be shown, and what was done to them.

    Attributes
    ----------
    names : list of str
        One for each given; "" where there is none.
    notes : tuple of str
        A sentence with its number and first example for each thing that was done.
    """

    names: list[str]
    notes: tuple[str, ...]


def tidied_names(names: Sequence[str]) -> TidiedNames:
    """Write the names of one file as people write them; see above.

    Parameters
    ----------
    names : sequence of str
        Of any content; "" for none.
    """
    bare = {each: without_codes(each) for each in dict.fromkeys(names)}
    shouted = _mostly_capitals(list(bare.values()))
    tidied = {each: _written(name, shouted=shouted) for each, name in bare.items()}
    gone = [each for each in names if each and not tidied[each]]
    coded = [each for each in names if tidied[each] and bare[each].split() != each.split()]
    cased = [each for each in names if tidied[each] and tidied[each] != bare[each]]
    notes = [
        _note(cased, tidied, kind="in capitals ", done="given small letters"),
        _note(coded, tidied, kind="", done="freed of codes and marks"),
    ]
    if gone:
        count = f"{len(gone):,} {'place has' if len(gone) == 1 else 'places have'}"
        notes.append(f"{count} no name but a filler such as “{gone[0][:40]}”; kept without a name.")
    return TidiedNames([tidied[each] for each in names], tuple(note for note in notes if note))


def without_codes(name: str) -> str:
    """Return a name without a register's marks and the codes at its end; "" for a filler."""
    whole = _SPACES.sub(" ", _unescaped(name)).strip()
    bare = _SPACES.sub(" ", _MARKS.sub(" ", whole)).strip()
    while (shorter := _CODE.sub("", bare)) != bare and any(map(str.isalpha, shorter)):
        bare = shorter
    if bare != whole:
        bare = bare.strip(_EDGES)
    key = re.sub(r"[\W_]+", "", bare.casefold())
    return "" if key in _PLACEHOLDERS else bare


def title_case(name: str) -> str:
    """Return a name in capitals with small letters where people write them.

    Letters that are said one by one stay capitals (BP, A&E), *of*, *the* and the like are small
    between others, and what follows an apostrophe is small after more than one letter (King's,
    O'Brien).
    """
    words = list(_WORD.finditer(name))
    parts, at = [], 0
    for number, found in enumerate(words):
        between = 0 < number < len(words) - 1
        parts += [name[at : found.start()], _word(found, name, between=between)]
        at = found.end()
    ordinals = _ORDINAL.sub(lambda held: held[1] + held[2].lower(), "".join([*parts, name[at:]]))
    return ordinals[:1].upper() + ordinals[1:]


def _word(found: re.Match[str], name: str, *, between: bool) -> str:
    word = found[0]
    before, after = name[: found.start()][-1:], name[found.end() :][:1]
    if before.isdigit() or (len(word) == 1):
        return word  # A12B, and the letters of A&E, B&Q and R.C.
    if word in _OWN:
        return _OWN[word]
    if between and word.casefold() in _SMALL and before in " -" and after in " -":
        return word.lower()
    if not _VOWELS & set(word) and word not in _SHORTENED and "'" not in word and "’" not in word:
        return word
    if len(word) > 5 and word.startswith("MC"):
        return "Mc" + _capital(word[2:])
    first, mark, rest = re.match(r"([^'’]+)(['’]?)(.*)", word).groups()  # type: ignore[union-attr]
    if mark and first in _ELIDED and len(rest) > 1:
        return first + mark + _capital(rest)  # O'Brien, D'Arcy
    return _capital(first) + mark + rest.lower()


def _capital(word: str) -> str:
    return word[:1] + word[1:].lower()


def _written(name: str, *, shouted: bool) -> str:
    if not _in_capitals(name):
        return name
    long = [each for each in _WORD.findall(name) if len(each) >= _LONG_WORD]
    return title_case(name) if shouted or len(long) > 1 else name


def _in_capitals(name: str) -> bool:
    return name.isupper() and len(name) > 1


def _mostly_capitals(names: Sequence[str]) -> bool:
    worded = [each for each in names if any(len(word) > _LONG_WORD for word in _WORD.findall(each))]
    return sum(map(_in_capitals, worded)) > _MOSTLY * len(worded)


def _unescaped(name: str) -> str:
    """Undo what a register's web page escaped; a name with escaped tags is left to be seen."""
    if "&lt;" in name:
        return name
    for written, meant in _ESCAPED:
        name = name.replace(written, meant)
    return name


def _note(names: Sequence[str], tidied: dict[str, str], *, kind: str, done: str) -> str:
    if not names:
        return ""
    first = names[0]
    example = f"“{first[:60]}” is “{tidied[first][:60]}”"
    one = len(names) == 1
    word, verb = ("name", "was") if one else ("names", "were")
    return f"{len(names):,} {word} {kind}{verb} {done}: {example}."
