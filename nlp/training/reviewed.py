"""Reports whose findings people reviewed, as gold for the next findings model.

One report a line: `{"id", "kind", "text", "findings": [{"id", "kind", "sort", "span", "quote", "topics", "fields",
"review": {"state", "kind", "sort"}}]}`, the contract's finding objects with their review. What a person accepted or
edited is gold, what was rejected is a trap that looks like a finding, what nobody decided counts neither way. Only where
every finding was decided does the rest of the text count as holding none; what machine and person both overlooked is
then learned as absent, so such reports teach kinds and limits better than coverage.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from datasketch import MinHashLSH

from nlp.privacy import redact
from nlp.training.exchange.intake import DUPLICATE, OFFICE, Dropped, sketch
from nlp.training.report_corpus import GoldReport

KINDS = ("limitation", "cause", "recommendation", "lesson")
DECIDED = ("accepted", "edited", "rejected")


@dataclass
class ReviewIntake:
    """Reports to learn from, what was left out and why, and how many still had personal data in them."""

    reports: list[GoldReport] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)
    redacted: int = 0

    @property
    def decided(self) -> int:
        """How many findings people decided."""
        return sum(s["kind"] != "ignore" for r in self.reports for s in r.spans)


def read_reviewed(path: Path) -> list[Mapping[str, Any]]:
    """The lines of a file of reviewed reports; a line that is no object becomes a row that says so."""
    rows: list[Mapping[str, Any]] = []
    for line in path.read_text(encoding="utf-8-sig").split("\n"):
        if line.strip():
            try:
                found = json.loads(line)
            except ValueError:
                found = None
            rows.append(found if isinstance(found, dict) else {"_problem": "dòng không phải JSON"})
    return rows


def take_in_reports(rows: Iterable[Mapping[str, Any]], beside: Sequence[GoldReport] = ()) -> ReviewIntake:
    """Turn rows into gold reports: checked, redacted, without copies of what is there already.

    Parameters
    ----------
    beside : sequence of GoldReport
        the corpus; a near copy of one of its reports is left out, of a held-out one above all.
    """
    out = ReviewIntake()
    index = MinHashLSH(threshold=DUPLICATE, num_perm=64)
    known = {r.name: (r.split, sketch(r.text)) for r in beside}
    for old, (_, shape) in known.items():
        index.insert(old, shape)
    for number, row in enumerate(rows, 1):
        name = f"{OFFICE}_{row.get('id') or number}"
        problem = row_problem(row) or ("mã đã có" if name in known else "")
        if problem:
            out.dropped.append(Dropped(number, name, problem))
            continue
        mine = sketch(row["text"])
        copy = next((o for o in sorted(index.query(mine)) if mine.jaccard(known[o][1]) >= DUPLICATE), None)
        if copy is not None:
            kept = "giữ riêng để chấm" if known[copy][0] in ("validation", "test") else "đã có"
            out.dropped.append(Dropped(number, name, f"gần giống một báo cáo {kept} ({copy})"))
            continue
        masked = redacted_row(row)
        out.redacted += masked["text"] != row["text"]
        known[name] = "train", mine
        index.insert(name, mine)
        out.reports.append(gold_report(masked, name))
    return out


def row_problem(row: Mapping[str, Any]) -> str:
    """Why a row cannot be used, or nothing."""
    if "_problem" in row:
        return str(row["_problem"])
    text, findings = row.get("text"), row.get("findings")
    if not isinstance(text, str) or not text.strip() or not isinstance(findings, list):
        return "dòng không đúng dạng"
    try:
        for f in findings:
            if text[f["span"]["start"] : f["span"]["end"]] != f["quote"] or not f["quote"]:
                return "trích dẫn không khớp văn bản"
            if (f["review"].get("kind") or f["kind"]) not in KINDS:
                return "loại phát hiện lạ"
        decided = any(f["review"]["state"] in DECIDED for f in findings)
    except (KeyError, TypeError, AttributeError):
        return "dòng không đúng dạng"
    return "" if decided else "chưa có phát hiện nào được rà soát"


def redacted_row(row: Mapping[str, Any]) -> dict[str, Any]:
    """The row with personal data replaced by placeholders, spans and quotes moved along."""
    made = redact(row["text"])
    findings = []
    for f in row["findings"]:
        place = made.moved(f["span"]["start"], f["span"]["end"])
        findings.append(
            {**f, "span": {"start": place.start, "end": place.end}, "quote": made.text[place.start : place.end]}
        )
    return {**row, "text": made.text, "findings": findings}


def gold_report(row: Mapping[str, Any], name: str) -> GoldReport:
    """One checked row as a report of the corpus, in the training split."""
    spans = sorted((_span(f) for f in row["findings"]), key=lambda s: (s["start"], s["end"]))
    if any(s["kind"] == "ignore" for s in spans):
        spans += _gaps(spans, len(row["text"]))
    gold = {"hand": OFFICE, "genre": row.get("kind") or "", "spans": spans}
    return GoldReport(name, row["text"], gold, "train")


def _span(finding: Mapping[str, Any]) -> dict[str, Any]:
    review = finding["review"]
    kind, sort = review.get("kind") or finding["kind"], review.get("sort") or finding.get("sort")
    if review["state"] == "rejected":
        kind = "negative"
    elif review["state"] not in DECIDED:
        kind = "ignore"
    elif kind == "recommendation":
        kind = sort if sort in ("solution", "proposal") else "solution"
    return {
        "id": str(finding["id"]), "kind": kind, "start": finding["span"]["start"], "end": finding["span"]["end"],
        "text": finding["quote"], "sort": sort if kind == "cause" and sort in ("objective", "subjective") else None,
        "topics": list(finding.get("topics") or ()), "fields": list(finding.get("fields") or ()),
        "embedded_causes": [], "links": [],
    }  # fmt: skip


def _gaps(spans: Sequence[Mapping[str, Any]], length: int) -> list[dict[str, Any]]:
    """What lies between the findings of a report that is not wholly reviewed, to be ignored."""
    ends = [0, *(s["end"] for s in spans)]
    starts = [*(s["start"] for s in spans), length]
    return [
        {"id": "", "kind": "ignore", "start": a, "end": b, "text": "", "links": []}
        for a, b in zip(ends, starts, strict=True) if a < b
    ]  # fmt: skip
