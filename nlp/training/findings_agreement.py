"""How far two readers agree on the findings of the same reports: the ceiling beside the model's score.

A second reader's findings stand in `corpora/reports/annotations/<name>.jsonl`, one a line: `{"report", "annotator", "id",
"kind", "start", "end", "sort"?, "addressee"?, "links": [ids], "note"?}`; kinds are those of the gold files, offsets of the
report's text. Links name other findings of the same reader.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from nlp.training.findings_scoring import LinkCounts, Predicted, bootstrap_f1, score_document, total
from nlp.training.report_corpus import GoldReport

Row = Mapping[str, Any]


def read_report_annotations(corpus: Path) -> dict[str, list[dict[str, Any]]]:
    """Second readings by report name; empty where there is no folder of annotations."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for path in sorted((corpus / "annotations").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            if line.strip():
                row = json.loads(line)
                found[row["report"]].append(row)
    return dict(found)


def report_agreement(reports: Sequence[GoldReport], annotations: Mapping[str, Sequence[Row]]) -> dict[str, Any]:
    """Score the second reader against the writer by the rule of the findings, as if the reader were a model.

    Returns
    -------
    dict
        `reports`; `kinds`, F1 with its interval and the writer's count of each kind; `sort`, share of equal objective
        or subjective causes among those both marked, with n; `links`, F1 over links whose both ends both marked.
        Empty without a second reading.
    """
    pairs = [(r, annotations[r.name]) for r in reports if r.name in annotations]
    if not pairs:
        return {}
    documents = [
        score_document([Predicted(a["kind"], a["start"], a["end"]) for a in rows], report.spans, len(report.text))
        for report, rows in pairs
    ]
    kinds = {}
    for kind, counts in total(documents).items():
        low, high = bootstrap_f1(documents, kind)
        kinds[kind] = {"f1": counts.f1, "low": low, "high": high, "gold": counts.gold}
    same = sorted_ = 0
    links = LinkCounts(0, 0, 0)
    for report, rows in pairs:
        owner = {a["id"]: _match(report, a) for a in rows}
        for a in rows:
            span = owner[a["id"]]
            if span and a["kind"] == "cause" and a.get("sort") and span.get("sort"):
                sorted_ += 1
                same += a["sort"] == span["sort"]
        links = links + _links(report, rows, owner)
    return {
        "reports": len(pairs),
        "kinds": kinds,
        "sort": {"same": same, "n": sorted_},
        "links": {"f1": links.f1, "gold": links.gold, "said": links.predicted},
    }


def _match(report: GoldReport, row: Row) -> Row | None:
    """The writer's finding of the same kind that shares most with the reader's, at least half of either."""
    best: Row | None = None
    most = 0
    for span in report.spans:
        if _kind(span["kind"]) != _kind(row["kind"]):
            continue
        shared = min(span["end"], row["end"]) - max(span["start"], row["start"])
        if shared > most and shared * 2 >= min(span["end"] - span["start"], row["end"] - row["start"]):
            best, most = span, shared
    return best


def _kind(name: str) -> str:
    return "recommendation" if name in ("solution", "proposal") else name


def _links(report: GoldReport, rows: Sequence[Row], owner: Mapping[str, Row | None]) -> LinkCounts:
    known = {span["id"] for span in owner.values() if span}
    gold = {
        (s["id"], link["to"])
        for s in report.spans
        for link in s.get("links", ())
        if s["id"] in known and link["to"] in known
    }
    said = set()
    for a in rows:
        for target in a.get("links", ()):
            first, second = owner.get(a["id"]), owner.get(str(target))
            if first and second:
                said.add((first["id"], second["id"]))
    return LinkCounts(len(gold), len(said), len(gold & said))
