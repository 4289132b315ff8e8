"""Text of the legacy encodings TCVN3 (ABC) and VNI that was read as Western letters, and UTF-8 read twice."""

from __future__ import annotations

from collections import Counter

from nlp.text.alignment import Edit


def mojibake_edits(text: str) -> tuple[list[Edit], Counter[str]]:
    """Return the edits that turn mojibake in `text` back into Vietnamese."""
    return [], Counter()
