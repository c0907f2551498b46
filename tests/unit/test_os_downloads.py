"""The OS Downloads client and large files, against a local server that fails as services do."""

from __future__ import annotations

import hashlib
import random
import resource
import ssl
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.faults import DiskFullError
from data.sources.fetch_errors import (
    FetchError,
    IncompleteReplyError,
    NotFoundError,
    RefusedError,
    ReplyError,
    ServiceError,
    UnreachableError,
)
from data.sources.http import PoliteClient
from data.sources.large_files import NoRoomError, RemoteFile, download, size_label
from data.sources.os_downloads import OS_PRODUCTS, OsRelease, fetch_release, newest_release
from tests.patience import QUICK, Clock
from tests.place_service import PlaceService, PlaceWorld
from tests.service import PAGE, Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

pytestmark = pytest.mark.usefixtures("no_proxy")
ROOT = Path(__file__).resolve().parents[2]
ROADS = OS_PRODUCTS["street"]
CONTENT = b"PK\x03\x04" + random.Random(1).randbytes(300_000)


@pytest.fixture
def world() -> PlaceWorld:
    return PlaceWorld(products={"OpenRoads": ("2026-04", CONTENT)}, fault_on="storage")


@pytest.fixture
def service(world: PlaceWorld) -> Iterator[PlaceService]:
    with PlaceService(world) as running:
        yield running


@pytest.fixture
def client() -> Iterator[PoliteClient]:
    clock = Clock()
    with PoliteClient(QUICK, clock=clock.read, sleep=clock.sleep) as opened:
        yield opened


@pytest.fixture
def release(service: PlaceService, client: PoliteClient) -> Callable[[], OsRelease]:
    return lambda: newest_release(ROADS, client=client, url=service.os_downloads)


@pytest.fixture
def fetch(
    release: Callable[[], OsRelease], client: PoliteClient, tmp_path: Path
) -> Callable[..., Path]:
    def run(folder: Path = tmp_path, **options: Any) -> Path:  # noqa: ANN401
        return fetch_release(release(), folder, client=client, **options)

    return run


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def part_of(folder: Path) -> Path:
    digest = hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()
    return folder / f"OpenRoads-2026-04.zip.{digest[:8]}.part"


# What is on offer


def test_the_geopackage_of_all_great_britain_is_chosen(
    release: Callable[[], OsRelease], service: PlaceService
) -> None:
    newest = release()
    assert newest.version == "2026-04"
    assert newest.shown_on == date(2026, 4, 1)
    assert newest.file_name == "OpenRoads-2026-04.zip"
    assert newest.file == RemoteFile(
        title="OS Open Roads 2026-04",
        url=f"{service.os_downloads}/products/OpenRoads/downloads"
        "?area=GB&format=GeoPackage&redirect",
        size=300_004,
        md5=hashlib.md5(CONTENT, usedforsecurity=False).hexdigest(),
    )


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"size": 0}, "size 0"),
        ({"size": "big"}, "size 'big'"),
        ({"md5": "abc"}, "MD5 'abc'"),
        ({"url": "https://storage.invalid/roads.zip"}, "'storage.invalid', which is elsewhere"),
        ({"url": None}, "elsewhere"),
        ({"area": "NI"}, "none of all Great Britain"),
        ({"format": "MapInfo® TAB"}, "none of all Great Britain"),
    ],
)
def test_a_list_that_is_not_as_described_is_refused(
    change: dict[str, object], fault: str, world: PlaceWorld, release: Callable[[], OsRelease]
) -> None:
    world.listed = change
    with pytest.raises(ReplyError, match=fault):
        release()


@pytest.mark.parametrize("version", ["", "April 2026", "2026-13", "../2026-04"])
def test_a_version_that_is_no_month_is_refused(
    version: str, world: PlaceWorld, release: Callable[[], OsRelease]
) -> None:
    world.products["OpenRoads"] = (version, CONTENT)
    with pytest.raises(ReplyError, match="the version"):
        release()


def test_a_product_that_is_not_there_is_told(
    world: PlaceWorld, release: Callable[[], OsRelease]
) -> None:
    world.products.clear()
    with pytest.raises(NotFoundError, match="OpenRoads"):
        release()


# A whole download


def test_a_file_comes_from_the_storage_that_the_service_names(
    fetch: Callable[..., Path], world: PlaceWorld, tmp_path: Path
) -> None:
    told: list[tuple[float, str]] = []
    path = fetch(progress=lambda done, words: told.append((done, words)))
    assert path.read_bytes() == CONTENT
    assert names(tmp_path) == ["OpenRoads-2026-04.zip"]
    assert path.stat().st_mode & 0o777 == 0o600
    assert world.asked_ranges == [""]
    assert told[-1] == (1.0, "OS Open Roads 2026-04: 300 kB of 300 kB")
    assert [done for done, _ in told] == sorted(done for done, _ in told)


def test_a_file_that_is_there_is_not_asked_for_again(
    fetch: Callable[..., Path], world: PlaceWorld
) -> None:
    fetch()
    fetch()
    assert world.asked_ranges == [""]


def test_a_file_that_was_changed_here_is_downloaded_again(fetch: Callable[..., Path]) -> None:
    path = fetch()
    path.write_bytes(CONTENT[:-1] + b"?")
    assert fetch().read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("size", "label"),
    [(321, "1 kB"), (1_234, "1 kB"), (606_000_000, "606.0 MB"), (1_050_000_000, "1.1 GB")],
)
def test_sizes_are_told_as_disks_are_sold(size: int, label: str) -> None:
    assert size_label(size) == label


# Going on where it broke off


def test_a_stream_that_is_cut_goes_on_where_it_broke_off(
    fetch: Callable[..., Path], world: PlaceWorld
) -> None:
    world.faults.extend([Fault(cut_after=100_000), Fault(cut_after=50_000)])
    assert fetch().read_bytes() == CONTENT
    assert world.asked_ranges == ["", "bytes=100000-", "bytes=150000-"]


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cuts=st.lists(st.integers(0, 150_000), max_size=QUICK.tries - 1))
def test_wherever_it_is_cut_the_content_is_the_same(
    cuts: list[int],
    fetch: Callable[..., Path],
    world: PlaceWorld,
    tmp_path_factory: Any,  # noqa: ANN401
) -> None:
    world.faults.clear()
    world.faults.extend([Fault(cut_after=cut) for cut in cuts])
    assert fetch(tmp_path_factory.mktemp("cut")).read_bytes() == CONTENT


def test_a_line_that_breaks_often_brings_it_in_the_end(
    fetch: Callable[..., Path], world: PlaceWorld
) -> None:
    world.faults.extend([Fault(cut_after=20_000)] * 14)
    assert fetch().read_bytes() == CONTENT


def test_what_has_come_is_kept_and_the_next_call_goes_on(
    fetch: Callable[..., Path], world: PlaceWorld, tmp_path: Path
) -> None:
    world.faults.extend([Fault(cut_after=100_000), *[Fault(503)] * 10])
    with pytest.raises(ServiceError, match="what is complete is kept"):
        fetch()
    assert part_of(tmp_path).read_bytes() == CONTENT[:100_000]
    assert world.count("storage") == QUICK.tries  # a storage that says it is busy is left alone
    world.faults.clear()
    world.asked_ranges.clear()
    assert fetch().read_bytes() == CONTENT
    assert world.asked_ranges == ["bytes=100000-"]
    assert names(tmp_path) == ["OpenRoads-2026-04.zip"]


def test_a_storage_without_ranges_loses_nothing_that_has_come(
    fetch: Callable[..., Path], world: PlaceWorld
) -> None:
    world.ranges = False
    world.faults.extend([Fault(cut_after=100_000), Fault(cut_after=50_000)])
    assert fetch().read_bytes() == CONTENT
    assert world.asked_ranges == ["", "bytes=100000-", "bytes=100000-"]


@pytest.mark.parametrize("there", [b"x" * 100_000, b"x" * 400_000], ids=["damaged", "too long"])
def test_a_part_that_is_not_of_this_file_is_found_out_and_begun_again(
    there: bytes, fetch: Callable[..., Path], tmp_path: Path
) -> None:
    part_of(tmp_path).write_bytes(there)
    assert fetch().read_bytes() == CONTENT


def test_the_part_of_another_release_is_not_gone_on_with(
    fetch: Callable[..., Path], world: PlaceWorld
) -> None:
    world.faults.extend([Fault(cut_after=100_000), Fault(403)])
    with pytest.raises(RefusedError):
        fetch()
    newer = b"PK\x03\x04" + random.Random(2).randbytes(300_000)
    world.products["OpenRoads"] = ("2026-04", newer)
    world.asked_ranges.clear()
    assert fetch().read_bytes() == newer
    assert world.asked_ranges == [""]


@pytest.mark.parametrize(
    "answer",
    [
        Fault(416),
        Fault(206, headers={"Content-Range": "bytes 7-300003/300004"}, body=b"x" * 50),
        Fault(206, headers={"Content-Range": "bytes 100000-100049/100050"}, body=b"x" * 50),
        Fault(206, body=b"x" * 50),
    ],
    ids=["none", "another place", "another size", "unsaid"],
)
def test_an_answer_that_goes_on_elsewhere_is_not_taken(
    answer: Fault, fetch: Callable[..., Path], world: PlaceWorld
) -> None:
    world.faults.extend([Fault(cut_after=100_000), answer])
    assert fetch().read_bytes() == CONTENT
    assert world.asked_ranges[-1] == ""


def test_a_download_that_was_killed_goes_on_where_it_stopped(
    fetch: Callable[..., Path], release: Callable[[], OsRelease], world: PlaceWorld, tmp_path: Path
) -> None:
    world.faults.append(Fault(hang=True, cut_after=120_000))
    program = (
        "from pathlib import Path\n"
        "from data.sources.http import PoliteClient\n"
        "from data.sources.large_files import RemoteFile\n"
        "from data.sources.os_downloads import OsProduct, OsRelease, fetch_release\n"
        f"release = {release()!r}\n"
        "with PoliteClient() as client:\n"
        f"    fetch_release(release, Path({str(tmp_path)!r}), client=client,\n"
        "        progress=lambda done, words: print(words, flush=True))\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program], cwd=ROOT, stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout is not None
        while running.stdout.readline() != "OS Open Roads 2026-04: 120 kB of 300 kB\n":
            assert running.poll() is None
        running.kill()
    there = part_of(tmp_path).stat().st_size
    assert there > 0
    world.asked_ranges.clear()
    assert fetch().read_bytes() == CONTENT
    assert world.asked_ranges == [f"bytes={there}-"]


# What must not be taken


def test_a_wrong_md5_is_asked_for_once_more_and_then_refused(
    fetch: Callable[..., Path], world: PlaceWorld, tmp_path: Path
) -> None:
    world.faults.append(Fault(body=CONTENT[:-1] + b"?"))
    assert fetch(tmp_path / "once").read_bytes() == CONTENT
    world.faults.extend([Fault(body=CONTENT[:-1] + b"?")] * 2)
    with pytest.raises(ReplyError, match="another content than 127"):
        fetch(tmp_path / "twice")
    assert names(tmp_path / "twice") == []


def test_more_than_was_said_is_refused_and_does_not_fill_the_disk(
    fetch: Callable[..., Path], world: PlaceWorld, tmp_path: Path
) -> None:
    world.faults.append(Fault(body=CONTENT * 20))
    with pytest.raises(ReplyError, match="sends more than the 300,004 bytes"):
        fetch()
    assert part_of(tmp_path).stat().st_size == 0


def test_less_than_was_said_is_asked_for_again_and_then_told(
    fetch: Callable[..., Path], world: PlaceWorld
) -> None:
    world.listed = {"size": 400_000}
    with pytest.raises(IncompleteReplyError, match=r"after 300,004 of 400,000|does not go on"):
        fetch()


@pytest.mark.parametrize(
    "page",
    [
        Fault(body=PAGE),
        Fault(body=PAGE, headers={"Content-Type": "application/zip"}),
        Fault(body=b"no bytes left", headers={"Content-Type": "text/html"}),
    ],
)
@pytest.mark.parametrize("first", [[], [Fault(cut_after=100_000)]], ids=["at once", "on the way"])
def test_a_page_of_a_proxy_is_never_part_of_a_file(
    first: list[Fault], page: Fault, fetch: Callable[..., Path], world: PlaceWorld, tmp_path: Path
) -> None:
    world.faults.extend([*first, page])
    with pytest.raises(ReplyError, match="web page instead of data"):
        fetch()
    if first:
        assert part_of(tmp_path).read_bytes() == CONTENT[:100_000]
    assert fetch().read_bytes() == CONTENT


def test_a_refusal_is_told_in_the_services_words(
    fetch: Callable[..., Path], world: PlaceWorld
) -> None:
    world.faults.append(Fault(403, body=b"<?xml version='1.0'?><Error>Signature expired</Error>"))
    with pytest.raises(RefusedError, match=r"HTTP 403.*Signature expired"):
        fetch()


def test_a_storage_that_stays_silent_is_given_up(
    fetch: Callable[..., Path], world: PlaceWorld
) -> None:
    world.faults.extend([Fault(hang=True)] * QUICK.tries)
    with pytest.raises(ServiceError, match="broke off"):
        fetch()


def test_a_storage_that_cannot_be_reached_is_named(
    fetch: Callable[..., Path], world: PlaceWorld
) -> None:
    world.storage_host = "127.0.0.1:9/"
    with pytest.raises(FetchError):
        fetch()


def test_without_internet_it_is_told(client: PoliteClient) -> None:
    with pytest.raises(UnreachableError, match="Cannot reach"):
        newest_release(ROADS, client=client, url="http://127.0.0.1:9/downloads/v1")


def test_a_secure_request_is_not_sent_on_over_an_open_connection(
    world: PlaceWorld, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = "openssl req -x509 -newkey rsa:2048 -nodes -days 1 -subj /CN=127.0.0.1"
    named = "-addext subjectAltName=IP:127.0.0.1 -keyout key.pem -out cert.pem"
    made = subprocess.run(
        [*command.split(), *named.split()], cwd=tmp_path, capture_output=True, check=False
    )
    if made.returncode:
        pytest.skip("openssl could not make a certificate here")
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(tmp_path / "cert.pem", tmp_path / "key.pem")
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "cert.pem"))
    with PlaceService(world, tls=tls) as service, PoliteClient(QUICK) as client:
        remote = RemoteFile(
            title="OS Open Roads",
            url=f"{service.os_downloads}/products/OpenRoads/downloads?area=GB&redirect",
            size=len(CONTENT),
            md5=hashlib.md5(CONTENT, usedforsecurity=False).hexdigest(),
        )
        with pytest.raises(RefusedError, match="not secure"):
            download(remote, tmp_path / "roads.zip", client=client)
    assert world.asked_ranges == []


# The disk


def test_a_file_that_the_disk_has_no_room_for_is_not_begun(
    fetch: Callable[..., Path], world: PlaceWorld, tmp_path: Path
) -> None:
    world.listed = {"size": 10**15}
    with pytest.raises(NoRoomError, match=r"1,000,000\.0 GB|4,000,000\.0 GB"):
        fetch()
    with pytest.raises(NoRoomError, match=r"needs 1,000,000\.0 GB of disk space, and .* are free"):
        fetch(unpack=False)
    assert world.asked_ranges == []
    assert names(tmp_path) == []


def test_a_disk_that_is_full_on_the_way_is_told_and_the_next_call_goes_on(
    fetch: Callable[..., Path], release: Callable[[], OsRelease], world: PlaceWorld, tmp_path: Path
) -> None:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, before[1]))
    try:
        with pytest.raises(DiskFullError, match=r"The download of OS Open Roads 2026-04: the disk"):
            fetch()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    there = part_of(tmp_path).stat().st_size
    assert 0 < there <= 200_000
    world.asked_ranges.clear()
    assert fetch().read_bytes() == CONTENT
    assert world.asked_ranges == [f"bytes={there}-"]
