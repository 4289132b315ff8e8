"""The data files of this room, read once: headings, cues, organs, topics, provinces, references."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from nlp.text import fold

_TOKEN = re.compile(r"[^\W_]+", re.UNICODE)


@cache
def load(name: str) -> dict[str, Any]:
    """Read one data file of this room.

    Parameters: `name`, the file name without `.yaml`. Returns the parsed mapping; the caller must not change it.
    """
    text = (files("nlp.reports") / "data" / f"{name}.yaml").read_text(encoding="utf-8")
    data = yaml.safe_load(text)
    if not isinstance(data, dict) or "version" not in data:
        raise ValueError(f"tệp dữ liệu {name}.yaml không có version")
    return data


def key(text: str) -> str:
    """Look-up key of a phrase: folded words with single spaces, punctuation dropped.

    Parameters: `text`, any text. Returns e.g. "han che ton tai" for "Hạn chế, tồn tại:".
    """
    return " ".join(_TOKEN.findall(fold(unicodedata.normalize("NFC", text))))


@dataclass(frozen=True, slots=True)
class Phrase:
    """One row of a phrase table: the phrase as written, its key and where it was seen."""

    text: str
    key: str
    source: str


@cache
def cue_groups() -> dict[str, tuple[Phrase, ...]]:
    """Cue phrases by group, in the order of the file; each row carries its source."""
    groups = {}
    for name, body in load("cues")["groups"].items():
        rows = [
            Phrase(str(text), key(str(text)), source)
            for source in ("khao_sat", "bien_soan")
            for text in body.get(source, ())
        ]
        unique = {row.text: row for row in reversed(rows)}
        groups[name] = tuple(reversed(unique.values()))
    return groups


@cache
def start_only() -> frozenset[str]:
    """Names of the cue groups that count only at the start of a sentence."""
    return frozenset(name for name, body in load("cues")["groups"].items() if body.get("at_start"))


def find_key(needle: str, haystack: str) -> int:
    """Position of a key inside another key at word boundaries, or -1."""
    return f" {haystack} ".find(f" {needle} ")
