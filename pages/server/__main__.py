"""Starting the web server: Streamlit behind the door.

Streamlit takes a folder called `pages` next to the app for its older kind of multipage app until
`st.navigation` has run once in the process; until then the first deep link to a page is answered
with "Page not found" over the right page. Saying so beforehand spares the first visitor that.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from functools import partial
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from streamlit.runtime.pages_manager import PagesManager

from data.layers.map_names import map_file
from data.locks import APP_LOCK, locked
from data.operations.accounts.users import accounts_exist
from data.operations.database import Operations
from data.operations.settling import settle
from data.privacy import owner_alone
from data.services.row_watch import damage_seen
from data.settings import Settings, settings
from geo.errors import PlainError
from pages.server.door import KEY_HEADER, Door
from pages.server.sign_in import SignInPage
from pages.server.single_sign_on import SingleSignOn
from pages.server.site import Site, is_loopback
from pages.server.uploads import Uploads
from pages.shell.messages import show_fault
from pages.shell.person import SIGN_IN_KEY

ROOT = Path(__file__).resolve().parents[2]


class OpenAddressError(PlainError, ValueError):
    """The app would answer to others, who could not be told apart or whose passwords could leak."""


def main() -> int:
    """Serve the app on the address and port of the command line; return the exit code."""
    asked = argparse.ArgumentParser(prog="hotspots serve")
    asked.add_argument("--port", type=int, default=8501)
    asked.add_argument("--address", default="127.0.0.1")
    given = asked.parse_args()
    try:
        in_force = settings()
        settle(in_force)
        ops = Operations.open(in_force)
        check_address(given.address, in_force, ops)
        for each in damage_seen(ops):
            sys.stderr.write(f"Warning: {each}\n")
    except PlainError as problem:
        sys.stderr.write(f"{problem}\n")
        return 1
    # No backup is restored over a store on which an app runs, and its files are its owner's alone.
    with owner_alone(), locked(in_force.store, "the app", shared=True, name=APP_LOCK):
        _serve(given, in_force, ops)
    return 0


def _serve(given: argparse.Namespace, in_force: Settings, ops: Operations) -> None:
    """Answer until the server is stopped."""
    PagesManager.uses_pages_directory = False
    # The proxies whose X-Forwarded-For is believed, as uvicorn reads them; nobody's unless named.
    os.environ["FORWARDED_ALLOW_IPS"] = ",".join(in_force.trusted_proxies)
    behind_the_door(in_force, ops).run(
        config={
            "server.port": given.port,
            "server.address": given.address,
            "server.allowedHosts": list(Site.of(in_force).hosts),
            "server.trustedUserHeaders": json.dumps({KEY_HEADER: SIGN_IN_KEY}),
            "server.maxUploadSize": in_force.max_upload_mb,
            "browser.serverAddress": "localhost",
            "browser.serverPort": given.port,
        }
    )


def check_address(address: str, in_force: Settings, ops: Operations) -> None:
    """Refuse to answer to others while anybody would be let in, or over an open line.

    Raises
    ------
    OpenAddressError
    """
    if is_loopback(address):
        return
    if not accounts_exist(ops):
        message = (
            f"The app cannot answer on {address}: there are no accounts, so anybody who reaches it "
            "could see and change everything. Create an administrator first: hotspots users add "
            "NAME --role administrator"
        )
        raise OpenAddressError(message)
    if in_force.public_url is None:
        message = (
            f"The app cannot answer on {address}: HOTSPOT_PUBLIC_URL is not set. Put an https "
            "proxy in front of the app and set it to the address that people use, for example "
            "https://hotspots.borough.gov.uk: see docs/accounts.md."
        )
        raise OpenAddressError(message)


def behind_the_door(in_force: Settings, ops: Operations) -> st.App:
    """Return the app behind its door, for a server."""
    site = Site.of(in_force)
    door = Middleware(
        Door,
        ops=ops,
        site=site,
        page=SignInPage(
            ops, site, in_force.present, SingleSignOn.of(in_force, ops, in_force.present)
        ),
        uploads=Uploads.of(in_force),
        clock=in_force.present,
        ground_files=partial(map_file, in_force),
    )
    return st.App(ROOT / "app.py", middleware=[door], on_script_error=show_fault)


if __name__ == "__main__":
    sys.exit(main())
