"""Duplicates: the same petitioner with the same matter, and near-identical texts of different people, with a diff.

MinHash signatures over folded three-syllable shingles find candidates fast (datasketch; Broder 1997); the similarity
that is shown is the exact Jaccard index of the shingles.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any

from nlp.petitions.intake.fingerprints import Fingerprint, fingerprint, scheme, settings, shingles
from nlp.text import Span, clean, fold

__all__ = ["Change", "Duplicate", "Fingerprint", "PetitionIndex", "diff", "find_duplicates", "fingerprint"]

_SYLLABLE = re.compile(r"[^\W_]+")
LONGEST_DIFF = 4000


@dataclass(frozen=True)
class Change:
    """One stretch of a diff: `equal`, `replace`, `delete`, `insert`; spans in both texts as given."""

    kind: str
    this: Span
    other: Span


@dataclass(frozen=True)
class Duplicate:
    """An earlier petition like this one.

    Attributes
    ----------
    id : str
    kind : str
        `trung_lap` (same petitioner and matter) or `rap_khuon` (near-identical text, different people).
    similarity : float
        Jaccard index of the shingles, 0 to 1.
    same_people, same_matter : tuple[str, ...]
        what both share.
    is_first : bool
        whether that petition is the first of those found.
    """

    id: str
    kind: str
    similarity: float
    same_people: tuple[str, ...]
    same_matter: tuple[str, ...]
    is_first: bool
    changes: tuple[Change, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id, "kind": self.kind, "similarity": round(self.similarity, 3),
            "same_matter": list(self.same_matter),
            "same_petitioner": bool(self.same_people), "is_first": self.is_first,
            "changes": [
                {
                    "kind": c.kind, "start": c.this.start, "end": c.this.end,
                    "other_start": c.other.start, "other_end": c.other.end,
                }
                for c in self.changes
            ],
        }  # fmt: skip


@dataclass
class PetitionIndex:
    """Fingerprints in memory, found by their bands; an office's database can hold the bands instead."""

    fingerprints: dict[str, Fingerprint] = field(default_factory=dict)
    _bands: dict[str, list[str]] = field(default_factory=dict, repr=False)
    _people: dict[str, list[str]] = field(default_factory=dict, repr=False)

    def __len__(self) -> int:
        return len(self.fingerprints)

    def add(self, identity: str, mark: Fingerprint) -> None:
        """Add a petition; the same id again is ignored.

        Raises
        ------
        ValueError
            If the fingerprint was made by another scheme and must be made anew.
        """
        if mark.scheme and mark.scheme != scheme():
            raise ValueError("dấu vân tay của đơn được tạo theo cách cũ, cần tạo lại")
        if identity in self.fingerprints:
            return
        self.fingerprints[identity] = mark
        for band in mark.bands():
            self._bands.setdefault(band, []).append(identity)
        for person in mark.people:
            self._people.setdefault(person, []).append(identity)

    def candidates(self, mark: Fingerprint) -> list[str]:
        """Ids that share a band or a petitioner with `mark`."""
        found = {i: None for band in mark.bands() for i in self._bands.get(band, ())}
        found |= {i: None for person in mark.people for i in self._people.get(person, ())}
        return list(found)


def find_duplicates(
    mark: Fingerprint,
    index: PetitionIndex,
    *,
    text: str | None = None,
    text_of: Callable[[str], str | None] | None = None,
    exclude: str | None = None,
    most: int = 5,
) -> list[Duplicate]:
    """Find earlier petitions like one.

    Parameters
    ----------
    mark : Fingerprint
    index : PetitionIndex
    text : str, optional
        The text as given; with `text_of` it makes the exact similarity and the diff.
    text_of : callable, optional
        id → text as given of an earlier petition.
    exclude : str, optional
        The petition's own id.

    Returns
    -------
    list[Duplicate]
        Most alike first.
    """
    s = settings()
    found: list[Duplicate] = []
    mine = shingles(clean(text).text) if text is not None else None
    for identity in index.candidates(mark):
        if identity == exclude:
            continue
        other = index.fingerprints[identity]
        people, matter = mark.people & other.people, mark.matter & other.matter
        likeness = mark.similarity(other)
        if likeness < s["candidate"] * 0.6 and not (people and matter):
            continue
        other_text = text_of(identity) if text_of else None
        if mine is not None and other_text is not None:
            theirs = shingles(clean(other_text).text)
            likeness = len(mine & theirs) / max(1, len(mine | theirs))
        apart = bool(mark.matter and other.matter and not matter)
        kind = _kind(likeness, bool(people), bool(matter), apart, bool(mark.people and other.people))
        if kind:
            found.append(Duplicate(identity, kind, likeness, tuple(sorted(people)), tuple(sorted(matter)), False))
    found.sort(key=lambda d: (-d.similarity, d.id))
    found = found[:most]
    first = min(found, key=lambda d: (index.fingerprints[d.id].received or "9999", d.id), default=None)
    return [
        Duplicate(d.id, d.kind, d.similarity, d.same_people, d.same_matter, d is first, _changes(d.id, text, text_of))
        for d in found
    ]  # fmt: skip


def _kind(likeness: float, same_people: bool, same_matter: bool, other_matter: bool, both_named: bool) -> str | None:
    """What two petitions are to each other; the same sender with other numbers or parcels has another matter."""
    s = settings()
    if same_people and (same_matter or (likeness >= s["candidate"] and not other_matter)):
        return "trung_lap"
    if likeness >= s["near_identical"]:
        # Without a name on one side the same text is more likely the same petition sent again.
        return "rap_khuon" if both_named and not same_people else "trung_lap"
    return None


def _changes(identity: str, text: str | None, text_of: Callable[[str], str | None] | None) -> tuple[Change, ...]:
    other = text_of(identity) if text_of and text is not None else None
    return diff(text, other) if text is not None and other is not None else ()


def diff(this: str, other: str) -> tuple[Change, ...]:
    """Compare two texts word by word, accents and case apart; spans of both texts as given, equal ones included."""
    a, b = _words(this), _words(other)
    if len(a) > LONGEST_DIFF or len(b) > LONGEST_DIFF:
        return ()
    matcher = SequenceMatcher(None, [w for w, _ in a], [w for w, _ in b], autojunk=False)
    return tuple(
        Change(kind, _range(a, i1, i2, len(this)), _range(b, j1, j2, len(other)))
        for kind, i1, i2, j1, j2 in matcher.get_opcodes()
    )


def _words(text: str) -> list[tuple[str, Span]]:
    cleaned = clean(text)
    folded = fold(cleaned.text)
    return [(m.group(), cleaned.to_source(*m.span())) for m in _SYLLABLE.finditer(folded)]


def _range(words: Sequence[tuple[str, Span]], first: int, last: int, length: int) -> Span:
    if first == last:
        at = words[first][1].start if first < len(words) else words[-1][1].end if words else length
        return Span(at, at)
    return Span(words[first][1].start, words[last - 1][1].end)
