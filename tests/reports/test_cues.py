from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from nlp.reports.cues import cues_within, matcher
from nlp.reports.lexicon import cue_groups, load
from nlp.reports.triggers import trigger_of


def _groups(text: str) -> set[str]:
    return {c.group for c in cues_within(matcher().find(text), 0, len(text))}


def test_a_cue_is_found_with_and_without_accents() -> None:
    assert "limitation_predicate" in _groups("Công tác tuyên truyền còn hạn chế.")
    assert "limitation_predicate" in _groups("Cong tac tuyen truyen con han che.")


def test_a_cue_of_one_syllable_needs_its_accents() -> None:
    phrases = {c.phrase for c in matcher().find("Trẻ được chữa bệnh, kho chứa hàng.")}
    assert "chưa" not in phrases


def test_an_opener_counts_only_at_the_start() -> None:
    assert "contrast_opener" in _groups("Tuy nhiên, hồ sơ còn chậm.")
    assert "contrast_opener" not in _groups("Hồ sơ của dân nộp từ tháng ba tuy nhiên đến nay chưa xong.")


def test_a_cue_may_cross_a_comma_and_the_other_spelling() -> None:
    assert "fixed" in _groups("Huyện đã kịp thời tháo gỡ khó khăn vướng mắc cho dân.")


def test_offsets_are_of_the_text_as_given() -> None:
    text = "Bên cạnh đó, việc nộp hồ sơ CÒN CHẬM."
    cue = next(c for c in matcher().find(text) if c.phrase == "còn chậm")
    assert text[cue.start : cue.end] == "CÒN CHẬM"


def test_one_matcher_serves_several_threads() -> None:
    texts = [f"Tuy nhiên, xã số {i} còn chậm, chưa kịp thời." for i in range(40)]
    alone = [matcher().find(t) for t in texts]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(matcher().find, texts)) == alone


def test_every_cue_has_a_source_and_every_group_a_meaning() -> None:
    for name, body in load("cues")["groups"].items():
        assert body["meaning"], name
        assert set(body) <= {"meaning", "at_start", "khao_sat", "bien_soan"}, name
    assert all(phrase.key for phrases in cue_groups().values() for phrase in phrases)


def test_triggers_announce_what_follows() -> None:
    assert trigger_of("Nguyên nhân chủ yếu là do chủ đầu tư thiếu vốn.") == "cause"
    assert trigger_of("Những hạn chế trên xuất phát từ nhận thức của người đứng đầu;") == "cause"
    assert trigger_of("Tuy nhiên, hồ sơ còn chậm.") == "limitation"
    assert trigger_of("Giải pháp khắc phục: Giao Sở Nội vụ rà soát.") == "solution"
    assert trigger_of("Đề nghị UBND tỉnh hỗ trợ.") == "request"
    assert trigger_of("Thành công này là do cả hệ thống chính trị vào cuộc.") == "success"
    assert trigger_of("Đã yêu cầu 06 đảng ủy làm rõ nguyên nhân chậm.") is None
