"""What simple means reach on the same petitions, for the table beside the model's scores.

None of these serves anybody. They are deliberately plain: the majority label, the cue phrases alone, and two standard
linear text classifiers with their default settings, none of them tuned.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import numpy as np
from sklearn.feature_extraction.text import HashingVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline, make_union
from sklearn.svm import LinearSVC

from nlp.petitions.cues import cue_table
from nlp.petitions.prepared import Prepared, prepare
from nlp.taxonomy import taxonomy
from nlp.text import fold
from nlp.training.corpus import PetitionRow
from nlp.training.judge import Gold, Judged, gold_of, signal_counts

SAMPLE_SEED = 0
# Name shown in the report → how it is made.
Baseline = Callable[[Sequence[PetitionRow], Sequence[PetitionRow]], Judged]


def _judged(
    rows: Sequence[PetitionRow],
    fields: np.ndarray,
    subfields: np.ndarray | None,
    kind: np.ndarray,
    urgency: np.ndarray,
    signals: np.ndarray | None = None,
) -> Judged:
    gold = gold_of(rows)
    return Judged(
        list(rows), [], (gold.fields, fields), None if subfields is None else (gold.subfields, subfields),
        (gold.type, kind), (gold.urgency, urgency), signals,
    )  # fmt: skip


def majority(train: Sequence[PetitionRow], rows: Sequence[PetitionRow]) -> Judged:
    """Always the most frequent set of fields, type and level of the training rows."""
    t, n = taxonomy(), len(rows)
    fields = Counter(tuple(sorted(r.fields)) for r in train).most_common(1)[0][0]
    gold = gold_of(train)
    return _judged(
        rows, np.tile([c in fields for c in t.field_codes], (n, 1)), None,
        np.full(n, np.bincount(gold.type).argmax()), np.full(n, np.bincount(gold.urgency).argmax()),
    )  # fmt: skip


def keywords(train: Sequence[PetitionRow], rows: Sequence[PetitionRow]) -> Judged:
    """Cue phrases only: the field and sub-field with most hits, the highest level of any signal cue, the type in words.

    The type is what the text calls itself ("tố cáo", "khiếu nại", both, neither). Nothing is learned.
    """
    del train
    t = taxonomy()
    types, levels = [x.code for x in t.types], [u.code for u in t.urgency]
    fields = np.zeros((len(rows), len(t.field_codes)), dtype=bool)
    subfields = np.zeros((len(rows), len(t.subfield_codes)), dtype=bool)
    kind, urgency = np.zeros(len(rows), dtype=np.int64), np.zeros(len(rows), dtype=np.int64)
    signals = np.zeros((len(rows), 3), dtype=np.int64)
    about = {g.name: g.about for name in ("field_cues", "signal_cues") for g in cue_table(name).groups}
    for i, row in enumerate(rows):
        text = prepare(row.text)
        by_field: Counter[str] = Counter()
        by_sub: Counter[str] = Counter()
        for group, _, _ in cue_table("field_cues").hits(text):
            if group not in about:
                continue  # a phrase that several groups share points nowhere
            by_field[about[group]["field"]] += 1
            if about[group].get("subfield"):
                by_sub[about[group]["subfield"]] += 1
        best = max(t.field_codes, key=lambda c: by_field[c]) if by_field else "khac"
        fields[i, t.field_codes.index(best)] = True
        inside = [s for s in t.subfield_codes if t.field_of_subfield[s] == best and by_sub[s]]
        if inside:
            subfields[i, t.subfield_codes.index(max(inside, key=lambda s: by_sub[s]))] = True
        said = list(_signal_hits(text, {g: a.get("signal") for g, a in about.items()}))
        urgency[i] = levels.index(t.urgency_of([code for code, _, _ in said]))
        signals[i] = signal_counts(said, row)
        plain = fold(row.text)
        complains, denounces = "khieu nai" in plain, "to cao" in plain
        kind[i] = types.index(
            "hon_hop" if complains and denounces
            else "to_cao" if denounces else "khieu_nai" if complains else "kien_nghi_phan_anh"
        )  # fmt: skip
    return _judged(rows, fields, subfields, kind, urgency, signals)


def _signal_hits(text: Prepared, signal_of: dict[str, str | None]) -> list[tuple[str, int, int]]:
    known, found = set(taxonomy().level_of_signal), {}
    for group, first, last in cue_table("signal_cues").hits(text):
        code = signal_of.get(group)
        if code in known and code not in found:
            span = text.clean.to_source(text.syllables[first].start, text.syllables[last - 1].end)
            found[code] = (str(code), span.start, span.end)
    return list(found.values())


def words_of(text: str) -> list[str]:
    """The words of a text, lower case, as underthesea cuts them."""
    return [w for w, _, _ in prepare(text).words]


def word_svm(train: Sequence[PetitionRow], rows: Sequence[PetitionRow]) -> Judged:
    """TF-IDF of words and word pairs, one LinearSVC (C = 1) a label."""
    vectorizer = TfidfVectorizer(analyzer=_word_pairs, min_df=2, sublinear_tf=True)
    return _linear(vectorizer, lambda: LinearSVC(C=1.0, random_state=SAMPLE_SEED), train, rows)


def _word_pairs(text: str) -> list[str]:
    words = words_of(text)
    return words + [f"{a} {b}" for a, b in zip(words, words[1:], strict=False)]


def subwords(train: Sequence[PetitionRow], rows: Sequence[PetitionRow]) -> Judged:
    """A hashed bag of words and 3–6-character pieces under logistic regression.

    The features of fastText's classifier (Joulin and others 2017) without its low-rank hidden layer: *like* fastText,
    not fastText.
    """
    union = make_union(
        HashingVectorizer(analyzer="char_wb", ngram_range=(3, 6), n_features=2**17, alternate_sign=False),
        HashingVectorizer(analyzer="word", ngram_range=(1, 2), n_features=2**18, alternate_sign=False),
    )
    return _linear(
        union,
        lambda: LogisticRegression(C=30.0, solver="liblinear", dual=True, tol=1e-2, random_state=SAMPLE_SEED),
        train,
        rows,
    )


def _linear(
    vectorizer: object, estimator: Callable[[], object], train: Sequence[PetitionRow], rows: Sequence[PetitionRow]
) -> Judged:
    pipeline: Pipeline = make_pipeline(vectorizer)
    x, z = pipeline.fit_transform([r.text for r in train]), pipeline.transform([r.text for r in rows])
    gold = gold_of(train)

    def scores(y: np.ndarray) -> np.ndarray:
        """Decision values of one label; far below zero where training has one class only."""
        if len(set(y.tolist())) < 2:
            return np.full(z.shape[0], 9.0 if y.any() else -9.0)
        return np.asarray(estimator().fit(x, y).decision_function(z))  # type: ignore[attr-defined]

    def many(y: np.ndarray) -> np.ndarray:
        return np.stack([scores(y[:, k]) for k in range(y.shape[1])], axis=1)

    fields = many(gold.fields)
    kind, urgency = many(np.eye(4, dtype=bool)[gold.type]), many(np.eye(3, dtype=bool)[gold.urgency])
    decided = (fields > 0) | (fields == fields.max(axis=1, keepdims=True))
    return _judged(
        rows, decided, _under(decided, many(gold.subfields) > 0), kind.argmax(axis=1), urgency.argmax(axis=1)
    )


def _under(fields: np.ndarray, subfields: np.ndarray) -> np.ndarray:
    """Sub-fields only under a decided field."""
    t = taxonomy()
    parents = [t.field_codes.index(t.field_of_subfield[s]) for s in t.subfield_codes]
    return np.asarray(subfields & fields[:, parents])


BASELINES: dict[str, Baseline] = {
    "majority": majority, "keywords": keywords, "word_svm": word_svm, "subwords": subwords,
}  # fmt: skip

__all__ = ["BASELINES", "Gold", "keywords", "majority", "subwords", "word_svm", "words_of"]
