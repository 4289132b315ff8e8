"""Taking rows from outside into a corpus: validated, redacted, de-duplicated; every row left out is named with why."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from datasketch import MinHash, MinHashLSH

from nlp.privacy import redact
from nlp.taxonomy import taxonomy
from nlp.training.corpus import PetitionRow, SignalSpan, row_problems
from nlp.training.corpus_check import runs

OFFICE = "office"
DUPLICATE = 0.8


@dataclass(frozen=True)
class Dropped:
    """A row that was left out: its place in the file (from 1), its id if it has one, and why."""

    row: int
    id: str
    reason: str


@dataclass
class Intake:
    """What came in, what was left out and why, and how many rows still had personal data in them."""

    rows: list[PetitionRow] = field(default_factory=list)
    dropped: list[Dropped] = field(default_factory=list)
    redacted: int = 0
    notes: Counter[str] = field(default_factory=Counter)

    def to_json(self) -> dict[str, Any]:
        """Counts and reasons; no text."""
        return {
            "taken": len(self.rows), "redacted": self.redacted, "notes": dict(self.notes),
            "dropped": [{"row": d.row, "id": d.id, "reason": d.reason} for d in self.dropped],
        }  # fmt: skip


def take_in(
    raw: Iterable[Mapping[str, Any]],
    *,
    hand: str = OFFICE,
    private: bool = True,
    beside: Sequence[PetitionRow] = (),
    held_out: Collection[str] = (),
) -> Intake:
    """Turn raw rows into corpus rows.

    Parameters
    ----------
    raw : iterable of mappings
        rows as `read_any` gives them.
    hand : str
        who labelled them, where the row does not say.
    private : bool
        whether personal data must be replaced by placeholders; what the register exports is redacted already, and is
        checked again here, since a corpus outlives a register.
    beside : sequence of PetitionRow
        rows that are there already; a near copy of one is left out, of a held-out one above all.
    held_out : collection of str
        ids of `beside` that are kept for testing.
    """
    out = Intake()
    index = MinHashLSH(threshold=DUPLICATE, num_perm=64)
    known: dict[str, MinHash] = {}
    for old in beside:
        known[old.id] = sketch(old.text)
        index.insert(old.id, known[old.id], check_duplication=False)
    for number, record in enumerate(raw, 1):
        identifier = str(record.get("id") or f"{hand}-{number:05d}")
        row, reason = _row(record, identifier, hand)
        if row is None:
            out.dropped.append(Dropped(number, identifier, reason))
            continue
        # What came out of a register says so itself, and is masked whatever the caller thinks of it.
        if private or record.get("action") or record.get("model_version"):
            row, changed = redacted(row)
            out.redacted += changed
        if row.id in known:
            out.dropped.append(Dropped(number, identifier, "mã đã có"))
            continue
        mine = sketch(row.text)
        copy = next((o for o in sorted(index.query(mine)) if mine.jaccard(known[o]) >= DUPLICATE), None)
        if copy is not None:
            kind = "gần giống một đơn giữ riêng để chấm" if copy in held_out else "gần giống một đơn đã có"
            out.dropped.append(Dropped(number, identifier, f"{kind} ({copy})"))
            continue
        row, lost = consistent(row)
        out.notes.update(lost)
        known[row.id] = mine
        index.insert(row.id, mine)
        out.rows.append(row)
    return out


def unlabelled(raw: Iterable[Any], *, private: bool = True) -> Intake:
    """Petitions to be handed out for labelling: no labels, personal data masked; a row without a text is left out.

    Parameters
    ----------
    private : bool
        False for texts that were public before.
    """
    out = Intake()
    for number, record in enumerate(raw, 1):
        identifier = str(record.get("id") or number) if isinstance(record, Mapping) else str(number)
        text = record.get("text") if isinstance(record, Mapping) else None
        if not isinstance(text, str) or not text.strip():
            out.dropped.append(Dropped(number, identifier, "không có nội dung"))
            continue
        row, changed = PetitionRow(identifier, text, ()), False
        if private:
            row, changed = redacted(row)
        out.rows.append(row)
        out.redacted += changed
    return out


def sketch(text: str) -> MinHash:
    """What tells near copies: a MinHash of the text's three-syllable runs."""
    made = MinHash(num_perm=64, seed=1)
    made.update_batch([s.encode() for s in runs(text, 3)] or [text.encode("utf-8", "surrogatepass")])
    return made


def _row(record: Mapping[str, Any], identifier: str, hand: str) -> tuple[PetitionRow | None, str]:
    """The row, or None and why it cannot be used."""
    if "_problem" in record:
        return None, str(record["_problem"])
    if not isinstance(record.get("text"), str) or not record["text"].strip():
        return None, "không có nội dung"
    if not record.get("fields"):
        return None, "chưa gắn lĩnh vực"
    try:
        row = PetitionRow.from_json({**record, "id": identifier})
    except (KeyError, TypeError, ValueError):
        return None, "dòng không đúng dạng"
    # A missing label is not a label: what nobody decided would teach the model that somebody did.
    if row.type is None:
        return None, "chưa gắn loại đơn"
    if row.urgency is None and not row.signals:
        return None, "chưa gắn mức khẩn"
    row = replace(row, hand=row.hand or hand, group=row.group or identifier)
    faults = [p for p in row_problems(row, complete=False) if not p.startswith("urgency là")]
    if any(not 0 <= e.start < e.end <= len(row.text) or e.code not in row.fields for e in row.evidence):
        faults.append("đoạn bằng chứng không khớp văn bản hoặc lĩnh vực")
    return (None, "; ".join(faults)) if faults else (row, "")


def redacted(row: PetitionRow) -> tuple[PetitionRow, bool]:
    """The row with personal data replaced by placeholders, spans moved along, and whether that changed anything."""
    made = redact(row.text)
    if made.text == row.text:
        return row, False

    def moved(spans: Iterable[SignalSpan]) -> tuple[SignalSpan, ...]:
        places = [(s.code, made.moved(s.start, s.end)) for s in spans]
        return tuple(SignalSpan(code, place.start, place.end) for code, place in places)

    return replace(row, text=made.text, signals=moved(row.signals), evidence=moved(row.evidence)), True


def consistent(row: PetitionRow) -> tuple[PetitionRow, list[str]]:
    """The row with signals that fit its urgency.

    Clerks decide the level, machines found the signals: what stands above the decided level was refused with it.
    """
    t = taxonomy()
    if row.urgency is None:
        return replace(row, urgency=t.urgency_of([s.code for s in row.signals])), ["mức khẩn suy từ dấu hiệu"]
    limit = t.urgency_rank(row.urgency)
    kept = tuple(s for s in row.signals if t.urgency_rank(t.level_of_signal[s.code]) <= limit)
    notes = ["bỏ dấu hiệu cao hơn mức đã quyết"] if len(kept) < len(row.signals) else []
    if limit and not any(t.urgency_rank(t.level_of_signal[s.code]) == limit for s in kept):
        notes.append("mức khẩn không có dấu hiệu kèm")
    return replace(row, signals=kept), notes
