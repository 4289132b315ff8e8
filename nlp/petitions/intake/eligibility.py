"""The checklist of conditions and the flags beside it: what was found with its place, what was not; never a verdict."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from nlp.petitions.intake.matters import Matters
from nlp.petitions.intake.parties import Parties
from nlp.petitions.intake.rules import Basis, Row, read_rules, rows, word_set
from nlp.text import is_syllable
from nlp.text.entities.lexicon import folded_key, tone_key
from nlp.text.entities.types import Entity
from nlp.text.entities.view import TextView

PAPER = ("don", "ocr", "lawyer", "company", None, "")
# Channels on which the writer says who it is; elsewhere an account or a telephone number does.
LETTERS = (*PAPER, "email", "newspaper", "minutes", "summary")
_WRITTEN = re.compile(
    r"(?:^|\n)[^\n]{0,60}?(?P<date>ngày\s*\d{1,2}\s*(?:tháng|/|-|\.)\s*\d{1,2}\s*(?:năm|/|-|\.)\s*\d{4}|"
    r"ngày\s*\d{1,2}\s+tháng\s+\d{1,2}(?:\s+năm\s+\d{4})?|\d{1,2}[/.\-]\d{1,2}[/.\-]\d{2,4})[ \t.,:]*(?=\n|\Z|"
    r"[^\n]{0,30}(?:\n|\Z))",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class ChecklistItem:
    """One condition: `found` with its place, `not_found`, `not_applicable` or `unsure`; offsets in the clean text."""

    code: str
    name: str
    state: str
    start: int
    end: int
    prompt: str
    missing: str
    basis: Basis


@dataclass(frozen=True)
class Facts:
    """What the other modules found, for the checks to lean on."""

    view: TextView
    keys: list[str]
    parties: Parties
    matters: Matters
    personal: Sequence[Entity]
    channel: str | None
    petition_types: Sequence[str]

    def kind(self, *kinds: str) -> Entity | None:
        return next((e for e in self.personal if e.kind in kinds), None)

    def phrase(self, name: str) -> tuple[int, int] | None:
        """Place of the first phrase of a word list of `eligibility.yaml`."""
        return self.place(word_set("eligibility.yaml", "words", name).first(self.keys, self.view.accented))

    def place(self, hit: tuple[int, int] | None) -> tuple[int, int] | None:
        if hit is None:
            return None
        tokens = self.view.tokens
        return tokens[hit[0]].start, tokens[hit[0] + hit[1] - 1].end


def facts(
    view: TextView,
    parties: Parties,
    matters: Matters,
    personal: Sequence[Entity],
    types: Sequence[str],
    channel: str | None,
) -> Facts:
    """Gather what the checks need."""
    key = tone_key if view.accented else folded_key
    return Facts(view, [key(t.text) for t in view.tokens], parties, matters, personal, channel, types)


Check = Callable[[Facts], "tuple[int, int] | None | bool"]


def _span(entity: Entity | None) -> tuple[int, int] | None:
    return (entity.start, entity.end) if entity else None


def petitioner_place(f: Facts) -> tuple[int, int] | None:
    named = next((p for p in f.parties.petitioners if p.kind != "tap_the"), None)
    return (named.start, named.end) if named else None


def _respondent(f: Facts) -> tuple[int, int] | None:
    return (f.parties.respondents[0].start, f.parties.respondents[0].end) if f.parties.respondents else None


def _address(f: Facts) -> tuple[int, int] | None:
    """An exact address near the petitioner's name, else any commune said to be the writer's, else any address."""
    homes = [e for e in f.personal if e.kind == "dia_chi"]
    if f.parties.petitioners and homes:
        near = min(homes, key=lambda e: min(abs(e.start - p.end) for p in f.parties.petitioners))
        return near.start, near.end
    if homes:
        return homes[0].start, homes[0].end
    for p in f.parties.petitioners:
        m = re.compile(
            r"\W{0,4}(?:ở|ngụ|trú|thường trú|cư ngụ|quê|tại)?\W{0,3}((?:xã|phường|thị trấn|huyện|quận|TP|"
            r"tỉnh)\s[^\n,;.()]{2,40})"
        ).match(f.view.text, p.end)
        if m:
            return m.span(1)
    m = re.compile(r"(?:tôi|gia đình tôi|nhà tôi|em|con)\s(?:ở|ngụ|trú|cư ngụ)\s(?:tại\s)?([^\n,;.]{3,50})").search(
        f.view.text
    )
    return m.span(1) if m else None


def _contact(f: Facts) -> tuple[int, int] | None:
    return _span(f.kind("so_dien_thoai", "email")) or _address(f) or f.phrase("contact")


def _written_on(f: Facts) -> tuple[int, int] | None:
    """A date on a line of its own or after a place: at the head or in the last lines."""
    found = list(_WRITTEN.finditer(f.view.text))
    return found[-1].span("date") if found else None


def _signature(f: Facts) -> tuple[int, int] | None:
    said = f.phrase("signature")
    signed = next((p for p in f.parties.petitioners if p.how == "cho_ky"), None)
    return said or ((signed.start, signed.end) if signed else None)


def _language(f: Facts) -> tuple[int, int] | None:
    words = [t.text for t in f.view.tokens if len(t.text) > 1]
    return (0, min(len(f.view.text), 60)) if words and vietnamese_share(words) >= 0.6 else None


@cache
def _shape(word: str) -> bool:
    return is_syllable(word)


def vietnamese_share(words: Sequence[str]) -> float:
    """Share of words that can be a Vietnamese syllable; about 0.3 for English, above 0.9 for Vietnamese."""
    return sum(_shape(w.lower()) for w in words) / len(words) if words else 0.0


def _content(f: Facts) -> tuple[int, int] | None:
    if f.matters.requests:
        return _span(f.matters.requests[0])
    return (f.view.tokens[0].start, f.view.tokens[11].end) if len(f.view.tokens) >= 12 else None


CHECKS: dict[str, Check] = {
    "language": _language,
    "written_on": _written_on,
    "petitioner": petitioner_place,
    "address": _address,
    "signature": _signature,
    "identity_number": lambda f: _span(f.kind("so_dinh_danh")),
    "respondent": _respondent,
    "reason": lambda f: f.phrase("reason"),
    "request": lambda f: _span(f.matters.requests[0] if f.matters.requests else None),
    "act": lambda f: f.phrase("act"),
    "contact": _contact,
    "content": _content,
    "evidence": lambda f: f.phrase("evidence"),
}


@cache
def _item_rows(path: Path | None) -> tuple[Row, ...]:
    return rows(read_rules("eligibility.yaml", path)["items"])


def checklist(f: Facts, received_at: date, rules: Path | None = None) -> list[ChecklistItem]:
    """Judge each condition; a portal report needs no signature.

    Rows marked `strict` (a new duty) count only while in force; the others are asked for at any time.
    """
    out = []
    for row in _item_rows(rules):
        r = row.data
        if not set(r["types"]) & set(f.petition_types) or (r.get("strict") and not row.in_force(received_at)):
            continue
        asked = f.channel in (PAPER if r.get("paper_only") else LETTERS) or not (
            r.get("paper_only") or r.get("letter_only")
        )
        place = CHECKS[r["check"]](f)
        span = place if isinstance(place, tuple) else None
        state = "found" if place else "not_found" if asked else "not_applicable"
        start, end = span or (-1, -1)
        prompt = r["prompt"] if state == "not_found" else ""
        out.append(ChecklistItem(r["code"], r["name"], state, start, end, prompt, r["missing"], row.basis))
    return out


def proposal(items: Sequence[ChecklistItem]) -> str:
    """`co_the_xu_ly`, or `de_nghi_bo_sung` where something to be supplied was not found; a person decides."""
    return (
        "de_nghi_bo_sung" if any(i.state == "not_found" and i.missing == "bo_sung" for i in items) else "co_the_xu_ly"
    )


def item_json(item: ChecklistItem, span: Any, text: str) -> dict[str, Any]:
    """One condition in the JSON of the report."""
    return {
        "code": item.code, "name": item.name, "state": item.state, "prompt": item.prompt, "missing": item.missing,
        **item.basis.to_json(), "start": span.start if span else None, "end": span.end if span else None,
        "text": span.quote(text) if span else None,
    }  # fmt: skip
