"""The working document: findings by kind and section, each with its citation, as Markdown or Word."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.export.bundle import KIND_NAMES, SORT_NAMES, Bundle, citation, topic_names
from api.export.returning import counted, returning

_ORDER = (
    ("limitation", None),
    ("cause", "objective"),
    ("cause", "subjective"),
    ("cause", None),
    ("recommendation", "proposal"),
    ("recommendation", "solution"),
    ("lesson", None),
)


_RECURRING = "Nội dung lặp lại qua nhiều văn bản"


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the working document: text, what is said beside it, its citation, and whether a person should look
    again.
    """

    text: str
    notes: tuple[str, ...]
    cited: str
    review: bool


def parts(bundle: Bundle) -> Iterator[tuple[str, list[tuple[str, list[Entry]]]]]:
    """(heading of the kind, [(section, entries)]) of one document, kinds without findings left out."""
    by_id = {f["id"]: f for f in bundle.findings}
    for kind, sort in _ORDER:
        chosen = [f for f in bundle.findings if f["kind"] == kind and (f.get("sort") == sort)]
        if not chosen:
            continue
        name = KIND_NAMES[kind] if sort is None else SORT_NAMES[sort].capitalize()
        if kind == "cause":
            name = KIND_NAMES[kind] + (f" {SORT_NAMES[sort]}" if sort else "")
        sections: dict[str, list[Entry]] = {}
        for finding in chosen:
            where = " › ".join(finding.get("section") or ()) or "(không có đầu mục)"
            sections.setdefault(where, []).append(_entry(bundle.document, finding, by_id))
        yield f"{name} ({len(chosen)})", list(sections.items())


def _entry(document: Mapping[str, Any], finding: Mapping[str, Any], by_id: Mapping[str, Mapping[str, Any]]) -> Entry:
    notes = []
    for label, code in (
        ("Gửi", "addressee"),
        ("Thực hiện", "responsible"),
        ("Thời hạn", "due"),
        ("Đối tượng", "subject"),
    ):
        if finding.get(code):
            notes.append(f"{label}: {finding[code]}")
    topics = topic_names(finding)
    if topics:
        notes.append(f"Chủ đề: {', '.join(topics)}")
    for link in finding.get("links") or ():
        target = by_id.get(link["to"])
        if target is not None:
            verb = "Nguyên nhân của" if link["relation"] == "cause_of" else "Khắc phục"
            notes.append(f"{verb}: {_short(str(target['text']))}")
    return Entry(str(finding["text"]), tuple(notes), citation(document, finding), bool(finding.get("needs_review")))


def _short(text: str) -> str:
    return text if len(text) <= 90 else text[:88].rsplit(" ", 1)[0] + "…"


def _facts(bundle: Bundle) -> list[str]:
    metadata = bundle.document.get("metadata") or {}
    names = (
        ("issuer", "Cơ quan ban hành"),
        ("number", "Số hiệu"),
        ("date", "Ngày"),
        ("period", "Kỳ báo cáo"),
        ("signer", "Người ký"),
        ("province", "Tỉnh"),
    )
    return [f"{label}: {metadata[code]}" for code, label in names if metadata.get(code)]


def recurrences(bundles: Sequence[Bundle]) -> list[Entry]:
    """What several of the documents name, as lines of the working document; none for a single document."""
    cited = {f["id"]: citation(b.document, f) for b in bundles for f in b.findings}
    entries = []
    for kind, group in returning(bundles).groups:
        notes = [f"{KIND_NAMES[kind]}; {group.documents} văn bản"]
        notes += [f"{label}: {counted(rows)}" for label, rows in (("Năm", group.years), ("Nơi", group.places)) if rows]
        where = "; ".join(dict.fromkeys(cited[m.id] for m in group.members))
        entries.append(Entry(group.members[0].text, tuple(notes), where, False))
    return entries


def to_markdown(bundles: Iterable[Bundle]) -> bytes:
    """The working document as Markdown."""
    out: list[str] = []
    bundles = list(bundles)
    for bundle in bundles:
        out.append(f"# {_escape(bundle.name)}\n")
        if bundle.error is not None:
            out.append(f"Không đọc được: {bundle.error.get('message', '')}\n")
            continue
        out += [f"- {_escape(fact)}" for fact in _facts(bundle)]
        out.append("")
        if not bundle.findings:
            out.append("Không tìm thấy phát hiện nào.\n")
        for heading, sections in parts(bundle):
            out.append(f"## {heading}\n")
            for section, entries in sections:
                out.append(f"### {_escape(section)}\n")
                out += [line for entry in entries for line in _lines(entry)]
                out.append("")
    again = recurrences(bundles)
    if again:
        out.append(f"# {_RECURRING}\n")
        out += [line for entry in again for line in _lines(entry)]
        out.append("")
    return "\n".join(out).encode()


def _lines(entry: Entry) -> list[str]:
    mark = " **[cần xem lại]**" if entry.review else ""
    first = f"- {_escape(entry.text)} *{_escape(entry.cited)}*{mark}"
    return [first, *(f"  - {_escape(note)}" for note in entry.notes)]


def _escape(text: str) -> str:
    return "".join("\\" + c if c in "*_`<>[]#|" else c for c in text)


def to_docx(bundles: Sequence[Bundle] | Iterable[Bundle]) -> bytes:
    """The working document as a Word file, in the type that Nghị định 30/2020/NĐ-CP, Phụ lục I asks for (Times New
    Roman 13).
    """
    from docx import Document
    from docx.shared import Pt

    book = Document()
    style = book.styles["Normal"]
    style.font.name = "Times New Roman"
    style.font.size = Pt(13)
    bundles = list(bundles)
    for number, bundle in enumerate(bundles):
        if number:
            book.add_page_break()
        book.add_heading(_plain(bundle.name), level=1)
        if bundle.error is not None:
            book.add_paragraph(f"Không đọc được: {bundle.error.get('message', '')}")
            continue
        for fact in _facts(bundle):
            book.add_paragraph(_plain(fact))
        if not bundle.findings:
            book.add_paragraph("Không tìm thấy phát hiện nào.")
        for heading, sections in parts(bundle):
            book.add_heading(heading, level=2)
            for section, entries in sections:
                book.add_heading(_plain(section), level=3)
                for entry in entries:
                    _write_entry(book, entry)
    again = recurrences(bundles)
    if again:
        book.add_page_break()
        book.add_heading(_RECURRING, level=1)
        for entry in again:
            _write_entry(book, entry)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _write_entry(book: Any, entry: Entry) -> None:
    from docx.shared import RGBColor

    paragraph = book.add_paragraph(style="List Bullet")
    paragraph.add_run(_plain(entry.text) + " ")
    paragraph.add_run(_plain(entry.cited)).italic = True
    if entry.review:
        run = paragraph.add_run(" [cần xem lại]")
        run.bold = True
        run.font.color.rgb = RGBColor(0xB0, 0x30, 0x10)
    for note in entry.notes:
        book.add_paragraph(_plain(note), style="List Bullet 2")


def _plain(text: str) -> str:
    """Text that XML can hold."""
    return "".join(c for c in text if c in "\t\n" or ord(c) >= 32)
