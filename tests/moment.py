"""The moment that tests take for the present, so that none knows the day it is run on."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Final

NOW: Final = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
