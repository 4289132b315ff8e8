"""Cue phrases as data: groups of phrases found in a text whatever its accents or tone placement."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml

from nlp.petitions.prepared import SYLLABLE, Prepared
from nlp.text import fold

TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")


@cache
def _decomposed(syllable: str) -> str:
    decomposed = unicodedata.normalize("NFD", syllable)
    tone = "".join(c for c in decomposed if c in TONES)
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if c not in TONES)) + tone


def plain_tone(syllable: str) -> str:
    """A syllable with its tone mark moved to the end, so that `hoà` and `hòa` are one: lower case."""
    return _decomposed(syllable.lower()) if not syllable.isascii() else syllable.lower()


@dataclass(frozen=True)
class CueGroup:
    """A named group of cue phrases; `about` says what it hints at (field, subfield, type or signal).

    `terms` are the group's own phrases, `also` are phrases that it shares with others; they count as `name~`.
    """

    name: str
    about: Mapping[str, Any]
    terms: tuple[str, ...]
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class CueTable:
    """Groups of one data file, indexed by syllables with and without accents."""

    name: str
    groups: tuple[CueGroup, ...]
    accented: Mapping[tuple[str, ...], tuple[str, ...]]
    folded: Mapping[tuple[str, ...], tuple[str, ...]]
    longest: int

    def hits(self, prepared: Prepared) -> list[tuple[str, int, int]]:
        """(group, first syllable, past the last) for each cue phrase; the longest match at each place.

        A whole text is searched once; its parts take the hits that lie inside them.
        """
        if prepared.whole is not None:
            begin, size = prepared.offset, len(prepared.syllables)
            found = self.hits(prepared.whole)
            return [(g, a - begin, b - begin) for g, a, b in found if begin <= a and b <= begin + size]
        if self.name not in prepared.memo:
            prepared.memo[self.name] = list(self._search(prepared))
        return prepared.memo[self.name]

    def _search(self, prepared: Prepared) -> Iterator[tuple[str, int, int]]:
        text, spans = prepared.text, prepared.syllables
        if prepared.unaccented:
            table, syllables = self.folded, [prepared.folded[s.start : s.end] for s in spans]
        else:
            table, syllables = self.accented, [plain_tone(text[s.start : s.end]) for s in spans]
        for i in range(len(syllables)):
            for size in range(min(self.longest, len(syllables) - i), 0, -1):
                groups = table.get(tuple(syllables[i : i + size]))
                if groups:
                    for group in groups:
                        yield group, i, i + size
                    break


@cache
def cue_table(name: str) -> CueTable:
    """Read `data/<name>.yaml` once.

    Raises
    ------
    FileNotFoundError
        If there is no such data file.
    """
    text = resources.files("nlp.petitions").joinpath("data", f"{name}.yaml").read_text(encoding="utf-8")
    groups = tuple(
        CueGroup(
            key,
            {k: v for k, v in g.items() if k not in ("terms", "also")},
            tuple(str(t) for t in g["terms"]),
            tuple(str(t) for t in g.get("also", ())),
        )  # fmt: skip
        for key, g in yaml.safe_load(text)["groups"].items()
    )
    accented: dict[tuple[str, ...], tuple[str, ...]] = {}
    folded: dict[tuple[str, ...], tuple[str, ...]] = {}
    for group in groups:
        named = [(t, group.name) for t in group.terms] + [(t, group.name + "~") for t in group.also]
        for term, shown in named:
            syllables = SYLLABLE.findall(unicodedata.normalize("NFC", term.lower()))
            key = tuple(plain_tone(s) for s in syllables)
            accented[key] = (*accented.get(key, ()), shown)
            key = tuple(fold(s) for s in syllables)
            # Without accents a single short syllable means too many things to be a cue.
            if len(key) > 1 or len(key[0]) > 3:
                folded[key] = (*folded.get(key, ()), shown)
    return CueTable(name, groups, accented, folded, max(len(k) for k in accented))
