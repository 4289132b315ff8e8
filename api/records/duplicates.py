"""Petitions that say nearly the same: candidates from an index of MinHash bands and people, judged by the intake rules."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from api.records.audit import Actor
from api.records.audit import record as audit
from api.records.petitions import Petition, PetitionBand, PetitionLink
from nlp.petitions.intake import Fingerprint, PetitionIndex, find_duplicates, fingerprint
from nlp.text import LangNgheError, fold_key

STATES = ("proposed", "confirmed", "dismissed")
_CANDIDATES = 40
_MOST = 20
# The index is one column of 63-bit numbers: two bits say what a number stands for, the rest is a band or a digest.
_BAND, _PERSON, _MATTER = (kind << 60 for kind in (0, 1, 2))


@dataclass(frozen=True, slots=True)
class Lookalike:
    """Another petition, how alike its text is (Jaccard, 0 to 1) and why it may matter."""

    petition: Petition
    score: float
    kind: str
    state: str


def nameless(mark: Fingerprint, more_people: Iterable[str] = ()) -> Fingerprint:
    """A fingerprint with people and matter as digests; `more_people` are names that somebody gave beside the text."""
    named = mark.people | {key for key in map(fold_key, more_people) if " " in key}
    people, matter = (frozenset(_digest(k) for k in keys) for keys in (named, mark.matter))
    return replace(mark, people=people, matter=matter)


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:15]


def index_numbers(mark: Fingerprint) -> list[int]:
    """The places of a fingerprint (people and matter as hexadecimal digests) in the index."""
    bands = (band.split(":") for band in mark.bands())
    numbers = {_BAND | int(i) << 32 | int(digest, 16) for i, digest in bands}
    numbers |= {_PERSON | int(p, 16) for p in mark.people} | {_MATTER | int(m, 16) for m in mark.matter}
    return sorted(numbers)


def link_lookalikes(session: Session, petition: Petition, mark: Fingerprint | None = None) -> list[PetitionLink]:
    """Enter a new petition into the index and link it to the earlier ones it resembles."""
    senders = [p.name for p in petition.parties if p.role == "petitioner"]
    mark = nameless(mark or fingerprint(petition.text), senders)
    numbers = index_numbers(mark)
    found: list[PetitionLink] = []
    for twin in find_duplicates(mark, _earlier(session, petition, numbers), most=_MOST):
        link = PetitionLink(petition_num=petition.num, other_num=int(twin.id), kind=twin.kind,
                            score=round(twin.similarity, 3))  # fmt: skip
        session.add(link)
        found.append(link)
    if numbers:
        session.execute(insert(PetitionBand), [{"value": n, "petition_num": petition.num} for n in numbers])
    session.flush()
    return found


def _earlier(session: Session, petition: Petition, numbers: list[int]) -> PetitionIndex:
    """The earlier petitions that share most with this one, as an index of their own.

    Only bands and people lead to candidates: thousands of petitions may be about one office.
    """
    leading = [n for n in numbers if n < _MATTER]
    near = select(PetitionBand.petition_num).where(PetitionBand.value.in_(leading)).limit(5000).subquery()
    best = select(near.c.petition_num).group_by(near.c.petition_num).order_by(func.count().desc()).limit(_CANDIDATES)
    nums = [n for n in session.scalars(best) if n != petition.num]
    known: dict[int, set[int]] = {n: set() for n in nums}
    rows = select(PetitionBand.petition_num, PetitionBand.value)
    for num, value in session.execute(rows.where(PetitionBand.petition_num.in_(nums), PetitionBand.value >= _PERSON)):
        known[num].add(value)
    index = PetitionIndex()
    texts = select(Petition.num, Petition.folded, Petition.received_at).where(Petition.num.in_(nums))
    for num, folded, received in session.execute(texts):
        people = frozenset(f"{v - _PERSON:015x}" for v in known[num] if v < _MATTER)
        matter = frozenset(f"{v - _MATTER:015x}" for v in known[num] if v >= _MATTER)
        index.add(str(num), fingerprint(folded, people=people, matter=matter, received=received.isoformat()))
    return index


def lookalikes(session: Session, petition: Petition) -> list[Lookalike]:
    """The petitions linked to this one, most alike first; whether the viewer may see them is for the caller."""
    rows = select(PetitionLink).where(
        (PetitionLink.petition_num == petition.num) | (PetitionLink.other_num == petition.num)
    )
    links = {(r.other_num if r.petition_num == petition.num else r.petition_num): r for r in session.scalars(rows)}
    others = session.scalars(select(Petition).where(Petition.num.in_(list(links)))) if links else ()
    found = [Lookalike(p, links[p.num].score, links[p.num].kind, links[p.num].state) for p in others]
    return sorted(found, key=lambda x: (x.state == "dismissed", -x.score))


def judge(session: Session, one: Petition, other: Petition, state: str, actor: Actor) -> PetitionLink:
    """Keep what a person decided about two petitions that look alike.

    Raises
    ------
    LangNgheError
        `not_found` where they are not linked, `invalid` for an unknown state.
    """
    if state not in STATES:
        raise LangNgheError("invalid", "Trạng thái không hợp lệ.")
    link = session.get(PetitionLink, (one.num, other.num)) or session.get(PetitionLink, (other.num, one.num))
    if link is None:
        raise LangNgheError("not_found", "Hai đơn này không được đánh dấu là giống nhau.")
    link.state = state
    audit(session, actor, f"petition.duplicate_{state}", "petition", one.id, other=other.id)
    return link
