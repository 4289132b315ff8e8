"""Bulk import: preview, mapping, dry run, rejected rows, repetition, cancelling, and a process that is killed."""

from __future__ import annotations

import csv
import io
import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from openpyxl import Workbook
from sqlalchemy import func, select, text

from api.http.routes.jobs import draft_import
from api.jobs import queue
from api.jobs.importing import guess_mapping, start_import
from api.jobs.kinds import HANDLERS
from api.jobs.tables import TableError, as_date, read_table
from api.jobs.worker import Worker
from api.reading import read_row
from api.records.audit import verify
from api.records.engine import Records
from api.records.operations import ImportRow, Job, JobFile
from api.records.petitions import Analysis, Petition
from api.records.reports import Report
from api.security.roles import PERMISSIONS, ROLES, Principal
from api.settings import Settings

LOCAL = Principal(None, "test", frozenset(ROLES), frozenset(PERMISSIONS), "local")
SETTINGS = Settings(accounts=False)


def table(count: int) -> bytes:
    stream = io.StringIO()
    rows = csv.writer(stream)
    rows.writerow(["Số đến", "Ngày nhận", "Nội dung đơn", "Nguồn"])
    for i in range(count):
        rows.writerow([f"A{i}", f"{1 + i % 28}/9/2026", f"Đường số {i} hư hỏng, đề nghị sửa chữa.", "Cổng trực tuyến"])
    return stream.getvalue().encode()


def start(records: Records, data: bytes, *, dry_run: bool = False, filename: str = "a.csv") -> str:
    with records.write() as session:
        job = draft_import(session, data, filename, LOCAL)
        start_import(session, job, job.payload["mapping"], dry_run)
        return job.id


def worker(records: Records, readers: Any, read: Callable[..., Any] | None = None) -> Worker:
    def plain(rows: Any) -> list[Any]:
        return [read_row(readers, SETTINGS.office, r) for r in rows]

    return Worker(records, SETTINGS, HANDLERS, read or plain, lambda data, name: None)


def finished(records: Records, job_id: str) -> dict[str, Any]:
    with records.read() as session:
        job = session.get_one(Job, job_id)
        assert job.state == "done", (job.state, job.error)
        return dict(job.result or {})


def stored(records: Records) -> int:
    with records.read() as session:
        return int(session.scalar(select(func.count()).select_from(Petition)) or 0)


def test_column_names_as_offices_write_them_are_recognised() -> None:
    guessed = guess_mapping(["STT", "Ngày tiếp nhận", "Họ và tên", "Địa chỉ", "NỘI DUNG ĐƠN", "Kênh", "Số ĐT"])
    assert guessed == {"text": "NỘI DUNG ĐƠN", "received_at": "Ngày tiếp nhận", "channel": "Kênh",
                       "name": "Họ và tên", "address": "Địa chỉ"}  # fmt: skip


def test_an_import_stores_each_row_once_even_when_repeated(records: Records, fake_readers: Any) -> None:
    first = start(records, table(45))
    assert worker(records, fake_readers).work_once()
    assert finished(records, first) == {"rows": 45, "dry_run": False, "stored": 45}
    again = start(records, table(50))
    worker(records, fake_readers).work_once()
    assert finished(records, again) == {"rows": 50, "dry_run": False, "stored": 5, "repeated": 45}
    assert stored(records) == 50
    with records.read() as session:
        numbers = list(session.scalars(select(Petition.register_seq).order_by(Petition.register_seq)))
        assert numbers == list(range(1, 51))
        assert session.scalar(select(func.count()).select_from(JobFile)) == 0
        assert verify(session).whole


def test_a_dry_run_stores_nothing_and_names_every_bad_row(records: Records, fake_readers: Any) -> None:
    tomorrow = (date.today() + timedelta(days=2)).isoformat()
    rows = [
        {"text": "Đường hỏng", "received_at": "2026-09-01"},
        {"text": "Đường hỏng", "received_at": "2026-09-01"},
        {"text": "  ", "received_at": "2026-09-01"},
        {"text": "a", "received_at": "hôm qua"},
        {"text": "a", "received_at": tomorrow},
        {"text": "a"},
    ]
    data = "\n".join(json.dumps(r, ensure_ascii=False) for r in rows).encode()
    job_id = start(records, data, dry_run=True, filename="a.jsonl")
    worker(records, fake_readers).work_once()
    result = {"rows": 6, "dry_run": True, "fits": 1, "repeated": 1, "rejected": 4}
    assert finished(records, job_id) == result
    assert stored(records) == 0
    with records.read() as session:
        bad = list(session.scalars(select(ImportRow).where(ImportRow.outcome == "rejected").order_by(ImportRow.row)))
        assert [(b.row, (b.error or {})["code"]) for b in bad] == [
            (3, "text_empty"), (4, "date_invalid"), (5, "date_out_of_range"), (6, "date_missing")]  # fmt: skip


def test_rejected_rows_carry_the_number_that_stands_beside_them_in_the_file(
    records: Records, fake_readers: Any
) -> None:
    data = "Nội dung,Ngày nhận\n\nĐường hỏng,01/09/2026\n,,\n,02/09/2026\nCầu sập,40/13/2026\n".encode()
    job_id = start(records, data, dry_run=True)
    worker(records, fake_readers).work_once()
    with records.read() as session:
        rows = list(session.scalars(select(ImportRow).where(ImportRow.job_id == job_id).order_by(ImportRow.row)))
    assert [(r.row, r.outcome) for r in rows] == [(3, "fits"), (5, "rejected"), (6, "rejected")]


def test_a_broken_line_is_rejected_and_characters_that_cannot_be_stored_do_not_stop_an_import(
    records: Records, fake_readers: Any
) -> None:
    lines = [
        b'{"text": "\xc4\x90\xc6\xb0\xe1\xbb\x9dng \\ud800 h\xe1\xbb\x8fng", "external_id": "a\\u0000b", "province": "\\udfff"}',
        b'{"text": "c\xe1\xba\xa7u h',
        b'"ch\xe1\xbb\xaf"',
        b'{"text": {"a": 1}}',
    ]
    job_id = start(records, b"\n".join(lines), filename="a" * 400 + ".jsonl")
    worker(records, fake_readers).work_once()
    assert finished(records, job_id) == {"rows": 4, "dry_run": False, "stored": 1, "rejected": 3}
    with records.read() as session:
        codes = [(r.error or {}).get("code") for r in
                 session.scalars(select(ImportRow).where(ImportRow.job_id == job_id).order_by(ImportRow.row))]  # fmt: skip
        petition = session.scalars(select(Petition)).one()
        assert codes == [None, "row_broken", "row_broken", "text_empty"]
        assert (petition.text, petition.external_id, petition.province) == ("Đường \ufffd hỏng", "ab", "\ufffd")


def test_a_number_used_again_for_another_petition_is_named_and_not_taken_for_the_first(
    records: Records, fake_readers: Any
) -> None:
    january = "Mã,Nội dung\n1,Đường hỏng\n2,Rác thải\n".encode()
    february = "Mã,Nội dung\n1,Cầu sập\n2,Rác thải\n1,Chợ bẩn\n".encode()
    start(records, january)
    worker(records, fake_readers).work_once()
    for dry_run in (True, False):
        again = start(records, february, dry_run=dry_run)
        worker(records, fake_readers).work_once()
        assert finished(records, again) == {"rows": 3, "dry_run": dry_run, "repeated": 1, "rejected": 2}
    with records.read() as session:
        bad = list(session.scalars(select(ImportRow).where(ImportRow.job_id == again, ImportRow.outcome == "rejected")))
        assert {(b.error or {})["code"] for b in bad} == {"external_id_reused"}
    assert guess_mapping(["Số thứ tự", "Số", "Nội dung"]) == {"text": "Nội dung"}


def test_a_dry_run_can_be_followed_by_the_real_import(records: Records, fake_readers: Any) -> None:
    job_id = start(records, table(25), dry_run=True)
    worker(records, fake_readers).work_once()
    with records.write() as session:
        job = session.get_one(Job, job_id)
        start_import(session, job, job.payload["mapping"], False)
    worker(records, fake_readers).work_once()
    assert finished(records, job_id) == {"rows": 25, "dry_run": False, "stored": 25}
    assert stored(records) == 25


def test_a_cancelled_import_keeps_what_it_has_stored_and_goes_no_further(records: Records, fake_readers: Any) -> None:
    job_id = start(records, table(100))
    seen = 0

    def read_slowly(rows: Any) -> list[Any]:
        nonlocal seen
        seen += len(rows)
        if seen == 40:
            with records.write() as session:
                queue.cancel(session, session.get_one(Job, job_id), queue.Actor(None, "test"))
        return [read_row(fake_readers, SETTINGS.office, r) for r in rows]

    worker(records, fake_readers, read_slowly).work_once()
    with records.read() as session:
        assert session.get_one(Job, job_id).state == "cancelled"
    assert stored(records) == 20


def test_two_workers_never_do_one_job_twice(records: Records, fake_readers: Any) -> None:
    job_id = start(records, table(60))
    workers = [worker(records, fake_readers) for _ in range(3)]
    threads = [threading.Thread(target=w.work_once) for w in workers]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    assert finished(records, job_id)["stored"] == 60
    assert stored(records) == 60


_KILLED = """
import os, signal, sys
sys.path[:0] = {paths!r}
from api.jobs.kinds import HANDLERS
from api.jobs.worker import Worker
from api.reading import read_row
from api.records.engine import Records
from api.settings import Settings
from fakes import fake_readers
readers, records, left = fake_readers(), Records(sys.argv[1]), int(sys.argv[2])
def read(rows):
    answers = [read_row(readers, Settings().office, r) for r in rows]
    return answers
from api.jobs import importing
add = importing.store.add_petition
def counted(*args, **more):
    global left
    left -= 1
    if left < 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return add(*args, **more)
importing.store.add_petition = counted
Worker(records, Settings(accounts=False), HANDLERS, read, None).work_once()
"""


@pytest.mark.parametrize("killed_after", [0, 7, 20, 33])
def test_a_killed_import_loses_and_doubles_nothing(records: Records, fake_readers: Any, killed_after: int) -> None:
    job_id = start(records, table(45))
    paths = [str(Path(__file__).parent), str(Path.cwd())]
    code = [sys.executable, "-c", _KILLED.format(paths=paths), records.url, str(killed_after)]
    assert subprocess.run(code, check=False, capture_output=True).returncode == -signal.SIGKILL
    assert stored(records) == killed_after // 20 * 20
    assert queue.claim(records, "another", 60) is None
    assert queue.release_dead(records) == 1
    worker(records, fake_readers).work_once()
    assert finished(records, job_id)["stored"] == 45
    assert stored(records) == 45


_KILLED_LATER = """
import os, signal, sys
sys.path[:0] = {paths!r}
from api.jobs import reading
from api.jobs.kinds import HANDLERS
from api.jobs.worker import Worker
from api.reading import read_row
from api.records.engine import Records
from api.settings import Settings
from fakes import fake_readers
readers, records, left = fake_readers(), Records(sys.argv[1]), int(sys.argv[2])
def dying(plain):
    def counted(*args, **more):
        global left
        left -= 1
        if left < 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return plain(*args, **more)
    return counted
reading.petition_store.analyse_again = dying(reading.petition_store.analyse_again)
reading.report_store.add_report = dying(reading.report_store.add_report)
read = lambda rows: [read_row(readers, Settings().office, r) for r in rows]
extract = lambda data, name: readers.mine(readers.read(data, name))
Worker(records, Settings(accounts=False), HANDLERS, read, extract).work_once()
"""


@pytest.mark.parametrize("kind", ["reanalyse", "extract"])
def test_a_killed_reading_job_loses_and_doubles_nothing(
    records: Records, fake_readers: Any, report_text: str, kind: str
) -> None:
    first = start(records, table(30))
    worker(records, fake_readers).work_once()
    assert finished(records, first)["stored"] == 30
    with records.write() as session:
        data = report_text.encode() if kind == "extract" else None
        job_id = queue.add_job(
            session, kind, {"version": "2"}, queue.Actor(None, "test"), filename="a.txt", data=data
        ).id
    paths = [str(Path(__file__).parent), str(Path.cwd())]
    code = [sys.executable, "-c", _KILLED_LATER.format(paths=paths), records.url, "25" if kind == "reanalyse" else "0"]
    assert subprocess.run(code, check=False, capture_output=True).returncode == -signal.SIGKILL
    assert queue.release_dead(records) == 1

    def extract(data: bytes, name: str) -> Any:
        return fake_readers.mine(fake_readers.read(data, name))

    def read(rows: Any) -> list[Any]:
        answers = [read_row(fake_readers, SETTINGS.office, r) for r in rows]
        return [replace(a, result={**a.result, "model": {**a.result["model"], "version": "2"}}) for a in answers]

    Worker(records, SETTINGS, HANDLERS, read, extract).work_once()
    result = finished(records, job_id)
    with records.read() as session:
        counts = dict(
            session.execute(select(Analysis.petition_num, func.count()).group_by(Analysis.petition_num)).all()
        )
        reports = session.scalar(select(func.count()).select_from(Report))
    if kind == "extract":
        assert (reports, result["created"]) == (1, True)
    else:
        # The killed process read with the older version: its 20 stored answers stay, and each is followed by one more.
        assert len(counts) == 30 and set(counts.values()) <= {2, 3}
        assert result["refused"] == 0
    assert stored(records) == 30


def test_a_job_left_when_the_database_went_away_is_taken_up_at_once_and_not_given_up(records: Records) -> None:
    job_id = start(records, table(3))
    for _ in range(queue.ATTEMPTS + 2):
        claimed = queue.claim(records, "this", 60)
        assert claimed and (claimed.id, claimed.attempt) == (job_id, 1)
    assert queue.claim(records, "another", 60) is None


def test_a_job_that_keeps_killing_its_worker_is_given_up(records: Records, fake_readers: Any) -> None:
    job_id = start(records, table(3))
    for _ in range(queue.ATTEMPTS):
        assert queue.claim(records, queue.worker_name(), -1) is not None
    assert queue.claim(records, queue.worker_name(), -1) is None
    with records.read() as session:
        job = session.get_one(Job, job_id)
        assert (job.state, (job.error or {})["code"]) == ("failed", "job_crashed")


def test_the_worker_outlives_a_database_that_was_replaced_under_it(
    sqlite_url: str, make_client: Callable[..., TestClient]
) -> None:
    client = make_client(sqlite_url, jobs=True, job_poll_s=0.02)
    service = client.app.state.service  # type: ignore[attr-defined]
    with service.records.write() as session:
        session.execute(text("ALTER TABLE jobs RENAME TO hidden"))
    service.wake_jobs()
    time.sleep(0.3)
    with service.records.write() as session:
        session.execute(text("ALTER TABLE hidden RENAME TO jobs"))
    draft = client.post("/v1/imports", files={"file": ("a.csv", table(3), "text/csv")}).json()
    client.post(f"/v1/imports/{draft['id']}/start", json={"mapping": draft["mapping"], "dry_run": False})
    deadline = time.monotonic() + 10
    while (job := client.get(f"/v1/jobs/{draft['id']}").json())["state"] != "done" and time.monotonic() < deadline:
        time.sleep(0.05)
    assert job["result"]["stored"] == 3


def test_import_over_http_from_excel_with_preview_mapping_and_rejected_rows(
    sqlite_url: str, make_client: Callable[..., TestClient]
) -> None:
    client = make_client(sqlite_url, jobs=True, job_poll_s=0.05)
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.append(["Mã", "Nội dung", "Ngày nhận"])
    for i in range(30):
        sheet.append([i, f"Rác thải chất đống ở ngõ {i}.", date(2026, 9, 1 + i % 20)])
    sheet.append([99, None, date(2026, 9, 1)])
    stream = io.BytesIO()
    book.save(stream)
    draft = client.post("/v1/imports", files={"file": ("don.xlsx", stream.getvalue())}).json()
    assert draft["mapping"] == {"text": "Nội dung", "received_at": "Ngày nhận", "external_id": "Mã"}
    assert draft["preview"][0]["Ngày nhận"].startswith("2026-09-01")
    refused = client.post(f"/v1/imports/{draft['id']}/start", json={"mapping": {"text": "Không có"}})
    assert (refused.status_code, refused.json()["code"]) == (422, "mapping_incomplete")
    started = client.post(f"/v1/imports/{draft['id']}/start", json={"mapping": draft["mapping"]})
    assert started.status_code == 202
    deadline = threading.Event()
    for _ in range(200):
        job = client.get(f"/v1/jobs/{draft['id']}").json()
        if job["state"] == "done":
            break
        deadline.wait(0.05)
    assert job["result"] == {"rows": 31, "dry_run": False, "stored": 30, "rejected": 1}
    assert "text_empty" in client.get(f"/v1/imports/{draft['id']}/rejected").text
    assert client.get("/v1/petitions", params={"q": "rac thai"}).json()["total"] == 30
    done = client.post(f"/v1/jobs/{draft['id']}/cancel")
    assert (done.status_code, done.json()["code"]) == (409, "job_finished")


@pytest.mark.parametrize(
    ("data", "name", "code"),
    [(b"", "a.csv", "table_empty"), (b"x", "a.exe", "table_format"), (b"PK\x03\x04broken", "a.xlsx", "table_broken"),
     (b'{"a": 1\n[', "a.jsonl", "table_broken"), (b"a;b\n", "a.csv", "table_empty")],
)  # fmt: skip
def test_files_that_are_no_tables_are_named(data: bytes, name: str, code: str) -> None:
    with pytest.raises(TableError) as error:
        read_table(data, name)
    assert error.value.code == code


def test_dates_as_people_write_them() -> None:
    wanted = date(2026, 11, 2)
    for written in ("2026-11-02", "2/11/2026", "02-11-2026", "2.11.2026", "2026-11-02T08:30:00", "02/11/2026 08:30"):
        assert as_date(written) == wanted
    for wrong in ("31/2/2026", "11/2", "hôm nay", "", "²/1/2026"):
        assert as_date(wrong) is None
