"""What every operations table is built on: the declarative base and the column types.

The types behave the same on SQLite and PostgreSQL: a time goes in with its zone and comes out in
UTC, a geometry goes in and comes out as a Shapely geometry and is kept as WKB in the metric CRS.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar, Final

import shapely
from shapely.geometry.base import BaseGeometry
from sqlalchemy import DateTime, Float, LargeBinary, MetaData, TypeDecorator, event
from sqlalchemy.orm import ColumnProperty, DeclarativeBase, InstrumentedAttribute

if TYPE_CHECKING:
    from sqlalchemy.engine import Dialect
    from sqlalchemy.types import TypeEngine

SECRET: Final = {"audit": "secret"}
_NAMES: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class MappedRow(DeclarativeBase):
    """What all mapped rows are; each insert, change and removal of one is audited by itself.

    A class may name the row it belongs to, so that its changes are found in that row's history:
    ``audit_subject = ("taskings", "tasking_id")`` (the table, and the column of this class that
    holds the key). A column whose value must not reach the audit trail has ``info=SECRET``.
    """

    metadata = MetaData(naming_convention=_NAMES)
    type_annotation_map: ClassVar[dict[type, TypeEngine[Any]]] = {float: Float()}  # 8 bytes on both
    audit_subject: ClassVar[tuple[str, str] | None] = None


def _keep_old_value(row: MappedRow, value: object, old: object, initiator: object) -> None:
    """Do nothing: that it listens makes the session load the value that is being replaced."""


def _know_before(
    kind: type[MappedRow], name: str, attribute: InstrumentedAttribute[object]
) -> None:
    """Have the old value at hand whenever a column is set, for the audit trail."""
    if isinstance(attribute.property, ColumnProperty):
        event.listen(attribute, "set", _keep_old_value, active_history=True)


event.listen(MappedRow, "attribute_instrument", _know_before, propagate=True)


class UtcDateTime(TypeDecorator[datetime]):
    """A moment: needs its time zone going in, comes out in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Turn into UTC; refuse a time without a zone, which could be any hour."""
        if value is None:
            return None
        if value.tzinfo is None:
            message = f"a time without a time zone cannot be stored: {value}"
            raise ValueError(message)
        inside = value.astimezone(UTC)
        return inside.replace(tzinfo=None) if dialect.name == "sqlite" else inside

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the time back in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


class Geometry(TypeDecorator[BaseGeometry]):
    """A Shapely geometry in the store's metric CRS, kept as WKB."""

    impl = LargeBinary
    cache_ok = True

    def process_bind_param(self, value: BaseGeometry | None, dialect: Dialect) -> bytes | None:
        """Write the geometry as WKB."""
        return None if value is None else bytes(shapely.to_wkb(value))

    def process_result_value(self, value: bytes | None, dialect: Dialect) -> BaseGeometry | None:
        """Read the geometry from WKB."""
        return None if value is None else shapely.from_wkb(value)
