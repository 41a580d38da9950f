"""The common ground of all tables: complete objects, UTC moments, JSON as text."""

from datetime import UTC, datetime
from typing import Any, ClassVar, dataclass_transform

from sqlalchemy import JSON, BigInteger, DateTime, Dialect, Integer, MetaData, Text, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, MappedAsDataclass, mapped_column, relationship

BigId = BigInteger().with_variant(Integer, "sqlite")


class Moment(TypeDecorator[datetime]):
    """A UTC moment; SQLite forgets time zones, so it is restored on the way out."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone could mean anything")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


@dataclass_transform(kw_only_default=True, field_specifiers=(mapped_column, relationship))
class Model(MappedAsDataclass, DeclarativeBase, kw_only=True, repr=False, eq=False):
    """A row. It is complete before it is written, and nothing about it loads by surprise."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        int: BigId,
        str: Text,
        datetime: Moment,
        dict[str, Any]: JSON,
        list[Any]: JSON,
        list[str]: JSON,
    }

    def __repr__(self) -> str:
        """Say which row this is and nothing of what it holds, which may be secret."""
        return f"<{type(self).__name__} {self.__dict__.get('id', '')}>"
