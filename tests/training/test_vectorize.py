"""Counting once and compactly gives what counting anew gives."""

from __future__ import annotations

from collections import Counter

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.petitions.features import BLOCKS
from nlp.petitions.prepared import prepare
from nlp.training.corpus import PetitionCorpus
from nlp.training.vectorize import Counted, fit_features, matrix

WORDS = st.sampled_from(
    [
        "đất",
        "đai",
        "thu",
        "hồi",
        "bồi",
        "thường",
        "rác",
        "thải",
        "hôi",
        "thối",
        "mưa",
        "ngập",
        "cống",
        "tắc",
        "12",
        "hộ",
        "dân",
        "!",
        ",",
    ]
)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.lists(WORDS, min_size=1, max_size=12).map(" ".join), min_size=1, max_size=5))
def test_each_text_has_the_counts_of_its_own(texts: list[str]) -> None:
    blocks = ["word", "syllable", "char"]
    prepared = [prepare(t) for t in texts]
    counted = Counted(prepared, blocks)
    assert len(counted) == len(texts)
    for text, found in zip(prepared, counted, strict=True):
        assert found == {b: Counter(name for name, _, _ in BLOCKS[b](text)) for b in blocks}


def test_a_row_of_the_matrix_is_what_the_reader_makes_of_the_text(corpus: PetitionCorpus) -> None:
    prepared = [prepare(r.text) for r in corpus.rows[:20]]
    counted = Counted(prepared, ["word", "syllable"])
    features = fit_features(counted, blocks={"word": 1.0, "syllable": 1.0})
    x = matrix(features, prepared, counted)
    assert x.shape == (20, features.columns)
    for number, text in enumerate(prepared):
        row = features.transform(text)
        assert np.array_equal(x[number].indices, row.index)
        assert np.allclose(x[number].data, row.value)


def test_a_vocabulary_of_some_texts_knows_those_only(corpus: PetitionCorpus) -> None:
    prepared = [prepare(r.text) for r in corpus.rows[:30]]
    counted = Counted(prepared, ["word"])
    part = fit_features(counted.some(range(10)), blocks={"word": 1.0})
    alone = fit_features(Counted(prepared[:10], ["word"]), blocks={"word": 1.0})
    assert part.vocabulary == alone.vocabulary
    assert np.array_equal(part.idf, alone.idf)
