"""A store that has accounts is never opened as one without: the database may be lost or changed.

The table is written by hand: what the operations database is, what the marker in the store says,
and whether the store then opens without accounts, asks for a sign-in, or refuses.
"""

from __future__ import annotations

import io
import json
import shutil
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, cast

import pytest
from sqlalchemy import create_engine, event, text
from streamlit.testing.v1 import AppTest

from data.access import Person
from data.operations.accounts.users import accounts, accounts_exist
from data.operations.database import Operations, OperationsUnreachableError, address
from data.operations.identity import AccountsMarker, LostAccountsError, stored_identity
from data.settings import Settings, settings
from tests.forked import forked
from tests.store.children import first_account, first_account_killed
from tests.store_cli import ROOT, hotspots

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.private_postgres import PrivatePostgres

PASSWORD = "lantern copper walnut"
OWNER = Person("this computer", "administrator")

Outcome = Literal["open", "sign in", "refused"]

# Columns: the marker is missing; certain; not certain yet; of another database; damaged.
EXPECTED: dict[str, tuple[Outcome, ...]] = {
    "with its accounts": ("sign in", "sign in", "sign in", "refused", "refused"),
    "from before the first account": ("open", "refused", "open", "refused", "refused"),
    "missing": ("open", "refused", "refused", "refused", "refused"),
    "empty": ("open", "refused", "refused", "refused", "refused"),
    "another with accounts": ("sign in", "refused", "refused", "refused", "refused"),
    "another without": ("open", "refused", "refused", "refused", "refused"),
}
MARKERS = ("missing", "certain", "not certain", "of another", "damaged")


@dataclass(frozen=True)
class Databases:
    """One store's database and others, all of one kind; `put` exchanges the store's for another."""

    folder: Path
    fresh_url: Callable[[], str] | None
    others: dict[str, Settings] = field(default_factory=dict)

    def settings_of(self, name: str, *, url: str | None = None) -> Settings:
        return Settings(store=self.folder / name, operations_url=url, _env_file=None)

    def made(self, name: str, *, with_accounts: bool) -> Settings:
        url = self.fresh_url() if self.fresh_url else None
        of = self.settings_of(name, url=url)
        ops = Operations.open(of)
        if with_accounts:
            first_account(ops)
        ops.close()
        return of

    def put(self, what: str, store: Settings) -> Settings:
        """Return the settings of the store once its database is what the table says."""
        if what == "with its accounts":
            return store
        if what == "from before the first account":
            return self._emptied(store)
        if what.startswith("another"):
            other = self.others.get(what) or self.made(
                "other", with_accounts=what.endswith("with accounts")
            )
            self.others[what] = other
            if store.operations_url is not None:
                return store.model_copy(update={"operations_url": other.operations_url})
            shutil.copy(other.operations_path, store.operations_path)
            return store
        if store.operations_url is not None:
            url = None if what == "missing" else cast("Callable[[], str]", self.fresh_url)()
            return self.settings_of("var", url=url)
        store.operations_path.unlink()
        if what == "empty":
            store.operations_path.touch()
        return store

    def _emptied(self, store: Settings) -> Settings:
        engine = create_engine(address(store))
        with engine.begin() as connection:
            connection.execute(text("DELETE FROM users"))
        engine.dispose()
        return store


@pytest.fixture(params=["sqlite", "postgresql"])
def databases(request: pytest.FixtureRequest, tmp_path: Path) -> Databases:
    if request.param == "sqlite":
        return Databases(tmp_path, None)
    server: PrivatePostgres = request.getfixturevalue("postgres")
    return Databases(tmp_path, lambda: server.database(empty=True))


def mark(store: Settings, how: str) -> None:
    marker = AccountsMarker(store.accounts_marker_path)
    said = marker.read()
    assert said is not None
    if how == "missing":
        marker.remove()
    elif how == "damaged":
        marker.path.write_text('{"identity": "')
    elif how != "certain":
        identity = "f" * 32 if how == "of another" else said.identity
        marker.write(identity, certain=how == "of another")


def outcome(of: Settings) -> Outcome:
    try:
        ops = Operations.open(of)
    except LostAccountsError:
        return "refused"
    try:
        return "sign in" if accounts_exist(ops) else "open"
    finally:
        ops.close()


@pytest.mark.parametrize("what", list(EXPECTED))
def test_what_a_store_with_accounts_does_is_as_the_table_by_hand_says(
    databases: Databases, what: str
) -> None:
    store = databases.made("var", with_accounts=True)
    kept = databases.folder / "kept"
    shutil.copytree(store.store, kept)
    found = []
    for marker in MARKERS:
        shutil.rmtree(store.store)
        shutil.copytree(kept, store.store)
        exchanged = databases.put(what, store)
        mark(store, marker)
        found.append(outcome(exchanged))
    assert tuple(found) == EXPECTED[what]


def test_a_database_that_is_refused_is_left_as_it_is(databases: Databases) -> None:
    store = databases.made("var", with_accounts=True)
    exchanged = databases.put("missing", store)
    for _ in range(2):
        assert outcome(exchanged) == "refused"
    assert not exchanged.operations_path.exists()
    empty = databases.put("empty", store) if databases.fresh_url else exchanged
    assert outcome(empty) == "refused"


def test_the_marker_is_on_the_disk_before_the_first_account_is_committed(
    databases: Databases,
) -> None:
    store = databases.made("var", with_accounts=False)
    assert not store.accounts_marker_path.exists()
    ops = Operations.open(store)
    seen: list[object] = []
    event.listen(
        ops.engine,
        "commit",
        lambda _: seen.append(json.loads(store.accounts_marker_path.read_bytes())["certain"]),
    )
    first_account(ops)
    assert seen == [False]
    marker = AccountsMarker(store.accounts_marker_path)
    said = marker.read()
    with ops.engine.connect() as connection:
        assert said is not None
        assert (said.identity, said.certain) == (stored_identity(connection), True)
    ops.close()


@pytest.mark.parametrize(
    ("killed_at", "then"), [("uncertain", "open"), ("certain", "sign in")], ids=["before", "after"]
)
def test_a_kill_around_the_commit_of_the_first_account_locks_nobody_out(
    databases: Databases, killed_at: str, then: Outcome
) -> None:
    """Killed with the marker written and nothing committed, or all committed but not yet said."""
    store = databases.made("var", with_accounts=False)
    process = forked(first_account_killed, store, killed_at)
    process.join(timeout=60)
    assert process.exitcode == 9
    said = AccountsMarker(store.accounts_marker_path).read()
    assert said is not None
    assert not said.certain
    assert outcome(store) == then
    ops = Operations.open(store)
    if then == "open":
        first_account(ops)
    assert [each.name for each in accounts(ops)] == ["Amina Khan"]
    ops.close()
    said = AccountsMarker(store.accounts_marker_path).read()
    assert said is not None
    assert said.certain


def test_a_database_that_is_exchanged_under_a_running_app_makes_nobody_an_administrator(
    tmp_path: Path,
) -> None:
    databases = Databases(tmp_path, None)
    store = databases.made("var", with_accounts=True)
    ops = Operations.open(store)
    assert accounts_exist(ops)
    databases.put("another without", store)
    ops.engine.dispose()  # the next question opens a connection to what is there now
    with pytest.raises(LostAccountsError, match="is another one"):
        accounts_exist(ops)
    store.operations_path.unlink()
    ops.engine.dispose()
    with pytest.raises(OperationsUnreachableError):
        accounts_exist(ops)
    assert not store.operations_path.exists()
    ops.close()


def test_the_command_line_refuses_and_adopts_only_when_told(
    databases: Databases, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(""))  # nobody answers
    store = databases.made("var", with_accounts=True)
    exchanged = databases.put("another without", store)
    url = exchanged.operations_url
    known = {"HOTSPOT_OPERATIONS_URL": url.get_secret_value()} if url else {}
    refused = hotspots("users", "list", store=exchanged.store, environment=known)
    assert refused.returncode == 1
    for part in ("The store has accounts", "is another one", "hotspots users adopt", "restore"):
        assert part in refused.stderr
    asked = hotspots("users", "adopt", store=exchanged.store, environment=known)
    assert asked.returncode != 0
    assert "everybody who reaches the app is an administrator" in asked.stdout
    assert outcome(exchanged) == "refused"
    told = hotspots("users", "adopt", "--yes", store=exchanged.store, environment=known)
    assert "The store has no accounts now" in told.stdout
    assert outcome(exchanged) == "open"
    again = hotspots("users", "adopt", "--yes", store=exchanged.store, environment=known)
    assert "nothing to adopt" in again.stdout


def test_adopting_a_database_with_accounts_lets_these_sign_in(databases: Databases) -> None:
    store = databases.made("var", with_accounts=True)
    exchanged = databases.put("another with accounts", store)
    url = exchanged.operations_url
    known = {"HOTSPOT_OPERATIONS_URL": url.get_secret_value()} if url else {}
    told = hotspots("users", "adopt", "--yes", store=exchanged.store, environment=known)
    assert "sign in with an account of it" in told.stdout
    assert outcome(exchanged) == "sign in"


@pytest.fixture
def app(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    monkeypatch.setenv("HOTSPOT_STORE", str(tmp_path / "var"))
    settings.cache_clear()
    yield AppTest.from_file(str(ROOT / "app.py"), default_timeout=60)
    settings.cache_clear()


def test_the_app_shows_why_and_nothing_else(app: AppTest, tmp_path: Path) -> None:
    store = Databases(tmp_path, None).made("var", with_accounts=True)
    store.operations_path.unlink()
    app.run()
    assert not app.exception
    assert ["The store has accounts" in each.value for each in app.error] == [True]
    assert not app.sidebar.children
    assert not app.text_input
