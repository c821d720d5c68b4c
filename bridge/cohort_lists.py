"""Remembers which of Amplitude's lists is which cohort, and under which name OneSignal has heard of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from unicodedata import normalize

from sqlalchemy import ColumnElement, Select, Update, insert, select, update

from bridge.tables import cohort_lists

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.database import Database

_list = cohort_lists.c
_NOT_IN_A_SLUG = re.compile(r"[^A-Za-z0-9_]+")
_SLUG_CHARACTERS_MAX = 100


class CohortLists:
    """The lists of one connection."""

    def __init__(self, database: Database, *, connection: str, ids: Callable[[], str]) -> None:
        self._database = database
        self._connection = connection
        self._ids = ids

    def open(self, cohort_id: str, name: str) -> str:
        """Answer the cohort's list id, always the same one; the name is the newest that was heard."""
        with self._database.transaction() as transaction:
            found = transaction.execute(self._select(_list.cohort_id == cohort_id)).one_or_none()
            if found is None:
                list_id = self._ids()
                row = {"connection": self._connection, "cohort_id": cohort_id, "list_id": list_id, "name": name}
                transaction.execute(insert(cohort_lists).values(row))
                return list_id
            if found.name != name:
                transaction.execute(self._update(cohort_id).values(name=name))
            return str(found.list_id)

    def cohort_of(self, list_id: str) -> str | None:
        """Answer which cohort a list id stands for; None when it was never given out."""
        with self._database.transaction() as transaction:
            found = transaction.execute(self._select(_list.list_id == list_id)).one_or_none()
        return None if found is None else str(found.cohort_id)

    def name_to_announce(self, cohort_id: str) -> str | None:
        """Answer the name that OneSignal has not heard yet; None when it has."""
        with self._database.transaction() as transaction:
            found = transaction.execute(self._select(_list.cohort_id == cohort_id)).one()
        return None if found.name == found.announced_name else str(found.name)

    def announced(self, cohort_id: str, name: str | None) -> None:
        """Remember what OneSignal has heard; None makes it be told again."""
        with self._database.transaction() as transaction:
            transaction.execute(self._update(cohort_id).values(announced_name=name))

    def tag_key(self, cohort_id: str, pattern: str) -> str:
        """Answer the key of a cohort's tag: made when it is first asked for, and the same under every later name.

        When another cohort has the key already, the cohort's id is added to it.
        """
        with self._database.transaction() as transaction:
            found = transaction.execute(self._select(_list.cohort_id == cohort_id).with_for_update()).one()
            if found.tag_key is not None:
                return str(found.tag_key)
            key = pattern.replace("<slug>", slug(found.name)).replace("<id>", cohort_id)
            if transaction.execute(self._select(_list.tag_key == key)).first() is not None:
                key = f"{key}_{cohort_id}"
            transaction.execute(self._update(cohort_id).values(tag_key=key))
            return key

    def _select(self, condition: ColumnElement[bool]) -> Select[tuple[object, ...]]:
        return select(cohort_lists).where(_list.connection == self._connection, condition)

    def _update(self, cohort_id: str) -> Update:
        return update(cohort_lists).where(_list.connection == self._connection, _list.cohort_id == cohort_id)


def slug(name: str) -> str:
    """Answer a name in letters, digits, `_` and `-`, as Amplitude writes it (facts/amplitude-api.md 4.2)."""
    return _NOT_IN_A_SLUG.sub("-", normalize("NFKD", name))[:_SLUG_CHARACTERS_MAX]
