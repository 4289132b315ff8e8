"""Word boundaries by underthesea, with exact offsets, safe under threads and under hostile input.

underthesea's own ``word_tokenize`` loads its model on first use without a lock, loses offsets, and runs a regular
expression that is quadratic on unbroken runs and exponential on some broken addresses. So its two parts (the token
pattern and the CRF model) are called here one by one; a test holds the result equal to ``word_tokenize``.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache
from typing import Any

_LOCK = threading.Lock()
_LONGEST = 64
_RUN = re.compile(r"\S+")
# What underthesea's pattern for addresses may back-track on without end is cut by this pattern instead.
_ADDRESS = re.compile(r"(?:https?|ftps?):|[.][A-Za-z]{2,13}/", re.IGNORECASE)
_PLAIN = re.compile(r"[\w@%&=+#~:/.\-]*\w/?|[^\w\s]")


def split_words(text: str, cuts: Sequence[int] = ()) -> list[tuple[int, int]]:
    """Return the words of `text` as offsets, in order.

    Parameters
    ----------
    text : str
        One paragraph of clean text.
    cuts : Sequence[int]
        Ascending offsets that no word may cross (starts of sentences).
    """
    tokens = _tokens(text, cuts)
    if not tokens:
        return []
    parts = _parts()
    with _LOCK:
        tags = parts.tag([_normal(text[start:end]) for start, end in tokens])
    forced = set(cuts)
    words: list[tuple[int, int]] = []
    for (start, end), tag in zip(tokens, tags, strict=True):
        if tag == "I-W" and words and start not in forced and "\n" not in text[words[-1][1] : start]:
            words[-1] = (words[-1][0], end)
        else:
            words.append((start, end))
    return words


def warm_up() -> None:
    """Load the segmentation model now, so that the first text is not slow; later calls do nothing."""
    _parts()


class _Parts:
    """underthesea's token pattern and CRF model."""

    def __init__(self) -> None:
        import underthesea.pipeline.word_tokenize as package
        from underthesea.pipeline.text_normalize import token_normalize
        from underthesea.pipeline.word_tokenize.regex_tokenize import patterns

        # One public call loads the model where underthesea wants it.
        package.word_tokenize("Khởi động")
        self.pattern: re.Pattern[str] = patterns
        self.normalize: Callable[[str], str] = token_normalize
        self.model: Any = package.word_tokenize_model

    def tag(self, tokens: list[str]) -> Iterable[str]:
        tags: list[str] = self.model.predict([[token] for token in tokens])
        return tags


_LOADED: list[_Parts] = []


def _parts() -> _Parts:
    if not _LOADED:
        with _LOCK:
            if not _LOADED:
                _LOADED.append(_Parts())
    return _LOADED[0]


@lru_cache(maxsize=32768)
def _normal(token: str) -> str:
    normal: str = _parts().normalize(token)
    return normal


def _tokens(text: str, cuts: Sequence[int]) -> list[tuple[int, int]]:
    pattern = _parts().pattern
    tokens = []
    for start, end, plain in _pieces(text, cuts):
        # A slice, not pos and endpos: look-behinds must not see what was cut off.
        for match in (_PLAIN if plain else pattern).finditer(text[start:end]):
            tokens.append((start + match.start(), start + match.end()))
    return tokens


def _pieces(text: str, cuts: Sequence[int]) -> list[tuple[int, int, bool]]:
    """Cut `text` so that the token pattern never sees what it is slow on; the flag marks addresses."""
    marks: list[tuple[int, int, bool]] = []
    for run in _RUN.finditer(text):
        start, end = run.span()
        if _ADDRESS.search(text, start, end):
            marks += [(at, min(at + 512, end), True) for at in range(start, end, 512)]
        elif end - start > _LONGEST:
            marks += [(at, min(at + _LONGEST, end), False) for at in range(start, end, _LONGEST)]
    bounds = {0, len(text), *(cut for cut in cuts if 0 < cut < len(text))}
    for start, end, _ in marks:
        bounds.update((start, end))
    ordered = sorted(bounds)
    pieces = []
    inside = 0
    for start, end in zip(ordered, ordered[1:], strict=False):
        while inside < len(marks) and marks[inside][1] <= start:
            inside += 1
        flag = inside < len(marks) and marks[inside][0] <= start and marks[inside][2]
        pieces.append((start, end, flag))
    return pieces
