"""Noise changes the writing, never by chance from one run to the next, and never empties a text."""

from __future__ import annotations

import unicodedata
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.text import fold
from nlp.training.noise import NOISES, spoil

TEXT = (
    "Kính gửi Uỷ ban nhân dân phường. Nhà tôi ở hẻm 45 đường Lê Lợi, không được cấp nước sạch từ tháng 3, "
    "trước cổng chợ xe tải chạy suốt đêm, những người già không ngủ được. Đề nghị sớm kiểm tra và trả lời chúng tôi. "
)


@pytest.mark.parametrize("name", NOISES)
def test_the_same_text_and_id_are_always_spoilt_alike(name: str) -> None:
    assert spoil(name, TEXT * 3, "a") == spoil(name, TEXT * 3, "a")
    assert spoil(name, TEXT * 3, "a") != TEXT * 3


@given(st.text(max_size=200), st.sampled_from(sorted(NOISES)))
def test_any_text_can_be_spoilt(text: str, name: str) -> None:
    assert isinstance(spoil(name, text, "x"), str)


def test_without_diacritics_the_case_stays() -> None:
    assert spoil("no_diacritics", "Đường Lê Lợi, ĐÀ NẴNG", "a") == "Duong Le Loi, DA NANG"


def test_nfd_is_the_same_text_for_unicode() -> None:
    assert unicodedata.normalize("NFC", spoil("nfd", TEXT, "a")) == unicodedata.normalize("NFC", TEXT)


def test_a_thread_holds_the_petition_whole() -> None:
    assert TEXT in spoil("thread", TEXT, "a")


@pytest.mark.parametrize("name", ["typos", "ocr", "teencode"])
def test_slips_leave_most_words_as_they_were(name: str) -> None:
    before, after = (Counter(t.lower().split()) for t in (TEXT * 3, spoil(name, TEXT * 3, "a")))
    assert 0.5 < (before & after).total() / before.total() < 0.97


def test_recognition_noise_breaks_lines_and_leaves_a_page_number() -> None:
    lines = spoil("ocr", TEXT * 3, "a").split("\n")
    assert max(map(len, lines)) < 110
    assert "2" in lines


def test_typos_do_not_touch_numbers() -> None:
    digits = [c for c in spoil("typos", TEXT, "a") if c.isdigit()]
    assert digits == [c for c in TEXT if c.isdigit()]
    assert fold(spoil("typos", TEXT, "a")) != fold(TEXT)
