"""QR codes of printed sheets, read back by another program, and never of this machine."""

from __future__ import annotations

import io

import pytest
import zxingcpp
from PIL import Image

from data.exports import paper
from data.exports.visit_code import VisitCode, codes_svg, visit_address
from data.settings import Settings
from tests.moment import NOW

PUBLIC = "https://hotspots.borough.gov.uk"


def settings(address: str | None) -> Settings:
    return Settings(public_url=address, _env_file=None)


def read_back(codes: list[VisitCode], *, grey: bool = True) -> list[str]:
    """What a reader of codes finds on a printed page that holds them, from left to right."""
    drawn, (_, height) = codes_svg(codes, code_mm=23.0)
    document = paper.Document(
        title="Codes",
        blocks=(paper.Picture(drawn, "QR codes", max_mm=height),),
        marking="OFFICIAL",
        made_at=NOW,
        made_by="",
    )
    (page,) = paper.page_pictures(document, ppi=200)
    image = Image.open(io.BytesIO(page)).convert("L" if grey else "RGB")
    found = zxingcpp.read_barcodes(image)
    assert {str(each.format) for each in found} <= {"BarcodeFormat.QRCode", "QR Code", "QRCode"}
    ordered = sorted(found, key=lambda each: each.position.top_left.x)
    return [each.text for each in ordered]


def test_a_code_leads_to_the_visit_of_its_tasking() -> None:
    address = visit_address(settings(PUBLIC), tasking="12")
    assert address == f"{PUBLIC}/visit?tasking=12"
    assert read_back([VisitCode(address, ("Visits 1, 4", "T-0012"))]) == [address]


def test_six_codes_in_a_row_are_each_read() -> None:
    addresses = [visit_address(settings(PUBLIC), tasking=f"{n}") for n in range(1201, 1207)]
    codes = [VisitCode(each, (f"Visit {n}", "T")) for n, each in enumerate(addresses)]
    assert read_back(codes) == addresses


def test_a_teams_name_is_safe_in_an_address() -> None:
    address = visit_address(settings(PUBLIC), team="Night & day; <b>1/2</b>", plan="")
    assert address == f"{PUBLIC}/visit?team=Night+%26+day%3B+%3Cb%3E1%2F2%3C%2Fb%3E"
    assert read_back([VisitCode(address, ("<script>&",))]) == [address]


@pytest.mark.parametrize(
    "address",
    [
        None,
        "https://localhost",
        "https://localhost:8501",
        "https://app.localhost",
        "https://127.0.0.1:8501",
        "https://[::1]:8501",
        "https://0.0.0.0",
    ],
)
def test_there_is_no_address_that_only_this_machine_could_open(address: str | None) -> None:
    assert visit_address(settings(address), tasking="12") == ""
