"""Where the app may be reached, and what every answer of it says to the browser.

A page of another site must not be able to use the app through a visitor's browser: not by naming
this computer under a host of its own (DNS rebinding), not by a request or a websocket from its own
origin. So the host is one of a closed list, and what can change something comes from the app's own
origin. Both are checked before Streamlit sees the request; of a foreign origin it would ask an
outside service for this computer's address.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import ip_address
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection

    from data.settings import Settings

LOOPBACK: Final = ("localhost", "127.0.0.1", "::1")
_READS: Final = ("GET", "HEAD", "OPTIONS")
_CACHED: Final = ("/static/", "/component/", "/_stcore/bidi-components/")
# The page Visit puts what is nearest first, by a position that does not leave the browser.
_TURNED_OFF: Final = "camera=(), microphone=(), geolocation=(self), payment=(), usb=()"


def is_loopback(host: str) -> bool:
    """Tell whether a host name or address is this computer itself."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


@dataclass(frozen=True, slots=True)
class Site:
    """The app's address.

    Attributes
    ----------
    public : str or None
        Where others reach it, ``https://host``; None where it is for this computer alone.
    tiles : str or None
        The origin of the background map's tiles.
    """

    public: str | None
    tiles: str | None = None

    @classmethod
    def of(cls, settings: Settings) -> Site:
        """Return the site that the settings describe."""
        return cls(settings.public_url, _origin(settings.tile_url) if settings.tile_url else None)

    @property
    def cookie(self) -> str:
        """The name of the sign-in's cookie: under https no other host can set it."""
        return "__Host-hotspots_sign_in" if self.public else "hotspots_sign_in"

    @property
    def hosts(self) -> tuple[str, ...]:
        """The host names that the app answers to."""
        named = urlsplit(self.public).hostname if self.public else None
        return (named, *LOOPBACK) if named else LOOPBACK

    def refusal(self, asked: HTTPConnection) -> str | None:
        """Say why a request or a websocket is not let in; None if it is."""
        host = asked.headers.get("host", "")
        if _hostname(host) not in self.hosts:
            return (
                "The app does not answer to this host name. Use the address that your "
                "administrator gave you; HOTSPOT_PUBLIC_URL names it."
            )
        changes = asked.scope["type"] == "websocket" or asked.scope["method"] not in _READS
        origin = asked.headers.get("origin")
        if origin is None:
            return "The request does not say which page it came from." if changes else None
        if self._is_own(origin, host=host):
            return None
        return "The request came from a page of another site."

    def headers(self, path: str) -> dict[str, str]:
        """Return what every answer tells the browser.

        Parameters
        ----------
        path : str
            Of what was asked for: only the app's own files may be cached.
        """
        elsewhere = f" {self.tiles}" if self.tiles else ""
        said = {
            "content-security-policy": (
                "default-src 'self'; "
                "script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; "
                "style-src 'self' 'unsafe-inline'; "
                f"img-src 'self' data: blob:{elsewhere}; "
                "font-src 'self' data:; connect-src 'self'; worker-src 'self' blob:; "
                "frame-src 'self' blob: data:; object-src 'none'; base-uri 'self'; "
                "form-action 'self'; frame-ancestors 'self'"
            ),
            "x-content-type-options": "nosniff",
            "x-frame-options": "SAMEORIGIN",
            "referrer-policy": "same-origin",
            "permissions-policy": _TURNED_OFF,
            "cross-origin-opener-policy": "same-origin",
            "cross-origin-resource-policy": "same-origin",
        }
        if self.public:
            said["strict-transport-security"] = "max-age=31536000"
        if not path.startswith(_CACHED):
            said["cache-control"] = "no-store"
        return said

    def _is_own(self, origin: str, *, host: str) -> bool:
        if self.public and origin == _origin(self.public):
            return True
        parts = urlsplit(origin)
        return parts.netloc == host and _hostname(host) in LOOPBACK


def _origin(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def _hostname(host: str) -> str:
    """Return the name in a Host header, without its port; "" if it cannot be read."""
    try:
        parts = urlsplit(f"//{host}")
        _ = parts.port
    except ValueError:
        return ""
    plain = parts.netloc == host and parts.username is None and parts.password is None
    return (parts.hostname or "").rstrip(".") if plain else ""
