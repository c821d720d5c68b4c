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

from bridge.database import any_of, as_list
from bridge.identifiers import objection
from bridge.statements import Statement, writing
from bridge.tables import metadata

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
        with self._database.transaction() as transaction:
            _ENTER.run(transaction, *rows)

    def confirm(self, cohort_id: str, users: Sequence[str], *, computed_at: int) -> None:
        """Note that a newer batch said the same of these users, so that an older one cannot change them any more."""
        rows = ({**self._key(cohort_id, user), "at": computed_at} for user in sorted(users))
        with self._database.transaction() as transaction:
            _CONFIRM.run(transaction, *rows)

    def settle(self, operation: Operation, changed: Iterable[tuple[str, str]]) -> None:
        """Note that OneSignal has taken these changes, (cohort id, external id) each."""
        became: Membership = "applied" if operation == "add" else "removed"
        same = {"became": became, "pending": _PENDING[operation]}
        with self._database.transaction() as transaction:
            _SETTLE.run(transaction, *({**self._key(*member), **same} for member in sorted(changed)))

    def refuse(self, operation: Operation, refused: Iterable[tuple[str, str, str]]) -> None:
        """Note that OneSignal will not take these changes: (cohort id, external id, reason) each.

        Whose removal is refused is still a member there, and is removed again at the next sync.
        """
        became: Membership = "refused" if operation == "add" else "applied"
        same = {"became": became, "pending": _PENDING[operation]}
        rows = ({**self._key(cohort_id, user), **same, "why": why} for cohort_id, user, why in sorted(refused))
        with self._database.transaction() as transaction:
            _REFUSE.run(transaction, *rows)

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
        with self._database.transaction() as transaction:
            wanted = {"of": self._connection, "cohort": cohort_id, "them": as_list(transaction, users)}
            return {row[0]: (row[1], row[2], row[3]) for row in _KNOWN.all(transaction, wanted)}

    def _key(self, cohort_id: str, external_id: str) -> dict[str, object]:
        return {"of": self._connection, "cohort": cohort_id, "user": external_id}


def members_of_user(transaction: Connection, external_id: str) -> list[Member]:
    """Read one user's lines in all cohorts of all connections."""
    lines = select(members).where(members.c.external_id == external_id).order_by(*members.primary_key)
    return [Member(**row._asdict()) for row in transaction.execute(lines)]


def _by(size: int, users: Iterable[str]) -> Iterator[list[str]]:
    gathered: list[str] = []
    for user in users:
        gathered.append(user)
        if len(gathered) == size:
            yield gathered
            gathered = []
    if gathered:
        yield gathered


_member = members.c
_HERE = and_(_member.connection == bindparam("of"), _member.cohort_id == bindparam("cohort"))
_IS = and_(_HERE, _member.external_id == bindparam("user"))
_IS_PENDING = _member.state == bindparam("pending")
_ENTER = writing(members, replace=("state", "reason", "computed_at", "run"))
_CONFIRM = Statement(
    lambda _: update(members).where(_IS, _member.computed_at < bindparam("at")).values(computed_at=bindparam("at"))
)
_SETTLE = Statement(
    lambda _: (
        update(members)
        .where(_IS, or_(_IS_PENDING, _member.state == "refused"))
        .values(state=bindparam("became"), reason=null())
    )
)
_REFUSE = Statement(
    lambda _: update(members).where(_IS, _IS_PENDING).values(state=bindparam("became"), reason=bindparam("why"))
)
_KNOWN = Statement(
    lambda engine: select(_member.external_id, _member.state, _member.reason, _member.computed_at).where(
        _HERE, any_of(_member.external_id, engine)
    )
)
