"""The explorer of findings over all reports: search, facets, results."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response

from api.console.basket import in_basket, saved_searches
from api.console.deps import page_needs
from api.console.rendering import environment, page, wants_fragment
from api.console.reports import with_pieces
from api.http.deps import ServiceDep
from api.http.views import finding_bodies
from api.records.finding_search import FindingFilter, facets, issuer_names, search_findings
from api.security.roles import Principal
from nlp.taxonomy import taxonomy
from nlp.text import LangNgheError

router = APIRouter()
SHOWN = 10
Words = Annotated[list[str], Query(max_length=50)]


@router.get("/findings")
def explore(
    request: Request, service: ServiceDep, me: Annotated[Principal, Depends(page_needs("report.read"))],
    q: Annotated[str, Query(max_length=300)] = "", kind: Words = [], sort: Words = [],  # noqa: B006
    topic: Words = [], field: Words = [], issuer: Words = [], province: Words = [],  # noqa: B006
    year: Annotated[list[int], Query()] = [], review: Words = [],  # noqa: B006
    order: str = "", cursor: Annotated[str | None, Query(max_length=400)] = None,
) -> Response:  # fmt: skip
    """Search and facets; htmx gets only the results, a further page only its rows."""
    wanted = FindingFilter(q, tuple(kind), tuple(sort), tuple(topic), tuple(field), tuple(issuer), tuple(province),
                           tuple(year), tuple(review))  # fmt: skip
    order = order if order in ("relevance", "newest", "document") else ""
    values: dict[str, Any] = {"wanted": wanted, "order": order, "trouble": "", "findings": [], "total": 0,
                              "next": None, "widened": False, "facets": []}  # fmt: skip
    with service.records.read() as session:
        try:
            found = search_findings(session, wanted, order=order, cursor=cursor)
            values.update(findings=[with_pieces(b) for b in finding_bodies(session, found.findings, found.query)],
                          total=found.total, next=found.next, widened=found.widened)  # fmt: skip
            if cursor is None:
                values["facets"] = facet_groups(facets(session, wanted, found.hits), wanted, issuer_names(session))
        except LangNgheError as error:
            values["trouble"] = error.message
        values.update(basket=in_basket(session, me), saved=saved_searches(session, me, "findings"))
    values["query"] = without_cursor(request)
    if wants_fragment(request):
        template = "findings_rows.html" if cursor else "findings_results.html"
        shown = environment().get_template(template).render(me=me, csrf=me.csrf, **values)
        return Response(shown, media_type="text/html")
    return page(request, "findings.html", me, **values)


def without_cursor(request: Request) -> str:
    """The query string without the cursor, for links to a further page."""
    from urllib.parse import urlencode

    return urlencode([(k, v) for k, v in request.query_params.multi_items() if k != "cursor" and v != ""])


NAMES = {"kind": "Loại phát hiện", "sort": "Tính chất", "topic": "Chủ đề", "field": "Lĩnh vực",
         "issuer": "Cơ quan ban hành", "province": "Tỉnh, thành phố", "year": "Năm", "review": "Rà soát"}  # fmt: skip


def facet_groups(
    counts: dict[str, list[tuple[Any, int]]], wanted: FindingFilter, issuers: dict[str, str]
) -> list[dict[str, Any]]:
    """Facets as the page shows them: chosen values first and always, then the most frequent."""
    from api.console.words import REVIEW

    known = taxonomy()
    groups = []
    for name, title in NAMES.items():
        chosen = set(getattr(wanted, name))
        values = dict(counts.get(name, ()))
        if name == "year":
            ordered = sorted({*values, *chosen}, reverse=True)
        else:
            ordered = sorted({*values, *chosen}, key=lambda v: (v not in chosen, -values.get(v, 0), str(v)))
        named: Any = {"issuer": issuers.get, "review": REVIEW.get, "year": str, "province": str}.get(name, known.name)
        rows = [
            {"value": v, "name": named(v) or str(v), "count": values.get(v, 0), "chosen": v in chosen} for v in ordered
        ]
        if rows:
            groups.append({"name": name, "title": title, "rows": rows[: max(SHOWN, len(chosen))],
                           "more": rows[max(SHOWN, len(chosen)) :], "chosen": bool(chosen), "open": bool(chosen) or name in ("kind", "topic",
                           "year")})  # fmt: skip
    return groups
