"""Who may do what: every route by every role, and a denunciation by everybody who is or is not assigned to it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.records.audit import SYSTEM, verify
from api.security import accounts, tokens
from api.security.roles import PERMISSIONS, ROLES

DENOUNCED = (
    "Tôi là Nguyễn Thị Hoa, số điện thoại 0912345678. Tôi xin tố cáo ông trưởng thôn thu tiền đất sai quy định, "
    "đề nghị giữ bí mật cho tôi."
)
PASSWORD = "con sông nhỏ chảy qua làng"

# Every route of the API with the permission it needs; "" is any signed-in person, "*" anybody at all.
API: dict[str, str] = {
    "GET /healthz": "*",
    "GET /readyz": "*",
    "GET /metrics": "*",
    "GET /v1/taxonomy": "*",
    "GET /v1/me": "",
    "GET /v1/tokens": "",
    "POST /v1/tokens": "",
    "DELETE /v1/tokens/{token_id}": "",
    "GET /v1/searches": "",
    "POST /v1/searches": "",
    "DELETE /v1/searches/{search_id}": "",
    "GET /v1/jobs": "",
    "GET /v1/jobs/{job_id}": "",
    "POST /v1/jobs/{job_id}/cancel": "",
    "POST /v1/petitions/classify": "classify",
    "POST /v1/petitions": "petition.add",
    "GET /v1/petitions": "petition.read",
    "GET /v1/petitions/export": "petition.export",
    "POST /v1/petitions/reanalyse": "system.manage",
    "GET /v1/petitions/{petition_id}": "petition.read",
    "PATCH /v1/petitions/{petition_id}": "petition.change",
    "POST /v1/petitions/{petition_id}/decisions": "petition.decide",
    "POST /v1/petitions/{petition_id}/undo": "petition.decide",
    "GET /v1/petitions/{petition_id}/history": "petition.read",
    "GET /v1/petitions/{petition_id}/intake": "petition.read",
    "POST /v1/petitions/{petition_id}/steps": "petition.change",
    "GET /v1/petitions/{petition_id}/compare/{other_id}": "petition.read",
    "PUT /v1/petitions/{petition_id}/duplicates/{other_id}": "petition.change",
    "POST /v1/petitions/{petition_id}/identity": "petition.identity",
    "PUT /v1/petitions/{petition_id}/assignments": "petition.assign",
    "GET /v1/petitions/{petition_id}/attachments": "petition.read",
    "POST /v1/petitions/{petition_id}/attachments": "petition.change",
    "GET /v1/petitions/{petition_id}/attachments/{attachment_id}": "petition.identity",
    "POST /v1/imports": "petition.import",
    "POST /v1/imports/{job_id}/start": "petition.import",
    "GET /v1/imports/{job_id}/rejected": "petition.import",
    "POST /v1/reports": "report.add",
    "GET /v1/reports": "report.read",
    "GET /v1/reports/{report_id}": "report.read",
    "GET /v1/findings": "report.read",
    "GET /v1/findings/facets": "report.read",
    "GET /v1/findings/export": "report.read",
    "GET /v1/findings/groups": "report.read",
    "GET /v1/findings/{finding_id}": "report.read",
    "GET /v1/findings/{finding_id}/similar": "report.read",
    "PUT /v1/findings/{finding_id}/review": "finding.review",
    "POST /v1/findings/{finding_id}/undo": "finding.review",
    "GET /v1/statistics": "statistics.read",
    "GET /v1/statistics/export": "statistics.read",
    "GET /v1/hotspots": "statistics.read",
    "GET /v1/matters": "statistics.read",
    "GET /v1/feedback": "feedback.read",
    "GET /v1/feedback/export": "feedback.export",
    "GET /v1/users": "user.manage",
    "POST /v1/users": "user.manage",
    "PATCH /v1/users/{username}": "user.manage",
    "POST /v1/users/{username}/password": "user.manage",
    "GET /v1/audit": "audit.read",
    "GET /v1/audit/check": "audit.read",
}
PAGES: dict[str, str] = {
    "/": "",
    "/account": "",
    "/read": "classify",
    "/inbox": "petition.read",
    "/petitions": "petition.read",
    "/petitions/new": "petition.add",
    "/imports": "petition.import",
    "/statistics": "statistics.read",
    "/matters": "statistics.read",
    "/reports": "report.read",
    "/findings": "report.read",
    "/findings/groups": "report.read",
    "/basket": "finding.review",
    "/models": "model.read",
    "/jobs": "job.manage",
    "/users": "user.manage",
    "/audit": "audit.read",
    "/rules": "system.manage",
    "/system": "system.manage",
}


@pytest.fixture(scope="module")
def office(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Any, fake_readers: Any
) -> Iterator[tuple[TestClient, dict[str, str]]]:
    """An application with one account a role (and a second clerk), each with a token that may all it may."""
    from api.http.app import create_app
    from api.settings import Settings

    path = tmp_path_factory.mktemp("office") / "a.db"
    path.write_bytes(sqlite_template.read_bytes())
    app = create_app(Settings(database=f"sqlite:///{path}", jobs=False), fake_readers)
    with TestClient(app, follow_redirects=False) as client:
        secrets = {}
        with app.state.service.records.write() as session:
            for name in (*ROLES, "clerk2"):
                role = name.rstrip("2")
                if name == "admin":
                    user = accounts.find_user(session, "admin")
                    assert user
                    user.must_change_password = False
                else:
                    user, _ = accounts.create_user(session, name, [role], SYSTEM, password=PASSWORD)
                    session.flush()
                _, secrets[name] = tokens.make_token(session, user, "t", list(PERMISSIONS), SYSTEM)
        yield client, secrets


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def filled(path: str) -> str:
    return re.sub(r"\{(token|attachment)_id\}", "999999", re.sub(r"\{(?!token_id|attachment_id)\w+\}", "0000", path))


def send(client: TestClient, method: str, path: str, headers: dict[str, str]) -> int:
    body = {"json": {}} if method in ("POST", "PUT", "PATCH") else {}
    return client.request(method, filled(path), headers=headers, **body).status_code  # type: ignore[arg-type]


def test_the_table_names_every_route_of_the_api(office: tuple[TestClient, dict[str, str]]) -> None:
    client, _ = office
    described = {
        f"{method.upper()} {path}"
        for path, methods in client.app.openapi()["paths"].items()  # type: ignore[attr-defined]
        for method in methods
    }
    assert described | {"GET /metrics"} == set(API)


@pytest.mark.parametrize("role", [*ROLES, "nobody"])
def test_every_route_lets_in_exactly_the_roles_that_hold_its_permission(
    office: tuple[TestClient, dict[str, str]], role: str
) -> None:
    client, secrets = office
    headers = bearer(secrets[role]) if role != "nobody" else {}
    for route, permission in API.items():
        method, path = route.split(" ")
        status = send(client, method, path, headers)
        if permission == "*":
            assert status in (200, 503), route
        elif role == "nobody":
            assert status == 401, route
        elif permission and permission not in ROLES[role].permissions:
            assert status == 403, (route, role, status)
        else:
            assert status not in (401, 500), (route, role, status)
            assert status != 403 or route == "POST /v1/tokens", (route, role, status)


@pytest.mark.parametrize("role", [r for r in ROLES if r != "admin"])
def test_every_page_lets_in_exactly_the_roles_that_hold_its_permission(
    office: tuple[TestClient, dict[str, str]], role: str
) -> None:
    client, _ = office
    client.cookies.clear()
    client.app.state.service.sign_in_throttle = type(client.app.state.service.sign_in_throttle)(0)  # type: ignore[attr-defined]
    client.post("/login", data={"username": role, "password": PASSWORD})
    for path, permission in PAGES.items():
        expected = 200 if not permission or permission in ROLES[role].permissions else 403
        assert client.get(path).status_code == expected, (path, role)
        shown = f'href="{path}"' in client.get("/").text
        assert not shown or expected == 200, f"{role} is shown {path}"
    client.cookies.clear()


def test_a_denunciation_is_seen_by_those_assigned_and_by_nobody_else(office: tuple[TestClient, dict[str, str]]) -> None:
    client, secrets = office
    own, other, handler, admin = (bearer(secrets[n]) for n in ("clerk", "clerk2", "handler", "admin"))
    made = client.post("/v1/petitions", json={"text": DENOUNCED, "parties": [{"name": "Nguyễn Thị Hoa"}]}, headers=own)
    petition = made.json()
    path = f"/v1/petitions/{petition['id']}"
    assert petition["confidential"] is True
    assert client.get(path, headers=own).status_code == 200
    for headers in (other, handler):
        assert client.get(path, headers=headers).json()["code"] == "not_found"
        assert client.get(f"{path}/history", headers=headers).status_code == 404
        assert client.get("/v1/petitions", params={"q": "to cao"}, headers=headers).json()["total"] == 0
        assert client.post(f"{path}/identity", json={"reason": "tò mò"}, headers=headers).status_code == 404
    assert client.get(path, headers=admin).status_code == 403
    assigned = client.put(f"{path}/assignments", json={"usernames": ["handler"]}, headers={**admin, "If-Match": '"1"'})
    assert assigned.status_code in (200, 412)
    tag = client.get(path, headers=own).headers["etag"]
    if assigned.status_code == 412:
        assigned = client.put(
            f"{path}/assignments", json={"usernames": ["handler"]}, headers={**admin, "If-Match": tag}
        )
    assert assigned.json()["items"][0]["title"] == ""
    assert client.get(path, headers=handler).status_code == 200
    assert client.get(path, headers=own).status_code == 404


def test_no_route_and_no_page_tells_anybody_else_of_a_denunciation(
    sqlite_url: str, make_client: Callable[..., TestClient], report_text: str
) -> None:
    """Every GET of the API and every page, by every role that is not assigned: neither the id nor a word of it."""
    client = make_client(sqlite_url, accounts=True)
    service = client.app.state.service  # type: ignore[attr-defined]
    service.sign_in_throttle = type(service.sign_in_throttle)(0)
    secrets = {}
    with service.records.write() as session:
        for name in (*(r for r in ROLES if r != "admin"), "clerk2", "admin2"):
            user, _ = accounts.create_user(session, name, [name.rstrip("2")], SYSTEM, password=PASSWORD)
            session.flush()
            _, secrets[name] = tokens.make_token(session, user, "t", list(PERMISSIONS), SYSTEM)
    words = "ông trưởng thôn Lộc Bình thu tiền đất trái quy định của bốn mươi hộ dân ở xóm Cây Sung từ năm ngoái"
    hidden = client.post("/v1/petitions", json={"text": f"Tố cáo {words}.", "external_id": "MAT-77"},
                         headers=bearer(secrets["clerk"])).json()  # fmt: skip
    alike = client.post("/v1/petitions", json={"text": f"Phản ánh {words}."}, headers=bearer(secrets["clerk"])).json()
    assert (hidden["confidential"], alike["confidential"]) == (True, False)
    own = client.get(f"/v1/petitions/{alike['id']}/intake", headers=bearer(secrets["clerk"])).json()
    assert [d["id"] for d in own["duplicates"]] == [hidden["id"]]
    client.post("/v1/reports", files={"file": ("a.txt", report_text.encode())}, headers=bearer(secrets["writer"]))
    marks = (hidden["id"], "MAT-77", "Tố cáo ông")
    told: list[tuple[str, str, str]] = []

    def listen(who: str, path: str, **more: Any) -> None:
        answer = client.get(path, **more)
        asked_for_it = hidden["id"] in path
        assert not asked_for_it or answer.status_code in (403, 404), (who, path, answer.status_code)
        shown = answer.text if not asked_for_it else answer.text.replace(hidden["id"], "")
        told.extend((who, path, mark) for mark in marks if mark in shown)

    for who in ("clerk2", "handler", "writer", "researcher", "admin2"):
        headers = bearer(secrets[who])
        for route in (r.split(" ")[1] for r in API if r.startswith("GET /v1/")):
            if route in ("/v1/audit", "/v1/audit/check"):
                continue  # the audit names ids to those who keep it, never words
            for identity, other in ((hidden["id"], alike["id"]), (alike["id"], hidden["id"])):
                path = route.replace("{petition_id}", identity).replace("{other_id}", other)
                listen(who, filled(path), headers=headers)
        for query in ("q=to+cao", "q=loc+binh", "type=to_cao", "order=inbox"):
            listen(who, f"/v1/petitions?{query}", headers=headers)
        client.post("/login", data={"username": who, "password": PASSWORD})
        pages = [p for p in PAGES if p != "/audit"]
        pages += [f"/petitions/{hidden['id']}", f"/petitions/{alike['id']}", f"/inbox?done={alike['id']}&what=add",
                  f"/petitions/{alike['id']}/compare/{hidden['id']}", "/petitions?q=loc+binh", "/inbox?tray=open"]  # fmt: skip
        for path in pages:
            listen(who, path)
        client.cookies.clear()
    assert not told, told


def test_identity_needs_a_reason_is_redacted_by_default_and_leaves_a_trace(
    office: tuple[TestClient, dict[str, str]],
) -> None:
    client, secrets = office
    own, admin = bearer(secrets["clerk"]), bearer(secrets["admin"])
    petition = client.post("/v1/petitions", json={"text": DENOUNCED, "parties": [{"name": "Nguyễn Thị Hoa"}]},
                           headers=own).json()  # fmt: skip
    shown = client.get(f"/v1/petitions/{petition['id']}", headers=own)
    assert shown.json()["redacted"] is True
    assert "Nguyễn Thị Hoa" not in shown.text
    assert "0912345678" not in shown.text
    body = shown.json()
    for s in body["analysis"]["urgency"]["signals"] + [e for f in body["analysis"]["fields"] for e in f["evidence"]]:
        assert body["text"][s["start"] : s["end"]] == s["text"]
    path = f"/v1/petitions/{petition['id']}/identity"
    assert client.post(path, json={"reason": ""}, headers=own).status_code == 422
    revealed = client.post(path, json={"reason": "liên hệ bổ sung chứng cứ"}, headers=own).json()
    assert revealed["parties"][0]["name"] == "Nguyễn Thị Hoa"
    assert revealed["text"] == DENOUNCED
    trace = client.get("/v1/audit", params={"action": "petition.identity"}, headers=admin).json()["items"][0]
    assert (trace["object_id"], trace["detail"]["reason"]) == (petition["id"], "liên hệ bổ sung chứng cứ")
    with client.app.state.service.records.read() as session:  # type: ignore[attr-defined]
        assert verify(session).whole


def test_searches_keys_and_jobs_belong_to_their_owner(office: tuple[TestClient, dict[str, str]]) -> None:
    client, secrets = office
    own, other = bearer(secrets["clerk"]), bearer(secrets["clerk2"])
    saved = client.post(
        "/v1/searches", json={"place": "petitions", "name": "đất", "query": "q=dat"}, headers=own
    ).json()
    assert client.get("/v1/searches", headers=other).json()["items"] == []
    assert client.delete(f"/v1/searches/{saved['id']}", headers=other).status_code == 404
    assert client.delete(f"/v1/searches/{saved['id']}", headers=own).status_code == 204
    draft = client.post("/v1/imports", files={"file": ("a.csv", "Nội dung\nabc\n".encode())}, headers=own).json()
    assert client.get(f"/v1/jobs/{draft['id']}", headers=other).status_code == 404
    assert client.get(f"/v1/jobs/{draft['id']}", headers=bearer(secrets["admin"])).status_code == 200
    key = client.get("/v1/tokens", headers=own).json()["items"][0]
    assert client.delete(f"/v1/tokens/{key['id']}", headers=other).status_code == 404


def test_one_clerks_repeated_key_is_not_anothers(sqlite_url: str, make_client: Callable[..., TestClient]) -> None:
    client = make_client(sqlite_url, accounts=True)
    secrets = {}
    with client.app.state.service.records.write() as session:  # type: ignore[attr-defined]
        for name in ("one", "two"):
            user, _ = accounts.create_user(session, name, ["clerk"], SYSTEM, password=PASSWORD)
            session.flush()
            _, secrets[name] = tokens.make_token(session, user, "t", list(PERMISSIONS), SYSTEM)
    key = {"Idempotency-Key": "the-same-key"}
    first = client.post("/v1/petitions", json={"text": "a đường"}, headers={**bearer(secrets["one"]), **key}).json()
    second = client.post("/v1/petitions", json={"text": "b đường"}, headers={**bearer(secrets["two"]), **key}).json()
    assert first["id"] != second["id"]
