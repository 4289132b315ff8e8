"""Jobs that read again: a large report in the background, or petitions with a newer model."""

from __future__ import annotations

from typing import Any

from sqlalchemy import select

from api.jobs.importing import STEP, _actor
from api.jobs.queue import JobError
from api.jobs.worker import Step
from api.records import petition_store, report_store
from api.records.operations import Job, JobFile
from api.records.petitions import Analysis, Petition


def run_extract(step: Step) -> dict[str, Any]:
    """Read one uploaded report and store it with its findings."""
    with step.records.read() as session:
        stored = session.get(JobFile, step.claim.id)
        if stored is None:
            raise JobError("file_gone", "Không còn tệp của việc này; hãy tải lên lại.")
        data, filename = stored.data, stored.filename
        actor = _actor(session, step.claim.id)
    read = step.extract(data, filename)
    with step.records.write() as session:
        report, created = report_store.add_report(session, read, actor, data)
        answer = {"report_id": report.id, "created": created, "findings": len(read.findings)}
        step.store(session, 1)
    return answer


def run_reanalyse(step: Step) -> dict[str, Any]:
    """Read every petition again that the current model has not read; decisions stay as they are."""
    version = str(step.claim.payload["version"])
    with step.records.read() as session:
        actor = _actor(session, step.claim.id)
        read = select(Analysis.petition_num).where(Analysis.model_version == version)
        nums = list(session.scalars(select(Petition.num).where(Petition.num.not_in(read)).order_by(Petition.num)))
        before = session.get_one(Job, step.claim.id).done
    refused = 0
    for start in range(0, len(nums), STEP):
        with step.records.read() as session:
            some = list(session.scalars(select(Petition).where(Petition.num.in_(nums[start : start + STEP]))))
        asked = [{"id": p.id, "text": p.text, "received_at": p.received_at, "channel": p.channel} for p in some]
        answers = step.read(asked)
        with step.records.write() as session:
            for old, answer in zip(some, answers, strict=True):
                if isinstance(answer, dict):
                    refused += 1
                    continue
                petition_store.analyse_again(session, session.get_one(Petition, old.num), answer.result, actor)
            step.store(session, before + start + len(some))
    return {"read": len(nums) - refused, "refused": refused}
