"""What a back-test says in plain words, the same on the page, on the command line and in files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from geo.counting import counted
from models.forecast.choice import LEAST_TO_CHOOSE
from models.incidents.accuracy import DEFAULT_SHARE, WITH_PLACES
from models.wording.days import day_label

if TYPE_CHECKING:
    from models.forecast.ratios import Estimate
    from models.incidents.accuracy import BackTest

_MANY: Final = 200  # hits of which a part of one is no news
_USUAL = "going where it was over the last 12 months"


def verdict(backtest: BackTest, *, share: float = DEFAULT_SHARE) -> tuple[str, ...]:
    """Say in plain words which way of choosing to use, why, and what it achieved.

    Parameters
    ----------
    backtest : BackTest
    share : float
        One of the shares tested.

    Returns
    -------
    tuple of str
        Whole sentences.
    """
    return (
        _why(backtest, share=share),
        *_achieved(backtest, share=share),
        *_with_places(backtest, share=share),
    )


def window_verdict(backtest: BackTest, *, share: float, months: int) -> str:
    """Compare, in a sentence, the two windows that hotspots can be drawn from.

    Parameters
    ----------
    backtest : BackTest
    share : float
        One of the shares tested.
    months : int
        The window that pages open on.
    """
    year = backtest.score("last_12_months", share=share)
    last = backtest.score("last_period", share=share)
    ratio = last.against_last_year
    if ratio.above_one:
        better = "The better window is the last period"
    elif ratio.below_one:
        better = "The better window is the last 12 months"
    else:
        better = "Neither window is better by more than chance"
    return (
        f"{better} here: the busiest cells of the last 12 months held {year.hits:,.0f} of "
        f"{counted(year.incidents, 'later incident')}, those of the last period alone "
        f"{last.hits:,.0f}. "
        f"Pages, lists and commands draw hotspots from the last {months} complete months unless a "
        "period is chosen; HOTSPOT_WINDOW_MONTHS changes that for everybody."
    )


def _why(backtest: BackTest, *, share: float) -> str:
    choice = backtest.choice(share)
    number = len(backtest.choosing)
    if choice.reason == "too_few":
        return (
            f"There are too few forecasts to choose between the ways: {backtest.too_few} before "
            f"those reported, and {LEAST_TO_CHOOSE} are needed. So the simplest stays: {_USUAL}."
        )
    span = (
        f"{counted(number, 'forecast')} before those reported, from "
        f"{day_label(backtest.choosing[0].start)} on"
    )
    if choice.lead is None:
        return (
            f"On the {span}, nothing tried here did better than {_USUAL} by more than chance, so "
            "that is what to use."
        )
    lead = choice.lead
    times = _times(lead.ratio, label="interval for all ways and shares together")
    return (
        f"On the {span}, this had {_hits(lead.hits)} hits and {_USUAL} {_hits(lead.usual_hits)}: "
        f"{times} as many, which is more than chance. So it is the way to use."
    )


def _achieved(backtest: BackTest, *, share: float) -> tuple[str, ...]:
    best = backtest.to_use(share)
    forecasts = len(backtest.origins)
    if not best.hits:
        return (
            f"On the {counted(forecasts, 'forecast')} reported, no incident fell in the cells it "
            "chose.",
        )
    cells = "1 cell" if best.cells == 1 else f"{best.cells} cells"
    did = (
        f"On the {counted(forecasts, 'forecast')} reported, patrols in the {cells} ({share:.0%} of "
        f"the area) that it points to would have been where {_hits(best.hits)} of "
        f"{counted(best.incidents, 'incident')} happened ({best.hit_rate.value:.1%}): "
        f"{best.pai.value:.1f} times as many as in cells picked blindly. The best cells in "
        f"hindsight held {best.hits / best.pei.value:,.0f}."
    )
    if backtest.choice(share).lead is None:
        return (did,)
    ratio = best.against_last_year
    if ratio.above_one:
        held = "Its lead is more than chance on these as well"
    elif ratio.below_one:
        held = "It is behind by more than chance on these, so do not rely on the choice"
    else:
        held = "On these alone a lead is not more than chance could do"
    told = _times(ratio, label="95 % interval")
    return (did, f"{held}: {told} as many hits as {_USUAL}.")


def _with_places(backtest: BackTest, *, share: float) -> tuple[str, ...]:
    """Say what nearness to places did for our forecast, where it was tried."""
    if WITH_PLACES.name not in backtest.methods:
        return ()
    used, without = (backtest.score(name, share=share) for name in (WITH_PLACES.name, "forecast"))
    return (
        f"Our forecast with nearness to places had {_hits(used.hits)} hits on the forecasts "
        f"reported, without it {_hits(without.hits)}. It is used only where the choice above names "
        "it; on the boroughs of docs/accuracy.md it made no difference.",
    )


def _hits(number: float) -> str:
    """Return hits as a number; few with a decimal, as cells that tie count in part."""
    whole = number >= _MANY or abs(number - round(number)) < 0.05
    return f"{number:,.0f}" if whole else f"{number:,.1f}"


def _times(ratio: Estimate, *, label: str) -> str:
    return f"{ratio.value:.2f} times ({label} {ratio.low:.2f} to {ratio.high:.2f})"
