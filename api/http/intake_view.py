"""The intake report as it is shown: overdue against today, redacted where the petition is hidden, with look-alikes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy.orm import Session

from api.privacy import moved_report, without_names
from api.records.duplicates import lookalikes
from api.records.intakes import latest_intake, make_report, steps_taken
from api.records.petition_register import Viewer, may_see
from api.records.petition_store import latest_analysis
from api.records.petitions import Petition
from nlp.petitions.intake import diff

# Shown where no report could be made: nothing is proposed, and what is known of look-alikes and steps stays.
_NOTHING: dict[str, Any] = {
    "eligibility": {"proposal": "chua_lap_duoc", "items": [], "flags": []},
    "deadlines": [],
    "routing": [],
    "parties": {"petitioners": [], "respondents": []},
    "matters": {},
    "places": [],
    "read_until": None,
}


def intake_body(
    session: Session, petition: Petition, viewer: Viewer, today: date, *, redacted: bool | None = None
) -> dict[str, Any]:
    """The newest intake report of a petition.

    Parameters
    ----------
    viewer : Viewer
        Look-alikes that this person may not see are left out.
    today : date
        What terms are held against.
    redacted : bool, optional
        Spans and quotes of the redacted copy; by default for a hidden petition.
    """
    kept, analysis = latest_intake(session, petition), latest_analysis(session, petition)
    report = kept.report if kept else make_report(session, petition, analysis.result if analysis else None)
    if report is None:
        report = {**_NOTHING, "types": [petition.type]}
    taken = steps_taken(session, petition)
    body = {name: value for name, value in report.items() if name not in ("routing_case", "duplicates")}
    if petition.confidential if redacted is None else redacted:
        body = moved_report(petition.text, body)
    body["deadlines"] = [against(d, today, taken) for d in body["deadlines"]]
    return {
        **body,
        "id": petition.id,
        "redacted": petition.confidential,
        "made_at": kept.made_at if kept else None,
        "steps": [{"code": code, "on": on} for code, on in taken.items()],
        "duplicates": [
            {"id": x.petition.id, "register_number": x.petition.register_number, "received_at": x.petition.received_at,
             "kind": x.kind, "similarity": x.score, "state": x.state}
            for x in lookalikes(session, petition)
            if may_see(session, x.petition, viewer)
        ],
    }  # fmt: skip


def against(deadline: Mapping[str, Any], today: date, taken: Mapping[str, date]) -> dict[str, Any]:
    """A deadline with its state on a day: what is done stays done, what is open runs out."""
    done_on = taken.get(deadline["code"])
    shown = {**deadline, "done_on": done_on}
    if done_on or deadline["state"] == "da_xong":
        return {**shown, "state": "da_xong", "days_left": None}
    if not deadline["due"]:
        return shown
    left = (date.fromisoformat(deadline["due"]) - today).days
    return {**shown, "state": "qua_han" if left < 0 else "con_han", "days_left": left}


def comparison(one: Petition, other: Petition) -> dict[str, Any]:
    """Two petitions word by word, both as redacted copies: whose they are is for the identity step."""
    text, other_text = without_names(one.text), without_names(other.text)
    changes = [
        {"kind": c.kind, "start": c.this.start, "end": c.this.end, "other_start": c.other.start,
         "other_end": c.other.end}
        for c in diff(text, other_text)
    ]  # fmt: skip
    return {"text": text, "other_text": other_text, "changes": changes}
