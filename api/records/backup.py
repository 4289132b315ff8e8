"""Backup, restore and check of the records."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import inspect, text
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError, OperationalError

from api.records.audit import verify
from api.records.engine import Records
from api.records.migrate import current_revision, head_revision, known_revision
from api.records.tables import metadata
from nlp.text import LangNgheError

OURS = frozenset({*metadata.tables, "alembic_version"})
IN_USE = "Dịch vụ đang mở cơ sở dữ liệu này; hãy dừng dịch vụ rồi phục hồi."


class BackupError(LangNgheError):
    """A backup that cannot be made or used."""


def backup(records: Records, target: Path) -> Path:
    """Write a consistent copy of the records, while the service may go on working.

    SQLite: one file, copied by SQLite itself and checked afterwards. PostgreSQL: `pg_dump` in its custom
    format. The file appears under its name only when it is whole, readable by its owner alone.

    Raises
    ------
    BackupError
        `backup_exists`, `backup_failed`.
    """
    if target.exists():
        raise BackupError("backup_exists", "Tệp sao lưu đã có; hãy chọn tên khác.")
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".sao-luu-")
    os.close(handle)
    partial = Path(name)
    try:
        if records.sqlite:
            _copy_sqlite(_sqlite_path(records), partial)
            _whole_sqlite(partial)
        else:
            _run(["pg_dump", "--format=custom", f"--file={partial}", f"--dbname={plain_url(records.url)}"], "pg_dump")
        partial.replace(target)
    finally:
        partial.unlink(missing_ok=True)
    return target


def restore(url: str, source: Path) -> Path | None:
    """Put a backup in place of the records; the service must not run.

    What was there is kept: on SQLite as a file beside the new one, on PostgreSQL as a dump beside the backup.

    Returns
    -------
    kept : Path or None
        Where the records that were there are now; None where there were none.

    Raises
    ------
    BackupError
        `backup_missing`, `backup_broken`, `backup_newer`, `records_in_use`, `backup_failed`.
    """
    if not source.is_file():
        raise BackupError("backup_missing", "Không thấy tệp sao lưu.")
    records = Records(url)
    try:
        return _restore_sqlite(records, source) if records.sqlite else _restore_postgres(records, source)
    finally:
        records.close()


def _restore_sqlite(records: Records, source: Path) -> Path | None:
    revision = _whole_sqlite(source)
    if not known_revision(records, revision):
        raise BackupError("backup_newer", "Bản sao lưu này do một phiên bản mới hơn của chương trình ghi.")
    path = _sqlite_path(records)
    _not_in_use(path)
    kept = None
    fresh = path.with_name(path.name + ".moi")
    shutil.copyfile(source, fresh)
    fresh.chmod(0o600)
    if path.exists():
        kept = path.with_name(f"{path.name}{_kept_name()}")
        with closing(sqlite3.connect(path)) as old:
            old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        path.replace(kept)
    for rest in ("-wal", "-shm"):
        path.with_name(path.name + rest).unlink(missing_ok=True)
    fresh.replace(path)
    return kept


def _restore_postgres(records: Records, source: Path) -> Path | None:
    listed = _run(["pg_restore", "--list", str(source)], "pg_restore", "backup_broken")
    if " TABLE DATA public petitions " not in listed:
        raise BackupError("backup_broken", "Tệp này không phải bản sao lưu nguyên vẹn.")
    with records.read() as session:
        others = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        if session.execute(text(f"{others} AND backend_type = 'client backend'")).scalar_one():
            raise BackupError("records_in_use", IN_USE)
        present = [t for t in inspect(session.connection()).get_table_names() if t in OURS]
    kept = backup(records, source.with_name(f"{source.name}{_kept_name()}")) if present else None
    records.close()
    # One transaction: tables that only a newer schema has go too, so that a later upgrade can make them again.
    drop = f"DROP TABLE IF EXISTS {', '.join(present)} CASCADE" if present else "SELECT 1"
    with tempfile.TemporaryDirectory() as folder:
        script = Path(folder) / "restore.sql"
        _run(["pg_restore", "--clean", "--if-exists", "--no-owner", f"--file={script}", str(source)], "pg_restore")
        _run(["psql", "--quiet", "--single-transaction", "--set=ON_ERROR_STOP=1", f"--command={drop}",
              f"--file={script}", f"--dbname={plain_url(records.url)}"], "psql")  # fmt: skip
    return kept


def _kept_name() -> str:
    return f".truoc-khi-phuc-hoi-{datetime.now():%Y%m%d-%H%M%S-%f}"


def _not_in_use(path: Path) -> None:
    """Refuse while another process has the file open: it would go on writing to what is no longer the records."""
    if not path.exists():
        return
    try:
        with closing(sqlite3.connect(path, timeout=1, isolation_level=None)) as only:
            only.execute("PRAGMA locking_mode=EXCLUSIVE")
            only.execute("BEGIN EXCLUSIVE")
            only.execute("ROLLBACK")
    except sqlite3.OperationalError as error:
        raise BackupError("records_in_use", IN_USE) from error
    except sqlite3.DatabaseError:
        return  # a broken file is what a backup is for


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check looked at; `good` False is a fault."""

    name: str
    good: bool
    detail: str


def check(records: Records) -> Sequence[Finding]:
    """Look at the file, the schema, the references, the search indexes and the audit chain.

    Raises
    ------
    BackupError
        `records_missing` where there is no file yet; looking must not make one.
    """
    if records.sqlite and not _sqlite_path(records).exists():
        raise BackupError("records_missing", "Không thấy tệp dữ liệu; hãy xem lại LANGNGHE_DATABASE.")
    rows: list[Finding] = []
    try:
        at, head = current_revision(records), head_revision(records)
    except DatabaseError as error:
        if isinstance(error, OperationalError):
            raise
        return [Finding("Tệp dữ liệu", False, "không phải tệp SQLite, hoặc đã hỏng")]
    if at is None:
        return [Finding("Lược đồ", False, "chưa có; chạy langnghe db upgrade")]
    with records.read() as session:
        if records.sqlite:
            said = [str(r[0]) for r in session.execute(text("PRAGMA integrity_check"))]
            rows.append(Finding("Tệp dữ liệu", said == ["ok"], "nguyên vẹn" if said == ["ok"] else said[0][:200]))
            loose = len(session.execute(text("PRAGMA foreign_key_check")).all())
            rows.append(Finding("Tham chiếu", loose == 0, f"{loose} dòng treo" if loose else "khớp"))
            for table in ("findings", "petitions"):
                missing = session.execute(
                    text(f"SELECT count(*) FROM {table} WHERE num NOT IN (SELECT id FROM {table}_fts_docsize)")
                ).scalar_one()
                rows.append(Finding(f"Chỉ mục tìm kiếm {table}", missing == 0, f"thiếu {missing}" if missing else "đủ"))
        else:
            version = str(session.execute(text("SHOW server_version")).scalar_one())
            rows.append(Finding("PostgreSQL", True, version))
        found = verify(session)
    rows.append(Finding("Lược đồ", at == head, f"đang ở {at}" + ("" if at == head else f", cần {head}")))
    detail = f"{found.entries} dòng, niêm phong {found.head[:16]}…"
    if found.broken_at is not None:
        detail = f"đứt ở dòng {found.broken_at}"
    elif found.missing:
        detail = f"thiếu {found.missing} dòng cuối"
    rows.append(Finding("Chuỗi nhật ký", found.whole, detail))
    return rows


def plain_url(url: str) -> str:
    """The URL as PostgreSQL's own tools read it."""
    return make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)


def _sqlite_path(records: Records) -> Path:
    return Path(str(make_url(records.url).database))


def _copy_sqlite(source: Path, target: Path) -> None:
    try:
        with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(target)) as new:
            old.backup(new)  # in one go: in steps, every write of the service would make it begin again
    except sqlite3.Error as error:
        raise BackupError("backup_failed", "Không sao lưu được cơ sở dữ liệu; kiểm tra dung lượng đĩa.") from error


def _whole_sqlite(path: Path) -> str | None:
    """The schema revision of a whole copy."""
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as copy:
            said = copy.execute("PRAGMA quick_check").fetchone()[0]
            tables = {r[0] for r in copy.execute("SELECT name FROM sqlite_master")}
            revision = copy.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error as error:
        raise BackupError("backup_broken", "Tệp này không phải bản sao lưu nguyên vẹn.") from error
    if said != "ok" or "petitions" not in tables:
        raise BackupError("backup_broken", "Tệp này không phải bản sao lưu nguyên vẹn.")
    return str(revision[0]) if revision else None


def _run(command: Sequence[str], tool: str, code: str = "backup_failed") -> str:
    if shutil.which(command[0]) is None:
        raise BackupError("backup_failed", f"Cần lệnh {tool} của PostgreSQL trên máy này.")
    done = subprocess.run(command, capture_output=True, check=False, text=True)
    if done.returncode != 0:
        raise BackupError(code, f"{tool} báo lỗi; tệp sao lưu có thể hỏng, hoặc xem nhật ký của PostgreSQL.")
    return done.stdout
