"""Every command that writes, killed at moments that are placed: `benchmarks.kills` in short."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Final

import typer

from benchmarks.kill_stores import COMMANDS, DEMO_COMMANDS
from pages.command_line.commands import app

ROOT = Path(__file__).resolve().parents[2]
# Those of more than one step that have no test of their own, as `test_wards_killed` and
# `test_restore_killed` are; the others are one file or one transaction.
IN_SHORT: Final = (
    "import", "undo", "severity", "backup", "upkeep", "retain", "erase --caller",
    "erase --staff", "caller-secret",
)  # fmt: skip
# What changes nothing in the store, or hands out figures and is then one entry of the access log.
READ_ONLY: Final = {
    "sources", "detect", "backtest", "near-repeat", "here", "cameras", "loops", "brief", "plan",
    "sheets", "licensing", "power", "review", "check", "drill", "status", "serve", "users list",
}  # fmt: skip
# It asks services, and then imports and puts wards into use as the commands of these names do.
ONLINE: Final = {"fetch"}


def test_a_kill_of_any_command_that_writes_loses_nothing_doubles_nothing_and_is_gone_on_from() -> (
    None
):
    """A process of its own: what it forks must not inherit threads of this one's libraries."""
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.kills", str(len(IN_SHORT)), *IN_SHORT],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    lines = [re.split(r"\s{2,}", line.strip()) for line in done.stdout.splitlines()]
    rows = [line for line in lines if len(line) == 8 and line[1].isdigit()]
    counts = {name: list(map(int, numbers)) for name, *numbers in rows}
    assert done.returncode == 0, done.stdout + done.stderr
    assert {*IN_SHORT, "all"} == counts.keys()
    kills, before, after, between, lost, doubled, stuck = counts["all"]
    assert before + after + between == len(IN_SHORT)  # some end before they are killed
    assert kills >= len(IN_SHORT) // 2
    assert (lost, doubled, stuck) == (0, 0, 0)


def test_every_command_that_writes_is_among_those_that_are_killed(tmp_path: Path) -> None:
    (tmp_path / "newest").write_text("1")
    words = [each.arguments(tmp_path) for each in (*COMMANDS, *DEMO_COMMANDS)]
    killed = {" ".join(given[:2]) if given[0] == "users" else given[0] for given in words}
    commands = typer.main.get_command(app)
    assert isinstance(commands, typer.core.TyperGroup)
    users = commands.commands["users"]
    assert isinstance(users, typer.core.TyperGroup)
    names = {*commands.commands} - {"users"} | {f"users {name}" for name in users.commands}
    assert killed | READ_ONLY | ONLINE == names
    assert not killed & (READ_ONLY | ONLINE)
