"""The corpus of reports: marked drafts become documents beside gold files, with splits that never change."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from nlp.training.report_drafts import KINDS, Draft, read_drafts
from nlp.training.report_layouts import Rendered, render

SPLITS = "splits.json"
SHARES: Mapping[str, float] = {"train": 0.60, "validation": 0.15, "test": 0.25}


@dataclass(frozen=True)
class GoldReport:
    """One report of the corpus: its text as the file has it and its gold annotation (the JSON beside it)."""

    name: str
    text: str
    gold: Mapping[str, Any]
    split: str

    @property
    def genre(self) -> str:
        """Code of the genre, e.g. `so_ket`."""
        return str(self.gold["genre"])

    @property
    def spans(self) -> Sequence[Mapping[str, Any]]:
        """Gold spans in the order of the text."""
        return list(self.gold["spans"])


def assemble_report(draft: Draft) -> tuple[str, dict[str, Any]]:
    """Turn one marked draft into a document and its gold annotation.

    Parameters: `draft`. Returns the text as a file would hold it and the gold mapping; every span is exact in that
    text, page breaks and footnotes that fall inside a sentence included. `text` of a span is the clean sentence.
    """
    rendered = render(
        draft.text, draft.layout, f"{draft.hand}_{draft.name}", [(h.start, h.end) for h in draft.headings]
    )
    spans = [_gold_span(mark, draft, rendered) for mark in draft.marks if mark.kind != "E"]
    gold = {
        "document": f"{document_name(draft)}.md",
        "chars": len(rendered.text),
        "metadata": draft.metadata,
        "genre": draft.header["genre"],
        "hand": draft.hand,
        "layout": list(draft.layout),
        "spans": spans,
        "headings": [
            {"level": h.level, "start": s.start, "end": s.end}
            for h in draft.headings
            for s in [rendered.span(h.start, h.end)]
        ],
        "references": list(draft.references),
    }
    return rendered.text, gold


def document_name(draft: Draft) -> str:
    """File name of a report in the corpus, without its ending; it carries the hand."""
    return f"{draft.hand}_{draft.name}"


def _gold_span(mark: Any, draft: Draft, rendered: Rendered) -> dict[str, Any]:
    place = rendered.span(mark.start, mark.end)
    attributes = mark.attributes
    row: dict[str, Any] = {
        "id": mark.name,
        "kind": KINDS[mark.kind],
        "start": place.start,
        "end": place.end,
        "text": " ".join(draft.text[mark.start : mark.end].split()),
    }
    if mark.kind == "R":
        row["kind"] = attributes["s"]
    if mark.kind == "C":
        row["sort"] = None if attributes.get("s", "unknown") == "unknown" else attributes["s"]
    if mark.kind in "LCRB":
        row["topics"] = [t for t in attributes.get("t", "").split(",") if t]
        row["fields"] = [f for f in attributes.get("f", "").split(",") if f]
    for name, key in (("a", "addressee"), ("due", "due"), ("r", "responsible")):
        if name in attributes:
            row[key] = attributes[name]
    row["embedded_causes"] = [
        {"start": s.start, "end": s.end, "text": " ".join(draft.text[e.start : e.end].split())}
        for e in draft.marks
        if e.kind == "E" and mark.start <= e.start and e.end <= mark.end and mark.kind in "LCR"
        for s in [rendered.span(e.start, e.end)]
    ]
    relation = "cause_of" if mark.kind == "C" else "addresses"
    row["links"] = [{"to": to, "relation": relation} for to in attributes.get("to", "").split(",") if to]
    return row


def extend_splits(splits: Mapping[str, str], reports: Iterable[tuple[str, str, str]]) -> dict[str, str]:
    """Give every new report a split; a report that has one keeps it.

    Parameters: `splits`, report name → split; `reports`, (name, hand, genre). Reports of one hand and genre are
    siblings and stay together. A new group goes to the split that is furthest below its share; a genre that the test
    split has not seen comes first there.
    """
    done = dict(splits)
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name, hand, genre in sorted(reports):
        groups[hand, genre].append(name)
    genre_in_test = {genre for (_, genre), names in groups.items() if any(done.get(n) == "test" for n in names)}
    for (_, genre), names in sorted(groups.items(), key=lambda item: (len(item[1]), item[0])):
        chosen = next((done[n] for n in names if n in done), None)
        if chosen is None:
            counts = Counter(done.values())
            total = sum(counts.values()) + len(names)
            lack = {split: share * total - counts[split] for split, share in SHARES.items()}
            if genre not in genre_in_test and lack["test"] >= 0.5 * len(names):
                chosen = "test"
            else:
                allowed = [s for s in SHARES if s != "test" or genre not in genre_in_test] or list(SHARES)
                chosen = max(allowed, key=lambda s: lack[s])
        if chosen == "test":
            genre_in_test.add(genre)
        done.update({n: done.get(n, chosen) for n in names})
    return dict(sorted(done.items()))


def assemble_reports(drafts: Path, corpus: Path) -> dict[str, Any]:
    """Assemble every marked draft of a folder into the corpus folder.

    Parameters: `drafts`, a folder of `HAND/NAME.draft.md`; `corpus`, where NAME.md, NAME.json and splits.json are
    written. The same drafts always give the same files. Returns counts by kind and the number of reports. Raises
    DraftError for the first unreadable draft.
    """
    corpus.mkdir(parents=True, exist_ok=True)
    counts: Counter[str] = Counter()
    known = []
    for draft in read_drafts(drafts):
        text, gold = assemble_report(draft)
        name = document_name(draft)
        _write(corpus / f"{name}.md", text)
        _write(corpus / f"{name}.json", json.dumps(gold, ensure_ascii=False, indent=1) + "\n")
        counts.update(span["kind"] for span in gold["spans"])
        known.append((name, draft.hand, str(draft.header["genre"])))
    path = corpus / SPLITS
    splits = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    _write(path, json.dumps(extend_splits(splits, known), ensure_ascii=False, indent=1) + "\n")
    return {"reports": len(known), "spans": dict(sorted(counts.items()))}


def _write(path: Path, text: str) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        stream.write(text)


def load_reports(corpus: Path, split: str | None = None) -> list[GoldReport]:
    """Load the reports of a corpus folder, sorted by name.

    Parameters: `corpus`; `split`, one of train, validation, test, or None for all. A report without a split counts as
    train.
    """
    path = corpus / SPLITS
    splits = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    reports = []
    for gold_path in sorted(corpus.glob("*.json")):
        if gold_path.name == SPLITS or not gold_path.with_suffix(".md").exists():
            continue
        with gold_path.with_suffix(".md").open(encoding="utf-8", newline="") as stream:
            text = stream.read()
        gold = json.loads(gold_path.read_text(encoding="utf-8"))
        report = GoldReport(gold_path.stem, text, gold, splits.get(gold_path.stem, "train"))
        if split in (None, report.split):
            reports.append(report)
    return reports
