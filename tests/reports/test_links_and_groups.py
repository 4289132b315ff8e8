from __future__ import annotations

import numpy as np

from nlp.reports.chain import CONTEXTS, Chain
from nlp.reports.comparison import compare_findings
from nlp.reports.findings import Finding, finding_id
from nlp.reports.grouping import Entry, group_findings, history, history_in_words
from nlp.reports.link_context import CONTEXT, context, hearsay, with_context
from nlp.reports.link_features import FEATURES, MORE, Candidate, pairs_of
from nlp.reports.links import chosen_links, how_linked
from nlp.text import Span


def _candidate(kind: str, text: str, place: int, item: int = 0, section: int = 0) -> Candidate:
    return Candidate(kind, text, tuple(text.lower().split()), place, place, item, section, (), (0.5, 0.5), None, 0)


def test_every_pair_of_source_and_limitation_is_described() -> None:
    findings = [
        _candidate("limitation", "Hồ sơ đất đai còn tồn đọng.", 0),
        _candidate("limitation", "Tuyên truyền còn hình thức.", 1),
        _candidate("cause", "Do kinh phí ít.", 2),
        _candidate("recommendation", "Giải quyết hồ sơ đất đai tồn đọng.", 3),
        _candidate("lesson", "Phải sâu sát.", 4),
    ]
    pairs = pairs_of(findings, None)
    assert pairs is not None
    assert (pairs.sources, pairs.limits, pairs.kinds) == ((2, 3), (0, 1), ("cause", "recommendation"))
    assert pairs.rows.shape == (2, 2, len(FEATURES) + 2 * 2 + len(MORE)) and np.isfinite(pairs.rows).all()
    column = FEATURES.index("cosine")
    assert pairs.rows[1, 0, column] > pairs.rows[1, 1, column]


def test_no_limitation_means_no_pairs() -> None:
    assert pairs_of([_candidate("cause", "Do mưa lũ.", 0)], None) is None


def test_parallel_lists_meet_rank_by_rank() -> None:
    findings = [_candidate("limitation", f"Việc thứ {i} còn chậm.", i) for i in range(3)]
    findings += [_candidate("recommendation", f"Làm xong việc {i}.", 3 + i, section=1) for i in range(3)]
    pairs = pairs_of(findings, None)
    assert pairs is not None
    gap, rank = (pairs.rows[:, :, FEATURES.index(name)] for name in ("list_gap", "same_rank"))
    assert np.allclose(np.diag(gap), 0.0) and np.array_equal(rank, np.eye(3))
    assert pairs.rows[:, :, FEATURES.index("in_block")].all()


def test_a_cause_hears_what_a_like_recommendation_was_answered() -> None:
    findings = [
        _candidate("limitation", "Hồ sơ đất đai còn tồn đọng.", 0),
        _candidate("limitation", "Tuyên truyền còn hình thức.", 1),
        _candidate("cause", "Do cán bộ nhập liệu thay đổi.", 2),
        _candidate("recommendation", "Tập huấn cán bộ nhập liệu.", 3),
        _candidate("recommendation", "Sửa loa.", 4),
    ]
    pairs = pairs_of(findings, None)
    assert pairs is not None
    pairs.akin[0] = [1.0, 0.9, 0.1]
    said = hearsay(pairs, np.array([[0.0, 0.0], [0.8, 0.1], [0.1, 0.7]]))
    assert said[0].argmax(axis=0).tolist()[:2] == [0, 0]
    assert with_context(pairs.rows, said).shape == (3, 2, pairs.rows.shape[2] + 3)


def test_the_second_look_knows_rivals_neighbours_and_order() -> None:
    findings = [_candidate("limitation", f"Việc thứ {i} còn chậm.", i) for i in range(3)]
    findings += [_candidate("recommendation", f"Làm xong việc {i}.", 3 + i) for i in range(3)]
    pairs = pairs_of(findings, None)
    assert pairs is not None
    answers = np.array([[0.9, 0.1, 0.0], [0.3, 0.3, 0.3], [0.0, 0.1, 0.9]])
    seen = context(pairs, answers)
    assert seen.shape == (3, 3, CONTEXT) and np.isfinite(seen).all()
    before_and_after = seen[1, :, 8:10]
    assert before_and_after.tolist() == [[0.0, 0.1], [0.9, 0.9], [0.1, 0.0]]
    crossed, beside = seen[1, :, 14], seen[1, :, 15]
    assert crossed.argmin() == 1 and beside.argmax() == 1
    best_rival = seen[:, :, 6]
    assert best_rival[1].tolist() == [0.9, 0.1, 0.9]


def test_the_best_pair_needs_less_than_the_others() -> None:
    answers = np.array([[0.4, 0.35], [0.2, 0.1], [0.7, 0.6]])
    kept = chosen_links(answers, ["cause"] * 3, {"cause": 0.3}, {"cause": 0.5})
    assert kept.tolist() == [[True, False], [False, False], [True, True]]


def test_how_a_pair_is_tied() -> None:
    limit = _candidate("limitation", "Hồ sơ chậm.", 0, item=3, section=1)
    assert how_linked(_candidate("cause", "Tình trạng này do thiếu người.", 5), limit) == "explicit"
    assert how_linked(_candidate("cause", "Do thiếu người.", 5, item=3), limit) == "same_item"
    assert how_linked(_candidate("cause", "Do thiếu người.", 5, section=1), limit) == "same_section"
    assert how_linked(_candidate("cause", "Do thiếu người.", 5, section=2), limit) == "similar"


def test_a_chain_carries_a_run_over_a_doubtful_unit() -> None:
    ties = np.zeros((CONTEXTS, 2, 2))
    ties[:, 0, 0] = ties[:, 1, 1] = 1.0
    ties[:, 0, 1] = ties[:, 1, 0] = -1.0
    alone = np.array([[0.05, 0.95], [0.55, 0.45], [0.05, 0.95]])
    smoothed = Chain(ties, 1.0, 1.0).smooth(alone, np.zeros(3, dtype=np.int64))
    assert np.allclose(smoothed.sum(axis=1), 1.0)
    assert smoothed[1, 1] > 0.5
    assert np.array_equal(Chain(ties, 0.0, 1.0).smooth(alone, np.zeros(3, dtype=np.int64)), alone)


def _entry(number: int, text: str, year: int, place: str = "Huyện A") -> Entry:
    return Entry(f"f{number}", text, f"d{number}", place, year)


SAME = [
    "Công tác tiếp công dân ở một số xã còn hình thức, chưa gắn với giải quyết đơn thư.",
    "Việc tiếp công dân tại một số xã còn hình thức, chưa gắn với việc giải quyết đơn thư.",
    "Công tác tiếp công dân ở một số phường còn hình thức, chưa gắn với giải quyết đơn thư.",
]


def test_a_limitation_that_returns_is_one_group_with_counts() -> None:
    entries = [_entry(i, text, 2021 + i) for i, text in enumerate(SAME)]
    entries.append(_entry(9, "Tiến độ giải ngân vốn đầu tư công đạt thấp.", 2023, "Huyện B"))
    (group,) = group_findings(entries)
    assert {e.id for e in group.members} == {"f0", "f1", "f2"}
    assert group.documents == 3
    assert group.years == ((2021, 1), (2022, 1), (2023, 1))
    assert group.places == (("Huyện A", 3),)


def test_names_of_places_do_not_keep_like_findings_apart() -> None:
    a = "Tại xã Nậm Có, hồ sơ cấp giấy chứng nhận đất còn tồn đọng kéo dài."
    b = "Tại xã Phiêng Pằn, hồ sơ cấp giấy chứng nhận đất còn tồn đọng kéo dài."
    assert len(group_findings([_entry(1, a, 2022), _entry(2, b, 2023)])) == 1


def test_many_findings_meet_through_minhash_as_well() -> None:
    words = [
        "đất",
        "đai",
        "môi",
        "trường",
        "hồ",
        "sơ",
        "cán",
        "bộ",
        "kinh",
        "phí",
        "tuyên",
        "truyền",
        "nước",
        "sạch",
        "điện",
        "đường",
        "trường",
        "trạm",
        "y",
        "tế",
        "giáo",
        "dục",
    ]
    rng = np.random.default_rng(0)
    entries = [_entry(i, " ".join(rng.choice(words, 14)) + f" việc thứ {i}", 2022) for i in range(1600)]
    entries += [_entry(5000 + i, SAME[0], 2021 + i) for i in range(3)]
    groups = group_findings(entries, 0.9)
    assert any({"f5000", "f5001", "f5002"} <= {e.id for e in g.members} for g in groups)


def test_a_finding_knows_its_history() -> None:
    entries = [_entry(i, text, 2021 + i) for i, text in enumerate(SAME)]
    found = history(entries[2], entries)
    assert [e.year for e, _ in found] == [2021, 2022]
    assert history_in_words(entries[2], found) == "đã nêu năm 2021, 2022"
    assert history_in_words(entries[0], history(entries[0], entries)) is None


def _finding(number: int, text: str, kind: str = "limitation") -> Finding:
    return Finding(
        f"f{number}", "d", kind, None, text, Span(0, 1), text, (), None, None, None, None, None, None, (), (), (), (), (), 0.9, (), False, "x",
    )  # fmt: skip


def test_two_reports_are_compared_limitation_by_limitation() -> None:
    before = [_finding(1, SAME[0]), _finding(2, "Kinh phí cho hòa giải chưa bảo đảm."), _finding(3, SAME[0], "cause")]
    after = [_finding(4, SAME[1]), _finding(5, "Tiến độ giải ngân vốn đầu tư công đạt thấp.")]
    result = compare_findings(before, after)
    assert [(c.before_id, c.after_id) for c in result.repeated] == [("f1", "f4")]
    assert [c.after_id for c in result.new] == ["f5"]
    assert [c.before_id for c in result.gone] == ["f2"]


def test_an_id_depends_on_document_kind_and_place_only() -> None:
    one = finding_id("ab", "limitation", Span(1, 9))
    assert one == finding_id("ab", "limitation", Span(1, 9))
    assert (
        len(
            {
                one,
                finding_id("ab", "cause", Span(1, 9)),
                finding_id("cd", "limitation", Span(1, 9)),
                finding_id("ab", "limitation", Span(2, 9)),
            }
        )
        == 4
    )
