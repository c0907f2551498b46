"""`hotspots review` as a user meets it: verdict, files, messages and exit codes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.store_cli import hotspots, hotspots_process

if TYPE_CHECKING:
    from pathlib import Path

    from data.settings import Settings

JUNE_AND_JULY = ("--from", "2026-06-01", "--to", "2026-07-31")


def test_the_planted_success_is_said_first_and_written_to_a_file(
    demo_settings: Settings, tmp_path: Path
) -> None:
    out = tmp_path / "review.json"
    done = hotspots_process(
        "review",
        *("--place", "535230 182760", "--radius", "130", *JUNE_AND_JULY),
        *("--view", "category=asb,drugs", "--out", out),
        store=demo_settings.store,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("It fell by more than the comparison: about ")
    assert "Compared with" in done.stderr
    written = json.loads(out.read_text(encoding="utf-8"))
    assert written["verdict"] == "fell"
    assert written["filters"].count("category=asb,drugs") == 1


def test_what_a_review_could_see_is_said_of_days_to_come(demo_settings: Settings) -> None:
    done = hotspots(
        "power",
        *("--place", "535230 182760", "--from", "2026-12-01", "--to", "2027-01-31"),
        store=demo_settings.store,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("A fall by half would be seen in ")
    short = hotspots(
        "power",
        *("--place", "535230 182760", "--from", "2026-12-01", "--to", "2026-12-07"),
        store=demo_settings.store,
    )
    assert "Whatever happens, the review will say “cannot tell”" in short.stdout
    assert "7 days are too short" in short.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (JUNE_AND_JULY, 1, "either a FILE with the area or --place"),
        (("--place", "535230 182760"), 2, "--from 2026-06-01 --to 2026-07-31"),
        (("--place", "100 100", *JUNE_AND_JULY), 1, "outside every ward"),
        (("--tasking", "9999"), 1, "Unknown tasking T-9999"),
        (("--place", "535230 182760", *JUNE_AND_JULY, "--out", "a.xlsx"), 1, ".json or .csv"),
    ],
)
def test_a_mistake_ends_with_its_message(
    demo_settings: Settings, arguments: tuple[str, ...], code: int, message: str
) -> None:
    done = hotspots("review", *arguments, store=demo_settings.store)
    assert done.returncode == code
    assert message in " ".join((done.stderr + done.stdout).split()).replace("│ ", "")
