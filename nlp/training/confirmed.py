"""What clerks confirmed: labels that saw the machine's suggestion, and a random share that did not.

A confirmed label is not independent of the suggestion that it confirmed. So a share of petitions can be set aside to be
labelled blind, and agreement is reported on those apart; only they say how good the model is.

Export rows are corpus rows with, where the register knows them, `suggested` (`{"fields", "type", "urgency"}` as the
machine said), `blind` (whether the clerk decided before seeing it), `action` and `model_version`.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from nlp.petitions import PetitionResult
from nlp.training.agreement import agreement
from nlp.training.corpus import PetitionRow


def set_aside(identifier: str, share: float, salt: str = "") -> bool:
    """Whether a petition belongs to the blind share: a fixed, random-looking choice by its id.

    Parameters
    ----------
    share : float
        0 to 1.
    salt : str
        the office's own word, so that nobody can tell the choice from the id alone.
    """
    digest = hashlib.sha256(f"{salt}/{identifier}".encode()).digest()
    return int.from_bytes(digest[:8], "big") < share * 2**64


def with_suggestions(
    rows: Iterable[Mapping[str, Any]], read: Callable[[Mapping[str, Any]], PetitionResult], *, blind: bool = False
) -> Iterator[dict[str, Any]]:
    """Rows with what the machine says of them, where they do not tell: `read` reads their (masked) text anew.

    Parameters
    ----------
    blind : bool
        these were labelled without seeing any suggestion.
    """
    for raw in rows:
        row = {**raw, "blind": True} if blind else dict(raw)
        if not row.get("suggested") and isinstance(row.get("text"), str) and row["text"].strip() and row.get("fields"):
            said = read(row)
            row["suggested"] = {
                "fields": [f.code for f in said.fields], "type": said.type.code, "urgency": said.urgency.code,
            }  # fmt: skip
        yield row


def agreement_apart(rows: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """Agreement of clerk and machine on blind petitions and on those where the suggestion was seen.

    Rows without `suggested` are counted as `unknown`: nothing can be said of them.
    """
    parts: dict[str, list[tuple[PetitionRow, Mapping[str, Any]]]] = {"blind": [], "seen": []}
    unknown = 0
    for raw in rows:
        if not raw.get("suggested") or not raw.get("fields"):
            unknown += 1
            continue
        row = PetitionRow.from_json(dict(raw))
        parts["blind" if raw.get("blind") else "seen"].append((row, raw["suggested"]))
    return {name: agreement(pairs) if pairs else {"n": 0} for name, pairs in parts.items()} | {"unknown": unknown}
