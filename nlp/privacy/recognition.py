"""Finding personal data: a registry of recognisers over one shared view of the text."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cache

from nlp.privacy.kinds import personal_kinds
from nlp.text import Span
from nlp.text.entities import Entity, TextView, addresses, identifiers, people, view
from nlp.text.entities.dates import birth_dates
from nlp.text.entities.types import best_disjoint

THRESHOLD = 0.5


@dataclass(frozen=True, slots=True)
class PersonalSpan:
    """A piece of personal data in the text as given.

    Attributes
    ----------
    entity : str
        code of the kind (`nlp.privacy.personal_kinds`).
    span : Span
        code points of the text as given.
    score : float
        0 to 1; a rule's weight, not a probability.
    recogniser : str
        the rule that found it.
    """

    entity: str
    span: Span
    score: float
    recogniser: str

    @property
    def start(self) -> int:
        return self.span.start

    @property
    def end(self) -> int:
        return self.span.end


@dataclass(frozen=True)
class Recogniser:
    """A named rule set: which entities it can find and how, given the view and the names found before it."""

    name: str
    entities: tuple[str, ...]
    find: Callable[[TextView, list[Entity]], Iterable[Entity]]


RECOGNISERS: tuple[Recogniser, ...] = (
    Recogniser("people", ("ho_ten",), lambda _, names: names),
    Recogniser("addresses", ("dia_chi",), lambda v, _: addresses(v)),
    Recogniser(
        "identifiers",
        ("email", "so_dien_thoai", "so_dinh_danh", "tai_khoan", "bien_so", "so_giay_chung_nhan", "so_bao_hiem"),
        lambda v, _: identifiers(v),
    ),
    Recogniser("birth_dates", ("ngay_sinh",), lambda v, names: birth_dates(v, names)),
)


def find_personal_data(
    text: str, *, entities: Collection[str] | None = None, threshold: float = THRESHOLD
) -> list[PersonalSpan]:
    """Find personal data in a text of any kind (NFC or NFD, with or without diacritics, OCR).

    Parameters
    ----------
    text : str
        The text as given.
    entities : collection of str, optional
        Only these kinds; all by default.
    threshold : float
        Leave out what scores lower.

    Returns
    -------
    list[PersonalSpan]
        Disjoint, in order; spans are of `text`.

    Raises
    ------
    KeyError
        If `entities` names an unknown kind.
    """
    looked = view(text)
    return [as_given(looked, e) for e in personal_entities(looked, entities=entities, threshold=threshold)]


def personal_entities(
    looked: TextView, *, entities: Collection[str] | None = None, threshold: float = THRESHOLD
) -> list[Entity]:
    """As `find_personal_data`, on a view that others share; spans are of the clean text."""
    unknown = set(entities or ()) - set(personal_kinds())
    if unknown:
        raise KeyError(", ".join(sorted(unknown)))
    names = people(looked)
    found = [e for r in RECOGNISERS for e in r.find(looked, names)]
    taken = [m.span() for m in placeholder_pattern().finditer(looked.text)]
    kept = [
        e for e in found
        if e.score >= threshold and (entities is None or e.kind in entities)
        and not any(e.start < b and a < e.end for a, b in taken)
    ]  # fmt: skip
    return _resolve(kept)


def as_given(looked: TextView, entity: Entity) -> PersonalSpan:
    """The same thing in the text as given."""
    return PersonalSpan(entity.kind, looked.clean.to_source(entity.start, entity.end), entity.score, entity.recogniser)


def _resolve(found: Sequence[Entity]) -> list[Entity]:
    """One span at each place: what contains wins over what it contains, else the surer, else the longer."""
    kept: list[Entity] = []
    # By start, the longer first: what a longer one contains comes right after it.
    reach: Entity | None = None
    for e in sorted(found, key=lambda e: (e.start, -e.end, -e.score)):
        if reach is not None and e.end <= reach.end:
            continue
        kept.append(e)
        reach = e
    return best_disjoint(kept)


@cache
def placeholder_pattern() -> re.Pattern[str]:
    """Matches placeholders such as `[HỌ TÊN 1]`, with the words and the number as groups."""
    words = "|".join(re.escape(k.placeholder) for k in personal_kinds().values())
    return re.compile(rf"\[({words}) (\d{{1,6}})\]")
