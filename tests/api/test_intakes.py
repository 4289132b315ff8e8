"""The intake report in the records: stored, overdue against today, remade after a decision, redacted, with look-alikes."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import func, select

from api.demo import load_demo
from api.privacy import moved_report, without_names
from api.records.engine import Records
from api.records.intakes import Intake, found_place
from api.records.migrate import upgrade
from api.records.petitions import Petition, PetitionBand, PetitionLink
from api.records.reports import Report
from nlp.petitions.intake import intake_report

COMPLAINT = (
    "ĐƠN KHIẾU NẠI\nKính gửi: Chủ tịch UBND xã An Lĩnh\nTôi là Lê Thị Bưởi, sinh năm 1961, ở thôn Tư Thạnh, xã An Lĩnh, "
    "số điện thoại 0905123456. Tôi khiếu nại Quyết định số 1125/QĐ-UBND ngày 12/6/2026 của UBND xã An Lĩnh thu hồi 350 m2 "
    "đất thuộc thửa đất số 112, tờ bản đồ số 7 của gia đình tôi mà không có phương án bồi thường. Đề nghị Chủ tịch xem "
    "xét lại quyết định nói trên và bồi thường đúng giá cho gia đình tôi.\nAn Lĩnh, ngày 3 tháng 7 năm 2026\nNgười viết đơn\n"
    "Lê Thị Bưởi"
)
DENOUNCED = (
    "ĐƠN TỐ CÁO\nTôi là Nguyễn Thị Hoa, số điện thoại 0912345678, ở thôn 2, xã Tân Lập. Tôi tố cáo ông Trần Văn Bảy, "
    "trưởng thôn 2, thu tiền đất của dân sai quy định ngày 5/5/2026. Đề nghị giữ bí mật cho tôi."
)


def add(client: TestClient, text: str, **more: Any) -> dict[str, Any]:
    made = client.post("/v1/petitions", json={"text": text, **more})
    assert made.status_code == 201, made.text
    return dict(made.json())


def intake(client: TestClient, identity: str) -> dict[str, Any]:
    answer = client.get(f"/v1/petitions/{identity}/intake")
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def quotes(value: Any) -> list[tuple[int, int, str]]:
    if isinstance(value, list):
        return [q for item in value for q in quotes(item)]
    if not isinstance(value, dict):
        return []
    own = [(value["start"], value["end"], value["text"])] if isinstance(value.get("text"), str) else []
    return own + [q for item in value.values() for q in quotes(item)]


@pytest.fixture
def on_both(url: str, make_client: Callable[..., TestClient]) -> TestClient:
    """An application without accounts, once on each database."""
    return make_client(url)


def test_a_petition_is_entered_with_checklist_terms_routing_parties_and_place(on_both: TestClient) -> None:
    client = on_both
    received = date.today() - timedelta(days=60)
    petition = add(client, COMPLAINT, received_at=received.isoformat())
    report = intake(client, petition["id"])
    assert report["types"] == ["khieu_nai"]
    states = {i["code"]: i["state"] for i in report["eligibility"]["items"]}
    assert (states["ho_ten"], states["dia_chi"], states["ngay_viet_don"]) == ("found", "found", "found")
    assert {q for *_, q in quotes(report["parties"]["petitioners"])} >= {"Lê Thị Bưởi"}
    assert [p["value"] for p in report["matters"]["parcels"]]
    for start, end, quote in quotes({k: report[k] for k in ("eligibility", "parties", "matters", "places")}):
        assert petition["text"][start:end] == quote
    accept = next(d for d in report["deadlines"] if d["code"] == "thu_ly_khieu_nai")
    assert accept["state"] == "qua_han"
    assert accept["days_left"] == (date.fromisoformat(accept["due"]) - date.today()).days < 0
    assert accept["basis"] and accept["status_name"]
    assert report["routing"][0]["units"] and report["routing"][0]["bases"]
    assert petition["due_on"] == min(d["due"] for d in report["deadlines"] if d["due"] and not d["is_check"])
    assert petition["commune"] == "xã An Lĩnh"
    parties = client.post(f"/v1/petitions/{petition['id']}/identity", json={"reason": "kiểm tra"}).json()["parties"]
    assert ("petitioner", "Lê Thị Bưởi") in [(p["role"], p["name"]) for p in parties]


def test_a_step_moves_the_later_terms_and_can_be_taken_back(client: TestClient) -> None:
    petition = add(client, COMPLAINT, received_at="2026-07-06")
    path = f"/v1/petitions/{petition['id']}"
    solve = lambda r: next(d for d in r["deadlines"] if d["code"] == "giai_quyet_khieu_nai_lan_1")  # noqa: E731
    before = solve(intake(client, petition["id"]))
    assert before["provisional"] is True
    step = {"code": "thu_ly_khieu_nai", "on": "2026-07-08"}
    assert client.post(f"{path}/steps", json=step).status_code == 428
    after = client.post(f"{path}/steps", json=step, headers={"If-Match": f'"{petition["version"]}"'})
    assert after.status_code == 200, after.text
    assert solve(after.json())["start"] == "2026-07-08"
    assert next(d for d in after.json()["deadlines"] if d["code"] == "thu_ly_khieu_nai")["state"] == "da_xong"
    stale = client.post(f"{path}/steps", json=step, headers={"If-Match": f'"{petition["version"]}"'})
    assert stale.status_code == 412
    tag = after.headers["etag"]
    for wrong, code in (({"code": "khong_co"}, "step_unknown"), ({**step, "on": "2199-01-01"}, "step_out_of_range")):
        refused = client.post(f"{path}/steps", json=wrong, headers={"If-Match": tag})
        assert (refused.status_code, refused.json()["code"]) == (422, code)
    undone = client.post(f"{path}/steps", json={"code": step["code"], "on": None}, headers={"If-Match": tag})
    assert solve(undone.json()) == before
    kinds = [s["kind"] for s in client.get(f"{path}/history").json()["items"]]
    assert kinds.count("step") == 2


def test_a_corrected_type_brings_the_terms_of_that_type_and_keeps_the_earlier_report(client: TestClient) -> None:
    petition = add(client, COMPLAINT)
    labels = {"type": "kien_nghi_phan_anh", "fields": ["dat_dai"], "urgency": "thuong"}
    client.post(f"/v1/petitions/{petition['id']}/decisions", json={"action": "correct", "labels": labels},
                headers={"If-Match": f'"{petition["version"]}"'})  # fmt: skip
    assert intake(client, petition["id"])["types"] == ["kien_nghi_phan_anh"]
    with client.app.state.service.records.read() as session:  # type: ignore[attr-defined]
        kept = session.scalars(select(Intake).order_by(Intake.seq)).all()
    assert [i.report["types"] for i in kept] == [["khieu_nai"], ["kien_nghi_phan_anh"]]


def test_a_due_date_that_a_person_set_is_left_alone(client: TestClient) -> None:
    petition = add(client, COMPLAINT, received_at="2026-07-06")
    path, tag = f"/v1/petitions/{petition['id']}", {"If-Match": f'"{petition["version"]}"'}
    changed = client.patch(path, json={"due_on": "2026-12-31"}, headers=tag)
    client.post(f"{path}/steps", json={"code": "thu_ly_khieu_nai", "on": "2026-07-08"},
                headers={"If-Match": changed.headers["etag"]})  # fmt: skip
    assert client.get(path).json()["due_on"] == "2026-12-31"


def test_a_hidden_petitions_report_names_nobody_and_quotes_the_redacted_copy(client: TestClient) -> None:
    petition = add(client, DENOUNCED)
    assert petition["redacted"] is True
    report = intake(client, petition["id"])
    said = json.dumps(report, ensure_ascii=False)
    for secret in ("Nguyễn Thị Hoa", "0912345678", "Trần Văn Bảy"):
        assert secret not in said
    for start, end, quote in quotes({k: report[k] for k in ("eligibility", "parties", "matters", "places")}):
        assert petition["text"][start:end] == quote
    entries = client.get("/v1/audit", params={"action": "petition.view"}).json()["items"]
    assert entries[0]["object_id"] == petition["id"]


def test_redacting_a_report_keeps_every_span_on_its_quote() -> None:
    for text in (COMPLAINT, DENOUNCED, COMPLAINT.upper(), ""):
        report = intake_report(text, None, received_at=date(2026, 7, 6)).to_json()
        shown = without_names(text)
        for start, end, quote in quotes(moved_report(text, {k: v for k, v in report.items() if k != "routing_case"})):
            assert shown[start:end] == quote


def test_a_petition_sent_again_is_found_compared_and_judged(on_both: TestClient) -> None:
    client = on_both
    first = add(client, COMPLAINT)
    again = add(client, COMPLAINT.replace("350 m2", "400 m2"), channel="post")
    other = add(client, COMPLAINT.replace("Lê Thị Bưởi", "Phạm Văn Chót").replace("0905123456", "0977000111"))
    found = {d["id"]: d for d in intake(client, again["id"])["duplicates"]}
    assert found[first["id"]]["kind"] == "trung_lap"
    assert found[first["id"]]["similarity"] > 0.8
    assert found[other["id"]]["kind"] == "rap_khuon"
    path = f"/v1/petitions/{again['id']}"
    told = client.get(f"{path}/compare/{first['id']}").json()
    pairs = [(told["text"][c["start"] : c["end"]], told["other_text"][c["other_start"] : c["other_end"]])
             for c in told["changes"] if c["kind"] != "equal"]  # fmt: skip
    assert pairs == [("400", "350")]
    assert "Lê Thị Bưởi" not in told["text"] + told["other_text"]
    judged = client.put(f"{path}/duplicates/{other['id']}", json={"state": "dismissed"}).json()
    assert judged["duplicates"][-1] == {**found[other["id"]], "state": "dismissed"}
    stranger = add(client, "Đèn đường ở ngõ 12 hỏng đã hai tuần, buổi tối trẻ con đi học về rất nguy hiểm.")
    assert intake(client, stranger["id"])["duplicates"] == []
    assert client.put(f"{path}/duplicates/{stranger['id']}", json={"state": "confirmed"}).status_code == 404


def test_a_text_on_which_the_rules_fail_is_still_entered_decided_and_shown(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_args: Any, **_more: Any) -> Any:
        raise IndexError("Lê Thị Bưởi")

    monkeypatch.setattr("api.reading.intake_report", fails)
    monkeypatch.setattr("api.records.intakes.intake_report", fails)
    petition = add(client, COMPLAINT)
    decided = client.post(f"/v1/petitions/{petition['id']}/decisions", json={"action": "confirm"},
                          headers={"If-Match": f'"{petition["version"]}"'})  # fmt: skip
    assert decided.status_code == 201
    assert intake(client, petition["id"])["eligibility"]["proposal"] == "chua_lap_duoc"
    assert client.get(f"/petitions/{petition['id']}").status_code == 200


def test_names_given_beside_the_text_tell_two_senders_apart(client: TestClient) -> None:
    text = "Đường liên thôn hư hỏng nặng, mưa xuống là lầy, học sinh đi học rất khổ. Đề nghị xã sớm sửa chữa."
    add(client, text, parties=[{"name": "Lê Thị Bưởi"}])
    other = add(client, text, parties=[{"name": "Phạm Văn Chót"}])
    again = add(client, text, parties=[{"name": "LE THI BUOI"}])
    assert [d["kind"] for d in intake(client, other["id"])["duplicates"]] == ["rap_khuon", "rap_khuon"]
    assert [d["kind"] for d in intake(client, again["id"])["duplicates"]] == ["trung_lap", "rap_khuon"]


@pytest.mark.parametrize(
    ("named", "found"),
    [({"province": "tỉnh Bình Phước", "commune": "Xã Thọ Sơn"}, ("Đồng Nai", "xã Thọ Sơn")),
     ({"province": "THÀNH PHỐ KON TUM", "commune": ""}, ("Quảng Ngãi", None)),
     ({"province": "TP.HCM", "commune": "PHƯỜNG SÀI GÒN"}, ("Hồ Chí Minh", "phường Sài Gòn")),
     ({"province": "tỉnh lẻ", "commune": "xã hội"}, (None, None)),
     ({"province": "", "commune": "xã Cũ", "converted": "Xã Mới, Tỉnh Gia Lai"}, (None, "xã Mới"))],
)  # fmt: skip
def test_places_are_written_one_way(named: dict[str, str], found: tuple[str | None, str | None]) -> None:
    assert found_place({"places": [named]}) == found


def test_the_index_of_lookalikes_holds_no_name(client: TestClient) -> None:
    add(client, COMPLAINT)
    with client.app.state.service.records.read() as session:  # type: ignore[attr-defined]
        values = list(session.scalars(select(PetitionBand.value)))
    assert values and all(isinstance(v, int) and 0 <= v < 2**63 for v in values)
    assert any(v >= 1 << 60 for v in values)


def test_an_older_database_gets_the_table_and_a_filled_index(on_both: TestClient) -> None:
    client = on_both
    petition = add(client, COMPLAINT)
    records: Records = client.app.state.service.records  # type: ignore[attr-defined]
    with records.read() as session:
        filled = session.scalar(select(func.count()).select_from(PetitionBand).where(PetitionBand.value < 1 << 60))
    from alembic import command

    from api.records.migrate import alembic_config

    command.downgrade(alembic_config(records), "0001")
    upgrade(records)
    with records.read() as session:
        assert session.scalar(select(func.count()).select_from(PetitionBand)) == filled
        assert session.scalar(select(Petition.id)) == petition["id"]
    assert intake(client, petition["id"])["made_at"] is None
    assert intake(client, petition["id"])["types"] == ["khieu_nai"]


def test_the_file_that_was_handed_in_can_be_opened_and_that_is_audited(client: TestClient) -> None:
    csrf = re.search(r'name="csrf" value="([^"]*)"', client.get("/petitions/new").text)
    assert csrf
    sent = client.post("/petitions/new", data={"csrf": csrf[1], "channel": "don"},
                       files={"file": ('đơn "của" tôi.txt', COMPLAINT.encode(), "text/plain")})  # fmt: skip
    assert sent.status_code == 303, sent.text
    page = client.get(sent.headers["location"]).text
    link = re.search(r'href="(/petitions/\w+/files/\d+)"', page)
    assert link
    opened = client.get(link[1])
    assert opened.content == COMPLAINT.encode()
    assert "filename*=UTF-8''%C4%91%C6%A1n" in opened.headers["content-disposition"]
    assert client.get(link[1].rsplit("/", 1)[0] + "/999").status_code == 404
    assert client.get("/v1/audit", params={"action": "petition.file"}).json()["items"]


def test_the_demonstration_holds_a_petition_that_came_twice(sqlite_url: str, fake_readers: Any) -> None:
    records = Records(sqlite_url)
    load_demo(records, fake_readers)
    with records.read() as session:
        kinds = list(session.scalars(select(PetitionLink.kind)))
        assert "trung_lap" in kinds
        assert session.scalar(select(func.count()).select_from(Intake)) >= 61
        assert session.scalar(select(func.count()).select_from(Petition).where(Petition.due_on.is_not(None))) > 30
    records.close()


def test_the_demonstration_takes_reports_and_no_other_page_of_the_corpus(
    sqlite_url: str, fake_readers: Any, report_text: str, tmp_path: Path
) -> None:
    folder = tmp_path / "reports"
    folder.mkdir()
    for name in ("DATASHEET.md", "a.md", "b.md"):
        (folder / name).write_text(f"{report_text}\n{name}\n", encoding="utf-8")
    (folder / "a.json").write_text("{}", encoding="utf-8")
    (folder / "b.json").write_text("{}", encoding="utf-8")
    records = Records(sqlite_url)
    load_demo(records, fake_readers, tmp_path)
    with records.read() as session:
        assert sorted(session.scalars(select(Report.filename))) == ["a.md", "b.md"]
    records.close()
