"""What operations hold about one member of staff, and putting another name in its place.

The search knows no list of places: it looks into every column of text of every table, so that a
table that is added later is searched too. A name counts where it stands as a whole, in whatever
case: "Ann" is not in "Hannah". An account is followed to its sign-ins and to what was changed
about it.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from string import ascii_lowercase, ascii_uppercase
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import JSON, String, Text, and_, cast, delete, func, or_, select, update

from data.operations.accounts.tables import KnownBrowserRow, SignInRow, UserRow
from data.operations.audit.changes import AuditRow
from data.operations.base import SECRET, Geometry
from data.operations.retention.removals import RemovalRow
from data.operations.tables import all_tables
from data.operations.views.tables import PersonalChoiceRow, SavedViewRow

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Column, ColumnElement, Table
    from sqlalchemy.engine import Connection

_HIDDEN: Final = "(secret)"
_AREA: Final = "(an area)"
_SMALL: Final = str.maketrans(ascii_uppercase, ascii_lowercase)


@dataclass(frozen=True, slots=True)
class StoredRow:
    """One row that is about somebody.

    Attributes
    ----------
    table : str
    key : str
        The parts of a key of several columns are joined by ``/``.
    named_in : tuple of str
        Columns in which the name stands; empty where the row belongs to an account of the name.
    values : mapping of str to a JSON value
        The whole row; secrets and areas are named and not spelt out.
    """

    table: str
    key: str
    named_in: tuple[str, ...]
    values: Mapping[str, Any]


def rows_about(connection: Connection, name: str) -> list[StoredRow]:
    """Return every row of operations that names a person or belongs to an account of the name."""
    whole = _pattern(name)
    accounts = _accounts(connection, name)
    return [
        StoredRow(table.name, _key(table, row), named, _shown(table, row))
        for table in all_tables().sorted_tables
        for row in _candidates(connection, table, name=name, accounts=accounts)
        if (named := _named_in(table, row, whole=whole)) or _belongs(table, row, accounts)
    ]


def rename(connection: Connection, name: str, *, pseudonym: str) -> int:
    """Put a pseudonym in the place of a name wherever it stands; return how many rows changed.

    The sign-ins of an account of the name end, and what served that person alone goes: private
    views, start page and team. What the person shared stays under the pseudonym. The record of
    removals is left as it is: it says who removed what, and nobody may change it.

    Parameters
    ----------
    connection : Connection
        As `data.operations.retention.removals.removing` gives it.
    name, pseudonym : str
    """
    whole = _pattern(name)
    accounts = _accounts(connection, name)
    for ended in (SignInRow, KnownBrowserRow):
        connection.execute(delete(ended).where(ended.user_id.in_(accounts)))
    _forget_choices(connection, name)
    changed = 0
    for table in all_tables().sorted_tables:
        if table.name == RemovalRow.__tablename__:
            continue
        for row in _candidates(connection, table, name=name, accounts=set()):
            new = {
                column: _renamed(row[column], whole=whole, pseudonym=pseudonym)
                for column in _named_in(table, row, whole=whole)
            }
            if not new:
                continue
            if table.name == UserRow.__tablename__ and "name" in new:
                new["name_key"] = str(new["name"]).casefold()
                new["issuer"] = new["subject"] = None  # whom the council's directory knows
            if "version" in table.columns:  # so that nobody goes on seeing the row as it was
                new["version"] = row["version"] + 1
            same = [column == row[column.name] for column in table.primary_key]
            connection.execute(update(table).where(and_(*same)).values(new))
            changed += 1
    return changed


def _forget_choices(connection: Connection, name: str) -> None:
    """Remove what served one person alone and nobody else can see."""
    private = select(SavedViewRow.view_id, SavedViewRow.owner).where(SavedViewRow.shared.is_(False))
    chosen = select(PersonalChoiceRow.choice_id, PersonalChoiceRow.person)
    for key, rows in ((SavedViewRow.view_id, private), (PersonalChoiceRow.choice_id, chosen)):
        mine = [
            number
            for number, owner in connection.execute(rows)
            if _account_key(owner) == _account_key(name)
        ]
        connection.execute(delete(key.class_).where(key.in_(mine)))


def account_is_open(connection: Connection, name: str) -> bool:
    """Tell whether somebody can still sign in by this name."""
    opened = select(func.count()).where(UserRow.name_key == _account_key(name), UserRow.active)
    return bool(connection.scalar(opened))


def is_named(text: str, *, name: str) -> bool:
    """Tell whether a name stands in a text as a whole."""
    return _pattern(name).search(text) is not None


def renamed(text: str, *, name: str, pseudonym: str) -> str:
    """Return a text with a pseudonym in the place of a name."""
    return _pattern(name).sub(lambda _: pseudonym, text)


def _pattern(name: str) -> re.Pattern[str]:
    words = r"\s+".join(map(re.escape, name.split()))
    return re.compile(rf"(?<!\w){words}(?!\w)", re.IGNORECASE)


def _account_key(name: str) -> str:
    return " ".join(name.split()).casefold()


def _accounts(connection: Connection, name: str) -> set[int]:
    mine = select(UserRow.user_id).where(UserRow.name_key == _account_key(name))
    return set(connection.scalars(mine))


def _text_columns(table: Table) -> list[Column[Any]]:
    return [column for column in table.columns if isinstance(column.type, String | Text | JSON)]


def _candidates(
    connection: Connection, table: Table, *, name: str, accounts: set[int]
) -> list[dict[str, Any]]:
    """Return the rows in which the first word of the name stands anywhere, or of an account."""
    first = name.split()[0]
    spellings = {first, first.casefold(), first.capitalize(), first.upper()}
    spellings |= {json.dumps(each)[1:-1] for each in spellings}  # as JSON is kept
    conditions: list[ColumnElement[bool]] = [
        func.lower(cast(column, Text)).contains(each, autoescape=True)
        for column in _text_columns(table)
        for each in sorted({as_lowered for each in spellings for as_lowered in _lowered(each)})
    ]
    if accounts and "user_id" in table.columns:
        conditions.append(table.columns["user_id"].in_(accounts))
    if accounts and table.name == AuditRow.__tablename__:
        conditions.append(_of_accounts(table, accounts))
    if not conditions:
        return []
    wanted = select(table).where(or_(*conditions)).order_by(*table.primary_key)
    return [dict(row) for row in connection.execute(wanted).mappings()]


def _lowered(text: str) -> tuple[str, str]:
    """Return a text in small letters as databases write it: SQLite knows those of English alone."""
    return text.lower(), text.translate(_SMALL)


def _of_accounts(table: Table, accounts: set[int]) -> ColumnElement[bool]:
    return and_(
        table.columns["table_name"] == UserRow.__tablename__,
        table.columns["row_key"].in_([str(each) for each in accounts]),
    )


def _belongs(table: Table, row: Mapping[str, Any], accounts: set[int]) -> bool:
    if table.name == AuditRow.__tablename__:
        keys = {str(each) for each in accounts}
        return row["table_name"] == UserRow.__tablename__ and row["row_key"] in keys
    return row.get("user_id") in accounts


def _named_in(table: Table, row: Mapping[str, Any], *, whole: re.Pattern[str]) -> tuple[str, ...]:
    return tuple(
        column.name
        for column in _text_columns(table)
        if row[column.name] is not None and whole.search(_as_text(row[column.name]))
    )


def _as_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _renamed(value: Any, *, whole: re.Pattern[str], pseudonym: str) -> Any:  # noqa: ANN401 - JSON
    if isinstance(value, str):
        return whole.sub(lambda _: pseudonym, value)
    if isinstance(value, list):
        return [_renamed(each, whole=whole, pseudonym=pseudonym) for each in value]
    if isinstance(value, dict):
        return {
            whole.sub(lambda _: pseudonym, key): _renamed(each, whole=whole, pseudonym=pseudonym)
            for key, each in value.items()
        }
    return value


def _key(table: Table, row: Mapping[str, Any]) -> str:
    return "/".join(str(row[column.name]) for column in table.primary_key)


def _shown(table: Table, row: Mapping[str, Any]) -> dict[str, Any]:
    return {column.name: _plain(column, row[column.name]) for column in table.columns}


def _plain(column: Column[Any], value: Any) -> Any:  # noqa: ANN401 - a column's value
    if value is None:
        return None
    if column.info == SECRET:
        return _HIDDEN
    if isinstance(column.type, Geometry):
        return _AREA
    if isinstance(value, dict | list | str | int | float):
        return value
    return str(value)
