"""Does a corpus hold what its datasheet says: labels, spans, diversity, and splits that do not leak."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from datasketch import MinHash, MinHashLSH

from nlp.text import fold
from nlp.training.corpus import PetitionCorpus, PetitionRow, row_problems

SYLLABLES = re.compile(r"[^\W_]+")
# Formulae that every letter shares (Nghị định 30/2020, Phụ lục I) and that say nothing about diversity.
STOCK = re.compile(
    r"cong hoa xa hoi chu nghia viet nam|doc lap\W+tu do\W+hanh phuc|kinh gui|toi xin chan thanh cam on|xin tran trong cam on"
    r"|don (?:khieu nai|to cao|kien nghi|de nghi|phan anh)|nguoi (?:lam|viet) don|ky va ghi ro ho ten"
)
RUN, SHARE, OTHERS, LIMIT = 8, 0.15, 3, 0.02


@dataclass
class CorpusReport:
    """What `langnghe corpus check` found; `failed` says whether anything breaks the rules."""

    rows: int
    problems: list[tuple[str, str]] = field(default_factory=list)
    repeating: list[tuple[str, float]] = field(default_factory=list)
    common_runs: list[tuple[str, int]] = field(default_factory=list)
    near_duplicates: list[tuple[str, str, float]] = field(default_factory=list)
    leaks: list[str] = field(default_factory=list)
    counts: dict[str, dict[str, int]] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        return bool(self.problems or self.leaks or len(self.repeating) > LIMIT * max(self.rows, 1))


def runs(text: str, size: int = RUN) -> set[str]:
    """The `size`-syllable runs of a text without accents and stock formulae."""
    syllables = SYLLABLES.findall(STOCK.sub(" ", fold(text)))
    return {" ".join(syllables[i : i + size]) for i in range(len(syllables) - size + 1)}


def check(corpus: PetitionCorpus) -> CorpusReport:
    """Check labels, spans, ids, repeated wording, near-duplicates and leaks between splits."""
    rows = corpus.rows
    report = CorpusReport(len(rows))
    ids = Counter(r.id for r in rows)
    report.problems += [(i, "mã bị trùng") for i, n in ids.items() if n > 1]
    report.problems += [(r.id, p) for r in rows for p in row_problems(r)]
    if corpus.splits:
        report.problems += [(r.id, "chưa thuộc phần chia nào") for r in rows if r.id not in corpus.splits]
    shingles = {r.id: runs(r.text) for r in rows}
    frequency = Counter(s for own in shingles.values() for s in own)
    for row in rows:
        own = shingles[row.id]
        shared = sum(frequency[s] > OTHERS for s in own)
        if own and shared > SHARE * len(own):
            report.repeating.append((row.id, shared / len(own)))
    report.common_runs = [(s, n) for s, n in frequency.most_common(10) if n > OTHERS]
    report.near_duplicates = list(near_duplicates(rows))
    report.leaks = list(leaks(corpus, report.near_duplicates))
    report.counts = summary(rows)
    return report


def near_duplicates(rows: Sequence[PetitionRow], threshold: float = 0.5) -> Iterator[tuple[str, str, float]]:
    """Pairs of texts whose 3-syllable runs overlap by at least `threshold` (Jaccard, by MinHash)."""
    index = MinHashLSH(threshold=threshold, num_perm=64)
    hashes: dict[str, MinHash] = {}
    for row in rows:
        sketch = MinHash(num_perm=64, seed=1)
        sketch.update_batch([s.encode() for s in runs(row.text, 3)])
        for other in index.query(sketch):
            similarity = sketch.jaccard(hashes[other])
            if similarity >= threshold:
                yield other, row.id, similarity
        if row.id not in hashes:
            index.insert(row.id, sketch)
            hashes[row.id] = sketch


def leaks(corpus: PetitionCorpus, pairs: Iterable[tuple[str, str, float]]) -> Iterator[str]:
    """Groups in more than one split, and near-duplicates on two sides of one."""
    groups: dict[str, set[str]] = defaultdict(set)
    for row in corpus.rows:
        if row.id in corpus.splits and row.group:
            groups[row.group].add(corpus.splits[row.id])
    yield from (f"nhóm {g} nằm ở {', '.join(sorted(s))}" for g, s in groups.items() if len(s) > 1)
    for a, b, similarity in pairs:
        one, other = corpus.splits.get(a), corpus.splits.get(b)
        if one and other and one != other:
            yield f"{a} ({one}) và {b} ({other}) gần giống nhau ({similarity:.0%})"


def summary(rows: Sequence[PetitionRow]) -> dict[str, dict[str, int]]:
    """Counts by every label and by channel, region, year, hand and noise."""
    tables: dict[str, Counter[str]] = defaultdict(Counter)
    for row in rows:
        for name, values in (
            ("fields", row.fields), ("subfields", row.subfields), ("type", [row.type]), ("urgency", [row.urgency]),
            ("signals", [s.code for s in row.signals]), ("channel", [row.channel]), ("region", [row.region]),
            ("year", [str(row.year)]), ("hand", [row.hand]), ("noise", row.noise),
        ):  # fmt: skip
            tables[name].update(str(v) for v in values)
    return {name: dict(sorted(c.items(), key=lambda item: -item[1])) for name, c in tables.items()}
