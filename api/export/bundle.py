"""What every exporter takes: a document and its findings under the names of the contract, and how to cite one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nlp.reports.numbering import marker_of
from nlp.taxonomy import taxonomy

KIND_NAMES: Mapping[str, str] = {
    "limitation": "Hạn chế, khó khăn",
    "cause": "Nguyên nhân",
    "recommendation": "Kiến nghị, giải pháp",
    "lesson": "Bài học kinh nghiệm",
}
SORT_NAMES: Mapping[str, str] = {
    "objective": "khách quan",
    "subjective": "chủ quan",
    "proposal": "kiến nghị, đề xuất",
    "solution": "nhiệm vụ, giải pháp",
}
HOW_NAMES: Mapping[str, str] = {
    "explicit": "nói rõ trong văn bản",
    "same_item": "cùng một ý",
    "same_section": "cùng một mục",
    "similar": "nội dung gần nhau",
}


_FORMS = ("báo cáo", "thông báo", "nghị quyết", "chỉ thị", "biên bản", "kết luận", "kế hoạch")


@dataclass(frozen=True)
class Bundle:
    """One document of an export.

    `document` and `findings` are the objects of the contract; `source` is the text as given, needed by the HTML view
    only; `error` is set instead of findings where the file could not be read (`code`, `message`).
    """

    document: Mapping[str, Any]
    findings: Sequence[Mapping[str, Any]] = field(default_factory=tuple)
    source: str | None = None
    error: Mapping[str, str] | None = None

    @property
    def name(self) -> str:
        """The document's title, or its file name where it has none."""
        title = (self.document.get("metadata") or {}).get("title")
        return str(title or self.document.get("filename") or self.document.get("id") or "")


def citation(document: Mapping[str, Any], finding: Mapping[str, Any]) -> str:
    """How a report writer cites a finding: "(Báo cáo số 278/BC-UBND, mục II.1, tr. 4)".

    Parameters: `document` and `finding` of the contract. What the document does not say is left out.
    """
    metadata = document.get("metadata") or {}
    kind = str(metadata.get("kind") or "văn bản")
    # An office cites by the form of a document: "Báo cáo số …" whatever the report is about.
    form = next((form for form in _FORMS if kind.lower().startswith(form)), kind)
    parts = [form[:1].upper() + form[1:]]
    if metadata.get("number"):
        parts[0] += f" số {metadata['number']}"
    elif document.get("filename"):
        parts[0] += f" “{document['filename']}”"
    section = finding.get("section") or []
    if section:
        parts.append(section_cited([str(title) for title in section]))
    if finding.get("page") is not None:
        parts.append(f"tr. {finding['page']}")
    return f"({', '.join(parts)})"


def section_cited(path: Sequence[str]) -> str:
    """A section as a writer cites it: "mục V.1", "Phần thứ hai, mục I.2", with the title where a level has no number.

    Parameters: `path`, titles from the outermost section inwards.
    """
    part, title = "", ""
    numbers: list[str] = []
    for heading in path:
        marker = marker_of(heading)
        label = marker.label.strip(".)(:-–—/ ") if marker else ""
        if marker is None or marker.style in ("bullet", "ordinal") or not label:
            title = heading
        elif marker.style == "part":
            part, title = label, ""
            numbers.clear()
        else:
            # "2.1" under "2." says both; under "II." it is added.
            while numbers and label.startswith(numbers[-1] + "."):
                numbers.pop()
            numbers.append(label)
            title = ""
    named = [f"mục {'.'.join(numbers)}"] if numbers else []
    if title:
        named.append(f"“{_short(title)}”" if named or part else f"mục “{_short(title)}”")
    return ", ".join([part, *named] if part else named)


def _short(title: str) -> str:
    words = title.split()
    return title if len(words) <= 12 else " ".join(words[:12]) + "…"


def kind_name(finding: Mapping[str, Any]) -> str:
    """Vietnamese name of a finding's kind with its sort."""
    name = KIND_NAMES.get(str(finding.get("kind")), str(finding.get("kind")))
    sort = SORT_NAMES.get(str(finding.get("sort")))
    return f"{name} ({sort})" if sort and finding.get("kind") == "cause" else (sort.capitalize() if sort else name)


def topic_names(finding: Mapping[str, Any]) -> list[str]:
    """Vietnamese names of a finding's topics."""
    names = {label.code: label.name for label in taxonomy().topics}
    return [names.get(code, code) for code in finding.get("topics") or ()]


def field_names(finding: Mapping[str, Any]) -> list[str]:
    """Vietnamese names of a finding's petition fields."""
    names = {label.code: label.name for label in taxonomy().fields}
    return [names.get(code, code) for code in finding.get("fields") or ()]
