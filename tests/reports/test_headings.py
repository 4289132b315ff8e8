from __future__ import annotations

import pytest

from nlp.reports.headings import is_empty_statement, read_heading
from nlp.reports.lexicon import load


@pytest.mark.parametrize(
    ("heading", "roles"),
    [
        ("II. HẠN CHẾ, NGUYÊN NHÂN", {"limitation", "cause"}),
        ("2. Tồn tại, hạn chế", {"limitation"}),
        ("Khó khăn, vướng mắc", {"limitation"}),
        ("3. Nguyên nhân của những hạn chế", {"cause"}),
        ("a) Nguyên nhân khách quan", {"cause", "objective"}),
        ("Ưu điểm và nguyên nhân", {"result", "success_cause"}),
        ("Những bài học kinh nghiệm", {"lesson"}),
        ("IV. KIẾN NGHỊ, ĐỀ XUẤT", {"recommendation"}),
        ("PHƯƠNG HƯỚNG, NHIỆM VỤ NĂM 2025", {"task"}),
        ("Đối với UBND tỉnh", {"addressee"}),
    ],
)
def test_a_heading_tells_its_roles(heading: str, roles: set[str]) -> None:
    assert read_heading(heading).roles == roles


@pytest.mark.parametrize(
    "heading",
    [
        "Các giải pháp thực hiện quy chế dân chủ trong thời gian qua và kết quả",
        "3. Các giải pháp đã triển khai",
        "Kết quả thực hiện các nhiệm vụ, giải pháp",
    ],
)
def test_solutions_of_the_past_are_no_tasks(heading: str) -> None:
    assert "task" not in read_heading(heading).roles


@pytest.mark.parametrize(
    "heading",
    ["Kết quả khắc phục tồn tại, hạn chế", "Công tác tháo gỡ khó khăn, vướng mắc", "Giải quyết kiến nghị của cử tri"],
)
def test_words_of_a_limitation_inside_a_result_do_not_count(heading: str) -> None:
    assert not read_heading(heading).roles & {"limitation", "recommendation"}


def test_roles_are_found_without_accents_and_with_the_other_spelling() -> None:
    assert read_heading("TON TAI, HAN CHE").roles == {"limitation"}
    assert read_heading("Đối với Uỷ ban nhân dân huyện").roles == {"addressee"}


@pytest.mark.parametrize(
    "text", ["Không", "(Không)", "Không có kiến nghị.", "Không có đề xuất, kiến nghị gì thêm.", "- Không có./."]
)
def test_a_section_may_say_that_there_is_nothing(text: str) -> None:
    assert is_empty_statement(text)


@pytest.mark.parametrize(
    "text",
    ["Không có cán bộ chuyên trách nên hồ sơ chậm.", "Không có kinh phí để thực hiện.", "Kiến nghị tỉnh hỗ trợ."],
)
def test_a_shortage_is_not_an_empty_statement(text: str) -> None:
    assert not is_empty_statement(text)


def test_every_row_of_the_heading_table_names_its_source() -> None:
    data = load("headings")
    rows = [*data["overrides"], *(row for rows in data["components"].values() for row in rows)]
    assert all(row["source"] in ("khao_sat", "bien_soan") for row in rows)
    known = set(data["roles"])
    assert all(set(row["roles"]) <= known for row in data["overrides"])
    assert set(data["components"]) <= known
