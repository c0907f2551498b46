"""The digest of a week: what rose, what is overdue and what needs a review, in plain lines.

It says what *Today* says on the day it is made, with the same figures and the same measures of what
is unusual, and makes no claim of its own. It leaves the app by mail, so it names taskings by number
and ward: no title, team, name or note that somebody typed is in it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from geo.counting import counted
from geo.naming.words import sentence_case, with_ward
from models.today.kinds import KINDS_LEVEL
from models.wording.categories import CATEGORY_LABELS
from models.wording.days import day_label, span_label
from models.wording.lists import list_label

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from models.tasking.duty import DutySummary
    from models.tasking.tasking import Tasking
    from models.today.kinds import NewOfKind
    from models.today.news import KindRun, News

_STALE_DAYS: Final = 3
_LISTED: Final = 40
_NOT_KNOWN: Final = "it is not known whether any kind of incident is more than usual"


@dataclass(frozen=True, slots=True)
class DigestLine:
    """One line, and the page that shows more of it: its address, and what the address says."""

    text: str
    page: str = ""
    query: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class DigestSection:
    """A heading with its lines, and what has to be known to read them."""

    heading: str
    lines: tuple[DigestLine, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Digest:
    """The digest of a week.

    Attributes
    ----------
    week : date
        The Monday of the week in which it is made.
    made_on : date
        Local.
    summary : str
        In one sentence.
    sections : tuple of DigestSection
    """

    week: date
    made_on: date
    summary: str
    sections: tuple[DigestSection, ...]


def week_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def digest(
    work: DutySummary,
    news: News | None,
    *,
    completed: Sequence[Tasking],
    ward_names: Mapping[str, str],
    today: date,
    undated: str = "",
) -> Digest:
    """Return the digest of the week of a day.

    Parameters
    ----------
    work : DutySummary
    news : News or None
        None where nothing can be called new; `undated` then says why.
    completed : sequence of Tasking
        Every tasking that is completed and not reviewed.
    ward_names : mapping of str to str
        Names by ward code.
    today : date
        Local.
    undated : str
    """
    rose = _rose(news) if news is not None else DigestSection("What rose", (DigestLine(undated),))
    parts = [
        *_risen(news),
        _number(len(work.overdue), "tasking is overdue", "taskings are overdue"),
        _number(
            len(completed),
            "completed tasking waits for a review",
            "completed taskings wait for a review",
        ),
    ]
    return Digest(
        week=week_of(today),
        made_on=today,
        summary=f"{sentence_case(list_label(parts))}.",
        sections=(rose, _overdue(work, ward_names), _to_review(work, completed, ward_names)),
    )


def _risen(news: News | None) -> list[str]:
    if news is None:
        return []
    kinds = sum(each.unusual for each in news.kinds)
    return [
        _NOT_KNOWN
        if not _is_known(news)
        else _number(
            kinds, "kind of incident is more than usual", "kinds of incident are more than usual"
        ),
        _number(len(news.runs), "short run stands out", "short runs stand out"),
    ]


def _number(number: int, one: str, several: str) -> str:
    """Return a number with what it is of: "2 wait for a review", "none waits for a review"."""
    return counted(number, one, several) if number else f"no {one}"


def _rose(news: News) -> DigestSection:
    week = sum(each.week for each in news.kinds)
    before = [each.week_before for each in news.kinds if each.week_before is not None]
    of_before = (
        f"{sum(before):,} in the seven before"
        if len(before) == len(news.kinds)
        else "the seven before are not covered by the data"
    )
    lines = [
        DigestLine(
            f"{counted(week, 'incident')} in the seven days to {day_label(news.as_of)}; "
            f"{of_before}.",
            page="today",
        )
    ]
    lines += [DigestLine(_kind(each), page="today") for each in news.kinds if each.unusual]
    lines += [_run(each) for each in news.runs]
    if len(lines) == 1:
        lines.append(DigestLine(_nothing(news)))
    return DigestSection("What rose", tuple(lines), tuple(_read_with(news)))


def _nothing(news: News) -> str:
    if not _is_known(news):
        return "What is usual is not known from the data, so no kind can be called unusual."
    return "No kind is more than usual, and no short run is more than chance would bring."


def _is_known(news: News) -> bool:
    """Tell whether it is known of any kind what is usual."""
    return any(mark is not None for each in news.kinds for mark in (each.day_mark, each.week_mark))


def _kind(each: NewOfKind) -> str:
    parts = []
    if each.week_mark == "more":
        before = "" if each.week_before is None else f", {each.week_before:,} in the seven before"
        parts.append(f"{each.week:,} in the seven days{before}: more than usual")
    if each.day_mark == "more":
        usual = "" if each.usual_day is None else f", usually {each.usual_day:.1f}"
        parts.append(f"{each.day:,} on the last day{usual}: more than usual")
    return f"{CATEGORY_LABELS[each.category]}: {'; '.join(parts)}."


def _run(each: KindRun) -> DigestLine:
    run = each.run
    return DigestLine(
        f"{sentence_case(with_ward(run.near, run.ward))}: {run.run.incidents:,} of "
        f"{CATEGORY_LABELS[each.category].lower()}, {span_label(run.first, run.last)}, where "
        f"{run.run.usual:.1f} are usual: a short run that is more than chance would bring.",
        page="today",
    )


def _read_with(news: News) -> list[str]:
    notes = [
        "Of the whole home borough. A kind is named only if its day or week is further from the "
        f"usual than on all but one in {round(1 / KINDS_LEVEL)} mornings of the year before, so "
        f"about one morning in {round(1 / KINDS_LEVEL)} names one where nothing is going on."
    ]
    if news.days_old > _STALE_DAYS:
        notes.insert(0, f"The newest dated incidents are {news.days_old} days old.")
    if news.undated:
        notes.append(
            f"Left out: {counted(news.undated, 'incident')} of that week without a known day."
        )
    if news.runs_without_usual:
        notes.append(
            f"{counted(news.runs_without_usual, 'group')} of three or more cannot be judged: the "
            "data do not cover the year before."
        )
    return notes


def _overdue(work: DutySummary, ward_names: Mapping[str, str]) -> DigestSection:
    lines = [_tasking(each, late, ward_names=ward_names) for each, late in work.overdue]
    return _listed("Overdue", lines, nothing="Nothing is overdue.")


def _to_review(
    work: DutySummary, completed: Sequence[Tasking], ward_names: Mapping[str, str]
) -> DigestSection:
    late = {each.tasking_id for each, _ in work.overdue}
    lines = [
        _tasking(
            each,
            f"ended on {day_label(each.draft.ends_on)}"
            + (", and its review is overdue" if each.tasking_id in late else ""),
            ward_names=ward_names,
        )
        for each in sorted(completed, key=lambda each: (each.draft.ends_on, each.tasking_id))
    ]
    return _listed("To be reviewed", lines, nothing="No completed tasking waits for a review.")


def _listed(heading: str, lines: Sequence[DigestLine], *, nothing: str) -> DigestSection:
    """Return a list that says its number, and how many more there are than it names."""
    if not lines:
        return DigestSection(heading, (DigestLine(nothing),))
    named = [*lines[:_LISTED]]
    if len(lines) > _LISTED:
        named.append(DigestLine(f"And {len(lines) - _LISTED:,} more, on the Board.", page="board"))
    return DigestSection(f"{heading} ({len(lines):,})", tuple(named))


def _tasking(each: Tasking, about: str, *, ward_names: Mapping[str, str]) -> DigestLine:
    wards = [ward_names.get(code, code) for code in each.ward_codes[:1]]
    where = f" ({wards[0]})" if wards else ""
    return DigestLine(
        f"{each.reference}{where}: {about}.",
        page="tasking",
        query=(("tasking", str(each.tasking_id)),),
    )
