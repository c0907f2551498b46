"""Names of places, given to the rows of one list together so that no two read alike."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.escaping import plain_text
from geo.naming.candidates import candidates, street_claimed
from geo.naming.evidence import Place, looked_up
from geo.naming.words import LONGEST_NAME, noted_once, with_ward

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from geo.naming.evidence import Evidence
    from geo.naming.gazetteer import Gazetteer


def names_together(gazetteer: Gazetteer, places: Sequence[Place]) -> tuple[str, ...]:
    """Return a name for each place of one list, no two of them alike.

    Where two places would have the same name, both get one that says more: another crossing, the
    end of the street, the way and the distance from the crossing, at last the ward and the
    position. The order of the list plays no part, unless two places are the same in everything.

    Parameters
    ----------
    gazetteer : Gazetteer
    places : sequence of Place

    Returns
    -------
    tuple of str
        At most `geo.naming.words.LONGEST_NAME` characters each; never "". Plain text from layers,
        to be escaped by whoever writes it into a page.
    """
    if not places:
        return ()
    found = looked_up(gazetteer, places)
    two = _streets_of_one_name(found, gazetteer)
    name = [_Names(_told_apart(each, gazetteer, two)) for each in found]
    while groups := _alike(name):
        moved = [each for group in groups for each in group if name[each].advance()]
        if not moved:
            _number(groups, name, found)
            break
    return tuple(each.text for each in name)


def name_of_place(gazetteer: Gazetteer, place: Place) -> str:
    """Return the name of a place by itself."""
    return names_together(gazetteer, [place])[0]


class _Names:
    """The name in use of a place, and those that it could have instead."""

    def __init__(self, names: Iterator[str]) -> None:
        self._names = names
        self._used: set[str] = set()
        self.text = ""
        self.advance()

    def advance(self) -> bool:
        """Take the next name that was not in use yet; False where there is none."""
        for name in self._names:
            text = plain_text(noted_once(name), longest=LONGEST_NAME)
            if text and text not in self._used:
                self._used.add(text)
                self.text = text
                return True
        return False


def _alike(names: Sequence[_Names]) -> list[list[int]]:
    """Return the places whose names read alike, whatever their capitals."""
    groups = defaultdict(list)
    for at, each in enumerate(names):
        groups[each.text.casefold()].append(at)
    return [group for group in groups.values() if len(group) > 1]


def _streets_of_one_name(found: Sequence[Evidence], gazetteer: Gazetteer) -> frozenset[int]:
    """Return the streets claimed in this list that share their name with another of them."""
    named = gazetteer.streets
    if named is None:
        return frozenset()
    by_name = defaultdict(set)
    for each in found:
        street = street_claimed(each)
        if street is not None:
            by_name[named.label[street].casefold()].add(street)
    return frozenset(street for group in by_name.values() if len(group) > 1 for street in group)


def _told_apart(found: Evidence, gazetteer: Gazetteer, two: frozenset[int]) -> Iterator[str]:
    """Yield a place's names, with its ward first where its street is one of two of its name."""
    if street_claimed(found) in two:
        for name in candidates(found, gazetteer):
            yield with_ward(name, found.place.ward)
    yield from candidates(found, gazetteer)


def _number(
    groups: Sequence[Sequence[int]], names: Sequence[_Names], found: Sequence[Evidence]
) -> None:
    """Give numbers to what nothing on the ground tells apart, from west to east."""
    taken = {each.text.casefold() for each in names}
    for group in groups:
        number = 1
        for at in sorted(group, key=lambda each: _order(found[each])):
            bare = plain_text(names[at].text, longest=LONGEST_NAME - 6)
            while (text := f"{bare} ({number})").casefold() in taken:
                number += 1
            taken.add(text.casefold())
            names[at].text = text


def _order(found: Evidence) -> tuple[object, ...]:
    place = found.place
    points = place.points[np.lexsort(place.points.T)] + 0.0  # no −0.0
    shape = shapely.to_wkb(shapely.normalize(place.shape))
    return (*found.middle, shape, points.tobytes(), place.claims_street, place.texts, place.ward)
