"""The tables of the outbox, in words that SQLite and PostgreSQL both understand."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    and_,
    literal_column,
)

metadata = MetaData()

deliveries = Table(
    "deliveries",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("connection", String, nullable=False),
    Column("direction", String, nullable=False),
    Column("lane", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("source_id", String),
    Column("payload", LargeBinary, nullable=False),
    Column("state", String, nullable=False),
    Column("attempts", Integer, nullable=False, default=0),
    Column("not_before", BigInteger),
    Column("reason", String),
    Column("created_at", BigInteger, nullable=False),
    Column("finished_at", BigInteger),
)

# a literal, not a parameter: only then can the database prove that a partial index holds all it needs
is_waiting = deliveries.c.state == literal_column("'waiting'")
_is_delayed = and_(is_waiting, deliveries.c.not_before.is_not(None))
_has_source = deliveries.c.source_id.is_not(None)

# finished rows leave both indexes, so that a claim costs the same however many there are
Index(
    "deliveries_waiting",
    deliveries.c.connection,
    deliveries.c.direction,
    deliveries.c.id,
    sqlite_where=is_waiting,
    postgresql_where=is_waiting,
)
Index(
    "deliveries_delayed",
    deliveries.c.connection,
    deliveries.c.direction,
    deliveries.c.not_before,
    sqlite_where=_is_delayed,
    postgresql_where=_is_delayed,
)
Index(
    "deliveries_source",
    deliveries.c.connection,
    deliveries.c.direction,
    deliveries.c.source_id,
    unique=True,
    sqlite_where=_has_source,
    postgresql_where=_has_source,
)

ignored = Table(
    "ignored",
    metadata,
    Column("connection", String, primary_key=True),
    Column("direction", String, primary_key=True),
    Column("reason", String, primary_key=True),
    Column("times", BigInteger, nullable=False),
)

cohort_lists = Table(
    "cohort_lists",
    metadata,
    Column("connection", String, primary_key=True),
    Column("cohort_id", String, primary_key=True),
    Column("list_id", String, nullable=False),
    Column("name", String, nullable=False),
    Column("announced_name", String),
    UniqueConstraint("connection", "list_id"),
)
