"""Petitions over HTTP: reading, the register, decisions that never overwrite the machine or each other."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event
from sqlalchemy.exc import IntegrityError

TEXT = "Kính gửi UBND xã. Gia đình tôi bị thu hồi đất 😀 nhiều lần chưa được bồi thường, nay làm đơn khiếu nại."


@pytest.fixture
def http(url: str, make_client: Callable[..., TestClient]) -> TestClient:
    return make_client(url)


def add(http: TestClient, text: str = TEXT, **more: object) -> dict:
    answer = http.post("/v1/petitions", json={"text": text, **more})
    assert answer.status_code == 201, answer.text
    return answer.json()


def test_one_petition_gets_one_answer_whose_spans_quote_the_text_as_given(client: TestClient) -> None:
    answer = client.post("/v1/petitions/classify", json={"id": "a", "text": TEXT}).json()
    assert answer["id"] == "a"
    spans = [e for f in answer["fields"] for e in f["evidence"]] + answer["urgency"]["signals"]
    assert spans
    assert all(TEXT[s["start"] : s["end"]] == s["text"] for s in spans)


def test_a_list_gets_a_list_in_its_order_and_a_bad_row_does_not_stop_it(client: TestClient) -> None:
    rows = [{"id": str(i), "text": TEXT} for i in range(40)]
    rows[7]["text"] = " \n "
    answers = client.post("/v1/petitions/classify", json=rows).json()
    assert [a["id"] for a in answers] == [r["id"] for r in rows]
    assert answers[7]["error"]["code"] == "text_empty"
    assert all("fields" in a for i, a in enumerate(answers) if i != 7)


def test_rows_of_a_list_that_are_no_petition_become_error_rows_that_repeat_nothing(client: TestClient) -> None:
    rows: list[object] = [
        {"id": "a", "text": TEXT, "received_at": "2026-11-02"},
        {"id": "b", "text": ""},
        {"id": "c"},
        {"id": "d", "text": 7},
        {"id": "e", "text": TEXT, "received_at": "31/12/2024"},
        {"id": 6, "text": TEXT},
        "bí mật",
        None,
        {"id": "i", "text": "bí mật " * 200_000},
        {"id": "j", "text": TEXT},
    ]
    answer = client.post("/v1/petitions/classify", json=rows)
    assert answer.status_code == 200
    answers = answer.json()
    assert [a["id"] for a in answers] == ["a", "b", "c", "d", "e", None, None, None, "i", "j"]
    assert [i for i, a in enumerate(answers) if "fields" in a] == [0, 9]
    assert [a["error"]["code"] for a in answers[1:9]] == ["text_empty"] + ["invalid"] * 7
    assert answers[2]["error"]["message"] == "text: Thiếu trường bắt buộc."
    assert answers[6]["error"]["message"] == "Phải là đối tượng JSON."
    assert "bí mật" not in answer.text


def test_a_text_of_a_hundred_thousand_words_is_read_alone_and_in_a_list(client: TestClient) -> None:
    long = " ".join((TEXT.split() * 5000)[:100_000])
    alone = client.post("/v1/petitions/classify", json={"text": long})
    assert alone.status_code == 200
    spans = [e for f in alone.json()["fields"] for e in f["evidence"]] + alone.json()["urgency"]["signals"]
    assert spans
    assert all(long[s["start"] : s["end"]] == s["text"] for s in spans)
    listed = client.post("/v1/petitions/classify", json=[{"id": "a", "text": long}, {"id": "b", "text": TEXT}])
    assert ["fields" in a for a in listed.json()] == [True, True]


def test_what_is_wrong_is_named_by_its_place_in_the_body(client: TestClient) -> None:
    for body, where, code in (
        ({"text": ""}, "/text", "string_too_short"),
        ({}, "/text", "missing"),
        ([], "/", "too_short"),
    ):
        (error,) = client.post("/v1/petitions/classify", json=body).json()["errors"]
        assert (error["where"], error["code"]) == (where, code)


@pytest.mark.parametrize("media", ["application/json", "application/octet-stream", "image/png", ""])
def test_a_body_that_is_no_text_at_all_is_a_problem(client: TestClient, media: str) -> None:
    body = b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 40
    answer = client.post("/v1/petitions/classify", content=body, headers={"content-type": media} if media else {})
    said = (400, "body_not_json") if media == "application/json" else (422, "invalid")
    assert (answer.status_code, answer.json()["code"]) == said
    assert answer.headers["content-type"] == "application/problem+json"
    assert "PNG" not in answer.text


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b"{", 400, "body_not_json"),
        (b'{"text": "\xff"}', 400, "body_not_json"),
        (b"[" * 100_000, 400, "body_not_json"),
        (b'{"text": ""}', 422, "invalid"),
        (b'{"text": "   "}', 422, "text_empty"),
        (b'{"text": "a", "colour": "red"}', 422, "invalid"),
        (b'{"text": "a\\u0000b"}', 422, "invalid"),
        (b'{"text": "a\\ud800b"}', 422, "invalid"),
        (b"[]", 422, "invalid"),
        (b'{"text": "a", "received_at": "31/12/2024"}', 422, "invalid"),
    ],
)
def test_bad_requests_get_a_vietnamese_problem_that_repeats_nothing(
    client: TestClient, body: bytes, status: int, code: str
) -> None:
    answer = client.post("/v1/petitions/classify", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert "colour: red" not in answer.text


def test_a_stored_petition_has_a_register_number_and_both_voices_apart(http: TestClient) -> None:
    first, second = add(http, received_at="2026-11-02"), add(http, received_at="2026-11-03")
    assert (first["register_number"], second["register_number"]) == ("1/2026", "2/2026")
    assert first["decision"] is None
    assert first["labels"]["fields"] == ["dat_dai"]
    etag = http.get(f"/v1/petitions/{first['id']}").headers["etag"]
    answer = http.post(
        f"/v1/petitions/{first['id']}/decisions", headers={"If-Match": etag},
        json={"action": "correct", "labels": {"fields": ["moi_truong"], "type": "khieu_nai", "urgency": "thuong"}},
    )  # fmt: skip
    assert answer.status_code == 201
    body = answer.json()
    assert body["labels"] == {"fields": ["moi_truong"], "subfields": [], "type": "khieu_nai", "urgency": "thuong"}
    assert body["analysis"]["fields"][0]["code"] == "dat_dai"
    assert body["status"] == "confirmed"
    assert body["urgency_alert"] is True


def test_confirm_without_labels_confirms_what_is_proposed_and_undo_takes_it_back(http: TestClient) -> None:
    one = add(http)
    path = f"/v1/petitions/{one['id']}"
    done = http.post(
        f"{path}/decisions", json={"action": "confirm"}, headers={"If-Match": f'"{one["version"]}"'}
    ).json()
    assert done["decision"]["action"] == "confirm"
    back = http.post(f"{path}/undo", headers={"If-Match": f'"{done["version"]}"'}).json()
    assert (back["status"], back["decision"]) == ("new", None)
    kinds = [s["kind"] for s in http.get(f"{path}/history").json()["items"]]
    assert kinds == ["received", "analysis", "confirm", "undo"]
    again = http.post(f"{path}/undo", headers={"If-Match": f'"{back["version"]}"'})
    assert (again.status_code, again.json()["code"]) == (409, "nothing_to_undo")


def test_two_clerks_never_overwrite_each_other(http: TestClient) -> None:
    one = add(http)
    path, tag = f"/v1/petitions/{one['id']}/decisions", {"If-Match": f'"{one["version"]}"'}
    assert http.post(path, json={"action": "confirm"}, headers=tag).status_code == 201
    late = http.post(path, json={"action": "correct", "labels": {"urgency": "khan"}}, headers=tag)
    assert (late.status_code, late.json()["code"]) == (412, "edited_meanwhile")
    blind = http.post(path, json={"action": "confirm"})
    assert (blind.status_code, blind.json()["code"]) == (428, "if_match_required")


def test_steps_that_change_no_label_make_a_new_version_too(http: TestClient) -> None:
    petition = http.post("/v1/petitions", json={"text": "Đường hỏng nặng."}).json()
    path = f"/v1/petitions/{petition['id']}"
    steps: list[tuple[str, str, dict[str, object]]] = [
        ("POST", f"{path}/decisions", {"action": "confirm", "labels": {"type": petition["labels"]["type"]}}),
        ("POST", f"{path}/undo", {}),
        ("PUT", f"{path}/assignments", {"usernames": []}),
    ]
    for method, where, body in steps:
        tag = http.get(path).headers["etag"]
        assert http.request(method, where, json=body, headers={"If-Match": tag}).status_code < 300
        late = http.request(method, where, json=body, headers={"If-Match": tag})
        assert (late.status_code, late.json()["code"]) == (412, "edited_meanwhile"), where
    tag = {"If-Match": http.get(path).headers["etag"]}
    empty = http.post(f"{path}/decisions", json={"action": "correct"}, headers=tag)
    assert (empty.status_code, empty.json()["code"]) == (422, "invalid")


@pytest.mark.parametrize(
    ("labels", "code"),
    [
        ({"fields": ["nope"]}, "label_unknown"),
        ({"fields": ["moi_truong"], "subfields": ["tranh_chap"]}, "subfield_outside_field"),
    ],
)
def test_labels_outside_the_taxonomy_are_refused(client: TestClient, labels: dict, code: str) -> None:
    one = add(client)
    answer = client.post(f"/v1/petitions/{one['id']}/decisions", json={"action": "correct", "labels": labels},
                         headers={"If-Match": f'"{one["version"]}"'})  # fmt: skip
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_the_register_filters_searches_without_accents_and_pages(http: TestClient) -> None:
    for i in range(7):
        add(http, text=f"Đơn thứ {i}: rác thải đổ ra đường làng.", received_at=f"2026-10-{10 + i}")
    add(http, text="Đường dây điện rò, nguy hiểm.", received_at="2026-10-01")
    found = http.get("/v1/petitions", params={"q": "rac thai", "limit": 3}).json()
    assert found["total"] == 7
    seen = [i["id"] for i in found["items"]]
    while found["next"]:
        found = http.get("/v1/petitions", params={"q": "rac thai", "limit": 3, "cursor": found["next"]}).json()
        seen += [i["id"] for i in found["items"]]
    assert len(seen) == len(set(seen)) == 7
    inbox = http.get("/v1/petitions", params={"order": "inbox", "limit": 2}).json()
    assert inbox["items"][0]["labels"]["urgency"] == "khan"
    rest = http.get("/v1/petitions", params={"order": "inbox", "cursor": inbox["next"]}).json()
    assert len(rest["items"]) == 6
    only = http.get("/v1/petitions", params={"field": "moi_truong", "received_from": "2026-10-14"}).json()
    assert only["total"] == 3
    bad = http.get("/v1/petitions", params={"cursor": inbox["next"], "order": "newest"})
    assert (bad.status_code, bad.json()["code"]) == (400, "cursor_invalid")


def test_a_repeated_key_gets_the_first_answer_and_stores_nothing_more(http: TestClient) -> None:
    key = {"Idempotency-Key": "4d0a7c1e-import-1"}
    first = http.post("/v1/petitions", json={"text": TEXT}, headers=key)
    again = http.post("/v1/petitions", json={"text": TEXT}, headers=key)
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again.headers["idempotent-replayed"] == "true"
    assert again.headers["location"] == first.headers["location"]
    assert http.get("/v1/petitions").json()["total"] == 1
    other = http.post("/v1/petitions", json={"text": TEXT + "!"}, headers=key)
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_reused")
    short = http.post("/v1/petitions", json={"text": TEXT}, headers={"Idempotency-Key": "x"})
    assert (short.status_code, short.json()["code"]) == (400, "idempotency_key_invalid")


def test_the_same_file_sent_again_with_its_key_gets_the_first_answer(http: TestClient) -> None:
    def send(text: str) -> Any:
        file = {"file": ("a.csv", f"Nội dung\n{text}\n".encode())}
        return http.post("/v1/imports", files=file, headers={"Idempotency-Key": "one-upload"})

    first, again, other = send("đường"), send("đường"), send("cầu")
    assert first.request.headers["content-type"] != again.request.headers["content-type"]
    assert (again.status_code, again.json()["id"]) == (201, first.json()["id"])
    assert other.json()["code"] == "idempotency_key_reused"


def test_the_export_holds_exactly_what_the_register_shows_under_the_same_filters(http: TestClient) -> None:
    for text, more in (("Đường hỏng.", {"channel": "portal", "province": "Nghệ An"}), ("Khiếu nại thu hồi đất.", {}),
                       ("Rác thải.", {"channel": "portal", "province": "Quảng Trị"})):  # fmt: skip
        add(http, text, **more)
    for wanted in ({}, {"channel": "portal"}, {"type": "khieu_nai"}, {"province": "Nghệ An"}, {"status": "resolved"},
                   {"q": "rac"}, {"overdue": True}, {"open_only": True, "urgency": "thuong"}):  # fmt: skip
        shown = [p["register_number"] for p in http.get("/v1/petitions", params=wanted).json()["items"]]
        csv = http.get("/v1/petitions/export", params={"format": "csv", **wanted}).content.decode("utf-8-sig")
        assert [line.split(",")[0] for line in csv.splitlines()[1:]] == shown[::-1], wanted


def test_a_text_of_ever_new_words_is_stored_and_found(http: TestClient) -> None:
    long = " ".join(f"từ{i:x}lạ{i * 7919:x}" for i in range(60_000))
    petition = add(http, f"Đường hỏng. {long}")
    assert len(petition["text"]) > 900_000
    assert http.get("/v1/petitions", params={"q": "duong hong"}).json()["total"] == 1


def test_two_callers_at_once_get_one_account_and_a_clear_answer(http: TestClient) -> None:
    service = http.app.state.service  # type: ignore[attr-defined]

    def raced(*_: Any) -> None:
        raise IntegrityError("INSERT", {}, Exception("duplicate key"))

    service.records.engine.dispose()
    event.listen(service.records.engine, "before_cursor_execute", raced)
    try:
        answer = http.post("/v1/users", json={"username": "lan", "roles": ["clerk"]})
    finally:
        event.remove(service.records.engine, "before_cursor_execute", raced)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


def test_each_look_at_an_identity_leaves_its_own_trace_whatever_key_is_sent(http: TestClient) -> None:
    petition = add(http, "Tôi tố cáo ông trưởng thôn thu tiền đất.")
    path = f"/v1/petitions/{petition['id']}/identity"
    for _ in range(3):
        answer = http.post(path, json={"reason": "liên hệ"}, headers={"Idempotency-Key": "look-again"})
        assert "idempotent-replayed" not in answer.headers
    entries = http.get("/v1/audit", params={"action": "petition.identity"}).json()["items"]
    assert len(entries) == 3


def test_who_looked_at_a_petition_is_in_the_audit_once_a_while(http: TestClient) -> None:
    petition = add(http, "Đường hỏng.")
    for path in ("", "/intake", ""):
        assert http.get(f"/v1/petitions/{petition['id']}{path}").status_code == 200
    entries = http.get("/v1/audit", params={"action": "petition.view"}).json()["items"]
    assert [e["object_id"] for e in entries] == [petition["id"]]


def test_files_are_kept_once_and_opened_as_they_were_handed_in(http: TestClient) -> None:
    petition = add(http, "Tôi tố cáo ông trưởng thôn thu tiền đất.")
    path = f"/v1/petitions/{petition['id']}/attachments"
    for _ in range(2):
        kept = http.post(path, files={"file": ("đơn Nguyễn Văn An.pdf", b"%PDF-1.4 x")})
    assert kept.status_code == 201
    (item,) = http.get(path).json()["items"]
    assert (item["media"], item["size"]) == ("pdf", 10)
    assert "Nguyễn Văn An" not in item["filename"]
    opened = http.get(f"{path}/{item['id']}")
    assert opened.content == b"%PDF-1.4 x"
    assert "attachment" in opened.headers["content-disposition"]
    other = add(http, "Đường hỏng.")
    assert http.get(f"/v1/petitions/{other['id']}/attachments/{item['id']}").status_code == 404
    assert http.post(path, files={"file": ("a.pdf", b"")}).json()["code"] == "file_empty"
    entries = http.get("/v1/audit").json()["items"]
    assert [e["action"] for e in entries if e["action"].startswith(("petition.attach", "petition.file"))] == [
        "petition.file", "petition.attach"]  # fmt: skip


def test_a_key_of_a_refused_request_can_be_used_again(client: TestClient) -> None:
    key = {"Idempotency-Key": "refused-then-right"}
    assert client.post("/v1/petitions", json={"text": " "}, headers=key).status_code == 422
    assert client.post("/v1/petitions", json={"text": TEXT}, headers=key).status_code == 201
