"""Redaction: readable, consistent, exact places, safe on any text."""

from __future__ import annotations

import unicodedata

from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.privacy import find_personal_data, personal_kinds, redact
from nlp.text import fold

LETTER = (
    "Tôi là Đào Văn Thắc, sinh năm 1958, ở số 5 ngõ 12 Trần Phú, điện thoại 0905 318 446. "
    "Bà Trần Thị Lụa (0905318446) nói ông Thắc sai. ĐÀO VĂN THẮC ký."
)


def test_one_person_keeps_one_number_however_named() -> None:
    assert redact(LETTER).text == (
        "Tôi là [HỌ TÊN 1], sinh năm [NGÀY SINH 1], ở [ĐỊA CHỈ 1], điện thoại [SỐ ĐIỆN THOẠI 1]. "
        "Bà [HỌ TÊN 2] ([SỐ ĐIỆN THOẠI 1]) nói ông [HỌ TÊN 1] sai. [HỌ TÊN 1] ký."
    )


def test_sex_tells_two_persons_of_one_given_name_apart() -> None:
    text = "Ông Đào Văn Thắc kiện bà Trần Thị Thắc. Bà Thắc nói ông Thắc sai."
    assert redact(text).text == "Ông [HỌ TÊN 1] kiện bà [HỌ TÊN 2]. Bà [HỌ TÊN 2] nói ông [HỌ TÊN 1] sai."


def test_two_accents_are_two_names_but_a_missing_accent_is_not() -> None:
    misspelt = redact("Ghi sai tên bà Trịnh Thị Vân Anh thành Trịnh Thị Văn Anh.").text
    assert misspelt == "Ghi sai tên bà [HỌ TÊN 1] thành [HỌ TÊN 2]."
    assert redact("Tôi là Huỳnh Văn Lực. Ký: Huynh Van Luc").text == "Tôi là [HỌ TÊN 1]. Ký: [HỌ TÊN 1]"


def test_titles_offices_and_communes_stay_readable() -> None:
    text = "Kính gửi ông Chủ tịch UBND xã Hải Hậu. Luật sư Đỗ Gia Bảo nêu việc thu hồi đất."
    assert redact(text).text == "Kính gửi ông Chủ tịch UBND xã Hải Hậu. Luật sư [HỌ TÊN 1] nêu việc thu hồi đất."


def test_kept_kinds_are_left() -> None:
    assert "ngõ 12 Trần Phú" in redact(LETTER, keep={"dia_chi"}).text


def test_the_mapping_gives_the_originals_and_stays_out_of_repr() -> None:
    result = redact(LETTER)
    assert result.mapping["[HỌ TÊN 1]"] == ("Đào Văn Thắc", "Thắc", "ĐÀO VĂN THẮC")
    assert "Thắc" not in repr(result)


def test_redacting_twice_changes_nothing_and_counts_on() -> None:
    once = redact(LETTER).text
    assert redact(once).text == once
    more = redact("[HỌ TÊN 3] gặp ông Lê Văn Tám.")
    assert more.text == "[HỌ TÊN 3] gặp ông [HỌ TÊN 4]."


def test_decomposed_text_is_redacted_the_same() -> None:
    decomposed = unicodedata.normalize("NFD", LETTER)
    assert unicodedata.normalize("NFC", redact(decomposed).text) == redact(LETTER).text


def test_text_without_diacritics_is_redacted() -> None:
    plain = "".join(f.upper() if c.isupper() else f for c, f in zip(LETTER, fold(LETTER), strict=True))
    assert "Thac" not in redact(plain).text and "0905" not in redact(plain).text


def test_places_move_along() -> None:
    result = redact(LETTER)
    start = LETTER.index("nói ông")
    assert result.moved(start, start + 3).quote(result.text) == "nói"
    inside = LETTER.index("Văn Thắc")
    assert result.moved(inside, inside + 3).quote(result.text) == "[HỌ TÊN 1]"


PIECES = st.sampled_from(
    ["ông ", "Nguyễn ", "Văn ", "Thắc", ", ", "0905 318 446", "số 5 ", "ngõ 12 ", "\n", "thôn ", "Đông ", "1958", "sinh ", "stk ", "[HỌ TÊN 1]", "CCCD ",
     "048071002356", "a\u0301", "đ", "TÔI LÀ ", "(", ")", "@", "x.vn", "BĐ 553123", "sổ đỏ ", "  ", "\u200b", "51F-238.90"]
)  # fmt: skip
TEXTS = st.one_of(st.text(max_size=80), st.lists(PIECES, max_size=25).map("".join))


@settings(max_examples=150, deadline=None)
@given(TEXTS)
def test_spans_hold_on_any_text(text: str) -> None:
    last = 0
    for p in find_personal_data(text):
        assert last <= p.start < p.end <= len(text)
        assert p.entity in personal_kinds() and 0 < p.score <= 1
        last = p.end
    result = redact(text)
    position, rebuilt = 0, []
    for s in result.spans:
        rebuilt += [text[position : s.source.start], s.placeholder]
        assert s.redacted.quote(result.text) == s.placeholder
        assert s.source.quote(text) in result.mapping[s.placeholder]
        position = s.source.end
    assert "".join([*rebuilt, text[position:]]) == result.text


@settings(max_examples=80, deadline=None)
@given(TEXTS, st.integers(0, 80), st.integers(0, 80))
def test_moved_places_stay_inside_and_in_order(text: str, a: int, b: int) -> None:
    start, end = sorted((min(a, len(text)), min(b, len(text))))
    result = redact(text)
    place = result.moved(start, end)
    assert 0 <= place.start <= place.end <= len(result.text)
    assert result.moved(0, len(text)).end == len(result.text)
