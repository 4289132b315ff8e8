"""Petitions of every channel as a clerk would read them: parties, matters, places, routes, flags and terms."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from nlp.petitions.intake import Office, intake_report

CASES = {c["id"]: c for c in yaml.safe_load(Path(__file__).with_name("clerk_cases.yaml").read_text(encoding="utf-8"))}


@cache
def read(identity: str) -> dict[str, Any]:
    case = CASES[identity]
    sub = case.get("subfields", {})
    labels = {
        "type": {"code": case["type"]},
        "fields": [{"code": f, "subfields": [{"code": s} for s in sub.get(f, ())]} for f in case["fields"]],
        "urgency": {"signals": [{"code": s} for s in case.get("signals", ())]},
    }
    office = Office(**case.get("office", {}))
    return intake_report(
        case["text"], labels, received_at=case["received"], channel=case["channel"], office=office
    ).to_json()


def texts(rows: list[dict[str, Any]]) -> list[str]:
    return list(dict.fromkeys(str(r["text"]) for r in rows))


def term(found: dict[str, Any], code: str) -> dict[str, Any]:
    return next(d for d in found["deadlines"] if d["code"] == code)


def suggested(found: dict[str, Any]) -> list[str]:
    return sorted({v["code"] for d in found["deadlines"] for v in d["variants"] if v["suggested"]})


# What a case may expect, and how to see it in the report.
SEEN = {
    "petitioners": lambda f: texts(f["parties"]["petitioners"]),
    "respondents": lambda f: texts(f["parties"]["respondents"]),
    "documents": lambda f: texts(f["matters"]["documents"]),
    "dates": lambda f: [d["value"] for d in f["matters"]["dates"]],
    "amounts": lambda f: [a["value"] for a in f["matters"]["amounts"]],
    "flags": lambda f: sorted(x["code"] for x in f["eligibility"]["flags"]),
    "units": lambda f: f["routing"][0]["units"],
    "authority": lambda f: f["routing"][0]["authority"],
    "action": lambda f: f["routing"][0]["action"],
    "decision_known": lambda f: term(f, "thoi_hieu_khieu_nai")["start"],
    "suggested": suggested,
}
HELD = {
    "not_units": lambda f: {u for r in f["routing"] for u in r["units"]},
    "not_flags": lambda f: {x["code"] for x in f["eligibility"]["flags"]},
}
KNOWN = {
    "found": lambda f: {i["code"] for i in f["eligibility"]["items"] if i["state"] == "found"},
    "deadline_codes": lambda f: {d["code"] for d in f["deadlines"]},
    "place_status": lambda f: {p["status"] for p in f["places"]},
    "authority_has": lambda f: f["routing"][0]["authority"],
}


@pytest.mark.parametrize(("identity", "what"), [(i, w) for i, c in CASES.items() for w in c if w in SEEN])
def test_the_report_says_what_a_clerk_would(identity: str, what: str) -> None:
    expected = CASES[identity][what]
    assert SEEN[what](read(identity)) == (sorted(expected) if what in ("flags", "suggested") else expected)


@pytest.mark.parametrize(("identity", "what"), [(i, w) for i, c in CASES.items() for w in c if w in HELD])
def test_the_report_never_says(identity: str, what: str) -> None:
    assert not set(CASES[identity][what]) & HELD[what](read(identity))


@pytest.mark.parametrize(("identity", "what"), [(i, w) for i, c in CASES.items() for w in c if w in KNOWN])
def test_the_report_says_among_others(identity: str, what: str) -> None:
    expected = CASES[identity][what]
    seen = KNOWN[what](read(identity))
    assert expected in seen if isinstance(expected, str) else set(expected) <= seen
