"""Rules about the house itself: where things lie, and that settings are documented."""

from __future__ import annotations

import pkgutil
import re
import shlex
import tomllib
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest
import typer.core
import typer.main
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from data.settings import Settings
from pages.command_line.commands import app

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
DOCUMENTS = [*sorted(ROOT.glob("*.md")), *sorted((ROOT / "docs").rglob("*.md"))]
COMMANDS = typer.main.get_command(app)


def test_no_page_lies_directly_in_pages() -> None:
    """Streamlit would serve a deep link to it without running app.py."""
    assert [path.name for path in (ROOT / "pages").glob("*.py")] == ["__init__.py"]


def test_positions_of_stored_incidents_are_read_in_one_place() -> None:
    """What reads the table elsewhere could draw a domestic incident; imports only store them."""
    imports = {"data/incidents/ingest.py", "data/incidents/wards_join.py"}
    readers, positions = (
        re.compile(r"\.to_(?:table|batches)\("),
        re.compile(r'"(?:easting|northing)"'),
    )
    found = {}
    for path in sorted((ROOT / "data").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if readers.search(text):
            found[path.relative_to(ROOT).as_posix()] = positions.search(text) is not None
    assert set(found) >= {"data/incidents/snapshot.py", "data/incidents/indicator_rows.py"}
    assert {name for name, reads_positions in found.items() if reads_positions} <= imports


def test_what_the_product_keeps_is_written_in_one_way() -> None:
    """`data.durable` brings a file to the disk whole; what else writes is named here, and why."""
    writing = re.compile(
        r"write_(?:bytes|text)\(|mkstemp|os\.(?:replace|rename|link)\(|\.rename\((?!\")|\.touch\("
        r"|shutil\.(?:move|copy)|open\(\"[wax]|to_parquet\((?!buffer)|write_table\([^,]+, (?!file)"
    )
    elsewhere = {
        "data/durable.py": "the one way",
        "data/demo/build_geography.py": "makes files that ship, for developers",
        "data/exports/paper/typesetting.py": "pictures in a folder that is gone a second later",
        "data/incidents/data_files.py": "gives what durable has opened to the Parquet writer",
        "data/operations/backup/archive.py": "what a backup holds, before anything is replaced",
        "data/rows/rejected.py": "parts of the file that is then written durably",
        "data/sources/map_files.py": "unpacks into a folder that is gone a second later",
        "pages/command_line/running.py": "figures for a collector, that nobody keeps",
        "pages/command_line/terminal.py": "a device, such as the standard output",
        "pages/shell/messages.py": "renames the columns of a table",
        "pages/components/upload.py": "an upload, in a folder that goes with the session",
    }
    found = {
        path.relative_to(ROOT).as_posix()
        for room in ("pages", "data", "models", "geo")
        for path in (ROOT / room).rglob("*.py")
        if writing.search(path.read_text(encoding="utf-8"))
    }
    assert "data/durable.py" in found
    assert found <= elsewhere.keys()


def test_public_services_are_asked_by_one_command_alone() -> None:
    making = {
        path.relative_to(ROOT).as_posix()
        for room in ("pages", "data", "models", "geo")
        for path in (ROOT / room).rglob("*.py")
        if re.search(r"PoliteClient\(|httpx\.Client\(", path.read_text(encoding="utf-8"))
    }
    assert making == {"data/sources/http.py", "pages/command_line/fetching.py"}


def test_what_streamlit_runs_without_the_app_asks_in_one_place_who_is_there() -> None:
    """A fragment or a download made elsewhere would not ask again (docs/accounts.md)."""
    places = {
        r"\bst\.fragment\b": {"pages/shell/person.py"},
        r"\.download_button\(": {"pages/shell/offer.py"},
        r"\bst\.user\b": {"pages/shell/person.py"},
        # The cookie that tries to sign in are counted by, which opens nothing.
        r"\bst\.context\.(?:cookies|headers)\b": {"pages/shell/person.py"},
    }
    for pattern, allowed in places.items():
        used = {
            path.relative_to(ROOT).as_posix()
            for path in [ROOT / "app.py", *(ROOT / "pages").rglob("*.py")]
            if re.search(pattern, path.read_text(encoding="utf-8"))
        }
        assert used == allowed, pattern


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
        "queries_months.py",
        "queries_nights.py",
        "queries_operations.py",
        "queries_performance.py",
        "queries_plan.py",
        "queries_preview.py",
        "queries_reviews.py",
        "queries_tasking.py",
        "queries_today.py",
    }
    assert not [path for path in kept if asking.search(path.read_text(encoding="utf-8"))]


def code_in(text: str) -> list[str]:
    """What a document writes as code: spans in backticks, and the lines of code blocks."""
    fences = re.findall(r"^```.*?\n(.*?)^```", text, flags=re.DOTALL | re.MULTILINE)
    prose = re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)
    lines = [line for block in fences for line in block.splitlines()]
    lines += re.findall(r"^    (?=\.venv/bin/|hotspots |make )(.+)$", prose, flags=re.MULTILINE)
    return [*lines, *re.findall(r"`([^`\n]+)`", prose)]


def paths_named(text: str) -> list[str]:
    """The paths in this repository that a document names, globs among them."""
    folders = r"pages|data|models|geo|docs|tests|benchmarks|deploy|\.ci|\.streamlit"
    inside = re.compile(rf"(?:{folders})/[\w./*-]*|[\w./*-]+\.py")
    return [code for code in code_in(text) if inside.fullmatch(code)]


def modules_named(text: str) -> list[str]:
    """The dotted names of this repository: alone, after `python -m`, and imported in a block."""
    names = []
    for code in code_in(text):
        dotted = re.fullmatch(
            r"(?:python -m )?((?:pages|data|models|geo|benchmarks)(?:\.\w+)+)\b.*", code
        )
        imported = re.fullmatch(r"from ((?:pages|data|models|geo)[\w.]*) import (.+)", code)
        if dotted is not None:
            names.append(dotted[1])
        if imported is not None:
            names += [f"{imported[1]}.{each.strip()}" for each in imported[2].split(",")]
    return names


def command_faults(words: list[str]) -> list[str]:
    """What a line that begins with `hotspots` names and the command line does not know."""
    command, at = COMMANDS, 1
    while isinstance(command, typer.core.TyperGroup) and words[at : at + 1] not in ([], ["--help"]):
        if words[at] not in command.commands:
            return [words[at]]
        command, at = command.commands[words[at]], at + 1
    known = {"--help"}
    for param in command.params:
        known |= {*param.opts, *param.secondary_opts}
    return [each for each in words[at:] if each.startswith("--") and each not in known]


def test_every_path_in_the_documents_exists() -> None:
    missing = [
        f"{document.name}: {path}"
        for document in DOCUMENTS
        for path in paths_named(document.read_text(encoding="utf-8"))
        if not list(ROOT.glob(path))
    ]
    assert missing == []
    assert paths_named("`data/none.py` and `x.py`, not `make run`") == ["data/none.py", "x.py"]


def test_every_module_and_name_of_code_in_the_documents_exists() -> None:
    names = [
        name
        for document in DOCUMENTS
        for name in modules_named(document.read_text(encoding="utf-8"))
    ]
    assert "benchmarks.backtest" in names
    for name in names:
        assert pkgutil.resolve_name(name) is not None
    with pytest.raises(AttributeError, match="none"):
        pkgutil.resolve_name("data.none")


def test_every_command_and_option_in_the_documents_exists() -> None:
    faults = [
        f"{document.name}: {code}: {fault}"
        for document in DOCUMENTS
        for code in code_in(document.read_text(encoding="utf-8"))
        if (command := re.match(r"(?:\.venv/bin/)?(hotspots .+)", code)) is not None
        for fault in command_faults(shlex.split(command[1], comments=True))
    ]
    assert faults == []
    assert command_faults(["hotspots", "users", "none"]) == ["none"]
    assert command_faults(["hotspots", "detect", "--none", "1"]) == ["--none"]


def test_every_option_that_a_document_names_by_itself_exists() -> None:
    known = {"--help"}
    below = [COMMANDS]
    while below:
        command = below.pop()
        for param in command.params:
            known |= {*param.opts, *param.secondary_opts}
        if isinstance(command, typer.core.TyperGroup):
            below += command.commands.values()
    named = [
        option
        for document in DOCUMENTS
        for code in code_in(document.read_text(encoding="utf-8"))
        for option in re.findall(r"^(--[a-z-]+)", code)
    ]
    assert "--anonymous" in named
    assert set(named) - known == set()
