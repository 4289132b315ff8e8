"""The demonstration set: some of the project's own petitions and reports, entered as an office would enter them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy import select

from api.readers import Readers
from api.reading import READ_FROM, read
from api.records import petition_store, report_store
from api.records.audit import Actor
from api.records.base import today
from api.records.engine import Records
from api.records.petitions import Petition
from api.records.reports import Report
from nlp.petitions.intake import Office
from nlp.registry.locate import corpora_root
from nlp.text import LangNgheError

log = structlog.get_logger("langnghe.demo")
PETITIONS = 60
REPORTS = 4
# What came longer ago has been dealt with, but for one in ten.
SETTLED_AFTER = timedelta(days=14)
DEMO = Actor(None, "Bản trình diễn")


def load_demo(records: Records, readers: Readers, corpora: Path | None = None) -> None:
    """Fill empty records with petitions and reports of `corpora`; what is already there is left alone.

    Received dates are spread over the last weeks, so that lists and charts look like an office's. Two of three
    petitions carry the decision that the corpus' annotators made; most of the older ones are resolved.
    """
    root = corpora or corpora_root()
    with records.read() as session:
        has_petitions = session.scalar(select(Petition.num).limit(1)) is not None
        has_reports = session.scalar(select(Report.num).limit(1)) is not None
    if not has_petitions and readers.petitions is not None:
        _petitions(records, readers, root)
    if not has_reports and readers.reports is not None:
        _reports(records, readers, root)


def _petitions(records: Records, readers: Readers, root: Path) -> None:
    day, rows = today(), list(_chosen(root))
    for i, row in enumerate(rows):
        received = day - timedelta(days=(len(rows) - 1 - i) * 3 // 2)
        channel = row.get("channel") if row.get("channel") in petition_store.CHANNELS else "other"
        new = petition_store.NewPetition(row["text"], received, channel or "other", row["id"])
        try:
            reading = read(readers, Office(), {"id": row["id"], **{n: getattr(new, n) for n in READ_FROM}})
        except LangNgheError as error:
            log.warning("petition", code=error.code)
            continue
        with records.write() as session:
            petition = petition_store.add_petition(session, new, reading, DEMO)
            if i % 3:
                labels = {k: row[k] for k in petition_store.TASKS if row.get(k)}
                petition_store.decide(session, petition, labels, DEMO)
                if day - received > SETTLED_AFTER and i % 10:
                    petition_store.change(session, petition, DEMO, status="resolved")
                elif i % 2:
                    petition_store.change(session, petition, DEMO, status="in_progress")


def _chosen(root: Path) -> Iterator[dict[str, Any]]:
    """A spread of the corpus: every n-th row, so that all fields, hands and channels turn up."""
    rows = [
        json.loads(line)
        for path in sorted((root / "petitions").glob("*.jsonl"))
        for line in path.read_text(encoding="utf-8").splitlines()
        if line.strip()
    ]
    chosen = rows[:: max(1, len(rows) // PETITIONS)][:PETITIONS]
    yield from chosen
    # One complaint comes a second time, as happens every week in an office.
    again = next((r for r in chosen if r.get("type") == "khieu_nai"), None)
    if again is not None:
        yield {**again, "id": f"{again['id']}-2", "channel": "post"}


def _reports(records: Records, readers: Readers, root: Path) -> None:
    # A report has its annotation beside it; other pages of the folder (its datasheet) are none.
    paths = [p for p in sorted((root / "reports").glob("*.md")) if p.with_suffix(".json").exists()]
    for path in paths[:: max(1, len(paths) // REPORTS)][:REPORTS]:
        data = path.read_bytes()
        try:
            read = readers.mine(readers.read(data, path.name))
        except LangNgheError as error:
            log.warning("report", code=error.code)
            continue
        with records.write() as session:
            report_store.add_report(session, read, DEMO, data)
