"""The same loop for findings: what people reviewed in the register becomes a version that the service answers with."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from api.cli import app as command
from api.client import Client
from api.http.app import create_app
from api.readers import LiveReports, Readers
from api.settings import Settings
from nlp.documents import read_document
from nlp.registry import Live, Registry
from nlp.registry.locate import CHECKOUT
from nlp.reports import ReportReader
from nlp.training.findings import train_findings
from nlp.training.findings_data import label_report
from nlp.training.findings_scoring import Counts
from nlp.training.report_corpus import load_reports
from nlp.training.reviewed import gold_report, read_reviewed, redacted_row, row_problem, take_in_reports
from nlp.training.rivals import check_traps, compare_readings, read_reports

from .conftest import through

TEXT = (
    "BÁO CÁO\nI. HẠN CHẾ\nViệc tiếp dân ở xã còn hình thức.\nBà Nguyễn Thị Hạnh chưa được trả lời đơn.\n"
    "II. NHIỆM VỤ\nTăng cường tiếp dân tại xã.\n"
)


def finding(quote: str, state: str, kind: str = "limitation", **review: Any) -> dict[str, Any]:
    start = TEXT.index(quote)
    return {
        "id": quote[:12], "kind": kind, "sort": None, "span": {"start": start, "end": start + len(quote)},
        "quote": quote, "topics": [], "fields": [], "review": {"state": state, "kind": None, "sort": None, **review},
    }  # fmt: skip


def row(*findings: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"id": "d1", "kind": "báo cáo", "text": TEXT, "findings": list(findings), **more}


LIMIT = finding("Việc tiếp dân ở xã còn hình thức.", "accepted")
TASK = finding("Tăng cường tiếp dân tại xã.", "edited", kind="recommendation", sort="solution")


def test_what_people_decided_is_gold_and_what_they_rejected_is_a_trap() -> None:
    refused = finding("Bà Nguyễn Thị Hạnh chưa được trả lời đơn.", "rejected")
    gold = gold_report(row(LIMIT, refused, TASK), "office_d1")
    assert [s["kind"] for s in gold.spans] == ["limitation", "negative", "solution"]
    labelled = label_report(gold)
    assert sorted(labelled.labels[labelled.labels > 0].tolist()) == [1, 3]
    assert not labelled.ignored.any()


def test_a_person_s_kind_stands_over_the_machine_s() -> None:
    changed = finding("Việc tiếp dân ở xã còn hình thức.", "edited", kind="cause")
    changed["review"] |= {"kind": "limitation"}
    assert gold_report(row(changed), "x").spans[0]["kind"] == "limitation"


def test_where_some_finding_is_undecided_the_rest_of_the_text_counts_neither_way() -> None:
    open_one = finding("Bà Nguyễn Thị Hạnh chưa được trả lời đơn.", "proposed")
    labelled = label_report(gold_report(row(LIMIT, open_one), "x"))
    decided = labelled.labels > 0
    assert decided.sum() == 1
    assert labelled.ignored[~decided].all()


def test_names_are_masked_and_quotes_still_match() -> None:
    named = finding("Bà Nguyễn Thị Hạnh chưa được trả lời đơn.", "accepted")
    made = redacted_row(row(LIMIT, named, TASK))
    assert "Hạnh" not in json.dumps(made, ensure_ascii=False)
    assert row_problem(made) == ""
    taken = take_in_reports([row(LIMIT, named, TASK)])
    assert (len(taken.reports), taken.redacted, taken.decided) == (1, 1, 3)


@pytest.mark.parametrize(
    ("bad", "why"),
    [
        (row(finding("Tăng cường tiếp dân tại xã.", "proposed")), "chưa có phát hiện nào được rà soát"),
        (row({**LIMIT, "quote": "khác"}), "trích dẫn không khớp văn bản"),
        (row({**LIMIT, "kind": "chuyện lạ"}), "loại phát hiện lạ"),
        (row({"id": "f"}), "dòng không đúng dạng"),
        ({"id": "d2", "text": " "}, "dòng không đúng dạng"),
    ],
)
def test_every_report_left_out_says_why(bad: Mapping[str, Any], why: str) -> None:
    taken = take_in_reports([bad, row(LIMIT)])
    assert [d.reason for d in taken.dropped] == [why]
    assert len(taken.reports) == 1


def test_a_line_that_is_no_json_is_named(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    path.write_text("{hỏng\n" + json.dumps(row(LIMIT)) + "\n", encoding="utf-8")
    assert [d.reason for d in take_in_reports(read_reviewed(path)).dropped] == ["dòng không phải JSON"]


# -- end to end ---------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def corpora(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shortest reports of the project's corpus: six to learn from, one to judge on."""
    root = tmp_path_factory.mktemp("corpora")
    (root / "reports").mkdir()
    source = CHECKOUT / "corpora" / "reports"
    splits = {}
    for split, count in (("train", 6), ("validation", 1)):
        for report in sorted(load_reports(source, split), key=lambda r: len(r.text))[:count]:
            splits[report.name] = split
            for ending in (".md", ".json"):
                shutil.copy(source / f"{report.name}{ending}", root / "reports")
    (root / "reports" / "splits.json").write_text(json.dumps(splits), encoding="utf-8")
    return root


@pytest.fixture(scope="module")
def office(corpora: Path, tmp_path_factory: pytest.TempPathFactory) -> Registry:
    registry = Registry(tmp_path_factory.mktemp("models"))
    first = train_findings(corpora / "reports", registry, version="1")
    registry.promote(first.name, who="Lan", why="bản đầu")
    return registry


@pytest.fixture
def service(office: Registry, tmp_path: Path) -> Iterator[TestClient]:
    readers = Readers(None, LiveReports(Live(office, ReportReader.load, every=0.0)), read_document, {})
    settings = Settings(database=f"sqlite:///{tmp_path / 'office.db'}", accounts=False, jobs=False)
    with TestClient(create_app(settings, readers)) as http:
        yield http


def test_reviewed_findings_become_a_version_that_the_running_service_reads_with_and_takes_back(
    service: TestClient, office: Registry, corpora: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGNGHE_MODELS", str(office.root))
    client = Client(send=through(service))
    unseen = sorted(load_reports(CHECKOUT / "corpora" / "reports", "test"), key=lambda r: len(r.text))[:3]
    for report in unseen[:2]:
        for found in client.upload_report(report.text.encode(), f"{report.name}.md").items:
            right = any(
                s["kind"] in (found.kind, found.sort) and s["start"] < found.span.end and found.span.start < s["end"]
                for s in report.spans
            )
            client.review(found, "accepted" if right else "rejected")

    # A researcher takes them from the service, retrains, promotes; nothing is restarted.
    monkeypatch.setattr("api.cli.corpora_service.Client", lambda *_: client)
    run, file = CliRunner(), tmp_path / "reviewed.jsonl"
    pulled = run.invoke(command, ["corpus", "pull", "findings", "--to", str(file)])
    assert pulled.exit_code == 0, pulled.output
    assert len(file.read_text(encoding="utf-8").splitlines()) == 2
    trained = run.invoke(
        command, ["train", "findings", "--corpora", str(corpora), "--add", str(file), "--version", "2"]
    )
    assert trained.exit_code == 0, trained.output
    manifest = office.get("findings-2").manifest
    assert manifest.metrics["reviewed_reports"] == 2
    assert manifest.data["reviewed"] != office.get("findings-1").manifest.data["train"]
    compared = run.invoke(
        command,
        [
            "models",
            "compare",
            "findings-1",
            "findings-2",
            "--corpora",
            str(corpora),
            "--json",
            str(tmp_path / "c.json"),
        ],
    )
    assert compared.exit_code == 0, compared.output
    assert json.loads((tmp_path / "c.json").read_text())["hard"]["n"] > 0
    promoted = run.invoke(command, [
        "models", "promote", "findings-2", "--why", "học từ phát hiện đã rà soát", "--who", "Minh", "--corpora",
        str(corpora), "--accept-regressions",
    ])  # fmt: skip
    assert promoted.exit_code == 0, promoted.output
    assert office.history("findings")[-1]["checks"]["hard"]["n"] > 0
    last = client.upload_report(unseen[2].text.encode(), "moi.md")
    assert last.extractor == "findings-2"
    assert office.rollback("findings", who="Minh", why="thử").name == "findings-1"
    assert client.upload_report(b"# " + unseen[2].text.encode(), "moi.md").extractor == "findings-1"


def test_a_service_that_is_not_there_is_said_so(tmp_path: Path) -> None:
    done = CliRunner().invoke(
        command, ["corpus", "pull", "petitions", "--to", str(tmp_path / "x"), "--service", "http://127.0.0.1:9"]
    )
    assert done.exit_code == 2
    assert "không nối được" in done.output


def test_a_version_that_falls_for_more_traps_or_finds_clearly_less_is_kept_out(office: Registry, corpora: Path) -> None:
    reports = load_reports(corpora / "reports", "train")
    good = read_reports(office.load("findings-1"), reports)
    blind = replace(good, judged=replace(good.judged, kinds=[
        {k: Counts(c.gold, 0, 0, 0) for k, c in row.items()} for row in good.judged.kinds
    ]))  # fmt: skip
    naive = replace(good, traps=dict.fromkeys(good.traps, False))
    assert check_traps(good, good, compare_readings(good, good, times=50)).passed
    assert "limitation" in check_traps(good, blind, compare_readings(good, blind, times=50)).worse
    assert not check_traps(good, naive, compare_readings(good, naive, times=50)).passed


def test_versions_of_different_tasks_are_not_compared(office: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGNGHE_MODELS", str(office.root))
    office.save("vectors", 1, labels={}, metrics={}, config={}, data={}, version="1")
    done = CliRunner().invoke(command, ["models", "compare", "findings-1", "vectors-1"])
    assert done.exit_code == 2
    assert "model_task" in done.output
