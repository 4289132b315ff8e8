"""Routing: field, type, level and respondent; never to the accused; rules as data with a dry run."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import yaml

from nlp.petitions.intake import intake_report
from nlp.petitions.intake.routing import Office, Respondent, RoutingCase, RoutingRules, dry_run, route
from nlp.petitions.intake.routing_rules import WEIGHT, respondent_kind
from nlp.petitions.intake.rules import packaged
from nlp.taxonomy import taxonomy

COMMUNE, WARD, PROVINCE = Office(), Office(urban=True), Office("tinh")


def case(kind: str, *fields: str, office: Office = COMMUNE, **more: object) -> RoutingCase:
    return RoutingCase("1", (kind,), fields, office=office, **more)  # type: ignore[arg-type]


def official(kind: str, described: str = "") -> Respondent:
    return Respondent(kind, "Lê Văn Tám", described)


def test_a_complaint_about_a_commune_decision_goes_to_its_chairman_first() -> None:
    r = route(case("khieu_nai", "dat_dai", respondents=(official("xa"),)))[0]
    assert (r.authority, r.second, r.action) == ("Chủ tịch UBND cấp xã", "Chủ tịch UBND cấp tỉnh", "thu_ly")


def test_a_complaint_outside_competence_is_guided_once_and_not_forwarded() -> None:
    r = route(case("khieu_nai", "dat_dai", respondents=(official("so"),)))[0]
    assert r.authority == "Giám đốc sở" and r.action == "huong_dan"
    assert any("hướng dẫn" in reason for reason in r.reasons)


def test_a_denunciation_outside_competence_is_forwarded() -> None:
    r = route(case("to_cao", "cong_vu", respondents=(official("lanh_dao_xa"),)))[0]
    assert r.action == "chuyen" and r.authority == "Chủ tịch UBND cấp tỉnh" and r.units == ("Thanh tra tỉnh",)


def test_a_denunciation_never_goes_to_the_accused_persons_unit() -> None:
    r = route(case("to_cao", "dat_dai", respondents=(official("can_bo_xa", "cán bộ địa chính xã"),)))[0]
    assert "Phòng Kinh tế" not in r.units
    assert ("Phòng Kinh tế", "người bị tố cáo làm việc ở đơn vị này") in r.excluded


def test_no_type_field_or_level_routes_a_denunciation_to_an_accused_unit() -> None:
    units = {row["unit"] for row in packaged("routing.yaml")["units"]}
    for unit in units:
        accused = (Respondent("xa", unit, unit), Respondent("so", unit, unit), Respondent("cong_an", unit, unit))
        for field in taxonomy().field_codes:
            for office in (COMMUNE, WARD, PROVINCE):
                for r in route(case("to_cao", field, office=office, respondents=accused)):
                    assert unit not in r.units


def test_no_denunciation_is_decided_by_the_head_of_the_accused_body() -> None:
    own = {
        "xa": "Chủ tịch UBND cấp xã", "lanh_dao_xa": "Chủ tịch UBND cấp xã", "lanh_dao_so": "Giám đốc sở",
        "tinh": "Chủ tịch UBND cấp tỉnh", "lanh_dao_tinh": "Chủ tịch UBND cấp tỉnh",
    }  # fmt: skip
    for body, head in own.items():
        for other in WEIGHT:
            for office in (COMMUNE, PROVINCE):
                r = route(case("to_cao", "dat_dai", office=office, respondents=(official(body), official(other))))[0]
                assert not r.authority.startswith(head), (body, other)


def test_where_the_unit_of_an_accused_official_is_unknown_the_clerk_is_told_to_look() -> None:
    said = route(case("to_cao", "dat_dai", respondents=(official("can_bo_xa", "trưởng thôn"),)))[0].reasons
    assert any("xem người bị tố cáo có làm việc" in reason for reason in said)


def test_units_follow_field_and_level() -> None:
    expected = {
        ("dat_dai", COMMUNE): "Phòng Kinh tế", ("dat_dai", WARD): "Phòng Kinh tế, Hạ tầng và Đô thị",
        ("moi_truong", PROVINCE): "Sở Nông nghiệp và Môi trường", ("xay_dung", PROVINCE): "Sở Xây dựng",
        ("an_ninh", COMMUNE): "Công an xã", ("chinh_sach", COMMUNE): "Phòng Văn hoá – Xã hội",
        ("chinh_sach", PROVINCE): "Sở Nội vụ",
    }  # fmt: skip
    for (field, office), unit in expected.items():
        assert route(case("kien_nghi_phan_anh", field, office=office))[0].units == (unit,)


def test_words_and_subfields_refine_the_unit() -> None:
    power = case("kien_nghi_phan_anh", "ha_tang", office=PROVINCE, words=frozenset({"mat dien"}))
    assert route(power)[0].units == ("Sở Công Thương",)
    insurance = case("kien_nghi_phan_anh", "chinh_sach", office=PROVINCE, subfields=("bao_hiem",))
    assert route(insurance)[0].units == ("Cơ quan Bảo hiểm xã hội",)


def test_courts_are_only_pointed_at() -> None:
    assert route(case("kien_nghi_phan_anh", "tu_phap"))[0].action == "huong_dan"


def test_a_land_dispute_between_citizens_goes_to_the_commune_chairman() -> None:
    r = route(case("kien_nghi_phan_anh", "dat_dai", subfields=("tranh_chap",)))[0]
    assert r.authority.startswith("Chủ tịch UBND cấp xã") and r.bases[0].status == "second_hand"


def test_every_field_has_a_unit_at_every_level() -> None:
    for field in taxonomy().field_codes:
        for office in (COMMUNE, WARD, PROVINCE):
            assert route(case("kien_nghi_phan_anh", field, office=office))[0].units


def test_kinds_of_respondents_are_told_from_their_posts() -> None:
    assert respondent_kind("Lê Văn Tám", "ông Lê Văn Tám, phó chủ tịch UBND xã", is_office=False) == "lanh_dao_xa"
    assert respondent_kind("Lê Văn Tám", "ông Lê Văn Tám, ở phường Hải Châu", is_office=False) == "ca_nhan"
    assert respondent_kind("UBND phường Hoà Mạc", "", is_office=True) == "xa"
    assert respondent_kind("Công ty Hồng Vận", "", is_office=True) == "to_chuc"
    assert respondent_kind("Chi cục Thuế Thuận An", "", is_office=True) == "thue"
    assert respondent_kind("Cơ sở giết mổ Hai Lúa", "", is_office=True) == "to_chuc"
    assert respondent_kind("Sở Xây dựng", "", is_office=True) == "lanh_dao_so"
    assert respondent_kind("Sở Nông nghiệp và Môi trường", "", is_office=True) == "lanh_dao_so"
    assert respondent_kind("Công ty Luật Hồng Đức", "", is_office=True) == "bo_tro_tu_phap"
    assert respondent_kind("Trường Kim Giang", "", is_office=True) == "truong_hoc"
    assert respondent_kind("Công ty thuỷ sản Trường Phát", "", is_office=True) == "to_chuc"
    assert respondent_kind("Phòng Kinh tế xã Hoà Bình", "", is_office=True) == "phong_xa"


def test_a_case_survives_storage() -> None:
    made = case("to_cao", "dat_dai", respondents=(official("xa", "cán bộ"),), words=frozenset({"dien"}), office=WARD)
    assert RoutingCase.from_json(made.to_json()) == made


def test_a_dry_run_lists_only_the_petitions_that_would_move(tmp_path: Path) -> None:
    changed = {**packaged("routing.yaml")}
    changed["units"] = [
        {**row, "unit": "Phòng Kinh tế và Môi trường"} if row["id"] == "dat_moi_xa" else row for row in changed["units"]
    ]
    own = tmp_path / "routing.yaml"
    own.write_text(yaml.safe_dump(changed, allow_unicode=True), encoding="utf-8")
    cases = [case("kien_nghi_phan_anh", "dat_dai"), case("kien_nghi_phan_anh", "an_ninh")]
    moves = dry_run(cases, RoutingRules.load(own))
    assert [(m.before.units, m.after.units) for m in moves] == [(("Phòng Kinh tế",), ("Phòng Kinh tế và Môi trường",))]
    assert dry_run(cases, RoutingRules.load()) == []


@pytest.mark.parametrize(
    "post",
    [
        "Chủ tịch UBND xã", "chủ tịch xã", "Phó Chủ tịch Ủy ban nhân dân phường", "Phó Chủ tịch Uỷ ban nhân dân xã", "Chủ tịch HĐND xã",
        "Bí thư Đảng ủy xã", "Phó Bí thư Đảng uỷ phường", "Chủ tịch UBND đặc khu Phú Quý", "PCT UBND xã", "Chủ tịch UBND",
    ],
)  # fmt: skip
@pytest.mark.parametrize("form", ["ông Trần Văn Sáu, {}", "ông {} Trần Văn Sáu", "{}"])
@pytest.mark.parametrize("level", ["xa", "tinh"])
def test_a_denounced_leader_of_a_commune_is_looked_into_by_the_province_only(post: str, form: str, level: str) -> None:
    text = f"Tôi tố cáo {form.format(post)} nhận tiền của dân để làm sai. Đề nghị làm rõ."
    labels = {"type": {"code": "to_cao"}, "fields": [{"code": "dat_dai"}, {"code": "cong_vu"}]}
    r = intake_report(text, labels, received_at=date(2026, 9, 1), office=Office(level)).routes[0]
    assert (r.units, r.authority) == (("Thanh tra tỉnh",), "Chủ tịch UBND cấp tỉnh")


@pytest.mark.parametrize(
    ("accused", "units", "authority"),
    [
        ("Chánh Thanh tra tỉnh", ("Văn phòng UBND tỉnh",), "Chủ tịch UBND cấp tỉnh"),
        ("Giám đốc Sở Nội vụ", ("Thanh tra tỉnh",), "Chủ tịch UBND cấp tỉnh"),
        ("Phó Chủ tịch UBND tỉnh", ("Thanh tra Chính phủ",), "Cơ quan trung ương có thẩm quyền"),
        ("Chủ tịch UBND huyện Bình Sơn", ("Thanh tra tỉnh",), "Chủ tịch UBND cấp tỉnh"),
        ("Trưởng Công an xã", ("Công an tỉnh",), "Thủ trưởng Công an cấp trên của người bị tố cáo"),
    ],
)
def test_a_denunciation_goes_above_the_accused(accused: str, units: tuple[str, ...], authority: str) -> None:
    text = f"Tôi tố cáo ông Trần Văn Sáu, {accused}, nhận tiền."
    labels = {"type": {"code": "to_cao"}, "fields": [{"code": "cong_vu"}]}
    r = intake_report(text, labels, received_at=date(2026, 9, 1), office=Office("tinh")).routes[0]
    assert (r.units, r.authority) == (units, authority)
