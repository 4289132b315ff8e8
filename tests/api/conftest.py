"""Applications to test: on SQLite by default, on PostgreSQL too where a test asks for `url`."""

from __future__ import annotations

import importlib.util
import os
import sys
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.http.app import create_app
from api.records.engine import Records
from api.records.migrate import upgrade
from api.settings import Settings

POSTGRES = os.environ.get("LANGNGHE_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/test")


def _neighbour(name: str) -> ModuleType:
    # Tests are imported by path, so their neighbours are loaded by path as well.
    known = sys.modules.get(f"langnghe_{name}")
    if known:
        return known
    spec = importlib.util.spec_from_file_location(f"langnghe_{name}", Path(__file__).with_name(f"{name}.py"))
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


fakes, visitors = _neighbour("fakes"), _neighbour("visitors")


@pytest.fixture(scope="session")
def report_text() -> str:
    """A small report that the fake reader understands."""
    return str(fakes.REPORT)


@pytest.fixture(scope="session")
def fake_readers() -> Any:
    """Readers that speak the contract without a model."""
    return fakes.fake_readers()


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty, up-to-date SQLite database to copy, so that the migrations run once a session."""
    path = tmp_path_factory.mktemp("template") / "empty.db"
    records = Records(f"sqlite:///{path}")
    upgrade(records)
    records.close()
    return path


@pytest.fixture(scope="module")
def office_app(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path, fake_readers: Any) -> Iterator[Any]:
    """A running office with one account a role, for tests at a browser."""
    path = tmp_path_factory.mktemp("office") / "office.db"
    path.write_bytes(sqlite_template.read_bytes())
    with visitors.running_office(path, fake_readers) as app:
        yield app


@pytest.fixture(scope="module")
def office(office_app: Any) -> str:
    """The address of the running office."""
    return str(office_app.state.base)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """Debian's Chromium."""
    with visitors.running_browser() as browser:
        yield browser


def _postgres_schema() -> Iterator[str]:
    import psycopg

    plain = POSTGRES.replace("postgresql+psycopg://", "postgresql://")
    schema = f"t_{uuid.uuid4().hex[:12]}"
    with psycopg.connect(plain, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {schema}")
    joint = "&" if "?" in POSTGRES else "?"
    try:
        yield f"{POSTGRES}{joint}options=-csearch_path%3D{schema}"
    finally:
        with psycopg.connect(plain, autocommit=True) as connection:
            connection.execute(f"DROP SCHEMA {schema} CASCADE")


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    """A fresh SQLite database."""
    path = tmp_path / "records.db"
    path.write_bytes(sqlite_template.read_bytes())
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url() -> Iterator[str]:
    """A fresh PostgreSQL schema; tests that use it are marked `postgres`."""
    yield from _postgres_schema()


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """A fresh database, once of each kind."""
    if request.param == "sqlite":
        yield request.getfixturevalue("sqlite_url")
    else:
        yield from _postgres_schema()


@pytest.fixture
def records(url: str) -> Iterator[Records]:
    """Open records on a fresh database."""
    opened = Records(url)
    upgrade(opened)
    yield opened
    opened.close()


@pytest.fixture
def make_client(fake_readers: Any) -> Iterator[Callable[..., TestClient]]:
    """Start applications with fake readers; each is stopped when the test ends."""
    started: list[TestClient] = []

    def make(url: str, **settings: Any) -> TestClient:
        values = {"accounts": False, "jobs": False, **settings}
        client = TestClient(create_app(Settings(database=url, **values), fake_readers), follow_redirects=False)
        client.__enter__()
        started.append(client)
        return client

    yield make
    for client in started:
        client.__exit__(None, None, None)


@pytest.fixture
def client(sqlite_url: str, make_client: Callable[..., TestClient]) -> TestClient:
    """An application without accounts on SQLite."""
    return make_client(sqlite_url)
