"""Findings of other reports that say nearly the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence

import numpy as np
from sqlalchemy import select
from sqlalchemy.orm import Session

from api.records.columns import Array, View
from api.records.finding_search import finding_register, load_findings
from api.records.reports import Finding
from api.records.word_index import hits
from api.records.words import Query, Term, exact_words

LEAST = 0.15
CANDIDATES = 100
RARE = 6
SAMPLE = 1000


def similar_findings(session: Session, finding: Finding, limit: int = 10) -> list[tuple[Finding, float]]:
    """Findings of other reports that say nearly the same, with the Jaccard index of syllable pairs, best first.

    Candidates are the findings of its kind that share most of its rarest words.
    """
    words = exact_words(finding.text).split()
    own, columns = _pairs(words), finding_register(session)
    view = columns.view(session)
    alike = columns.coded("kind").among((finding.kind,))[view["kind"]] & ~view["gone"]
    alike &= view["report"] != finding.report_num
    nums = _sharing(_rarest(session, view, set(words)), view, alike)
    scored = []
    for num, said in session.execute(select(Finding.num, Finding.text).where(Finding.num.in_(nums))):
        pairs = _pairs(exact_words(said).split())
        score = len(own & pairs) / len(own | pairs) if own | pairs else 0.0
        if score >= LEAST:
            scored.append((num, round(score, 3)))
    best = sorted(scored, key=lambda p: (-p[1], p[0]))[:limit]
    found = {f.num: f for f in load_findings(session, [num for num, _ in best])}
    return [(found[num], score) for num, score in best if num in found]


def _rarest(session: Session, view: View, words: Collection[str]) -> list[Array]:
    """The row numbers of the findings with each of the rarest of these words that stand in more than one, rarest first."""
    often = _how_often(session, view)
    chosen = sorted(words, key=lambda w: (often[w], -len(w), w))
    # Some more than wanted, because words of one finding only say nothing.
    found = (hits(session, "findings", Query((Term((w,)),), exact=True)) for w in chosen[: 2 * RARE])
    return sorted((nums for nums in found if len(nums) > 1), key=len)[:RARE]


def _how_often(session: Session, view: View) -> Counter[str]:
    """How many findings of a sample have each word; drawn anew only when there are half as many again.

    It only says where to look first, so it need not follow every change.
    """
    shared = session.info.setdefault("columns", {})
    size, often = shared.get("words", (0, Counter()))
    if not size * 2 / 3 <= len(view) <= size * 3 / 2:
        nums = view["num"][:: max(1, len(view) // SAMPLE)].tolist()
        texts = session.scalars(select(Finding.exact).where(Finding.num.in_(nums)))
        often = Counter(word for said in texts for word in set(said.split()))
        shared["words"] = len(view), often
    return often


def _sharing(rare: Sequence[Array], view: View, alike: Array) -> list[int]:
    """The rows among `alike` that stand in most of these lists of row numbers, shorter lists counting more."""
    weights = np.zeros(len(view))
    for places in (view.places(nums)[0] for nums in rare):
        weights[places] += np.log1p(len(view) / max(1, len(places)))
    weights[~alike] = 0
    best = np.argsort(-weights, kind="stable")[:CANDIDATES]
    return view["num"][best[weights[best] > 0]].tolist()


def _pairs(words: Sequence[str]) -> set[tuple[str, str]]:
    return set(zip(words, words[1:], strict=False))
