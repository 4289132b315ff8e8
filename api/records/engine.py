"""Opening the database: one object that hands out sessions, the same on SQLite and PostgreSQL."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, create_engine, event, text
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from nlp.text import LangNgheError


class RecordsError(LangNgheError):
    """The database cannot do its work now; `retry_after` is in seconds, None where waiting does not help."""

    retry_after: int | None = 2


class RecordsBusyError(RecordsError):
    """Another writer holds the database."""

    def __init__(self) -> None:
        super().__init__("records_busy", "Cơ sở dữ liệu đang bận, xin thử lại sau vài giây.")


class RecordsGoneError(RecordsError):
    """The database server does not answer."""

    def __init__(self) -> None:
        super().__init__("records_unavailable", "Không kết nối được cơ sở dữ liệu; hệ thống sẽ tự kết nối lại.")


class RecordsFullError(RecordsError):
    """No room is left on the disk; nothing was stored."""

    retry_after = None

    def __init__(self) -> None:
        super().__init__("records_full", "Ổ đĩa đã đầy, chưa lưu được. Hãy báo quản trị viên giải phóng dung lượng.")


class Records:
    """The records of one instance.

    Parameters
    ----------
    url : str
        A SQLAlchemy URL, `sqlite:///path` or `postgresql://…`.
    busy_timeout_ms : int
        How long a writer waits for another one.
    rules : IntakeRules, optional
        The office's own intake rules; they travel with the sessions, because reports are made anew inside them.
    """

    def __init__(self, url: str, busy_timeout_ms: int = 5000, rules: Any = None) -> None:
        if url.startswith(("postgresql://", "postgres://")):
            url = "postgresql+psycopg://" + url.split("://", 1)[1]
        self.url = url
        self._info: dict[str, Any] = {"rules": rules, "columns": {}}
        self.sqlite = url.startswith("sqlite")
        self._wait_s = busy_timeout_ms / 1000
        self._one_writer = threading.Lock()
        options: dict[str, Any]
        if self.sqlite:
            path = url.partition("///")[2].partition("?")[0]
            if not path or ":memory:" in path:
                raise RecordsError("records_url", "LANGNGHE_DATABASE: cần một tệp, ví dụ sqlite:///var/langnghe.db.")
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            options = {"connect_args": {"check_same_thread": False, "timeout": self._wait_s}, "pool_size": 16,
                       "max_overflow": 16, "pool_timeout": self._wait_s}  # fmt: skip
        else:
            options = {"pool_pre_ping": True, "pool_size": 12, "max_overflow": 8, "pool_timeout": self._wait_s,
                       "connect_args": {"connect_timeout": 5}}  # fmt: skip
        # A statement's parameters are texts of petitions: no error may carry them.
        self.engine = create_engine(url, hide_parameters=True, **options)
        self._writing = self.engine.execution_options(writing=True)
        if self.sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite(busy_timeout_ms))
            event.listen(self.engine, "begin", _begin_sqlite)
        else:
            event.listen(self.engine, "connect", _prepare_postgres)

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session that sees one consistent state and writes nothing."""
        with translated(), Session(self.engine, expire_on_commit=False, autoflush=False, info=self._info) as session:
            yield session

    @contextmanager
    def write(self) -> Iterator[Session]:
        """A session whose work is stored as a whole when the block ends, or not at all when it raises.

        Raises
        ------
        RecordsBusyError, RecordsFullError, RecordsGoneError
            When the database cannot take it now.
        """
        # SQLite has one writer; waiting on a lock here is fairer and quicker than its own polling.
        if self.sqlite and not self._one_writer.acquire(timeout=self._wait_s):
            raise RecordsBusyError
        try:
            with (
                translated(),
                Session(self._writing, expire_on_commit=False, info=self._info) as session,
                session.begin(),
            ):
                yield session
        finally:
            if self.sqlite:
                self._one_writer.release()

    def ping(self) -> None:
        """Raise if the database does not answer."""
        with self.read() as session:
            session.execute(text("SELECT 1"))

    def close(self) -> None:
        """Give all connections back; SQLite first refreshes what its planner knows about the tables."""
        if self.sqlite and self.engine.pool.checkedin():  # type: ignore[attr-defined]
            with contextlib.suppress(DBAPIError), self.engine.connect() as connection:
                connection.exec_driver_sql("PRAGMA optimize")
        self.engine.dispose()


@contextmanager
def translated() -> Iterator[None]:
    """Turn what the drivers raise for a busy, full or vanished database into this house's errors."""
    try:
        yield
    except PoolTimeout as error:
        raise RecordsBusyError from error
    except (OperationalError, InterfaceError) as error:
        raise _named(error) from error
    except DBAPIError as error:
        if error.connection_invalidated or "disk" in str(error.orig).lower():
            raise _named(error) from error
        raise


def _named(error: DBAPIError) -> Exception:
    reason = str(error.orig).lower()
    if "locked" in reason or "busy" in reason or "lock timeout" in reason or "deadlock" in reason:
        return RecordsBusyError()
    if "disk is full" in reason or "no space left" in reason or "disk i/o" in reason or "disk full" in reason:
        return RecordsFullError()
    if isinstance(error.orig, sqlite3.Error) and "unable to open" not in reason and "readonly" not in reason:
        return error
    return RecordsGoneError()


def _prepare_sqlite(busy_timeout_ms: int) -> Any:
    def prepare(connection: sqlite3.Connection, _record: object) -> None:
        # The driver's own transaction handling would open a read transaction that cannot be upgraded under WAL.
        connection.isolation_level = None
        cursor = connection.cursor()
        for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", f"busy_timeout={busy_timeout_ms}",
                       "cache_size=-32000", "mmap_size=268435456",
                       "temp_store=MEMORY"):  # fmt: skip
            cursor.execute(f"PRAGMA {pragma}")
        cursor.close()

    return prepare


def _prepare_postgres(connection: Any, _record: object) -> None:
    # PostgreSQL's default supposes spinning disks; on others it walks whole tables instead of using the text indexes.
    connection.autocommit = True
    connection.execute("SET random_page_cost = 1.1")
    connection.autocommit = False


def _begin_sqlite(connection: Connection) -> None:
    writing = connection.get_execution_options().get("writing", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")
