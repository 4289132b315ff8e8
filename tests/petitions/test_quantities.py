"""Numerals in digits and in words, with what they count."""

from __future__ import annotations

import pytest

from nlp.petitions.prepared import prepare
from nlp.petitions.quantities import numeral, quantities
from nlp.text import fold


@pytest.mark.parametrize(
    "text, value, syllables",
    [
        ("17 hộ", 17, 1),
        ("mười hai hộ", 12, 2),
        ("hai mươi mốt năm", 21, 3),
        ("một trăm năm mươi hộ", 150, 4),
        ("năm hộ", 5, 1),
        ("mười năm nay", 10, 1),
        ("ba năm rưỡi", 3, 1),
        ("hàng trăm người", 100, 2),
        ("chục nhà", 10, 1),
        ("hai nghìn người", 2000, 2),
    ],
)
def test_a_numeral_is_read(text: str, value: int, syllables: int) -> None:
    assert numeral(fold(text).split(), 0) == (value, syllables)


def names(text: str) -> set[str]:
    return {name for name, _, _ in quantities(prepare(text))}


def test_words_and_digits_of_one_size_are_one_feature() -> None:
    assert names("mười bảy hộ dân ký đơn") & names("12 hộ ở đây đồng ý") >= {"n people3", "n people3 ho"}
    assert "n days5 nay" in names("hai năm nay bụi") & names("26 tháng nay bụi")
    assert "n age4" in names("mẹ tôi 84 tuổi")


def test_a_year_is_no_length_of_time_and_no_numeral_is_lost_after_it() -> None:
    assert not any(n.startswith("n days") for n in names("từ năm 2019 đến nay"))
    assert "n times2" in names("từ năm 2019 đã gửi 3 lần")


def test_the_syllables_are_those_of_the_phrase() -> None:
    prepared = prepare("Bụi suốt hai năm nay không ai lo")
    spans = {n: (a, b) for n, a, b in quantities(prepared)}
    first, last = spans["n days5 nay"]
    assert prepared.text[prepared.syllables[first].start : prepared.syllables[last - 1].end] == "hai năm nay"
