"""Remembers which of Amplitude's lists is which cohort, and under which name OneSignal has heard of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple
from unicodedata import normalize

from sqlalchemy import ColumnElement, Connection, Select, bindparam, insert, select, update

from bridge.statements import Statement
from bridge.tables import cohort_lists

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.database import Database

_NOT_IN_A_SLUG = re.compile(r"[^A-Za-z0-9_]+")
_SLUG_CHARACTERS_MAX = 100


class _CohortList(NamedTuple):
    """One row of the table."""

    connection: str
    cohort_id: str
    list_id: str
    name: str
    announced_name: str | None
    tag_key: str | None


class CohortLists:
    """The lists of one connection."""

    def __init__(self, database: Database, *, connection: str, ids: Callable[[], str]) -> None:
        self._database = database
        self._connection = connection
        self._ids = ids

    def open(self, cohort_id: str, name: str) -> str:
        """Answer the cohort's list id, always the same one; the name is the newest that was heard."""
        with self._database.transaction() as transaction:
            found = self._find(transaction, _OF_COHORT, cohort_id)
            if found is None:
                list_id = self._ids()
                row = {"connection": self._connection, "cohort_id": cohort_id, "list_id": list_id, "name": name}
                _OPEN.run(transaction, row)
                return list_id
            if found.name != name:
                self._set(transaction, _RENAME, cohort_id, name)
            return found.list_id

    def cohort_of(self, list_id: str) -> str | None:
        """Answer which cohort a list id stands for; None when it was never given out."""
        with self._database.transaction() as transaction:
            found = self._find(transaction, _OF_LIST, list_id)
        return None if found is None else found.cohort_id

    def knows(self, cohort_id: str) -> bool:
        """Say whether a cohort was ever opened."""
        with self._database.transaction() as transaction:
            return self._find(transaction, _OF_COHORT, cohort_id) is not None

    def name_to_announce(self, cohort_id: str) -> str | None:
        """Answer the name that OneSignal has not heard yet; None when it has, or when the cohort was never opened."""
        with self._database.transaction() as transaction:
            found = self._find(transaction, _OF_COHORT, cohort_id)
        return None if found is None or found.name == found.announced_name else found.name

    def announced(self, cohort_id: str, name: str | None) -> None:
        """Remember what OneSignal has heard; None makes it be told again."""
        with self._database.transaction() as transaction:
            self._set(transaction, _ANNOUNCED, cohort_id, name)

    def lock(self, cohort_id: str) -> None:
        """Let two batches of one cohort be decided one after the other, also by two processes."""
        with self._database.transaction() as transaction:
            self._find(transaction, _LOCK, cohort_id)

    def tag_key(self, cohort_id: str, pattern: str) -> str:
        """Answer the key of a cohort's tag: made when it is first asked for, and the same under every later name.

        When another cohort has the key already, the cohort's id is added to it.
        """
        with self._database.transaction() as transaction:
            found = self._find(transaction, _LOCK, cohort_id)
            assert found is not None, "whatever is sent belongs to a list that was opened"
            if found.tag_key is not None:
                return found.tag_key
            key = pattern.replace("<slug>", slug(found.name)).replace("<id>", cohort_id)
            if self._find(transaction, _OF_TAG, key) is not None:
                key = f"{key}_{cohort_id}"
            self._set(transaction, _TAG, cohort_id, key)
            return key

    def _find(self, transaction: Connection, statement: Statement, value: str) -> _CohortList | None:
        row = statement.first(transaction, {"of": self._connection, "value": value})
        return None if row is None else _CohortList(*row)

    def _set(self, transaction: Connection, statement: Statement, cohort_id: str, new: str | None) -> None:
        statement.run(transaction, {"of": self._connection, "value": cohort_id, "new": new})


def slug(name: str) -> str:
    """Answer a name in letters, digits, `_` and `-`, as Amplitude writes it (facts/amplitude-api.md 4.2)."""
    return _NOT_IN_A_SLUG.sub("-", normalize("NFKD", name))[:_SLUG_CHARACTERS_MAX]


_list = cohort_lists.c
_MINE = _list.connection == bindparam("of")


def _where(column: ColumnElement[str]) -> Select[tuple[object, ...]]:
    return select(cohort_lists).where(_MINE, column == bindparam("value"))


def _setting(column: ColumnElement[str]) -> Statement:
    this = update(cohort_lists).where(_MINE, _list.cohort_id == bindparam("value"))
    return Statement(lambda _: this.values({column: bindparam("new")}))


_OF_COHORT = Statement(lambda _: _where(_list.cohort_id))
_OF_LIST = Statement(lambda _: _where(_list.list_id))
_OF_TAG = Statement(lambda _: _where(_list.tag_key))
_LOCK = Statement(lambda _: _where(_list.cohort_id).with_for_update())
_OPEN = Statement(lambda _: insert(cohort_lists), columns=("connection", "cohort_id", "list_id", "name"))
_RENAME = _setting(_list.name)
_ANNOUNCED = _setting(_list.announced_name)
_TAG = _setting(_list.tag_key)
