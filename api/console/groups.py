"""The page of recurring findings: what reports of several years and places say alike."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import BeforeValidator

from api.console.charts import columns, shares
from api.console.deps import page_needs
from api.console.rendering import page
from api.http.deps import ServiceDep
from api.http.views import finding_bodies, group_body
from api.records.finding_search import FindingFilter, facets
from api.records.recurring import recurring
from api.security.roles import Principal
from nlp.taxonomy import taxonomy
from nlp.text import LangNgheError

router = APIRouter()
SHOWN = 30
Words = Annotated[list[str], Query(max_length=50)]


@router.get("/findings/groups")
def show(
    request: Request, service: ServiceDep, me: Annotated[Principal, Depends(page_needs("report.read"))],
    q: Annotated[str, Query(max_length=300)] = "", kind: Annotated[str, Query(max_length=24)] = "limitation",
    topic: Words = [], field: Words = [], issuer: Words = [], province: Words = [],  # noqa: B006
    year: Annotated[list[Annotated[int | None, BeforeValidator(lambda v: v or None)]], Query()] = [],  # noqa: B006
) -> Response:  # fmt: skip
    """Groups over the selection, with places, years and members."""
    known = {k.code for k in taxonomy().kinds}
    kind = kind if kind in known else "limitation"
    topics, fields, issuers, provinces = (tuple(v for v in some if v) for some in (topic, field, issuer, province))
    wanted = FindingFilter(q, topic=topics, field=fields, issuer=issuers, province=provinces,
                           year=tuple(y for y in year if y is not None))  # fmt: skip
    values: dict[str, Any] = {"groups": [], "looked_at": 0, "total": 0, "trouble": "", "more": 0}
    with service.records.read() as session:
        choices = facets(session, FindingFilter(kind=(kind,)))
        try:
            found = recurring(session, wanted, kind)
        except LangNgheError as error:
            values["trouble"] = error.message
        else:
            shown = found.groups[:SHOWN]
            values |= {"looked_at": found.looked_at, "total": found.total, "more": len(found.groups) - len(shown),
                       "groups": [{**group_body(g), "members": finding_bodies(session, rows)} for g, rows in shown]}  # fmt: skip
    by_year: Counter[int] = Counter()
    by_place: Counter[str] = Counter()
    for group in values["groups"]:
        by_year.update({y["value"]: y["count"] for y in group["years"]})
        by_place.update({x["value"]: x["count"] for x in group["places"]})
    chart = columns({str(y): float(n) for y, n in sorted(by_year.items())})
    return page(request, "groups.html", me, wanted=wanted, kind=kind, kinds=taxonomy().kinds, choices=choices,
                field_name=taxonomy().name, plain=str, chart=chart,
                by_place=shares(by_place.most_common(12)), **values)  # fmt: skip
