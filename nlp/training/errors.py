"""Which labels are taken for which, with petitions to look at; texts come from the project's own corpus only."""

from __future__ import annotations

from collections import Counter, defaultdict
from typing import Any

import numpy as np

from nlp.taxonomy import taxonomy
from nlp.training.judge import Judged

EXCERPT = 160


def confusion(gold: np.ndarray, said: np.ndarray, size: int) -> list[list[int]]:
    """Counts [gold][said] of single labels."""
    table = np.zeros((size, size), dtype=int)
    np.add.at(table, (gold, said), 1)
    return [[int(c) for c in row] for row in table]


def field_pairs(judged: Judged) -> list[dict[str, Any]]:
    """Missed field × added field of the same petition, with counts and ids; `None` where only one of them happened."""
    codes = taxonomy().field_codes
    gold, said = judged.fields
    pairs: dict[tuple[str | None, str | None], list[str]] = defaultdict(list)
    for i, row in enumerate(judged.rows):
        missed: list[str | None] = [codes[k] for k in np.flatnonzero(gold[i] & ~said[i])]
        added: list[str | None] = [codes[k] for k in np.flatnonzero(said[i] & ~gold[i])]
        if missed or added:
            for m in missed or [None]:
                for a in added or [None]:
                    pairs[(m, a)].append(row.id)
    ranked = sorted(pairs.items(), key=lambda item: (-len(item[1]), str(item[0])))
    return [{"missed": m, "added": a, "n": len(ids), "ids": ids} for (m, a), ids in ranked]


def examples(judged: Judged, *, most: int = 12) -> list[dict[str, Any]]:
    """The surest field errors, one a confusion pair first: id, gold and answer, a short excerpt of the text."""
    assert judged.field_p is not None
    codes, p = taxonomy().field_codes, judged.field_p
    gold, said = judged.fields
    of = {row.id: i for i, row in enumerate(judged.rows)}
    chosen: list[int] = []
    for pair in field_pairs(judged):
        rest = [of[i] for i in pair["ids"] if of[i] not in chosen]
        if rest:
            chosen.append(max(rest, key=lambda i: float(np.abs(p[i] - gold[i]).max())))
    return [
        {
            "id": judged.rows[i].id, "gold": [codes[k] for k in np.flatnonzero(gold[i])],
            "said": [codes[k] for k in np.flatnonzero(said[i])],
            "probability": [round(float(judged.field_p[i, k]), 2) for k in np.flatnonzero(said[i])],
            "excerpt": excerpt(judged.rows[i].text), "hard": judged.rows[i].hard,
        }
        for i in chosen[:most]
    ]  # fmt: skip


def missed_khan(judged: Judged) -> list[dict[str, Any]]:
    """Urgent petitions read as less: id, what was said, and the signals that were overlooked, quoted."""
    levels = [u.code for u in taxonomy().urgency]
    gold, said = judged.urgency
    return [
        {
            "id": judged.rows[i].id, "said": levels[said[i]],
            "signals": [{"code": s.code, "text": judged.rows[i].text[s.start : s.end]} for s in judged.rows[i].signals],
        }
        for i in np.flatnonzero((gold == 2) & (said < 2))
    ]  # fmt: skip


def signal_table(judged: Judged) -> list[dict[str, Any]]:
    """Span precision, recall and F1 of each signal (a span is right if it overlaps a gold span of its code)."""
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row, result in zip(judged.rows, judged.results, strict=True):
        hit: set[int] = set()
        for s in result.urgency.signals:
            match = [
                k for k, g in enumerate(row.signals)
                if g.code == s.code and g.start < s.span.end and s.span.start < g.end
            ]  # fmt: skip
            counts[s.code]["right" if match else "spurious"] += 1
            hit.update(match)
        for k, g in enumerate(row.signals):
            counts[g.code]["gold"] += 1
            counts[g.code]["missed"] += k not in hit
    rows = []
    for signal in taxonomy().signals:
        c = counts.get(signal.code)
        if c:
            right, spurious, missed = c["right"], c["spurious"], c["missed"]
            rows.append({
                "code": signal.code, "n": c["gold"],
                "precision": _ratio(right, right + spurious), "recall": _ratio(c["gold"] - missed, c["gold"]),
                "f1": _ratio(2 * right, 2 * right + spurious + missed),
            })  # fmt: skip
    return rows


def excerpt(text: str) -> str:
    """The beginning of a text on one line."""
    line = " ".join(text.split())
    return line if len(line) <= EXCERPT else line[:EXCERPT].rsplit(" ", 1)[0] + " …"


def _ratio(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None
