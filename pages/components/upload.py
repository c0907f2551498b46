"""An uploaded file on disk for as long as it is read."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from data.settings import Settings


@contextmanager
def on_disk(file: UploadedFile, settings: Settings) -> Iterator[Path]:
    """Write an uploaded file into the store for as long as it is read, and not a moment longer.

    It may hold addresses, so it does not go to the machine's common folder for temporary files.
    """
    folder = settings.store / "uploads"
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=folder) as own:
        path = Path(own) / Path(file.name).name
        path.write_bytes(file.getbuffer())
        yield path
