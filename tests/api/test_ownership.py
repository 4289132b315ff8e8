"""Every route × every role × whose the object is: who is let in, who is refused, who is told that nothing is there."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from api.console.deps import from_our_page
from api.http.app import create_app
from api.records.audit import SYSTEM
from api.security import accounts, tokens
from api.security.roles import PERMISSIONS, ROLES, permissions_of
from api.settings import Settings

PASSWORD = "con sông nhỏ chảy qua làng"
PEOPLE = {"clerk": "clerk", "clerk2": "clerk", "handler": "handler", "handler2": "handler", "writer": "writer",
          "researcher": "researcher", "boss": "admin"}  # fmt: skip
WORDS = "ông trưởng thôn Lộc Bình thu tiền đất trái quy định của bốn mươi hộ dân ở xóm Cây Sung từ năm ngoái"
STALE = {"If-Match": '"0"'}  # whoever is let in gets 412, and the object stays as it was for the next one
ON = date.today().isoformat()

# Routes of one petition: what is sent, and the permission that the route asks for.
PETITION: dict[str, tuple[dict[str, Any] | None, str]] = {
    "GET /v1/petitions/{petition_id}": (None, "petition.read"),
    "PATCH /v1/petitions/{petition_id}": ({"unit": "A"}, "petition.change"),
    "POST /v1/petitions/{petition_id}/decisions": ({"action": "defer"}, "petition.decide"),
    "POST /v1/petitions/{petition_id}/undo": ({}, "petition.decide"),
    "GET /v1/petitions/{petition_id}/history": (None, "petition.read"),
    "GET /v1/petitions/{petition_id}/intake": (None, "petition.read"),
    "POST /v1/petitions/{petition_id}/steps": ({"code": "accepted", "on": ON}, "petition.change"),
    "GET /v1/petitions/{petition_id}/compare/{other_id}": (None, "petition.read"),
    "PUT /v1/petitions/{petition_id}/duplicates/{other_id}": ({"state": "proposed"}, "petition.change"),
    "POST /v1/petitions/{petition_id}/identity": ({"reason": "liên hệ"}, "petition.identity"),
    "PUT /v1/petitions/{petition_id}/assignments": ({"usernames": ["clerk", "handler"]}, "petition.assign"),
    "GET /v1/petitions/{petition_id}/attachments": (None, "petition.read"),
    "POST /v1/petitions/{petition_id}/attachments": (None, "petition.change"),
    "GET /v1/petitions/{petition_id}/attachments/{attachment_id}": (None, "petition.identity"),
}
JOB: dict[str, tuple[dict[str, Any] | None, str]] = {
    "GET /v1/jobs/{job_id}": (None, ""),
    "POST /v1/jobs/{job_id}/cancel": ({}, ""),
    "POST /v1/imports/{job_id}/start": ({"mapping": {}}, "petition.import"),
    "GET /v1/imports/{job_id}/rejected": (None, "petition.import"),
}
OWN = ("DELETE /v1/searches/{search_id}", "DELETE /v1/tokens/{token_id}")
# Objects that belong to the office: the role alone decides, which test_authorisation holds.
SHARED = ("{report_id}", "{finding_id}", "{username}")

Office = tuple[TestClient, dict[str, dict[str, str]], dict[str, str]]


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Any, fake_readers: Any) -> Iterator[Office]:
    """Two clerks, two handlers and one of every other role; an open and a hidden petition, look-alikes, of the first."""
    path = tmp_path_factory.mktemp("ownership") / "a.db"
    path.write_bytes(sqlite_template.read_bytes())
    app = create_app(Settings(database=f"sqlite:///{path}", jobs=False, requests_per_minute=0), fake_readers)
    with TestClient(app, follow_redirects=False) as client:
        service, headers = app.state.service, {}
        service.sign_in_throttle = type(service.sign_in_throttle)(0)
        with service.records.write() as session:
            for name, role in PEOPLE.items():
                user, _ = accounts.create_user(session, name, [role], SYSTEM, password=PASSWORD)
                session.flush()
                _, secret = tokens.make_token(session, user, "t", list(PERMISSIONS), SYSTEM)
                headers[name] = {"Authorization": f"Bearer {secret}"}
        ids = {}
        for kind, text in (("open", f"Phản ánh {WORDS}."), ("hidden", f"Tố cáo {WORDS}.")):
            made = client.post("/v1/petitions", json={"text": text}, headers=headers["clerk"])
            ids[kind] = made.json()["id"]
            where = f"/v1/petitions/{ids[kind]}"
            file = client.post(f"{where}/attachments", files={"file": ("a.txt", b"x")},
                               headers={**headers["clerk"], "If-Match": made.headers["etag"]})  # fmt: skip
            ids[f"{kind}_file"] = str(file.json()["items"][0]["id"])
            tag = client.get(where, headers=headers["clerk"]).headers["etag"]
            both = client.put(f"{where}/assignments", json={"usernames": ["clerk", "handler"]},
                              headers={**headers["clerk"], "If-Match": tag})  # fmt: skip
            assert both.status_code == 200
        yield client, headers, ids


def ask(client: TestClient, route: str, path: str, body: dict[str, Any] | None, headers: dict[str, str]) -> int:
    method = route.split(" ")[0]
    if route.endswith("/attachments") and method == "POST":
        return client.post(path, files={"file": ("a.txt", b"x")}, headers=headers).status_code
    return client.request(method, path, json=body, headers=headers).status_code


def test_the_tables_name_every_route_that_has_an_object(office: Office) -> None:
    client, _, _ = office
    described = {
        f"{method.upper()} {path}"
        for path, methods in client.app.openapi()["paths"].items()  # type: ignore[attr-defined]
        for method in methods
        if "{" in path and not any(shared in path for shared in SHARED)
    }
    assert described == {*PETITION, *JOB, *OWN}


@pytest.mark.parametrize("who", PEOPLE)
@pytest.mark.parametrize("kind", ["open", "hidden"])
def test_a_petition_is_open_to_role_and_assignment(office: Office, who: str, kind: str) -> None:
    client, headers, ids = office
    role = PEOPLE[who]
    may, assigned = permissions_of(frozenset({role})), who in ("clerk", "handler")
    other = ids["hidden" if kind == "open" else "open"]
    for route, (body, permission) in PETITION.items():
        path = route.split(" ")[1].replace("{petition_id}", ids[kind]).replace("{other_id}", other)
        status = ask(
            client, route, path.replace("{attachment_id}", ids[f"{kind}_file"]), body, {**headers[who], **STALE}
        )
        needed = {permission, "petition.read"} - ({"petition.read"} if permission == "petition.assign" else set())
        sees = assigned or not ({kind, "hidden"} == {"hidden"} or "{other_id}" in route)
        if not needed <= may:
            assert status == 403, (route, who, status)
        elif role == "admin":  # an administrator assigns a denunciation without reading it
            assert status == 412, (route, who, status)
        elif permission == "petition.change" and role == "handler" and not assigned and kind == "open":
            assert status == 403, (route, who, status)
        elif not sees:
            assert status == 404, (route, who, status)
        else:
            assert status in (200, 201, 412), (route, who, status)


@pytest.mark.parametrize("who", PEOPLE)
def test_jobs_searches_and_keys_belong_to_whoever_made_them(office: Office, who: str) -> None:
    client, headers, _ = office
    may, mine = permissions_of(frozenset({PEOPLE[who]})), who == "clerk"
    for route, (body, permission) in JOB.items():
        draft = client.post(
            "/v1/imports", files={"file": ("a.csv", "Nội dung\nabc\n".encode())}, headers=headers["clerk"]
        )
        status = ask(client, route, route.split(" ")[1].replace("{job_id}", draft.json()["id"]), body, headers[who])
        if permission and permission not in may:
            assert status == 403, (route, who, status)
        elif mine or "job.manage" in may:
            assert status in (200, 422), (route, who, status)
        else:
            assert status == 404, (route, who, status)
    saved = client.post("/v1/searches", json={"place": "petitions", "name": "a", "query": ""}, headers=headers["clerk"])
    key = client.get("/v1/tokens", headers=headers["clerk"]).json()["items"][0]
    for route, identity in zip(OWN, (saved.json()["id"], key["id"]), strict=True):
        if mine and "tokens" in route:
            continue  # it is the key that asks
        path = re.sub(r"\{\w+\}", str(identity), route.split(" ")[1])
        assert ask(client, route, path, None, headers[who]) == (204 if mine else 404), (route, who)


def test_a_key_without_the_scope_does_not_reach_the_job_it_could_not_start(office: Office) -> None:
    client, headers, _ = office
    draft = client.post("/v1/imports", files={"file": ("a.csv", "Nội dung\nabc\n".encode())}, headers=headers["clerk"])
    with client.app.state.service.records.write() as session:  # type: ignore[attr-defined]
        user = accounts.find_user(session, "clerk")
        assert user
        _, secret = tokens.make_token(session, user, "narrow", ["classify"], SYSTEM)
    narrow = {"Authorization": f"Bearer {secret}"}
    assert client.get(f"/v1/jobs/{draft.json()['id']}", headers=narrow).status_code == 404
    assert client.get("/v1/jobs", headers=narrow).json()["items"] == []
    assert client.get("/v1/jobs", headers=headers["clerk"]).json()["items"]


def console_routes(routes: Any) -> Iterator[APIRoute]:
    """The routes of pages and forms, those of included routers too."""
    for route in routes:
        if isinstance(route, APIRoute):
            if not route.path.startswith(("/v1", "/healthz", "/readyz", "/metrics")):
                yield route
        elif hasattr(route, "original_router"):
            yield from console_routes(route.original_router.routes)


def asked_of(dependant: Any) -> Iterator[Any]:
    """Everything that a route depends on."""
    for inner in dependant.dependencies:
        yield inner.call
        yield from asked_of(inner)


# Pages of one's own, and those before signing in; every other page names a permission.
PERSONAL = {"/", "/login", "/logout", "/session", "/account", "/account/password", "/account/tokens",
            "/account/tokens/{token_id}/revoke", "/searches", "/searches/{search_id}/drop", "/jobs/{job_id}/cancel",
            "/my-jobs"}  # fmt: skip


def test_every_form_carries_its_token_and_every_page_names_its_permission(office: Office) -> None:
    client, _, _ = office
    found = list(console_routes(client.app.routes))  # type: ignore[attr-defined]
    assert len(found) > 50
    for route in found:
        calls = list(asked_of(route.dependant))
        if route.methods != {"GET"} and route.path != "/login":
            assert from_our_page in calls, route.path
        named = {p for call in calls for p in getattr(call, "permissions", ())}
        assert bool(named) != (route.path in PERSONAL), route.path


@pytest.mark.parametrize("role", ROLES)
def test_every_page_and_form_refuses_exactly_the_roles_without_its_permission(office: Office, role: str) -> None:
    client, _, _ = office
    who = next(name for name, has in PEOPLE.items() if has == role)
    client.cookies.clear()
    assert client.post("/login", data={"username": who, "password": PASSWORD}).status_code == 303
    shown = re.search(r'name="csrf" value="([^"]+)"', client.get("/account").text)
    assert shown
    for route in console_routes(client.app.routes):  # type: ignore[attr-defined]
        if route.path in PERSONAL:
            continue
        needed = {p for call in asked_of(route.dependant) for p in getattr(call, "permissions", ())}
        path = re.sub(r"\{\w+\}", "0000", route.path)
        for method in route.methods:
            more: dict[str, Any] = {} if method == "GET" else {"data": {}, "headers": {"X-CSRF-Token": shown[1]}}
            status = client.request(method, path, **more).status_code
            assert (status == 403) == (not needed <= ROLES[role].permissions), (method, path, role, status)
            assert status < 500, (method, path, role, status)
    client.cookies.clear()


def test_a_hidden_petition_is_left_out_of_the_training_export_unless_asked_for(
    sqlite_url: str, make_client: Callable[..., TestClient]
) -> None:
    client = make_client(sqlite_url, accounts=True)
    headers = {}
    with client.app.state.service.records.write() as session:  # type: ignore[attr-defined]
        for role in ("clerk", "researcher", "admin"):
            user, _ = accounts.create_user(session, f"{role}1", [role], SYSTEM, password=PASSWORD)
            session.flush()
            _, secret = tokens.make_token(session, user, "t", list(PERMISSIONS), SYSTEM)
            headers[role] = {"Authorization": f"Bearer {secret}"}
    for text in (f"Phản ánh {WORDS}.", f"Tố cáo {WORDS}."):
        made = client.post("/v1/petitions", json={"text": text}, headers=headers["clerk"])
        sent = {**headers["clerk"], "If-Match": made.headers["etag"]}
        path = f"/v1/petitions/{made.json()['id']}/decisions"
        assert client.post(path, json={"action": "confirm"}, headers=sent).status_code == 201
    plain = client.get("/v1/feedback/export", headers=headers["researcher"]).text
    whole = client.get("/v1/feedback/export", params={"denunciations": True}, headers=headers["researcher"]).text
    assert ("Tố cáo" in plain, "Phản ánh" in plain, "Tố cáo" in whole) == (False, True, True)
    taken = client.get("/v1/audit", params={"action": "feedback.export"}, headers=headers["admin"]).json()["items"]
    assert [entry["detail"] for entry in taken] == [{"denunciations": True}, {"denunciations": False}]
