"""Units of a place, and the present units for old ones."""

from __future__ import annotations

from datetime import date

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


def test_without_a_province_nothing_is_guessed() -> None:
    place = found("xã Bản Sen, huyện Vân Đồn")[0]
    assert place.status == "khong_doi_duoc" and "Thiếu tên tỉnh" in place.note
    assert found("xã Bản Sen, huyện Vân Đồn", province="Quảng Ninh")[0].status == "da_doi"


def test_the_addressee_is_not_the_place_of_the_matter() -> None:
    text = "Kính gửi: UBND xã Hải Hậu, tỉnh Ninh Bình\nĐường ở xã Hải Hưng hỏng."
    assert [p.commune for p in found(text, convert=False)] == ["xã Hải Hưng"]


def test_titles_and_numbers_are_no_units() -> None:
    assert found("P. Giám đốc ký. Tôi lên xã 2 lần.") == []
