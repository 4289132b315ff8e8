"""Redacted copies as the service shows them: the text without personal data, and an analysis whose spans follow."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from nlp.privacy import Redacted, redact


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
