"""Downloading a large file: streamed, gone on with where it broke off, and checked before use.

What has come is in a ``.part`` file whose name has the first digits of the content's MD5, so that
the parts of two releases are never joined. Only a file of the right size and MD5 gets its name. MD5
is what the services give; it tells of an accident on the way, which is all that is asked of it.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from data import durable
from data.faults import plain_faults
from data.sources.fetch_errors import (
    HINT,
    FetchError,
    IncompleteReplyError,
    ReplyError,
    ServiceError,
    StatusError,
)
from data.sources.replies import excerpt, is_web_page, service_of, web_page_error

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    import httpx

    from data.sources.http import PoliteClient

_RANGE: Final = re.compile(r"bytes (\d+)-\d+/(\d+|\*)")
_MD5_DIGITS: Final = 8
_BLOCK: Final = 1_048_576
_WORTH_GOING_ON: Final = 0.01  # of the file, in the tries of one request
_SPARE: Final = 64 * _BLOCK  # left free on the disk, whatever is downloaded
_DO_AGAIN: Final = "What has come is kept, and the same command goes on from there."


class NoRoomError(FetchError):
    """The disk has no room for what would be downloaded."""


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """A large file of a service.

    Attributes
    ----------
    title : str
        What people call it.
    url : str
    size : int
        In bytes.
    md5 : str
        32 hexadecimal digits.
    """

    title: str
    url: str
    size: int
    md5: str

    @property
    def size_label(self) -> str:
        """Its size in MB or GB, in words."""
        return size_label(self.size)


def size_label(size: int) -> str:
    """Return a number of bytes in kB, MB or GB, as disks are sold."""
    for unit, factor in (("GB", 1e9), ("MB", 1e6)):
        if size >= factor:
            return f"{size / factor:,.1f} {unit}"
    return f"{max(size / 1e3, 1):,.0f} kB"


def download(
    remote: RemoteFile,
    path: Path,
    *,
    client: PoliteClient,
    progress: Callable[[float, str], None] | None = None,
) -> None:
    """Download a file, going on from what an earlier call has left.

    Two processes must not do this in one folder at once.

    Parameters
    ----------
    remote : RemoteFile
    path : Path
        Where it lies afterwards, whole.
    client : PoliteClient
    progress : callable, optional
        Told the share done and a sentence.

    Raises
    ------
    NoRoomError
        If the disk has no room for it; nothing is asked for then.
    FetchError
        Where the service or the way to it failed; what has come is kept.
    data.faults.FaultError
        Where the disk fails, or is full meanwhile.
    """
    part = _part(remote, path)
    with plain_faults(f"The download of {remote.title}"):
        if _size(path) == remote.size and _md5(path) == remote.md5:
            return
        refuse_no_room({path.parent: still_missing(remote, path)}, what=remote.title)
        for last in (False, True):
            _complete(part, remote, client=client, progress=progress)
            if _md5(part) == remote.md5:
                durable.move(part, path)
                return
            _begin_again(part)
            if last:
                durable.remove_file(part)
    message = (
        f"{remote.title} came with another content than {service_of(remote.url)} says, twice in a "
        f"row ({remote.size:,} bytes whose MD5 should be {remote.md5}). Nothing of it was kept. A "
        f"proxy of this network may change what it lets through. Try again later. {HINT}."
    )
    raise ReplyError(message)


def still_missing(remote: RemoteFile, path: Path) -> int:
    """Return how many bytes `download` has still to bring."""
    return 0 if _size(path) == remote.size else max(remote.size - _size(_part(remote, path)), 0)


def refuse_no_room(needed: Mapping[Path, int], *, what: str) -> None:
    """Refuse a download that the disks have no room for.

    Parameters
    ----------
    needed : mapping of Path to int
        Bytes that will be written under each folder; folders on one disk are added up.
    what : str
        What is downloaded, to begin a sentence with.

    Raises
    ------
    NoRoomError
    """
    disks: dict[int, tuple[Path, int]] = {}
    for folder, size in needed.items():
        there = folder
        while not there.exists():
            there = there.parent
        disk = there.stat().st_dev
        disks[disk] = (there, disks.get(disk, (there, 0))[1] + size)
    for there, size in disks.values():
        free = shutil.disk_usage(there).free
        if size > 0 and size + _SPARE > free:
            message = (
                f"{what} needs {size_label(size)} of disk space, and {size_label(free)} are free "
                f"on the disk of {there}. Nothing was downloaded. Free some space there, or name "
                "another folder with --folder (and TMPDIR for what is unpacked)."
            )
            raise NoRoomError(message)


def _complete(
    part: Path,
    remote: RemoteFile,
    *,
    client: PoliteClient,
    progress: Callable[[float, str], None] | None,
) -> None:
    """Ask for what is missing of a file until all of it is there."""
    if _size(part) > remote.size:
        _begin_again(part)

    def missing() -> dict[str, str]:
        there = _size(part)
        whole = {"Accept-Encoding": "identity"}
        return whole | {"Range": f"bytes={there}-"} if there else whole

    def receive(response: httpx.Response) -> None:
        _receive(response, part, remote, progress=progress)

    while (before := _size(part)) < remote.size:
        try:
            client.stream(
                remote.url,
                receive=receive,
                headers=missing,
                allowed=frozenset({HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE}),
            )
        except ServiceError as error:
            # A line that breaks often does bring a gigabyte in the end; a busy service is left.
            is_busy = isinstance(error.__cause__, StatusError)
            if is_busy or _size(part) - before < remote.size * _WORTH_GOING_ON:
                raise


def _receive(
    response: httpx.Response,
    part: Path,
    remote: RemoteFile,
    *,
    progress: Callable[[float, str], None] | None,
) -> None:
    """Write what an answer brings of the file behind what is there."""
    service = response.request.url.netloc.decode()
    there = _size(part)
    if "html" in response.headers.get("Content-Type", ""):
        response.read()
        raise web_page_error(service, excerpt(response))
    _refuse_other_range(response, part, remote, there=there)
    with durable.continuing(part, at=there) as file:
        for block in _behind(response, there=there):
            file.write(block)
            there += len(block)
            if there > remote.size:
                break
            if progress is not None:
                words = f"{remote.title}: {size_label(there)} of {remote.size_label}"
                progress(there / remote.size, words)
    if there > remote.size:
        _begin_again(part)
        message = (
            f"{service} sends more than the {remote.size:,} bytes that {remote.title} should have. "
            f"Nothing of it was kept. Try again later. {HINT}."
        )
        raise ReplyError(message)
    if there < remote.size:
        message = (
            f"{service} ended {remote.title} after {there:,} of {remote.size:,} bytes, however "
            f"often it was asked. {_DO_AGAIN} {HINT}."
        )
        raise IncompleteReplyError(message)


def _behind(response: httpx.Response, *, there: int) -> Iterator[bytes]:
    """Yield, as it comes, what an answer brings behind the bytes that are there."""
    is_whole = response.status_code == HTTPStatus.OK
    # Whoever knows no ranges sends all of it again, so that what is there is passed over.
    skip = there if is_whole else 0
    for number, block in enumerate(response.iter_bytes()):
        if number == 0 and is_whole and is_web_page(block):
            words = " ".join(block[:120].decode("latin-1").split())
            raise web_page_error(response.request.url.netloc.decode(), words)
        passed = min(skip, len(block))
        skip -= passed
        if passed < len(block):
            yield block[passed:]


def _refuse_other_range(
    response: httpx.Response, part: Path, remote: RemoteFile, *, there: int
) -> None:
    """Refuse an answer that goes on from elsewhere, and what is there with it."""
    if response.status_code == HTTPStatus.OK:
        return
    stated = _RANGE.fullmatch(response.headers.get("Content-Range", ""))
    fits = stated is not None and int(stated[1]) == there and stated[2] in ("*", str(remote.size))
    if response.status_code == HTTPStatus.PARTIAL_CONTENT and fits:
        return
    _begin_again(part)
    message = (
        f"{response.request.url.netloc.decode()} does not go on with {remote.title} where it broke "
        f"off (HTTP {response.status_code}), however often it was asked. The next call begins from "
        f"the start. {HINT}."
    )
    raise IncompleteReplyError(message)


def _begin_again(part: Path) -> None:
    with durable.continuing(part, at=0):
        pass


def _part(remote: RemoteFile, path: Path) -> Path:
    return path.with_name(f"{path.name}.{remote.md5[:_MD5_DIGITS]}.part")


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _md5(path: Path) -> str:
    digest = hashlib.md5(usedforsecurity=False)
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
