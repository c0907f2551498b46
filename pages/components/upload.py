"""An uploaded file on disk for as long as it is read."""

from __future__ import annotations

from contextlib import ExitStack, contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from data.faults import plain_faults
from geo.errors import PlainError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streamlit.runtime.uploaded_file_manager import UploadedFile

    from data.settings import Settings


class NoFileError(PlainError, ValueError):
    """A file is to be used and none was chosen."""

    def __init__(self) -> None:
        super().__init__("There is no file. Choose a file first.")


def uploaded(file: UploadedFile | None) -> UploadedFile:
    """Return the file that was chosen.

    Raises
    ------
    NoFileError
    """
    if file is None:
        raise NoFileError
    return file


@contextmanager
def on_disk(file: UploadedFile, settings: Settings) -> Iterator[Path]:
    """Write an uploaded file into the store for as long as it is read, and not a moment longer.

    It may hold addresses, so it does not go to the machine's common folder for temporary files.
    """
    folder = settings.store / "uploads"
    with ExitStack() as until_read:
        with plain_faults("The upload"):
            folder.mkdir(parents=True, exist_ok=True)
            own = until_read.enter_context(TemporaryDirectory(dir=folder))
            path = Path(own) / Path(file.name).name
            path.write_bytes(file.getbuffer())
        yield path
