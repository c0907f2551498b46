"""A sign-in service that does what a test wants of it, the wrong things included.

It speaks as much of OpenID Connect as a client needs: discovery, authorization code, token, keys.
It asks nobody for a password: whoever is sent to it comes back as `claims`.
"""

from __future__ import annotations

import json
import threading
from base64 import urlsafe_b64encode
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import uvicorn
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey
from starlette.applications import Starlette
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

if TYPE_CHECKING:
    from collections.abc import Iterator

    from starlette.requests import Request


SECRET = "a secret of the test, long enough for HS256"
LONG_AGO = 1_600_000_000


@dataclass
class SignInService:
    """The service and what it says.

    Attributes
    ----------
    claims : dict
        Of the next id token, over those that every one has.
    expires : int
        Until when it is valid, in Unix time: the year 2100 unless a test says `LONG_AGO`.
    signed_by : RSAKey
        The key of the next signature; that of `key` is the one that is published.
    algorithm : str
        Of the next signature: RS256, HS256 with the client's secret, or none.
    """

    address: str = ""
    claims: dict[str, Any] = field(default_factory=dict)
    expires: int = 4_102_444_800
    key: RSAKey = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "one"}))
    signed_by: RSAKey | None = None
    algorithm: str = "RS256"
    asked: dict[str, dict[str, str]] = field(default_factory=dict)

    def routes(self) -> list[Route]:
        return [
            Route("/.well-known/openid-configuration", self.discovery),
            Route("/authorize", self.authorize),
            Route("/token", self.token, methods=["POST"]),
            Route("/keys", self.keys),
        ]

    async def discovery(self, _: Request) -> Response:
        return JSONResponse(
            {
                "issuer": self.address,
                "authorization_endpoint": f"{self.address}/authorize",
                "token_endpoint": f"{self.address}/token",
                "jwks_uri": f"{self.address}/keys",
                "end_session_endpoint": f"{self.address}/end",
                "id_token_signing_alg_values_supported": ["none", "HS256", "RS256"],
            }
        )

    async def authorize(self, request: Request) -> Response:
        asked = dict(request.query_params)
        code = f"code-{len(self.asked)}"
        self.asked[code] = asked
        back = urlencode({"code": code, "state": asked["state"]})
        return RedirectResponse(f"{asked['redirect_uri']}?{back}", status_code=302)

    async def token(self, request: Request) -> Response:
        form = await request.form()
        asked = self.asked.pop(str(form["code"]), None)
        if asked is None:
            return JSONResponse({"error": "invalid_grant"}, status_code=400)
        claims = {
            "iss": self.address,
            "aud": asked["client_id"],
            "sub": "0001",
            "iat": LONG_AGO,
            "exp": self.expires,
            "nonce": asked["nonce"],
            **self.claims,
        }
        kept = {name: value for name, value in claims.items() if value is not None}
        id_token = self._id_token(kept)
        return JSONResponse({"access_token": "x", "token_type": "Bearer", "id_token": id_token})

    def _id_token(self, claims: dict[str, Any]) -> str:
        if self.algorithm == "none":
            parts = ({"alg": "none"}, claims)
            return ".".join([*(_part(each) for each in parts), ""])
        if self.algorithm == "HS256":
            return jwt.encode({"alg": "HS256"}, claims, OctKey.import_key(SECRET))
        return jwt.encode({"alg": "RS256", "kid": "one"}, claims, self.signed_by or self.key)

    async def keys(self, _: Request) -> Response:
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})


def _part(content: dict[str, Any]) -> str:
    return urlsafe_b64encode(json.dumps(content).encode()).rstrip(b"=").decode()


@contextmanager
def running_service() -> Iterator[SignInService]:
    """Run a service on a free port of this machine."""
    service = SignInService()
    config = uvicorn.Config(
        Starlette(routes=service.routes()), host="127.0.0.1", port=0, log_level="error"
    )
    server = uvicorn.Server(config)
    sock = config.bind_socket()
    service.address = f"http://127.0.0.1:{sock.getsockname()[1]}"
    thread = threading.Thread(target=server.run, kwargs={"sockets": [sock]}, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.should_exit = True
        thread.join(timeout=30)
        sock.close()
