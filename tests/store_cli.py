"""Running the command line as a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tests.moment import NOW

ROOT = Path(__file__).resolve().parents[1]


def hotspots(
    *arguments: str | Path, store: Path, environment: dict[str, str] | None = None
) -> subprocess.CompletedProcess[str]:
    """Run `hotspots` on a store at the tests' moment, with no other settings but the given ones."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("HOTSPOT_")}
    return subprocess.run(
        [sys.executable, ROOT / "cli.py", *map(str, arguments)],
        cwd=store.parent,
        env=own
        | {"HOTSPOT_STORE": str(store), "HOTSPOT_NOW": NOW.isoformat(), "COLUMNS": "200"}
        | (environment or {}),
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
