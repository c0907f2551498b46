"""Accounts on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from data.access import Person, computer_account
from data.layers.wards import save_wards
from data.operations.accounts.sign_ins import SignInError, sign_in
from data.operations.accounts.tables import UserRow
from data.operations.accounts.users import accounts
from data.operations.audit.trail import trail
from data.operations.database import Operations
from data.services.panel_wards import UnknownPanelWardError
from data.settings import Settings, settings
from pages.command_line.commands import app
from tests.incident_rows import three_wards
from tests.moment import NOW
from tests.signed_in import signed_in

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


def test_the_list_says_which_names_look_alike(ops: Operations) -> None:
    """They were given before names were compared, so they stay and still sign in."""
    twice = f"{PASSWORD}\n{PASSWORD}\n"
    hotspots("add", "Amina Rahman", "--role", "administrator", typed=twice)
    hotspots("add", "Joe Webb", typed=twice)
    with ops.session(Person("Amina Rahman", "administrator"), NOW) as session:
        session.get_one(UserRow, 2).name = "Arnina Rahman"
        session.get_one(UserRow, 2).name_key = "arnina rahman"
    assert hotspots("list") == (
        "Amina Rahman: Administrator (Looks like 'Arnina Rahman'.)\n"
        "Arnina Rahman: Officer (Looks like 'Amina Rahman'.)\n"
    )
    assert sign_in(ops, name="arnina rahman", password=PASSWORD, now=NOW)


def test_a_panels_account_is_tied_to_wards(ops: Operations) -> None:
    twice = f"{PASSWORD}\n{PASSWORD}\n"
    hotspots("add", "Amina Rahman", "--role", "administrator", typed=twice)
    hotspots("add", "East", "--role", "panel", "--wards", "E2,E1", typed=twice)
    assert "East: Ward panel, wards E1, E2\n" in hotspots("list")
    token = sign_in(ops, name="East", password=PASSWORD, now=NOW)
    assert hotspots("wards", "East", "E3") == "East sees E3.\n"
    assert signed_in(ops, token, now=NOW) is None
    again = sign_in(ops, name="East", password=PASSWORD, now=NOW)
    who = signed_in(ops, again, now=NOW)
    assert who is not None
    assert who.wards == ("E3",)
    assert hotspots("wards", "East") == "East sees all wards.\n"
    assert "East: Ward panel\n" in hotspots("list")


def test_a_code_of_no_ward_is_refused_and_the_nearest_named_once_there_is_a_ward_layer(
    ops: Operations,
) -> None:
    twice = f"{PASSWORD}\n{PASSWORD}\n"
    hotspots("add", "Amina Rahman", "--role", "administrator", typed=twice)
    hotspots("add", "East", "--role", "panel", "--wards", "E05009999", typed=twice)
    save_wards(three_wards(), settings().wards_path)
    with pytest.raises(UnknownPanelWardError, match=r"code 'E0500002'.* mean E05000002\?"):
        hotspots("add", "West", "--role", "panel", "--wards", "E05000001,E0500002", typed=twice)
    with pytest.raises(UnknownPanelWardError, match=r"code 'W99'.*page Ward panel"):
        hotspots("wards", "East", "W99")
    assert [each.name for each in accounts(ops)] == ["Amina Rahman", "East"]
    assert hotspots("wards", "East", "E05009999,e05000001") == "East sees E05000001, E05009999.\n"
    assert hotspots("wards", "East", "E05000002") == "East sees E05000002.\n"
    with pytest.raises(UnknownPanelWardError):  # it is no longer one that the account has
        hotspots("wards", "East", "E05009999")


def test_what_is_done_on_the_command_line_is_recorded_as_that(ops: Operations) -> None:
    hotspots("add", "Amina", "--role", "administrator", typed=f"{PASSWORD}\n{PASSWORD}\n")
    (entry,) = trail(ops, person=Person("Amina", "administrator"), table="users").itertuples()
    assert (entry.Who, entry.Role) == (f"{computer_account()} (command line)", "administrator")


def test_an_unknown_role_says_which_there_are(ops: Operations) -> None:
    with pytest.raises(LookupError, match="The roles are officer, administrator, panel"):
        hotspots("add", "Sam", "--role", "chief", typed=f"{PASSWORD}\n{PASSWORD}\n")
