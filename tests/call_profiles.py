"""Profiles of files of calls, without and with who called."""

from __future__ import annotations

from typing import Final

CALLS_PROFILE: Final = """\
name = "calls"
source = "calls"
date_format = "%d/%m/%Y %H:%M"
category = "asb"
[columns]
id = "Reference"
start = "Date"
offence = "Type"
easting = "Easting"
northing = "Northing"
"""
CALLERS_PROFILE: Final = CALLS_PROFILE + 'caller = "Telephone"\n'
