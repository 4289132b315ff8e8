"""Dates, cues, clauses, evidence and vectors: the parts that reading a petition is made of."""

from datetime import date

import numpy as np
import pytest

from nlp.petitions.cues import cue_table, plain_tone
from nlp.petitions.dates import distances, mentions, reference_day
from nlp.petitions.features import BLOCKS
from nlp.petitions.phrases import best_phrases
from nlp.petitions.prepared import clauses, part, prepare
from nlp.petitions.vectors import WordVectors
from nlp.taxonomy import taxonomy
from nlp.text import fold


@pytest.mark.parametrize(
    ("written", "day"),
    [
        ("ngày 5/7/2025", date(2025, 7, 5)),
        ("ngày 05 tháng 7 năm 2025", date(2025, 7, 5)),
        ("05.7.2025", date(2025, 7, 5)),
        ("05-07-25", date(2025, 7, 5)),
    ],
)
def test_dates_are_found_however_they_are_written(written: str, day: date):
    found = mentions(fold(written))
    assert [m.on(2025) for m in found] == [day]
    assert written[found[0].span.start : found[0].span.end].strip() in written


def test_a_date_that_does_not_exist_is_no_day():
    assert [m.on(2025) for m in mentions("31/2/2025")] == [None]


def test_days_are_counted_from_the_received_date_else_from_the_petitions_own():
    text = fold("Gia Lai, ngày 10/6/2025. Xã hẹn ngày 12/6/2025 đến dỡ. Tôi ở đây từ năm 2019.")
    found = mentions(text)
    assert reference_day(found, date(2025, 6, 1), len(text)) == date(2025, 6, 1)
    own = reference_day(found, None, len(text))
    assert own is not None
    names = {name for name, _ in distances(found, date(2025, 6, 10))}
    assert {"d+3", "y-10"} <= names


def test_tone_placement_does_not_matter():
    assert plain_tone("hoà") == plain_tone("hòa") == plain_tone("HOÀ")
    assert plain_tone("uỷ") == plain_tone("ủy")
    assert plain_tone("hoa") != plain_tone("hoà")


def test_cues_are_found_with_and_without_accents():
    for text in ("Khu này chưa được bồi thường, hỗ trợ tái định cư", "khu nay chua duoc boi thuong ho tro tai dinh cu"):
        groups = {g for g, _, _ in cue_table("field_cues").hits(prepare(text))}
        assert "dat_thu_hoi" in groups


def test_cue_files_speak_of_known_labels():
    t = taxonomy()
    for group in cue_table("field_cues").groups:
        assert group.about["field"] in t.field_codes
        assert (
            group.about.get("subfield") is None or t.field_of_subfield[group.about["subfield"]] == group.about["field"]
        )
    assert {g.about["signal"] for g in cue_table("signal_cues").groups} == {s.code for s in t.signals}
    assert {g.about["type"] for g in cue_table("type_cues").groups} == {x.code for x in t.types}


@pytest.mark.parametrize(
    "text",
    [
        "Một câu ngắn.",
        "nước ngập " * 60,
        "a, b, c; d: e\nf",
        "Đường hỏng, xe ngã, đèn tắt, không ai sửa, gọi mãi không được.",
    ],
)
def test_clauses_cover_every_syllable_in_order(text: str):
    prepared = prepare(text)
    found = clauses(prepared)
    covered = {i for a, b in found for i in range(a, b)}
    assert covered == set(range(len(prepared.syllables)))
    assert found == sorted(found)
    for a, b in found:
        assert part(prepared, a, b).syllables == prepared.syllables[a:b]


@pytest.mark.parametrize("block", sorted(BLOCKS))
def test_every_feature_says_which_syllables_it_covers(block: str):
    prepared = prepare(
        "Ngày 3/4/2025 trạm bơm hỏng, 40 hộ dân thôn Đoài mất nước suốt từ năm 2021, đề nghị xã sửa giúp."
    )
    for name, first, last in BLOCKS[block](prepared):
        assert name and 0 <= first < last <= len(prepared.syllables)


def test_phrases_are_whole_words_and_stay_in_one_sentence():
    prepared = prepare("Nhà máy xả nước thải ra sông. Ô nhiễm kéo dài đã lâu.")
    scores = np.zeros(len(prepared.syllables))
    scores[4:8] = 1.0
    for span, _ in best_phrases(prepared, scores):
        quote = prepared.text[span.start : span.end]
        assert ". " not in quote and quote.strip() == quote
        assert not prepared.text[span.start - 1 : span.start].isalnum()


def test_vectors_are_quantised_closely_and_find_words_without_accents():
    rng = np.random.default_rng(0)
    words = ["đất_đai", "môi_trường", "nước", "đường", "điện"]
    table = WordVectors.build(words, rng.normal(size=(5, 16)).astype(np.float32))
    given, plain = table.mean(prepare("nước đường điện")), table.mean(prepare("nuoc duong dien"))
    assert given.shape == (16,) and np.linalg.norm(given) == pytest.approx(1, abs=1e-4)
    assert float(given @ plain) > 0.99
    prepared = prepare("nước đường điện")
    direction = rng.normal(size=16).astype(np.float32)
    assert sum(a for a, _, _ in table.shares(prepared, direction)) == pytest.approx(float(given @ direction), abs=1e-3)


def test_clauses_get_the_same_rows_together_as_alone(reader):
    features = reader.model.clause_features
    prepared = prepare(
        "Ngày 3/4/2025 trạm bơm hỏng, 40 hộ dân thôn Đoài mất nước suốt từ năm 2021; tối qua có người ngã xuống mương, "
        "phải đi cấp cứu. Đề nghị xã sửa giúp."
    )
    parts = [(part(prepared, a, b), a, b) for a, b in clauses(prepared)]
    for together, (text, _, _) in zip(features.transform_parts(prepared, parts), parts, strict=True):
        alone = features.transform(text)
        assert together.index.tolist() == alone.index.tolist()
        assert np.allclose(together.value, alone.value) and np.allclose(together.dense, alone.dense)
