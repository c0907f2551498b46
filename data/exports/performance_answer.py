"""What a quarter's performance comes to, in the sentence that stands above each of its sections.

Whether a target is met is said only where `models.indicators.performance.status` says so, and that
a ward stands outside only where `models.indicators.funnel` does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from data.exports.performance_tables import figure_label
from geo.counting import counted
from models.calendar.quarters import months_label
from models.indicators.performance import change_description
from models.performance.pack_labels import target_label
from models.wording.days import day_label
from models.wording.lists import first_few, list_label

if TYPE_CHECKING:
    from collections.abc import Callable

    from models.indicators.performance import Reached
    from models.performance.pack import IndicatorRow, Pack
    from models.performance.wards import WardRates

_OF_A_TARGET: Final[dict[Reached, str]] = {
    "met": "The target of {} is met.",
    "not met": "The target of {} is not met.",
    "cannot tell": "Nobody can tell whether the target of {} is met.",
    "no comparison": "There is nothing to compare it with, so nobody can tell whether the target "
    "of {} is met.",
}


def indicators_answer(pack: Pack) -> str:
    """Return how many targets of the quarter are met, which are not, and where nobody can tell."""
    if all(row.now is None for row in pack.rows):
        return f"No indicator has a figure for {pack.quarter}."
    met, missed = _names(pack, "met"), _names(pack, "not met")
    unclear = len(_names(pack, "cannot tell")) + len(_names(pack, "no comparison"))
    aimed = len(met) + len(missed) + unclear
    if not aimed:
        return f"No indicator has a target for {pack.quarter}, so none is met or missed."
    so_far = "" if pack.ended else ", so far"
    said = [
        _part(met, verb="is met", many=f"of {counted(aimed, 'target')}"),
        _part(missed, verb="is not"),
        *([f"nobody can tell about {unclear:,}"] if unclear else []),
    ]
    return f"{pack.quarter}{so_far}: {list_label(said)}."


def _part(names: list[str], *, verb: str, many: str = "") -> str:
    """Return how many of some targets are so, and the first of their names."""
    if not names:
        return f"{f'none {many}'.rstrip()} {verb.replace('is not', 'is missed')}"
    number = f"{len(names):,} {many}".rstrip()
    are = verb if len(names) == 1 else verb.replace("is", "are")
    return f"{number} {are} ({list_label(first_few(names))})"


def _names(pack: Pack, reached: Reached) -> list[str]:
    return [row.indicator.name for row in pack.rows if row.status.reached == reached]


def trends_answer(pack: Pack) -> str:
    """Return of how many indicators the twelve months are known, and which is nearest an end.

    Nothing is said of their course: totals of twelve months that overlap have no interval.
    """
    known = [row for row in pack.rows if row.latest_rolling is not None]
    if not known:
        return "Of no indicator are the last twelve months known."
    highs = [row.indicator.name for row in known if _at_the_end(row, of=max)]
    lows = [row.indicator.name for row in known if _at_the_end(row, of=min)]
    said = [
        f"{len(names):,} {'stands' if len(names) == 1 else 'stand'} at the {which} of the months "
        f"drawn ({list_label(first_few(names))})"
        for which, names in (("highest", highs), ("lowest", lows))
        if names
    ]
    twelve = f"The last twelve months are known of {counted(len(known), 'indicator')}"
    return f"{twelve}; {list_label(said)}." if said else f"{twelve}."


def _at_the_end(row: IndicatorRow, *, of: Callable[[list[float]], float]) -> bool:
    values = [value for _, value in row.rolling if value is not None]
    return len(set(values)) > 1 and values[-1] == of(values)


def indicator_answer(row: IndicatorRow) -> str:
    """Return an indicator's figure, its change with its interval, and whether its target is met."""
    name = row.indicator.name
    if row.now is None:
        return f"{name} has no figure for this quarter; the notes below say why."
    months = f" in {months_label(row.months)}" if row.months else ""
    figure = f"{name}: {figure_label(row.indicator, row.now)}{months}"
    if row.change is not None:
        level = " at 95 %" if row.change.known else ""
        figure += f", {change_description(row.change)}{level} against the year before"
    target = _OF_A_TARGET.get(row.status.reached, "No target is set.")
    return f"{figure}. {target.format(target_label(row))}"


def wards_answer(rates: WardRates, *, indicator: str) -> str:
    """Return which wards stand outside what wards usually differ by.

    Parameters
    ----------
    rates : WardRates
    indicator : str
        Its name.
    """
    wards = rates.funnel.wards
    said = []
    for verdict, where in (("higher", "above"), ("lower", "below")):
        names = [each.name for each in wards if each.verdict == verdict]
        if names:
            is_are = "is" if len(names) == 1 else "are"
            said.append(f"{list_label(first_few(names))} {is_are} {where} the wards' usual spread")
    compared = sum(each.verdict != "no rate" for each in wards)
    if not said:
        said = [f"none of {counted(compared, 'ward')} is outside the wards' usual spread"]
    lacking = len(wards) - compared
    if lacking:
        said.append(f"{counted(lacking, 'ward has', 'wards have')} no rate")
    return f"{indicator}: {'; '.join(said)}."


def residents_answer(pack: Pack) -> str:
    """Return what residents named most in the newest consultation."""
    if not pack.concerns:
        return "No consultation is loaded, so nobody can tell what residents named."
    newest = max(each.concern.asked_on for each in pack.concerns)
    asked = [each.concern for each in pack.concerns if each.concern.asked_on == newest]
    most = max(each.share for each in asked)
    first = [each for each in asked if each.share == most]
    return (
        f"Residents named {list_label([each.concern.lower() for each in first])} most: in "
        f"{most:.1%} of {counted(first[0].replies, 'reply', 'replies')} up to "
        f"{day_label(newest)}."
    )


def sign_off_answer(pack: Pack) -> str:
    """Return whether the quarter is signed off, and what stands in the way where it is not."""
    if pack.sign_off is None:
        if pack.missing:
            return (
                f"{pack.quarter} cannot be signed off yet: "
                f"{counted(len(pack.missing), 'thing is', 'things are')} missing."
            )
        return f"{pack.quarter} is ready to be signed off."
    signed = (
        f"{pack.quarter} was signed off by {pack.sign_off.signed_by} on "
        f"{day_label(pack.sign_off.signed_at)}"
    )
    if not pack.corrections:
        return f"{signed}; no figure has changed since."
    changed = counted(len(pack.corrections), "figure has", "figures have")
    return f"{signed}; {changed} changed since."
