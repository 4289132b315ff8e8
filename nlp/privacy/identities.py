"""Which mentions are one person, or one number, within a text."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from nlp.text import fold
from nlp.text.entities import Entity, TextView
from nlp.text.entities.lexicon import genders, tone_key

_CALL = re.compile(r"([^\W\d_]+)[ .\n]{1,3}\Z")


@dataclass(slots=True)
class _Person:
    words: tuple[str, ...]
    gender: str
    places: list[int] = field(default_factory=list)


def same_thing(view: TextView, found: list[Entity]) -> list[int]:
    """Give each entity the index of its group: mentions of one person or one number share it.

    Parameters
    ----------
    view : TextView
    found : list[Entity]
        In order of the text, any kinds.

    Returns
    -------
    list[int]
        Group numbers within each kind, from 0, in order of first mention.
    """
    people = _people(view, [e for e in found if e.kind == "ho_ten"])
    seen: dict[tuple[str, object], int] = {}
    counts: dict[str, int] = {}
    groups = []
    for entity in found:
        key: object = (
            people[entity.start] if entity.kind == "ho_ten" else entity.value or view.folded[entity.start : entity.end]
        )
        if (entity.kind, key) not in seen:
            seen[entity.kind, key] = counts.get(entity.kind, 0)
            counts[entity.kind] = seen[entity.kind, key] + 1
        groups.append(seen[entity.kind, key])
    return groups


def _people(view: TextView, names: list[Entity]) -> dict[int, int]:
    """Start of each mention → number of its person. Full names come first, short mentions join them.

    "Thắc", "ông Thắc", "ĐÀO VĂN THẮC" and "dao van thac" are Đào Văn Thắc; where two persons share a last word, sex
    (ông, bà, Thị) decides, then the nearest mention before.
    """
    persons: list[_Person] = []
    owner: dict[int, int] = {}
    for entity in sorted(names, key=lambda e: (-len(e.value.split()), e.start)):
        words = tuple(re.findall(r"[^\W\d_]+(?:['’ʼ][^\W\d_]+)*", view.text[entity.start : entity.end]))
        gender = _gender(view, entity, words)
        fits = [
            n for n, p in enumerate(persons)
            if _suffix(words, p.words) and not (gender and p.gender and gender != p.gender)
        ]  # fmt: skip
        exact = [n for n in fits if len(persons[n].words) == len(words)]
        chosen = min(exact or fits, key=lambda n: _distance(persons[n], entity.start), default=None)
        if chosen is None:
            persons.append(_Person(words, gender))
            chosen = len(persons) - 1
        persons[chosen].places.append(entity.start)
        persons[chosen].gender = persons[chosen].gender or gender
        owner[entity.start] = chosen
    return owner


def _distance(person: _Person, place: int) -> tuple[bool, int]:
    """Mentions before come first, near ones before far ones."""
    before = [place - p for p in person.places if p <= place]
    return (False, min(before)) if before else (True, min(abs(p - place) for p in person.places))


def _suffix(short: tuple[str, ...], full: tuple[str, ...]) -> bool:
    return len(short) <= len(full) and all(
        _same_word(a, b) for a, b in zip(reversed(short), reversed(full), strict=False)
    )


def _same_word(a: str, b: str) -> bool:
    """Equal words; accents may be missing on one side, but two different accents are two names (Vân, Văn)."""
    if tone_key(a) == tone_key(b):
        return True
    plain_a, plain_b = fold(a), fold(b)
    return plain_a == plain_b and (a.lower() == plain_a or b.lower() == plain_b)


def _gender(view: TextView, entity: Entity, words: tuple[str, ...]) -> str:
    call = _CALL.search(view.text, max(0, entity.start - 12), entity.start)
    said = genders().get(fold(call.group(1)), "") if call else ""
    if said:
        return said
    second = fold(words[1]) if len(words) > 2 else ""
    return "nu" if second == "thi" else "nam" if second == "van" else ""
