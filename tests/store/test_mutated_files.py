"""Damaged files of every format, nine each, read to their end: rows, or one plain error.

They are read in a process of its own, so that a crash of a library or a file that is never finished
ends this test and not the run. The seed is fixed: the same files are made each time. To look for
more, run ``python -m tests.fuzz_child FOLDER SEED FILES [FORMAT …]``.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from tests.moment import NOW
from tests.store_cli import ROOT

if TYPE_CHECKING:
    from pathlib import Path

SEED, FILES = 20, 360  # nine of each format
LONGEST_S = 900  # far more than they take; a file that hangs would take for ever
LONGEST_MESSAGE = 900


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What became of each file."""
    folder = tmp_path_factory.mktemp("fuzz")
    child = subprocess.run(
        [sys.executable, "-m", "tests.fuzz_child", str(folder), str(SEED), str(FILES)],
        cwd=ROOT,
        env=os.environ | {"HOTSPOT_NOW": NOW.isoformat()},
        capture_output=True,
        text=True,
        check=False,
        timeout=LONGEST_S,
    )
    lines = [json.loads(line) for line in child.stdout.splitlines()]
    assert child.returncode == 0, (lines[-1:], child.stderr[-2000:])
    return [line for line in lines if "begun" not in line]


def test_every_damaged_file_ends_as_rows_or_as_one_plain_error(
    outcomes: list[dict[str, Any]],
) -> None:
    """A reader that cannot make its counts add up ends as a fault as well."""
    faults = [each for each in outcomes if "fault" in each]
    assert not faults, "\n".join(f"{each['sample']}: {each['trace']}" for each in faults)
    assert len(outcomes) == FILES


def test_every_format_is_read_and_refused_by_some_of_them(outcomes: list[dict[str, Any]]) -> None:
    """Damage that is always refused, or never, would try nothing."""
    formats = Counter(each["sample"] for each in outcomes)
    assert len(formats) == 40
    assert set(formats.values()) == {9}
    refused = sum("refused" in each for each in outcomes)
    assert FILES // 10 < refused < FILES - FILES // 10


def test_every_refusal_is_short_and_says_nothing_of_the_program(
    outcomes: list[dict[str, Any]], tmp_path: Path
) -> None:
    for each in outcomes:
        message = each.get("refused", "")
        assert len(message) <= LONGEST_MESSAGE, (each["sample"], message)
        for inside in ("Traceback", "0x", str(tmp_path.parent), "site-packages", "Error("):
            assert inside not in message, (each["sample"], message)
