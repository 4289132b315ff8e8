"""The register as people ask for it: filters, orders, pages; a hidden petition is shown only to those assigned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session, defer

from api.records import cursors
from api.records.columns import Array, Coded, Columns, Source, View, days, flags, kept, plain
from api.records.petition_store import OPEN_STATUSES
from api.records.petitions import Assignment, Petition, PetitionField
from api.records.word_index import hits
from api.records.words import Query, parse_query

ORDERS = ("inbox", "newest", "received", "due")
PAGE = 40
MAX_PAGE = 200


@dataclass(frozen=True, slots=True)
class Viewer:
    """Who is looking: `user_id` for assignments, `sees_all` for the operator of an instance without accounts."""

    user_id: int | None
    sees_all: bool = False


@dataclass(frozen=True, slots=True)
class PetitionFilter:
    """What a person asks of the register; every tuple means "any of these", empty means all."""

    q: str = ""
    field: tuple[str, ...] = ()
    type: tuple[str, ...] = ()
    urgency: tuple[str, ...] = ()
    status: tuple[str, ...] = ()
    channel: tuple[str, ...] = ()
    province: tuple[str, ...] = ()
    commune: tuple[str, ...] = ()
    received_from: date | None = None
    received_to: date | None = None
    needs_review: bool | None = None
    overdue_on: date | None = None
    mine: bool = False
    open_only: bool = False


@dataclass(frozen=True, slots=True)
class RegisterPage:
    """One page of the register."""

    petitions: tuple[Petition, ...]
    next: str | None
    total: int
    query: Query | None


def visible(viewer: Viewer) -> ColumnElement[bool] | None:
    """The condition that keeps denunciations from everybody who is not assigned to them."""
    if viewer.sees_all:
        return None
    if viewer.user_id is None:
        return Petition.confidential.is_(False)
    own = select(Assignment.petition_num).where(Assignment.user_id == viewer.user_id)
    return or_(Petition.confidential.is_(False), Petition.num.in_(own))


def may_see(session: Session, petition: Petition, viewer: Viewer) -> bool:
    """True if this viewer may read this petition."""
    return not petition.confidential or is_assigned(session, petition, viewer)


def is_assigned(session: Session, petition: Petition, viewer: Viewer) -> bool:
    """True if this viewer works on this petition; the local operator works on all."""
    if viewer.sees_all or viewer.user_id is None:
        return viewer.sees_all
    return session.get(Assignment, (petition.num, viewer.user_id)) is not None


def register_columns() -> dict[str, Source]:
    """What filters, orders and statistics look at, kept in memory."""
    return {
        "": Source(Petition.num, {
            "received": (Petition.received_at, days), "due": (Petition.due_on, days),
            "rank": (Petition.urgency_rank, plain), "needs_review": (Petition.needs_review, flags),
            "confidential": (Petition.confidential, flags), "type": (Petition.type, Coded()),
            "urgency": (Petition.urgency, Coded()), "status": (Petition.status, Coded()),
            "channel": (Petition.channel, Coded()), "place": ((Petition.province, Petition.commune), Coded()),
        }),
        "fields": Source(PetitionField.petition_num, {
            "code": ((PetitionField.code, PetitionField.parent), Coded()), "position": (PetitionField.position, plain),
        }),
    }  # fmt: skip


def register(session: Session) -> Columns:
    """The register's columns."""
    return kept(session, "petitions", register_columns)


def seen_by(session: Session, view: View, viewer: Viewer) -> Array:
    """Which rows of the register this person may know of."""
    if viewer.sees_all:
        return np.ones(len(view), dtype=bool)
    return ~view["confidential"] | view.among(_assigned(session, viewer))


def _assigned(session: Session, viewer: Viewer) -> list[int]:
    if viewer.user_id is None:
        return []
    return list(session.scalars(select(Assignment.petition_num).where(Assignment.user_id == viewer.user_id)))


def matching(session: Session, wanted: PetitionFilter, viewer: Viewer, view: View) -> Array:
    """Which rows of the register stand all filters but the words, among those that this person may know of."""
    columns, mask = register(session), seen_by(session, view, viewer)
    for name in ("type", "urgency", "status", "channel"):
        if values := getattr(wanted, name):
            mask &= columns.coded(name).among(values)[view[name]]
    for part, values in enumerate((wanted.province, wanted.commune)):
        if values:
            mask &= columns.coded("place").among(values, part)[view["place"]]
    if wanted.field:
        codes = columns.coded("code", "fields").among(wanted.field, 0)
        mask &= view.holding("fields", codes[view.beside("fields", "code")])
    if wanted.received_from:
        mask &= view["received"] >= wanted.received_from.toordinal()
    if wanted.received_to:
        mask &= view["received"] <= wanted.received_to.toordinal()
    if wanted.needs_review is not None:
        mask &= view["needs_review"] == wanted.needs_review
    if wanted.overdue_on:
        mask &= view["due"] < wanted.overdue_on.toordinal()
    if wanted.open_only or wanted.overdue_on:
        mask &= columns.coded("status").among(OPEN_STATUSES)[view["status"]]
    if wanted.mine:
        mask &= view.among(_assigned(session, viewer))
    return mask


def list_petitions(
    session: Session,
    wanted: PetitionFilter,
    viewer: Viewer,
    *,
    order: str = "newest",
    cursor: str | None = None,
    limit: int = PAGE,
) -> RegisterPage:
    """One page of the register.

    Parameters
    ----------
    order : str
        `inbox` (most urgent first, then the earliest due date), `newest` (entered last), `received` (by received
        date, latest first) or `due` (earliest due date first).

    Raises
    ------
    QueryError, CursorError
        When the query or the cursor cannot be understood.
    """
    query = parse_query(wanted.q)
    view = register(session).view(session)
    mask = matching(session, wanted, viewer, view)
    if query:
        found = mask & view.among(hits(session, "petitions", query))
        if query.exact and not found.any():
            query = query.unaccented()
            found = mask & view.among(hits(session, "petitions", query))
        mask = found
    rows = np.flatnonzero(mask)
    total = len(rows)
    limit = max(1, min(limit, MAX_PAGE))
    rows = _first(view, rows, order, limit + 1, cursor)
    following = cursors.encode(order, _cursor_values(view, order, rows[limit - 1])) if len(rows) > limit else None
    return RegisterPage(_load(session, view["num"][rows[:limit]].tolist(), viewer), following, total, query)


def _first(view: View, rows: Array, order: str, most: int, cursor: str | None = None) -> Array:
    """The first of these rows in an order, after a cursor."""
    key = _order_key(order, *(view[name][rows].astype(np.int64) for name in _PARTS))
    if cursor:
        after = _cursor_key(order, cursor)
        rows, key = rows[key > after], key[key > after]
    if len(rows) > most:
        first = np.argpartition(key, most - 1)[:most]
        rows, key = rows[first], key[first]
    chosen: Array = rows[np.argsort(key)]
    return chosen


def neighbours(
    session: Session, petition: Petition, wanted: PetitionFilter, viewer: Viewer
) -> tuple[str | None, str | None]:
    """The ids of the petitions before and after this one among the first 200 of an inbox.

    For one that is not among them: none before, and the first of the inbox after.
    """
    view = register(session).view(session)
    rows = _first(view, np.flatnonzero(matching(session, wanted, viewer, view)), "inbox", MAX_PAGE)
    nums = view["num"][rows].tolist()
    at = nums.index(petition.num) if petition.num in nums else None
    near = ([], nums[:1]) if at is None else (nums[max(0, at - 1) : at], nums[at + 1 : at + 2])
    seen = visible(viewer)
    asked = select(Petition.num, Petition.id).where(Petition.num.in_([*near[0], *near[1]]))
    ids = {row[0]: row[1] for row in session.execute(asked if seen is None else asked.where(seen))}
    before, after = (next((ids.get(n) for n in some), None) for some in near)
    return before, after


def count_petitions(session: Session, wanted: PetitionFilter, viewer: Viewer) -> int:
    """How many petitions a filter without words leaves."""
    return int(matching(session, wanted, viewer, register(session).view(session)).sum())


def _load(session: Session, nums: list[int], viewer: Viewer) -> tuple[Petition, ...]:
    # Whether a petition may be seen is asked of the row itself once more, in the same moment as it is read.
    seen = visible(viewer)
    rows = select(Petition).where(Petition.num.in_(nums), *([] if seen is None else [seen]))
    found = {p.num: p for p in session.scalars(rows.options(defer(Petition.text)))}
    return tuple(found[n] for n in nums if n in found)


# An order is one number for each petition, smaller ones first: its parts beside each other, the row number last.
_PARTS = ("rank", "due", "received", "num")
_SHOWN: dict[str, tuple[str, ...]] = {
    "inbox": ("rank", "due"),
    "due": ("due",),
    "received": ("received",),
    "newest": (),
}
_NUM_BITS, _DAY_BITS, _RANK_BITS = 32, 22, 8


def _order_key(order: str, rank: Any, due: Any, received: Any, num: Any) -> Any:
    if order == "inbox":
        return -(rank << (_NUM_BITS + _DAY_BITS)) + (due << _NUM_BITS) + num
    if order == "due":
        return (due << _NUM_BITS) + num
    if order == "received":
        return -(received << _NUM_BITS) - num
    return -num


def _cursor_values(view: View, order: str, row: int) -> list[Any]:
    values = [int(view[name][row]) for name in (*_SHOWN[order], "num")]
    return [date.fromordinal(v).isoformat() if n in ("due", "received") else v
            for n, v in zip((*_SHOWN[order], "num"), values, strict=True)]  # fmt: skip


def _cursor_key(order: str, cursor: str) -> int:
    names = (*_SHOWN[order], "num")
    values = cursors.decode(cursor, order, tuple(str if n in ("due", "received") else int for n in names))
    parts = dict.fromkeys(_PARTS, 0)
    for name, value in zip(names, values, strict=True):
        try:
            parts[name] = date.fromisoformat(value).toordinal() if isinstance(value, str) else value
        except ValueError as error:
            raise cursors.CursorError from error
    if not (0 <= parts["num"] < 1 << _NUM_BITS and 0 <= parts["rank"] < 1 << _RANK_BITS):
        raise cursors.CursorError
    return int(_order_key(order, *(parts[n] for n in _PARTS)))
