"""Dated rows of rules: each with the time it is in force, its legal basis and how far it was checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

import yaml

from nlp.text.entities.lexicon import folded_key, tone_key
from nlp.text.entities.view import TOKEN

STATUS_NAMES = {"read": "đã đọc văn bản", "second_hand": "theo nguồn khác, cần kiểm tra", "verify": "cần kiểm tra"}


@dataclass(frozen=True, slots=True)
class Basis:
    """Legal basis of a row and its status: `read`, `second_hand` or `verify`; shown beside every figure."""

    text: str
    status: str

    def to_json(self) -> dict[str, str]:
        return {"basis": self.text, "status": self.status, "status_name": STATUS_NAMES[self.status]}


@dataclass(frozen=True)
class Row:
    """One row of a rules file with its time in force (both days included)."""

    data: Mapping[str, Any]
    valid_from: date | None
    valid_to: date | None
    basis: Basis

    def in_force(self, day: date) -> bool:
        return (self.valid_from is None or self.valid_from <= day) and (self.valid_to is None or day <= self.valid_to)


@cache
def packaged(name: str) -> Mapping[str, Any]:
    """One of the data files that come with the package."""
    text = resources.files("nlp.petitions.intake").joinpath("data", name).read_text(encoding="utf-8")
    data: Mapping[str, Any] = yaml.safe_load(text)
    return data


def read_rules(name: str, path: Path | None = None) -> Mapping[str, Any]:
    """A rules file: the office's own at `path`, else the packaged one.

    Raises
    ------
    ValueError
        If the office's file is no YAML mapping.
    """
    if path is None:
        return packaged(name)
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    if not isinstance(data, Mapping):
        raise ValueError(f"{path.name}: tệp quy tắc phải là một bảng YAML")
    return data


def rows(items: Iterable[Mapping[str, Any]], default_from: date | None = None) -> tuple[Row, ...]:
    """The rows of a rules file.

    Raises
    ------
    ValueError
        If a row has no legal basis, an unknown status, or ends before it begins.
    """
    out = []
    for item in items:
        name = str(item.get("id") or item.get("code"))
        status = item.get("status")
        if status not in STATUS_NAMES or not item.get("basis"):
            raise ValueError(f"dòng {name}: thiếu căn cứ (basis) hoặc status không hợp lệ")
        start, end = item.get("valid_from", default_from), item.get("valid_to")
        if start and end and end < start:
            raise ValueError(f"dòng {name}: valid_to trước valid_from")
        out.append(Row(item, start, end, Basis(str(item["basis"]), status)))
    return tuple(out)


class _Table:
    """Phrases of one spelling by their first and by their last word, longest first."""

    def __init__(self, phrases: Iterable[tuple[str, ...]]) -> None:
        self.by_first: dict[str, list[tuple[str, ...]]] = {}
        self.by_last: dict[str, list[tuple[str, ...]]] = {}
        for phrase in sorted(set(phrases), key=lambda p: (-len(p), p)):
            if phrase:
                self.by_first.setdefault(phrase[0], []).append(phrase)
                self.by_last.setdefault(phrase[-1], []).append(phrase)


class WordSet:
    """Phrases of a rules file, looked up in text with accents or without."""

    def __init__(self, phrases: Iterable[str]) -> None:
        # Tokens are letters only: "lớp 2" is looked up as "lớp", "(ký" as "ký".
        given = [TOKEN.findall(str(p).replace("_", " ")) for p in phrases]
        self._tables = {
            True: _Table(tuple(tone_key(w) for w in p) for p in given),
            False: _Table(tuple(folded_key(w) for w in p) for p in given),
        }

    def at(self, keys: list[str], start: int, accented: bool) -> int:
        """Words of the longest phrase that begins at position `start`; 0 for none."""
        for phrase in self._tables[accented].by_first.get(keys[start], ()) if start < len(keys) else ():
            if len(phrase) == 1 or tuple(keys[start : start + len(phrase)]) == phrase:
                return len(phrase)
        return 0

    def before(self, keys: list[str], end: int, accented: bool) -> int:
        """Words of the longest phrase that ends just before position `end`; 0 for none."""
        for phrase in self._tables[accented].by_last.get(keys[end - 1], ()) if end > 0 else ():
            if len(phrase) == 1 or (end >= len(phrase) and tuple(keys[end - len(phrase) : end]) == phrase):
                return len(phrase)
        return 0

    def first(self, keys: list[str], accented: bool, start: int = 0, end: int | None = None) -> tuple[int, int] | None:
        """The first phrase within positions `start` to `end`: (its position, its length in words)."""
        by_first = self._tables[accented].by_first
        for i in range(start, len(keys) if end is None else min(end, len(keys))):
            if keys[i] in by_first:
                size = self.at(keys, i, accented)
                if size:
                    return i, size
        return None


@cache
def word_set(filename: str, *path: str) -> WordSet:
    """A list of phrases of a packaged file as a `WordSet`; `path` leads to it."""
    value: Any = packaged(filename)
    for step in path:
        value = value[step]
    return WordSet(value.split() if isinstance(value, str) else value)
