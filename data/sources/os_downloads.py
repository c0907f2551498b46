"""Streets and green space from Ordnance Survey's open data, through the OS Downloads API.

No key is needed. Each product is one file of all Great Britain, a zipped GeoPackage, which the
service lists with its size and MD5 and hands out from a storage elsewhere. Format: OS Data Hub, "OS
Downloads API, technical specification".
"""

from __future__ import annotations

import re
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final

from data.sources.fetch_errors import ReplyError
from data.sources.large_files import RemoteFile, download, refuse_no_room, still_missing
from data.sources.replies import service_of
from geo.counting import counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from data.sources.http import PoliteClient
    from geo.places import PlaceKind

_FORMAT: Final = "GeoPackage"
_AREA: Final = "GB"
_VERSION: Final = re.compile(r"(\d{4})-(\d{2})(?:-\d{2})?")
_MD5: Final = re.compile(r"[0-9a-f]{32}")
_UNPACKED: Final = 3  # times the size of its ZIP, at most, that a GeoPackage of OS has


@dataclass(frozen=True, slots=True)
class OsProduct:
    """A product of the service.

    Attributes
    ----------
    name : str
        The service's own: "OpenRoads".
    title : str
        For people.
    """

    name: str
    title: str


@dataclass(frozen=True, slots=True)
class OsRelease:
    """A release of a product, ready to be downloaded.

    Attributes
    ----------
    product : OsProduct
    version : str
        ``2026-04``.
    file : RemoteFile
    """

    product: OsProduct
    version: str
    file: RemoteFile

    @property
    def shown_on(self) -> date:
        """The first day of its month."""
        return date.fromisoformat(f"{self.version}-01")

    @property
    def file_name(self) -> str:
        """What its file is called here."""
        return f"{self.product.name}-{self.version}.zip"


OS_PRODUCTS: Final[dict[PlaceKind, OsProduct]] = {
    "street": OsProduct("OpenRoads", "OS Open Roads"),
    "park": OsProduct("OpenGreenspace", "OS Open Greenspace"),
}


def newest_release(product: OsProduct, *, client: PoliteClient, url: str) -> OsRelease:
    """Ask for the newest release of a product.

    Raises
    ------
    FetchError
        `ReplyError` if the answers are not those of the OS Downloads API.
    """
    base = f"{url.rstrip('/')}/products/{product.name}"
    about = client.json(base)
    version = _VERSION.fullmatch(_text(about, "version"))
    if version is None or not 1 <= int(version[2]) <= 12:
        raise _not_as_expected(base, f"the version {_text(about, 'version')[:40]!r}")
    listed = client.json(f"{base}/downloads", params={"format": _FORMAT})
    entries = listed if isinstance(listed, list) else []
    for entry in entries:
        if _text(entry, "area") == _AREA and _text(entry, "format") == _FORMAT:
            file = _remote_file(entry, base=base, title=f"{product.title} {version[0]}")
            return OsRelease(product, f"{version[1]}-{version[2]}", file)
    answer = f"{counted(len(entries), 'file')}, none of all Great Britain"
    raise _not_as_expected(base, answer)


def fetch_release(
    release: OsRelease,
    folder: Path,
    *,
    client: PoliteClient,
    unpack: bool = True,
    progress: Callable[[float, str], None] | None = None,
) -> Path:
    """Download the file of a release, going on from what an earlier call has left.

    Parameters
    ----------
    release : OsRelease
    folder : Path
        An earlier release of the product that lies there is removed when this one is whole.
    client : PoliteClient
    unpack : bool
        Whether the disk needs room for unpacking it as well.
    progress : callable, optional
        Told the share done and a sentence.

    Returns
    -------
    Path
        The ZIP, whole.

    Raises
    ------
    FetchError, data.faults.FaultError
        As `data.sources.large_files.download`.
    """
    path = folder / release.file_name
    if unpack:
        # On one disk both have to have room at once.
        needed = {
            folder: still_missing(release.file, path),
            Path(tempfile.gettempdir()): _UNPACKED * release.file.size,
        }
        refuse_no_room(needed, what=f"{release.file.title}, downloaded and unpacked,")
    download(release.file, path, client=client, progress=progress)
    return path


def _remote_file(entry: object, *, base: str, title: str) -> RemoteFile:
    """Read where a file is and how it is known to be whole."""
    size = entry.get("size") if isinstance(entry, dict) else None
    url, md5 = _text(entry, "url"), _text(entry, "md5").casefold()
    if not isinstance(size, int) or size <= 0 or _MD5.fullmatch(md5) is None:
        raise _not_as_expected(base, f"a file of the size {size!r} and the MD5 {md5[:40]!r}")
    if service_of(url) != service_of(base):
        raise _not_as_expected(base, f"a file at {service_of(url)[:80]!r}, which is elsewhere")
    return RemoteFile(title, url, size, md5)


def _text(record: object, key: str) -> str:
    value = record.get(key) if isinstance(record, dict) else None
    return value if isinstance(value, str) else ""


def _not_as_expected(url: str, answer: str) -> ReplyError:
    return ReplyError(
        f"{url} should list an open product of Ordnance Survey, and names {answer}. The service "
        "may have changed: check HOTSPOT_OS_DOWNLOADS_URL, or download the product from "
        "https://osdatahub.os.uk/downloads/open and load it with `hotspots places`."
    )
