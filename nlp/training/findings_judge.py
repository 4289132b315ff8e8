"""Read reports end to end and compare with the gold: kinds, sorts, links, topics, attributes, metadata, confidence."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nlp.reports.findings import Finding, ReportResult
from nlp.reports.lexicon import key
from nlp.reports.reader import FindingsModel, ReportReader
from nlp.training.findings_scoring import Counts, LinkCounts, Predicted, bootstrap_f1, score_document, total
from nlp.training.report_corpus import GoldReport

GOLD_KINDS = ("limitation", "cause", "solution", "proposal", "lesson")
CAUSE_SORTS = ("objective", "subjective")
ATTRIBUTES = ("addressee", "responsible", "due")


@dataclass(frozen=True)
class PlainDocument:
    """A report of the corpus as the reader takes it."""

    text: str
    filename: str
    sha256: str
    pages: tuple[Any, ...] = ()
    blocks: tuple[Any, ...] = ()
    repairs: tuple[Any, ...] = ()
    quality: float = 1.0
    extracted: bool = False

    @classmethod
    def of(cls, report: GoldReport) -> PlainDocument:
        """The document of one corpus report."""
        return cls(report.text, f"{report.name}.md", hashlib.sha256(report.text.encode()).hexdigest())


@dataclass
class Judged:
    """Counts of every kind for every report, and of what a finding carries besides."""

    reports: list[GoldReport]
    kinds: list[dict[str, Counts]]
    sorts: list[dict[str, Counts]] = field(default_factory=list)
    links: list[dict[str, LinkCounts]] = field(default_factory=list)
    attributes: dict[str, list[int]] = field(default_factory=dict)
    metadata: dict[str, list[int]] = field(default_factory=dict)
    known_metadata: list[int] = field(default_factory=lambda: [0, 0])
    topics: list[int] = field(default_factory=lambda: [0, 0, 0])
    embedded: list[int] = field(default_factory=lambda: [0, 0, 0])
    link_faults: Counter[str] = field(default_factory=Counter)
    confidence: list[tuple[float, bool]] = field(default_factory=list)
    errors: list[dict[str, str]] = field(default_factory=list)

    def summary(self) -> dict[str, dict[str, float]]:
        """F1 with its interval for every kind, and for sorts and links."""
        rows = {}
        for kind, counts in total(self.kinds).items():
            low, high = bootstrap_f1(self.kinds, kind)
            rows[kind] = {
                "f1": counts.f1,
                "precision": counts.precision,
                "recall": counts.recall,
                "low": low,
                "high": high,
                "gold": counts.gold,
            }
        for sort in CAUSE_SORTS:
            documents = [{**{k: Counts(0, 0, 0, 0) for k in d}, "limitation": d[sort]} for d in self.sorts]
            merged = sum((d[sort] for d in self.sorts), Counts(0, 0, 0, 0))
            low, high = bootstrap_f1(documents, "limitation")
            rows[sort] = {
                "f1": merged.f1,
                "precision": merged.precision,
                "recall": merged.recall,
                "low": low,
                "high": high,
                "gold": merged.gold,
            }
        for relation in ("cause_of", "addresses", "all"):
            merged_links = self.link_counts(relation)
            low, high = bootstrap_links([self._link_row(d, relation) for d in self.links])
            rows[f"link:{relation}"] = {
                "f1": merged_links.f1,
                "low": low,
                "high": high,
                "gold": merged_links.gold,
                "precision": merged_links.right / max(1, merged_links.predicted),
                "recall": merged_links.right / max(1, merged_links.gold),
            }
        return rows

    def link_counts(self, relation: str) -> LinkCounts:
        """Links of one relation (or "all") over the reports."""
        return sum((self._link_row(d, relation) for d in self.links), LinkCounts(0, 0, 0))

    @staticmethod
    def _link_row(row: Mapping[str, LinkCounts], relation: str) -> LinkCounts:
        return row["cause_of"] + row["addresses"] if relation == "all" else row[relation]


def bootstrap_links(documents: Sequence[LinkCounts], draws: int = 1000, seed: int = 0) -> tuple[float, float]:
    """95% interval of the links' F1 when documents are drawn again with replacement."""
    import numpy as np

    if not documents:
        return 0.0, 0.0
    rng = np.random.default_rng(seed)
    rows = np.array([[d.gold, d.predicted, d.right] for d in documents])
    values = [
        LinkCounts(*(int(v) for v in rows[rng.integers(0, len(rows), len(rows))].sum(axis=0))).f1 for _ in range(draws)
    ]
    return float(np.quantile(values, 0.025)), float(np.quantile(values, 0.975))


def gold_kind(finding: Finding) -> str:
    """The kind under which the gold files know a finding: solution and proposal instead of recommendation."""
    return str(finding.sort) if finding.kind == "recommendation" else finding.kind


def judge(model: FindingsModel, reports: Sequence[GoldReport]) -> Judged:
    """Read every report with a model and compare."""
    reader = ReportReader(model)
    judged = Judged(list(reports), [])
    for report in reports:
        compare_report(judged, report, reader.extract(PlainDocument.of(report)))
    return judged


def compare_report(judged: Judged, report: GoldReport, result: ReportResult) -> None:
    """Add one report to the counts."""
    found = result.findings
    length = len(report.text)
    judged.kinds.append(
        score_document([Predicted(gold_kind(f), f.span.start, f.span.end) for f in found], report.spans, length)
    )
    judged.sorts.append(_cause_sorts(report, found, length))
    owner = {f.id: _owner(report, f) for f in found}
    judged.links.append(_links(report, found, owner))
    judged.link_faults += _link_faults(report, found, owner)
    _details(judged, report, found, owner)
    wanted = report.gold.get("metadata") or {}
    for name, value in result.document.metadata.to_json().items():
        if wanted:
            row = judged.metadata.setdefault(name, [0, 0])
            row[1] += 1
            row[0] += int(_same(wanted.get(name), value))
        if wanted.get(name):
            judged.known_metadata[0] += int(_same(wanted[name], value))
            judged.known_metadata[1] += 1
    _confidence(judged, report, found, length)


def _cause_sorts(report: GoldReport, found: Sequence[Finding], length: int) -> dict[str, Counts]:
    """Causes of each sort, scored as kinds are; causes that the annotators left open count neither way."""
    out = {}
    for sort in CAUSE_SORTS:
        gold = [
            {**s, "kind": "limitation" if s.get("sort") == sort else "ignore"}
            for s in report.spans
            if s["kind"] == "ignore" or (s["kind"] == "cause" and s.get("sort") in (sort, None))
        ]
        said = [
            Predicted("limitation", f.span.start, f.span.end) for f in found if f.kind == "cause" and f.sort == sort
        ]
        out[sort] = score_document(said, gold, length)["limitation"]
    return out


def _owner(report: GoldReport, finding: Finding) -> Mapping[str, Any] | None:
    """The gold span of the finding's kind that shares most characters with it, at least half of either."""
    best, most = None, 0
    for span in report.spans:
        kind = "recommendation" if span["kind"] in ("solution", "proposal") else span["kind"]
        if kind != finding.kind:
            continue
        shared = min(span["end"], finding.span.end) - max(span["start"], finding.span.start)
        if shared > most and (
            shared * 2 >= span["end"] - span["start"] or shared * 2 >= finding.span.end - finding.span.start
        ):
            best, most = span, shared
    return best


def _name(span: Mapping[str, Any] | None, otherwise: str) -> str:
    """A gold span's id; third-party gold may have none."""
    return str(span.get("id", otherwise)) if span else otherwise


def _links(
    report: GoldReport, found: Sequence[Finding], owner: Mapping[str, Mapping[str, Any] | None]
) -> dict[str, LinkCounts]:
    counts = {}
    for relation in ("cause_of", "addresses"):
        gold = {
            (s["id"], link["to"]) for s in report.spans for link in s.get("links", ()) if link["relation"] == relation
        }
        said = set()
        for finding in found:
            for link in finding.links:
                if link.relation == relation:
                    source, target = owner[finding.id], owner.get(link.to)
                    said.add((_name(source, finding.id), _name(target, link.to)))
        counts[relation] = LinkCounts(len(gold), len(said), len(gold & said))
    return counts


LINK_FAULTS = ("right", "no_source", "no_limitation", "unsaid", "other_limitation", "unlinked_source", "no_finding")
"""What becomes of a gold link (the first four) and of a wrong one that was said (the others)."""


def _link_faults(
    report: GoldReport, found: Sequence[Finding], owner: Mapping[str, Mapping[str, Any] | None]
) -> Counter[str]:
    """Gold links by what became of them, and wrong links by what is wrong with them (`LINK_FAULTS`)."""
    gold = {(s["id"], link["to"]) for s in report.spans for link in s.get("links", ())}
    linked = {source for source, _ in gold}
    ends = {str(span["id"]) for span in owner.values() if span and "id" in span}
    said = {
        (
            _name(owner[f.id], f.id),
            _name(owner.get(link.to), link.to),
            owner[f.id] is None or owner.get(link.to) is None,
        )
        for f in found
        for link in f.links
    }
    right = {(source, target) for source, target, _ in said} & gold
    faults: Counter[str] = Counter()
    for source, target in gold:
        faults[
            "right" if (source, target) in right
            else "no_source" if source not in ends
            else "no_limitation" if target not in ends
            else "unsaid"
        ] += 1  # fmt: skip
    for source, target, stray in said:
        if (source, target) not in gold:
            faults["no_finding" if stray else "other_limitation" if source in linked else "unlinked_source"] += 1
    return faults


def _details(
    judged: Judged, report: GoldReport, found: Sequence[Finding], owner: Mapping[str, Mapping[str, Any] | None]
) -> None:
    for finding in found:
        gold = owner[finding.id]
        if gold is None:
            continue
        for name in ATTRIBUTES:
            if gold.get(name):
                row = judged.attributes.setdefault(name, [0, 0])
                row[1] += 1
                row[0] += int(_near(gold[name], getattr(finding, name)))
        wanted, said = set(gold.get("topics", ())), set(finding.topics)
        if wanted:
            judged.topics[0] += len(wanted)
            judged.topics[1] += len(said)
            judged.topics[2] += len(wanted & said)
        if finding.kind == "limitation":
            places = [(e["start"], e["end"]) for e in gold.get("embedded_causes", ())]
            own = [(q.start, q.end) for q in finding.embedded_causes]
            hit = sum(any(min(b, d) - max(a, c) > 0.5 * (b - a) for c, d in own) for a, b in places)
            judged.embedded[0] += len(places)
            judged.embedded[1] += len(own)
            judged.embedded[2] += hit


def _confidence(judged: Judged, report: GoldReport, found: Sequence[Finding], length: int) -> None:
    """(confidence, right) of every finding, and the findings that are wrong or missing, for the error analysis."""
    for finding in found:
        counts = score_document(
            [Predicted(gold_kind(finding), finding.span.start, finding.span.end)], report.spans, length
        )
        name = finding.kind
        if counts[name].right + counts[name].wrong:
            right = counts[name].right == 1
            judged.confidence.append((finding.confidence, right))
            if not right:
                judged.errors.append({"report": report.name, "error": "thừa", "kind": name, "text": finding.text})
    covered = [(gold_kind(f), f.span.start, f.span.end) for f in found]
    for span in report.spans:
        if span["kind"] not in GOLD_KINDS:
            continue
        kinds = ("solution", "proposal") if span["kind"] in ("solution", "proposal") else (span["kind"],)
        shared = sum(max(0, min(span["end"], e) - max(span["start"], s)) for k, s, e in covered if k in kinds)
        if shared * 2 < span["end"] - span["start"]:
            judged.errors.append({"report": report.name, "error": "thiếu", "kind": span["kind"], "text": span["text"]})


_SHORT_FORMS = (("uy ban nhan dan", "ubnd"), ("hoi dong nhan dan", "hdnd"))
_AROUND_YEARS = re.compile(r"\b(?:giai doan|nhiem ky|tu|den|het|nam)\b")


def _same(gold: str | None, said: str | None) -> bool:
    """Equal without accents and case; "Ủy ban nhân dân" is "UBND", "giai đoạn 2013 - 2023" is "2013 - 2023"."""
    return _plain(gold) == _plain(said)


def _plain(value: str | None) -> str:
    text = key(value or "")
    for long, short in _SHORT_FORMS:
        text = text.replace(long, short)
    if re.search(r"\d{4}\D+\d{4}", text):
        text = _AROUND_YEARS.sub(" ", text)
    return " ".join(re.sub(r"^ve (?:viec )?", "", text).split())


def _near(gold: str, said: str | None) -> bool:
    """One names the other, "UBND" and "Ủy ban nhân dân" being the same."""
    a, b = _plain(gold), _plain(said)
    return bool(b) and (a in b or b in a)
