"""What single pages of the console say, without a browser: each role's first page, queue, metrics, library, errors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.console.charts import columns, shares
from api.console.models import measured
from api.console.statistics import quick_periods
from api.console.words import DETAIL, detail_words
from api.http.app import create_app
from api.records.audit import SYSTEM
from api.security import accounts
from api.security.roles import ROLES
from api.settings import Settings

PASSWORD = "con sông nhỏ chảy qua làng"
UNCLEAR = "Tôi là Nguyễn Thị Hoa, số điện thoại 0912345678, kính mong được giúp đỡ."
LAND = "Gia đình tôi bị thu hồi 320 m2 đất nhưng chưa được bồi thường. Nay tôi làm đơn khiếu nại."


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, fake_readers: Any) -> Iterator[TestClient]:
    """An office with accounts, one person a role."""
    path = tmp_path_factory.mktemp("pages") / "office.db"
    path.write_bytes(sqlite_template.read_bytes())
    app = create_app(Settings(database=f"sqlite:///{path}", jobs=False), fake_readers)
    with TestClient(app, follow_redirects=False) as client:
        digest = accounts.passwords.digest(PASSWORD)
        with app.state.service.records.write() as session:
            for role in ROLES:
                if role != "admin":
                    accounts.create_user(session, role, [role], SYSTEM)
                person = accounts.find_user(session, role)
                assert person
                person.password_hash, person.must_change_password = digest, False
        yield client


def sign_in(client: TestClient, name: str) -> str:
    """Sign in as somebody; gives the token that their forms carry."""
    client.cookies.clear()
    client.app.state.service.sign_in_throttle = type(client.app.state.service.sign_in_throttle)(0)  # type: ignore[attr-defined]
    assert client.post("/login", data={"username": name, "password": PASSWORD}).status_code == 303
    return str(client.get("/session").json()["csrf"])


def enter(client: TestClient, csrf: str, text: str) -> str:
    """Enter a petition; gives its id."""
    reply = client.post("/petitions/new", data={"csrf": csrf, "text": text})
    assert reply.status_code == 303
    return reply.headers["location"].split("/")[2].split("?")[0]


def version_of(client: TestClient, petition: str) -> str:
    found = re.search(r'name="version" value="(\d+)"', client.get(f"/petitions/{petition}").text)
    assert found
    return found[1]


def decide(client: TestClient, csrf: str, petition: str, action: str, **form: Any) -> Any:
    data = {"csrf": csrf, "version": version_of(client, petition), "action": action, **form}
    return client.post(f"/petitions/{petition}/decide", data=data)


def test_every_role_has_a_first_page_with_something_to_do(office: TestClient) -> None:
    said = {
        "clerk": "đơn chờ phân loại",
        "handler": "đơn được giao cho bạn",
        "writer": "phát hiện trong giỏ",
        "researcher": "máy so với cán bộ|nào để so",
        "admin": "tài khoản đang dùng",
    }
    for role, words in said.items():
        sign_in(office, role)
        assert re.search(words, office.get("/").text), role


def test_a_handler_starts_from_what_was_given_to_them(office: TestClient) -> None:
    csrf = sign_in(office, "clerk")
    given, other = enter(office, csrf, LAND), enter(office, csrf, UNCLEAR)
    people = dict(re.findall(r'name="user" value="(\d+)"[^>]*> (\w+)', office.get(f"/petitions/{given}").text))
    # Nobody is offered a petition who may not read one.
    assert set(people.values()) == {"clerk", "handler"}
    handler = next(number for number, name in people.items() if name == "handler")
    data = {"csrf": csrf, "version": version_of(office, given), "user": handler}
    assert office.post(f"/petitions/{given}/assign", data=data).status_code == 303
    sign_in(office, "handler")
    first = office.get("/").text
    assert given in first
    assert other not in first


def test_researchers_get_the_queue_of_uncertain_petitions_without_names(office: TestClient) -> None:
    csrf = sign_in(office, "clerk")
    unclear = enter(office, csrf, UNCLEAR)
    sign_in(office, "researcher")
    page = office.get("/models").text
    queue = page[page.index("Đơn máy chưa chắc") :]
    assert "kính mong được giúp đỡ" in queue
    assert "máy không đọc ra nội dung đơn" in queue
    assert "Nguyễn Thị Hoa" not in page
    assert "0912345678" not in page
    assert unclear not in page, "a researcher may not open the petition itself"
    sign_in(office, "admin")
    assert "Đơn máy chưa chắc" not in office.get("/models").text


def test_a_petition_put_aside_can_still_be_confirmed_with_one_key(office: TestClient) -> None:
    csrf = sign_in(office, "clerk")
    petition = enter(office, csrf, LAND)
    decide(office, csrf, petition, "defer")
    page = office.get(f"/petitions/{petition}").text
    assert 'data-key="x"' in page
    assert "để lại xem sau" in page
    decide(office, csrf, petition, "confirm")
    page = office.get(f"/petitions/{petition}").text
    assert "Đã quyết định" in page
    assert 'data-key="x"' not in page


def test_undo_is_offered_only_while_there_is_something_to_undo(office: TestClient) -> None:
    csrf = sign_in(office, "clerk")
    petition = enter(office, csrf, LAND)
    after = decide(office, csrf, petition, "confirm").headers["location"]
    assert 'data-key="z"' in office.get(after).text
    undone = {"csrf": csrf, "version": version_of(office, petition)}
    assert office.post(f"/petitions/{petition}/undo", data=undone).status_code == 303
    assert 'data-key="z"' not in office.get(after).text


def test_labels_stand_on_the_petition_with_their_probability(office: TestClient) -> None:
    csrf = sign_in(office, "clerk")
    petition = enter(office, csrf, LAND)
    page = office.get(f"/petitions/{petition}").text
    proposed = page[page.index('class="body facts proposed"') : page.index("</dl>", page.index("facts proposed"))]
    assert re.search(r"Đất đai <span class=\"num\">90%", proposed)
    assert re.search(r"Khiếu nại <span class=\"num\">85%", proposed)
    # The form that saves corrected labels is its own, so that Enter in the note never confirms what was proposed.
    edit = page[page.index('id="edit"') :]
    assert edit.index('value="save"') < edit.index("</form>")
    assert 'value="confirm"' not in edit[: edit.index("</form>")]


def test_an_error_leads_back_to_the_page_the_form_was_on(office: TestClient) -> None:
    csrf = sign_in(office, "clerk")
    petition = enter(office, csrf, LAND)
    old = {"csrf": csrf, "version": "0", "action": "confirm"}
    where = f"/petitions/{petition}?tray=waiting"
    reply = office.post(f"/petitions/{petition}/decide", data=old, headers={"referer": f"http://testserver{where}"})
    assert reply.status_code == 412
    assert f'href="{where}"' in reply.text
    assert f'href="/petitions/{petition}/decide"' not in reply.text
    elsewhere = office.post(f"/petitions/{petition}/decide", data=old, headers={"referer": "http://evil.test/x"})
    assert "evil.test" not in elsewhere.text
    assert "Tải lại trang" not in elsewhere.text
    missing = office.get("/petitions/0000?tray=open")
    assert 'href="/petitions/0000?tray=open"' in missing.text
    assert missing.text.count("Không tìm thấy") >= 1
    assert "<h1>" in missing.text


def test_a_part_of_a_page_asked_for_after_the_session_ended_leaves_the_page_alone(office: TestClient) -> None:
    csrf = sign_in(office, "clerk")
    office.cookies.clear()
    assert office.get("/session").status_code == 401
    reply = office.post("/read", data={"csrf": csrf, "text": LAND}, headers={"HX-Request": "true"})
    assert (reply.status_code, "HX-Redirect" in reply.headers) == (401, False)
    assert office.get("/inbox").headers["location"] == "/login?next=/inbox"


def test_reports_are_found_by_name_issuer_number_and_year(client: TestClient, report_text: str) -> None:
    csrf = client.get("/session").json()["csrf"]
    for place, year in (("Bình Sơn", 2024), ("Tư Nghĩa", 2021)):
        text = report_text.replace("Bình Sơn", place).replace("2024", str(year))
        sent = client.post("/reports", data={"csrf": csrf}, files={"files": (f"bc-{year}.txt", text.encode())})
        assert sent.status_code == 303
    rows = {q: client.get("/reports", params={"q": q}).text.count("<tr data-row>")
            for q in ("", "binh son", "Tư Nghĩa 2021", "tư nghĩa 2024", "125/BC-UBND", "cà phê")}  # fmt: skip
    assert rows == {"": 2, "binh son": 1, "Tư Nghĩa 2021": 1, "tư nghĩa 2024": 0, "125/BC-UBND": 2, "cà phê": 0}


def test_copies_that_say_the_same_are_said_to_be_the_same(client: TestClient) -> None:
    csrf = client.get("/session").json()["csrf"]
    one, same = enter(client, csrf, LAND), enter(client, csrf, LAND)
    assert "giống nhau từng chữ" in client.get(f"/petitions/{one}/compare/{same}").text
    changed = enter(client, csrf, LAND.replace("320", "450"))
    page = client.get(f"/petitions/{one}/compare/{changed}").text
    assert "Chữ được tô" in page
    assert "450" in page


def test_statistics_offer_the_periods_that_offices_report_on(client: TestClient) -> None:
    assert quick_periods(date(2026, 1, 9)) == [
        ("Tháng này", date(2026, 1, 1), date(2026, 1, 9)),
        ("Tháng trước", date(2025, 12, 1), date(2025, 12, 31)),
        ("Quý này", date(2026, 1, 1), date(2026, 1, 9)),
        ("Năm nay", date(2026, 1, 1), date(2026, 1, 9)),
    ]
    assert quick_periods(date(2024, 3, 31))[1][1:] == (date(2024, 2, 1), date(2024, 2, 29))
    assert client.get("/statistics").text.count("/statistics?start=") == 4


def test_charts_say_every_number() -> None:
    bars = columns({"9/26": 20, "10/26": 0, "11/26": 1500})
    assert [(b.label, b.shown, b.height) for b in bars] == [
        ("9/26", "20", 1.3),
        ("10/26", "0", 0),
        ("11/26", "1.500", 100),
    ]
    assert columns({"a": 0.5}, top=1)[0].height == 50
    assert columns({}) == ()
    assert shares([("a", 1), ("b", 4), ("c", 0)]) == [("b", 4, 1.0), ("a", 1, 0.25)]


def test_model_metrics_are_named_and_bounded() -> None:
    metrics = {"train_n": 4312, "validation": {"field_micro_f1": {"value": 0.88, "low": 0.8, "high": 0.9},
               "limitation": {"f1": 0.83}, "link:all": {"f1": 0.5}}}  # fmt: skip
    rows = measured(metrics)
    assert [r["value"] for r in rows] == [0.88, 0.83]
    assert rows[1]["low"] is None
    assert measured({"train_n": 1}) == []


def test_audit_details_are_words() -> None:
    said = dict(detail_words({"channel": "post", "roles": ["clerk", "writer"], "decision": 2, "new_key": "x"}))
    assert said == {"nguồn": "Bưu chính", "vai trò": "Cán bộ tiếp nhận, Người viết báo cáo", "quyết định thứ": "2",
                    "new_key": "x"}  # fmt: skip
    root = Path(__file__).parents[2] / "api"
    calls = " ".join(p.read_text(encoding="utf-8") for p in root.rglob("*.py"))
    used = set(re.findall(r"\baudit\([^()]*(?:\([^()]*\)[^()]*)*?,\s*(\w+)=", calls))
    assert used <= set(DETAIL), f"no word for {sorted(used - set(DETAIL))}"


def test_pages_carry_no_inline_script_or_style(client: TestClient) -> None:
    for path in ("/", "/read", "/inbox", "/petitions", "/petitions/new", "/statistics", "/matters", "/imports", "/reports",
                 "/findings", "/findings/groups", "/basket", "/models", "/jobs", "/users", "/audit", "/rules", "/system"):  # fmt: skip
        page = client.get(path)
        assert page.status_code == 200, path
        assert not re.search(r"<style|\sstyle=|\son\w+=|javascript:|<script(?![^>]*\ssrc=)", page.text), path
        assert not re.search(r'(?:src|href)="(?:https?:)?//', page.text), path
        assert page.text.count("<h1") == 1, path


def test_documents_show_only_pictures_that_exist_and_every_picture_is_shown() -> None:
    root = Path(__file__).parents[2]
    pictures = {p.name for p in (root / "docs" / "screenshots").glob("*.png")}
    texts = [p.read_text(encoding="utf-8") for p in [root / "README.md", *(root / "docs").glob("*.md")]]
    named = {name for text in texts for name in re.findall(r"screenshots/([\w-]+\.png)", text)}
    assert named == pictures
