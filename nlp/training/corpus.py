"""Petition corpora: rows, their splits, and the plain-text authoring format they are composed in."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from nlp.registry.locate import corpora_root
from nlp.taxonomy import taxonomy

CHANNELS = (
    "don",
    "portal",
    "hotline",
    "email",
    "zalo",
    "voter",
    "minutes",
    "newspaper",
    "summary",
    "lawyer",
    "company",
    "ocr",
)
REGIONS = ("bac", "trung", "nam", "tay_nguyen", "mien_nui", "hai_dao", "nuoc_ngoai")
NOISE = (
    "no_diacritics",
    "abbrev",
    "teencode",
    "typos",
    "caps",
    "spacing",
    "ocr",
    "telex",
    "broken_lines",
    "nfd",
    "none",
)
SPLITS = ("train", "validation", "test", "hard")


@dataclass(frozen=True)
class SignalSpan:
    """The words that show a signal of urgency, or carry a field, in code points of the text as given."""

    code: str
    start: int
    end: int


@dataclass(frozen=True)
class PetitionRow:
    """One labelled petition of a corpus.

    `signals` are the words that show each signal; `evidence`, where somebody marked it, the words that carry each field.
    """

    id: str
    text: str
    fields: tuple[str, ...]
    subfields: tuple[str, ...] = ()
    type: str | None = None
    urgency: str | None = None
    signals: tuple[SignalSpan, ...] = ()
    channel: str = ""
    region: str = ""
    year: int | None = None
    hand: str = ""
    noise: tuple[str, ...] = ()
    group: str = ""
    hard: str = ""
    evidence: tuple[SignalSpan, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """The row as it stands in `corpora/petitions/*.jsonl`."""
        row: dict[str, Any] = {
            "id": self.id, "text": self.text, "fields": list(self.fields), "subfields": list(self.subfields),
            "type": self.type, "urgency": self.urgency,
            "signals": [{"code": s.code, "start": s.start, "end": s.end} for s in self.signals],
            "channel": self.channel, "region": self.region, "year": self.year, "hand": self.hand,
            "noise": list(self.noise), "group": self.group,
        }  # fmt: skip
        if self.hard:
            row["hard"] = self.hard
        if self.evidence:
            row["evidence"] = [{"code": s.code, "start": s.start, "end": s.end} for s in self.evidence]
        return row

    @classmethod
    def from_json(cls, row: dict[str, Any]) -> PetitionRow:
        """Read a row; absent labels stay empty.

        Raises
        ------
        KeyError
            If `id`, `text` or `fields` is missing.
        """
        return cls(
            id=str(row["id"]), text=row["text"], fields=tuple(row["fields"]), subfields=tuple(row.get("subfields", ())),
            type=row.get("type"), urgency=row.get("urgency"),
            signals=tuple(SignalSpan(s["code"], s["start"], s["end"]) for s in row.get("signals", ())),
            channel=row.get("channel", ""), region=row.get("region", ""), year=row.get("year"),
            hand=row.get("hand", ""), noise=tuple(row.get("noise", ())), group=row.get("group", ""),
            hard=row.get("hard", ""),
            evidence=tuple(SignalSpan(s["code"], s["start"], s["end"]) for s in row.get("evidence", ())),
        )  # fmt: skip


@dataclass(frozen=True)
class PetitionCorpus:
    """Rows and the split that each id belongs to."""

    rows: tuple[PetitionRow, ...]
    splits: dict[str, str] = field(default_factory=dict)

    def split(self, *names: str) -> list[PetitionRow]:
        """The rows of the named splits, in corpus order."""
        return [r for r in self.rows if self.splits.get(r.id) in names]


def petitions_folder(root: Path | None = None) -> Path:
    return (root or corpora_root()) / "petitions"


def load_petitions(root: Path | None = None) -> PetitionCorpus:
    """Read every `*.jsonl` of `corpora/petitions` and the fixed splits beside them."""
    folder = petitions_folder(root)
    rows = [r for path in sorted(folder.glob("*.jsonl")) for r in read_rows(path)]
    return PetitionCorpus(tuple(rows), read_splits(folder / "splits.json"))


def read_rows(path: Path) -> Iterator[PetitionRow]:
    """The rows of one JSONL file.

    Raises
    ------
    ValueError
        With file and line number (never the text) for a line that is no valid row.
    """
    with path.open(encoding="utf-8") as stream:
        for number, line in enumerate(stream, 1):
            if line.strip():
                try:
                    yield PetitionRow.from_json(json.loads(line))
                except (ValueError, KeyError, TypeError) as error:
                    raise ValueError(f"{path.name}:{number}: dòng không hợp lệ ({type(error).__name__})") from None


def read_splits(path: Path) -> dict[str, str]:
    """id → split name; empty where there is no file."""
    if not path.exists():
        return {}
    stored = json.loads(path.read_text(encoding="utf-8"))
    return {i: name for name, ids in stored.items() for i in ids}


def write_rows(path: Path, rows: Iterable[PetitionRow]) -> None:
    path.write_text("".join(json.dumps(r.to_json(), ensure_ascii=False) + "\n" for r in rows), encoding="utf-8")


# -- authoring format -----------------------------------------------------------------------------------------------

HEAD = re.compile(r"^###\s*(\S+)\s*$")


def parse_draft(text: str, *, hand: str, group: str) -> Iterator[tuple[PetitionRow, list[str]]]:
    """Read a file of the authoring format: `### id`, header lines, `---`, the text.

    Yields each row with what is wrong with it (an empty list if nothing is). The format lets a person write a petition
    as it looks, with line breaks, and quote the signals instead of counting characters.
    """
    for identifier, lines in _blocks(text):
        head, _, body = "\n".join(lines).partition("\n---\n")
        meta: dict[str, str] = {}
        quotes: list[tuple[str, str]] = []
        for line in head.split("\n"):
            key, colon, value = line.partition(":")
            if not colon:
                continue
            if key.strip() == "signal":
                code, _, quote = value.partition("|")
                quotes.append((code.strip(), quote.strip()))
            else:
                meta[key.strip()] = value.strip()
        yield _row(identifier, meta, quotes, body.strip("\n"), hand, group)


def _blocks(text: str) -> Iterator[tuple[str, list[str]]]:
    identifier: str | None = None
    lines: list[str] = []
    for line in text.split("\n"):
        match = HEAD.match(line)
        if match:
            if identifier:
                yield identifier, lines
            identifier, lines = match.group(1), []
        else:
            lines.append(line)
    if identifier:
        yield identifier, lines


def _row(
    identifier: str, meta: dict[str, str], quotes: list[tuple[str, str]], text: str, hand: str, group: str
) -> tuple[PetitionRow, list[str]]:
    problems: list[str] = []
    fields: list[str] = []
    subfields: list[str] = []
    for match in re.finditer(r"([a-z_]+)(?:\[([^\]]*)\])?", meta.get("fields", "")):
        fields.append(match.group(1))
        subfields += [s.strip() for s in (match.group(2) or "").split(",") if s.strip()]
    signals: list[SignalSpan] = []
    for code, quote in quotes:
        start = text.find(quote, 0)
        # The same quote given twice means its next place.
        while start >= 0 and any(s.start == start and s.code == code for s in signals):
            start = text.find(quote, start + 1)
        if start < 0 or not quote:
            problems.append(f"không thấy trích dẫn của {code}")
            continue
        signals.append(SignalSpan(code, start, start + len(quote)))
    year = meta.get("year", "")
    row = PetitionRow(
        identifier, text, tuple(fields), tuple(dict.fromkeys(subfields)), meta.get("type"), meta.get("urgency"),
        tuple(sorted(signals, key=lambda s: (s.start, s.code))), meta.get("channel", ""), meta.get("region", ""),
        int(year) if year.isdigit() else None, hand,
        tuple(n.strip() for n in meta.get("noise", "").split(",") if n.strip()), group, meta.get("hard", ""),
    )  # fmt: skip
    return row, problems + row_problems(row)


def row_problems(row: PetitionRow, *, complete: bool = True) -> list[str]:
    """What is wrong with a row's labels and spans, in Vietnamese; empty if nothing is.

    Parameters
    ----------
    complete : bool
        whether type, urgency, channel and region must be given and known, as in the project's own corpus; rows that
        an office or another tool labelled may lack them.
    """
    t, found = taxonomy(), []
    if not row.text.strip():
        found.append("không có nội dung")
    known = {"fields": t.field_codes, "subfields": t.subfield_codes}
    for name, codes in known.items():
        found += [f"{name}: mã lạ {c}" for c in getattr(row, name) if c not in codes]
        if len(set(getattr(row, name))) < len(getattr(row, name)):
            found.append(f"{name}: một mã ghi hai lần")
    if not row.fields:
        found.append("không có lĩnh vực")
    parents = t.field_of_subfield
    found += [
        f"{s} không thuộc lĩnh vực đã gắn" for s in row.subfields if s in parents and parents[s] not in row.fields
    ]
    if (complete or row.type) and row.type not in {x.code for x in t.types}:
        found.append(f"type: mã lạ {row.type}")
    levels = t.level_of_signal
    found += [f"signals: mã lạ {s.code}" for s in row.signals if s.code not in levels]
    found += [f"signals: {s.code} ngoài văn bản" for s in row.signals if not 0 <= s.start < s.end <= len(row.text)]
    implied = t.urgency_of([s.code for s in row.signals if s.code in levels])
    if not complete and row.urgency and row.urgency not in {u.code for u in t.urgency}:
        found.append(f"urgency: mã lạ {row.urgency}")
    elif (complete or row.urgency) and row.urgency != implied:
        found.append(f"urgency là {row.urgency} nhưng dấu hiệu cho {implied}")
    for name, value, allowed in (("channel", row.channel, CHANNELS), ("region", row.region, REGIONS)):
        if complete and value not in allowed:
            found.append(f"{name}: mã lạ {value}")
    found += [f"noise: mã lạ {n}" for n in row.noise if n not in NOISE]
    return found
