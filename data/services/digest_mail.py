"""Mailing the weekly digest: one mail to each recipient, once a week, and what became of each.

A mail is on record as begun before it leaves, and as sent once the server has taken it. What the
server refuses is said and tried again by the next run. Where the line breaks after the mail was
handed over and before the server answered, nobody knows whether it arrived: that is said, and it is
not sent again by itself.
"""

from __future__ import annotations

import smtplib
import ssl
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP as LINES
from email.utils import format_datetime
from typing import TYPE_CHECKING, Final, Literal

from data.exports.digest import DigestLooks, digest_html, digest_text, digest_title
from data.operations.audit.access import Exported, record_export
from data.operations.digests.mails import begin_mail, end_mail, recipient_digest
from geo.errors import PlainError
from geo.escaping import plain_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from data.operations.actor import Actor
    from data.settings import Settings
    from models.today.digest import Digest

Outcome = Literal["sent", "sent before", "failed", "not known"]
_WAIT_S: Final = 30
_TAKEN: Final = (250, 251)
_GO_ON: Final = 354
_PRODUCT: Final = "Hotspot Tasking"


class NoMailServerError(PlainError, LookupError):
    """A digest is to be mailed and there is no server, or nobody to mail it to."""

    def __init__(self, what: str) -> None:
        super().__init__(f"The digest cannot be mailed: {what} is not set. See docs/settings.md.")


class MailServerError(PlainError, ConnectionError):
    """The mail server cannot be reached, is not who it says, or lets nobody in."""

    def __init__(self, settings: Settings, *, fault: str) -> None:
        super().__init__(
            f"The mail server {settings.smtp_host}:{settings.smtp_port} {fault}. The digest was "
            "mailed to nobody; run the command again once that is put right."
        )


@dataclass(frozen=True, slots=True)
class MailOutcome:
    """What became of one recipient's mail.

    Attributes
    ----------
    recipient : str
        By number and host alone, which may stand in a log: "recipient 2 (…@borough.gov.uk)".
    outcome : {"sent", "sent before", "failed", "not known"}
    reason : str
        What the server said, where it failed.
    """

    recipient: str
    outcome: Outcome
    reason: str = ""


class _RefusedError(Exception):
    """The server answered, and did not take the mail."""


class _UnansweredError(Exception):
    """The mail was handed over and the line broke before the server answered."""


def mail_digest(
    digest: Digest,
    actor: Actor,
    *,
    settings: Settings,
    marking: str,
    recipients: Sequence[str],
    again: bool = False,
) -> tuple[MailOutcome, ...]:
    """Mail a digest to each recipient that has not had the week's.

    Parameters
    ----------
    digest : Digest
    actor : Actor
    settings : Settings
    marking : str
        The protective marking.
    recipients : sequence of str
        Addresses, as `data.settings.mail_address` takes them.
    again : bool
        Also where the week's was sent, or nobody knows.

    Raises
    ------
    NoMailServerError, MailServerError
    """
    wanted = {"HOTSPOT_SMTP_HOST": settings.smtp_host, "HOTSPOT_DIGEST_TO": recipients}
    for variable, value in wanted.items():
        if not value:
            raise NoMailServerError(variable)
    outcomes = []
    with _server(settings) as server:
        for number, recipient in enumerate(recipients, start=1):
            message = _message(digest, settings=settings, marking=marking, recipient=recipient)
            label = f"recipient {number} (…@{recipient.rpartition('@')[2]})"
            outcome, reason = _mail(
                server, message, actor, digest=digest, recipient=recipient, again=again
            )
            outcomes.append(MailOutcome(label, outcome, reason))
    return tuple(outcomes)


def _mail(
    server: smtplib.SMTP,
    message: EmailMessage,
    actor: Actor,
    *,
    digest: Digest,
    recipient: str,
    again: bool,
) -> tuple[Outcome, str]:
    """Mail one message, and keep what became of it."""
    before = begin_mail(actor, week=digest.week, recipient=recipient, again=again)
    if before is not None:
        return ("sent before", "") if before == "sent" else ("not known", "")
    record_export(actor, "hotspots digest", about=Exported(kind="mail"))
    try:
        _hand_over(server, message, recipient=recipient)
    except _UnansweredError:
        return "not known", ""
    except (_RefusedError, smtplib.SMTPException, OSError) as problem:
        end_mail(actor, week=digest.week, recipient=recipient, state="failed")
        with suppress(smtplib.SMTPException, OSError):
            server.rset()
        return "failed", plain_text(str(problem) or "the line broke")
    end_mail(actor, week=digest.week, recipient=recipient, state="sent")
    return "sent", ""


def _hand_over(server: smtplib.SMTP, message: EmailMessage, *, recipient: str) -> None:
    """Hand one message to the server, telling what it refused from what it did not answer.

    Raises
    ------
    _RefusedError, _UnansweredError
    smtplib.SMTPException, OSError
        If the line breaks before the message has left.
    """
    sender = str(message["From"].addresses[0].addr_spec)
    for code, reply in (server.mail(sender), server.rcpt(recipient), server.docmd("DATA")):
        if code not in (*_TAKEN, _GO_ON):
            raise _RefusedError(_said(code, reply))
    lines = message.as_bytes(policy=LINES)
    try:
        server.send(_dotted(lines))
        code, reply = server.getreply()
    except (smtplib.SMTPServerDisconnected, OSError) as problem:
        raise _UnansweredError from problem
    if code not in _TAKEN:
        raise _RefusedError(_said(code, reply))


def _dotted(lines: bytes) -> bytes:
    """Return a message as it goes over the line: a dot at the start of a line is doubled."""
    inside = lines if lines.endswith(b"\r\n") else lines + b"\r\n"
    doubled = inside.replace(b"\r\n.", b"\r\n..")
    return (b"." + doubled if doubled.startswith(b".") else doubled) + b".\r\n"


def _said(code: int, reply: bytes) -> str:
    return f"the server answered {code} {reply.decode('utf-8', 'replace')}"


@contextmanager
def _server(settings: Settings) -> Iterator[smtplib.SMTP]:
    """Give a mail server that has let us in; its certificate is checked.

    Raises
    ------
    MailServerError
    """
    try:
        server = _let_in(settings)
    except smtplib.SMTPAuthenticationError as problem:
        fault = f"refused the account HOTSPOT_SMTP_USER or its password ({problem.smtp_code})"
        raise MailServerError(settings, fault=fault) from problem
    except smtplib.SMTPNotSupportedError as problem:
        fault = f"cannot do what HOTSPOT_SMTP_SECURITY or HOTSPOT_SMTP_USER asks for ({problem})"
        raise MailServerError(settings, fault=plain_text(fault)) from problem
    except ssl.SSLError as problem:
        fault = f"has no line that can be trusted ({problem.reason or 'TLS'})"
        raise MailServerError(settings, fault=plain_text(fault)) from problem
    except (smtplib.SMTPException, OSError) as problem:
        fault = f"does not answer as one ({problem})"
        raise MailServerError(settings, fault=plain_text(fault)) from problem
    try:
        yield server
    finally:
        with suppress(smtplib.SMTPException, OSError):
            server.quit()
        server.close()


def _let_in(settings: Settings) -> smtplib.SMTP:
    host, port = str(settings.smtp_host), settings.smtp_port
    if settings.smtp_security == "tls":
        trust = ssl.create_default_context()
        server: smtplib.SMTP = smtplib.SMTP_SSL(host, port, timeout=_WAIT_S, context=trust)
    else:
        server = smtplib.SMTP(host, port, timeout=_WAIT_S)
    try:
        if settings.smtp_security == "starttls":
            server.starttls(context=ssl.create_default_context())
        server.ehlo_or_helo_if_needed()
        if settings.smtp_user is not None and settings.smtp_password is not None:
            server.login(settings.smtp_user, settings.smtp_password.get_secret_value())
    except BaseException:
        server.close()
        raise
    return server


def _message(digest: Digest, *, settings: Settings, marking: str, recipient: str) -> EmailMessage:
    """Return a mail of text and HTML; the same one for the same week and recipient."""
    looks = DigestLooks(settings.borough_name, marking, settings.public_url)
    sender = str(settings.smtp_from)
    message = EmailMessage(policy=LINES)
    message["Subject"] = f"{_PRODUCT}, {digest_title(digest, borough=settings.borough_name)}"
    message["From"] = Address(_PRODUCT, addr_spec=sender)
    message["To"] = Address(addr_spec=recipient)
    message["Date"] = format_datetime(settings.present())
    number = f"{digest.week:%Y%m%d}.{recipient_digest(recipient)[:24]}"
    message["Message-ID"] = f"<digest.{number}@{sender.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(digest_text(digest, looks), cte="quoted-printable")
    message.add_alternative(digest_html(digest, looks), subtype="html", cte="quoted-printable")
    return message
