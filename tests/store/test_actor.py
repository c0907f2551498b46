"""Who acts: the person, the moment and the store in one value that every change is given."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select

from data.access import NotAllowedError, Person, SignInEndedError
from data.faults import DamagedError
from data.operations.accounts.hashes import token_hash
from data.operations.accounts.sign_ins import SIGNED_IN_FOR, end_sign_in, sign_in
from data.operations.accounts.standing import WITHOUT_ACCOUNTS, SignIn
from data.operations.accounts.users import (
    account_of,
    accounts,
    add_account,
    change_account,
    set_password,
)
from data.operations.actor import Actor
from data.operations.audit.trail import trail
from data.operations.database import Operations
from data.operations.identity import LostAccountsError
from data.operations.tables import CommentRow
from data.operations.taskings.comments import comment
from data.settings import Settings
from geo.errors import PlainError
from tests.made_taskings import NOW, made

if TYPE_CHECKING:
    from pathlib import Path


def test_what_a_session_changes_bears_the_actors_name_and_moment(
    actor: Actor, operations: Operations, officer: Person
) -> None:
    made(actor)
    later = actor.at(NOW + timedelta(hours=2))
    with later.session() as session:
        session.add(CommentRow(tasking_id=1, at=later.now, person=officer.name, words="Quiet"))
    with actor.reading() as session:
        assert session.get_one(CommentRow, 1).words == "Quiet"
    newest = trail(operations, person=officer, table="comments", newest=1)
    assert list(zip(newest["Who"], newest["When"], strict=True)) == [
        ("Amina Khan", datetime(2026, 11, 21, 11, 0))
    ]


def test_today_is_the_day_of_the_stores_time_zone(sqlite_operations: Operations) -> None:
    late = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)  # half past midnight in London
    assert Actor(sqlite_operations, Person("A", "officer"), late).today == date(2026, 7, 1)


def test_a_moment_without_a_time_zone_is_refused(sqlite_operations: Operations) -> None:
    with pytest.raises(ValueError, match="has no time zone"):
        Actor(sqlite_operations, Person("A", "officer"), NOW.replace(tzinfo=None))


@pytest.mark.parametrize(
    ("role", "officer", "administrator"),
    [("panel", False, False), ("officer", True, False), ("administrator", True, True)],
)
def test_each_role_may_do_what_is_written_here(
    sqlite_operations: Operations, role: str, officer: bool, administrator: bool
) -> None:
    actor = Actor(sqlite_operations, Person("A", role), NOW)  # type: ignore[arg-type]
    for check, allowed in (
        (actor.must_be_officer, officer),
        (actor.must_be_administrator, administrator),
    ):
        if allowed:
            check("This")
        else:
            with pytest.raises(NotAllowedError, match="This is not for the role"):
                check("This")


PASSWORD = "lantern copper walnut"
# How a sign-in ends, by hand.
ENDINGS = ("closed", "demoted", "new password", "signed out elsewhere", "expired")


def ended(how: str, keeper: Actor, *, key: str) -> None:
    account = account_of(keeper.ops, "Joe Webb")
    if how == "closed":
        change_account(keeper, account.user_id, role="officer", active=False, version=1)
    elif how == "demoted":
        change_account(keeper, account.user_id, role="panel", active=True, version=1)
    elif how == "new password":
        set_password(keeper, account.user_id, password="harbour velvet moss")
    elif how == "signed out elsewhere":
        end_sign_in(keeper, key)


@pytest.mark.parametrize("how", ENDINGS)
def test_whoever_acts_by_a_sign_in_that_has_ended_changes_and_is_given_nothing(
    operations: Operations, how: str
) -> None:
    keeper = Actor(operations, Person("Keeper", "administrator"), NOW)
    made(keeper)
    add_account(keeper, name="Root", role="administrator", password=PASSWORD)
    add_account(keeper, name="Joe Webb", role="officer", password=PASSWORD)
    key = token_hash(sign_in(operations, name="Joe Webb", password=PASSWORD, now=NOW))
    later = NOW + (SIGNED_IN_FOR if how == "expired" else timedelta(hours=1))
    standing = SignIn(operations, key, lambda: NOW)
    joe = standing.person()
    assert joe is not None
    comment(Actor(operations, joe, NOW), 1, text="Standing.")
    trail(operations, person=joe)

    ended(how, keeper, key=key)
    kept = replace(joe, standing=replace(standing, clock=lambda: later))  # as a page had kept it
    with pytest.raises(SignInEndedError, match="sign-in has ended, so nothing was changed"):
        comment(Actor(operations, kept, later), 1, text="Ended.")
    with pytest.raises(SignInEndedError):
        trail(operations, person=kept)
    with pytest.raises(SignInEndedError), Actor(operations, kept, later).session() as session:
        session.add(CommentRow(tasking_id=1, at=later, person=kept.name, words="Ended."))
    with operations.reading() as session:
        assert [each.words for each in session.scalars(select(CommentRow))] == ["Standing."]


def test_the_first_account_ends_the_time_without_accounts(operations: Operations) -> None:
    open_to_all = SignIn(operations, WITHOUT_ACCOUNTS, lambda: NOW)
    anybody = open_to_all.person()
    assert anybody is not None
    assert anybody.role == "administrator"
    add_account(
        Actor(operations, anybody, NOW), name="Root", role="administrator", password=PASSWORD
    )
    assert open_to_all.person() is None
    with pytest.raises(SignInEndedError):
        add_account(
            Actor(operations, anybody, NOW), name="Second", role="administrator", password=PASSWORD
        )
    assert [each.name for each in accounts(operations)] == ["Root"]


@pytest.mark.parametrize("emptied", [True, False])
def test_a_database_that_lost_its_accounts_under_a_running_app_makes_nobody_an_administrator(
    tmp_path: Path, emptied: bool
) -> None:
    settings = Settings(store=tmp_path / "var", _env_file=None)
    ops = Operations.open(settings)
    keeper = Actor(ops, Person("Keeper", "administrator"), NOW)
    add_account(keeper, name="Root", role="administrator", password=PASSWORD)
    key = token_hash(sign_in(ops, name="Root", password=PASSWORD, now=NOW))
    assert SignIn(ops, WITHOUT_ACCOUNTS, lambda: NOW).person() is None
    with sqlite3.connect(settings.operations_path) as other:
        if emptied:
            other.executescript("DELETE FROM sign_ins; DELETE FROM users;")
        else:
            other.execute("UPDATE store_identity SET identity = 'of another database'")
    other.close()
    with pytest.raises(LostAccountsError, match="The store has accounts"):
        SignIn(ops, WITHOUT_ACCOUNTS, lambda: NOW).person()
    if not emptied:
        with pytest.raises(LostAccountsError):
            SignIn(ops, key, lambda: NOW).person()
    ops.close()


def test_a_role_that_is_none_is_damage_in_words(tmp_path: Path) -> None:
    settings = Settings(store=tmp_path / "var", _env_file=None)
    ops = Operations.open(settings)
    keeper = Actor(ops, Person("Keeper", "administrator"), NOW)
    add_account(keeper, name="Root", role="administrator", password=PASSWORD)
    with sqlite3.connect(settings.operations_path) as other:
        other.execute("UPDATE users SET role = 'ogficer'")
    other.close()
    with pytest.raises(DamagedError, match="the role 'ogficer'"):
        accounts(ops)
    ops.close()


@pytest.mark.parametrize("exchanged", [True, False])
def test_nothing_is_saved_into_a_file_that_was_moved_away_under_a_running_app(
    tmp_path: Path, exchanged: bool
) -> None:
    settings = Settings(store=tmp_path / "var", _env_file=None)
    ops = Operations.open(settings)
    acting = Actor(ops, Person("Amina Khan", "officer"), NOW)
    made(acting)
    ops.engine.dispose()  # what is in its log goes into the file
    if exchanged:
        shutil.copy(settings.operations_path, tmp_path / "copy.sqlite")
    comment(acting, 1, text="In the file.")
    moved = settings.operations_path.rename(tmp_path / "moved.sqlite")
    for log in settings.store.glob("operations.sqlite-*"):
        log.rename(tmp_path / log.name.replace("operations", "moved"))
    if exchanged:
        (tmp_path / "copy.sqlite").rename(settings.operations_path)
        comment(acting, 1, text="In the file that is there now.")
    else:
        with pytest.raises(PlainError, match=r"operations\.sqlite"):
            comment(acting, 1, text="Nowhere.")
    ops.close()

    def comments_in(path: Path) -> list[str]:
        with closing(sqlite3.connect(path)) as file:
            return [words for (words,) in file.execute("SELECT words FROM comments")]

    assert comments_in(moved) == ["In the file."]
    if exchanged:
        assert comments_in(settings.operations_path) == ["In the file that is there now."]
    else:
        assert not settings.operations_path.exists()
