"""What near-repeats, places, cameras and a back-test come to, in the sentence above their pages.

Each says what the page's own rule says, with its interval, and no more: a ring of raised risk is
one of `models.hotspots.follow_up.zones`, a kind of place with more or fewer incidents near it is
one whose interval leaves out 1, and the way to use is the back-test's choice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from data.exports.cameras import share_label
from data.exports.near_places import ratio_label
from geo.counting import counted
from geo.naming.words import sentence_case
from models.hotspots.follow_up import zones
from models.incidents.accuracy_verdict import verdict
from models.wording.days import day_label
from models.wording.lists import list_label

if TYPE_CHECKING:
    from datetime import date

    from models.hotspots.near_repeat import KnoxTable
    from models.incidents.accuracy import BackTest
    from models.incidents.cameras import CameraCover
    from models.incidents.near_places import NearPlaces


def near_repeat_answer(table: KnoxTable, *, places: int, on: date) -> str:
    """Return where and for how long risk is raised after an incident, and how many places are now.

    Parameters
    ----------
    table : KnoxTable
    places : int
        Listed for the day.
    on : date
        The day that is looked at.
    """
    rings = zones(table)
    if not rings:
        return (
            "No distance and time shows clearly more pairs of incidents than chance gives, so no "
            "place is listed; that does not prove that there are no near-repeats."
        )
    said = [
        f"for {ring.where} over {counted(ring.days, 'day')} ({ring.ratio:.1f} times as common as "
        "chance gives)"
        for ring in rings
    ]
    listed = counted(places, "place is", "places are") if places else "no place is"
    return (
        f"After an incident, risk is raised {list_label(said)}; {listed} listed for "
        f"{day_label(on)}."
    )


def near_places_answer(comparison: NearPlaces) -> str:
    """Return near which kinds of place there are more or fewer incidents than elsewhere."""
    if comparison.refused:
        return comparison.refused
    if not comparison.kinds:
        return (
            "No stations, schools, parks or other places are loaded, so nobody can tell what lies "
            "near them."
        )
    said, unclear = [], 0
    for each in comparison.kinds:
        if each.ratio is None or each.ratio.verdict == "cannot tell":
            unclear += 1
        else:
            said.append(f"{ratio_label(each)} near {_kind(each.label)}")
    kinds = counted(unclear, "kind of place", "kinds of place")
    if not said:
        return (
            f"Of {kinds} nobody can tell whether incidents within {comparison.near_m:g} m of them "
            "are more or fewer than elsewhere."
        )
    rest = f"; of {kinds} nobody can tell" if unclear else ""
    return f"Within {comparison.near_m:g} m, incidents are {list_label(said)}{rest}."


def _kind(label: str) -> str:
    name = label.partition(" (")[0]
    return f"{name[0].lower()}{name[1:]}"


def cameras_answer(cover: CameraCover) -> str:
    """Return what share of the incidents a camera could have had in sight at most."""
    if cover.all is None:
        return cover.refused
    return (
        f"At most {share_label(cover.all.share)} of "
        f"{counted(round(cover.all.incidents), 'incident')} happened within {cover.sight_m:g} m of "
        f"one of {counted(cover.cameras, 'camera')}."
    )


def accuracy_answer(backtest: BackTest, *, share: float) -> str:
    """Return which way of choosing where to patrol to use here, and why.

    Parameters
    ----------
    backtest : BackTest
    share : float
        One of the shares tested.
    """
    best = backtest.to_use(share)
    why = verdict(backtest, share=share)[0]
    return sentence_case(f"to use here: {best.label[0].lower()}{best.label[1:]}. {why}")
