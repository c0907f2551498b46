"""Rules about the house itself: where things lie, and that settings are documented."""

from __future__ import annotations

import re
import tomllib
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from data.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")


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


def lock_lines(name: str) -> list[str]:
    return (ROOT / name).read_text(encoding="utf-8").splitlines()


def pins(name: str) -> list[Requirement]:
    """What a lock file pins: its lines but hashes and the file that it builds on."""
    return [
        Requirement(line.removesuffix("\\"))
        for line in lock_lines(name)
        if not line.startswith((" ", "-r "))
    ]


def test_locks_pin_every_package_with_hashes_and_name_no_index() -> None:
    for name, builds_on in (
        ("requirements.txt", []),
        ("requirements-dev.txt", ["-r requirements.txt"]),
    ):
        lines = lock_lines(name)
        assert [line for line in lines if line.startswith("-")] == builds_on
        assert not [line for line in lines if "://" in line or "@" in line]
        for pin in pins(name):
            assert [each.operator for each in pin.specifier] == ["=="], str(pin)
        for line, after in pairwise(line for line in lines if not line.startswith("-")):
            if not line.startswith(" "):
                assert after.startswith("    --hash=sha256:"), line


def test_no_package_is_pinned_in_both_locks() -> None:
    app, dev = ({pin.name for pin in pins(f"requirements{end}.txt")} for end in ("", "-dev"))
    assert app & dev == set()
    assert "streamlit" in app
    assert "pytest" in dev


def test_the_locks_hold_what_the_project_asks_for() -> None:
    wanted = [*PROJECT["project"]["dependencies"]]
    for extra in PROJECT["project"]["optional-dependencies"].values():
        wanted += extra
    locked = [*pins("requirements.txt"), *pins("requirements-dev.txt")]
    for each in map(Requirement, wanted):
        versions = [
            pin.specifier
            for pin in locked
            if canonicalize_name(pin.name) == canonicalize_name(each.name)
        ]
        assert versions, each.name
        for (pin,) in versions:
            assert each.specifier.contains(pin.version), f"{each} and {pin}"


def test_pytest_is_asked_for_in_the_version_that_its_settings_need() -> None:
    (asked,) = (
        Requirement(each)
        for each in PROJECT["project"]["optional-dependencies"]["dev"]
        if Requirement(each).name == "pytest"
    )
    (lowest,) = asked.specifier
    assert lowest.operator == ">="
    needed = PROJECT["tool"]["pytest"]["ini_options"]["minversion"]
    assert Version(lowest.version) >= Version(needed)


def test_the_build_asks_for_one_setuptools() -> None:
    assert (
        PROJECT["build-system"]["requires"] == PROJECT["project"]["optional-dependencies"]["build"]
    )


def test_one_oldest_python_is_named_everywhere() -> None:
    oldest = PROJECT["project"]["requires-python"].removeprefix(">=")
    assert PROJECT["tool"]["ruff"]["target-version"] == f"py{oldest.replace('.', '')}"
    assert f"v >= ({oldest.replace('.', ', ')})" in MAKEFILE
    assert f"needs Python {oldest} or newer" in MAKEFILE
    assert f"--python-version {oldest} " in MAKEFILE
    assert f"You need Python {oldest} or newer" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_what_runs_before_a_commit_is_what_make_runs() -> None:
    """The hooks name no versions of their own: they run the locked tools, by the same words."""
    hooks = (ROOT / ".pre-commit-config.yaml").read_text(encoding="utf-8")
    assert "rev:" not in hooks
    entries = re.findall(r"^ +entry: \.venv/bin/(.+)$", hooks, flags=re.MULTILINE)
    assert len(entries) == len(re.findall(r"^ +- id:", hooks, flags=re.MULTILINE))
    recipes = re.search(r"^lint:.*?(?=^bench:)", MAKEFILE, flags=re.DOTALL | re.MULTILINE)
    assert recipes is not None
    run = re.findall(r"^\t@\$\(BIN\)/(.+?)(?: \.)?$", recipes[0], flags=re.MULTILINE)
    assert entries == [each for each in run if not each.startswith("sphinx")]


def test_the_changelog_begins_with_what_is_to_come_and_then_this_version() -> None:
    text = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    headings = re.findall(r"^## (.+)$", text, flags=re.MULTILINE)
    assert headings[0] == "Unreleased"
    assert headings[1].split(" – ")[0] == PROJECT["project"]["version"]
    dates = [
        datetime.strptime(each.split(" – ")[1], "%d %b %Y").replace(tzinfo=UTC)
        for each in headings[1:]
    ]
    assert dates == sorted(dates, reverse=True)
    for section in re.split(r"^## ", text, flags=re.MULTILINE)[1:]:
        kinds = re.findall(r"^### (.+)$", section, flags=re.MULTILINE)
        assert kinds == [each for each in ("Added", "Changed", "Fixed") if each in kinds]


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


def test_no_test_knows_the_day_it_is_run_on() -> None:
    """The present is `tests.moment.NOW`; time may be measured, by the monotonic clock alone."""
    clock = re.compile(
        r"\b(datetime|date|Timestamp)\.(now|today|utcnow)\(|\btime\.time\(|localtime\(|gmtime\("
    )
    assert [
        path.relative_to(ROOT).as_posix()
        for path in sorted((ROOT / "tests").rglob("*.py"))
        if clock.search(path.read_text(encoding="utf-8"))
    ] == []


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
    assert caches == {"answers.py"}


def test_one_module_alone_knows_when_the_epoch_was_and_one_how_months_follow() -> None:
    """`%-d` fails on Windows; days are written by `models.wording.days` alone."""
    by_hand = re.compile(r"%-[dIm]|date\(1970|datetime\(1970|% 12 \+ 1")
    assert {
        path.relative_to(ROOT).as_posix()
        for room in ("pages", "data", "models", "geo")
        for path in (ROOT / room).rglob("*.py")
        if by_hand.search(path.read_text(encoding="utf-8"))
    } == {"models/calendar/days.py", "models/calendar/months.py"}


def test_kept_answers_are_worked_out_without_asking_who_is_there() -> None:
    """They are shared by all sessions; one that depends on the role is given it."""
    asking = re.compile(r"shell\.person|shell import .*\b(person|state)\b|session_state|st\.user")
    kept = [
        path
        for path in (ROOT / "pages").rglob("*.py")
        if re.search(r"pages\.shell\.answers import", path.read_text(encoding="utf-8"))
    ]
    assert {path.name for path in kept} == {
        "queries.py",
        "queries_nights.py",
        "queries_operations.py",
        "queries_performance.py",
        "queries_plan.py",
        "queries_reviews.py",
        "queries_tasking.py",
        "queries_today.py",
    }
    assert not [path for path in kept if asking.search(path.read_text(encoding="utf-8"))]
