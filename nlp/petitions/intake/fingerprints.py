"""Fingerprints of petitions: MinHash over folded three-syllable shingles, with who and what they are about."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from nlp.petitions.intake.rules import packaged
from nlp.text import fold, fold_key

_SYLLABLE = re.compile(r"[^\W_]+")
LONGEST_DIFF = 4000


@cache
def settings() -> Mapping[str, Any]:
    return packaged("duplicates.yaml")


@cache
def _stock() -> re.Pattern[str]:
    phrases = [r"\W+".join(re.escape(w) for w in fold_key(p).split()) for p in settings()["stock"]]
    return re.compile("|".join(phrases))


def shingles(text: str) -> frozenset[str]:
    """Runs of three folded syllables of clean text, stock formulae left out; numbers count as written."""
    folded = _stock().sub(" | ", fold(text))
    size = int(settings()["shingle"])
    out: set[str] = set()
    for part in folded.split("|"):
        words = _SYLLABLE.findall(part)
        out.update(" ".join(words[i : i + size]) for i in range(len(words) - size + 1))
        if 0 < len(words) < size and not out:
            out.add(" ".join(words))
    return frozenset(out)


@dataclass(frozen=True)
class Fingerprint:
    """What is kept of a petition to compare it with others.

    Attributes
    ----------
    signature : tuple[int, ...]
        MinHash values (96).
    people : frozenset[str]
        keys of the petitioner: folded full name, phone, ID number.
    matter : frozenset[str]
        document numbers, parcels, respondents.
    received : str
        ISO day; the earlier petition is the first.
    """

    signature: tuple[int, ...]
    people: frozenset[str] = frozenset()
    matter: frozenset[str] = frozenset()
    received: str = ""
    scheme: str = ""

    def bands(self) -> list[str]:
        """Keys for an index: two petitions that share one are candidates (for a table `band → petition`)."""
        bands = int(settings()["bands"])
        rows = len(self.signature) // bands
        return [f"{b}:{zlib.crc32(repr(self.signature[b * rows : (b + 1) * rows]).encode()):08x}" for b in range(bands)]

    def similarity(self, other: Fingerprint) -> float:
        """Estimated Jaccard index of the shingles."""
        return float(np.mean(np.asarray(self.signature) == np.asarray(other.signature)))

    def to_json(self) -> dict[str, Any]:
        return {
            "signature": list(self.signature), "people": sorted(self.people), "matter": sorted(self.matter),
            "received": self.received, "scheme": self.scheme,
        }  # fmt: skip

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> Fingerprint:
        """Read what `to_json` wrote."""
        return cls(
            tuple(row["signature"]),
            frozenset(row["people"]),
            frozenset(row["matter"]),
            row["received"],
            row.get("scheme", ""),
        )


def fingerprint(
    text: str, *, people: Iterable[str] = (), matter: Iterable[str] = (), received: str = ""
) -> Fingerprint:
    """Make the fingerprint of a clean text."""
    return Fingerprint(_signature(text), frozenset(people), frozenset(matter), received, scheme())


def _signature(text: str) -> tuple[int, ...]:
    sketch = _template().copy()
    marks = shingles(text)
    if marks:
        sketch.update_batch([s.encode() for s in sorted(marks)])
    return tuple(int(v) for v in sketch.hashvalues)


@cache
def _template() -> Any:
    """An empty sketch with its random permutations, which take longer to draw than a petition to hash."""
    from datasketch import MinHash

    return MinHash(num_perm=int(settings()["permutations"]), seed=1, hashfunc=zlib.crc32)


@cache
def scheme() -> str:
    """Names how signatures are made; it changes with the settings and with what datasketch computes."""
    probe = _signature("một hai ba bốn năm sáu bảy tám chín mười")
    return f"{len(probe)}-{zlib.crc32(repr(probe).encode()):08x}"
