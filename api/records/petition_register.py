"""The register as people ask for it: filters, orders, pages; a hidden petition is shown only to those assigned."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, and_, false, func, literal_column, or_, select, text
from sqlalchemy.orm import Session

from api.records import cursors
from api.records.petition_store import OPEN_STATUSES
from api.records.petitions import Assignment, Petition, PetitionField
from api.records.words import Query, parse_query, to_fts5, to_tsquery

ORDERS = ("inbox", "newest", "received", "due")
PAGE = 40
COUNT_MOST = 20_000  # beyond it a total says "more than": nobody pages that far, and counting on would be slow
MAX_PAGE = 200
_FAR = date(9999, 12, 31)


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


def conditions(session: Session, wanted: PetitionFilter, viewer: Viewer, query: Query | None) -> list[Any]:
    """The filter as SQL conditions over `petitions`."""
    rows: list[Any] = []
    seen = visible(viewer)
    if seen is not None:
        rows.append(seen)
    for column, values in ((Petition.type, wanted.type), (Petition.urgency, wanted.urgency),
                           (Petition.status, wanted.status), (Petition.channel, wanted.channel),
                           (Petition.province, wanted.province), (Petition.commune, wanted.commune)):  # fmt: skip
        if values:
            rows.append(column.in_(values))
    if wanted.open_only:
        rows.append(Petition.status.in_(OPEN_STATUSES))
    if wanted.field:
        rows.append(Petition.num.in_(select(PetitionField.petition_num).where(PetitionField.code.in_(wanted.field))))
    if wanted.received_from:
        rows.append(Petition.received_at >= wanted.received_from)
    if wanted.received_to:
        rows.append(Petition.received_at <= wanted.received_to)
    if wanted.needs_review is not None:
        rows.append(Petition.needs_review.is_(wanted.needs_review))
    if wanted.overdue_on:
        rows.append(and_(Petition.due_on < wanted.overdue_on, Petition.status.in_(OPEN_STATUSES)))
    if wanted.mine:
        own = select(Assignment.petition_num).where(Assignment.user_id == viewer.user_id)
        rows.append(Petition.num.in_(own) if viewer.user_id is not None else false())
    if query:
        rows.append(_matches(session, query))
    return rows


def _matches(session: Session, query: Query) -> Any:
    if session.get_bind().dialect.name == "sqlite":
        hits: Any = select(literal_column("rowid")).select_from(text("petitions_fts"))
        return Petition.num.in_(hits.where(text("petitions_fts MATCH :fts").bindparams(fts=to_fts5(query))))
    return text(f"petitions.tsv_{query.column} @@ to_tsquery('simple', :ts)").bindparams(ts=to_tsquery(query))


def list_petitions(
    session: Session,
    wanted: PetitionFilter,
    viewer: Viewer,
    *,
    order: str = "newest",
    cursor: str | None = None,
    limit: int = PAGE,
    count: bool = True,
) -> RegisterPage:
    """One page of the register.

    Parameters
    ----------
    order : str
        `inbox` (most urgent first, then the earliest due date), `newest` (entered last), `received` (by received
        date, latest first) or `due` (earliest due date first).
    count : bool
        False leaves `total` at -1, for callers that show no total. A total above 20,000 means "more than that".

    Raises
    ------
    QueryError, CursorError
        When the query or the cursor cannot be understood.
    """
    query = parse_query(wanted.q)
    if query and query.exact and not _any(session, wanted, viewer, query):
        query = query.unaccented()
    rows = conditions(session, wanted, viewer, query)
    total = _count(session, rows) if count else -1
    if total == 0:
        return RegisterPage((), None, 0, query)
    keys = _keys(order)
    if cursor:
        values = cursors.decode(cursor, order, tuple(k.kind for k in keys))
        rows.append(_beyond(keys, values))
    limit = max(1, min(limit, MAX_PAGE))
    ordering = [k.column.desc() if k.descending else k.column.asc() for k in keys]
    found = list(session.scalars(select(Petition).where(*rows).order_by(*ordering).limit(limit + 1)))
    following = None
    if len(found) > limit:
        following = cursors.encode(order, [k.read(found[limit - 1]) for k in keys])
    return RegisterPage(tuple(found[:limit]), following, total, query)


def _count(session: Session, rows: list[Any]) -> int:
    some = select(Petition.num).where(*rows).limit(COUNT_MOST + 1).subquery()
    return int(session.scalar(select(func.count()).select_from(some)) or 0)


def _any(session: Session, wanted: PetitionFilter, viewer: Viewer, query: Query) -> bool:
    rows = conditions(session, wanted, viewer, query)
    return session.scalar(select(Petition.num).where(*rows).limit(1)) is not None


@dataclass(frozen=True, slots=True)
class _Key:
    column: Any
    descending: bool
    kind: type
    name: str

    def read(self, petition: Petition) -> Any:
        value = getattr(petition, self.name)
        if self.kind is str:
            return (value or _FAR).isoformat()
        return value

    def compare(self, value: Any) -> Any:
        if self.kind is str:
            try:
                return date.fromisoformat(value)
            except ValueError as error:
                raise cursors.CursorError from error
        return value


def _keys(order: str) -> list[_Key]:
    num_up, num_down = _Key(Petition.num, False, int, "num"), _Key(Petition.num, True, int, "num")
    due = _Key(func.coalesce(Petition.due_on, _FAR), False, str, "due_on")
    if order == "inbox":
        return [_Key(Petition.urgency_rank, True, int, "urgency_rank"), due, num_up]
    if order == "due":
        return [due, num_up]
    if order == "received":
        return [_Key(Petition.received_at, True, str, "received_at"), num_down]
    return [num_down]


def _beyond(keys: list[_Key], values: list[Any]) -> ColumnElement[bool]:
    branches = []
    for i, key in enumerate(keys):
        equal = [k.column == k.compare(v) for k, v in zip(keys[:i], values[:i], strict=True)]
        bound = key.compare(values[i])
        branches.append(and_(*equal, key.column < bound if key.descending else key.column > bound))
    return or_(*branches)
