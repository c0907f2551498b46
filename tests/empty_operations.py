"""An operations store in a file that is copied, not made: a copy takes no migrations."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

from data.operations.database import Operations
from data.settings import Settings
from tests.built_once import built_once

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def put_empty_operations(settings: Settings, folders: pytest.TempPathFactory) -> None:
    """Put an operations store with the tables and no rows where the settings have theirs."""

    def build(folder: Path) -> None:
        Operations.open(Settings(store=folder, operations_url=None, _env_file=None)).close()

    made = built_once(folders, "empty_operations", build=build)
    shutil.copytree(made, settings.store)
