"""Petitions that say nearly the same: found by MinHash bands, measured by shared syllable triples."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from datasketch import MinHash
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from api.records.petitions import Party, Petition, PetitionBand, PetitionLink

PERMUTATIONS = 64
ROWS = 4  # 16 bands of 4 rows: two texts that share half of their triples meet in a band with probability 0.64
NEAR = 0.5
SAME_MATTER = "trung_lap"
SAME_WORDS = "rap_khuon"


@dataclass(frozen=True, slots=True)
class Lookalike:
    """Another petition, how alike its text is (Jaccard, 0 to 1) and why it may matter."""

    petition: Petition
    score: float
    kind: str
    state: str


def triples(folded: str) -> set[str]:
    """The runs of three syllables of a folded text; the whole text where it is shorter."""
    words = folded.split()
    return {" ".join(words[i : i + 3]) for i in range(max(1, len(words) - 2))} if words else set()


def bands(folded: str) -> list[int]:
    """The text's places in the band index, as 62-bit numbers; empty for texts too short to compare."""
    runs = triples(folded)
    if len(runs) < 5:
        return []
    sketch = MinHash(num_perm=PERMUTATIONS, seed=7)
    sketch.update_batch([r.encode() for r in runs])
    values = []
    for band in range(PERMUTATIONS // ROWS):
        rows = sketch.hashvalues[band * ROWS : (band + 1) * ROWS].tobytes()
        digest = hashlib.blake2b(bytes([band]) + rows, digest_size=8).digest()
        values.append(int.from_bytes(digest, "big") >> 2)
    return values


def link_lookalikes(session: Session, petition: Petition) -> list[PetitionLink]:
    """Enter a new petition into the band index and link it to the earlier ones it resembles."""
    values = bands(petition.folded)
    found: list[PetitionLink] = []
    for other, score in _near(session, petition, values):
        kind = SAME_MATTER if _same_sender(session, petition, other) else SAME_WORDS
        link = PetitionLink(petition_num=petition.num, other_num=other.num, kind=kind, score=round(score, 3))
        session.add(link)
        found.append(link)
    if values:
        session.execute(insert(PetitionBand), [{"value": v, "petition_num": petition.num} for v in set(values)])
    session.flush()
    return found


def _near(session: Session, petition: Petition, values: list[int]) -> list[tuple[Petition, float]]:
    same = select(Petition.num).where(Petition.text_sha256 == petition.text_sha256, Petition.num != petition.num)
    nums = set(session.scalars(same.limit(20)))
    if values:
        rows = select(PetitionBand.petition_num).where(PetitionBand.value.in_(values)).distinct().limit(200)
        nums.update(session.scalars(rows))
    nums.discard(petition.num)
    own, scored = triples(petition.folded), []
    others = select(Petition.num, Petition.folded).where(Petition.num.in_(nums)) if nums else None
    for num, folded in session.execute(others) if others is not None else ():
        theirs = triples(folded)
        score = len(own & theirs) / max(1, len(own | theirs))
        if score >= NEAR:
            scored.append((num, score))
    best = sorted(scored, key=lambda p: -p[1])[:20]
    kept = {p.num: p for p in session.scalars(select(Petition).where(Petition.num.in_([n for n, _ in best])))}
    return [(kept[n], s) for n, s in best]


def _same_sender(session: Session, petition: Petition, other: Petition) -> bool:
    names = {p.name_key for p in petition.parties if p.role == "petitioner" and p.name_key}
    theirs = select(Party.name_key).where(Party.petition_num == other.num, Party.role == "petitioner")
    return bool(names & set(session.scalars(theirs)))


def lookalikes(session: Session, petition: Petition) -> list[Lookalike]:
    """The petitions linked to this one, most alike first; whether the viewer may see them is for the caller."""
    rows = select(PetitionLink).where(
        (PetitionLink.petition_num == petition.num) | (PetitionLink.other_num == petition.num)
    )
    links = {(r.other_num if r.petition_num == petition.num else r.petition_num): r for r in session.scalars(rows)}
    others = session.scalars(select(Petition).where(Petition.num.in_(list(links)))) if links else ()
    found = [Lookalike(p, links[p.num].score, links[p.num].kind, links[p.num].state) for p in others]
    return sorted(found, key=lambda x: -x.score)
