"""The annotations fit the corpus, the measures count what they say, and the figures do not fall back."""

from __future__ import annotations

from nlp.privacy import personal_kinds
from nlp.training.privacy import (
    PARTS,
    AnnotatedText,
    load_annotated,
    personal_scores,
    scanned,
    shouted,
    tally,
    unaccented,
)
from nlp.training.privacy_report import report


def test_annotations_lie_on_whole_words_of_their_texts() -> None:
    texts, lost = load_annotated()
    assert len(texts) > 200 and lost <= 0.1 * len(texts)
    for t in texts:
        assert t.part in PARTS
        for _, start, end in t.spans:
            assert 0 <= start < end <= len(t.text)
            assert t.text[start:end].strip() == t.text[start:end]


def test_recall_and_precision_of_the_development_part_do_not_fall_back() -> None:
    texts = [t for t in load_annotated()[0] if t.part == "phat_trien"]
    every = personal_scores(texts)[0]
    assert every.recall.value > 0.95 and every.precision.value > 0.95


def test_a_tally_tells_touched_covered_and_exact_apart() -> None:
    counts = tally([("a", 0, 10), ("a", 20, 25), ("a", 40, 45)], [("a", 0, 5), ("a", 20, 25), ("a", 60, 61)])
    assert counts.row() == [3, 2, 1, 1, 3, 2]


def test_changed_writing_keeps_every_character_in_its_place() -> None:
    text = "Đào Văn Thắc ở thôn Đông, lo lắng"
    for change in (unaccented, shouted, scanned):
        assert len(change(text)) == len(text)
    assert unaccented(text) == "Dao Van Thac o thon Dong, lo lang"


def test_the_report_says_who_annotated_and_has_every_part() -> None:
    spans = (("ho_ten", 4, 15), ("nguoi_gui", 4, 15))
    texts = [
        AnnotatedText(f"{s}-{p}", s, p, "Ông Lê Văn Tám trình bày: đường hỏng.", spans, "kien_nghi_phan_anh")
        for s in ("petitions", "composed")
        for p in PARTS
    ]
    page = report(texts)
    assert "Một bên duy nhất gán nhãn" in page and "Chưa làm được" in page
    assert personal_kinds()["ho_ten"].name in page
