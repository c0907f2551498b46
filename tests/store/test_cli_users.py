"""Accounts on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from cli import app
from data.operations.accounts.users import SignInError, accounts, sign_in
from data.operations.database import Operations
from data.settings import Settings, settings
from tests.moment import NOW

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.clock
PASSWORD = "lantern copper walnut"


@pytest.fixture
def ops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Operations]:
    monkeypatch.setenv("HOTSPOT_STORE", str(tmp_path / "var"))
    settings.cache_clear()
    opened = Operations.open(Settings(_env_file=None))
    yield opened
    opened.close()
    settings.cache_clear()


def hotspots(*arguments: str, typed: str = "") -> str:
    answer = CliRunner().invoke(app, ["users", *arguments], input=typed)
    if answer.exception is not None and not isinstance(answer.exception, SystemExit):
        raise answer.exception
    assert answer.exit_code == 0, answer.output
    return answer.output


def test_accounts_are_made_listed_given_passwords_and_closed(ops: Operations) -> None:
    assert "There are no accounts" in hotspots("list")
    twice = f"{PASSWORD}\n{PASSWORD}\n"
    said = hotspots("add", "Amina Rahman", "--role", "administrator", typed=twice)
    assert "is created" in said
    assert PASSWORD not in said
    hotspots("add", "Joe Webb", typed=twice)
    assert hotspots("list") == "Amina Rahman: Administrator\nJoe Webb: Officer\n"
    hotspots("password", "joe webb", typed="harbour velvet moss\nharbour velvet moss\n")
    with pytest.raises(SignInError):
        sign_in(ops, name="Joe Webb", password=PASSWORD, now=NOW)
    assert sign_in(ops, name="Joe Webb", password="harbour velvet moss", now=NOW)
    hotspots("close", "Joe Webb")
    assert [each.active for each in accounts(ops)] == [True, False]


def test_an_unknown_role_says_which_there_are(ops: Operations) -> None:
    with pytest.raises(LookupError, match="The roles are officer, administrator, panel"):
        hotspots("add", "Sam", "--role", "chief", typed=f"{PASSWORD}\n{PASSWORD}\n")
