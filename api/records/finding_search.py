"""Searching findings: full text with and without accents, filters, facets and pages, alike on both databases."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from sqlalchemy import func, or_, select, text
from sqlalchemy.orm import Session

from api.records import cursors
from api.records.columns import Array, Coded, Columns, Source, View, flags, kept, plain, tally
from api.records.reports import Finding, FindingField, FindingLink, FindingTopic, Report
from api.records.word_index import hits, is_sqlite
from api.records.words import Query, Term, folded_words, parse_query, to_fts5, to_tsquery

ORDERS = ("relevance", "newest", "document")
PAGE = 30
MAX_PAGE = 200
RANKED = 1000  # so many hits are put in order by relevance, the newest of them; a search with more is too wide anyway


@dataclass(frozen=True, slots=True)
class FindingFilter:
    """What a person asks of the findings; every tuple means "any of these", empty means all."""

    q: str = ""
    kind: tuple[str, ...] = ()
    sort: tuple[str, ...] = ()
    topic: tuple[str, ...] = ()
    field: tuple[str, ...] = ()
    issuer: tuple[str, ...] = ()
    province: tuple[str, ...] = ()
    year: tuple[int, ...] = ()
    review: tuple[str, ...] = ()
    report: str = ""

    def without(self, name: str) -> FindingFilter:
        """The same filter with one dimension open."""
        opened: dict[str, Any] = {name: ()}
        return replace(self, **opened)


@dataclass(frozen=True, slots=True)
class Page:
    """One page of findings; `widened` tells that accents were ignored because nothing matched them exactly.

    `hits` are the row numbers that the words alone found, for counting facets; None without words.
    """

    findings: tuple[Finding, ...]
    next: str | None
    total: int
    query: Query | None
    widened: bool
    hits: Array | None = None


def search_findings(
    session: Session, wanted: FindingFilter, *, order: str = "", cursor: str | None = None, limit: int = PAGE
) -> Page:
    """One page of the findings that match.

    Parameters
    ----------
    order : str
        `relevance` (default with a query), `newest` (default without) or `document` (report, then place in it).
    limit : int
        Rows a page, at most 200.

    Raises
    ------
    QueryError, CursorError
        When the query or the cursor cannot be understood.
    """
    found = _found(session, wanted)
    rows = np.flatnonzero(found.mask)
    nums = found.view["num"]
    order = order or ("relevance" if found.query else "newest")
    if order == "relevance" and not found.query:
        order = "newest"
    if order == "relevance" and found.query:
        # Ranks move when rows arrive, so a place in the ranking is the honest cursor here.
        start = cursors.decode(cursor, order, (int,))[0] if cursor else 0
        if start < 0:
            raise cursors.CursorError
        ordered = _ranked(session, nums[rows][::-1], found.query)[start:]
    elif order == "document":
        keys = [found.view[name][rows] for name in ("report", "start", "num")]
        if cursor:
            after = _after(keys, cursors.decode(cursor, order, (int, int, int)))
            rows, keys = rows[after], [k[after] for k in keys]
        ordered = nums[rows[np.lexsort(keys[::-1])]]
    else:
        ordered = nums[rows][::-1]
        if cursor:
            ordered = ordered[ordered < cursors.decode(cursor, order, (int,))[0]]
    limit = max(1, min(limit, MAX_PAGE))
    page, following = ordered[:limit], None
    if len(ordered) > limit:
        if order == "relevance":
            following = cursors.encode(order, [start + limit])
        else:
            last = int(np.searchsorted(nums, page[-1]))
            names = ("report", "start", "num") if order == "document" else ("num",)
            following = cursors.encode(order, [int(found.view[name][last]) for name in names])
    total = int(found.mask.sum())
    return Page(tuple(load_findings(session, page.tolist())), following, total, found.query, found.widened, found.hits)


def finding_columns() -> dict[str, Source]:
    """What filters, facets and orders look at, kept in memory."""
    return {
        "": Source(Finding.num, {
            "report": (Finding.report_num, plain), "start": (Finding.start, plain), "gone": (Finding.gone, flags),
            "kind": (Finding.kind, Coded()), "sort": (Finding.sort, Coded()), "issuer": (Finding.issuer_key, Coded()),
            "province": (Finding.province, Coded()), "year": (Finding.year, Coded()), "review": (Finding.review, Coded()),
        }),
        "topic": Source(FindingTopic.finding_num, {"code": (FindingTopic.code, Coded())}),
        "field": Source(FindingField.finding_num, {"code": (FindingField.code, Coded())}),
    }  # fmt: skip


def finding_register(session: Session) -> Columns:
    """The findings' columns."""
    return kept(session, "findings", finding_columns)


@dataclass(frozen=True, slots=True)
class _Found:
    view: View
    mask: Array
    query: Query | None
    widened: bool
    hits: Array | None


def _found(session: Session, wanted: FindingFilter) -> _Found:
    """What matches; without accents where nothing matches with them."""
    query, view = parse_query(wanted.q), finding_register(session).view(session)
    mask = _all(_masks(session, wanted, view), view)
    if query is None:
        return _Found(view, mask, None, False, None)
    nums, widened = hits(session, "findings", query), False
    found = mask & view.among(nums)
    if query.exact and not found.any():
        query, widened = query.unaccented(), True
        nums = hits(session, "findings", query)
        found = mask & view.among(nums)
    return _Found(view, found, query, widened, nums)


def matching_nums(session: Session, wanted: FindingFilter) -> list[int]:
    """Row numbers of the findings that match, newest first; accents count where they were typed."""
    query, view = parse_query(wanted.q), finding_register(session).view(session)
    mask = _all(_masks(session, wanted, view), view)
    if query is not None:
        mask &= view.among(hits(session, "findings", query))
    return view["num"][mask][::-1].tolist()


def _masks(session: Session, wanted: FindingFilter, view: View) -> dict[str, Array]:
    """For every dimension that is filtered the rows that stand its filter."""
    columns, masks = finding_register(session), {"": ~view["gone"].astype(bool)}
    for name in FACETS:
        values = getattr(wanted, name)
        if name == "issuer":
            values = tuple(folded_words(i)[:300] for i in values)
        if not values:
            continue
        if name in _BESIDE:
            chosen = columns.coded("code", name).among(values)
            masks[name] = view.holding(name, chosen[view.beside(name, "code")])
        else:
            masks[name] = columns.coded(name).among(values)[view[name]]
    if wanted.report:
        num = session.scalar(select(Report.num).where(Report.id == wanted.report))
        masks["report"] = view["report"] == (-1 if num is None else num)
    return masks


def _all(masks: Mapping[str, Array], view: View, but: str = "") -> Array:
    mask = np.ones(len(view), dtype=bool)
    for name, rows in masks.items():
        if name != but or not name:
            mask &= rows
    return mask


def _after(keys: list[Array], values: list[int]) -> Array:
    after, equal = np.zeros(len(keys[0]), dtype=bool), np.ones(len(keys[0]), dtype=bool)
    for key, value in zip(keys, values, strict=True):
        after |= equal & (key > value)
        equal &= key == value
    return after


def load_findings(session: Session, nums: list[int]) -> list[Finding]:
    """The findings with these row numbers, in this order."""
    found = {f.num: f for f in session.scalars(select(Finding).where(Finding.num.in_(nums)))}
    return [found[n] for n in nums if n in found]


def _ranked(session: Session, nums: Array, query: Query) -> Array:
    """Best first: rows where all the words stand together as typed, then by the database's own relevance.

    `nums` come newest first; beyond `RANKED` of them they keep that order.
    """
    loose = [t for t in query.terms if t.wanted and not t.prefix]
    together = np.zeros(len(nums), dtype=bool)
    if len(loose) > 1 and len(nums):
        phrase = Query((Term(tuple(w for t in loose for w in t.words)),), query.exact)
        together = np.isin(nums, hits(session, "findings", phrase))
    nums = np.concatenate([nums[together], nums[~together]])
    some, rest, close = nums[:RANKED], nums[RANKED:], int(together.sum())
    ranks = _ranks(session, some, query)
    scores = np.array([ranks.get(n, 0.0) for n in some.tolist()])
    order = np.lexsort((some, scores, np.arange(len(some)) >= close))
    return np.concatenate([some[order], rest])


def _ranks(session: Session, nums: Array, query: Query) -> dict[int, float]:
    """The database's own relevance of these findings, the smaller the better."""
    if not len(nums):
        return {}
    if is_sqlite(session):
        # The plus keeps SQLite from searching anew for every number.
        rows = text("SELECT rowid, bm25(findings_fts) FROM findings_fts WHERE findings_fts MATCH :q "
                    "AND +rowid IN (SELECT value FROM json_each(:nums))")  # fmt: skip
        asked: dict[str, Any] = {"q": to_fts5(query), "nums": json.dumps(nums.tolist())}
    else:
        rows = text(f"SELECT num, -ts_rank(tsv_{query.column}, to_tsquery('simple', :q)) FROM findings "
                    "WHERE num = ANY(:nums)")  # fmt: skip
        asked = {"q": to_tsquery(query), "nums": nums.tolist()}
    return _pairs_of(session.execute(rows, asked).all())


FACETS = ("kind", "sort", "topic", "field", "issuer", "province", "year", "review")
_BESIDE = ("topic", "field")


def facets(session: Session, wanted: FindingFilter, found: Array | None = None) -> dict[str, list[tuple[Any, int]]]:
    """For every dimension its values with how many findings each would leave, most first.

    A dimension that is filtered itself is counted with its own filter open, so that a person can add a value to it.
    The words of the filter are those that a search has looked up: `found` are its `hits`.
    """
    columns = finding_register(session)
    view = columns.view(session)
    masks = _masks(session, wanted, view)
    if found is not None:
        masks[""] &= view.among(found)
    answer: dict[str, list[tuple[Any, int]]] = {}
    every = _all(masks, view)
    for name in FACETS:
        mask = _all(masks, view, but=name) if name in masks else every
        if name in _BESIDE:
            counts = tally(view.beside(name, "code")[mask[view.owners(name)]], columns.coded("code", name))
        else:
            counts = tally(view[name][mask], columns.coded(name))
        answer[name] = _sorted(counts)
    return answer


def _pairs_of(rows: Any) -> dict[Any, Any]:
    return {row[0]: row[1] for row in rows}


def _sorted(tally: Mapping[Any, int]) -> list[tuple[Any, int]]:
    return sorted(((v, c) for v, c in tally.items() if c and v not in (None, "")), key=lambda p: (-p[1], str(p[0])))


def issuer_names(session: Session) -> dict[str, str]:
    """For every issuer's look-up key a name to show."""
    return _pairs_of(session.execute(select(Report.issuer_key, func.max(Report.issuer)).group_by(Report.issuer_key)))


def links_of(session: Session, ids: list[str]) -> list[FindingLink]:
    """Links that start or end at any of these findings."""
    if not ids:
        return []
    return list(
        session.scalars(select(FindingLink).where(or_(FindingLink.from_id.in_(ids), FindingLink.to_id.in_(ids))))
    )
