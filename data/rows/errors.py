"""What can be wrong with a whole file, with a message that its owner can act on.

A fault of a single row never raises: the row is rejected with its reason and the rest is read.
"""

from __future__ import annotations

from geo.errors import PlainError


class FileError(PlainError, ValueError):
    """A file cannot be read as incidents: what is wrong, what was found, what to do."""

    def __init__(self, *, what: str, found: str, do: str) -> None:
        super().__init__(f"{what} Found: {found}. {do}")
        self.what = what
        self.found = found
        self.do = do


class NoSuchFileError(FileError):
    """There is nothing at the path, or nothing in it that could hold incidents."""


class EmptyFileError(FileError):
    """The file holds no rows."""


class NotATableError(FileError):
    """The file is something else: a web page, a PDF, an old or locked spreadsheet."""


class UnreadableTextError(FileError):
    """The characters are in an encoding that cannot be recognised with confidence."""


class DamagedFileError(FileError):
    """An archive or workbook is cut short or broken."""


class UnsafeArchiveError(FileError):
    """An archive unpacks to too much, or names places outside itself."""


class TooLargeError(FileError):
    """The file is larger than the settings allow."""


class ChangedFileError(FileError):
    """The file was changed or removed after it was opened and before it was read to its end."""


class UnknownColumnsError(FileError):
    """The columns a format or profile needs are missing, or occur in the file twice."""


class DateOrderError(FileError):
    """The dates are in another order than the profile says (month before day)."""


class TurnedDatesError(FileError):
    """A spreadsheet program of another country has turned some of the dates round."""


class ProfileError(PlainError, ValueError):
    """A column-mapping profile is missing, unreadable or contradicts itself."""
