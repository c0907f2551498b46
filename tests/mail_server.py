"""A mail server on this machine, as a council's would answer: TLS, accounts, refusals, breaks."""

from __future__ import annotations

import ssl
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email import message_from_bytes, policy
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, cast

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage
    from pathlib import Path

    from aiosmtpd.smtp import SMTP, Envelope, LoginPassword

USER, PASSWORD = "hotspots", "a pass phrase for mail"


@dataclass
class Mailbox:
    """What a server took, and how it behaves.

    `refused` recipients are not taken; `full` takes no content; with `breaks` the line ends after
    the content came and before the answer.
    """

    refused: set[str] = field(default_factory=set)
    full: bool = False
    breaks: bool = False
    envelopes: list[Any] = field(default_factory=list)

    @property
    def mails(self) -> list[EmailMessage]:
        read = (message_from_bytes(each.content, policy=policy.default) for each in self.envelopes)
        return [cast("EmailMessage", each) for each in read]

    async def handle_RCPT(  # noqa: N802 - the library's name
        self,
        server: object,
        session: object,
        envelope: Envelope,
        address: str,
        options: list[str],
    ) -> str:
        if address in self.refused:
            return "550 5.1.1 no such person here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - the library's name
        self, server: SMTP, session: object, envelope: Envelope
    ) -> str:
        if self.full:
            return "452 4.2.2 the disk is full"
        self.envelopes.append(envelope)
        if self.breaks:
            server.transport.abort()
        return "250 taken"


@dataclass
class MailServer:
    """A server that runs: where, and what it takes."""

    port: int
    box: Mailbox

    def settings(self, security: str, **more: str) -> dict[str, str]:
        return {
            "HOTSPOT_SMTP_HOST": "127.0.0.1",
            "HOTSPOT_SMTP_PORT": str(self.port),
            "HOTSPOT_SMTP_SECURITY": security,
            "HOTSPOT_SMTP_FROM": "hotspots@borough.example",
            "HOTSPOT_DIGEST_TO": "ann@borough.example, Joe@police.example",
            **more,
        }


@contextmanager
def mail_server(
    *, tls: Path | None = None, starttls: Path | None = None, box: Mailbox | None = None
) -> Iterator[MailServer]:
    """Run a server; with TLS from the start, with STARTTLS and accounts, or open."""
    own = box or Mailbox()

    def lets_in(
        server: object, session: object, envelope: object, how: str, given: LoginPassword
    ) -> AuthResult:
        right = (given.login, given.password) == (USER.encode(), PASSWORD.encode())
        return AuthResult(success=right, handled=False)

    kept: dict[str, Any] = {"hostname": "127.0.0.1", "port": 0}
    if tls is not None:
        kept["ssl_context"] = _context(tls)
    if starttls is not None:
        kept |= {
            "tls_context": _context(starttls),
            "require_starttls": True,
            "authenticator": lets_in,
            "auth_required": True,
        }
    running = _Controller(own, **kept)
    running.start()
    try:
        yield MailServer(running.port, own)
    finally:
        running.stop()


class _Controller(Controller):
    def _trigger_server(self) -> None:
        """Knock at the port that the machine gave; the library would at the one that was asked."""
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


def certificate(folder: Path) -> Path:
    """Write a certificate of this machine and its key into one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(datetime(2000, 1, 1, tzinfo=UTC))
        .not_valid_after(datetime(2100, 1, 1, tzinfo=UTC))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    path = folder / "mail.pem"
    path.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return path


def _context(path: Path) -> ssl.SSLContext:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(path)
    return context
