"""Units of a place, and the present units for old ones."""

from __future__ import annotations

from datetime import date

import pytest

from nlp.petitions.intake.places import Place, places
from nlp.text.entities import view


def found(text: str, **more: object) -> list[Place]:
    return places(view(text), **more)  # type: ignore[arg-type]


def test_an_old_commune_with_its_district_is_converted_offline() -> None:
    place = found("Tôi ở xã Yên Thắng, huyện Ý Yên, tỉnh Nam Định.")[0]
    assert (place.commune, place.district, place.province) == ("xã Yên Thắng", "huyện Ý Yên", "tỉnh Nam Định")
    assert place.status == "da_doi" and place.converted == "Xã Vạn Thắng, Tỉnh Ninh Bình"


def test_bare_names_after_a_commune_belong_to_it() -> None:
    place = found("đoạn xã Bình Nguyên, Bình Sơn, Quảng Ngãi")[0]
    assert (place.district, place.province, place.status) == ("Bình Sơn", "Quảng Ngãi", "da_doi")


def test_present_units_stay_as_they_are() -> None:
    place = found("phường Hạ Long, tỉnh Quảng Ninh", day=date(2026, 1, 5))[0]
    assert place.status == "nhu_cu" and place.converted == ""


def test_a_province_that_is_not_written_is_only_taken_where_one_unit_fits() -> None:
    place = found("xã Bản Sen, huyện Vân Đồn")[0]
    assert place.status == "da_doi" and "Đơn không ghi tỉnh" in place.note
    assert found("xã Tân Hội (cũ)")[0].status == "khong_doi_duoc"
    assert "cùng tên" in found("xã Tân Hội (cũ)")[0].note


@pytest.mark.parametrize(
    ("text", "converted"),
    [
        ("X. Yên Thắng, H. Ý Yên, T. Nam Định (cũ)", "Xã Vạn Thắng, Tỉnh Ninh Bình"),
        ("XÃ YÊN THẮNG, HUYỆN Ý YÊN, TỈNH NAM ĐỊNH", "Xã Vạn Thắng, Tỉnh Ninh Bình"),
        ("nha toi o xa yen thang huyen y yen tinh nam dinh cu", "Xã Vạn Thắng, Tỉnh Ninh Bình"),
        ("xã yên thắng, huyện ý yên, nam định đường hỏng", "Xã Vạn Thắng, Tỉnh Ninh Bình"),
        ("P. Tân Kiểng, Q.7, TP.HCM", "Phường Tân Hưng, Thành phố Hồ Chí Minh"),
        ("phường 14, quận Gò Vấp, thành phố Hồ Chí Minh", "Phường An Hội Tây, Thành phố Hồ Chí Minh"),
        ("Phường 04, Quận 8, TP HCM", "Phường Chánh Hưng, Thành phố Hồ Chí Minh"),
        ("phường Quang Trung, TP Vinh", "Phường Thành Vinh, Tỉnh Nghệ An"),
        ("phường Võ Cường, TP Bắc Ninh", "Phường Võ Cường, Tỉnh Bắc Ninh"),
        ("P.Hoà Mạc, TX Duy Tiên, Hà Nam", "Phường Duy Tiên, Tỉnh Ninh Bình"),
    ],
)
def test_old_addresses_are_converted_in_every_spelling(text: str, converted: str) -> None:
    assert found(text)[0].converted == converted


def test_a_unit_of_another_kind_than_in_the_table_is_converted_with_a_word_of_warning() -> None:
    place = found("xã Quang Châu, huyện Việt Yên, tỉnh Bắc Ninh")[0]
    assert place.converted == "Phường Nếnh, Tỉnh Bắc Ninh" and "cần xem lại" in place.note


def test_a_commune_that_its_district_never_had_is_not_converted() -> None:
    place = found("xã Không Có Đâu, huyện Ý Yên, tỉnh Nam Định")[0]
    assert (place.converted, place.status) == ("Tỉnh Ninh Bình", "mot_phan")


def test_plain_words_that_sound_like_units_are_no_places() -> None:
    assert found("phuong an boi thuong cua xa hoi, quan tam tinh hinh xa thai ra suoi") == []


def test_the_addressee_is_not_the_place_of_the_matter() -> None:
    text = "Kính gửi: UBND xã Hải Hậu, tỉnh Ninh Bình\nĐường ở xã Hải Hưng hỏng."
    assert [p.commune for p in found(text, convert=False)] == ["xã Hải Hưng"]


def test_titles_and_numbers_are_no_units() -> None:
    assert found("P. Giám đốc ký. Tôi lên xã 2 lần.") == []
