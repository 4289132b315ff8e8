"""Marked secrets go in everywhere; none of them comes out in logs, measurements, the audit or an error."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import text

MARK = "bimatkhongduoclo"


class Leaky:
    """A reader that fails with the petition in its exception."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    def classify(self, text: str, **more: Any) -> Any:
        if "vỡ" in text:
            raise ValueError(f"cannot read {text}")
        return self._inner.classify(text, **more)


def test_no_text_name_or_search_reaches_logs_metrics_audit_or_errors(
    sqlite_url: str, make_client: Callable[..., TestClient], fake_readers: Any, capfd: pytest.CaptureFixture[str],
    report_text: str,
) -> None:  # fmt: skip
    client = make_client(sqlite_url)
    service = client.app.state.service  # type: ignore[attr-defined]
    service.readers = replace(fake_readers, petitions=Leaky(fake_readers.petitions))
    party = {"name": f"Nguyễn {MARK}", "address": MARK, "contact": MARK}
    told: list[str] = []

    def tell(method: str, path: str, **more: Any) -> Any:
        answer = client.request(method, path, **more)
        if answer.status_code >= 400:
            told.append(answer.text + str(answer.headers))
        return answer

    made = tell("POST", "/v1/petitions", json={"text": f"{MARK} tố cáo, đất", "parties": [party]}).json()
    path = f"/v1/petitions/{made['id']}"
    tell("GET", path)
    tell("POST", f"{path}/identity", json={"reason": "liên hệ"})
    tell("POST", "/v1/petitions", json={"text": f"{MARK} vỡ"})
    tell("POST", "/v1/petitions/classify", json={"text": f"{MARK} vỡ"})
    tell("POST", "/v1/petitions/classify", json={"text": MARK, "colour": MARK})
    tell("POST", "/v1/petitions", json={"text": MARK, "channel": MARK})
    tell("GET", "/v1/petitions", params={"q": MARK})
    tell("GET", "/v1/findings", params={"q": MARK, "order": MARK})
    tell("GET", f"/v1/petitions/{MARK}")
    tell("POST", "/v1/reports", files={"file": (f"{MARK}.txt", (report_text + f"\nCòn chậm {MARK}").encode())})
    tell("POST", "/read", data={"text": f"{MARK} vỡ", "csrf": "x"})
    tell("GET", "/petitions", params={"q": MARK, "cursor": MARK})
    with service.records.write() as session:
        session.execute(text("ALTER TABLE petition_fields RENAME TO hidden"))
    tell("POST", "/v1/petitions", json={"text": f"{MARK} rác"})
    tell("GET", "/v1/petitions", params={"q": MARK})
    with service.records.write() as session:
        session.execute(text("ALTER TABLE hidden RENAME TO petition_fields"))
    captured = capfd.readouterr()
    logs = captured.out + captured.err
    assert "petitions" in logs
    assert any("internal" in t for t in told)
    with service.records.read() as session:
        audit = str(session.execute(text("SELECT * FROM audit")).all())
        jobs = str(session.execute(text("SELECT * FROM jobs")).all())
    for place, said in (("logs", logs), ("audit", audit), ("jobs", jobs), ("metrics", client.get("/metrics").text),
                        ("errors", "\n".join(told))):  # fmt: skip
        assert MARK not in said, place


def test_the_audit_notices_a_changed_a_missing_and_a_cut_off_entry(client: TestClient) -> None:
    for i in range(4):
        client.post("/v1/petitions", json={"text": f"Đường {i} hỏng."})
    records = client.app.state.service.records  # type: ignore[attr-defined]

    def state() -> dict[str, Any]:
        return dict(client.get("/v1/audit/check").json())

    assert state()["whole"] is True
    for damage, repair, seen in (
        ("UPDATE audit SET action = 'petition.view' WHERE seq = 2", "UPDATE audit SET action = 'petition.add' WHERE seq = 2",
         ("broken_at", 2)),
        ("UPDATE audit SET seq = 99 WHERE seq = 3", "UPDATE audit SET seq = 3 WHERE seq = 99", ("broken_at", 4)),
        ("DELETE FROM audit WHERE seq = 4", "", ("missing", 1)),
    ):  # fmt: skip
        with records.write() as session:
            session.execute(text(damage))
        found = state()
        assert (found["whole"], found[seen[0]]) == (False, seen[1])
        if repair:
            with records.write() as session:
                session.execute(text(repair))
