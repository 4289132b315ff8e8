"""The word lists of the recognisers, read once; each with accents and without."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib import resources
from typing import Any

import yaml

from nlp.text import fold

_TONES = frozenset("\u0300\u0301\u0303\u0309\u0323")


@lru_cache(maxsize=65536)
def tone_key(word: str) -> str:
    """A word in lower case with its tone mark at the end, so that `Thuỷ` and `Thủy`, `Hoà` and `Hòa` are one."""
    letters = unicodedata.normalize("NFD", word.lower())
    tone = "".join(c for c in letters if c in _TONES)
    return unicodedata.normalize("NFC", "".join(c for c in letters if c not in _TONES)) + tone


def folded_key(word: str) -> str:
    """A word in lower case without accents."""
    return fold(unicodedata.normalize("NFC", word))


@dataclass(frozen=True)
class Words:
    """A set of single words and of phrases, in one spelling (with tones, or folded)."""

    single: frozenset[str]
    phrases: frozenset[tuple[str, ...]]
    longest: int

    def ends_at(self, keys: list[str], end: int) -> int:
        """How many words of the longest phrase of the set end just before position `end`; 0 for none."""
        for size in range(min(self.longest, end), 0, -1):
            if size == 1:
                return 1 if keys[end - 1] in self.single else 0
            if tuple(keys[end - size : end]) in self.phrases:
                return size
        return 0

    def starts_at(self, keys: list[str], start: int) -> int:
        """How many words of the longest phrase of the set begin at position `start`; 0 for none."""
        for size in range(min(self.longest, len(keys) - start), 0, -1):
            if size == 1:
                return 1 if keys[start] in self.single else 0
            if tuple(keys[start : start + size]) in self.phrases:
                return size
        return 0


@dataclass(frozen=True)
class Lexicon:
    """All word lists in one spelling; `accented` tells which."""

    accented: bool
    surnames: frozenset[str]
    weak_surnames: frozenset[str]
    core_surnames: frozenset[str]
    minority: Words
    compound: Words
    particles: frozenset[str]
    strong_middle: frozenset[str]
    sure_middle: frozenset[str]
    given: frozenset[str]
    ranks: frozenset[str]
    saints: frozenset[str]
    honorifics: Words
    weak_honorifics: frozenset[str]
    roles: Words
    name_cues: Words
    not_names: Words
    not_single: frozenset[str]
    titles: frozenset[str]
    common_given: frozenset[str]
    openers: frozenset[str]
    selves: frozenset[str]
    plain_stops: frozenset[str]
    before_place: Words
    known_places: Words
    streets: Words

    def key(self, word: str) -> str:
        """The form of a word to look up here."""
        return tone_key(word) if self.accented else folded_key(word)

    def is_surname(self, key: str) -> bool:
        return key in self.surnames

    def is_name_part(self, key: str) -> bool:
        """Whether a word can be a middle or given name."""
        return key in self.given or key in self.strong_middle


# Calls that are as often common words as they stand before a name.
WEAK_HONORIFICS = ("con", "em", "cháu", "bé", "già", "cố", "o", "ôn", "bạn", "bác", "chú", "cậu", "anh", "chị", "mụ")


def _read(name: str) -> dict[str, Any]:
    text = resources.files("nlp.text.entities").joinpath("data", name).read_text(encoding="utf-8")
    data: dict[str, Any] = yaml.safe_load(text)
    return data


def _words(items: Iterable[str], accented: bool) -> Words:
    key = tone_key if accented else folded_key
    split = [tuple(key(w) for w in item.replace("_", " ").split() if w != "-") for item in items]
    return Words(
        frozenset(s[0] for s in split if len(s) == 1), frozenset(s for s in split if len(s) > 1),
        max((len(s) for s in split), default=0),
    )  # fmt: skip


@cache
def word_list(filename: str, name: str, accented: bool) -> Words:
    """One list of a data file as words and phrases."""
    return _words(_read(filename)[name].split(), accented)


@cache
def lexicon(accented: bool = True) -> Lexicon:
    """The lists with accents, or folded for text typed without diacritics."""
    names, calls, places = _read("names.yaml"), _read("honorifics.yaml"), _read("places.yaml")
    key = tone_key if accented else folded_key

    def singles(name: str) -> frozenset[str]:
        return frozenset(key(w) for w in names[name].split() if "_" not in w)

    minority = _words(names["minority_surnames"].split(), accented)
    honorifics = (
        [str(w) for group in calls["honorifics"].values() for w in group] if accented else calls["plain_honorifics"]
    )
    return Lexicon(
        accented=accented,
        surnames=singles("surnames"),
        weak_surnames=singles("weak_surnames"),
        core_surnames=singles("core_surnames"),
        minority=minority,
        compound=_words(names["compound_surnames"].split(), accented),
        particles=frozenset(key(w.rstrip("'")) for w in names["particles"].split()),
        strong_middle=singles("strong_middle"),
        sure_middle=singles("sure_middle"),
        given=singles("given"),
        ranks=singles("ranks"),
        saints=singles("saint_names"),
        honorifics=_words(honorifics, accented),
        weak_honorifics=frozenset(key(w) for w in WEAK_HONORIFICS),
        roles=_words(calls["roles"].split(), accented),
        name_cues=_words(calls["name_cues"].split(), accented),
        not_names=_words(calls["not_names"].split(), accented),
        not_single=frozenset(key(w) for w in calls["not_single"].split()),
        openers=frozenset(key(w) for w in calls["openers"].split()),
        selves=frozenset(key(w) for w in ("tôi", "tui", "mình")),
        plain_stops=frozenset(calls["plain_stops"].split()),
        titles=frozenset(key(w) for w in calls["titles"].split()),
        common_given=frozenset(key(w) for w in calls["common_given"].split()),
        before_place=_words(places["before_place"].split(), accented),
        known_places=_words([*places["provinces"].split(), *places["districts"].split()], accented),
        streets=_words(places["streets"].split(), accented),
    )  # fmt: skip


@cache
def _safe_plain() -> dict[str, str]:
    return {plain: tone_key(word) for plain, word in _read("honorifics.yaml")["safe_plain"].items()}


def word_keys(words: Iterable[str], accented: bool) -> list[str]:
    """The look-up keys of words in order; in accented text, a few words that OCR left bare get their accents back."""
    if not accented:
        return [folded_key(w) for w in words]
    safe = _safe_plain()
    return [(safe.get(w.lower()) if w.isascii() else None) or tone_key(w) for w in words]


@cache
def genders() -> dict[str, str]:
    """Folded honorific → `nam` or `nu`; absent where it does not tell."""
    calls = _read("honorifics.yaml")["honorifics"]
    return {folded_key(str(w)): sex for sex in ("nam", "nu") for w in calls[sex]}
