"""A self-contained HTML view of one report: the text with every finding marked in place, and a list beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from html import escape
from importlib.resources import files
from typing import Any

from api.export.bundle import HOW_NAMES, KIND_NAMES, Bundle, citation, kind_name, topic_names


def to_html(bundle: Bundle) -> bytes:
    """One HTML file without any outside resource; it works from a disk, without a server.

    Parameters: `bundle` with `source`, the text as given. Raises ValueError where the text is missing.
    """
    if bundle.source is None:
        raise ValueError("cần văn bản gốc để dựng trang xem")
    template = (files("api.export") / "templates" / "report.html").read_text(encoding="utf-8")
    values = {
        "TITLE": escape(bundle.name),
        "FACTS": _facts(bundle),
        "TEXT": mark_text(bundle.source, bundle.findings),
        "LIST": "\n".join(_entry(bundle.document, finding, bundle.findings) for finding in bundle.findings),
        "FILTERS": _filters(bundle.findings),
        "COUNT": str(len(bundle.findings)),
    }
    for name, value in values.items():
        template = template.replace(f"<!--{name}-->", value)
    return template.encode()


def mark_text(source: str, findings: Sequence[Mapping[str, Any]]) -> str:
    """The source as HTML, findings in `<mark>`.

    Parameters: `source`, `findings` with spans in it. Spans that overlap are nested or cut at the earlier one's end,
    so that tags stay balanced. Only escaped text of the source is put out: nothing in a report can run.
    """
    out: list[str] = []
    position = 0
    for finding in sorted(findings, key=lambda f: (f["span"]["start"], -f["span"]["end"])):
        start, end = max(finding["span"]["start"], position), finding["span"]["end"]
        if start >= end:
            continue
        out.append(escape(source[position:start]))
        kind = escape(str(finding["kind"]))
        out.append(
            f'<mark class="{kind}" id="t-{escape(str(finding["id"]))}" tabindex="0" data-id="{escape(str(finding["id"]))}">'
        )
        out.append(escape(source[start:end]) + "</mark>")
        position = end
    out.append(escape(source[position:]))
    return "".join(out)


def _facts(bundle: Bundle) -> str:
    metadata = bundle.document.get("metadata") or {}
    names = (
        ("kind", "Loại"),
        ("issuer", "Cơ quan ban hành"),
        ("number", "Số hiệu"),
        ("date", "Ngày"),
        ("period", "Kỳ"),
        ("signer", "Người ký"),
        ("province", "Tỉnh"),
    )
    rows = [f"<dt>{label}</dt><dd>{escape(str(metadata[code]))}</dd>" for code, label in names if metadata.get(code)]
    return f"<dl>{''.join(rows)}</dl>" if rows else ""


def _filters(findings: Sequence[Mapping[str, Any]]) -> str:
    boxes = []
    for kind, name in KIND_NAMES.items():
        count = sum(f["kind"] == kind for f in findings)
        if count:
            boxes.append(
                f'<label class="{kind}"><input type="checkbox" checked value="{kind}"> {escape(name)} ({count})</label>'
            )
    return "".join(boxes)


def _entry(document: Mapping[str, Any], finding: Mapping[str, Any], findings: Sequence[Mapping[str, Any]]) -> str:
    by_id = {f["id"]: f for f in findings}
    identity = escape(str(finding["id"]))
    notes = [
        f"{label}: {finding[code]}"
        for label, code in (("Gửi", "addressee"), ("Thực hiện", "responsible"), ("Thời hạn", "due"))
        if finding.get(code)
    ]
    notes += topic_names(finding)
    links = "".join(
        f'<li><a href="#t-{escape(str(link["to"]))}">{"Nguyên nhân của" if link["relation"] == "cause_of" else "Khắc phục"}: '
        f"{escape(_short(str(by_id[link['to']]['text'])))}</a> <small>({escape(HOW_NAMES.get(str(link['how']), str(link['how'])))}, {link['probability']:.0%})</small></li>"
        for link in finding.get("links") or ()
        if link["to"] in by_id
    )
    reasons = "; ".join(str(r) for r in finding.get("reasons") or ())
    review = '<span class="review">cần xem lại</span>' if finding.get("needs_review") else ""
    return (
        f'<li class="{escape(str(finding["kind"]))}" data-kind="{escape(str(finding["kind"]))}" id="l-{identity}">'
        f'<a class="go" href="#t-{identity}">{escape(str(finding["text"]))}</a>'
        f'<p class="meta"><b>{escape(kind_name(finding))}</b> · tin cậy {float(finding.get("confidence") or 0):.0%} {review}</p>'
        f'<p class="meta">{escape(citation(document, finding))}</p>'
        + (f'<p class="meta">{escape(" · ".join(notes))}</p>' if notes else "")
        + (f'<p class="meta why">{escape(reasons)}</p>' if reasons else "")
        + (f"<ul>{links}</ul>" if links else "")
        + "</li>"
    )


def _short(text: str) -> str:
    return text if len(text) <= 80 else text[:78].rsplit(" ", 1)[0] + "…"
