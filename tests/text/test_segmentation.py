"""Words: one pass of underthesea, exact offsets, threads, hostile input."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from damaged_texts import LIGHT, SOURCES
from hypothesis import given
from printed_pages import paragraphs
from spacy.lang.xx import MultiLanguage
from spacy.vocab import create_vocab

from nlp.text import clean, clean_running, segment, sentences, warm_up


@LIGHT
@given(SOURCES)
def test_the_doc_is_the_clean_text_and_tokens_carry_its_offsets(source: str) -> None:
    cleaned = clean_running(source)
    doc = segment(cleaned)
    assert doc.text == cleaned.text
    assert doc.user_data["clean"] is cleaned
    for token in doc:
        assert cleaned.text[token.idx : token.idx + len(token.text)] == token.text
        if not token.is_space:
            assert token.text == token.text.strip()


@LIGHT
@given(SOURCES)
def test_sentence_starts_are_those_of_the_sentence_splitter(source: str) -> None:
    cleaned = clean(source)
    doc = segment(cleaned)
    starts = {token.idx for token in doc if token.is_sent_start and not token.is_space}
    assert starts - {0} <= {span.start for span in sentences(cleaned.text)}
    assert {span.start for span in sentences(cleaned.text)} <= {token.idx for token in doc}


@pytest.mark.parametrize("seed", range(12))
def test_words_are_those_of_underthesea(seed: int) -> None:
    from underthesea import word_tokenize

    for text in paragraphs(seed, 4):
        for span in sentences(text):
            sentence = span.quote(text)
            words = [token.text for token in segment(clean(sentence)) if not token.is_space]
            # underthesea also rewrites what it returns ("hoá" as "hóa"); lengths tell whether the cuts agree.
            assert [len(word) for word in words] == [len(word) for word in word_tokenize(sentence)]


def test_words_keep_their_inner_spaces() -> None:
    words = [token.text for token in segment(clean("Công tác tiếp công dân còn nhiều hạn chế."))]
    assert {"Công tác", "hạn chế"} <= set(words)


def test_white_space_beyond_one_space_is_a_token_of_its_own() -> None:
    doc = segment(clean("  Hạn chế\n\n còn  nhiều "))
    assert doc.text == "  Hạn chế\n\n còn  nhiều "
    assert [token.text for token in doc if not token.is_space] == ["Hạn chế", "còn", "nhiều"]


@pytest.mark.parametrize("text", ["", " ", "\n", "."])
def test_next_to_nothing_can_be_segmented(text: str) -> None:
    assert segment(clean(text)).text == text


@pytest.mark.parametrize(
    "text",
    [
        "a." * 8000,
        "http://" + "." * 3000,
        "xa.gov.vn/" + "…" * 500 + "," * 500,
        "https://xa.gov.vn/" + "(" * 2000,
        "x" * 50_000,
        "a@" * 4000,
        "1." * 8000,
        "đ" * 9000 + "!" * 5000,
    ],
)
def test_unbroken_runs_do_not_stop_the_segmenter(text: str) -> None:
    assert segment(clean(text)).text == text


def test_threads_get_the_same_words() -> None:
    texts = [text for seed in range(6) for text in paragraphs(seed, 5)]
    warm_up()
    alone = [[token.text for token in segment(clean(text))] for text in texts]
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda text: [token.text for token in segment(clean(text))], texts))
    assert together == alone


def test_a_vocabulary_can_be_given() -> None:
    vocab = create_vocab("xx", MultiLanguage.Defaults)
    assert segment(clean("Hạn chế"), vocab).vocab is vocab
