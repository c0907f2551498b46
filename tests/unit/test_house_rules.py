"""Rules about the house itself: where things lie, and that settings are documented."""

from __future__ import annotations

import re
from pathlib import Path

from data.settings import Settings

ROOT = Path(__file__).resolve().parents[2]


def test_no_page_lies_directly_in_pages() -> None:
    """Streamlit would serve a deep link to it without running app.py."""
    assert [path.name for path in (ROOT / "pages").glob("*.py")] == ["__init__.py"]


def test_every_setting_is_documented_with_its_default() -> None:
    text = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    documented = set(re.findall(r"^\| `HOTSPOT_([A-Z_]+)`", text, flags=re.MULTILINE))
    assert documented == {name.upper() for name in Settings.model_fields}
    for name, field in Settings.model_fields.items():
        if (
            isinstance(field.default, str)
            and not field.default.startswith("http")
            and field.default
        ):
            assert re.search(rf"`HOTSPOT_{name.upper()}` \| `{field.default}`", text), name


def test_locks_pin_every_package_with_hashes_and_name_no_index() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
        packages = [line for line in lines if line and not line.startswith((" ", "#"))]
        assert all("==" in line for line in packages)
        assert not [line for line in lines if "://" in line or line.startswith("-")]
        assert sum("--hash=sha256:" in line for line in lines) >= len(packages)


def test_one_module_alone_reads_the_clock() -> None:
    """A front door is told the time by a setting, everything below it by an argument."""
    clock = re.compile(r"datetime\.now\(|date\.today\(|time\.time\(|Timestamp\.now|localtime\(")
    rooms = ("pages", "data", "models", "geo")
    files = [ROOT / "app.py", ROOT / "cli.py"]
    files += [path for room in rooms for path in (ROOT / room).rglob("*.py")]
    assert [
        path.relative_to(ROOT).as_posix()
        for path in files
        if clock.search(path.read_text(encoding="utf-8"))
    ] == ["data/settings.py"]


def test_only_the_rooms_of_the_house_are_packages() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    assert packages <= {"pages", "data", "models", "geo", "tests", "benchmarks"}


def test_one_module_alone_touches_the_session_and_one_the_caches() -> None:
    session, caches = set(), set()
    for path in [ROOT / "app.py", *(ROOT / "pages").rglob("*.py")]:
        text = path.read_text(encoding="utf-8")
        if "session_state" in text.replace("`st.session_state`", ""):
            session.add(path.name)
        if "st.cache_" in text:
            caches.add(path.name)
    assert session == {"state.py"}
    assert all(name == "queries.py" or name.startswith("queries_") for name in caches)


def test_one_module_alone_knows_when_the_epoch_was_and_one_how_months_follow() -> None:
    """`%-d` fails on Windows; days are written by `models.wording.days` alone."""
    by_hand = re.compile(r"%-[dIm]|date\(1970|datetime\(1970|% 12 \+ 1")
    assert {
        path.relative_to(ROOT).as_posix()
        for room in ("pages", "data", "models", "geo")
        for path in (ROOT / room).rglob("*.py")
        if by_hand.search(path.read_text(encoding="utf-8"))
    } == {"models/calendar/days.py", "models/calendar/months.py"}
