"""Redacted copies as the service shows them: the text without personal data, and an analysis whose spans follow."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from nlp.privacy import Redacted, redact

# Sentences of an intake report that may repeat words of the petition.
_FREE = ("detail", "note", "reason", "authority", "second")


@lru_cache(maxsize=256)
def redacted(text: str) -> Redacted:
    """The redacted copy of a text; the latest few are kept, because a page and its neighbours ask again."""
    return redact(text)


def without_names(text: str) -> str:
    """A text with personal data replaced by placeholders such as [HỌ TÊN 1]."""
    return redacted(text).text


def moved_result(text: str, result: Mapping[str, Any]) -> dict[str, Any]:
    """An analysis of `text` for its redacted copy: every span is moved and every quote taken from the copy."""
    made = redacted(text)
    answer: dict[str, Any] = copy.deepcopy(dict(result))
    spans = [e for f in answer.get("fields", ()) for e in f.get("evidence", ())]
    spans += answer.get("urgency", {}).get("signals", ())
    for span in spans:
        place = made.moved(span["start"], span["end"])
        span["start"], span["end"], span["text"] = place.start, place.end, made.text[place.start : place.end]
    return answer


def moved_report(text: str, report: Any) -> Any:
    """An intake report of `text` for its redacted copy: spans moved, quotes from the copy, nobody named elsewhere."""
    if isinstance(report, list):
        return [moved_report(text, item) for item in report]
    if not isinstance(report, Mapping):
        return report
    moved = {k: without_names(v) if k in _FREE and isinstance(v, str) else moved_report(text, v)
             for k, v in report.items()}  # fmt: skip
    if isinstance(report.get("reasons"), list):
        moved["reasons"] = [without_names(reason) for reason in report["reasons"]]
    if isinstance(report.get("start"), int) and isinstance(report.get("end"), int):
        made = redacted(text)
        place = made.moved(report["start"], report["end"])
        moved |= {"start": place.start, "end": place.end, "text": made.text[place.start : place.end]}
        if "value" in report and moved["text"] != report.get("text"):
            moved["value"] = None
    return moved
