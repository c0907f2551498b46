"""The one door of the web server: each request and each message asks again who is there.

Streamlit runs callbacks, fragments and deferred files from an open page, and takes uploads and
hands out files, without passing `app.py`. All of them come by here first. A browser is known by the
cookie of its sign-in alone, never by a Streamlit session's id; what Streamlit keeps for a session
belongs to the sign-in that it began with, which Streamlit is told in a header of ours
(`server.trustedUserHeaders`) and compares when a page connects again.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from time import monotonic
from typing import TYPE_CHECKING, Final

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection, Request
from starlette.responses import PlainTextResponse, RedirectResponse
from starlette.websockets import WebSocketDisconnect
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime import get_instance

from data.operations.accounts.hashes import token_hash
from data.operations.accounts.standing import WITHOUT_ACCOUNTS, SignIn
from data.operations.accounts.users import accounts_exist
from data.operations.actor import Actor
from geo.errors import PlainError
from pages.server.given import Given
from pages.server.ground_files import GROUND, ground_answer, no_ground
from pages.server.sign_in import SIGN_IN, SIGN_OUT, way_to
from pages.server.single_sign_on import CALLBACK, START
from pages.server.site import is_loopback
from pages.server.uploads import UploadRefusedError
from pages.server.visit_entries import VISIT_ENTRIES, entry_answer

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from data.access import Person
    from data.operations.database import Operations
    from pages.server.ground_files import GroundFiles
    from pages.server.sign_in import SignInPage
    from pages.server.site import Site
    from pages.server.uploads import Uploads

KEY_HEADER: Final = "x-hotspots-sign-in"
_OPEN: Final = ("/_stcore/health", "/_stcore/host-config")
_MEDIA: Final = "/media/"
_UPLOADS: Final = "/_stcore/upload_file/"
_POLICY: Final = 1008
_ASKED_EVERY_S: Final = 0.5  # of what a run that is under way goes on to say
_NOTHING: Final = b"\xff"  # which no message begins with


@dataclass(slots=True)
class Door:
    """The door in front of Streamlit's server, as ASGI middleware.

    Attributes
    ----------
    app : ASGIApp
        What is behind it.
    ops : Operations
        Where sign-ins are.
    site : Site
    page : SignInPage
    uploads : Uploads
    clock : callable
        Returns the moment, with its time zone.
    ground_files : callable
        Returns a file of the ground of maps.
    """

    app: ASGIApp
    ops: Operations
    site: Site
    page: SignInPage
    uploads: Uploads
    clock: Callable[[], datetime]
    given: Given = field(default_factory=Given)
    ground_files: GroundFiles = no_ground

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let one request, or the messages of one page, in or refuse them."""
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self._http(scope, receive, self._with_headers(scope, send))

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        path = request.url.path
        refused = self.site.refusal(request)
        if refused is not None:
            await _refused(refused)(scope, receive, send)
            return
        if path in _OPEN and request.method in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        try:
            await self._answered(request, send)
        except PlainError as problem:  # the operations database is busy, lost or gone
            await _refused(str(problem), status=503)(scope, receive, send)

    async def _answered(self, request: Request, send: Send) -> None:
        scope, receive, path = request.scope, request.receive, request.url.path
        person = await self._person(request)
        if path == SIGN_IN:
            key = _key_of(person) if person else None
            await (await self.page.answer(request, key=key))(scope, receive, send)
        elif path in (START, CALLBACK) and request.method == "GET":
            await (await self.page.by_single_sign_on(request))(scope, receive, send)
        elif person is None:
            await (await self._nobody(request))(scope, receive, send)
        elif path == SIGN_OUT:
            ended = await self.page.sign_out(request, person, key=_key_of(person))
            await ended(scope, receive, send)
        elif path.startswith(GROUND):
            await (await ground_answer(request, self.ground_files))(scope, receive, send)
        elif path == VISIT_ENTRIES:
            acting = Actor(self.ops, person, self.clock())
            await (await entry_answer(request, acting))(scope, receive, send)
        elif path.startswith(_UPLOADS):
            await self._upload(request, person, send)
        elif path.startswith(_MEDIA) and not self.given.has(
            _key_of(person), path.removeprefix(_MEDIA)
        ):
            await _refused("There is no such file on your open pages.", status=404)(
                scope, receive, send
            )
        else:
            await self.app(scope, receive, send)

    async def _upload(self, request: Request, person: Person, send: Send) -> None:
        """Let an upload through that comes from a page of this sign-in, by one who may upload."""
        session_id = request.url.path.removeprefix(_UPLOADS).partition("/")[0]
        client = get_instance().get_client(session_id)
        context = client.client_context if client is not None else None
        mine = context is not None and (KEY_HEADER, _key_of(person)) in context.headers
        if not mine or person.role == "panel":
            await _refused("The upload does not belong to a page of your sign-in.")(
                request.scope, request.receive, send
            )
            return
        if request.method != "PUT":
            await self.app(request.scope, request.receive, send)
            return
        try:
            with self.uploads.one(request.headers.get("content-length")):
                await self.app(request.scope, request.receive, send)
        except UploadRefusedError as problem:
            await _refused(str(problem), status=problem.status)(
                request.scope, request.receive, send
            )

    async def _nobody(self, request: Request) -> Response:
        """Answer who is not signed in: a page leads to the sign-in, all else is refused."""
        if not await run_in_threadpool(accounts_exist, self.ops):
            return _refused(
                "There are no accounts, so the app answers on its own computer alone. Create an "
                "administrator there: hotspots users add NAME --role administrator"
            )
        if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
            return RedirectResponse(way_to(request.url.path, request.url.query), status_code=303)
        return _refused("Sign in first.", status=401)

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        connection = HTTPConnection(scope)
        if self.site.refusal(connection) is not None:
            await send({"type": "websocket.close", "code": _POLICY})
            return
        person = await self._who_is(connection)
        if person is None:
            await receive()
            await send({"type": "websocket.accept", "subprotocol": _subprotocol(connection)})
            await _lead_out(send)
            return
        key = _key_of(person)
        sign_in = SignIn(self.ops, key, self.clock)
        self.given.opened(key)
        try:
            await self.app(
                _known_as(scope, key),
                self._checked(receive, send, sign_in=sign_in),
                self._looked_through(send, sign_in=sign_in),
            )
        finally:
            self.given.closed(key)

    def _checked(self, receive: Receive, send: Send, *, sign_in: SignIn) -> Receive:
        """Return what hears a page, while its sign-in stands."""

        async def checked() -> Message:
            message = await receive()
            if message["type"] != "websocket.receive":
                return message
            if not await _stands(sign_in):
                await _lead_out(send)
                return {"type": "websocket.disconnect", "code": _POLICY}
            if not self._may_ask(sign_in.key, message):
                await send({"type": "websocket.close", "code": _POLICY})
                return {"type": "websocket.disconnect", "code": _POLICY}
            return message

        return checked

    def _looked_through(self, send: Send, *, sign_in: SignIn) -> Send:
        """Return what speaks to a page: a run goes on to be heard while its sign-in stands."""
        stood_at = monotonic()

        async def looked_through(message: Message) -> None:
            nonlocal stood_at
            if message["type"] == "websocket.send":
                if monotonic() - stood_at > _ASKED_EVERY_S:
                    if not await _stands(sign_in):
                        await _lead_out(send)
                        raise WebSocketDisconnect(_POLICY)
                    stood_at = monotonic()
                self.given.tell(sign_in.key, message.get("bytes") or b"")
            await send(message)

        return looked_through

    def _may_ask(self, key: str, message: Message) -> bool:
        """Tell whether a message asks for no file, or for one that this sign-in was offered."""
        asked = BackMsg()
        try:
            asked.ParseFromString(message.get("bytes") or _NOTHING)
        except DecodeError:  # no message of a page's; a text frame has no bytes
            return False
        file_id = asked.backend_operation_request.deferred_file.file_id
        return not file_id or self.given.has(key, file_id)

    async def _who_is(self, connection: HTTPConnection) -> Person | None:
        """Return who a page belongs to; None also while that cannot be asked."""
        try:
            return await self._person(connection)
        except PlainError:
            return None

    async def _person(self, connection: HTTPConnection) -> Person | None:
        token = connection.cookies.get(self.site.cookie)
        keys = [token_hash(token)] if token else []
        if self._is_this_computer(connection):
            keys.append(WITHOUT_ACCOUNTS)
        for key in keys:
            person = await run_in_threadpool(SignIn(self.ops, key, self.clock).person)
            if person is not None:
                return person
        return None

    def _is_this_computer(self, connection: HTTPConnection) -> bool:
        """Tell whether nobody else can be asking: behind a proxy, everybody comes from here."""
        client = connection.client
        return self.site.public is None and client is not None and is_loopback(client.host)

    def _with_headers(self, scope: Scope, send: Send) -> Send:
        said = self.site.headers(scope["path"])
        own = ["content-security-policy"]  # what an answer may say of itself
        own += ["cache-control"] if scope["path"].startswith(GROUND) else []

        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                del headers["server"]
                for name, value in said.items():
                    if name not in own or name not in headers:
                        headers[name] = value
            await send(message)

        return with_headers


def _key_of(person: Person) -> str:
    """Return the key of the sign-in that a person was asked for by."""
    standing = person.standing
    if not isinstance(standing, SignIn):
        message = f"{person.name} did not come through the door"
        raise TypeError(message)
    return standing.key


async def _stands(sign_in: SignIn) -> bool:
    try:
        return await run_in_threadpool(sign_in.person) is not None
    except PlainError:  # whoever cannot be asked about is not let in
        return False


async def _lead_out(send: Send) -> None:
    """Send a page to the sign-in, in a message that Streamlit's browser side understands."""
    out = ForwardMsg()
    out.auth_redirect.url = SIGN_IN
    await send({"type": "websocket.send", "bytes": out.SerializeToString()})
    await send({"type": "websocket.close", "code": _POLICY})


def _refused(message: str, *, status: int = 403) -> Response:
    return PlainTextResponse(message, status_code=status)


def _subprotocol(connection: HTTPConnection) -> str | None:
    """Return what a page calls its protocol, which the answer must repeat."""
    offered = connection.headers.get("sec-websocket-protocol", "")
    return offered.partition(",")[0].strip() or None


def _known_as(scope: Scope, key: str) -> Scope:
    """Return a connection that says to Streamlit whose it is, whatever it said itself."""
    name = KEY_HEADER.encode()
    headers = [each for each in scope["headers"] if each[0].lower() != name]
    return {**scope, "headers": [*headers, (name, key.encode())]}
