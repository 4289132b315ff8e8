"""Signing in: one-time passwords, lock-out, strict cookies, forms that carry a token, keys with scopes."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.records.audit import SYSTEM
from api.records.engine import Records
from api.security import accounts, passwords
from api.security.throttle import Throttle

PASSWORD = "con sông nhỏ chảy qua làng"


@pytest.fixture
def office(sqlite_url: str, make_client: Callable[..., TestClient]) -> TestClient:
    """An application with accounts, one for each role, all with the same password."""
    client = make_client(sqlite_url, accounts=True)
    with client.app.state.service.records.write() as session:  # type: ignore[attr-defined]
        for role in ("clerk", "handler", "writer", "researcher"):
            accounts.create_user(session, role, [role], SYSTEM, password=PASSWORD)
    return client


def sign_in(client: TestClient, username: str, password: str = PASSWORD) -> Any:
    client.cookies.clear()
    return client.post("/login", data={"username": username, "password": password})


def csrf_of(client: TestClient, path: str = "/") -> str:
    found = re.search(r'name="csrf" value="([0-9a-f]+)"', client.get(path).text)
    assert found
    return found[1]


def test_without_signing_in_pages_lead_to_the_form_and_the_api_says_so(office: TestClient) -> None:
    page = office.get("/reports?x=1")
    assert (page.status_code, page.headers["location"]) == (303, "/login?next=/reports%3Fx%3D1")
    answer = office.get("/v1/petitions")
    assert (answer.status_code, answer.json()["code"]) == (401, "signed_out")
    assert office.get("/v1/taxonomy").status_code == office.get("/healthz").status_code == 200


def test_signing_in_leads_back_only_inside_and_sets_a_strict_cookie(office: TestClient) -> None:
    for target, expected in (("/reports", "/reports"), ("//evil.example/", "/"), ("https://evil.example", "/"),
                             ("/\\evil.example", "/")):  # fmt: skip
        office.cookies.clear()
        answer = office.post("/login", data={"username": "clerk", "password": PASSWORD, "next": target})
        assert (answer.status_code, answer.headers["location"]) == (303, expected)
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie
    assert office.get("/v1/me").json()["roles"] == ["clerk"]


def test_guessing_locks_the_account_and_says_the_same_for_unknown_names(office: TestClient) -> None:
    unknown = sign_in(office, "nobody", "x")
    for _ in range(5):
        wrong = sign_in(office, "clerk", "x")
        assert wrong.status_code == 401
    assert wrong.text.replace("clerk", "") == unknown.text.replace("nobody", "")
    locked = sign_in(office, "clerk")
    assert locked.status_code == 401
    assert "tạm khóa" in locked.text


def test_many_sign_ins_from_one_place_are_slowed_down(office: TestClient) -> None:
    office.app.state.service.sign_in_throttle = Throttle(1, burst=2)  # type: ignore[attr-defined]
    texts = [sign_in(office, f"someone{i}", "x").text for i in range(3)]
    assert ["hãy chờ một phút" in t for t in texts] == [False, False, True]


def test_the_first_administrator_must_change_the_one_time_password(
    sqlite_url: str, make_client: Callable[..., TestClient]
) -> None:
    first = make_client(sqlite_url, accounts=True)
    old = first.app.state.service.first_password  # type: ignore[attr-defined]
    client = make_client(sqlite_url, accounts=True)
    password = client.app.state.service.first_password  # type: ignore[attr-defined]
    assert password and password != old
    assert sign_in(client, "admin", old).status_code == 401
    assert sign_in(client, "admin", password).status_code == 303
    assert client.get("/").headers["location"] == "/account"
    assert client.get("/v1/users").json()["code"] == "password_must_change"
    weak = client.post("/account/password", data={"csrf": csrf_of(client, "/account"), "old": password,
                                                  "new": "matkhau123456", "again": "matkhau123456"})  # fmt: skip
    assert "dễ đoán" in weak.text
    done = client.post("/account/password", data={"csrf": csrf_of(client, "/account"), "old": password,
                                                  "new": PASSWORD, "again": PASSWORD})  # fmt: skip
    assert done.status_code == 303
    assert client.get("/v1/users").status_code == 200
    assert make_client(sqlite_url, accounts=True).app.state.service.first_password == ""  # type: ignore[attr-defined]


def test_the_one_time_password_is_told_again_until_it_is_changed_even_if_it_was_used(
    sqlite_url: str, make_client: Callable[..., TestClient]
) -> None:
    client = make_client(sqlite_url, accounts=True)
    used = client.app.state.service.first_password  # type: ignore[attr-defined]
    assert sign_in(client, "admin", used).status_code == 303
    for method, path, body in (("GET", "/v1/tokens", None), ("GET", "/v1/jobs", None), ("GET", "/v1/searches", None),
                               ("POST", "/v1/tokens", {"name": "a", "scopes": ["audit.read"]})):  # fmt: skip
        assert client.request(method, path, json=body).json()["code"] == "password_must_change"
    again = make_client(sqlite_url, accounts=True)
    told = again.app.state.service.first_password  # type: ignore[attr-defined]
    assert told not in ("", used)
    assert sign_in(again, "admin", told).status_code == 303
    csrf = csrf_of(again, "/account")
    again.post("/account/password", data={"csrf": csrf, "old": told, "new": PASSWORD, "again": PASSWORD})
    with again.app.state.service.records.write() as session:  # type: ignore[attr-defined]
        admin = accounts.find_user(session, "admin")
        assert admin
        handed = accounts.reset_password(session, admin, SYSTEM)
    assert make_client(sqlite_url, accounts=True).app.state.service.first_password == ""  # type: ignore[attr-defined]
    assert sign_in(again, "admin", handed).status_code == 303


def test_forms_without_their_token_and_requests_from_other_sites_are_refused(office: TestClient) -> None:
    sign_in(office, "writer")
    files = {"files": ("a.txt", b"I. X\nCon cham.", "text/plain")}
    assert office.post("/reports", files=files).status_code == 403
    assert office.post("/reports", files=files, data={"csrf": "0" * 64}).status_code == 403
    assert office.post("/reports", files=files, data={"csrf": csrf_of(office)}).status_code == 303
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        answer = office.post("/v1/petitions/classify", json={"text": "a"}, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (403, "csrf_failed")


def test_signing_out_ends_the_session_itself(office: TestClient) -> None:
    sign_in(office, "clerk")
    kept = dict(office.cookies)
    assert office.post("/logout", data={"csrf": csrf_of(office)}).status_code == 303
    for name, value in kept.items():
        office.cookies.set(name, value)
    assert office.get("/v1/me").status_code == 401


def test_a_key_may_do_its_scopes_and_never_more_than_its_account(office: TestClient) -> None:
    sign_in(office, "clerk")
    refused = office.post("/v1/tokens", json={"name": "a", "scopes": ["audit.read"]})
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    made = office.post("/v1/tokens", json={"name": "a", "scopes": ["classify"]}).json()
    office.cookies.clear()
    bearer = {"Authorization": f"Bearer {made['secret']}"}
    assert office.post("/v1/petitions/classify", json={"text": "đất"}, headers=bearer).status_code == 200
    assert office.get("/v1/petitions", headers=bearer).json()["code"] == "forbidden"
    assert office.get("/", headers=bearer).status_code == 303
    assert office.get("/v1/me", headers={"Authorization": "Bearer lngh_nope"}).json()["code"] == "token_invalid"
    sign_in(office, "clerk")
    assert office.delete(f"/v1/tokens/{made['id']}").status_code == 204
    office.cookies.clear()
    assert office.get("/v1/me", headers=bearer).status_code == 401


def test_a_disabled_account_is_out_at_once_and_the_last_administrator_stays(office: TestClient) -> None:
    sign_in(office, "clerk")
    records: Records = office.app.state.service.records  # type: ignore[attr-defined]
    with records.write() as session:
        user = accounts.find_user(session, "clerk")
        assert user
        accounts.set_active(session, user, False, SYSTEM)
    assert office.get("/v1/me").status_code == 401
    with records.write() as session, pytest.raises(accounts.AccountError):
        admin = accounts.find_user(session, "admin")
        assert admin
        accounts.set_roles(session, admin, ["clerk"], SYSTEM)


def test_neither_cookies_nor_keys_nor_passwords_are_stored_readably(office: TestClient, tmp_path: Any) -> None:
    sign_in(office, "clerk")
    made = office.post("/v1/tokens", json={"name": "a", "scopes": ["classify"]}).json()
    office.app.state.service.records.close()  # type: ignore[attr-defined]
    stored = b"".join(p.read_bytes() for p in tmp_path.glob("records.db*"))
    for secret in (made["secret"], PASSWORD, *office.cookies.values()):
        assert secret.encode() not in stored


def test_one_time_passwords_are_accepted_by_the_rules_and_differ() -> None:
    made = {passwords.one_time() for _ in range(20)}
    assert len(made) == 20
    for password in made:
        passwords.check_new(password, "clerk")


def test_pages_carry_security_headers_and_no_inline_script_or_style(client: TestClient) -> None:
    for path in ("/", "/read", "/reports", "/findings"):
        answer = client.get(path)
        policy = answer.headers["content-security-policy"]
        assert "script-src 'self'" in policy
        assert "unsafe" not in policy
        assert answer.headers["x-frame-options"] == "DENY"
        assert answer.headers["cache-control"] == "no-store"
        assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|\sstyle=|<style", answer.text)


def test_a_foreign_host_name_is_refused_where_anyone_at_the_machine_is_the_operator(client: TestClient) -> None:
    answer = client.get("/", headers={"Host": "rebind.example"})
    assert (answer.status_code, answer.json()["code"]) == (400, "host_unknown")
