"""Guessing passwords, and being kept out by somebody who does, on both databases."""

from __future__ import annotations

import base64
import hashlib
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from argon2 import PasswordHasher
from sqlalchemy import func, select, text

from data.access import Person
from data.operations.accounts import hashes
from data.operations.accounts.hashes import is_outdated, password_fits, token_hash
from data.operations.accounts.sign_ins import (
    SignedOutMeanwhileError,
    SignInError,
    change_own_password,
    end_sign_in,
    sign_in,
)
from data.operations.accounts.tables import SignInTryRow, UserRow
from data.operations.accounts.throttle import Origin
from data.operations.accounts.users import Account, add_account, change_account, set_password
from data.operations.actor import Actor
from data.operations.audit.changes import AuditRow
from data.operations.audit.trail import trail
from models.accounts.passwords import PasswordError
from tests.signed_in import signed_in

if TYPE_CHECKING:
    from collections.abc import Iterable

    from data.operations.database import Operations

NOW = datetime(2026, 11, 21, 9, 0, tzinfo=UTC)
PASSWORD = "lantern copper walnut"
ADMIN = Person("Amina Rahman", "administrator")
WRONG, TOO_MANY = "Name or password is wrong", "Too many failed tries"
OWN = Origin("192.0.2.10", browser="the administrator's own browser")


@pytest.fixture
def actor(operations: Operations) -> Actor:
    return Actor(operations, ADMIN, NOW)


@pytest.fixture(autouse=True)
def light_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash with less memory and fewer passes: what is tested here is how often, not how well."""
    monkeypatch.setattr(hashes, "_ARGON2", PasswordHasher(time_cost=1, memory_cost=64))


@pytest.fixture
def amina(actor: Actor) -> Account:
    return add_account(actor, name="Amina Rahman", role="administrator", password=PASSWORD)


def tried(
    ops: Operations, name: str, origins: Iterable[Origin], *, now: datetime = NOW
) -> list[str]:
    """What each wrong try is answered, shortened to how it begins."""
    answers = []
    for origin in origins:
        with pytest.raises(SignInError) as problem:
            sign_in(ops, name=name, password="not the password", now=now, origin=origin)
        answers.append(WRONG if str(problem.value).startswith(WRONG) else str(problem.value)[:21])
    return answers


def elsewhere(count: int) -> list[Origin]:
    return [Origin(f"198.51.{at // 250}.{at % 250}") for at in range(count)]


def older_hash(password: str) -> str:
    """A hash as stores of version 0.2 have it."""
    salt = b"sixteen bytes it"
    hashed = hashlib.scrypt(
        password.encode(), salt=salt, n=2**15, r=8, p=1, maxmem=64 * 2**20, dklen=32
    )
    return f"{base64.b64encode(salt).decode()}${base64.b64encode(hashed).decode()}"


def test_a_thousand_wrong_tries_from_elsewhere_do_not_keep_the_only_administrator_out(
    operations: Operations, amina: Account
) -> None:
    sign_in(operations, name=amina.name, password=PASSWORD, now=NOW, origin=OWN)
    answers = tried(operations, amina.name, elsewhere(1_000))
    assert answers == [WRONG] * 50 + [TOO_MANY] * 950
    token = sign_in(operations, name=amina.name, password=PASSWORD, now=NOW, origin=OWN)
    assert signed_in(operations, token, now=NOW) == ADMIN


def test_two_thousand_names_from_one_address_get_twenty_answers(
    sqlite_operations: Operations,
) -> None:
    operations = sqlite_operations
    amina = add_account(
        Actor(operations, ADMIN, NOW),
        name="Amina Rahman",
        role="administrator",
        password=PASSWORD,
    )
    here = Origin("198.51.100.7")
    answers = [answer for at in range(2_000) for answer in tried(operations, f"Name {at}", [here])]
    assert answers == [WRONG] * 20 + [TOO_MANY] * 1_980
    with operations.reading() as session:
        assert session.scalar(select(func.count()).select_from(SignInTryRow)) == 20
    assert sign_in(operations, name=amina.name, password=PASSWORD, now=NOW, origin=OWN)
    later = NOW + timedelta(minutes=15)
    assert tried(operations, amina.name, [here], now=later) == [WRONG]


def test_a_name_can_be_guessed_fifty_times_a_day_from_however_many_addresses(
    operations: Operations, amina: Account
) -> None:
    answers = [
        answer
        for hour in range(24)
        for answer in tried(
            operations, amina.name, elsewhere(20), now=NOW + timedelta(hours=hour, minutes=1)
        )
    ]
    assert answers.count(WRONG) == 50
    next_day = NOW + timedelta(days=1, minutes=2)
    assert tried(operations, amina.name, elsewhere(1), now=next_day) == [WRONG]


def test_what_is_refused_and_when_is_the_same_for_a_name_that_is_not_taken(
    operations: Operations, amina: Account
) -> None:
    sign_in(operations, name=amina.name, password=PASSWORD, now=NOW, origin=OWN)
    taken = tried(operations, amina.name, elsewhere(60))
    assert tried(operations, "Nobody At All", elsewhere(60)) == taken
    at_once = [Origin("203.0.113.5")] * 25
    later = NOW + timedelta(days=2)
    for name in (amina.name, "Nobody Else"):
        answers = tried(operations, name, at_once, now=later)
        assert answers == [WRONG] * 20 + [TOO_MANY] * 5
        later += timedelta(hours=1)


def test_a_hash_is_worked_out_for_a_name_that_is_not_taken(
    operations: Operations, amina: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Counted, since what takes as long is what does the same."""
    checked: list[str | None] = []

    def counting(password: str, kept: str | None, *, older_kept: bool) -> bool:
        checked.append(kept)
        return password_fits(password, kept, older_kept=older_kept)

    monkeypatch.setattr("data.operations.accounts.sign_ins.password_fits", counting)
    tried(operations, "Nobody", elsewhere(1))
    tried(operations, amina.name, elsewhere(1))
    assert [kept is None for kept in checked] == [True, False]
    assert not password_fits(PASSWORD, None)
    assert not password_fits(PASSWORD, None, older_kept=True)


def test_a_known_browser_is_one_under_its_own_name_alone(
    operations: Operations, amina: Account, actor: Actor
) -> None:
    joe = add_account(actor, name="Joe Webb", role="officer", password=PASSWORD)
    sign_in(operations, name=amina.name, password=PASSWORD, now=NOW, origin=OWN)
    tried(operations, joe.name, elsewhere(50))
    assert tried(operations, joe.name, [OWN]) == [TOO_MANY]


def test_a_known_browser_that_fails_ten_times_counts_as_any_other(
    operations: Operations, amina: Account
) -> None:
    sign_in(operations, name=amina.name, password=PASSWORD, now=NOW, origin=OWN)
    tried(operations, amina.name, elsewhere(50))
    assert tried(operations, amina.name, [OWN] * 12) == [WRONG] * 10 + [TOO_MANY] * 2


def test_a_new_password_lets_its_name_in_at_once(
    operations: Operations, actor: Actor, amina: Account
) -> None:
    tried(operations, amina.name, elsewhere(51))
    with pytest.raises(SignInError, match=TOO_MANY):
        sign_in(operations, name=amina.name, password=PASSWORD, now=NOW)
    set_password(actor, amina.user_id, password="harbour velvet moss")
    assert sign_in(operations, name=amina.name, password="harbour velvet moss", now=NOW)


def test_what_did_not_fail_is_not_counted(operations: Operations, amina: Account) -> None:
    for _ in range(60):
        sign_in(operations, name=amina.name, password=PASSWORD, now=NOW)
    with operations.reading() as session:
        assert session.scalar(select(func.count()).select_from(SignInTryRow)) == 0


def test_counts_are_dropped_after_a_day(operations: Operations, amina: Account) -> None:
    tried(operations, "Nobody", elsewhere(5))
    tried(operations, "Nobody", elsewhere(1), now=NOW + timedelta(days=1))
    with operations.reading() as session:
        assert session.scalar(select(func.count()).select_from(SignInTryRow)) == 1


def test_an_older_hash_still_signs_in_and_is_replaced_then(
    operations: Operations, actor: Actor, amina: Account
) -> None:
    with actor.session() as session:
        session.get_one(UserRow, amina.user_id).password = older_hash(PASSWORD)
    assert tried(operations, amina.name, elsewhere(1)) == [WRONG]
    assert sign_in(operations, name=amina.name, password=PASSWORD, now=NOW)
    with operations.reading() as session:
        kept = session.get_one(UserRow, amina.user_id).password
    assert kept.startswith("$argon2id$v=19$")
    assert not is_outdated(kept)
    assert sign_in(operations, name=amina.name, password=PASSWORD, now=NOW)
    assert tried(operations, amina.name, elsewhere(1)) == [WRONG]


def test_one_changes_ones_own_password_and_is_signed_out_everywhere_else(
    operations: Operations, actor: Actor, amina: Account
) -> None:
    joe = add_account(actor, name="Joe Webb", role="panel", password=PASSWORD)
    here, there = (sign_in(operations, name=joe.name, password=PASSWORD, now=NOW) for _ in range(2))
    other = sign_in(operations, name=amina.name, password=PASSWORD, now=NOW)
    own = Actor(operations, joe.person, NOW)
    change_own_password(own, token_hash(here), present=PASSWORD, new="harbour velvet moss")
    assert signed_in(operations, here, now=NOW) == joe.person
    assert signed_in(operations, there, now=NOW) is None
    assert signed_in(operations, other, now=NOW) == ADMIN
    assert tried(operations, joe.name, elsewhere(1)) == [WRONG]
    assert sign_in(operations, name=joe.name, password="harbour velvet moss", now=NOW)
    newest = trail(operations, person=ADMIN, table="users", newest=1).iloc[0]
    assert (newest["Who"], newest["Role"]) == ("Joe Webb", "panel")
    assert "password: (secret)" in newest["After"]


def test_ones_own_password_is_not_changed_without_the_present_one(
    operations: Operations, actor: Actor, amina: Account
) -> None:
    token = sign_in(operations, name=amina.name, password=PASSWORD, now=NOW)
    key, new = token_hash(token), "harbour velvet moss"
    for _ in range(20):
        with pytest.raises(PasswordError, match="present password is wrong"):
            change_own_password(actor, key, present="not the password", new=new)
    with pytest.raises(SignInError, match=TOO_MANY):
        change_own_password(actor, key, present=PASSWORD, new=new)
    with pytest.raises(PasswordError, match="contains 'Amina Rahman'"):
        change_own_password(actor, key, present=PASSWORD, new="amina rahman walnut")
    end_sign_in(actor, key)
    with pytest.raises(SignedOutMeanwhileError):
        change_own_password(actor, key, present=PASSWORD, new=new)
    assert sign_in(operations, name=amina.name, password=PASSWORD, now=NOW, origin=OWN)


def test_a_closed_account_does_not_sign_in_and_is_not_told_apart(
    operations: Operations, actor: Actor, amina: Account
) -> None:
    joe = add_account(actor, name="Joe Webb", role="officer", password=PASSWORD)
    change_account(actor, joe.user_id, role="officer", active=False, version=joe.version)
    with pytest.raises(SignInError, match=WRONG):
        sign_in(operations, name=joe.name, password=PASSWORD, now=NOW)


def test_numbers_of_sign_ins_are_never_used_again(
    operations: Operations, actor: Actor, amina: Account
) -> None:
    for expected in (1, 2, 3):
        token = sign_in(operations, name=amina.name, password=PASSWORD, now=NOW)
        with operations.reading() as session:
            numbers = session.scalars(text("SELECT sign_in_id FROM sign_ins")).all()
        assert numbers == [expected]
        end_sign_in(actor, token_hash(token))


def test_a_failed_sign_in_is_nobodys_and_says_whom_it_was_aimed_at(
    operations: Operations, amina: Account
) -> None:
    tried(operations, "amina RAHMAN", [Origin("198.51.100.7")])
    tried(operations, "correct horse battery staple", [Origin("2001:db8::5")])
    with operations.reading() as session:
        unknown, aimed = (
            (each.person, each.role, each.subject, dict(each.after or {}))
            for each in session.scalars(
                select(AuditRow).order_by(AuditRow.audit_id.desc()).limit(2)
            )
        )
    assert aimed == (
        "nobody (failed sign-in)",
        "none",
        "users/1",
        {"account": "users/1", "address": "198.51.100.7"},
    )
    mark = token_hash("correct horse battery staple")[:12]
    assert unknown == (
        "nobody (failed sign-in)",
        "none",
        "sign_in_tries/2",
        {"account": f"none of this name ({mark})", "address": "2001:db8::5"},
    )
    text_of_all = trail(operations, person=ADMIN, newest=None).to_string()
    assert "horse" not in text_of_all  # a password typed as the name is in no trail


def test_a_sign_in_is_recorded_as_the_accounts_own_with_role_and_address(
    operations: Operations, actor: Actor, amina: Account
) -> None:
    joe = add_account(actor, name="Joe Webb", role="panel", password=PASSWORD)
    sign_in(operations, name="joe webb", password=PASSWORD, now=NOW, origin=OWN)
    newest = trail(operations, person=ADMIN, table="sign_ins", newest=1).iloc[0]
    assert (newest["Who"], newest["Role"], newest["What"]) == ("Joe Webb", "panel", "added")
    assert f"user_id: {joe.user_id}" in newest["After"]
    assert "address: 192.0.2.10" in newest["After"]


def test_what_is_refused_for_too_many_tries_fills_no_trail(
    operations: Operations, amina: Account
) -> None:
    tried(operations, amina.name, [Origin("198.51.100.7")] * 200)
    with operations.reading() as session:
        by_nobody = select(func.count()).where(AuditRow.person == "nobody (failed sign-in)")
        assert session.scalar(by_nobody) == 20
