"""Which names an account may have, and which two names look alike.

A name is what the audit trail tells people apart by, so two accounts may not have names that an eye
takes for one. Names are compared by their skeletons (Unicode Technical Standard 39), from the
Unicode confusables that the package confusable-homoglyphs ships: Cyrillic "А" and Latin "A", "rn"
and "m", "0" and "O" have the same. Capitals make no difference, so neither do "I", "l" and "1".
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from itertools import groupby
from typing import TYPE_CHECKING, Final

from confusable_homoglyphs.categories import unique_aliases
from confusable_homoglyphs.confusables import confusables_data

from geo.errors import PlainError

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST_NAME: Final = 80
_ANY_SCRIPT: Final = {"COMMON", "INHERITED"}
# One person's name can be written with all of these (UTS 39, "highly restrictive").
_ONE_WRITING: Final = ({"HAN", "HIRAGANA", "KATAKANA"}, {"HAN", "HANGUL"}, {"HAN", "BOPOMOFO"})
_VISIBLE: Final = ("L", "M", "N", "P", "S")
# Letters and marks by their category that nothing is drawn for.
_BLANK: Final = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u2800\u3164\uffa0")
_MOST_MARKS: Final = 2
_RESERVED: Final = re.compile(r"\(command line\)|^nobody\b|^this computer$", re.IGNORECASE)
_DIRECTION_MARKS: Final = "\u200e\u200f"  # which the confusables of right-to-left scripts stand in


class AccountNameError(PlainError, ValueError):
    """A name cannot be an account's."""


def checked_name(text: str) -> str:
    """Return a name as it is kept: in Unicode's compatible form (NFKC), with single spaces.

    Raises
    ------
    AccountNameError
        If it is empty or too long, holds something that cannot be seen, mixes scripts, or is what
        the audit trail calls something else.
    """
    if fault := name_fault(text):
        raise AccountNameError(fault)
    return _normal(text)


def name_fault(text: str) -> str | None:
    """Say what is wrong with a name; None if it may be an account's."""
    name = _normal(text)
    if not name or len(name) > LONGEST_NAME:
        return f"The name has {len(name)} characters; it must have 1 to {LONGEST_NAME}."
    unseen = [each for each in text.strip() if each != " " and not _is_visible(each)]
    if unseen:
        shown = ", ".join(f"U+{ord(each):04X}" for each in dict.fromkeys(unseen))
        return f"The name contains what cannot be seen ({shown}). Type it again without."
    if any(len(list(run)) > _MOST_MARKS for is_mark, run in groupby(name, _is_mark) if is_mark):
        return f"The name has more than {_MOST_MARKS} accents on one letter. Leave some out."
    scripts = unique_aliases(name) - _ANY_SCRIPT
    if len(scripts) > 1 and not any(scripts <= each for each in _ONE_WRITING):
        listed = " and ".join(sorted(each.capitalize() for each in scripts))
        return f"The name mixes letters of several scripts ({listed}). Use those of one."
    if not any(each.isalnum() for each in name):
        return "The name has no letter and no figure."
    if _RESERVED.search(name):
        return f"The name {name!r} is what the audit trail calls something else. Choose another."
    return None


def name_remarks(names: Sequence[str]) -> dict[str, str]:
    """Return what is to be said of names that were given before they were checked.

    Parameters
    ----------
    names : sequence of str

    Returns
    -------
    dict of str to str
        By name: what is wrong with it, or which others look like it; nothing for the rest.
    """
    alike: dict[str, list[str]] = {}
    for name in names:
        alike.setdefault(look_alike(name), []).append(name)
    remarks = {}
    for name in names:
        others = [repr(each) for each in alike[look_alike(name)] if each != name]
        said = [fault] if (fault := name_fault(name)) else []
        said += [f"Looks like {' and '.join(others)}."] if others else []
        if said:
            remarks[name] = " ".join(said)
    return remarks


def look_alike(text: str) -> str:
    """Return what names that look alike have in common, whatever their case."""
    folded = _normal(text).casefold()
    # What a capital looks like counts too: "Ian" is read as "lan". Two passes, since the skeleton
    # of a small letter can be a capital ("0" becomes "O").
    skeleton = _skeleton(_skeleton(folded).casefold()).casefold()
    return skeleton.replace("i", "l").replace("vv", "w").replace(" ", "")


def _normal(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).split())


def _is_mark(character: str) -> bool:
    return unicodedata.category(character).startswith("M")


def _is_visible(character: str) -> bool:
    is_selector = "\ufe00" <= character <= "\ufe0f" or "\U000e0100" <= character <= "\U000e01ef"
    return (
        unicodedata.category(character)[0] in _VISIBLE
        and character not in _BLANK
        and not is_selector
    )


def _skeleton(text: str) -> str:
    """Return the skeleton of UTS 39 but for the removal of what is ignorable, which is refused."""
    apart = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFD", "".join(map(_prototype, apart)))


@cache
def _prototype(character: str) -> str:
    """Return what stands for all characters that look like this one.

    The data name for each character those that look like it, in both directions; the one that
    stands for all is the one with more than one of them, or of several characters. Where two have
    only each other, it is the first by their numbers.
    """
    similar: list[str] = [
        alike
        for each in confusables_data.get(character, ())
        if (alike := each["c"].strip(_DIRECTION_MARKS))
    ]
    if len(similar) != 1:
        return character
    (other,) = similar
    if len(other) > 1 or len(confusables_data.get(other, ())) > 1:
        return other if len(other) == 1 else "".join(map(_prototype, other))
    return min(character, other)
