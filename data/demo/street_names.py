"""Names for the demo's minor streets: invented, and marked so.

Postcodes that differ in the last letter only ("E1 6QL", "E1 6QB") are one family of streets. A
family has a word of its own ("Alderbourne"), its longest street is the Street, the next the Lane
and so on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import numpy as np

MARK: Final = "(SIMULATED)"
_FIRST: Final = (
    "Alder", "Amber", "Ash", "Barley", "Birch", "Bram", "Briar", "Bryn", "Cald", "Cinder", "Clay",
    "Cob", "Copper", "Crane", "Dun", "Elm", "Fern", "Finch", "Flint", "Fox", "Gorse", "Hart",
    "Hazel", "Heron", "Juniper", "Kest", "Lark", "Linden", "Marl", "Nettle", "Otter", "Pen",
    "Quill", "Raven", "Rush", "Sedge", "Thorn", "Wren", "Yar", "Plover", "Teasel", "Bracken",
    "Damson", "Medlar", "Quince", "Tansy", "Withy", "Yarrow",
)  # fmt: skip
_SECOND: Final = (
    "bourne", "bridge", "combe", "cote", "croft", "dale", "den", "fell", "field", "ford", "gate",
    "hay", "hurst", "land", "leigh", "low", "mere", "more", "ridge", "shaw", "stead", "stoke",
    "stone", "thorpe", "wade", "well", "wick", "worth",
)  # fmt: skip
KINDS: Final = (
    "Street", "Lane", "Place", "Row", "Close", "Gardens", "Court", "Mews", "Terrace", "Yard",
    "Walk", "Grove", "Rise", "Square", "Crescent", "Drive", "Buildings", "Cottages", "Green",
    "Hill", "Parade", "Avenue", "Villas", "Mount", "View", "Way", "Wharf", "Dell", "Road", "Fold",
)  # fmt: skip


def family_words(count: int, *, rng: np.random.Generator) -> tuple[str, ...]:
    """Draw a word for each family, no word twice.

    Raises
    ------
    ValueError
        If there are more families than words.
    """
    words = [first + second for first in _FIRST for second in _SECOND]
    return tuple(words[at] for at in rng.choice(len(words), count, replace=False))


def street_name(word: str, number: int, *, path: bool = False) -> str:
    """Return the name of a family's street, the longest being number 0, or of a path of it."""
    if path:
        return f"{word} Passage {MARK}"
    again, kind = divmod(number, len(KINDS))
    upper = ("", "Upper ", "Lower ", "Old ", "New ")[again]
    return f"{upper}{word} {KINDS[kind]} {MARK}"


def path_name(park: str) -> str:
    """Return the name of every path in a park."""
    return f"Path in {park} {MARK}"
