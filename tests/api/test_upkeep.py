"""Keeping the records: backup and restore on both databases, the check, and how long things are kept."""

from __future__ import annotations

import os
import shutil
import uuid
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from importlib import resources
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from fastapi.testclient import TestClient
from sqlalchemy import NullPool, create_engine, make_url, text

from api.records import backup as backups
from api.records.audit import SYSTEM
from api.records.base import now
from api.records.engine import Records, RecordsError
from api.records.intakes import routing_cases
from api.records.migrate import upgrade
from api.records.retention import CLOSED, RetentionError, Rule, apply, due, load_rules, wipe_traces
from api.records.tables import metadata
from api.rules import RulesError
from nlp.petitions.intake import RoutingRules, dry_run

NAMED = (
    "Tôi là Nguyễn Thị Hoa, số điện thoại 0912345678. Đề nghị xã sửa đường trước nhà tôi, tôi đã kiến nghị nhiều lần."
)
FORGET = Rule("danh_tinh", "Danh tính", "petitions", 30, True, "thử", "verify")


@pytest.fixture
def office(url: str, make_client: Callable[..., TestClient]) -> TestClient:
    """An application without accounts, once on each database."""
    return make_client(url)


def records_of(client: TestClient) -> Records:
    found: Records = client.app.state.service.records  # type: ignore[attr-defined]
    return found


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def whole_url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A database of its own, once of each kind: a restore takes the whole one."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_url")
        return
    if not shutil.which("pg_dump") or not shutil.which("psql"):
        pytest.skip("the tools of PostgreSQL are not installed")
    server = create_engine(postgres_server(), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    name = f"t_{uuid.uuid4().hex[:12]}"
    with server.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    try:
        yield make_url(postgres_server()).set(database=name).render_as_string(hide_password=False)
    finally:
        with server.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))


def postgres_server() -> str:
    """Where the tests' server is."""
    return os.environ.get("LANGNGHE_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/test")


def test_a_backup_taken_at_work_brings_everything_back(
    whole_url: str, make_client: Callable[..., TestClient], tmp_path: Path, report_text: str
) -> None:
    office = make_client(whole_url)
    records = records_of(office)
    first = office.post("/v1/petitions", json={"text": NAMED}).json()
    office.post("/v1/reports", files={"file": ("a.txt", report_text.encode())})
    made = backups.backup(records, tmp_path / "a.copy")
    with pytest.raises(backups.BackupError, match="đã có"):
        backups.backup(records, made)
    office.post("/v1/petitions", json={"text": "Rác thải."})
    with pytest.raises(backups.BackupError) as error:
        backups.restore(records.url, made)
    assert error.value.code == "records_in_use"
    records.close()
    kept = backups.restore(records.url, made)
    assert kept is not None and kept.exists()
    later = backups.restore(records.url, kept)
    assert later not in (None, kept)
    assert office.get("/v1/petitions").json()["total"] == 2
    records.close()
    backups.restore(records.url, made)
    assert [p["id"] for p in office.get("/v1/petitions").json()["items"]] == [first["id"]]
    assert office.get("/v1/findings", params={"q": "dat dai"}).json()["total"] == 2
    assert all(row.good for row in backups.check(records))


@pytest.mark.parametrize("content", [b"junk", b"PGDMP junk", b"SQLite format 3\x00 junk"])
def test_a_file_that_is_no_backup_changes_nothing(
    whole_url: str, make_client: Callable[..., TestClient], tmp_path: Path, content: bytes
) -> None:
    office = make_client(whole_url)
    office.post("/v1/petitions", json={"text": "Rác thải."})
    records = records_of(office)
    records.close()
    (tmp_path / "a.copy").write_bytes(content)
    with pytest.raises(backups.BackupError) as error:
        backups.restore(records.url, tmp_path / "a.copy")
    assert error.value.code == "backup_broken"
    assert office.get("/v1/petitions").json()["total"] == 1


def test_a_backup_of_a_newer_program_is_refused(client: TestClient, tmp_path: Path) -> None:
    records = records_of(client)
    with records.write() as session:
        session.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    made = backups.backup(records, tmp_path / "a.db")
    records.close()
    with pytest.raises(backups.BackupError) as error:
        backups.restore(records.url, made)
    assert error.value.code == "backup_newer"
    with pytest.raises(RecordsError, match="phiên bản mới hơn"):
        upgrade(records)


def test_the_check_makes_no_file_and_names_one_that_is_no_database(tmp_path: Path) -> None:
    missing, junk, empty = (Records(f"sqlite:///{tmp_path}/{n}.db") for n in ("missing", "junk", "empty"))
    with pytest.raises(backups.BackupError) as error:
        backups.check(missing)
    assert error.value.code == "records_missing"
    assert not (tmp_path / "missing.db").exists()
    (tmp_path / "junk.db").write_bytes(b"no database " * 100)
    (tmp_path / "empty.db").touch()
    assert [[(f.name, f.good) for f in backups.check(r)] for r in (junk, empty)] == [
        [("Tệp dữ liệu", False)], [("Lược đồ", False)]]  # fmt: skip


def test_the_check_names_what_is_broken(client: TestClient) -> None:
    client.post("/v1/petitions", json={"text": NAMED})
    records = records_of(client)
    assert all(row.good for row in backups.check(records))
    with records.write() as session:
        session.execute(text("INSERT INTO petitions_fts(petitions_fts, rowid, exact, folded) "
                             "SELECT 'delete', num, exact, folded FROM petitions"))  # fmt: skip
        session.execute(text("UPDATE audit SET action = 'x' WHERE seq = 1"))
    broken = {row.name for row in backups.check(records) if not row.good}
    assert broken == {"Chỉ mục tìm kiếm petitions", "Chuỗi nhật ký"}


def test_the_shipped_rules_load_and_touch_no_petition_unless_switched_on() -> None:
    rules = load_rules()
    assert {r.what for r in rules} == {"sessions", "keys", "drafts", "files", "petitions"}
    assert not any(r.enabled for r in rules if r.what in ("files", "petitions"))
    assert all(r.basis and r.status in ("read", "second_hand", "verify") for r in rules)


@pytest.mark.parametrize("row", ["{code: a}", "{code: a, name: a, what: all, keep_days: 1, enabled: true, basis: b, status: read}",
                                 "{code: a, name: a, what: keys, keep_days: 0, enabled: true, basis: b, status: read}"])  # fmt: skip
def test_a_broken_rule_is_refused(tmp_path: Path, row: str) -> None:
    (tmp_path / "r.yaml").write_text(f"rules: [{row}]", encoding="utf-8")
    with pytest.raises(RetentionError):
        load_rules(str(tmp_path / "r.yaml"))


def test_a_closed_petition_loses_its_names_and_keeps_its_place_in_the_statistics(office: TestClient) -> None:
    records = records_of(office)
    closed = office.post("/v1/petitions", json={"text": NAMED, "external_id": "CU-1"}).json()
    opened = office.post("/v1/petitions", json={"text": NAMED + " Lần hai."}).json()
    path = f"/v1/petitions/{closed['id']}"
    office.patch(path, json={"status": CLOSED[0]}, headers={"If-Match": f'"{closed["version"]}"'})
    later = now() + timedelta(days=31)
    with records.read() as session:
        assert (due(session, FORGET), due(session, FORGET, later)) == (0, 1)
    assert apply(records, FORGET, SYSTEM) == 0
    assert apply(records, FORGET, SYSTEM, later) == 1
    assert apply(records, FORGET, SYSTEM, later) == 0
    body = office.get(path).json()
    assert "[HỌ TÊN 1]" in body["text"] and body["external_id"] is None
    assert (body["labels"], body["register_number"]) == (closed["labels"], closed["register_number"])
    told = office.get(path).text + office.get(f"{path}/intake").text + office.get(f"{path}/history").text
    told += office.post(f"{path}/identity", json={"reason": "kiểm tra"}).text
    assert "Nguyễn Thị Hoa" not in told and "0912345678" not in told
    for e in [*body["analysis"]["urgency"]["signals"], *(e for f in body["analysis"]["fields"] for e in f["evidence"])]:
        assert body["text"][e["start"] : e["end"]] == e["text"]
    assert [p["id"] for p in office.get("/v1/petitions", params={"q": "nguyen thi hoa"}).json()["items"]] == [
        opened["id"]
    ]
    entry = office.get("/v1/audit", params={"action": "retention"}).json()["items"][0]
    assert entry["detail"] == {"count": 1}
    assert all(row.good for row in backups.check(records))


def test_nothing_forgotten_stays_in_the_file(client: TestClient) -> None:
    records = records_of(client)
    petition = client.post("/v1/petitions", json={"text": NAMED}).json()
    client.patch(f"/v1/petitions/{petition['id']}", json={"status": "returned"},
                 headers={"If-Match": f'"{petition["version"]}"'})  # fmt: skip
    apply(records, FORGET, SYSTEM, now() + timedelta(days=31))
    wipe_traces(records)
    path = Path(records.url.split("///", 1)[1])
    data = path.read_bytes() + Path(f"{path}-wal").read_bytes()
    assert b"0912345678" not in data
    assert "Thị Hoa".encode() not in data


def test_sessions_keys_and_abandoned_imports_go(office: TestClient) -> None:
    records = records_of(office)
    office.post("/v1/petitions", json={"text": NAMED}, headers={"Idempotency-Key": "mot-khoa-dai"})
    draft = office.post("/v1/imports", files={"file": ("a.csv", f'Nội dung\n"{NAMED}"\n'.encode())}).json()
    later, rules = now() + timedelta(days=60), {r.what: r for r in load_rules()}
    for what, count in (("sessions", 0), ("keys", 1), ("drafts", 1)):
        assert apply(records, rules[what], SYSTEM, later) == count, what
        assert apply(records, rules[what], SYSTEM, later) == 0, what
    job = office.get(f"/v1/jobs/{draft['id']}")
    assert job.json()["state"] == "cancelled"
    with records.read() as session:
        assert "Hoa" not in str(session.execute(text("SELECT payload FROM jobs")).all())
    with pytest.raises(RetentionError):
        apply(records, rules["petitions"], SYSTEM)


def test_the_rules_page_says_basis_status_and_what_is_due(client: TestClient) -> None:
    shown: Any = client.get("/rules")
    assert shown.status_code == 200
    for words in ("Thời hạn lưu", "deadlines.yaml", "cần kiểm tra", "7 ngày làm việc", date.today().strftime("%Y")):
        assert words in shown.text


def test_the_migrations_make_exactly_what_the_models_say(records: Records) -> None:
    def wanted(thing: Any, name: str | None, kind: str, _reflected: bool, _other: Any) -> bool:
        # Search indexes are made by hand, because no declarative form exists for them.
        return not (name and ("_fts" in name or "tsv_" in name))

    with records.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "include_object": wanted})
        assert compare_metadata(context, metadata) == []


def test_an_offices_own_rules_decide_and_a_broken_file_stops_the_start(
    sqlite_url: str, make_client: Callable[..., TestClient], tmp_path: Path
) -> None:
    packaged = resources.files("nlp.petitions.intake").joinpath("data", "routing.yaml").read_text(encoding="utf-8")
    (tmp_path / "routing.yaml").write_text(packaged.replace("Phòng Kinh tế", "Tổ Đất đai số Một"), encoding="utf-8")
    client = make_client(sqlite_url, rules=str(tmp_path))
    text = "Tôi khiếu nại UBND xã An Lĩnh thu hồi đất của gia đình tôi mà không bồi thường."
    petition = client.post("/v1/petitions", json={"text": text}).json()
    path = f"/v1/petitions/{petition['id']}"
    assert "Tổ Đất đai số Một" in str(client.get(f"{path}/intake").json()["routing"])
    client.post(f"{path}/decisions", json={"action": "confirm"}, headers={"If-Match": f'"{petition["version"]}"'})
    assert "Tổ Đất đai số Một" in str(client.get(f"{path}/intake").json()["routing"])
    assert "của cơ quan" in client.get("/rules").text
    with records_of(client).read() as session:
        (case,) = routing_cases(session)
    assert case.id == petition["register_number"]
    moves = dry_run([case], RoutingRules.load(), RoutingRules.load(tmp_path / "routing.yaml"))
    assert [m.id for m in moves] == [case.id]
    (tmp_path / "deadlines.yaml").write_text("version: 1\nsteps: [{id: a, code: b}]", encoding="utf-8")
    with pytest.raises(RulesError, match="deadlines.yaml"):
        make_client(sqlite_url, rules=str(tmp_path))
    with pytest.raises(RulesError):
        make_client(sqlite_url, rules=str(tmp_path / "none"))
