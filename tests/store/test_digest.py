"""The weekly digest: what it says is what Today says, and each mail arrives once."""

from __future__ import annotations

import re
import shutil
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from pydantic import SecretStr

from data.access import Person
from data.exports.digest import DigestLooks, digest_html, digest_text
from data.incidents.store import Store
from data.operations.actor import Actor
from data.operations.audit.access import access_log
from data.operations.database import Operations
from data.operations.digests.mails import begin_mail, end_mail, mail_state, recipient_digest
from data.operations.taskings.taskings import taskings
from data.operations.visits.visits import visits
from data.services.digest import weekly_digest
from data.services.digest_mail import MailServerError, mail_digest
from data.settings import Settings, SettingsError
from data.settings import settings as settings_of_process
from models.tasking.duty import duty
from models.today.digest import Digest, DigestLine, DigestSection
from models.today.news import news
from tests.hostile_names import HOSTILE_NAMES
from tests.mail_server import PASSWORD, USER, Mailbox, certificate, mail_server
from tests.moment import NOW
from tests.store_cli import hotspots

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.mail_server import MailServer

WEEK = date(2026, 11, 16)
BOTH = ("ann@borough.example", "Joe@police.example")
IDRIS = Person("Idris Ali", "administrator")
LOOKS = DigestLooks("Tower Hamlets", "OFFICIAL")


@pytest.fixture(scope="module")
def own(demo_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A copy of the demo's store, for the record of its mails."""
    folder = tmp_path_factory.mktemp("digest") / "var"
    shutil.copytree(demo_settings.store, folder)
    return demo_settings.model_copy(update={"store": folder})


@pytest.fixture(scope="module")
def ops(own: Settings) -> Iterator[Operations]:
    opened = Operations.open(own)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def pem(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return certificate(tmp_path_factory.mktemp("certificate"))


@pytest.fixture
def no_mails(ops: Operations) -> None:
    """As if none of the week's mails had been begun."""
    acting = Actor(ops, IDRIS, NOW)
    for week in (WEEK, WEEK + timedelta(days=7)):
        for each in BOTH:
            end_mail(acting, week=week, recipient=each, state="failed")


@pytest.fixture(scope="module")
def made(own: Settings, ops: Operations) -> Digest:
    return weekly_digest(own, ops=ops, now=NOW)


@dataclass(frozen=True)
class Mailing:
    """Mails the week's digest through a server, as the command does."""

    own: Settings
    ops: Operations
    made: Digest

    def to(
        self,
        server: MailServer,
        *recipients: str,
        security: str = "none",
        again: bool = False,
        **more: Any,  # noqa: ANN401 - settings
    ) -> list[str]:
        """What became of each mail, with the reason."""
        given = {
            "smtp_host": "127.0.0.1",
            "smtp_port": server.port,
            "smtp_security": security,
            "smtp_from": "hotspots@borough.example",
        }
        outcomes = mail_digest(
            more.pop("digest", self.made),
            Actor(self.ops, IDRIS, NOW),
            settings=self.own.model_copy(update=given | more),
            marking="OFFICIAL",
            recipients=recipients or BOTH,
            again=again,
        )
        return [f"{each.outcome} {each.reason}".strip() for each in outcomes]


@pytest.fixture
def mailing(own: Settings, ops: Operations, made: Digest, no_mails: None) -> Mailing:
    return Mailing(own, ops, made)


def test_the_digest_counts_what_today_and_the_board_count(
    own: Settings, ops: Operations, made: Digest
) -> None:
    local = NOW.astimezone(ZoneInfo(own.timezone))
    kept = taskings(ops)
    since = min(each.draft.starts_on for each in kept if each.status == "active")
    work = duty(kept, visits(ops, period=(since, local.date())), now=local, timezone=ops.timezone)
    found = news(Store.open(own), today=local.date())
    rose, late, review = made.sections
    assert made.week == WEEK
    week = sum(each.week for each in found.kinds)
    assert rose.lines[0].text.startswith(f"{week:,} incidents in the seven days to ")
    assert late.heading == f"Overdue ({len(work.overdue)})"
    assert [line.text.split()[0] for line in late.lines] == [
        each.reference for each, _ in work.overdue
    ]
    completed = {each.reference for each in kept if each.status == "completed"}
    assert {line.text.split()[0] for line in review.lines} == completed
    assert len(work.overdue) > 1 < len(completed)
    overdue_reviews = sum(each.status == "completed" for each, _ in work.overdue)
    assert sum("its review is overdue" in line.text for line in review.lines) == overdue_reviews


def test_nothing_that_somebody_typed_leaves_with_it(
    own: Settings, ops: Operations, made: Digest
) -> None:
    sent = digest_text(made, LOOKS) + digest_html(made, LOOKS)
    for each in taskings(ops):
        draft = each.draft
        for typed in (draft.title, draft.team, draft.objective, each.decision.made_by):
            assert not typed or typed not in sent


def test_links_are_there_where_the_app_has_an_address(
    own: Settings, ops: Operations, made: Digest
) -> None:
    address = "https://hotspots.borough.example"
    text, page = (
        write(made, replace(LOOKS, address=address)) for write in (digest_text, digest_html)
    )
    (number,) = {each.tasking_id for each in taskings(ops) if each.reference == "T-0001"}
    assert f"{address}/tasking?tasking={number}" in text
    assert f'href="{address}/tasking?tasking={number}"' in page
    assert "http" not in digest_text(made, LOOKS)


def test_hostile_texts_are_letters_in_both_forms() -> None:
    lines = tuple(DigestLine(each, "today", (("x", each),)) for each in HOSTILE_NAMES)
    made = Digest(WEEK, WEEK, "All", (DigestSection("<b>Rose</b>", lines, HOSTILE_NAMES),))
    page = digest_html(made, DigestLooks("<i>x", "<u>", "https://a.example"))
    tags = set(re.findall(r"<(/?[a-zA-Z!][a-zA-Z0-9]*)", page))
    allowed = {
        "!DOCTYPE",
        "html",
        "head",
        "meta",
        "title",
        "body",
        "p",
        "h1",
        "h2",
        "ul",
        "li",
        "a",
    }
    assert {each.removeprefix("/") for each in tags} == allowed
    text = digest_text(made, DigestLooks("a\r\nBcc: x@y.example", "M"))
    assert "\r" not in text
    assert "\nBcc" not in text


def test_each_recipient_gets_a_mail_of_text_and_html_once_a_week(
    own: Settings, ops: Operations, no_mails: None
) -> None:
    with mail_server() as server:
        given = server.settings("none")
        first, second = (
            hotspots("digest", "--mail", store=own.store, environment=given) for _ in range(2)
        )
        mails = server.box.mails
    assert first.returncode == 0, first.stderr
    assert first.stdout.splitlines() == [
        "recipient 1 (…@borough.example): sent.",
        "recipient 2 (…@police.example): sent.",
    ]
    assert second.returncode == 0
    assert second.stdout.count("had this week's digest already") == 2
    assert [each["To"] for each in mails] == list(BOTH)
    assert len({each["Message-ID"] for each in mails}) == 2
    for each in mails:
        assert each["From"] == "Hotspot Tasking <hotspots@borough.example>"
        assert each["Subject"] == "Hotspot Tasking, Tower Hamlets: week of 16 Nov 2026"
        text, page = each.get_body(("plain",)), each.get_body(("html",))
        assert text is not None
        assert page is not None
        assert text.get_content().startswith("OFFICIAL – SIMULATED DATA")
        assert "Overdue (" in text.get_content()
        assert "<h2" in page.get_content()
    assert mail_state(ops, week=WEEK, recipient="ANN@borough.example") == "sent"
    logged = access_log(ops, person=IDRIS)
    assert list(logged["What"]).count("hotspots digest") == 2  # one a mail, and none for the rest


def test_a_mail_that_does_not_go_out_ends_the_command_with_an_error(
    own: Settings, no_mails: None
) -> None:
    with mail_server(box=Mailbox(refused={"ann@borough.example"})) as server:
        done = hotspots("digest", "--mail", store=own.store, environment=server.settings("none"))
    assert done.returncode == 1
    assert "recipient 1 (…@borough.example): not sent (the server answered 550" in done.stdout
    assert "recipient 2 (…@police.example): sent." in done.stdout


def test_the_next_week_is_another_mail_and_again_sends_the_same_one(mailing: Mailing) -> None:
    next_week = replace(mailing.made, week=WEEK + timedelta(days=7))
    with mail_server() as server:
        mailing.to(server)
        assert mailing.to(server) == ["sent before", "sent before"]
        mailing.to(server, again=True)
        mailing.to(server, digest=next_week)
        numbers = [each["Message-ID"] for each in server.box.mails]
    assert len(numbers) == 6
    assert numbers[:2] == numbers[2:4]
    assert not {*numbers[:2]} & {*numbers[4:]}


def test_a_refused_recipient_is_told_the_others_get_theirs_and_the_next_run_tries_again(
    mailing: Mailing,
) -> None:
    with mail_server(box=Mailbox(refused={"ann@borough.example"})) as server:
        refused = "failed the server answered 550 5.1.1 no such person here"
        assert mailing.to(server) == [refused, "sent"]
        server.box.refused.clear()
        assert mailing.to(server) == ["sent", "sent before"]
        assert [each["To"] for each in server.box.mails] == [BOTH[1], BOTH[0]]


def test_a_server_that_takes_no_mail_is_told_and_tried_again(mailing: Mailing) -> None:
    with mail_server(box=Mailbox(full=True)) as server:
        assert mailing.to(server) == ["failed the server answered 452 4.2.2 the disk is full"] * 2
        server.box.full = False
        assert mailing.to(server) == ["sent", "sent"]
        assert len(server.box.mails) == 2


def test_a_line_that_breaks_before_the_answer_is_told_and_not_sent_twice_by_itself(
    mailing: Mailing,
) -> None:
    with mail_server(box=Mailbox(breaks=True)) as server:
        assert mailing.to(server, BOTH[0]) == ["not known"]
        server.box.breaks = False
        assert mailing.to(server, BOTH[0]) == ["not known"]
        assert len(server.box.mails) == 1
        assert mailing.to(server, BOTH[0], again=True) == ["sent"]
        assert len(server.box.mails) == 2


def test_a_line_that_breaks_for_one_leaves_the_other_for_the_next_run(mailing: Mailing) -> None:
    with mail_server(box=Mailbox(breaks=True)) as server:
        first, second = mailing.to(server)
        assert first == "not known"
        assert second.startswith("failed ")
        server.box.breaks = False
        assert mailing.to(server) == ["not known", "sent"]
        assert [each["To"] for each in server.box.mails] == list(BOTH)


def test_a_kill_between_the_record_and_the_mail_is_told_and_sends_nothing_twice(
    mailing: Mailing,
) -> None:
    begin_mail(Actor(mailing.ops, IDRIS, NOW), week=WEEK, recipient=BOTH[0])
    with mail_server() as server:
        assert mailing.to(server) == ["not known", "sent"]
        assert [each["To"] for each in server.box.mails] == [BOTH[1]]


@pytest.mark.parametrize("how", ["tls", "starttls"])
def test_the_line_is_secured_and_the_certificate_checked(
    how: str, mailing: Mailing, pem: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    account = {"smtp_user": USER, "smtp_password": SecretStr(PASSWORD)}
    more = account if how == "starttls" else {}
    with mail_server(**{how: pem}) as server:
        with pytest.raises(MailServerError, match="has no line that can be trusted"):
            mailing.to(server, security=how, **more)
        assert not server.box.mails
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
        assert mailing.to(server, security=how, **more) == ["sent", "sent"]
        assert len(server.box.mails) == 2


def test_a_wrong_password_is_told_without_it(
    mailing: Mailing, pem: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    account = {"smtp_user": USER, "smtp_password": SecretStr("not the right one")}
    with mail_server(starttls=pem) as server:
        with pytest.raises(MailServerError, match=r"HOTSPOT_SMTP_USER or its password") as told:
            mailing.to(server, security="starttls", **account)
        assert not server.box.mails
    assert "not the right one" not in str(told.value)


def test_a_server_without_starttls_gets_neither_password_nor_mail(mailing: Mailing) -> None:
    with mail_server() as server:
        with pytest.raises(MailServerError, match="cannot do what HOTSPOT_SMTP_SECURITY"):
            mailing.to(server, security="starttls")
        assert not server.box.mails


def test_a_server_that_is_gone_is_told_and_the_mail_goes_with_the_next_run(
    mailing: Mailing,
) -> None:
    with mail_server() as server:
        gone = server
    with pytest.raises(MailServerError, match="does not answer as one"):
        mailing.to(gone)
    with mail_server() as server:
        assert mailing.to(server) == ["sent", "sent"]


def test_a_borough_name_of_several_lines_adds_no_header(mailing: Mailing) -> None:
    with mail_server() as server:
        mailing.to(server, borough_name="Tower\r\nBcc: x@y.example")
        (first, _) = server.box.mails
        assert first["Bcc"] is None
        assert [each.rcpt_tos for each in server.box.envelopes] == [[each] for each in BOTH]


def test_a_line_of_a_dot_does_not_end_the_mail(mailing: Mailing) -> None:
    lines = (DigestLine("."), DigestLine("after it"))
    dotted = replace(mailing.made, summary=".", sections=(DigestSection(".", lines),))
    with mail_server() as server:
        mailing.to(server, BOTH[0], digest=dotted)
        body = server.box.mails[0].get_body(("plain",))
    assert body is not None
    assert body.get_content().replace("\r\n", "\n") == digest_text(dotted, LOOKS)


def test_two_runs_at_once_send_each_mail_once(own: Settings, ops: Operations) -> None:
    acting, week = Actor(ops, IDRIS, NOW), WEEK - timedelta(days=70)
    begun = [begin_mail(acting, week=week, recipient="a@b.example") for _ in range(2)]
    assert begun == [None, "begun"]


def test_a_file_is_written_and_recorded_and_another_kind_refused(
    own: Settings, ops: Operations, tmp_path: Path
) -> None:
    for ending in ("html", "txt"):
        done = hotspots("digest", "--out", tmp_path / f"week.{ending}", store=own.store)
        assert done.returncode == 0, done.stderr
    assert "What rose" in (tmp_path / "week.txt").read_text(encoding="utf-8")
    assert "<h2" in (tmp_path / "week.html").read_text(encoding="utf-8")
    refused = hotspots("digest", "--out", tmp_path / "week.pdf", store=own.store)
    assert refused.returncode == 2
    assert "must end in .html or .txt" in refused.stderr


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"HOTSPOT_DIGEST_TO": "ann@borough.example\r\nBcc: x@y.example"}, "is no mail address"),
        ({"HOTSPOT_DIGEST_TO": "Ann <ann@borough.example>"}, "is no mail address"),
        ({"HOTSPOT_SMTP_FROM": "a@b.example\nSubject: x"}, "is no mail address"),
        ({"HOTSPOT_SMTP_HOST": "mail.example:25"}, "also needs HOTSPOT_SMTP_FROM"),
        ({"HOTSPOT_SMTP_USER": "ann"}, "go with each other"),
        (
            {
                "HOTSPOT_SMTP_HOST": "mail.example",
                "HOTSPOT_SMTP_FROM": "a@b.example",
                "HOTSPOT_SMTP_SECURITY": "none",
            },
            "on this computer alone",
        ),
        (
            {"HOTSPOT_SMTP_HOST": "mail.example/x", "HOTSPOT_SMTP_FROM": "a@b.example"},
            "must be a host name",
        ),
    ],
)
def test_settings_that_cannot_be_are_refused_by_name(
    given: dict[str, str], fault: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    settings_of_process.cache_clear()
    with pytest.raises(SettingsError, match=fault):
        settings_of_process()
    settings_of_process.cache_clear()


def test_an_address_on_the_command_line_is_checked_and_a_mail_needs_a_server(own: Settings) -> None:
    bad = hotspots("digest", "--mail-to", "ann@b.example\nX: y", store=own.store)
    assert bad.returncode == 2
    none = hotspots("digest", "--mail-to", "ann@b.example", store=own.store)
    assert none.returncode == 1
    assert "HOTSPOT_SMTP_HOST is not set" in none.stderr


def test_a_recipient_is_on_record_as_a_digest_alone(own: Settings, ops: Operations) -> None:
    assert recipient_digest("Ann@B.example") == recipient_digest("ann@b.example")
    begin_mail(Actor(ops, IDRIS, NOW), week=WEEK - timedelta(days=7), recipient="zed@b.example")
    assert b"zed@b.example" not in own.operations_path.read_bytes()


def test_a_digest_without_a_day_in_the_data_says_why(own: Settings, ops: Operations) -> None:
    made = weekly_digest(
        own.model_copy(update={"store": own.store.parent / "empty"}), ops=ops, now=NOW
    )
    assert made.sections[0].heading == "What rose"
    assert "ward" in made.sections[0].lines[0].text
    assert replace(made, sections=made.sections[1:]).sections[0].heading.startswith("Overdue (")
