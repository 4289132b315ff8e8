"""Duplicates: the same petitioner with the same matter, near-identical texts of others, and the diff."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.petitions.intake import IntakeReport, intake_report
from nlp.petitions.intake.duplicates import PetitionIndex, diff, find_duplicates, fingerprint
from nlp.petitions.intake.fingerprints import Fingerprint, shingles

FIRST = (
    "Tôi là Đào Văn Thắc. Ngày 12/9 tôi nhận Quyết định 4127/QĐ-UBND thu hồi 168 m2 ao liền nhà, áp giá đất nuôi trồng "
    "thuỷ sản. Tôi không đồng ý vì ao nằm trong khuôn viên đất ở từ năm 1985, đề nghị tính lại cho đúng."
)
AGAIN = FIRST.replace("đề nghị tính lại cho đúng", "đề nghị xem xét và tính lại ngay")
FORM = FIRST.replace("Đào Văn Thắc", "Trần Thị Lụa")
OTHER = "Đèn đường ngõ 192 không sáng năm hôm nay, đề nghị đơn vị chiếu sáng kiểm tra và thay bóng cho dân đi lại."


def index(*rows: tuple[str, str, str, str]) -> tuple[PetitionIndex, dict[str, str]]:
    found, texts = PetitionIndex(), {}
    for identity, text, person, day in rows:
        found.add(identity, fingerprint(text, people={person}, matter={"4127/QĐ-UBND"}, received=day))
        texts[identity] = text
    return found, texts


def test_the_same_person_and_matter_is_a_duplicate_with_the_first_one_marked() -> None:
    known, texts = index(
        ("b", AGAIN, "dao van thac", "2026-02-01"),
        ("a", FIRST, "dao van thac", "2026-01-01"),
        ("c", OTHER, "x y", "2026-01-05"),
    )
    mark = fingerprint(FIRST, people={"dao van thac"}, matter={"4127/QĐ-UBND"}, received="2026-03-01")
    found = find_duplicates(mark, known, text=FIRST, text_of=texts.get)
    assert [(d.id, d.kind, d.is_first) for d in found] == [("a", "trung_lap", True), ("b", "trung_lap", False)]
    assert found[0].similarity == 1.0 and 0.6 < found[1].similarity < 1


def test_a_form_letter_of_somebody_else_is_no_duplicate_but_a_form() -> None:
    known, texts = index(("a", FIRST, "dao van thac", "2026-01-01"))
    mark = fingerprint(FORM, people={"tran thi lua"}, matter={"4127/QĐ-UBND"})
    assert [d.kind for d in find_duplicates(mark, known, text=FORM, text_of=texts.get)] == ["rap_khuon"]


def test_the_same_person_with_another_matter_is_nothing() -> None:
    known, texts = index(("a", FIRST, "dao van thac", "2026-01-01"))
    mark = fingerprint(OTHER, people={"dao van thac"})
    assert find_duplicates(mark, known, text=OTHER, text_of=texts.get) == []


def seen(text: str, identity: str = "", known: PetitionIndex | None = None) -> IntakeReport:
    return intake_report(
        text,
        {"type": {"code": "khieu_nai"}},
        received_at=date(2026, 8, 1),
        identity=identity,
        index=known,
        convert=False,
    )


LETTER = """ĐƠN KHIẾU NẠI
Kính gửi: Chủ tịch UBND xã Quỳnh Lưu
Tôi là {name}, xóm 7, xã Quỳnh Lưu.
Ngày 20/7/2026 tôi nhận được Quyết định số {number}/QĐ-UBND của Chủ tịch UBND xã về việc thu hồi {area} m2 đất vườn tại thửa đất
số {plot}, tờ bản đồ số 9. Đất này cha ông tôi sử dụng từ trước năm 1980, không tranh chấp với ai. Quyết định ghi nguồn gốc đất
do UBND xã quản lý là không đúng. Tôi đề nghị hủy quyết định và lập lại hồ sơ bồi thường.
Tôi xin cam đoan những nội dung trên là đúng sự thật và chịu trách nhiệm trước pháp luật.
Người khiếu nại
{name}"""
KHANH = LETTER.format(name="Hồ Sỹ Khanh", number=1542, area="215,4", plot=118)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Con là Hồ Sỹ Khanh đây. Xã lấy vườn nhà con, thửa 118 tờ 9, bảo là đất của xã. Con không chịu, xin xem lại.", "trung_lap"),
        ("toi la ho sy khanh, khong dong y voi QD so 1542/QĐ-UBND, de nghi huy", "trung_lap"),
        (KHANH.upper(), "trung_lap"),
        (LETTER.format(name="Phan Văn Lộc", number=1543, area="187", plot=121), "rap_khuon"),
        ("Tôi là Hồ Sỹ Khanh, xóm 7. Đèn đường từ nhà văn hoá đến cổng làng hỏng, đề nghị UBND xã Quỳnh Lưu thay bóng.", None),
        ("Tôi là Hồ Sỹ Khanh. Tôi khiếu nại việc UBND xã Quỳnh Lưu từ chối xác nhận hộ nghèo cho mẹ tôi năm 2026.", None),
        ("Tôi là Hồ Sỹ Khanh, xã Thuận Lộc. Tôi khiếu nại Thông báo 9/TB-UBND không cho tôi tách thửa 77.", None),
    ],
)  # fmt: skip
def test_a_matter_is_known_again_in_other_words_and_not_confused_with_another(text: str, kind: str | None) -> None:
    known = PetitionIndex()
    known.add("cu", seen(KHANH, "cu").fingerprint)
    assert [d.kind for d in seen(text, "moi", known).duplicates] == ([kind] if kind else [])


def test_two_letters_that_share_only_a_form_are_nothing_to_each_other() -> None:
    form = (
        "CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐƠN KHIẾU NẠI\nKính gửi: Chủ tịch UBND xã\nTôi tên là: {n}. Sinh năm: {y}\n{c}\n"
        "Tôi xin cam đoan những nội dung khiếu nại trên là đúng sự thật và chịu trách nhiệm trước pháp luật về nội dung đã "
        "khiếu nại. Kính mong quý cơ quan xem xét giải quyết. Tôi xin chân thành cảm ơn!\nNgười khiếu nại\n{n}"
    )
    known = PetitionIndex()
    one = form.format(n="Cao Thị Mến", y=1970, c="Xã không trả tiền công dân quân năm 2025 cho chồng tôi.")
    known.add("1", seen(one, "1").fingerprint)
    for name in ("Vũ Đình Tựu", "Cao Thị Mến"):
        other = form.format(n=name, y=1959, c="Xã cắt nước tưới ruộng lúa của 12 hộ từ tháng 6 đến nay.")
        assert seen(other, "2", known).duplicates == ()


def test_a_petition_is_not_its_own_duplicate() -> None:
    known, texts = index(("a", FIRST, "dao van thac", "2026-01-01"))
    assert find_duplicates(known.fingerprints["a"], known, text=FIRST, text_of=texts.get, exclude="a") == []


def test_stock_formulae_make_nobody_alike() -> None:
    stock = "CỘNG HOÀ XÃ HỘI CHỦ NGHĨA VIỆT NAM\nĐộc lập - Tự do - Hạnh phúc\n"
    assert not shingles(stock + FIRST) & shingles(stock + OTHER)


def test_a_fingerprint_survives_storage_and_an_old_scheme_is_refused() -> None:
    mark = fingerprint(FIRST, people={"a b"}, matter={"m"}, received="2026-01-01")
    assert Fingerprint.from_json(mark.to_json()) == mark
    with pytest.raises(ValueError, match="tạo lại"):
        PetitionIndex().add("x", Fingerprint(mark.signature, scheme="khac"))


def test_bands_find_near_identical_texts_and_not_others() -> None:
    a, b, c = (set(fingerprint(t).bands()) for t in (FIRST, AGAIN, OTHER))
    assert a & b and not a & c


def test_the_diff_names_what_changed_in_both_texts() -> None:
    changes = [c for c in diff(FIRST, FORM) if c.kind != "equal"]
    assert [(c.this.quote(FIRST), c.other.quote(FORM)) for c in changes] == [("Đào Văn Thắc", "Trần Thị Lụa")]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(["ông", "thu hồi đất", "12/9", "không", "đồng ý", "a\u0301", ".", ",", "", "\n"]), max_size=30
    ),
    st.integers(0, 30),
)
def test_diff_spans_lie_in_both_texts_in_order(words: list[str], cut: int) -> None:
    a, b = " ".join(words), " ".join(words[:cut] + ["mới"] + words[cut:])
    last_a = last_b = 0
    for c in diff(a, b):
        assert last_a <= c.this.start <= c.this.end <= len(a) and last_b <= c.other.start <= c.other.end <= len(b)
        last_a, last_b = c.this.end, c.other.end


def test_similarity_is_estimated_close_to_the_exact_one() -> None:
    exact = len(shingles(FIRST) & shingles(AGAIN)) / len(shingles(FIRST) | shingles(AGAIN))
    assert abs(fingerprint(FIRST).similarity(fingerprint(AGAIN)) - exact) < 0.2
