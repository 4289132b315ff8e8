from __future__ import annotations

import pytest

from nlp.reports.numbering import marker_of


@pytest.mark.parametrize(
    ("line", "style", "content"),
    [
        ("A. KẾT QUẢ", "upper", "KẾT QUẢ"),
        ("I. HẠN CHẾ", "roman", "HẠN CHẾ"),
        ("II- NGUYÊN NHÂN", "roman", "NGUYÊN NHÂN"),
        ("1. Công tác tuyên truyền", "decimal", "Công tác tuyên truyền"),
        ("1- Một số xã còn chậm.", "decimal", "Một số xã còn chậm."),
        ("1.1. Kết quả", "decimal", "Kết quả"),
        ("2.4.1. Tồn tại", "decimal", "Tồn tại"),
        ("a) Chưa kịp thời.", "lower", "Chưa kịp thời."),
        ("đ) Kinh phí", "lower", "Kinh phí"),
        ("(1) Về tổ chức", "paren", "Về tổ chức"),
        ("- Một số xã", "bullet", "Một số xã"),
        ("+ Hồ sơ còn tồn", "bullet", "Hồ sơ còn tồn"),
        ("* Khách quan:", "bullet", "Khách quan:"),
    ],
)
def test_the_number_in_front_of_a_line_is_read(line: str, style: str, content: str) -> None:
    marker = marker_of(line)
    assert marker is not None
    assert marker.style == style
    assert line[marker.end :] == content


@pytest.mark.parametrize(
    "line", ["Trong năm 2023, huyện", "2023 là năm cuối", "12,5 tỷ đồng", "Xã Nậm Có", "6 tháng đầu năm"]
)
def test_words_and_amounts_are_no_numbering(line: str) -> None:
    assert marker_of(line) is None


def test_ordinal_words_are_an_item_but_stay_in_the_sentence() -> None:
    marker = marker_of("Thứ nhất, công tác phối hợp còn chậm.")
    assert marker is not None and marker.style == "ordinal" and marker.end == 0


def test_decimal_depth_names_the_level() -> None:
    first, second = marker_of("2. Hạn chế"), marker_of("2.1. Về đất đai")
    assert first is not None and second is not None
    assert (first.rank, second.rank) == ("decimal1", "decimal2")
