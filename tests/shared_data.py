"""Where the real data lie that some tests use; a user's checkout has none of it."""

from __future__ import annotations

from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[2] / "shared"
needs_shared = pytest.mark.skipif(
    not (SHARED / "data").is_dir(), reason=f"the real data are not next to the checkout ({SHARED})"
)
