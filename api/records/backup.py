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
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import make_url

from api.records.audit import verify
from api.records.engine import Records
from api.records.migrate import current_revision, head_revision
from nlp.text import LangNgheError


class BackupError(LangNgheError):
    """A backup that cannot be made or used."""


def backup(records: Records, target: Path) -> Path:
    """Write a consistent copy of the records, while the service may go on working.

    SQLite: one file, copied page by page by SQLite itself and checked afterwards. PostgreSQL: `pg_dump` in its custom
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

    SQLite: the present file is kept beside the new one under a name that ends in `.truoc-khi-phuc-hoi`.

    Returns
    -------
    kept : Path or None
        Where the records that were there are now; None where there were none, and for PostgreSQL.

    Raises
    ------
    BackupError
        `backup_missing`, `backup_broken`, `backup_failed`.
    """
    if not source.is_file():
        raise BackupError("backup_missing", "Không thấy tệp sao lưu.")
    records = Records(url)
    if not records.sqlite:
        _run(["pg_restore", "--clean", "--if-exists", "--no-owner", "--single-transaction",
              f"--dbname={plain_url(records.url)}", str(source)], "pg_restore")  # fmt: skip
        records.close()
        return None
    _whole_sqlite(source)
    path = _sqlite_path(records)
    records.close()
    kept = None
    fresh = path.with_name(path.name + ".moi")
    shutil.copyfile(source, fresh)
    if path.exists():
        kept = path.with_name(path.name + ".truoc-khi-phuc-hoi")
        kept.unlink(missing_ok=True)
        with closing(sqlite3.connect(path)) as old:
            old.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        path.replace(kept)
    for rest in ("-wal", "-shm"):
        path.with_name(path.name + rest).unlink(missing_ok=True)
    fresh.replace(path)
    return kept


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that a check looked at; `good` False is a fault."""

    name: str
    good: bool
    detail: str


def check(records: Records) -> Sequence[Finding]:
    """Look at the file, the schema, the references, the search indexes and the audit chain."""
    rows: list[Finding] = []
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
    at, head = current_revision(records), head_revision(records)
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
            old.backup(new, pages=2000)
    except sqlite3.Error as error:
        raise BackupError("backup_failed", "Không sao lưu được cơ sở dữ liệu; kiểm tra dung lượng đĩa.") from error


def _whole_sqlite(path: Path) -> None:
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as copy:
            said = copy.execute("PRAGMA quick_check").fetchone()[0]
            tables = {r[0] for r in copy.execute("SELECT name FROM sqlite_master")}
    except sqlite3.Error as error:
        raise BackupError("backup_broken", "Tệp này không phải bản sao lưu nguyên vẹn.") from error
    if said != "ok" or "petitions" not in tables:
        raise BackupError("backup_broken", "Tệp này không phải bản sao lưu nguyên vẹn.")


def _run(command: Sequence[str], tool: str) -> None:
    if shutil.which(command[0]) is None:
        raise BackupError("backup_failed", f"Cần lệnh {tool} của PostgreSQL trên máy này.")
    done = subprocess.run(command, capture_output=True, check=False, text=True)
    if done.returncode != 0:
        raise BackupError("backup_failed", f"{tool} báo lỗi; xem nhật ký của PostgreSQL.")
