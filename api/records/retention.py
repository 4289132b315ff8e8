"""How long records are kept, as data: counted first (a dry run), carried out only when asked, and audited."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import ColumnElement, Select, delete, exists, func, or_, select, text
from sqlalchemy.orm import Session

from api.privacy import moved_report, moved_result, redacted
from api.records.accounts import LoginSession
from api.records.audit import Actor
from api.records.audit import record as audit
from api.records.base import now
from api.records.duplicates import index_numbers
from api.records.engine import Records
from api.records.intakes import Intake
from api.records.operations import IdempotencyKey, Job, JobFile
from api.records.petitions import Analysis, Attachment, Decision, Party, Petition, PetitionBand, PetitionEvent
from api.records.reports import Report, StoredFile
from api.records.words import exact_words, folded_words
from nlp.petitions.intake import fingerprint
from nlp.text import LangNgheError

CLOSED = ("resolved", "returned", "withdrawn")
FORGOTTEN = "retention"
STEP = 200


class RetentionError(LangNgheError):
    """A retention file that cannot be used."""

    def __init__(self, message: str) -> None:
        super().__init__("retention_file", message)


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of data: `keep_days` after which it goes, the legal basis and how far that was checked."""

    code: str
    name: str
    what: str
    keep_days: int
    enabled: bool
    basis: str
    status: str


def load_rules(path: str = "") -> tuple[Rule, ...]:
    """The rules of an office's file, else those that come with the program.

    Raises
    ------
    RetentionError
        If the file is missing or a row is incomplete or unknown.
    """
    try:
        source = Path(path) if path else resources.files("api.records").joinpath("retention.yaml")
        rules = tuple(Rule(**row) for row in yaml.safe_load(source.read_text(encoding="utf-8"))["rules"])
    except (OSError, yaml.YAMLError, TypeError, KeyError) as error:
        raise RetentionError("Tệp thời hạn lưu không đọc được hoặc thiếu mục.") from error
    for rule in rules:
        if rule.what not in _KINDS or not isinstance(rule.keep_days, int) or rule.keep_days < 1 or not rule.basis:
            raise RetentionError(f"Dòng {rule.code}: what, keep_days hoặc basis không hợp lệ.")
    return rules


def due(session: Session, rule: Rule, at: datetime | None = None) -> int:
    """How many records a rule would touch now; nothing is changed."""
    rows = _KINDS[rule.what].rows(_before(rule, at))
    return int(session.scalar(select(func.count()).select_from(rows.subquery())) or 0)


def apply(records: Records, rule: Rule, actor: Actor, at: datetime | None = None) -> int:
    """Carry a rule out in small steps, each stored with its audit entry; returns how many records it touched.

    Raises
    ------
    RetentionError
        For a rule that is not enabled.
    """
    if not rule.enabled:
        raise RetentionError(f"Dòng {rule.code} chưa được bật (enabled: true) trong tệp thời hạn lưu.")
    kind, touched = _KINDS[rule.what], 0
    while True:
        with records.write() as session:
            keys = list(session.scalars(kind.rows(_before(rule, at)).limit(STEP)))
            if not keys:
                return touched
            kind.forget(session, keys)
            audit(session, actor, "retention", "rule", rule.code, count=len(keys))
        touched += len(keys)


def wipe_traces(records: Records) -> None:
    """Rewrite a SQLite file so that nothing forgotten stays in its free pages; PostgreSQL's own vacuum does it there."""
    if not records.sqlite:
        return
    with records.write() as session:
        session.execute(text("INSERT INTO petitions_fts(petitions_fts) VALUES ('optimize')"))
    with records.engine.connect() as connection:
        raw = connection.connection.driver_connection
        assert raw is not None
        raw.execute("VACUUM")
        raw.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _before(rule: Rule, at: datetime | None) -> datetime:
    return (at or now()) - timedelta(days=rule.keep_days)


@dataclass(frozen=True, slots=True)
class _Kind:
    """Which rows are older than a moment, and how they are forgotten, by their keys."""

    rows: Callable[[datetime], Select[Any]]
    forget: Callable[[Session, list[Any]], None]


def _closed(before: datetime) -> ColumnElement[bool]:
    return Petition.status.in_(CLOSED) & (Petition.updated_at < before)


def _forget_drafts(session: Session, ids: list[str]) -> None:
    session.execute(delete(JobFile).where(JobFile.job_id.in_(ids)))
    for job in session.scalars(select(Job).where(Job.id.in_(ids))):
        job.payload = {**job.payload, "preview": []}
        if job.state == "draft":
            job.state, job.finished_at = "cancelled", now()


def _forget_files(session: Session, ids: list[int]) -> None:
    hashes = set(session.scalars(select(Attachment.sha256).where(Attachment.id.in_(ids))))
    session.execute(delete(Attachment).where(Attachment.id.in_(ids)))
    still = set(session.scalars(select(Attachment.sha256).where(Attachment.sha256.in_(hashes))))
    still |= set(session.scalars(select(Report.sha256).where(Report.sha256.in_(hashes))))
    session.execute(delete(StoredFile).where(StoredFile.sha256.in_(hashes - still)))


def _forget_petitions(session: Session, nums: list[int]) -> None:
    """Replace text and every quote by the redacted copy; labels, dates and counts stay for statistics."""
    for petition in session.scalars(select(Petition).where(Petition.num.in_(nums))):
        given = petition.text
        for analysis in session.scalars(select(Analysis).where(Analysis.petition_num == petition.num)):
            analysis.result = moved_result(given, analysis.result)
        for intake in session.scalars(select(Intake).where(Intake.petition_num == petition.num)):
            intake.report = _without_respondents(moved_report(given, intake.report))
        for decision in session.scalars(select(Decision).where(Decision.petition_num == petition.num)):
            decision.note = redacted(decision.note).text if decision.note else ""
        copy = redacted(given).text
        petition.text, petition.title = copy, redacted(petition.title).text
        petition.exact, petition.folded = exact_words(copy), folded_words(copy)
        petition.text_sha256, petition.external_id = hashlib.sha256(copy.encode()).hexdigest(), None
        session.execute(delete(Party).where(Party.petition_num == petition.num))
        session.execute(delete(PetitionBand).where(PetitionBand.petition_num == petition.num))
        for number in index_numbers(fingerprint(copy)):
            session.add(PetitionBand(value=number, petition_num=petition.num))
        session.add(PetitionEvent(petition_num=petition.num, kind=FORGOTTEN, detail={}, actor_name="thời hạn lưu"))


def _without_respondents(report: Mapping[str, Any]) -> dict[str, Any]:
    return {**report, "routing_case": {**report["routing_case"], "respondents": []}}


_NOT_YET = ~exists().where(PetitionEvent.petition_num == Petition.num, PetitionEvent.kind == FORGOTTEN)
_KINDS: dict[str, _Kind] = {
    "sessions": _Kind(
        lambda before: select(LoginSession.digest).where(LoginSession.expires_at < before),
        lambda session, keys: _delete(session, LoginSession, LoginSession.digest, keys),
    ),
    "keys": _Kind(
        lambda before: select(IdempotencyKey.key).where(IdempotencyKey.created_at < before),
        lambda session, keys: _delete(session, IdempotencyKey, IdempotencyKey.key, keys),
    ),
    "drafts": _Kind(
        lambda before: select(Job.id).where(
            Job.state.in_(("draft", "failed")),
            Job.created_at < before,
            or_(exists().where(JobFile.job_id == Job.id), Job.state == "draft"),
        ),
        _forget_drafts,
    ),
    "files": _Kind(
        lambda before: (
            select(Attachment.id).join(Petition, Petition.num == Attachment.petition_num).where(_closed(before))
        ),
        _forget_files,
    ),
    "petitions": _Kind(lambda before: select(Petition.num).where(_closed(before), _NOT_YET), _forget_petitions),
}


def _delete(session: Session, table: Any, key: Any, keys: list[Any]) -> None:
    session.execute(delete(table).where(key.in_(keys)))
