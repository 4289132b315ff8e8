"""A full disk, a locked database, a vanished server, too many callers: clear answers, and recovery by itself."""

from __future__ import annotations

import contextlib
import socket
import sqlite3
import threading
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import event

from api.http.app import create_app
from api.records.audit import SYSTEM
from api.security.accounts import create_user
from api.security.tokens import make_token
from api.settings import Settings

TEXT = "Đường hỏng, đề nghị sửa chữa."


def add(client: TestClient) -> Any:
    return client.post("/v1/petitions", json={"text": TEXT})


def test_a_full_disk_is_named_nothing_is_half_stored_and_work_goes_on_when_there_is_room(
    sqlite_url: str, make_client: Callable[..., TestClient], report_text: str
) -> None:
    client = make_client(sqlite_url)
    add(client)
    engine = client.app.state.service.records.engine  # type: ignore[attr-defined]

    def no_room(connection: Any, _record: Any, _proxy: Any) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages}")

    event.listen(engine, "checkout", no_room)
    big = report_text + "\n".join(f"Công tác {i} còn chậm, chưa đáp ứng yêu cầu." for i in range(400))
    full = client.post("/v1/reports", files={"file": ("a.txt", big.encode())})
    assert (full.status_code, full.json()["code"]) == (507, "records_full")
    assert client.get("/v1/reports").json()["total"] == 0
    assert client.get("/v1/petitions").json()["total"] == 1
    event.remove(engine, "checkout", no_room)
    engine.dispose()
    assert client.post("/v1/reports", files={"file": ("a.txt", big.encode())}).status_code == 201


def test_a_locked_database_answers_busy_and_recovers(sqlite_url: str, make_client: Callable[..., TestClient]) -> None:
    client = make_client(sqlite_url, busy_timeout_ms=200)
    holder = sqlite3.connect(sqlite_url.split("///", 1)[1], isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    busy = add(client)
    assert (busy.status_code, busy.json()["code"]) == (503, "records_busy")
    assert int(busy.headers["retry-after"]) > 0
    assert client.get("/v1/petitions").status_code == 200
    page = client.get("/petitions")
    assert page.status_code == 200
    holder.execute("ROLLBACK")
    holder.close()
    assert add(client).status_code == 201


class Door:
    """A way to PostgreSQL that can be shut and opened."""

    def __init__(self, port: int) -> None:
        self._target = port
        self._open: list[socket.socket] = []
        self.port = 0
        self.open()

    def open(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._serve, args=(self._listener,), daemon=True).start()

    def shut(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        for end in self._open:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
            end.close()
        self._open.clear()

    def _serve(self, listener: socket.socket) -> None:
        while True:
            try:
                near, _ = listener.accept()
            except OSError:
                return
            far = socket.create_connection(("127.0.0.1", self._target))
            self._open += [near, far]
            for a, b in ((near, far), (far, near)):
                threading.Thread(target=self._pump, args=(a, b), daemon=True).start()

    @staticmethod
    def _pump(source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        with contextlib.suppress(OSError):
            target.shutdown(socket.SHUT_WR)


@pytest.mark.postgres
def test_a_vanished_postgresql_is_named_and_found_again(
    postgres_url: str, make_client: Callable[..., TestClient]
) -> None:
    door = Door(5432)
    client = make_client(postgres_url.replace(":5432/", f":{door.port}/"))
    assert add(client).status_code == 201
    door.shut()
    for answer in (client.get("/v1/petitions"), add(client)):
        assert (answer.status_code, answer.json()["code"]) == (503, "records_unavailable")
        assert answer.headers["retry-after"]
    assert client.get("/healthz").status_code == 200
    ready = client.get("/readyz")
    assert (ready.status_code, ready.json()["checks"]) == (503, {"records": "records_unavailable"})
    assert client.get("/petitions").status_code == 503
    door.open()
    assert add(client).status_code == 201
    assert client.get("/v1/petitions").json()["total"] == 2
    door.shut()


@pytest.fixture
def slow_server(sqlite_url: str, fake_readers: Any) -> Iterator[int]:
    """A server whose reader takes its time, with a short queue."""
    import uvicorn

    class Slow:
        def classify(self, text: str, **more: Any) -> Any:
            time.sleep(0.03)
            return fake_readers.petitions.classify(text, **more)

    settings = Settings(database=sqlite_url, accounts=False, jobs=False, classify_queue=10)
    app = create_app(settings, replace(fake_readers, petitions=Slow()))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.02)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    thread.join(timeout=10)


def test_a_hundred_callers_get_an_answer_or_503_and_life_signs_stay_quick(slow_server: int) -> None:
    base = f"http://127.0.0.1:{slow_server}"
    seen: Counter[int] = Counter()
    lock = threading.Lock()
    begin = threading.Barrier(101)

    def call() -> None:
        request = urllib.request.Request(f"{base}/v1/petitions/classify", data=b'{"text": "a"}', method="POST",
                                         headers={"Content-Type": "application/json"})  # fmt: skip
        begin.wait()
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                status = answer.status
        except urllib.error.HTTPError as error:
            status = error.code
            assert int(error.headers["retry-after"]) >= 1
        with lock:
            seen[status] += 1

    threads = [threading.Thread(target=call) for _ in range(100)]
    for t in threads:
        t.start()
    begin.wait()
    with urllib.request.urlopen(f"{base}/healthz", timeout=5) as alive:
        assert alive.status == 200
    for t in threads:
        t.join()
    assert set(seen) == {200, 503}
    assert sum(seen.values()) == 100
    assert seen[200] >= 11


def test_bodies_beyond_the_limit_are_refused_even_without_a_length(sqlite_url: str, make_client: Any) -> None:
    client = make_client(sqlite_url, max_json=1000, max_body=2000)
    long = client.post("/v1/petitions/classify", json={"text": "a" * 2000})
    assert (long.status_code, long.json()["code"]) == (413, "body_too_large")

    def pieces() -> Iterator[bytes]:
        for _ in range(50):
            yield b" " * 100

    streamed = client.post("/v1/petitions/classify", content=pieces(), headers={"content-type": "application/json"})
    assert (streamed.status_code, streamed.json()["code"]) == (413, "body_too_large")


def test_one_caller_cannot_use_up_everybodys_turn(sqlite_url: str, make_client: Any) -> None:
    client = make_client(sqlite_url, requests_per_minute=8)
    codes = [client.get("/v1/taxonomy").status_code for _ in range(4)]
    assert codes == [200, 200, 429, 429]
    assert client.get("/healthz").status_code == 200


def test_made_up_keys_are_no_way_around_the_bound_and_known_people_have_their_own(
    sqlite_url: str, make_client: Any
) -> None:
    client = make_client(sqlite_url, accounts=True, requests_per_minute=16)
    with client.app.state.service.records.write() as session:
        user, _ = create_user(session, "lan", ["clerk"], SYSTEM, password="con sông nhỏ chảy qua làng")
        session.flush()
        secrets = [make_token(session, user, "t", ["petition.read"], SYSTEM)[1] for _ in range(2)]
    own = [{"Authorization": f"Bearer {secret}"} for secret in secrets]
    assert [client.get("/v1/me", headers=h).status_code for h in own] == [200, 200]
    codes = [client.get("/v1/me", headers={"Authorization": f"Bearer x{i}"}).status_code for i in range(4)]
    assert codes == [401, 401, 429, 429]
    # Both keys are one person's, who does not suffer from the address.
    assert [client.get("/v1/me", headers=own[i % 2]).status_code for i in range(6)] == [200] * 4 + [429] * 2
