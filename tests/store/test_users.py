"""Accounts: passwords, roles and sign-ins, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from data.access import NotAllowedError, Person
from data.operations.accounts.hashes import token_hash
from data.operations.accounts.sign_ins import SignInError, end_sign_in, sign_in
from data.operations.accounts.users import (
    Account,
    AccountError,
    UnknownAccountError,
    accounts,
    accounts_exist,
    add_account,
    change_account,
    set_password,
)
from data.operations.actor import Actor
from data.operations.audit import changes as audit
from data.operations.database import ChangedMeanwhileError
from models.accounts.names import AccountNameError
from models.accounts.passwords import PasswordError
from tests.signed_in import signed_in

if TYPE_CHECKING:
    from data.operations.database import Operations

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
PASSWORD = "lantern copper walnut"
ADMIN = Person("Amina Rahman", "administrator")
SETTING_UP = Person("this computer", "officer")


@pytest.fixture
def actor(operations: Operations) -> Actor:
    return Actor(operations, ADMIN, NOW)


@pytest.fixture
def amina(operations: Operations) -> Account:
    return add_account(
        Actor(operations, SETTING_UP, NOW),
        name="Amina Rahman",
        role="administrator",
        password=PASSWORD,
    )


def officer(ops: Operations, *, name: str = "Joe Webb") -> Account:
    return add_account(Actor(ops, ADMIN, NOW), name=name, role="officer", password=PASSWORD)


def test_nobody_signs_in_before_there_are_accounts(operations: Operations) -> None:
    assert not accounts_exist(operations)
    with pytest.raises(SignInError):
        sign_in(operations, name="anybody", password=PASSWORD, now=NOW)


def test_the_first_account_is_an_administrator(operations: Operations) -> None:
    with pytest.raises(AccountError, match="first account must be an administrator's"):
        add_account(
            Actor(operations, SETTING_UP, NOW), name="Joe", role="officer", password=PASSWORD
        )
    assert not accounts_exist(operations)


def test_a_name_and_its_password_sign_in_whatever_the_case(
    operations: Operations, amina: Account
) -> None:
    token = sign_in(operations, name=" amina  RAHMAN ", password=PASSWORD, now=NOW)
    assert signed_in(operations, token, now=NOW) == ADMIN


@pytest.mark.parametrize(("name", "password"), [("Amina Rahman", "x" * 12), ("Nobody", PASSWORD)])
def test_a_failed_sign_in_does_not_say_what_was_wrong(
    operations: Operations, amina: Account, name: str, password: str
) -> None:
    with pytest.raises(SignInError, match="Name or password is wrong"):
        sign_in(operations, name=name, password=password, now=NOW)


def test_a_sign_in_ends_by_itself_and_by_signing_out(
    actor: Actor, operations: Operations, amina: Account
) -> None:
    token = sign_in(operations, name=amina.name, password=PASSWORD, now=NOW)
    assert signed_in(operations, token, now=NOW + timedelta(hours=12)) is None
    assert signed_in(operations, "guessed", now=NOW) is None
    end_sign_in(actor, token_hash(token))
    assert signed_in(operations, token, now=NOW) is None


def test_only_administrators_keep_accounts(operations: Operations, amina: Account) -> None:
    joe = officer(operations)
    with pytest.raises(NotAllowedError):
        add_account(Actor(operations, joe.person, NOW), name="Sam", role="panel", password=PASSWORD)
    with pytest.raises(NotAllowedError):
        set_password(Actor(operations, joe.person, NOW), amina.user_id, password=PASSWORD)
    with pytest.raises(NotAllowedError):
        change_account(
            Actor(operations, joe.person, NOW),
            joe.user_id,
            role="administrator",
            active=True,
            version=joe.version,
        )
    assert [each.name for each in accounts(operations)] == ["Amina Rahman", "Joe Webb"]


def test_another_role_or_a_closed_account_ends_the_sign_in(
    actor: Actor, operations: Operations, amina: Account
) -> None:
    joe = officer(operations)
    token = sign_in(operations, name=joe.name, password=PASSWORD, now=NOW)
    closed = change_account(actor, joe.user_id, role="officer", active=False, version=joe.version)
    assert not closed.active
    assert signed_in(operations, token, now=NOW) is None
    with pytest.raises(SignInError):
        sign_in(operations, name=joe.name, password=PASSWORD, now=NOW)


def test_the_last_administrator_stays(actor: Actor, operations: Operations, amina: Account) -> None:
    for role, active in (("officer", True), ("administrator", False)):
        with pytest.raises(AccountError, match="last administrator"):
            change_account(
                actor,
                amina.user_id,
                role=role,  # type: ignore[arg-type]
                active=active,
                version=amina.version,
            )
    assert accounts(operations) == [amina]


def test_two_administrators_at_once_get_one_refusal(
    actor: Actor, operations: Operations, amina: Account
) -> None:
    joe = officer(operations)
    change_account(actor, joe.user_id, role="panel", active=True, version=joe.version)
    with pytest.raises(ChangedMeanwhileError, match="Amina Rahman changed this"):
        change_account(actor, joe.user_id, role="administrator", active=True, version=joe.version)


def test_a_new_password_replaces_the_old(
    actor: Actor, operations: Operations, amina: Account
) -> None:
    token = sign_in(operations, name=amina.name, password=PASSWORD, now=NOW)
    set_password(actor, amina.user_id, password="harbour velvet moss")
    assert signed_in(operations, token, now=NOW) is None
    with pytest.raises(SignInError):
        sign_in(operations, name=amina.name, password=PASSWORD, now=NOW)
    assert sign_in(operations, name=amina.name, password="harbour velvet moss", now=NOW)


@pytest.mark.parametrize(
    ("name", "role", "password", "said"),
    [
        ("Sam", "chief", PASSWORD, "Unknown role 'chief'"),
        ("AMINA  rahman", "officer", PASSWORD, "belongs to another account"),
        ("Arnina Rahman", "officer", PASSWORD, r"looks like its name \('Amina Rahman'\)"),
        ("Аміпа Rahman", "officer", PASSWORD, "mixes letters of several scripts"),
        (" ", "officer", PASSWORD, "must have 1 to 80"),
    ],
)
def test_an_impossible_account_is_refused(
    actor: Actor, amina: Account, name: str, role: str, password: str, said: str
) -> None:
    with pytest.raises((AccountError, AccountNameError), match=said):
        add_account(
            actor,
            name=name,
            role=role,  # type: ignore[arg-type]
            password=password,
        )


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("short", "at least 12"),
        ("Password123456!", "common one"),
        ("we are Sam Oduya", "contains 'Sam Oduya'"),
        ("TOWERhamlets, walnut", "contains 'Tower Hamlets'"),
    ],
)
def test_a_poor_password_is_refused_whenever_one_is_set(
    actor: Actor, operations: Operations, amina: Account, password: str, said: str
) -> None:
    sam = officer(operations, name="Sam Oduya")
    with pytest.raises(PasswordError, match=said):
        set_password(actor, sam.user_id, password=password, borough="Tower Hamlets")
    with pytest.raises(PasswordError, match=said):
        add_account(
            actor,
            name="Sam Oduya",
            role="officer",
            password=password,
            borough="Tower Hamlets",
        )
    assert sign_in(operations, name=sam.name, password=PASSWORD, now=NOW)


def test_an_unknown_account_is_said_to_be_unknown(actor: Actor, amina: Account) -> None:
    with pytest.raises(UnknownAccountError):
        set_password(actor, 99, password=PASSWORD)


def test_neither_password_nor_token_is_anywhere_in_the_store(
    operations: Operations, amina: Account
) -> None:
    token = sign_in(operations, name=amina.name, password=PASSWORD, now=NOW)
    with operations.reading() as session:
        kept = [str(session.execute(text(f"SELECT * FROM {table}")).all())  # noqa: S608
                for table in ("users", "sign_ins", "audit")]  # fmt: skip
        trail = audit.changes(session)
    assert all(PASSWORD not in each and token not in each for each in kept)
    added = next(each for each in trail if each.table == "users")
    assert added.after is not None
    assert added.after["password"] == "(secret)"
    assert {each.table for each in trail} == {"users", "sign_ins"}
