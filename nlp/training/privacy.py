"""How well personal data, parties and document numbers are found, on hand-annotated petitions."""

from __future__ import annotations

import hashlib
import json
import re
import time
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from nlp.petitions import PetitionReader
from nlp.petitions.intake.matters import matters
from nlp.petitions.intake.organisations import organisations
from nlp.petitions.intake.parties import parties
from nlp.privacy import find_personal_data, personal_kinds, redact
from nlp.registry import RegistryError
from nlp.registry.locate import corpora_root
from nlp.text import fold
from nlp.text.entities import people, view
from nlp.training.corpus import load_petitions
from nlp.training.metrics import Interval, bootstrap

PARTS = ("phat_trien", "kiem_tra", "sua", "moi")
PARTIES = {"nguoi_gui": "Người gửi", "nguoi_bi": "Người, cơ quan bị khiếu nại, tố cáo; bên kia"}
DOCUMENTS = {"so_van_ban": "Số văn bản"}
# Letters that OCR loses the accents of, and shapes it mistakes, per letter.
OCR_ACCENT, OCR_SHAPE = 0.12, 0.02


@dataclass(frozen=True)
class AnnotatedText:
    """A petition with its hand-marked spans (entity, start, end) in NFC code points; `type` where the corpus has it."""

    id: str
    source: str
    part: str
    text: str
    spans: tuple[tuple[str, int, int], ...]
    type: str | None = None

    def of(self, entities: Mapping[str, Any]) -> list[tuple[str, int, int]]:
        return [s for s in self.spans if s[0] in entities]


@dataclass(frozen=True)
class Tally:
    """Counts of one text: gold spans, those touched, wholly covered, met exactly; found spans, right ones."""

    gold: int = 0
    touched: int = 0
    covered: int = 0
    exact: int = 0
    found: int = 0
    right: int = 0

    def row(self) -> list[int]:
        return [self.gold, self.touched, self.covered, self.exact, self.found, self.right]


@dataclass(frozen=True)
class SpanScore:
    """Recall (touched, wholly covered, exact) and precision of one entity with 95% bootstrap intervals over texts."""

    entity: str
    gold: int
    found: int
    recall: Interval
    covered: Interval
    exact: Interval
    precision: Interval


def load_annotated(root: Path | None = None) -> tuple[list[AnnotatedText], int]:
    """Read `corpora/entities/*.jsonl`; petitions take their text from the corpus, by id and digest.

    Returns
    -------
    tuple
        The texts, and how many annotations were left out because their petition is gone or was changed.
    """
    folder = (root or corpora_root()) / "entities"
    rows = {r.id: r for r in load_petitions(root).rows}
    found, lost = [], 0
    for name in ("petitions", "composed"):
        for line in (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            row = json.loads(line)
            known = rows.get(row["id"])
            text = row.get("text") or (unicodedata.normalize("NFC", known.text) if known else "")
            if "digest" in row and hashlib.sha256(text.encode()).hexdigest()[:16] != row["digest"]:
                lost += 1
                continue
            spans = tuple((s["entity"], s["start"], s["end"]) for s in row["spans"])
            found.append(AnnotatedText(row["id"], name, row["part"], text, spans, known.type if known else None))
    return found, lost


def tally(gold: Sequence[tuple[str, int, int]], found: Sequence[tuple[str, int, int]]) -> Tally:
    """Compare two sets of spans of one entity."""
    touch = [any(a < d and c < b for _, c, d in found) for _, a, b in gold]
    right = [any(a < d and c < b for _, a, b in gold) for _, c, d in found]
    places = {i for _, c, d in found for i in range(c, d)}
    covered = [set(range(a, b)) <= places for _, a, b in gold]
    exact = [(a, b) in {(c, d) for _, c, d in found} for _, a, b in gold]
    return Tally(len(gold), sum(touch), sum(covered), sum(exact), len(found), sum(right))


def score(entity: str, tallies: Sequence[Tally]) -> SpanScore:
    """Add up and draw again over texts."""
    table = np.array([t.row() for t in tallies], dtype=np.int64).reshape(-1, 6)

    def ratio(top: int, bottom: int) -> Interval:
        def value(index: np.ndarray) -> float:
            total = table[index, bottom].sum()
            return float(table[index, top].sum() / total) if total else float("nan")

        return bootstrap(value, len(table))

    return SpanScore(
        entity, int(table[:, 0].sum()), int(table[:, 4].sum()), ratio(1, 0), ratio(2, 0), ratio(3, 0), ratio(5, 4)
    )


def personal_scores(texts: Sequence[AnnotatedText], change: Callable[[str], str] = lambda t: t) -> list[SpanScore]:
    """Scores of each kind of personal data, all kinds together first; `change` must keep every character's place."""
    kinds = personal_kinds()
    found = [[(p.entity, p.start, p.end) for p in find_personal_data(change(t.text))] for t in texts]
    every = [tally(t.of(kinds), f) for t, f in zip(texts, found, strict=True)]
    out = [score("tat_ca", every)]
    for code in kinds:
        tallies = [
            tally([s for s in t.spans if s[0] == code], [s for s in f if s[0] == code])
            for t, f in zip(texts, found, strict=True)
        ]
        if any(x.gold or x.found for x in tallies):
            out.append(score(code, tallies))
    return out


def clean_share(texts: Sequence[AnnotatedText]) -> Interval:
    """Share of texts in which no annotated personal data is left after redaction."""
    kinds = personal_kinds()
    whole = []
    for t in texts:
        marks = t.of(kinds)
        counts = tally(marks, [(p.entity, p.start, p.end) for p in find_personal_data(t.text)])
        whole.append(counts.covered == counts.gold)
    return bootstrap(lambda index: float(np.mean(np.array(whole)[index])) if len(index) else float("nan"), len(whole))


def party_scores(texts: Sequence[AnnotatedText]) -> list[SpanScore]:
    """Petitioners and respondents by name (a part of the name is enough), document numbers by place."""
    tallies: dict[str, list[Tally]] = {name: [] for name in (*PARTIES, *DOCUMENTS)}
    for t in texts:
        looked = view(t.text)
        who = parties(looked, people(looked), organisations(looked), t.type)
        for role, chosen in (("nguoi_gui", who.petitioners), ("nguoi_bi", who.respondents)):
            gold = sorted({_name(t.text[a:b]) for e, a, b in t.spans if e == role})
            said = [_name(looked.text[p.start : p.end]) for p in chosen if p.kind != "tap_the"]
            met = [any(_same(g, s) for s in said) for g in gold]
            right = [any(_same(g, s) for g in gold) for s in said]
            tallies[role].append(
                Tally(len(gold), sum(met), sum(met), sum(g in said for g in gold), len(said), sum(right))
            )
        numbers = [("so_van_ban", d.start, d.end) for d in matters(looked).documents]
        tallies["so_van_ban"].append(tally([s for s in t.spans if s[0] == "so_van_ban"], numbers))
    return [score(name, rows) for name, rows in tallies.items()]


def _name(text: str) -> str:
    return " ".join(re.findall(r"\w+", fold(unicodedata.normalize("NFC", text))))


def _same(a: str, b: str) -> bool:
    return a == b or f" {a} " in f" {b} " or f" {b} " in f" {a} "


def same_labels(texts: Sequence[AnnotatedText]) -> tuple[str, dict[str, Interval]]:
    """How often the live petition model says the same of a text and of its redacted copy.

    Returns
    -------
    tuple
        The model's version (empty where none is live) and the shares for fields, type and urgency.
    """
    try:
        reader = PetitionReader.load()
    except RegistryError:
        return "", {}
    same: dict[str, list[bool]] = {"fields": [], "type": [], "urgency": []}
    for t in texts:
        a, b = (reader.classify(x).to_json() for x in (t.text, redact(t.text).text))
        same["fields"].append({f["code"] for f in a["fields"]} == {f["code"] for f in b["fields"]})
        same["type"].append(a["type"]["code"] == b["type"]["code"])
        same["urgency"].append(a["urgency"]["code"] == b["urgency"]["code"])
    table = {k: np.array(v, dtype=float) for k, v in same.items()}
    return reader.stamp.version, {name: _mean(values) for name, values in table.items()}


def _mean(values: np.ndarray) -> Interval:
    return bootstrap(lambda index: float(values[index].mean()), len(values))


def unaccented(text: str) -> str:
    """The text typed without diacritics, capitals kept."""
    return "".join(f.upper() if c.isupper() else f for c, f in zip(text, fold(text), strict=True))


def shouted(text: str) -> str:
    """The text in capitals, character for character."""
    return "".join(c.upper() if len(c.upper()) == 1 else c for c in text)


def scanned(text: str, seed: int = 5) -> str:
    """The text as OCR might give it: accents lost, l and 1, o and 0 mistaken; every character in its place."""
    rng = np.random.default_rng(seed)
    drawn = rng.random(len(text))
    out = []
    for char, x in zip(text, drawn, strict=True):
        plain = fold(char)
        if char.isalpha() and plain != char.lower() and x < OCR_ACCENT:
            out.append(plain.upper() if char.isupper() else plain)
        elif char in "lo" and x < OCR_SHAPE:
            out.append({"l": "1", "o": "0"}[char])
        else:
            out.append(char)
    return "".join(out)


CHANGES: dict[str, tuple[str, Callable[[str], str]]] = {
    "nhu_viet": ("Như viết", lambda t: t),
    "khong_dau": ("Không dấu", unaccented),
    "thuong_khong_dau": ("Chữ thường, không dấu", fold),
    "chu_hoa": ("Toàn chữ hoa", shouted),
    "ocr": ("Lỗi nhận dạng chữ", scanned),
}


def milliseconds(texts: Sequence[AnnotatedText], work: Callable[[str], object]) -> float:
    """Processor time for 100 syllables, in milliseconds, after one warm-up round."""
    for t in texts[:20]:
        work(t.text)
    started = time.process_time()
    for t in texts:
        work(t.text)
    spent = time.process_time() - started
    return 1000 * spent / sum(len(t.text.split()) for t in texts) * 100
