"""What the outbox says to its one table: what comes in, what is due, and what became of it."""

from __future__ import annotations

from sqlalchemy import and_, bindparam, func, insert, literal_column, null, select, update

from bridge.database import any_of
from bridge.leases import LANES_OF_OTHERS
from bridge.news import NEW_ROW
from bridge.statements import Statement
from bridge.tables import deliveries, is_waiting

_row = deliveries.c
_OF_ROUTE = and_(_row.connection == bindparam("connection"), _row.direction == bindparam("direction"))
_HELD_BACK = select(_row.lane).where(_OF_ROUTE, is_waiting, _row.not_before > bindparam("now"))
_DUE = (
    select(
        _row.id,
        _row.lane,
        _row.kind,
        _row.payload,
        _row.attempts,
        _row.created_at,
        _row.first_tried_at,
        _row.in_doubt_since,
    )
    .where(_OF_ROUTE, is_waiting, _row.lane.not_in(_HELD_BACK))
    .order_by(_row.id)
    .limit(bindparam("limit"))
)
_FIRST_IDS = select(func.min(_row.id)).where(is_waiting).group_by(_row.connection, _row.direction)
_TRIED = update(deliveries).values(attempts=_row.attempts + 1)
_THIS_ONE = _row.id == bindparam("row_id")

INSERT = Statement(lambda _: insert(deliveries), columns=NEW_ROW)
CLAIM = Statement(lambda _: _DUE)
CLAIM_BESIDE_OTHERS = Statement(lambda _: _DUE.where(_row.lane.not_in(LANES_OF_OTHERS)))
NEXT_DELAYED = Statement(
    lambda _: select(func.min(_row.not_before)).where(_OF_ROUTE, is_waiting, _row.not_before > bindparam("now"))
)
OLDEST = Statement(lambda _: select(_row.connection, _row.direction, _row.created_at).where(_row.id.in_(_FIRST_IDS)))
DOUBT = Statement(
    lambda engine: update(deliveries).where(any_of(_row.id, engine)).values(in_doubt_since=bindparam("at"))
)
MARK_DELIVERED = Statement(
    lambda engine: _TRIED.where(any_of(_row.id, engine)).values(
        state=literal_column("'delivered'"), finished_at=bindparam("at"), not_before=null(), reason=null()
    )
)
MARK_BURIED = Statement(
    lambda _: _TRIED.where(_THIS_ONE).values(
        state=literal_column("'buried'"), finished_at=bindparam("at"), not_before=null(), reason=bindparam("why")
    )
)
POSTPONE = Statement(
    lambda _: _TRIED.where(_THIS_ONE).values(
        reason=bindparam("why"),
        not_before=bindparam("until"),
        first_tried_at=func.coalesce(_row.first_tried_at, bindparam("at")),
        in_doubt_since=bindparam("doubt"),
    )
)
