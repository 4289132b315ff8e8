"""Repairs of characters, legacy encodings and folding."""

from __future__ import annotations

import unicodedata

import pytest
from damaged_texts import LIGHT, SOURCES, to_tcvn3, to_utf8_twice, to_vni
from hypothesis import given
from hypothesis import strategies as st

from nlp.text import clean, fold, fold_key, is_syllable, syllables

LETTER = "Kính gửi ủy ban nhân dân xã. Đề nghị giải quyết dứt điểm đơn thư kéo dài của các hộ dân thôn Đông."


def codes(text: str) -> dict[str, int]:
    return {repair.code: repair.count for repair in clean(text).repairs}


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("đƣợc hƣởng", "được hưởng"),
        ("\u01a2\u0301c", "Ức"),
        ("ðơn \u00d0ức", "đơn Đức"),
        ("a\u200bb\u00adc\ufeff", "abc"),
        ("một\u00a0hai\tba\u2003bốn", "một hai ba bốn"),
        ("2016\u20132021 \u2014 \u2212", "2016-2021 - -"),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd"),
        ("\uf0b7 mục \uf02d ý", "• mục - ý"),
        ("ﬁ ｎｈà", "fi nhà"),
        ("q\u0323a", "qa"),
        ("Uỷ ban và Ủy ban", "Uỷ ban và Ủy ban"),
        ("Kh\u031bm", "Khm"),
    ],
)
def test_characters_become_canonical(source: str, text: str) -> None:
    assert clean(source).text == text


@LIGHT
@given(SOURCES)
def test_clean_text_is_composed_and_stays_as_it_is(source: str) -> None:
    text = clean(source).text
    assert unicodedata.is_normalized("NFC", text)
    assert not set(text) & set("\u200b\u00ad\u00a0\r\u01a3\u00f0\t")


def test_a_clean_text_is_returned_as_it_is_without_repairs() -> None:
    cleaned = clean(LETTER)
    assert cleaned.text is LETTER
    assert cleaned.repairs == ()


@pytest.mark.parametrize(("damage", "code"), [(to_tcvn3, "tcvn3"), (to_vni, "vni"), (to_utf8_twice, "utf8_twice")])
def test_mojibake_is_repaired(damage: type, code: str) -> None:
    damaged = damage(LETTER)
    assert damaged != LETTER
    assert clean(damaged).text == LETTER
    assert codes(damaged)[code] > 10


@pytest.mark.parametrize(("damage", "code"), [(to_tcvn3, "tcvn3"), (to_vni, "vni"), (to_utf8_twice, "utf8_twice")])
def test_a_damaged_line_between_sound_ones_is_repaired_alone(damage: type, code: str) -> None:
    source = f"Báo cáo năm 2023\n{damage(LETTER)}\nNơi nhận: như trên"
    assert clean(source).text == f"Báo cáo năm 2023\n{LETTER}\nNơi nhận: như trên"
    assert set(codes(source)) == {code}


@pytest.mark.parametrize(
    ("source", "text"),
    [("B¸O C¸O", "BÁO CÁO"), ("§¬n tè c¸o", "Đơn tố cáo"), ("Ñôn toá caùo", "Đơn tố cáo"), ("®­îc", "được")],
)
def test_short_mojibake_is_repaired(source: str, text: str) -> None:
    assert clean(source).text == text


@pytest.mark.parametrize(
    "text",
    [
        "Ông François Müller đến từ Zürich, nhiệt độ 30°C, © 2020 ®Samsung",
        "diện tích 30 m² ± 5, giá ½ triệu",
        "Café và résumé của Noël",
        "Nguyễn Văn A – ông Hòa đòi tiền",
        "công tác hóa giải; ý kiến ở xã",
    ],
)
def test_western_signs_and_names_are_not_taken_for_mojibake(text: str) -> None:
    assert not set(codes(text)) & {"tcvn3", "vni", "utf8_twice"}


def test_segmented_text_gets_its_spaces_back() -> None:
    source = "Tồn_tại , hạn_chế của công_tác dân_vận ( ở xã ) ."
    assert clean(source).text == "Tồn tại, hạn chế của công tác dân vận (ở xã)."
    assert codes(source)["segmented"] == 4


@pytest.mark.parametrize("text", ["tệp don_thu.docx", "thư gửi nguyen_van_a@xa.vn và a_b", "mẫu số ___/BC"])
def test_a_stray_underscore_stays(text: str) -> None:
    assert clean(text).text == text


@LIGHT
@given(SOURCES)
def test_folding_keeps_the_length_of_clean_text(source: str) -> None:
    text = clean(source).text
    folded = fold(text)
    assert len(folded) == len(text)
    assert fold(folded) == folded


@LIGHT
@given(st.sampled_from(["Đất đai", "THU HỒI", "Uỷ ban", "khiếu nại quyết định", "Ứng Hoà", "yêu thương"]))
def test_text_without_diacritics_folds_to_the_same(text: str) -> None:
    bare = "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))
    assert fold(text) == bare.replace("Đ", "D").replace("đ", "d").lower()


def test_look_up_keys_meet() -> None:
    keys = {fold_key(text) for text in ("Uỷ  ban", "Ủy ban", "UỶ BAN", "u\u0309y ban ", "uy_ban", "uy\nban")}
    assert keys == {"uy ban"}


@pytest.mark.parametrize(
    "word",
    [
        "nghiêng",
        "quyết",
        "giếng",
        "gì",
        "qua",
        "khuỷu",
        "ường",
        "hoà",
        "hòa",
        "thuở",
        "uỷ",
        "ban",
        "ngoằn",
        "Yên",
        "xoong",
        "được",
    ],
)
def test_syllables_are_recognised(word: str) -> None:
    assert is_syllable(word)


@pytest.mark.parametrize("word", ["đưọợc", "xg", "zalo", "ngh", "héi", "chñ", "nghĩaa", "wifi", "tìnhh"])
def test_other_letters_are_no_syllable(word: str) -> None:
    assert not is_syllable(word)


def test_syllables_are_runs_of_letters_and_digits() -> None:
    text = "Đơn số 12/QĐ, hạn_chế."
    assert [span.quote(text) for span in syllables(text)] == ["Đơn", "số", "12", "QĐ", "hạn", "chế"]
