"""How much may be uploaded: each file, and all that is kept at once.

Streamlit keeps uploads in memory until the page is left, so without a limit on their sum a few
browsers could fill it.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from streamlit.runtime import get_instance
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager

from geo.errors import PlainError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from data.settings import Settings

_MB: Final = 1024 * 1024
_FRAME: Final = _MB  # what a form adds to the file that it carries


class UploadRefusedError(PlainError, ValueError):
    """An upload is not taken.

    Attributes
    ----------
    status : int
        Of the answer.
    """

    def __init__(self, message: str, *, status: int) -> None:
        self.status = status
        super().__init__(message)


@dataclass(slots=True)
class Uploads:
    """What is being uploaded now, and how much may be.

    Attributes
    ----------
    each, together : int
        The most bytes of one file, and of all.
    coming : int
        Bytes that were let in and have not all arrived.
    """

    each: int
    together: int
    coming: int = 0

    @classmethod
    def of(cls, settings: Settings) -> Uploads:
        """Return the limits that the settings give."""
        return cls(settings.max_upload_mb * _MB, settings.max_uploads_mb * _MB)

    @contextmanager
    def one(self, length: str | None) -> Iterator[None]:
        """Let one upload in and count it for as long as it takes.

        Parameters
        ----------
        length : str or None
            What the browser says is coming, in bytes.

        Raises
        ------
        UploadRefusedError
        """
        size = _size(length)
        if size > self.each + _FRAME:
            message = (
                f"The file has {size / _MB:,.0f} MB; at most {self.each // _MB:,} MB can be "
                "uploaded. Import it with `hotspots import` on the server."
            )
            raise UploadRefusedError(message, status=413)
        if _kept() + self.coming + size > self.together + _FRAME:
            message = (
                f"Other uploads take up the {self.together // _MB:,} MB that are kept at once. "
                "Try again when they are imported."
            )
            raise UploadRefusedError(message, status=503)
        self.coming += size
        try:
            yield
        finally:
            self.coming -= size


def _size(length: str | None) -> int:
    if length is None or not length.isascii() or not length.isdigit():
        message = "The upload does not say how long it is."
        raise UploadRefusedError(message, status=411)
    return int(length)


def _kept() -> int:
    """Return how many bytes of uploads Streamlit keeps."""
    manager = get_instance().uploaded_file_mgr
    if not isinstance(manager, MemoryUploadedFileManager):
        return 0
    by_session = list(manager.file_storage.values())
    return sum(len(file.data) for files in by_session for file in list(files.values()))
