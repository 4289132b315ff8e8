"""What a clerk may count on when one petition is read."""

import json
import unicodedata
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from nlp.petitions import PetitionReader
from nlp.taxonomy import taxonomy
from nlp.text import LangNgheError

LAND = (
    "Ngày 12/3/2025 UBND huyện ra Quyết định 415/QĐ-UBND thu hồi 320 m2 đất trồng keo của nhà tôi làm đường tránh. "
    "Tổ kiểm đếm bỏ sót cái giếng với dãy chuồng trâu. Tôi không đồng ý với phương án bồi thường, đề nghị kiểm đếm lại. "
    "Tôi đã gửi đơn ba lần từ tháng 4 mà chưa ai trả lời."
)
FLOOD = "Ngã ba chợ Bến Súc cứ mưa là ngập tới đầu gối, miệng cống bị lấp đất đá, nhờ các anh cho người khơi thông."


def spans_hold(text: str, answer: dict) -> None:
    for found in answer["fields"]:
        for e in found["evidence"]:
            assert text[e["start"] : e["end"]] == e["text"] != ""
    for s in answer["urgency"]["signals"]:
        assert text[s["start"] : s["end"]] == s["text"] != ""


def test_the_answer_has_the_contracts_shape(reader: PetitionReader):
    answer = reader.classify(LAND, id="đơn-1").to_json()
    json.dumps(answer)
    assert set(answer) == {
        "id", "fields", "field_scores", "type", "urgency", "needs_review", "review_reasons", "model",
    }  # fmt: skip
    assert answer["id"] == "đơn-1"
    assert set(answer["field_scores"]) == set(taxonomy().field_codes)
    assert set(answer["urgency"]) == {"code", "probability", "scores", "signals", "raised_by_rule"}
    assert [f["probability"] for f in answer["fields"]] == sorted(
        (f["probability"] for f in answer["fields"]), reverse=True
    )
    spans_hold(LAND, answer)


def test_a_land_recovery_complaint_is_read_as_one(reader: PetitionReader):
    answer = reader.classify(LAND)
    assert answer.fields[0].code == "dat_dai"
    assert "thu_hoi_boi_thuong" in [s.code for s in answer.fields[0].subfields]
    assert answer.type.code == "khieu_nai"
    assert answer.urgency.code == "uu_tien"


def test_subfields_belong_to_their_field(reader: PetitionReader):
    parents = taxonomy().field_of_subfield
    for text in (
        LAND,
        FLOOD,
        "Bãi rác sau chợ bốc mùi, ruồi bay vào bếp cả khu, cán bộ môi trường phường gọi không nghe máy",
    ):
        for found in reader.classify(text).fields:
            assert all(parents[s.code] == found.code for s in found.subfields)
            assert all(s.probability <= found.probability + 1e-6 for s in found.subfields)


def test_text_without_diacritics_is_read_alike(reader: PetitionReader):
    plain = (
        "".join(c for c in unicodedata.normalize("NFD", LAND) if not unicodedata.combining(c))
        .replace("đ", "d")
        .replace("Đ", "D")
    )
    assert reader.classify(plain).fields[0].code == "dat_dai"
    spans_hold(plain, reader.classify(plain).to_json())


def test_decomposed_text_gives_the_same_labels_and_its_own_offsets(reader: PetitionReader):
    decomposed = unicodedata.normalize("NFD", LAND)
    one, other = reader.classify(LAND).to_json(), reader.classify(decomposed).to_json()
    assert [f["code"] for f in one["fields"]] == [f["code"] for f in other["fields"]]
    assert one["urgency"]["code"] == other["urgency"]["code"]
    spans_hold(decomposed, other)


@pytest.mark.parametrize(
    "text",
    [
        "ok",
        "a",
        "...",
        "Hello, I would like to know the opening hours of your office please",
        "xyzzy qwrt plugh zzt frob",
        "\U0001f600 \U0001f600",
    ],
)
def test_what_cannot_be_read_abstains(reader: PetitionReader, text: str):
    answer = reader.classify(text)
    assert [f.code for f in answer.fields] == ["khac"]
    assert answer.needs_review and "abstained" in answer.review_reasons


@pytest.mark.parametrize("text", ["", "   \n\t "])
def test_an_empty_text_is_an_error_with_a_code(reader: PetitionReader, text: str):
    with pytest.raises(LangNgheError) as caught:
        reader.classify(text)
    assert caught.value.code == "empty_text"


def test_a_very_long_text_is_read_in_part_and_says_so(reader: PetitionReader):
    text = (LAND + "\n") * 3000
    answer = reader.classify(text)
    assert "read_partly" in answer.review_reasons
    spans_hold(text, answer.to_json())


@pytest.mark.parametrize("text", ["a." * 8000, "http://" + "x" * 30000, "0" * 20000, "(" * 9000, "Đ" * 15000 + " đất"])
def test_hostile_runs_are_answered(reader: PetitionReader, text: str):
    assert reader.classify(text).needs_review


def test_a_bad_row_never_stops_a_batch(reader: PetitionReader):
    rows = [{"id": "1", "text": FLOOD}, {"id": "2"}, {"id": "3", "text": ""}, {"id": "4", "text": 5},
            {"id": "5", "text": FLOOD, "received_at": "hôm qua"}, {"id": "6", "text": FLOOD, "received_at": "2025-08-01"}]  # fmt: skip
    answers = list(reader.classify_many(rows))
    assert [a["id"] for a in answers] == ["1", "2", "3", "4", "5", "6"]
    assert [a.get("error", {}).get("code") for a in answers] == [
        None,
        "no_text",
        "empty_text",
        "no_text",
        "bad_received_at",
        None,
    ]
    assert all(FLOOD not in json.dumps(a, ensure_ascii=False) for a in answers if "error" in a)


def test_signals_never_leave_the_urgency_below_their_level(reader: PetitionReader):
    t = taxonomy()
    for text in (
        LAND,
        FLOOD,
        "Cột điện trước trường nghiêng hẳn ra đường, hôm qua dây sà xuống giật một cháu phải đi cấp cứu",
    ):
        urgency = reader.classify(text).urgency
        highest = max((t.urgency_rank(t.level_of_signal[s.code]) for s in urgency.signals), default=0)
        assert t.urgency_rank(urgency.code) >= highest


def test_days_count_from_the_day_of_receipt(reader: PetitionReader):
    text = "Xã thông báo ngày 20/8/2025 sẽ cưỡng chế thu hồi đất vườn nhà tôi trong khi tôi còn đang khiếu nại giá bồi thường."
    near = reader.classify(text, received_at=date(2025, 8, 19)).urgency.scores
    far = reader.classify(text, received_at=date(2025, 6, 1)).urgency.scores
    assert near["khan"] > far["khan"]


@settings(max_examples=25, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            ["đất", "thu hồi", "ô nhiễm", "\u200b", "e\u0323\u0302", "Ð", "\r\n", "NƯỚC", "nuoc", "1.5", "—", "kẻ", " "]
        ),
        min_size=1,
        max_size=40,
    )
)
def test_spans_hold_on_any_mixture(reader: PetitionReader, pieces: list[str]):
    text = " ".join(pieces)
    try:
        spans_hold(text, reader.classify(text).to_json())
    except LangNgheError as error:
        assert error.code == "empty_text"
