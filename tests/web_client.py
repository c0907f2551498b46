"""A browser without a browser: it speaks Streamlit's websocket and its http, as an attacker would.

`Tab` opens a page over the websocket and keeps what it is told; it presses buttons, asks for
fragments and deferred files by their ids, and sends whatever else a test makes up.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import ConnectionClosed
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Origin, Subprotocol

if TYPE_CHECKING:
    from collections.abc import Iterator

    from streamlit.proto.Element_pb2 import Element

_PATIENCE_S = 120.0
_LARGEST = 256 * 2**20


@dataclass
class Tab:
    """A page that is open in no browser."""

    connection: ClientConnection
    held: ExitStack
    messages: list[ForwardMsg] = field(default_factory=list)

    @classmethod
    def open(
        cls,
        home: str,
        *,
        token: str | None = None,
        session_id: str | None = None,
        headers: dict[str, str] | None = None,
        origin: str | None = None,
        cookie: str = "hotspots_sign_in",
    ) -> Self:
        """Connect as a page of the app does, with a cookie or without one."""
        offered = [Subprotocol("streamlit"), Subprotocol("unset")]
        if session_id is not None:
            offered.append(Subprotocol(session_id))
        sent = {"Cookie": f"{cookie}={token}"} if token is not None else {}
        held = ExitStack()
        connection = held.enter_context(
            connect(
                f"ws://{urlsplit(home).netloc}/_stcore/stream",
                origin=Origin(origin or home),
                subprotocols=offered,
                additional_headers={**sent, **(headers or {})},
                max_size=_LARGEST,
                open_timeout=_PATIENCE_S,
                compression=None,
            )
        )
        return cls(connection, held)

    def close(self) -> None:
        self.held.close()

    def run(
        self,
        page: str,
        *,
        query: str = "",
        press: str | None = None,
        texts: dict[str, str] | None = None,
        fragment: str | None = None,
    ) -> list[ForwardMsg]:
        """Ask for a run of a page and return what it said; buttons and boxes go by their ids."""
        asked = BackMsg()
        asked.rerun_script.page_name = page
        asked.rerun_script.query_string = query
        for widget, text in (texts or {}).items():
            asked.rerun_script.widget_states.widgets.add(id=widget, string_value=text)
        if press is not None:
            asked.rerun_script.widget_states.widgets.add(id=press, trigger_value=True)
        if fragment is not None:
            asked.rerun_script.fragment_id = fragment
        return self.send(asked)

    def deferred(self, file_id: str) -> list[ForwardMsg]:
        """Ask for a file that is made when it is asked for."""
        asked = BackMsg()
        asked.backend_operation_request.request_id = "1"
        asked.backend_operation_request.session_id = self.session_id
        asked.backend_operation_request.deferred_file.file_id = file_id
        return self.send(asked)

    def send(self, asked: BackMsg) -> list[ForwardMsg]:
        """Send one message and return the answers, until the app is done or has hung up."""
        try:
            self.connection.send(asked.SerializeToString())
        except ConnectionClosed:
            return []
        answers = list(self._answers())
        self.messages.extend(answers)
        return answers

    def _answers(self) -> Iterator[ForwardMsg]:
        try:
            while True:
                content = self.connection.recv(timeout=_PATIENCE_S)
                message = ForwardMsg()
                message.ParseFromString(content if isinstance(content, bytes) else content.encode())
                yield message
                if message.WhichOneof("type") in ("script_finished", "backend_operation_response"):
                    return
        except ConnectionClosed:
            return

    @property
    def session_id(self) -> str:
        """The id of Streamlit's session."""
        named = [
            each.new_session.initialize.session_id
            for each in self.messages
            if each.HasField("new_session")
        ]
        return named[-1] if named else ""

    def elements(self) -> Iterator[Element]:
        """Give all that was drawn."""
        for each in self.messages:
            if each.HasField("delta") and each.delta.HasField("new_element"):
                yield each.delta.new_element

    def button(self, label: str) -> str:
        """Return the id of a button."""
        return next(each.button.id for each in self.elements() if _is_button(each, label))

    def box(self, label: str) -> str:
        """Return the id of a text or select box by how its label begins."""
        for each in self.elements():
            for kind in ("text_input", "selectbox"):
                if each.HasField(kind) and getattr(each, kind).label.startswith(label):
                    return str(getattr(each, kind).id)
        raise LookupError(label)

    def download(self, label: str) -> str:
        """Return the id of the deferred file of a download button."""
        return next(
            each.download_button.deferred_file_id
            for each in self.elements()
            if each.HasField("download_button") and each.download_button.label == label
        )

    def fragments(self) -> set[str]:
        """Return the ids of the fragments that were drawn."""
        return {
            each.delta.fragment_id
            for each in self.messages
            if each.HasField("delta") and each.delta.fragment_id
        }

    def text(self) -> str:
        """Return all that was said, as one text to search in."""
        return "\n".join(str(each) for each in self.elements())


def was_led_out(answers: list[ForwardMsg]) -> bool:
    """Tell whether nothing was answered but the way to the sign-in page, if that."""
    rest = [each for each in answers if each.WhichOneof("type") != "session_status_changed"]
    return all(each.auth_redirect.url == "/sign-in" for each in rest)


def _is_button(element: Element, label: str) -> bool:
    return element.HasField("button") and element.button.label == label
