"""A candidate's answers beside those in service: counted, with ids and never a text."""

from __future__ import annotations

import json
from typing import Any

from nlp.registry import shadow
from nlp.registry.shadow import difference


def answer(
    identifier: str, fields: list[str], urgency: str = "thuong", kind: str = "khieu_nai", review: bool = False
) -> dict[str, Any]:
    return {
        "id": identifier,
        "fields": [{"code": c, "probability": 0.9, "subfields": [], "evidence": []} for c in fields],
        "type": {"code": kind, "probability": 0.9},
        "urgency": {"code": urgency, "signals": []},
        "needs_review": review,
    }


def test_equal_answers_differ_in_nothing() -> None:
    one = answer("a", ["dat_dai", "cong_vu"])
    assert difference(one, answer("a", ["cong_vu", "dat_dai"])).tasks == ()


def test_what_changes_is_counted_by_task_field_and_level() -> None:
    rows = [
        {"id": "a", "text": "bí mật một", "answer": answer("a", ["dat_dai"], "khan")},
        {"id": "b", "text": "bí mật hai", "answer": answer("b", ["khac"], "thuong", review=True)},
        {"id": "c", "text": "bí mật ba", "answer": {"id": "c", "error": {"code": "empty_text", "message": ""}}},
    ]
    new = {
        "a": answer("a", ["dat_dai", "cong_vu"], "uu_tien"),
        "b": answer("b", ["ha_tang"], "khan"),
        "c": answer("c", ["khac"]),
    }
    found = shadow(rows, lambda row: new[row["id"]]).to_json()
    assert (found["n"], found["unreadable"]) == (3, 1)
    assert found["changed"] == {"fields": 2, "urgency": 2, "needs_review": 1}
    assert found["fields_gained"] == {"cong_vu": 1, "ha_tang": 1}
    assert found["fields_lost"] == {"khac": 1}
    assert found["no_longer_khan"] == ["a"]
    assert found["newly_khan"] == ["b"]
    assert found["needs_review"] == {"live": 1, "candidate": 0}
    assert "bí mật" not in json.dumps(found, ensure_ascii=False)


def test_both_may_answer_anew() -> None:
    found = shadow([{"id": "a", "text": "x"}], lambda r: answer("a", ["khac"]), lambda r: answer("a", ["khac"]))
    assert found.differing == []
