"""The operations store as pages open it: once for the process, and the time that changes bear."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import streamlit as st

from data.operations.database import Operations
from data.settings import settings

if TYPE_CHECKING:
    from datetime import datetime


def operations() -> Operations:
    """Return the operations store of this process.

    Raises
    ------
    OperationsAddressError, OperationsUnreachableError, NewerStoreError
    """
    used = settings()
    secret = used.operations_url
    return _operations(str(used.store.resolve()), secret.get_secret_value() if secret else "")


@st.cache_resource(max_entries=2, show_spinner=False)
def _operations(folder: str, address: str) -> Operations:
    return Operations.open(settings())


def now() -> datetime:
    """Return the moment, in local time with its zone."""
    used = settings()
    return used.present().astimezone(ZoneInfo(used.timezone))
