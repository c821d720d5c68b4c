"""The membership ledger: whether OneSignal has heard of every user of every cohort, so that nothing is said twice.

It lives in the database and costs no memory. A user is `pending_add` or `pending_remove` while a change is on its way,
then `applied` or `removed`, or `refused` with the reason. `computed_at` lets no older batch undo a newer one.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from sqlalchemy import BigInteger, Column, String, Table, and_, bindparam, delete, func, null, or_, select, update

from bridge.database import INSERTS
from bridge.identifiers import objection
from bridge.tables import cohort_lists, metadata

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import Connection

    from bridge.database import Database

Operation = Literal["add", "remove"]
Membership = Literal["pending_add", "applied", "pending_remove", "removed", "refused"]

_LOOKED_UP_AT_ONCE = 5_000

members = Table(
    "cohort_members",
    metadata,
    Column("connection", String, primary_key=True),
    Column("cohort_id", String, primary_key=True),
    Column("external_id", String, primary_key=True),
    Column("state", String, nullable=False),
    Column("reason", String),
    Column("computed_at", BigInteger, nullable=False),
    Column("run", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

# what an operation need not do, because it has been done or is under way; everything else is a change
_NEEDLESS: MappingProxyType[tuple[Operation, str], str] = MappingProxyType(
    {
        ("add", "pending_add"): "already on its way in",
        ("add", "applied"): "already a member",
        ("remove", "pending_remove"): "already on its way out",
        ("remove", "removed"): "not a member",
    }
)
_PENDING: MappingProxyType[Operation, Membership] = MappingProxyType({"add": "pending_add", "remove": "pending_remove"})
OLDER = "older than what is known"
NEVER_HANDED_ON = 0  # the run of a user whose id may not travel


@dataclass(frozen=True, slots=True)
class Member:
    """One user's line in the ledger."""

    connection: str
    cohort_id: str
    external_id: str
    state: Membership
    reason: str | None
    computed_at: int
    run: int


@dataclass(frozen=True, slots=True)
class Decided:
    """What a batch comes to: users to tell OneSignal about, users whose id may not travel, and who is skipped why.

    An objection is told once; when the same user comes again it is only counted.
    """

    changes: tuple[str, ...] = ()
    objections: tuple[tuple[str, str], ...] = ()
    skipped: Counter[str] = field(default_factory=Counter)

    @property
    def skipped_altogether(self) -> Counter[str]:
        """Count everybody who is not told to OneSignal, by reason."""
        return self.skipped + Counter(reason for _, reason in self.objections)


class Memberships:
    """The ledger of one connection."""

    def __init__(self, database: Database, *, connection: str) -> None:
        self._database = database
        self._connection = connection

    def decide(self, cohort_id: str, operation: Operation, users: Iterable[str], *, computed_at: int) -> Decided:
        """Say what this operation on these users comes to; changes nothing."""
        changes: list[str] = []
        objections: list[tuple[str, str]] = []
        skipped: Counter[str] = Counter()
        for some in _by(_LOOKED_UP_AT_ONCE, users):
            known = self._known(cohort_id, some)
            for user in some:
                state, reason, known_since = known.get(user, ("", None, 0))
                against = objection("external_id", user)
                if computed_at < known_since:
                    skipped[OLDER] += 1
                elif against is not None:
                    if (state, reason) == ("refused", against):
                        skipped[against] += 1
                    else:
                        objections.append((user, against))
                elif needless := _NEEDLESS.get((operation, state)):
                    skipped[needless] += 1
                else:
                    changes.append(user)
        return Decided(tuple(changes), tuple(objections), skipped)

    def enter(self, cohort_id: str, operation: Operation, decided: Decided, *, computed_at: int, run: int) -> None:
        """Write down what was decided; the deliveries are put into the outbox in the same transaction."""
        same = {"connection": self._connection, "cohort_id": cohort_id, "computed_at": computed_at, "run": run}
        pending = _PENDING[operation]
        rows: list[dict[str, object]] = [
            {**same, "external_id": user, "state": pending, "reason": None} for user in sorted(decided.changes)
        ]
        rows += [
            {**same, "external_id": user, "state": "refused", "reason": against, "run": NEVER_HANDED_ON}
            for user, against in sorted(decided.objections)
        ]
        if not rows:
            return
        with self._database.transaction() as transaction:
            inserting = INSERTS[transaction.dialect.name](members)
            changed = {name: inserting.excluded[name] for name in ("state", "reason", "computed_at", "run")}
            key = list(members.primary_key)
            transaction.execute(inserting.on_conflict_do_update(index_elements=key, set_=changed), rows)

    def confirm(self, cohort_id: str, users: Sequence[str], *, computed_at: int) -> None:
        """Note that a newer batch said the same of these users, so that an older one cannot change them any more."""
        rows = [{"c": self._connection, "i": cohort_id, "u": user, "at": computed_at} for user in sorted(users)]
        if rows:
            newer = update(members).where(_IS, members.c.computed_at < bindparam("at"))
            with self._database.transaction() as transaction:
                transaction.execute(newer.values(computed_at=bindparam("at")), rows)

    def lock(self, cohort_id: str) -> None:
        """Let two batches of one cohort be decided one after the other, also by two processes."""
        row = and_(cohort_lists.c.connection == self._connection, cohort_lists.c.cohort_id == cohort_id)
        with self._database.transaction() as transaction:
            transaction.execute(select(cohort_lists.c.name).where(row).with_for_update())

    def settle(self, operation: Operation, changed: Iterable[tuple[str, str]]) -> None:
        """Note that OneSignal has taken these changes, (cohort id, external id) each."""
        became: Membership = "applied" if operation == "add" else "removed"
        self._become(became, changed, among=(_PENDING[operation], "refused"))

    def refuse(self, operation: Operation, refused: Iterable[tuple[str, str, str]]) -> None:
        """Note that OneSignal will not take these changes: (cohort id, external id, reason) each.

        Whose removal is refused is still a member there, and is removed again at the next sync.
        """
        became: Membership = "refused" if operation == "add" else "applied"
        rows = [
            {"c": self._connection, "i": cohort_id, "u": user, "why": why} for cohort_id, user, why in sorted(refused)
        ]
        if rows:
            still = members.c.state == _PENDING[operation]
            with self._database.transaction() as transaction:
                transaction.execute(
                    update(members).where(_IS, still).values(state=became, reason=bindparam("why")), rows
                )

    def forget(self, cohort_id: str) -> None:
        """Forget who was in a cohort that OneSignal has forgotten: the next sync says it again."""
        here = and_(members.c.connection == self._connection, members.c.cohort_id == cohort_id)
        with self._database.transaction() as transaction:
            transaction.execute(delete(members).where(here, members.c.state == "applied"))

    def counts(self, cohort_id: str) -> dict[str, int]:
        """Count the members of a cohort by state."""
        counted = (
            select(members.c.state, func.count())
            .where(members.c.connection == self._connection, members.c.cohort_id == cohort_id)
            .group_by(members.c.state)
            .order_by(members.c.state)
        )
        with self._database.transaction() as transaction:
            return {str(state): int(times) for state, times in transaction.execute(counted)}

    def _known(self, cohort_id: str, users: Sequence[str]) -> dict[str, tuple[str, str | None, int]]:
        wanted = select(members.c.external_id, members.c.state, members.c.reason, members.c.computed_at).where(
            members.c.connection == self._connection,
            members.c.cohort_id == cohort_id,
            members.c.external_id.in_(users),
        )
        with self._database.transaction() as transaction:
            return {row[0]: (row[1], row[2], row[3]) for row in transaction.execute(wanted)}

    def _become(self, state: Membership, changed: Iterable[tuple[str, str]], *, among: tuple[str, ...]) -> None:
        rows = [{"c": self._connection, "i": cohort_id, "u": user} for cohort_id, user in sorted(changed)]
        if rows:
            from_states = or_(*(members.c.state == each for each in among))
            with self._database.transaction() as transaction:
                transaction.execute(update(members).where(_IS, from_states).values(state=state, reason=null()), rows)


def members_of_user(transaction: Connection, external_id: str) -> list[Member]:
    """Read one user's lines in all cohorts of all connections."""
    lines = select(members).where(members.c.external_id == external_id).order_by(*members.primary_key)
    return [Member(**row._asdict()) for row in transaction.execute(lines)]


_IS = and_(
    members.c.connection == bindparam("c"),
    members.c.cohort_id == bindparam("i"),
    members.c.external_id == bindparam("u"),
)


def _by(size: int, users: Iterable[str]) -> Iterator[list[str]]:
    gathered: list[str] = []
    for user in users:
        gathered.append(user)
        if len(gathered) == size:
            yield gathered
            gathered = []
    if gathered:
        yield gathered
