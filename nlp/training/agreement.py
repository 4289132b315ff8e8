"""How far two people agree on the same petitions: the ceiling beside a model's score.

A second annotator's labels stand in `corpora/petitions/annotations/<name>.jsonl`, one object a line:
`{"id", "annotator", "fields", "subfields"?, "type", "urgency", "signals"?}`; the text is not repeated.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from nlp.taxonomy import taxonomy
from nlp.training.corpus import PetitionCorpus, PetitionRow
from nlp.training.metrics import cohen_kappa, krippendorff_alpha, macro_f1, micro_f1, number


def read_annotations(folder: Path) -> list[dict[str, Any]]:
    """Every annotation row of a folder; empty where there is none."""
    return [
        json.loads(line)
        for path in sorted(folder.glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]


def agreement(pairs: Sequence[tuple[PetitionRow, Mapping[str, Any]]]) -> dict[str, Any]:
    """Agreement of the writer's labels with another annotator's.

    Returns
    -------
    dict
        `n`; Krippendorff's alpha and micro- and macro-F1 over fields; Cohen's kappa and plain agreement of type and
        urgency; kappa of each field; what the other annotator would score as if a model.
    """
    t = taxonomy()
    one = np.array([[c in r.fields for c in t.field_codes] for r, _ in pairs], dtype=bool)
    two = np.array([[c in o["fields"] for c in t.field_codes] for _, o in pairs], dtype=bool)
    out: dict[str, Any] = {
        "n": len(pairs),
        "field_alpha": number(
            krippendorff_alpha([frozenset(r.fields) for r, _ in pairs], [frozenset(o["fields"]) for _, o in pairs])
        ),
        "field_micro_f1": number(micro_f1(one, two)), "field_macro_f1": number(macro_f1(one, two)),
        "field_kappa": {
            c: number(cohen_kappa(one[:, k].tolist(), two[:, k].tolist()))
            for k, c in enumerate(t.field_codes) if one[:, k].any() or two[:, k].any()
        },
    }  # fmt: skip
    for task in ("type", "urgency"):
        rated = [(getattr(r, task), o[task]) for r, o in pairs if getattr(r, task) and o.get(task)]
        if rated:
            a, b = [x for x, _ in rated], [y for _, y in rated]
            out[f"{task}_kappa"] = number(cohen_kappa(a, b))
            out[f"{task}_accuracy"] = number(float(np.mean([x == y for x, y in rated])))
    khan = [(r.urgency, o["urgency"]) for r, o in pairs if r.urgency == "khan" and o.get("urgency")]
    if khan:
        out["khan_recall"] = number(float(np.mean([b == "khan" for _, b in khan])))
    return out


def signal_agreement(pairs: Sequence[tuple[PetitionRow, Mapping[str, Any]]]) -> dict[str, dict[str, Any]]:
    """Agreement on each signal of urgency, and on `all` of them together; a signal that neither marked is left out.

    Returns
    -------
    dict
        By code: `one` and `two`, the petitions that each annotator gave the signal; `f1` of its presence; `span_f1`, where
        a span counts as found if the other annotator's span of the same code overlaps it.
    """
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for row, other in pairs:
        one = _by_code((s.code, s.start, s.end) for s in row.signals)
        two = _by_code((s["code"], s["start"], s["end"]) for s in other.get("signals") or ())
        for code in one.keys() | two.keys():
            a, b = one.get(code, []), two.get(code, [])
            found = {
                "one": bool(a), "two": bool(b), "both": bool(a and b), "spans_one": len(a), "spans_two": len(b),
                "met_one": sum(_met(s, b) for s in a), "met_two": sum(_met(s, a) for s in b),
            }  # fmt: skip
            for key in (code, "all"):
                counts[key].update(found)
    return {
        code: {
            "one": c["one"], "two": c["two"], "f1": number(2 * c["both"] / (c["one"] + c["two"])),
            "span_f1": number(_harmonic(c["met_one"] / max(c["spans_one"], 1), c["met_two"] / max(c["spans_two"], 1))),
        }
        for code in (*(s.code for s in taxonomy().signals), "all") if (c := counts.get(code))
    }  # fmt: skip


def _by_code(signals: Iterable[tuple[str, int, int]]) -> dict[str, list[tuple[int, int]]]:
    spans: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for code, start, end in signals:
        spans[code].append((start, end))
    return spans


def _met(span: tuple[int, int], others: Sequence[tuple[int, int]]) -> bool:
    return any(span[0] < end and start < span[1] for start, end in others)


def _harmonic(a: float, b: float) -> float:
    return 2 * a * b / (a + b) if a + b else 0.0


def ceiling(corpus: PetitionCorpus, folder: Path | None) -> dict[str, Any] | None:
    """Agreement over all rows that a second annotator has labelled; None where nobody has."""
    rows = {r.id: r for r in corpus.rows}
    found = [(rows[o["id"]], o) for o in (read_annotations(folder) if folder else ()) if o.get("id") in rows]
    return agreement(found) | {"signals": signal_agreement(found)} if found else None
