"""The typed client against a running application."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.client import ApiError, Client, Reply
from api.records.audit import SYSTEM
from api.security import accounts, tokens
from api.security.roles import PERMISSIONS


def through(http: TestClient) -> Callable[..., Reply]:
    def send(method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Reply:
        answer = http.request(method, url.replace("http://127.0.0.1:8000", ""), headers=dict(headers), content=body)
        return Reply(answer.status_code, {k.lower(): v for k, v in answer.headers.items()}, answer.content)

    return send


@pytest.fixture
def office(sqlite_url: str, make_client: Callable[..., TestClient]) -> Client:
    http = make_client(sqlite_url, accounts=True, jobs=True, job_poll_s=0.02)
    with http.app.state.service.records.write() as session:  # type: ignore[attr-defined]
        roles = ["clerk", "writer", "researcher"]
        user, _ = accounts.create_user(session, "an", roles, SYSTEM, password="con sông nhỏ chảy qua làng")
        session.flush()
        _, secret = tokens.make_token(session, user, "sổ tay", list(PERMISSIONS), SYSTEM)
    return Client(token=secret, send=through(http))


def test_a_clerks_day_through_the_client(office: Client) -> None:
    assert office.classify("Rác thải đầy ngõ.").fields[0].code == "moi_truong"
    answers = list(office.classify_many({"id": str(i), "text": "Đường hỏng" if i else " "} for i in range(450)))
    assert len(answers) == 450
    assert answers[0].error.code == "text_empty"  # type: ignore[union-attr]
    one = office.add_petition("Đường hỏng nhiều lần kiến nghị.", key="register-line-1")
    assert office.add_petition("Đường hỏng nhiều lần kiến nghị.", key="register-line-1").id == one.id
    decided = office.decide(one, "correct", {"fields": ["ha_tang"], "type": "kien_nghi_phan_anh", "urgency": "khan"})
    assert decided.labels.urgency == "khan"
    with pytest.raises(ApiError) as late:
        office.decide(one, "confirm")
    assert (late.value.status, late.value.code) == (412, "edited_meanwhile")
    assert office.undo(decided).decision is None
    assert [s.kind for s in office.history(one.id).items][-1] == "undo"
    assert [p.id for p in office.petitions(q="duong hong", limit=1)] == [one.id]


def test_terms_and_groups_through_the_client(office: Client, report_text: str) -> None:
    petition = office.add_petition(
        "Tôi khiếu nại Quyết định số 12/QĐ-UBND của UBND xã An Lĩnh.", received_at="2026-07-06"
    )
    assert office.intake(petition.id).types == ["khieu_nai"]
    marked = office.mark_step(petition, "thu_ly_khieu_nai", date(2026, 7, 8))
    assert next(d for d in marked.deadlines if d.code == "thu_ly_khieu_nai").done_on == date(2026, 7, 8)
    office.upload_report(report_text.encode(), "a.txt")
    office.upload_report(report_text.replace("2024", "2023").encode(), "b.txt")
    assert office.groups(kind="cause").items[0].documents == 2


def test_a_writers_and_a_researchers_day_through_the_client(office: Client, report_text: str) -> None:
    report = office.upload_report(report_text.encode(), "báo cáo.txt")
    assert office.report(report.id).filename == "báo cáo.txt"
    found = list(office.findings(q="dat dai", limit=1))
    assert len(found) == 2
    assert office.review(found[0], "accepted").review.state == "accepted"
    assert {f.value: f.count for f in office.facets().facets["review"]} == {"proposed": 4, "accepted": 1}
    assert office.export_findings("csv", kind="limitation").startswith(b"\xef\xbb\xbf")
    petition = office.add_petition("Tôi là Nguyễn Văn An, rác thải đầy ngõ nhà tôi.")
    office.decide(petition, "confirm")
    assert office.agreement().items[0].both == 1
    (row,) = office.training_rows()
    assert "Nguyễn Văn An" not in row["text"]
    assert row["fields"] == ["moi_truong"]


def test_an_import_is_started_and_waited_for(office: Client) -> None:
    table = "Nội dung,Ngày nhận\n" + "".join(f"Đường {i} hỏng,2026-09-{1 + i:02d}\n" for i in range(25))
    job = office.wait_for(office.import_table(table.encode(), "don.csv"), every_s=0.02)
    assert (job.state, job.result) == ("done", {"rows": 25, "dry_run": False, "stored": 25})
    assert office.statistics().total == 25


def test_a_busy_service_is_asked_again_where_that_is_safe() -> None:
    asked: list[str] = []

    def busy(method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Reply:
        asked.append(method)
        return Reply(503, {"retry-after": "0"}, b'{"code": "overloaded", "detail": "x"}')

    client = Client(send=busy, retries=2)
    for call in (lambda: client.taxonomy(), lambda: client.classify("a")):
        asked.clear()
        with pytest.raises(ApiError):
            call()
        assert len(asked) == 3
    asked.clear()
    with pytest.raises(ApiError):
        client.review(_finding(), "accepted")
    assert len(asked) == 1


def _finding() -> Any:
    class Some:
        id, version = "f", 1

    return Some()


def test_over_real_http(sqlite_url: str, fake_readers: Any) -> None:
    import uvicorn

    from api.http.app import create_app
    from api.settings import Settings

    app = create_app(Settings(database=sqlite_url, accounts=False, jobs=False), fake_readers)
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    waited = threading.Event()
    while not server.started:
        waited.wait(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    client = Client(f"http://127.0.0.1:{port}")
    try:
        assert client.taxonomy()["version"]
        assert client.upload_report("I. X\nCòn chậm.".encode(), "a.txt").findings == 1
        with pytest.raises(ApiError) as missing:
            client.petition("nope")
        assert missing.value.code == "not_found"
    finally:
        server.should_exit = True
        thread.join(timeout=10)
