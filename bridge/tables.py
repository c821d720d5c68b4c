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
    Column("first_tried_at", BigInteger),
    Column("in_doubt_since", BigInteger),
    Column("reason", String),
    Column("notes", String),
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

Index(
    "deliveries_finished",
    deliveries.c.finished_at,
    sqlite_where=deliveries.c.finished_at.is_not(None),
    postgresql_where=deliveries.c.finished_at.is_not(None),
)

# ids of message events whose deliveries are no longer kept: the memory by which a repeated one is known
remembered = Table(
    "remembered",
    metadata,
    Column("connection", String, primary_key=True),
    Column("direction", String, primary_key=True),
    Column("source_id", String, primary_key=True),
    Column("received_at", BigInteger, nullable=False, index=True),
)

# how often what became of a delivery; `outcome` is an `Outcome` of tallies.py
tallies = Table(
    "tallies",
    metadata,
    Column("connection", String, primary_key=True),
    Column("direction", String, primary_key=True),
    Column("outcome", String, primary_key=True),
    Column("reason", String, primary_key=True),
    Column("times", BigInteger, nullable=False),
)

# whether a route rests or is stopped; `stopped_key` says under which credential, in a digest
routes = Table(
    "routes",
    metadata,
    Column("connection", String, primary_key=True),
    Column("direction", String, primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("rests_until", BigInteger),
    Column("stopped_because", String),
    Column("stopped_key", String),
)

# who is alive, and which lane is whose: rows here only when several workers share one database
workers = Table(
    "workers",
    metadata,
    Column("name", String, primary_key=True),
    Column("alive_until", BigInteger, nullable=False),
)
lane_leases = Table(
    "lane_leases",
    metadata,
    Column("connection", String, primary_key=True),
    Column("direction", String, primary_key=True),
    Column("lane", String, primary_key=True),
    Column("worker", String, nullable=False),
)

# how long the vendors took, in calls of at most `up_to_ms`
latencies = Table(
    "latencies",
    metadata,
    Column("connection", String, primary_key=True),
    Column("direction", String, primary_key=True),
    Column("up_to_ms", Integer, primary_key=True, autoincrement=False),
    Column("times", BigInteger, nullable=False),
    Column("total_ms", BigInteger, nullable=False),
)

cohort_lists = Table(
    "cohort_lists",
    metadata,
    Column("connection", String, primary_key=True),
    Column("cohort_id", String, primary_key=True),
    Column("list_id", String, nullable=False),
    Column("name", String, nullable=False),
    Column("announced_name", String),
    Column("tag_key", String),
    UniqueConstraint("connection", "list_id"),
)
