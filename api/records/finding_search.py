"""Searching findings: full text with and without accents, filters, facets and pages, alike on both databases."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, bindparam, func, literal_column, or_, select, text
from sqlalchemy.orm import Session

from api.records import cursors
from api.records.reports import Finding, FindingField, FindingLink, FindingTopic, Report
from api.records.words import Query, Term, exact_words, folded_words, parse_query, to_fts5, to_tsquery

ORDERS = ("relevance", "newest", "document")
PAGE = 30
MAX_PAGE = 200


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
    """One page of findings; `widened` tells that accents were ignored because nothing matched them exactly."""

    findings: tuple[Finding, ...]
    next: str | None
    total: int
    query: Query | None
    widened: bool


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
    query = parse_query(wanted.q)
    widened = False
    total = _count(session, wanted, query)
    if query and query.exact and total == 0:
        query, widened = query.unaccented(), True
        total = _count(session, wanted, query)
    order = order or ("relevance" if query else "newest")
    if order == "relevance" and not query:
        order = "newest"
    rows, following = _page(session, wanted, query, order, cursor, max(1, min(limit, MAX_PAGE)))
    return Page(tuple(rows), following, total, query, widened)


def _page(
    session: Session, wanted: FindingFilter, query: Query | None, order: str, cursor: str | None, limit: int
) -> tuple[list[Finding], str | None]:
    statement = select(Finding.num)
    if order == "relevance" and query:
        # Ranks move when rows arrive, so a place in the ranking is the honest cursor here.
        offset = cursors.decode(cursor, order, (int,))[0] if cursor else 0
        if offset < 0:
            raise cursors.CursorError
        statement = _ranked(session, statement.where(*_conditions(session, wanted, None)), query)
        nums = list(session.scalars(statement.offset(offset).limit(limit + 1)))
        following = cursors.encode(order, [offset + limit]) if len(nums) > limit else None
        return _load(session, nums[:limit]), following
    statement = statement.where(*_conditions(session, wanted, query))
    if order == "document":
        if cursor:
            report, start, num = cursors.decode(cursor, order, (int, int, int))
            statement = statement.where(
                _after((Finding.report_num, report), (Finding.start, start), (Finding.num, num))
            )
        statement = statement.order_by(Finding.report_num, Finding.start, Finding.num)
    else:
        if cursor:
            (num,) = cursors.decode(cursor, order, (int,))
            statement = statement.where(Finding.num < num)
        statement = statement.order_by(Finding.num.desc())
    rows = _load(session, list(session.scalars(statement.limit(limit + 1))))
    if len(rows) <= limit:
        return rows, None
    last = rows[limit - 1]
    values = [last.report_num, last.start, last.num] if order == "document" else [last.num]
    return rows[:limit], cursors.encode(order, values)


def _after(*pairs: tuple[Any, Any]) -> ColumnElement[bool]:
    branches = []
    for i, (column, value) in enumerate(pairs):
        branches.append(and_(*[c == v for c, v in pairs[:i]], column > value))
    return or_(*branches)


def _load(session: Session, nums: list[int]) -> list[Finding]:
    found = {f.num: f for f in session.scalars(select(Finding).where(Finding.num.in_(nums)))}
    return [found[n] for n in nums if n in found]


def matching(session: Session, wanted: FindingFilter, query: Query | None) -> Select[Any]:
    """Row numbers of the findings that match, unordered."""
    return select(Finding.num).where(*_conditions(session, wanted, query))


def _conditions(session: Session, wanted: FindingFilter, query: Query | None) -> list[ColumnElement[bool]]:
    rows: list[ColumnElement[bool]] = [Finding.gone.is_(False)]
    for column, values in ((Finding.kind, wanted.kind), (Finding.sort, wanted.sort), (Finding.review, wanted.review),
                           (Finding.province, wanted.province)):  # fmt: skip
        if values:
            rows.append(column.in_(values))
    if wanted.year:
        rows.append(Finding.year.in_(wanted.year))
    if wanted.issuer:
        rows.append(Finding.issuer_key.in_([folded_words(i)[:300] for i in wanted.issuer]))
    if wanted.report:
        rows.append(Finding.report_num.in_(select(Report.num).where(Report.id == wanted.report)))
    if wanted.topic:
        rows.append(Finding.num.in_(select(FindingTopic.finding_num).where(FindingTopic.code.in_(wanted.topic))))
    if wanted.field:
        rows.append(Finding.num.in_(select(FindingField.finding_num).where(FindingField.code.in_(wanted.field))))
    if query:
        rows.append(_matches(session, query))
    return rows


def _sqlite(session: Session) -> bool:
    return session.get_bind().dialect.name == "sqlite"


def _matches(session: Session, query: Query) -> ColumnElement[bool]:
    if not _sqlite(session):
        return _tsv(query)
    return Finding.num.in_(_hits(query))


def _hits(query: Query) -> Select[Any]:
    """Row numbers that SQLite's index finds, gone ones too."""
    hits: Any = select(literal_column("rowid")).select_from(text("findings_fts"))
    return hits.where(text("findings_fts MATCH :fts").bindparams(fts=to_fts5(query)))


def _tsv(query: Query) -> ColumnElement[bool]:
    return text(f"findings.tsv_{query.column} @@ to_tsquery('simple', :ts_{query.column})").bindparams(
        **{f"ts_{query.column}": to_tsquery(query)}
    )  # type: ignore[return-value]


def _ranked(session: Session, statement: Select[Any], query: Query) -> Select[Any]:
    """Best first: rows where all the words stand together as typed, then by the database's own relevance."""
    loose = [t for t in query.terms if t.wanted and not t.prefix]
    together = Query((Term(tuple(w for t in loose for w in t.words)),), query.exact) if len(loose) > 1 else None
    if _sqlite(session):
        found: Any = select(literal_column("rowid").label("num"), literal_column("bm25(findings_fts)").label("rank"))
        match = text("findings_fts MATCH :fts").bindparams(fts=to_fts5(query))
        hits = found.select_from(text("findings_fts")).where(match).subquery("hits")
        statement = statement.join(hits, hits.c.num == Finding.num)
        if together:
            close: Any = select(literal_column("rowid")).select_from(text("findings_fts")).where(
                text("findings_fts MATCH :fts_close").bindparams(fts_close=to_fts5(together))
            )  # fmt: skip
            return statement.order_by(Finding.num.in_(close).desc(), hits.c.rank, Finding.num)
        return statement.order_by(hits.c.rank, Finding.num)
    statement = statement.where(_tsv(query))
    rank = text(f"ts_rank(findings.tsv_{query.column}, to_tsquery('simple', :ts_rank)) DESC").bindparams(
        ts_rank=to_tsquery(query)
    )
    if together:
        close_first = text(
            f"(findings.tsv_{query.column} @@ to_tsquery('simple', :ts_close)) DESC"
        ).bindparams(ts_close=to_tsquery(together))  # fmt: skip
        return statement.order_by(close_first, rank, Finding.num)
    return statement.order_by(rank, Finding.num)


def _count(session: Session, wanted: FindingFilter, query: Query | None) -> int:
    return int(
        session.scalar(select(func.count()).select_from(Finding).where(*_conditions(session, wanted, query))) or 0
    )


FACETS = ("kind", "sort", "topic", "field", "issuer", "province", "year", "review")
_COLUMNS = {"kind": Finding.kind, "sort": Finding.sort, "issuer": Finding.issuer_key, "province": Finding.province,
            "year": Finding.year, "review": Finding.review}  # fmt: skip


def facets(session: Session, wanted: FindingFilter, query: Query | None) -> dict[str, list[tuple[Any, int]]]:
    """For every dimension its values with how many findings each would leave, most first.

    A dimension that is filtered itself is counted with its own filter open, so that a person can add a value to it.
    """
    answer: dict[str, list[tuple[Any, int]]] = {}
    open_dimensions = [n for n in _COLUMNS if not getattr(wanted, n)]
    if open_dimensions:
        # One pass over a covering index for all open dimensions, summed here, is cheaper than one query each.
        columns = [_COLUMNS[n] for n in open_dimensions]
        statement = select(*columns, func.count()).where(*_conditions(session, wanted, query)).group_by(*columns)
        *found_values, counts = list(zip(*session.execute(statement), strict=True)) or [()] * (len(columns) + 1)
        for name, values in zip(open_dimensions, found_values, strict=True):
            tally: dict[Any, int] = {}
            for value, count in zip(values, counts, strict=True):
                tally[value] = tally.get(value, 0) + count
            answer[name] = _sorted(tally)
    for name in _COLUMNS:
        if name not in answer:
            column, opened = _COLUMNS[name], wanted.without(name)
            found = session.execute(
                select(column, func.count()).where(*_conditions(session, opened, query)).group_by(column)
            )
            answer[name] = _sorted(Counter(_pairs_of(found)))
    for name, table in (("topic", FindingTopic), ("field", FindingField)):
        answer[name] = _sorted(_by_code(session, table, wanted.without(name), query))
    return answer


def _by_code(session: Session, table: Any, opened: FindingFilter, query: Query | None) -> Counter[Any]:
    counted = select(table.code, func.count()).group_by(table.code)
    if replace(opened, q="") == FindingFilter() and (query is None or _sqlite(session)):
        # Counting everything and taking away the few that are gone reads one index instead of joining all findings.
        gone = select(Finding.num).where(Finding.gone.is_(True))
        if query is not None:
            counted = counted.where(table.finding_num.in_(_hits(query)))
        tally = Counter(_pairs_of(session.execute(counted)))
        tally.subtract(_pairs_of(session.execute(counted.where(table.finding_num.in_(gone)))))
        return tally
    return Counter(_pairs_of(session.execute(counted.where(table.finding_num.in_(matching(session, opened, query))))))


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


def similar_findings(session: Session, finding: Finding, limit: int = 10) -> list[tuple[Finding, float]]:
    """Findings of other reports that say nearly the same, with the Jaccard index of syllable pairs, best first."""
    words = exact_words(finding.text).split()
    rare = _rarest(session, sorted(set(words)))
    if not rare:
        return []
    own = _pairs(words)
    if _sqlite(session):
        fts = "{exact} : (" + " OR ".join(f'"{w}"' for w in rare) + ")"
        hits = text("SELECT rowid FROM findings_fts WHERE findings_fts MATCH :fts ORDER BY rank LIMIT 200")
        nums = [r[0] for r in session.execute(hits, {"fts": fts})]
    else:
        ts = " | ".join(f"'{w}'" for w in rare)
        hits = text("SELECT num FROM findings WHERE tsv_exact @@ to_tsquery('simple', :ts) "
                    "ORDER BY ts_rank(tsv_exact, to_tsquery('simple', :ts)) DESC LIMIT 200")  # fmt: skip
        nums = [r[0] for r in session.execute(hits, {"ts": ts})]
    scored = []
    for other in _load(session, nums):
        if other.report_num != finding.report_num and not other.gone and other.kind == finding.kind:
            pairs = _pairs(exact_words(other.text).split())
            score = len(own & pairs) / len(own | pairs) if own | pairs else 0.0
            if score >= 0.15:
                scored.append((other, round(score, 3)))
    return sorted(scored, key=lambda p: (-p[1], p[0].num))[:limit]


def _rarest(session: Session, words: list[str], count: int = 6) -> list[str]:
    """The words that stand in the fewest findings (SQLite knows), else the longest ones."""
    if _sqlite(session) and words:
        rows = text("SELECT term, doc FROM findings_fts_words WHERE col = 'exact' AND term IN :words").bindparams(
            bindparam("words", expanding=True)
        )
        known = {row[0]: row[1] for row in session.execute(rows, {"words": words})}
        return sorted((w for w in words if known.get(w, 0) > 1), key=lambda w: known[w])[:count]
    return sorted((w for w in words if len(w) > 2), key=lambda w: (-len(w), w))[:count]


def _pairs(words: list[str]) -> set[tuple[str, str]]:
    return set(zip(words, words[1:], strict=False))
