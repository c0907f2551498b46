"""Names and passwords that are refused, and how often signing in may be tried."""

from __future__ import annotations

import unicodedata

import pytest
from pydantic import ValidationError

from data.operations.accounts.hashes import is_outdated, password_fits, password_hash
from data.settings import Settings
from models.accounts.groups import (
    Granted,
    GroupRole,
    GroupRolesError,
    granted,
    group_roles,
    ward_codes,
)
from models.accounts.names import (
    AccountNameError,
    checked_name,
    look_alike,
    name_remarks,
)
from models.accounts.passwords import PasswordError, check_password, normal_password
from models.accounts.tries import FailedTries, network_of


@pytest.mark.parametrize(
    "password",
    [
        "lantern copper walnut",
        "wet paint garden gate",
        "HARBOUR velvet Moss",
        "vT9#qLw2!xRb",
        "ж" * 3 + "дерево-окно-река",
        "copper walnut lantern " + "long " * 200,
    ],
)
def test_a_long_and_uncommon_password_is_taken(password: str) -> None:
    check_password(password, name="Amina Rahman", borough="Tower Hamlets")


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("", "has 0 characters"),
        ("elevenchars", "has 11 characters"),
        ("x" * 1_025, "has 1,025 characters"),
        ("aaaaaaaaaaaa", "common one"),
        ("123456789012", "common one"),
        ("qwertyuiop12", "common one"),
        ("Password1234", "common one"),
        ("PASSWORD1234", "common one"),
        ("p@ssw0rdp@ssw0rd", "common one"),
        ("iloveyou1234", "common one"),
        ("Liverpoolfc2026", "common one"),
        ("winter2026winter", "common one"),
        ("my name: amina  RAHMAN 7", "contains 'Amina Rahman'"),
        ("Hotspot-Tasking forever", "contains 'Hotspot Tasking'"),
        ("towerhamlets lantern", "contains 'Tower Hamlets'"),
        ("ＴＯＷＥＲ hamlets lantern", "contains 'Tower Hamlets'"),
    ],
)
def test_a_short_or_common_password_is_refused(password: str, said: str) -> None:
    with pytest.raises(PasswordError, match=said) as problem:
        check_password(password, name="Amina Rahman", borough="Tower Hamlets")
    assert not password or password not in str(problem.value)


def test_a_name_of_two_letters_does_not_forbid_every_word_with_them() -> None:
    check_password("lantern copper walnut", name="Al")


def test_passwords_are_hashed_by_argon2id_as_rfc_9106_says_and_each_has_its_own_salt() -> None:
    first, second = password_hash("lantern copper walnut"), password_hash("lantern copper walnut")
    assert first.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert first != second
    assert not is_outdated(first)
    assert password_fits("lantern copper walnut", first)
    assert not password_fits("lantern copper walnuT", first)


def test_a_password_is_the_same_however_its_accents_are_composed() -> None:
    composed = unicodedata.normalize("NFC", "café lantern walnut")
    taken_apart = unicodedata.normalize("NFD", composed)
    assert composed != taken_apart
    assert normal_password(taken_apart) == normal_password(composed)


@pytest.mark.parametrize(
    ("failed", "may_try"),
    [
        (FailedTries(None, 0, 0, 0), True),
        (FailedTries(None, 19, 49, 999), True),
        (FailedTries(None, 20, 0, 0), False),
        (FailedTries(None, 0, 50, 0), False),
        (FailedTries(None, 0, 0, 1_000), False),
        (FailedTries(9, 20, 50, 1_000), True),
        (FailedTries(10, 0, 0, 0), True),
        (FailedTries(10, 20, 0, 0), False),
    ],
)
def test_a_try_is_answered_by_this_table(failed: FailedTries, may_try: bool) -> None:
    assert failed.may_try is may_try


@pytest.mark.parametrize(
    ("address", "network"),
    [
        (None, "this computer"),
        ("", "this computer"),
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("fe80::1%eth0", "fe80::/64"),
        ("not an address", "not an address"),
        ("x" * 100, "x" * 45),
    ],
)
def test_whoever_has_a_network_is_counted_once(address: str | None, network: str) -> None:
    assert network_of(address) == network


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Amina Rahman", "AMINA rahman"),
        ("Amina Rahman", "Аmina Rahman"),  # Cyrillic A
        ("Paul", "Ρaul"),  # Greek Rho
        ("sam", "ѕam"),
        ("cop", "сор"),  # Cyrillic throughout
        ("Amina Rahman", "Arnina Rahman"),
        ("Will Ward", "Will Vvard"),
        ("Ian Long", "lan Iong"),
        ("Bill", "Bi11"),
        ("Omar O'Dea", "0mar O’Dea"),
        ("Amina", "ＡＭＩＮＡ"),
        ("Mary-Ann", "Mary–Ann"),
        ("Amina", "𝐀𝐦𝐢𝐧𝐚"),
        ("Zoë", "Zoe\u0308"),
        ("Amina Rahman", "AminaRahman"),
    ],
)
def test_names_that_an_eye_takes_for_one_look_alike(first: str, second: str) -> None:
    assert look_alike(first) == look_alike(second)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("Amina Rahman", "Amira Rahman"),
        ("Zoe Lee", "Zoë Lee"),
        ("Joe Webb", "Joe Web"),
        ("Ward Panel East", "Ward Panel West"),
        ("Иван", "Иванa"),
    ],
)
def test_other_names_do_not(first: str, second: str) -> None:
    assert look_alike(first) != look_alike(second)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("  Amina   Rahman ", "Amina Rahman"),
        ("Siobhán O’Neill-Smith 2", "Siobhán O’Neill-Smith 2"),
        ("Zoe\u0308", "Zoë"),
        ("ＡＭＩＮＡ", "AMINA"),
        ("محمد علي", "محمد علي"),
        ("山田はな", "山田はな"),
    ],
)
def test_a_name_is_kept_as_it_is_seen(text: str, kept: str) -> None:
    assert checked_name(text) == kept


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "has 0 characters"),
        (" \u3000 ", "has 0 characters"),
        ("a" * 81, "has 81 characters"),
        ("A\u200bmina", r"cannot be seen \(U\+200B\)"),
        ("Amina\u202enamhaR", r"cannot be seen \(U\+202E\)"),
        ("A\u00admina", r"cannot be seen \(U\+00AD\)"),
        ("Ami\u3164na", r"cannot be seen \(U\+3164\)"),
        ("Amina\ufe0f", r"cannot be seen \(U\+FE0F\)"),
        ("Amina\U000e0041", r"cannot be seen \(U\+E0041\)"),
        ("Amina\nRahman", r"cannot be seen \(U\+000A\)"),
        ("Amina\u00a0Rahman", r"cannot be seen \(U\+00A0\)"),
        ("Zo\u0300\u0351\u0302\u0303e", "more than 2 accents"),
        ("Аmina", r"several scripts \(Cyrillic and Latin\)"),
        ("...", "no letter and no figure"),
        ("root (command line)", "audit trail calls something else"),
        ("Nobody (failed sign-in)", "audit trail calls something else"),
    ],
)
def test_a_name_that_hides_something_is_refused(text: str, said: str) -> None:
    with pytest.raises(AccountNameError, match=said):
        checked_name(text)


def test_names_of_earlier_days_are_remarked_on() -> None:
    assert name_remarks(["Amina", "Joe", "J0e", "Sam\u200b"]) == {
        "Joe": "Looks like 'J0e'.",
        "J0e": "Looks like 'Joe'.",
        "Sam\u200b": ("The name contains what cannot be seen (U+200B). Type it again without."),
    }


MAPPED = (
    "Hotspot admins=administrator; CN=Officers,OU=Safer=officer;East=panel:E2, E1;West=panel:E3"
)


def test_groups_are_read_with_their_roles_and_wards() -> None:
    assert group_roles(MAPPED) == (
        GroupRole("Hotspot admins", "administrator"),
        GroupRole("CN=Officers,OU=Safer", "officer"),
        GroupRole("East", "panel", ("E1", "E2")),
        GroupRole("West", "panel", ("E3",)),
    )
    assert group_roles(" ; ") == ()


@pytest.mark.parametrize(
    "text", ["officer", "=officer", "A=chief", "A=officer:E1", "A=panel:E 1", "A=panel:<b>"]
)
def test_a_mapping_that_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(GroupRolesError, match=r"cannot be read|is not the code of a ward"):
        group_roles(text)


@pytest.mark.parametrize(
    ("groups", "expected"),
    [
        ([], None),
        (["hotspot admins", "East "], None),
        (["Hotspot admins", "East"], Granted("administrator")),
        (["East", "CN=Officers,OU=Safer"], Granted("officer")),
        (["East"], Granted("panel", ("E1", "E2"))),
        (["West", "East", "Choir"], Granted("panel", ("E1", "E2", "E3"))),
    ],
)
def test_the_widest_role_of_ones_groups_counts(groups: list[str], expected: Granted | None) -> None:
    assert granted(groups, group_roles(MAPPED)) == expected


def test_a_panel_of_the_whole_borough_is_tied_to_no_ward() -> None:
    assert granted(["East", "All"], group_roles(f"{MAPPED};All=panel")) == Granted("panel")


def test_codes_of_wards_are_kept_sorted_and_once() -> None:
    assert ward_codes([" E2", "E1", "", "E2 "]) == ("E1", "E2")
    assert ward_codes(["e05009317 ", "E05009317"]) == ("E05009317",)  # as the figures name them


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"sso_client_id": None}, "also needs HOTSPOT_SSO_CLIENT_ID"),
        ({"sso_client_secret": None}, "also needs HOTSPOT_SSO_CLIENT_SECRET"),
        ({"sso_roles": ""}, "also needs HOTSPOT_SSO_ROLES"),
        ({"sso_roles": "A=chief"}, "'A=chief' cannot be read"),
        ({"sso_scopes": "profile"}, "must contain openid"),
        ({"sso_metadata_url": "http://id.example/x"}, "must begin with https://"),
        ({"sso_metadata_url": "id.example/x"}, "must begin with https://"),
    ],
)
def test_a_sign_in_service_that_is_named_in_part_is_refused(
    changed: dict[str, str | None], said: str
) -> None:
    whole = {
        "sso_metadata_url": "https://id.example/.well-known/openid-configuration",
        "sso_client_id": "hotspots",
        "sso_client_secret": "not the secret",
        "sso_roles": "A=officer",
    }
    assert Settings(**whole, _env_file=None).sso_roles == (GroupRole("A", "officer"),)
    with pytest.raises(ValidationError, match=said) as problem:
        Settings(**(whole | changed), _env_file=None)
    assert "not the secret" not in str(problem.value)
