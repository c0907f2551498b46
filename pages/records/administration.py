"""Administration: accounts and their roles, and who changed, viewed and exported what."""

from __future__ import annotations

from geo.errors import PlainError
from pages.records.administration_parts import (
    access_table,
    accounts_form,
    audit_table,
    one_person,
)
from pages.shell.messages import errors_as_messages
from pages.shell.person import person
from pages.shell.queries_operations import operations

with errors_as_messages(PlainError):
    who = person()
    ops = operations()
    accounts_form.draw(ops, who=who)
    audit_table.draw(ops, who=who)
    access_table.draw(ops, who=who)
    one_person.draw()
