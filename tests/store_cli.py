"""Running the command line: in this process, and as a process of its own.

What a command says and does is the same either way; starting Python and importing the product again
for each call costs seconds. So most tests call `hotspots`, and one of each group of commands runs
`hotspots_process`, as a user does.
"""

from __future__ import annotations

import io
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from pathlib import Path

import pytest

from tests.moment import NOW

ROOT = Path(__file__).resolve().parents[1]


def hotspots(
    *arguments: str | Path, store: Path, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `hotspots` on a store at the tests' moment, with no other settings but the given ones."""
    import cli
    from data.settings import settings

    command = ["hotspots", *map(str, arguments)]
    code = 0
    out, err = (io.TextIOWrapper(io.BytesIO(), "utf-8", write_through=True) for _ in range(2))
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(out), redirect_stderr(err):
        for name in [each for each in os.environ if each.startswith("HOTSPOT_")]:
            patch.delenv(name)
        for name, value in (_environment(store) | (environment or {})).items():
            patch.setenv(name, value)
        patch.chdir(store.parent)
        patch.setattr(sys, "argv", command)
        settings.cache_clear()
        try:
            cli.main()
        except SystemExit as ended:
            code = int(ended.code or 0)
        finally:
            settings.cache_clear()
    printed, told = (stream.buffer.getvalue().decode() for stream in (out, err))  # type: ignore[attr-defined]
    return subprocess.CompletedProcess(command, code, printed, told)


def hotspots_process(
    *arguments: str | Path, store: Path, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run it as a user does, in a process of its own; see `hotspots`."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("HOTSPOT_")}
    return subprocess.run(
        [sys.executable, ROOT / "cli.py", *map(str, arguments)],
        cwd=store.parent,
        env=own | _environment(store) | (environment or {}),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )


def _environment(store: Path) -> dict[str, str]:
    return {"HOTSPOT_STORE": str(store), "HOTSPOT_NOW": NOW.isoformat(), "COLUMNS": "200"}
