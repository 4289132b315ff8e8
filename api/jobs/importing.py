"""Bulk import of petitions: rows checked one by one, stored in small steps, safe to repeat."""

from __future__ import annotations

import csv
import hashlib
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from api.jobs.queue import JobError
from api.jobs.tables import BROKEN, as_date, as_text, read_table
from api.jobs.worker import Step
from api.reading import READ_FROM
from api.records import petition_store as store
from api.records.accounts import User
from api.records.audit import Actor
from api.records.base import today
from api.records.intakes import Reading
from api.records.operations import ImportKey, ImportRow, Job, JobFile
from api.records.petitions import Petition
from nlp.text import fold_key

STEP = 20
LONGEST = 1_000_000
REUSED = "Mã này đã nhập với nội dung khác; nếu là đơn mới, hãy bỏ chọn cột mã hoặc sửa mã."
TARGETS: dict[str, str] = {
    "text": "Nội dung đơn",
    "received_at": "Ngày nhận",
    "channel": "Nguồn đơn",
    "external_id": "Mã ở hệ thống cũ",
    "province": "Tỉnh, thành phố",
    "commune": "Xã, phường",
    "name": "Người gửi",
    "address": "Địa chỉ",
    "contact": "Liên hệ",
}
# Column names as offices write them, folded; the first that fits wins.
_KNOWN: dict[str, tuple[str, ...]] = {
    "text": ("text", "noi dung", "noi dung don", "noi dung phan anh", "noi dung kien nghi", "toan van", "don thu"),
    "received_at": ("received_at", "ngay nhan", "ngay tiep nhan", "ngay den", "ngay", "ngay gui", "thoi gian"),
    "channel": ("channel", "nguon", "nguon don", "kenh", "kenh tiep nhan", "hinh thuc"),
    "external_id": ("external_id", "id", "ma", "ma don", "ma ho so", "so den", "ma so"),
    "province": ("province", "tinh", "tinh thanh", "tinh thanh pho", "tinh, thanh pho"),
    "commune": ("commune", "xa", "phuong", "xa phuong", "xa, phuong", "dia ban", "don vi hanh chinh"),
    "name": ("name", "ho ten", "ho va ten", "nguoi gui", "nguoi lam don", "ten nguoi gui", "cong dan"),
    "address": ("address", "dia chi", "noi o", "cho o hien nay"),
    "contact": ("contact", "lien he", "dien thoai", "so dien thoai", "sdt", "email"),
}
_CHANNELS = {
    "truc tiep": "don",
    "nop truc tiep": "don",
    "buu chinh": "post",
    "buu dien": "post",
    "cong truc tuyen": "portal",
    "cong thong tin": "portal",
    "duong day nong": "hotline",
    "thu dien tu": "email",
    "cu tri": "voter",
    "bao chi": "newspaper",
    "bien ban tiep dan": "minutes",
    "tiep cong dan": "minutes",
}


@dataclass(frozen=True, slots=True)
class RowProblem:
    """Why a row is not stored."""

    code: str
    message: str


def guess_mapping(columns: Sequence[str]) -> dict[str, str]:
    """Which column feeds which part of a petition, guessed from the column names; {target: column}."""
    keys = {column: fold_key(column).strip(" :*.") for column in columns}
    mapping: dict[str, str] = {}
    for target, names in _KNOWN.items():
        for name in names:
            found = next((c for c in columns if keys[c] == name.replace("_", " ") and c not in mapping.values()), None)
            if found is not None:
                mapping[target] = found
                break
    return mapping


def to_petition(row: Mapping[str, Any], mapping: Mapping[str, str], on: date) -> store.NewPetition | RowProblem:
    """A row as a petition that is entered `on` a day, or what is wrong with it."""

    def value(target: str) -> Any:
        return row.get(mapping.get(target, ""), "")

    if row is BROKEN:
        return RowProblem("row_broken", "Dòng này không phải một đối tượng JSON hợp lệ.")
    text = as_text(value("text")).replace("\r\n", "\n")
    if not text.strip():
        return RowProblem("text_empty", "Không có nội dung đơn.")
    if len(text) > LONGEST:
        return RowProblem("text_too_long", "Nội dung đơn quá dài.")
    received: date | None = on
    if "received_at" in mapping:
        raw = value("received_at")
        received = as_date(raw) if raw != "" else None
        if received is None:
            code = "date_missing" if raw == "" else "date_invalid"
            return RowProblem(code, "Thiếu ngày nhận." if raw == "" else "Ngày nhận không đúng dạng ngày/tháng/năm.")
    assert received is not None
    if not date(1945, 9, 2) <= received <= on:
        return RowProblem("date_out_of_range", "Ngày nhận ở tương lai hoặc quá xa.")
    name = as_text(value("name"))[:300]
    parties = (
        store.NewParty(name=name, address=as_text(value("address"))[:500], contact=as_text(value("contact"))[:200]),
    )
    return store.NewPetition(
        text, received, _channel(as_text(value("channel"))), as_text(value("external_id"))[:120] or None,
        as_text(value("province"))[:80] or None, as_text(value("commune"))[:120] or None, parties if name else (),
    )  # fmt: skip


def _channel(text: str) -> str:
    key = fold_key(text)
    return key if key in store.CHANNELS else _CHANNELS.get(key, "other")


def row_key(new: store.NewPetition) -> str:
    """What makes two rows the same petition: the old system's id, or text, date and channel together."""
    parts = [new.channel, new.external_id] if new.external_id else [new.text, new.received_at.isoformat(), new.channel]
    return hashlib.sha256("\x1f".join(str(p) for p in parts).encode("utf-8", "surrogatepass")).hexdigest()


def start_import(session: Session, job: Job, mapping: Mapping[str, str], dry_run: bool) -> None:
    """Put a draft import into the queue with its mapping.

    Raises
    ------
    JobError
        `import_started` when it is no draft any more, `mapping_incomplete` without a column for the text.
    """
    if job.kind != "import" or job.state not in ("draft", "done"):
        raise JobError("import_started", "Lần nhập này đã bắt đầu.")
    if job.state == "done" and not job.payload.get("dry_run"):
        raise JobError("import_started", "Lần nhập này đã xong.")
    chosen = {t: c for t, c in mapping.items() if t in TARGETS and c in job.payload["columns"]}
    if "text" not in chosen:
        raise JobError("mapping_incomplete", "Hãy chọn cột chứa nội dung đơn.")
    for row in session.scalars(select(ImportRow).where(ImportRow.job_id == job.id)):
        session.delete(row)
    job.payload = {**job.payload, "mapping": chosen, "dry_run": dry_run}
    job.state, job.done, job.result, job.error, job.finished_at = "queued", 0, None, None, None


def run_import(step: Step) -> dict[str, Any]:
    """Import (or, in a dry run, check) the rows that no earlier attempt has dealt with.

    Each step of 20 rows stores its petitions, its outcomes and the progress in one transaction, so a process that is
    killed at any moment has either stored a row with its key or not begun it.
    """
    payload = step.claim.payload
    with step.records.read() as session:
        stored = session.get(JobFile, step.claim.id)
        if stored is None:
            raise JobError("import_file_gone", "Không còn tệp của lần nhập này; hãy tải lên lại.")
        data, filename = stored.data, stored.filename
        dealt = set(session.scalars(select(ImportRow.row).where(ImportRow.job_id == step.claim.id)))
        actor = _actor(session, step.claim.id)
    rows = read_table(data, filename).rows
    waiting = [(number, row) for number, row in rows if number not in dealt]
    for start in range(0, len(waiting), STEP):
        _import_some(step, waiting[start : start + STEP], payload, actor, len(dealt) + min(start + STEP, len(waiting)))
    with step.records.read() as session:
        tally = select(ImportRow.outcome, func.count()).where(ImportRow.job_id == step.claim.id)
        counts = {row[0]: row[1] for row in session.execute(tally.group_by(ImportRow.outcome))}
    return {"rows": len(rows), "dry_run": bool(payload.get("dry_run")), **counts}


def _actor(session: Session, job_id: str) -> Actor:
    job = session.get_one(Job, job_id)
    user = session.get(User, job.created_by) if job.created_by else None
    return Actor(user.id, user.display_name or user.username) if user else Actor(None, "nhập hàng loạt")


def _import_some(
    step: Step, rows: Sequence[tuple[int, Mapping[str, Any]]], payload: Mapping[str, Any], actor: Actor, done: int
) -> None:
    day = today()
    parsed = [(number, to_petition(row, payload["mapping"], day)) for number, row in rows]
    good = [(number, new) for number, new in parsed if isinstance(new, store.NewPetition)]
    keys = {number: row_key(new) for number, new in good}
    with step.records.read() as session:
        known = _known(session, list(keys.values()))
    fresh = [(number, new) for number, new in good if keys[number] not in known]
    dry = bool(payload.get("dry_run"))
    answers: dict[int, Reading | dict[str, Any]] = {}
    if not dry:
        asked = [{"id": str(n), **{name: getattr(new, name) for name in READ_FROM}} for n, new in fresh]
        answers = {n: a for (n, _), a in zip(fresh, step.read(asked), strict=True)}
    with step.records.write() as session:
        known = _known(session, list(keys.values()))
        for number, new in parsed:
            outcome = ImportRow(job_id=step.claim.id, row=number, outcome="rejected")
            if isinstance(new, RowProblem):
                outcome.error = {"code": new.code, "message": new.message}
            elif keys[number] in known:
                petition_id, digest = known[keys[number]]
                if digest == store.text_digest(new.text):
                    outcome.outcome, outcome.petition_id = "repeated", petition_id
                else:
                    # Offices start their numbers anew; taking this for the earlier petition would lose it.
                    outcome.error = {"code": "external_id_reused", "message": REUSED}
            elif dry:
                outcome.outcome, known[keys[number]] = "fits", (None, store.text_digest(new.text))
            elif isinstance(answer := answers[number], dict):
                outcome.error = answer["error"]
            else:
                petition = store.add_petition(session, new, answer, actor)
                session.add(ImportKey(key=keys[number], petition_id=petition.id))
                outcome.outcome, outcome.petition_id = "stored", petition.id
                known[keys[number]] = (petition.id, petition.text_sha256)
            session.add(outcome)
        step.store(session, done)


def _known(session: Session, keys: Sequence[str]) -> dict[str, tuple[str | None, str]]:
    """For every key that was imported before, its petition and the digest of that petition's text."""
    rows = (
        select(ImportKey.key, ImportKey.petition_id, Petition.text_sha256)
        .join(Petition, Petition.id == ImportKey.petition_id)
        .where(ImportKey.key.in_(keys))
    )
    return {key: (petition_id, digest) for key, petition_id, digest in session.execute(rows)}


def rejected_csv(session: Session, job: Job) -> bytes:
    """The rows that were not stored, with the reason, as CSV that Excel opens with its accents."""
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerow(["dòng", "mã lỗi", "lý do"])
    rows = select(ImportRow).where(ImportRow.job_id == job.id, ImportRow.outcome == "rejected").order_by(ImportRow.row)
    for row in session.scalars(rows):
        error = row.error or {}
        writer.writerow([row.row, error.get("code", ""), error.get("message", "")])
    return b"\xef\xbb\xbf" + stream.getvalue().encode()
