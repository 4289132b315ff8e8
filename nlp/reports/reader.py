"""From a document to findings: the one entry point of this room."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from nlp.registry import Registry
from nlp.reports.attributes import due_of, embedded_causes, heading_organ, hedges_of, responsible_of, subject_of
from nlp.reports.explain import explain
from nlp.reports.figures import find_figures
from nlp.reports.findings import DocumentRecord, Finding, Item, Link, Quote, ReportResult, finding_id
from nlp.reports.links import Candidate, LinkModel
from nlp.reports.model import SentenceModel
from nlp.reports.pipeline import Parsed, parse
from nlp.reports.references import find_references
from nlp.reports.sorts import Issuer, SortModel, sort_columns, target_of
from nlp.reports.structure import Structure
from nlp.reports.topics import TopicModel, choose_topics, keyword_counts
from nlp.text import Span

REVIEW_BELOW = 0.6
QUALITY_BELOW = 0.5
LINKED_AT_ONCE = 600
"""Findings that are linked with one another; reports have up to some two hundred."""
Labels = tuple[tuple[str, ...], tuple[str, ...], tuple[float, ...]]
"""Topics, petition fields, and the probability of every topic."""

_SPACE_BEFORE = re.compile(r"\s+([,.;:!?)])")


class ReadableDocument(Protocol):
    """What this room needs of a document; `nlp.documents.Document` is one."""

    @property
    def text(self) -> str:
        """Text as given."""
        ...

    @property
    def filename(self) -> str:
        """Name of the file."""
        ...

    @property
    def sha256(self) -> str:
        """Digest of the bytes read."""
        ...

    @property
    def pages(self) -> Sequence[Any]:
        """Pages, empty where unknown."""
        ...

    @property
    def blocks(self) -> Sequence[Any]:
        """Hints of formats that know their parts."""
        ...

    @property
    def repairs(self) -> Sequence[Any]:
        """What was repaired while reading."""
        ...

    @property
    def quality(self) -> float:
        """0 (unreadable) to 1 (clean)."""
        ...


@dataclass
class FindingsModel:
    """Everything trained that the reader needs; one artefact of the task "findings"."""

    sentences: SentenceModel
    sorts: SortModel
    topics: TopicModel
    links: LinkModel
    version: str = "0"


class ReportReader:
    """Reads reports with one trained model. Stateless after construction; safe to share between threads."""

    def __init__(self, model: FindingsModel) -> None:
        self.model = model

    @classmethod
    def load(cls, registry: Registry | None = None) -> ReportReader:
        """The reader with the live model of the task "findings"; its digest is verified first.

        Raises
        ------
        RegistryError
            If no version is live or its files were changed.
        """
        registry = registry or Registry()
        version = registry.live("findings")
        model: FindingsModel = registry.load(version)
        model.version = version.name
        return cls(model)

    def extract(self, document: ReadableDocument, progress: Callable[[str, float], None] | None = None) -> ReportResult:
        """Every finding of a document, with its record.

        Parameters: `document`, with the text as given; `progress`, called with a stage and a share between 0 and 1.
        Returns findings in the order of the text; `document.text[f.span.start:f.span.end] == f.quote` for each.
        """
        tell = progress or (lambda stage, share: None)
        tell("structure", 0.1)
        parsed = parse(document.text, document.blocks)
        tell("sentences", 0.5)
        metadata = parsed.metadata
        design = self.model.sentences.design(parsed.table) if parsed.units else None
        decisions = self.model.sentences.decide(self.model.sentences.predict(parsed.table, design))
        chosen = [i for i, decision in enumerate(decisions) if decision is not None]
        tell("findings", 0.8)
        record = DocumentRecord(
            id=f"d{document.sha256[:16]}",
            sha256=document.sha256,
            filename=document.filename,
            text=document.text,
            extracted=bool(getattr(document, "extracted", False)),
            pages=len(document.pages) or None,
            repairs={r.code: r.count for r in (*document.repairs, *parsed.clean.repairs)},
            quality=float(document.quality),
            metadata=metadata,
            references=find_references(parsed.clean, metadata.number),
            figures=find_figures(parsed.clean, metadata.period),
        )
        findings = self._findings(document, record, parsed, decisions, chosen, design)
        tell("done", 1.0)
        return ReportResult(record, tuple(findings))

    def _findings(
        self,
        document: ReadableDocument,
        record: DocumentRecord,
        parsed: Parsed,
        decisions: list[tuple[str, float] | None],
        chosen: list[int],
        design: Any,
    ) -> list[Finding]:
        text = parsed.clean.text
        columns = sort_columns(text, parsed.structure, parsed.units, Issuer.of(record.metadata))
        sorts: dict[int, tuple[str, float]] = {}
        for kind in ("cause", "recommendation"):
            of_kind = [i for i in chosen if (decisions[i] or ("", 0))[0] == kind]
            sorts.update(zip(of_kind, self.model.sorts.decide(kind, parsed.table, columns, of_kind), strict=True))
        labels = self._labels(parsed, chosen)
        spans = [parsed.clean.to_source(parsed.units[i].start, parsed.units[i].end) for i in chosen]
        ids = [finding_id(record.sha256, (decisions[i] or ("", 0))[0], s) for i, s in zip(chosen, spans, strict=True)]
        links = self._links(parsed, decisions, chosen, labels, ids)
        found = []
        for n, i in enumerate(chosen):
            kind, confidence = decisions[i] or ("", 0.0)
            reasons = explain(self.model.sentences, design, parsed.table, parsed.structure, parsed.units, i, kind)
            found.append(
                self._finding(
                    document,
                    record,
                    parsed,
                    i,
                    kind,
                    confidence,
                    sorts.get(i),
                    labels[n],
                    spans[n],
                    ids[n],
                    links[n],
                    reasons,
                )
            )
        return found

    def _labels(self, parsed: Parsed, chosen: list[int]) -> list[Labels]:
        if not chosen:
            return []
        texts = [parsed.table.texts[i] for i in chosen]
        headings = [parsed.table.headings[i] for i in chosen]
        out = []
        model = self.model.topics
        sections = {}
        for section in ("topics", "fields"):
            counts = [keyword_counts(parsed.table.cues[i], section) for i in chosen]
            sections[section] = model.scores(texts, headings, counts, section)
        for row in range(len(chosen)):
            topics, fields = (
                choose_topics(sections[s][row], s, model.thresholds.get(s, 0.5)) for s in ("topics", "fields")
            )
            out.append((topics, fields, tuple(float(v) for v in sections["topics"][row])))
        return out

    def _links(
        self,
        parsed: Parsed,
        decisions: list[tuple[str, float] | None],
        chosen: list[int],
        labels: Sequence[Labels],
        ids: Sequence[str],
    ) -> list[list[Link]]:
        candidates = [candidate(parsed, i, (decisions[i] or ("", 0))[0], labels[n][2]) for n, i in enumerate(chosen)]
        links: list[list[Link]] = [[] for _ in chosen]
        # Every pair of a part is weighed: in a book of reports the work and the memory would grow with the square.
        for first in range(0, len(candidates), LINKED_AT_ONCE):
            part = candidates[first : first + LINKED_AT_ONCE]
            for source, target, how, probability in self.model.links.link(part):
                relation = "cause_of" if part[source].kind == "cause" else "addresses"
                links[first + source].append(Link(ids[first + target], relation, how, probability))
        return links

    def _finding(
        self,
        document: ReadableDocument,
        record: DocumentRecord,
        parsed: Parsed,
        i: int,
        kind: str,
        confidence: float,
        sort: tuple[str, float] | None,
        labels: Labels,
        span: Span,
        identity: str,
        links: list[Link],
        reasons: tuple[str, ...],
    ) -> Finding:
        unit, text, clean = parsed.units[i], parsed.clean.text, parsed.clean
        paragraph = parsed.structure.paragraphs[unit.paragraph]
        label = unit.label or paragraph.item_label
        advice = kind == "recommendation"
        target = (
            target_of(text, parsed.structure, parsed.units, i)[0] if advice and sort and sort[0] == "proposal" else None
        )
        titles = [
            s.title for s in parsed.structure.ancestors(paragraph.section) if "addressee" in s.roles or s.kind == "lead"
        ][:2]
        responsible = None
        if advice and sort and sort[0] == "solution":
            responsible = responsible_of(text, unit.start, unit.end) or heading_organ(titles)
        causes = embedded_causes(text, unit.start, unit.end) if kind == "limitation" else ()
        page_of = getattr(document, "page_of", None)
        return Finding(
            id=identity,
            document_id=record.id,
            kind=kind,
            sort=sort[0] if sort else None,
            text=tidy(text[unit.start : unit.end]),
            span=span,
            quote=span.quote(document.text),
            section=parsed.structure.path(paragraph.section),
            item=Item(label, max(1, unit.index + 1 if unit.clause else paragraph.item_index)) if label else None,
            page=page_of(span.start) if page_of else None,
            subject=subject_of(text, unit.start, unit.end) if kind in ("limitation", "cause") else None,
            addressee=target.text if target else None,
            responsible=responsible.text if responsible else None,
            due=due_of(text, unit.start, unit.end) if advice else None,
            hedges=hedges_of(parsed.table.cues[i], text),
            embedded_causes=tuple(
                Quote(s.start, s.end, tidy(text[c.start : c.end]))
                for c in causes
                for s in [clean.to_source(c.start, c.end)]
            ),
            topics=labels[0],
            fields=labels[1],
            links=tuple(links),
            confidence=confidence,
            reasons=reasons,
            needs_review=confidence < REVIEW_BELOW or record.quality < QUALITY_BELOW,
            extractor=self.model.version,
        )


def candidate(parsed: Parsed, index: int, kind: str, topic_scores: tuple[float, ...]) -> Candidate:
    """What the linker needs of the unit at `index`."""
    unit = parsed.units[index]
    paragraph = parsed.structure.paragraphs[unit.paragraph]
    parents = tuple(
        n for n in _chain(parsed.structure, paragraph.section) if parsed.structure.sections[n].kind != "lead"
    )
    return Candidate(
        kind=kind,
        text=parsed.clean.text[unit.start : unit.end],
        words=parsed.table.words[index],
        place=index,
        paragraph=unit.paragraph,
        item=paragraph.item_group if paragraph.item_label else 0,
        section=paragraph.section,
        parents=parents[1:],
        topic_scores=topic_scores,
        label=unit.label,
        order=paragraph.item_index,
    )


def _chain(structure: Structure, section: int) -> list[int]:
    chain = []
    while section >= 0:
        chain.append(section)
        section = structure.sections[section].parent
    return chain


def tidy(text: str) -> str:
    """A finding's clean text: single spaces, no segmenter's underscores, no blanks before punctuation."""
    joined = " ".join(text.replace("_", " ").split())
    return _SPACE_BEFORE.sub(r"\1", joined).rstrip(" ;")
