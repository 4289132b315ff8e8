"""Reading a petition for the register: labels by the model, and by rules all that a clerk needs beside them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import structlog

from api.records.base import today
from api.records.intakes import Reading
from nlp.petitions.intake import IntakeRules, Office, fingerprint, intake_report
from nlp.text import LangNgheError

log = structlog.get_logger("langnghe.reading")
READ_FROM = ("text", "received_at", "channel", "province", "commune")


def read(readers: Any, office: Office, row: Mapping[str, Any], rules: IntakeRules | None = None) -> Reading:
    """Read a petition `{"text", "received_at", "channel", "province", "commune"}` for the register.

    The intake report is a help, not a condition: where its rules fail on a text, the petition is stored without it.

    Raises
    ------
    LangNgheError
        What the model's reader refuses.
    """
    received = row.get("received_at") or today()
    result = readers.classify(row["text"], received, row.get("channel"), row.get("id"))
    place = ", ".join(p for p in (row.get("commune"), row.get("province")) if p) or None
    try:
        report = intake_report(row["text"], result, received_at=received, channel=row.get("channel"), place=place,
                               office=office, rules=rules)  # fmt: skip
    except Exception as error:  # rules meet texts nobody thought of; the petition matters more than its checklist
        log.warning("intake_failed", kind=type(error).__name__)
        return Reading(result, None, fingerprint(row["text"]))
    return Reading(result, report.to_json(), report.fingerprint)


def read_row(
    readers: Any,
    office: Office,
    row: Mapping[str, Any],
    check: Callable[[str], None] = lambda text: None,
    rules: IntakeRules | None = None,
) -> Reading | dict[str, Any]:
    """Read one row of many; what cannot be read (or `check` refuses) becomes an error row `{"id", "error"}`."""
    try:
        check(row["text"])
        return read(readers, office, row, rules)
    except LangNgheError as error:
        return {"id": row.get("id"), "error": {"code": error.code, "message": error.message}}
