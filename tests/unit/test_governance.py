"""What the documents for information governance say, held against the product.

The requirements of OWASP ASVS 5.0.0 are listed here by hand, section by section: those of levels 1
and 2 come first in each section, so their number says which they are.
"""

from __future__ import annotations

import ast
import re
import tomllib
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).resolve().parents[2]
GOVERNANCE: Final = ROOT / "docs" / "governance"
ROOMS: Final = ("pages", "data", "models", "geo")
LEVELS_1_AND_2: Final = {
    "V1.1": 2,
    "V1.2": 9,
    "V1.3": 11,
    "V1.4": 3,
    "V1.5": 2,
    "V2.1": 3,
    "V2.2": 3,
    "V2.3": 4,
    "V2.4": 1,
    "V3.2": 2,
    "V3.3": 4,
    "V3.4": 6,
    "V3.5": 5,
    "V3.7": 2,
    "V4.1": 3,
    "V4.2": 1,
    "V4.3": 2,
    "V4.4": 4,
    "V5.1": 1,
    "V5.2": 3,
    "V5.3": 2,
    "V5.4": 3,
    "V6.1": 3,
    "V6.2": 12,
    "V6.3": 4,
    "V6.4": 4,
    "V6.5": 5,
    "V6.6": 3,
    "V6.8": 4,
    "V7.1": 3,
    "V7.2": 4,
    "V7.3": 2,
    "V7.4": 5,
    "V7.5": 2,
    "V7.6": 2,
    "V8.1": 2,
    "V8.2": 3,
    "V8.3": 1,
    "V8.4": 1,
    "V9.1": 3,
    "V9.2": 4,
    "V10.1": 2,
    "V10.2": 2,
    "V10.3": 4,
    "V10.4": 11,
    "V10.5": 5,
    "V10.6": 2,
    "V10.7": 3,
    "V11.1": 2,
    "V11.2": 3,
    "V11.3": 3,
    "V11.4": 4,
    "V11.5": 1,
    "V11.6": 1,
    "V12.1": 3,
    "V12.2": 2,
    "V12.3": 4,
    "V13.1": 1,
    "V13.2": 5,
    "V13.3": 2,
    "V13.4": 5,
    "V14.1": 2,
    "V14.2": 4,
    "V14.3": 3,
    "V15.1": 3,
    "V15.2": 3,
    "V15.3": 7,
    "V16.1": 1,
    "V16.2": 5,
    "V16.3": 4,
    "V16.4": 3,
    "V16.5": 3,
    "V17.1": 1,
    "V17.2": 4,
    "V17.3": 2,
}
ANSWERS: Final = ("not met", "met", "operator", "n/a")


def rows_of(text: str) -> list[list[str]]:
    """The rows of the tables of requirements: id, what is asked for, answer, tests."""
    return [
        [cell.strip() for cell in line.strip().strip("|").split("|")]
        for line in text.splitlines()
        if re.match(r"\| V\d", line)
    ]


def answer_of(row: list[str]) -> str:
    return next((each for each in ANSWERS if row[2].startswith(each)), f"none: {row[2]}")


@pytest.fixture(scope="module")
def requirements() -> list[list[str]]:
    return rows_of((GOVERNANCE / "asvs.md").read_text(encoding="utf-8"))


def test_each_requirement_of_levels_1_and_2_is_answered_once(
    requirements: list[list[str]],
) -> None:
    listed = [
        f"{section}.{number}"
        for section, count in LEVELS_1_AND_2.items()
        for number in range(1, count + 1)
    ]
    assert len(listed) == 70 + 183
    assert [row[0] for row in requirements] == listed
    assert {len(row) for row in requirements} == {4}


def test_each_answer_is_one_of_four_and_what_is_met_names_where_it_is_shown(
    requirements: list[list[str]],
) -> None:
    for row in requirements:
        answer = answer_of(row)
        assert answer in ANSWERS, row
        if answer == "met":
            assert "`tests/" in row[3], row
        elif answer == "n/a":
            assert ":" in row[2], row
            assert row[3] == "", row
        elif answer == "operator":
            assert row[2] != "operator", row
        else:
            assert len(row[2]) > len("not met") + 20, row


def test_the_counts_at_the_head_of_the_table_are_those_of_its_rows(
    requirements: list[list[str]],
) -> None:
    counted = Counter(map(answer_of, requirements))
    text = (GOVERNANCE / "asvs.md").read_text(encoding="utf-8")
    (said,) = re.findall(r"^Of the 253: .+$", text, flags=re.MULTILINE)
    assert said == (
        f"Of the 253: {counted['met']} met, {counted['operator']} operator, "
        f"{counted['n/a']} n/a, {counted['not met']} not met."
    )


@pytest.mark.parametrize("document", ["asvs.md", "threat-model.md"])
def test_every_test_that_a_document_names_exists(document: str) -> None:
    text = (GOVERNANCE / document).read_text(encoding="utf-8")
    named = re.findall(r"`(tests/[^`]+)`", text)
    assert len(named) > 20
    for each in named:
        path, _, test = each.partition("::")
        assert (ROOT / path).is_file(), each
        if test:
            assert f"def {test}(" in (ROOT / path).read_text(encoding="utf-8"), each
    assert not re.search(r"\b[A-Z]{4,}TEST\b", text)


def test_rows_are_read_as_they_stand() -> None:
    assert rows_of("| id | x |\n| V1.2.3 | a | met: b | `tests/x.py` |\n") == [
        ["V1.2.3", "a", "met: b", "`tests/x.py`"]
    ]
    assert answer_of(["V1", "a", "not met: b", ""]) == "not met"
    assert answer_of(["V1", "a", "metal", ""]) == "met"
    assert answer_of(["V1", "a", "perhaps", ""]) == "none: perhaps"


def test_the_documents_have_the_parts_that_others_refer_to() -> None:
    parts = {
        "docs/deployment.md": ("Secrets and keys", "Who speaks to whom", "Upgrades and rollback"),
        "docs/governance/breach.md": ("The first hour", "What is logged", "Telling"),
        "docs/governance/threat-model.md": ("The ways in", "By attacker"),
        "docs/governance/equality.md": ("How harm can come about", "What the product refuses"),
        "docs/governance/impact-assessment.md": ("2. Which data", "4. Risks and what is done"),
        "docs/governance/lawful-basis.md": ("Where the police use it: Part 3",),
    }
    for name, headings in parts.items():
        text = (ROOT / name).read_text(encoding="utf-8")
        for heading in headings:
            assert re.search(rf"^## {re.escape(heading)}", text, flags=re.MULTILINE), heading
    deployment = (ROOT / "docs" / "deployment.md").read_text(encoding="utf-8")
    assert "within 7 days" in deployment
    assert "at least every 90 days" in deployment


def test_a_form_has_blanks_to_fill_in() -> None:
    for name, least in {
        "impact-assessment.md": 30,
        "equality.md": 20,
        "retention.md": 8,
        "lawful-basis.md": 12,
        "breach.md": 6,
    }.items():
        blanks = (GOVERNANCE / name).read_text(encoding="utf-8").count("____")
        assert blanks >= least, name


@cache
def nodes() -> tuple[tuple[str, ast.AST], ...]:
    """Every node of the product's rooms, with the path of its file."""
    paths = [path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py"))]
    return tuple(
        (path.relative_to(ROOT).as_posix(), node)
        for path in paths
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    )


@cache
def calls() -> tuple[tuple[str, ast.Call, str], ...]:
    """Every call, with the path of its file before it and what is called after it."""
    return tuple(
        (name, node, called(node.func)) for name, node in nodes() if isinstance(node, ast.Call)
    )


def called(node: ast.expr) -> str:
    """Return what is called as it is written: dotted names at once, all else unparsed."""
    names, inner = [], node
    while isinstance(inner, ast.Attribute):
        names.append(inner.attr)
        inner = inner.value
    if isinstance(inner, ast.Name):
        return ".".join([inner.id, *reversed(names)])
    return ast.unparse(node)


def calls_in_functions() -> Iterator[tuple[str, ast.Call, str]]:
    """Every call that is made when something is asked, not when a module is read."""
    asked = {
        id(node)
        for _, function in nodes()
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
    }
    return (each for each in calls() if id(each[1]) in asked)


def modules_that_import(*names: str) -> set[str]:
    files = set()
    for name, node in nodes():
        imported = []
        if isinstance(node, ast.Import):
            imported = [each.name for each in node.names]
        elif isinstance(node, ast.ImportFrom):
            imported = [node.module or ""]
        if any(each.split(".")[0] in names for each in imported):
            files.add(name)
    return files


def test_no_input_is_run_as_code_and_one_process_is_started() -> None:
    every = [(name, words) for name, _, words in calls()]
    assert not [each for each in every if each[1] in {"eval", "exec", "compile", "__import__"}]
    started = {
        each
        for each in every
        if each[1].startswith(("os.exec", "os.spawn", "os.system", "os.popen", "subprocess."))
    }
    assert started == {("pages/command_line/upkeep.py", "os.execv")}
    assert modules_that_import("subprocess", "pickle", "marshal", "shelve", "yaml") == set()


def test_patterns_are_the_products_own_but_in_two_modules_that_escape_what_they_are_given() -> None:
    """A date format of a profile, and the name of a person whose entries are looked for."""
    escaping = {"data/rows/date_formats.py", "data/operations/retention/person.py"}
    own = {
        "data/sources/boundaries_api.py",
        "data/sources/context_reading.py",
        "data/sources/map_files.py",
        "data/sources/suggestion.py",
        "models/indicators/measure.py",
        "models/nights/kinds.py",
    }
    built = {
        name
        for name, call, words in calls_in_functions()
        if re.fullmatch(r"re\.(compile|search|match|fullmatch|sub|split|findall|finditer)", words)
        and not isinstance(call.args[0], ast.Constant)
    }
    assert "data/rows/date_formats.py" in built
    assert built <= own | escaping
    for name in built & escaping:
        assert "re.escape" in (ROOT / name).read_text(encoding="utf-8"), name


def test_no_weak_hash_and_no_guessable_secret_is_used() -> None:
    names, weak = set(), set()
    for place, call, name in calls():
        if name.startswith(("hashlib.", "random.")):
            names.add(name.split(".")[1])
        if name in ("hashlib.md5", "hashlib.sha1"):
            weak.add((place, ast.unparse(call)))
    # A download is compared with the checksum that its service states, against accidents alone.
    assert weak == {("data/sources/large_files.py", "hashlib.md5(usedforsecurity=False)")}
    assert names & {"random", "choice", "randint", "token"} == set()
    assert "sha256" in names
    assert modules_that_import("random") == set()


def test_no_request_turns_the_check_of_certificates_off() -> None:
    given = {keyword.arg for _, call, _ in calls() for keyword in call.keywords}
    assert "follow_redirects" in given  # of the one client that asks public services
    assert given & {"verify", "cert_reqs", "check_hostname", "verify_ssl"} == set()


def test_the_web_server_shows_no_details_and_serves_no_folder() -> None:
    config = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8"))
    assert config["client"]["showErrorDetails"] == "none"
    assert config["client"]["showErrorLinks"] is False
    assert config["server"]["enableStaticServing"] is False
    assert config["server"]["fileWatcherType"] == "none"
    assert config["browser"]["gatherUsageStats"] is False
    assert config["logger"]["level"] == "warning"
