"""What a plan is asked for, as text: in a link and on the command line.

Teams are in it only where they differ from those that the product starts with.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Final
from urllib.parse import quote, unquote

from models.plans.planning import TOP
from models.tasking.patrol_request import OBJECTIVES, LockedVisit, PlanSettings, WardMinimum
from models.tasking.team_rows import (
    DEFAULT_ROWS,
    TEAM_COLUMNS,
    TeamFileError,
    team_rows,
    teams_csv_rows,
    teams_of_rows,
)
from models.wording.nearest import unknown_key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from models.tasking.teams import Team

_PREFIX: Final = "plan_"  # a view's own keys never have it
PLAN_KEYS: Final = tuple(
    f"{_PREFIX}{name}"
    for name in (
        "starts",
        "days",
        "top",
        "visit",
        "objective",
        "seed",
        "limit",
        "least",
        "must",
        "mustnot",
        "lock",
        "teams",
    )
)


@dataclass(frozen=True, slots=True)
class PlanQuery:
    """What a plan is asked for; `least` is the number of visits by ward code.

    Attributes
    ----------
    settings : PlanSettings
        Without ward minimums, whose names are the store's to say.
    teams : tuple of Team
    top : int
        How many hotspots, by rank.
    least : tuple of (str, int)
        Ward codes and the visits that they are to have at least.
    """

    settings: PlanSettings
    teams: tuple[Team, ...]
    top: int = TOP
    least: tuple[tuple[str, int], ...] = ()

    def with_names(self, names: Mapping[str, str]) -> PlanSettings:
        """Return the settings with the wards' minimums."""
        minimums = tuple(
            WardMinimum(code, names.get(code, code), visits)
            for code, visits in self.least
            if visits > 0
        )
        return replace(self.settings, ward_minimums=minimums)


def default_plan_query(starts_on: date) -> PlanQuery:
    """Return what a plan is asked for at first."""
    return PlanQuery(PlanSettings(starts_on), teams_of_rows(DEFAULT_ROWS))


def usual_plan_query(starts_on: date, *, teams: Sequence[Team]) -> PlanQuery:
    """Return what a plan is asked for at first where teams were planned for before.

    Parameters
    ----------
    starts_on : date
    teams : sequence of Team
        Of an earlier plan; their days off before the new one are over. Without any, the teams that
        the product starts with.
    """
    usual = default_plan_query(starts_on)
    if not teams:
        return usual
    return replace(
        usual,
        teams=tuple(
            replace(each, days_off=tuple(day for day in each.days_off if day >= starts_on))
            for each in teams
        ),
    )


def plan_query_parameters(plan_query: PlanQuery) -> dict[str, str]:
    """Return what is asked for as query parameters; `read_asked` gives the same back."""
    chosen = plan_query.settings
    words = {
        "starts": chosen.starts_on.isoformat(),
        "days": str(chosen.days),
        "top": str(plan_query.top),
        "visit": str(chosen.visit_minutes),
        "objective": chosen.objective,
        "seed": str(chosen.seed),
        "limit": f"{chosen.time_limit_s:g}",
        "least": ",".join(f"{code}:{visits}" for code, visits in plan_query.least),
        "must": ",".join(chosen.must),
        "mustnot": ",".join(chosen.must_not),
        "lock": ";".join(
            f"{v.hotspot_id}|{v.starts}|{quote(v.team, safe='')}" for v in chosen.locked
        ),
        "teams": ""
        if plan_query.teams == teams_of_rows(DEFAULT_ROWS)
        else _teams_text(plan_query.teams),
    }
    return {f"{_PREFIX}{key}": text for key, text in words.items() if text}


def read_plan_query(
    query: Mapping[str, str], *, starts_on: date
) -> tuple[PlanQuery, tuple[str, ...]]:
    """Read what is asked for; what cannot be read takes its default and is named."""
    asked = default_plan_query(starts_on)
    problems = [
        unknown_key(key, PLAN_KEYS)
        for key in query
        if key.startswith(_PREFIX) and key not in PLAN_KEYS
    ]
    for key in PLAN_KEYS:
        if text := query.get(key, ""):
            try:
                asked = _with(asked, key.removeprefix(_PREFIX), text)
            except (ValueError, IndexError, TeamFileError):
                problems.append(
                    f"The link's {key} ({text[:40]}) cannot be read; the default is used."
                )
    return asked, tuple(problems)


def _with(plan_query: PlanQuery, key: str, text: str) -> PlanQuery:  # noqa: C901 - one case a key
    chosen = plan_query.settings
    names = tuple(name for name in text.split(",") if name)
    match key:
        case "starts":
            chosen = replace(chosen, starts_on=date.fromisoformat(text))
        case "days":
            chosen = replace(chosen, days=int(text))
        case "visit":
            chosen = replace(chosen, visit_minutes=int(text))
        case "objective":
            wanted = OBJECTIVES[OBJECTIVES.index(text)]
            chosen = replace(chosen, objective=wanted)
        case "seed":
            chosen = replace(chosen, seed=int(text))
        case "limit":
            chosen = replace(chosen, time_limit_s=min(float(text), 300.0))
        case "must":
            chosen = replace(chosen, must=names)
        case "mustnot":
            chosen = replace(chosen, must_not=names)
        case "lock":
            parts = [each.split("|", 2) for each in text.split(";")]
            locked = tuple(LockedVisit(unquote(p[2]), p[0], int(p[1])) for p in parts)
            chosen = replace(chosen, locked=locked)
        case "top":
            return replace(plan_query, top=max(1, int(text)))
        case "least":
            pairs = [each.rsplit(":", 1) for each in names]
            return replace(plan_query, least=tuple((code, int(count)) for code, count in pairs))
        case "teams":
            return replace(plan_query, teams=teams_of_rows(teams_csv_rows(text)))
    return replace(plan_query, settings=chosen)


def _teams_text(teams: tuple[Team, ...]) -> str:
    file = io.StringIO()
    writer = csv.DictWriter(file, TEAM_COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(team_rows(teams))
    return file.getvalue()
