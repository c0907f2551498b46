"""Visit: what is on now for a team, nearest first, and three taps: arrived, leaving, saved."""

from __future__ import annotations

from data.operations.taskings.taskings import taskings
from geo.errors import PlainError
from pages.shell import queries_operations, saving
from pages.shell.messages import errors_as_messages
from pages.shell.person import person
from pages.tasking.visit_parts import street, visit_corrections, visit_upload

with errors_as_messages(PlainError):
    person().must_be_officer("Logging a visit")
    ops = queries_operations.operations()
told = saving.outcome()
with errors_as_messages(PlainError):
    street.draw()
visit_corrections.corrections(taskings(ops, statuses=("active", "completed")), ops=ops)
saving.leftover(told)
visit_upload.upload()
