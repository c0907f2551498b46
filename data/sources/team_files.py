"""Teams from a table: one row a shift, from a CSV or TOML file or from the page.

A team with several rows has several shifts; what belongs to the team (travel, speed, break, days
off) is read from its first row.
"""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING, Any

from data.faults import plain_faults, refuse_no_file
from models.tasking.team_rows import TeamFileError, teams_csv_rows, teams_of_rows

if TYPE_CHECKING:
    from pathlib import Path

    from models.tasking.teams import Team


def read_teams(path: Path) -> tuple[Team, ...]:
    """Read teams from a CSV or TOML file.

    A CSV file has the columns of `TEAM_COLUMNS`; a TOML file has tables ``[[team]]`` with ``name``,
    ``travel``, ``speed_kmh``, ``break_minutes``, ``days_off`` and ``[[team.shift]]`` with ``days``,
    ``from`` and ``to``.

    Raises
    ------
    TeamFileError
    """
    refuse_no_file(path)
    with plain_faults(
        path.name,
        damaged=lambda found: TeamFileError([f"{path.name} cannot be opened as text: {found}."]),
    ):
        text = path.read_text(encoding="utf-8-sig")
    if path.suffix.lower() == ".toml":
        return teams_of_rows(_toml_rows(text, name=path.name))
    return teams_of_rows(teams_csv_rows(text))


def _toml_rows(text: str, *, name: str) -> list[dict[str, str]]:
    try:
        teams: list[dict[str, Any]] = tomllib.loads(text).get("team", [])
        return [
            {
                "team": str(team.get("name", "")),
                "days": _listed(shift.get("days", "")),
                "from": str(shift.get("from", "")),
                "to": str(shift.get("to", "")),
                "travel": str(team.get("travel", "foot")),
                "speed_kmh": str(team.get("speed_kmh", "")),
                "break_minutes": str(team.get("break_minutes", "45")),
                "days_off": _listed(team.get("days_off", "")),
            }
            for team in teams
            for shift in team.get("shift", [])
        ]
    except (tomllib.TOMLDecodeError, RecursionError, AttributeError, TypeError) as problem:
        raise TeamFileError([f"{name} is not a table of teams in TOML: {problem}."]) from problem


def _listed(value: Any) -> str:  # noqa: ANN401 - whatever TOML holds
    return ", ".join(str(each) for each in value) if isinstance(value, list) else str(value)
