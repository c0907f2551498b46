"""Single sign-on by OpenID Connect: the way to the council's sign-in service and back.

The service is asked with the authorization code flow, PKCE, a state and a nonce; Authlib checks
signature, issuer, audience, time and nonce of the id token. What a sign-in was begun with is kept
in this process and used once, so an answer that is sent again, or into another browser, signs
nobody in. Nothing that the service says is kept in the browser: the cookie afterwards is that of
any other sign-in, and ends with it. Streamlit's own `st.login` is not used: nothing of the app runs
before somebody is signed in, and its cookie, which lasts thirty days, could not be ended from here.
"""

from __future__ import annotations

import logging
import secrets
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

import httpx2
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.starlette_client import OAuth
from joserfc.errors import JoseError
from starlette.concurrency import run_in_threadpool

from data.operations.accounts.hashes import token_hash
from data.operations.accounts.single_sign_on import Identity, sign_in_as
from geo.errors import PlainError

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from starlette.requests import Request
    from starlette.responses import Response

    from data.operations.accounts.throttle import Origin
    from data.operations.database import Operations
    from data.settings import Settings

START: Final = "/sign-in/single"
CALLBACK: Final = "/oauth2callback"
STARTED_COOKIE: Final = "hotspots_single"
_SIGNED: Final = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")
_LASTS: Final = timedelta(minutes=10)
_MOST: Final = 10_000  # that are under way at once; the oldest goes first
_LEEWAY_S: Final = 60
_PATIENCE_S: Final = 10.0
# What Authlib raises where an answer is not what it should be, or not of the form it should have.
_UNTRUSTED: Final = (AuthlibBaseError, JoseError, ValueError, KeyError, TypeError, RuntimeError)
_LOGGER: Final = logging.getLogger(__name__)


class SingleSignOnError(PlainError, ValueError):
    """Somebody could not be signed in by the sign-in service."""


@dataclass(slots=True)
class _Started:
    """A sign-in that is under way: until when, where it leads to, and what Authlib keeps of it."""

    until: datetime
    back: str
    session: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class SingleSignOn:
    """The council's sign-in service.

    Attributes
    ----------
    settings : Settings
        With all that begins with ``sso_``.
    ops : Operations
    clock : callable
        Returns the moment, with its time zone.
    """

    settings: Settings
    ops: Operations
    clock: Callable[[], datetime]
    _client: Any = field(init=False)
    _started: dict[str, _Started] = field(init=False, default_factory=dict)
    _id_tokens: dict[str, str] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        secret = self.settings.sso_client_secret
        self._client = OAuth().register(
            "council",
            client_id=self.settings.sso_client_id,
            client_secret=secret.get_secret_value() if secret else None,
            server_metadata_url=self.settings.sso_metadata_url,
            client_kwargs={
                "scope": self.settings.sso_scopes,
                "code_challenge_method": "S256",
                "timeout": _PATIENCE_S,
            },
        )

    @classmethod
    def of(
        cls, settings: Settings, ops: Operations, clock: Callable[[], datetime]
    ) -> SingleSignOn | None:
        """Return the service that the settings name; None if they name none."""
        return cls(settings, ops, clock) if settings.sso_metadata_url else None

    async def begin(self, request: Request, *, back: str, home: str, secure: bool) -> Response:
        """Send a browser to the service.

        Parameters
        ----------
        request : Request
        back : str
            The page that it leads to in the end.
        home : str
            The app's own address.
        secure : bool
            Whether that is https.

        Raises
        ------
        SingleSignOnError
            If the service does not answer.
        """
        started = _Started(self.clock() + _LASTS, back)
        request.scope["session"] = started.session
        try:
            led_out: Response = await self._client.authorize_redirect(request, home + CALLBACK)
        except (httpx2.HTTPError, AuthlibBaseError, ValueError, KeyError, RuntimeError) as problem:
            raise _unreachable(problem) from problem
        handle = secrets.token_urlsafe(32)
        self._forget_old()
        self._started[handle] = started
        led_out.set_cookie(
            STARTED_COOKIE,
            handle,
            max_age=int(_LASTS.total_seconds()),
            path=CALLBACK,
            secure=secure,
            httponly=True,
            samesite="lax",
        )
        return led_out

    async def finish(self, request: Request, *, origin: Origin) -> tuple[str, str]:
        """Return the token of a new sign-in, and the page that it leads to.

        Raises
        ------
        SingleSignOnError
            If what came back cannot be trusted, or the service does not answer.
        data.operations.accounts.single_sign_on.NotAdmittedError
            If the person has no place here.
        """
        started = self._started.pop(request.cookies.get(STARTED_COOKIE, ""), None)
        if started is None or started.until <= self.clock():
            message = (
                "This sign-in was begun in another browser or too long ago, or has been used. "
                "Begin again."
            )
            raise SingleSignOnError(message)
        if "error" in request.query_params:
            message = "The sign-in service did not sign you in. Begin again, or ask its help desk."
            raise SingleSignOnError(message)
        token = await self._token(request, started)
        identity = self._identity(token.get("userinfo") or {})
        begun = await run_in_threadpool(
            sign_in_as,
            self.ops,
            identity,
            roles=self.settings.sso_roles,
            now=self.clock(),
            origin=origin,
        )
        self._id_tokens[token_hash(begun)] = str(token["id_token"])
        while len(self._id_tokens) > _MOST:
            self._id_tokens.pop(next(iter(self._id_tokens)))
        return begun, started.back

    async def way_out(self, *, key: str, ended: str) -> str | None:
        """Return where a browser is sent to end the sign-in at the service as well.

        Parameters
        ----------
        key : str
            Of the sign-in that has ended here.
        ended : str
            The app's own page to come back to.

        Returns
        -------
        str or None
            None where the service has no such address, or does not answer.
        """
        id_token = self._id_tokens.pop(key, None)
        try:
            metadata = await self._client.load_server_metadata()
        except (httpx2.HTTPError, ValueError, KeyError, RuntimeError):
            return None
        address = metadata.get("end_session_endpoint")
        if not address:
            return None
        asked = {"client_id": self.settings.sso_client_id, "post_logout_redirect_uri": ended}
        if id_token:
            asked["id_token_hint"] = id_token
        return f"{address}{'&' if '?' in address else '?'}{urlencode(asked)}"

    async def _token(self, request: Request, started: _Started) -> dict[str, Any]:
        """Return the tokens for the code that came back, with the id token's claims checked."""
        request.scope["session"] = started.session
        try:
            metadata = await self._client.load_server_metadata()
            listed = metadata.get("id_token_signing_alg_values_supported") or _SIGNED
            # Authlib believes what the service lists, and one may list `none`: no signature.
            metadata["id_token_signing_alg_values_supported"] = [
                each for each in listed if each in _SIGNED
            ]
            token: dict[str, Any] = await self._client.authorize_access_token(
                request,
                claims_options={
                    "iss": {"essential": True, "values": [metadata["issuer"]]},
                    "aud": {"essential": True, "values": [self.settings.sso_client_id]},
                },
                leeway=_LEEWAY_S,
            )
        except httpx2.HTTPError as problem:
            raise _unreachable(problem) from problem
        except (
            AuthlibBaseError,
            JoseError,
            ValueError,
            KeyError,
            TypeError,
            RuntimeError,
        ) as fault:
            _LOGGER.warning(
                "an answer of the sign-in service was refused: %s", type(fault).__name__
            )
            message = (
                "The sign-in service's answer cannot be trusted, so nobody was signed in. Begin "
                "again; if it happens once more, tell an administrator."
            )
            raise SingleSignOnError(message) from fault
        return token

    def _identity(self, claims: dict[str, Any]) -> Identity:
        named = claims.get("name") or claims.get("preferred_username") or ""
        listed = claims.get(self.settings.sso_groups_claim) or ()
        groups = (listed,) if isinstance(listed, str) else listed
        return Identity(
            issuer=str(claims.get("iss") or ""),
            subject=str(claims.get("sub") or ""),
            name=str(named),
            groups=tuple(map(str, groups)) if isinstance(groups, list | tuple) else (),
        )

    def _forget_old(self) -> None:
        now = self.clock()
        for handle in [each for each, started in self._started.items() if started.until <= now]:
            self._started.pop(handle, None)
        while len(self._started) >= _MOST:
            self._started.pop(next(iter(self._started)), None)


def _unreachable(problem: Exception) -> SingleSignOnError:
    _LOGGER.warning("the sign-in service does not answer: %s", type(problem).__name__)
    return SingleSignOnError(
        "The sign-in service does not answer. Try again in a few minutes; who has a password here "
        "can sign in with it."
    )
