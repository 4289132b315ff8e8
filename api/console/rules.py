"""The page of the rules in force: terms, checklist, routing and how long records are kept, each with its basis."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response

from api.console.deps import page_needs
from api.console.rendering import page
from api.http.deps import ServiceDep
from api.records.retention import due, load_rules
from api.rules import FILES, rules_file
from api.security.roles import Principal
from nlp.petitions.intake.rules import Row, read_rules, rows
from nlp.text import LangNgheError

router = APIRouter()
TITLES = {"deadlines.yaml": "Thời hạn giải quyết", "eligibility.yaml": "Điều kiện tiếp nhận",
          "routing.yaml": "Hướng xử lý, thẩm quyền"}  # fmt: skip


@router.get("/rules")
def show(
    request: Request, service: ServiceDep, me: Annotated[Principal, Depends(page_needs("system.manage"))]
) -> Response:
    """Every row with its basis and how far it was checked; retention with what it would touch today."""
    trouble, kept = "", []
    try:
        with service.records.read() as session:
            kept = [(rule, due(session, rule)) for rule in load_rules(service.settings.retention)]
    except LangNgheError as error:
        trouble = error.message
    files = []
    for name, lists in FILES.items():
        own = rules_file(service.settings.rules, name)
        data = read_rules(name, own)
        lines = [_line(row) for part in lists for row in rows(data[part])]
        files.append({"title": TITLES[name], "name": name, "own": own is not None, "version": data["version"],
                      "rows": lines, "tally": Counter(line["status_name"] for line in lines)})  # fmt: skip
    return page(request, "rules.html", me, files=files, kept=kept, trouble=trouble, office=service.settings.office)


def _line(row: Row) -> dict[str, Any]:
    data = row.data
    said = data.get("name") or data.get("unit") or data.get("authority") or data.get("code") or data.get("id")
    amount = f"{data['amount']} {data['unit'].replace('_', ' ')}" if data.get("amount") and "from" in data else ""
    units = {"ngay lam viec": "ngày làm việc", "ngay": "ngày", "gio": "giờ"}
    for code, name in units.items():
        amount = amount.removesuffix(code) + name if amount.endswith(f" {code}") else amount
    return {"name": said, "amount": amount, "valid_from": row.valid_from, "valid_to": row.valid_to,
            **row.basis.to_json()}  # fmt: skip
