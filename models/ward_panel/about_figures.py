"""What is said of published figures as a whole: sources, map, and how they are protected."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from models.ward_panel.perturbation import most_changed
from models.ward_panel.profile import months_label
from models.ward_panel.ward_release import TOTAL_VARIANCE
from models.wording.days import day_label

if TYPE_CHECKING:
    from models.ward_panel.view import WardView
    from models.ward_panel.ward_release import WardQuarter

_SURE: Final = 19  # of 20
_OF_TOTAL: Final = math.ceil(2 * math.sqrt(TOTAL_VARIANCE))


def sources_label(newest: WardQuarter) -> str:
    """Name the sources of a quarter, and say which of them everybody can read elsewhere."""
    return ", ".join(
        f"{each} (public)" if each in newest.public_sources else each for each in newest.sources
    )


def map_caption(newest: WardQuarter) -> str:
    """Say what a ward's map is made of."""
    if newest.method == "hiding":
        return (
            f"Squares of {newest.cell_m:g} m; those with few incidents are joined to their "
            "neighbours."
        )
    return (
        f"Squares of {newest.cell_m:g} m, the same in every quarter. A block has another colour "
        "than the average only where its figure is clearly off it. Violence is not on the map, and "
        "each block was changed on its own, so blocks do not add up to the ward's total."
    )


def releases_label(view: WardView) -> tuple[str, ...]:
    """Say which figures a revision replaced, and which are of an earlier version."""
    said = [
        f"The figures of {months_label(one.quarter)} were revised on "
        f"{day_label(one.published_at)} (“{one.why_revised}”). Every figure was changed by chance "
        "again, so a difference from those shown before tells of no single case."
        for one in view.quarters
        if one.revision > 1
    ]
    older = [one for one in view.quarters if one.method == "hiding"]
    if older and view.newest.method == "changing":
        said.append(
            f"Figures up to {months_label(older[-1].quarter)} were published by an earlier "
            "version, which left out domestic, sexual and hate incidents and hid small counts. "
            "They stay as they are, and later ones are not compared with them."
        )
    return tuple(said)


def published_label(newest: WardQuarter) -> str:
    """Say when the newest figures were published and from which sources."""
    return f"Published on {day_label(newest.published_at)} from {sources_label(newest)}."


def caveats(view: WardView) -> tuple[str, ...]:
    """Return what to know about the newest figures of a ward, each in a few sentences."""
    protected, counted = _HOW[view.newest.method]
    return (
        "These are incidents that people reported or that were recorded, not all that happened. "
        "More reports can also mean that people trust that reporting helps.",
        counted,
        protected,
    )


_HOW: Final = {
    "changing": (
        "To protect people, each figure was changed by chance before it was published, and the "
        f"changed figures were made to add up. About {_SURE} of 20 figures are within "
        f"{most_changed(confidence=_SURE / 20)} of what was counted, and the ward's total within "
        f"{_OF_TOTAL}. So a figure of 3 can stand for none, and one of 0 for a few.",
        "Domestic abuse, sexual offences and hate crime are counted within their kinds, as in the "
        "police's public figures, and never shown by themselves. Neither they nor violence are on "
        "the map.",
    ),
    "hiding": (
        "Small counts are not shown, wards with hardly any incidents are in no figure, and figures "
        "once published are not changed. These figures were published by an earlier version and "
        "stay as they are.",
        "Domestic abuse, sexual offences and hate crime are not counted here, to protect those "
        "concerned. They are counted for the whole borough only.",
    ),
}
