"""Why a figure is absent, as a value: an absent figure is never a zero and never "new".

What works a figure out says which of these holds, and its columns, cells and sentences take their
words from here or from `data.exports.labels`, which builds on it.
"""

from __future__ import annotations

from typing import Final, Literal

ChangeState = Literal[
    "compared",  # the data cover both periods, and there were incidents in the earlier one
    "new",  # the data cover both periods, and there were none in the earlier one
    "not_asked",  # no comparison was chosen
    "not_covered",  # the data do not cover both periods in the same way
]
HoursState = Literal[
    "peak",  # a window stands out
    "even",  # enough incidents with an hour, and no window stands out
    "too_few",  # hours are known, of too few incidents to say
    "not_known",  # the hour of too many incidents is not known
]
NO_CHANGE_LABELS: Final[dict[ChangeState, str]] = {
    "not_asked": "no comparison",
    "not_covered": "not covered",
}
NOT_COVERED_REASON: Final = (
    "not compared: the data do not cover this and the comparison period in the same way"
)
NO_HOURS_LABELS: Final[dict[HoursState, str]] = {
    "even": "no hours stand out",
    "too_few": "too few to say",
    "not_known": "hours not known",
}
