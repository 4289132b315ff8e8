"""From a clerk's correction to a model that answers with it, and back, in one sitting, while the service runs."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from typer.testing import CliRunner

from api.cli import app as command
from api.client import Client
from api.http.app import create_app
from api.readers import Readers
from api.settings import Settings
from nlp.petitions.live import LivePetitionReader
from nlp.registry import Registry
from nlp.training.corpus import PetitionCorpus, load_petitions
from nlp.training.train import train_petitions

from .conftest import TINY, through, varied

# A matter that the small corpus knows nothing of: what this office receives day after day.
MATTERS = (
    "Loa phóng thanh {n} phát nhạc thể dục lúc 4 giờ sáng, cả xóm {n} không ai ngủ được",
    "Xe bán hàng rong đỗ kín cổng khu phố {n}, mở loa rao bánh suốt trưa",
    "Quán {n} cho khách hát tới khuya, âm thanh dội vào nhà tập thể số {n}",
)


@pytest.fixture
def office(corpus: PetitionCorpus, tmp_path: Path) -> Registry:
    """The office's own registry with a first version in service."""
    registry = Registry(tmp_path / "models")
    first = train_petitions(corpus, registry, TINY, version="1", where="one")
    registry.promote(first.name, who="Lan", why="bản đầu")
    return registry


@pytest.fixture
def service(office: Registry, tmp_path: Path) -> Iterator[TestClient]:
    """A running service on the office's registry; it is never restarted in this test."""
    readers = Readers(LivePetitionReader(office, every=0.0), None, None, {})
    settings = Settings(database=f"sqlite:///{tmp_path / 'office.db'}", accounts=False, jobs=False)
    with TestClient(create_app(settings, readers)) as client:
        yield client


def corrections(count: int) -> list[tuple[str, dict[str, Any]]]:
    """Petitions as clerks correct them: a new matter of this office, and what other offices' corpora hold too."""
    new = {"fields": ["an_ninh"], "subfields": [], "type": "kien_nghi_phan_anh", "urgency": "thuong"}
    own = [(MATTERS[i % 3].format(n=i + 2) + f", phản ánh lần {i}, liên hệ 09123456{i:02d}.", new) for i in range(24)]
    rest = varied(load_petitions().split("train"), 64 + count - len(own))[64:]
    return own + [
        (r.text, {"fields": [*r.fields], "subfields": [*r.subfields], "type": r.type, "urgency": r.urgency})
        for r in rest
    ]


def answer_of(service: TestClient, text: str) -> dict[str, Any]:
    found: dict[str, Any] = service.post("/v1/petitions/classify", json={"id": "x", "text": text}).json()
    return found


def test_corrections_become_a_version_that_the_running_service_answers_with_and_takes_back(
    service: TestClient, office: Registry, corpora: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGNGHE_MODELS", str(office.root))
    # Clerks correct what the machine proposed; labels and texts stay in the register.
    for text, labels in corrections(200):
        stored = service.post("/v1/petitions", json={"text": text}).json()
        decided = service.post(
            f"/v1/petitions/{stored['id']}/decisions", headers={"If-Match": f'"{stored["version"]}"'},
            json={"action": "correct", "labels": labels},
        )  # fmt: skip
        assert decided.status_code == 201, decided.text
    new = "Loa phóng thanh tổ 90 phát nhạc lúc 5 giờ sáng, xe hàng rong rao bánh suốt trưa, không ai ngủ được."
    before = answer_of(service, new)
    assert before["model"]["version"] == "1"

    # A researcher takes the redacted export, retrains, compares and promotes.
    run, export = CliRunner(), tmp_path / "export.jsonl"
    monkeypatch.setattr("api.cli.corpora_service.Client", lambda *_: Client(send=through(service)))
    pulled = run.invoke(command, ["corpus", "pull", "petitions", "--to", str(export)])
    assert pulled.exit_code == 0, pulled.output
    assert len(export.read_text(encoding="utf-8").splitlines()) == 200
    assert "09123456" not in export.read_text(encoding="utf-8"), "nothing leaves the register unmasked"
    config = tmp_path / "run.yaml"
    config.write_text("folds: 3\nunaccented_share: 0.0\n")
    trained = run.invoke(command, [
        "train", "petitions", "--config", str(config), "--corpora", str(corpora), "--add", str(export), "--version", "2",
        "--jobs", "1",
    ])  # fmt: skip
    assert trained.exit_code == 0, trained.output
    assert office.get("petitions-2").manifest.metrics["train_n"] >= 40 + 180, "few are copies of each other"
    compared = run.invoke(command, ["models", "compare", "petitions-1", "petitions-2", "--corpora", str(corpora)])
    assert compared.exit_code == 0, compared.output
    assert answer_of(service, new)["model"]["version"] == "1", "a candidate answers nobody"
    # On so small a corpus hard cases may flip either way; the researcher says so, and it is kept on record.
    promoted = run.invoke(command, [
        "models", "promote", "petitions-2", "--why", "học từ 200 sửa đổi", "--who", "Minh", "--corpora", str(corpora),
        "--accept-regressions",
    ])  # fmt: skip
    assert promoted.exit_code == 0, promoted.output
    after = answer_of(service, new)
    assert after["model"]["version"] == "2"
    assert after["fields"][0]["code"] == "an_ninh"
    assert after["field_scores"]["an_ninh"] > before["field_scores"]["an_ninh"]
    event = office.history("petitions")[-1]
    assert (event["who"], event["why"]) == ("Minh", "học từ 200 sửa đổi")
    assert event["checks"]["hard"]["n"] > 0

    # And back, without a restart.
    back = run.invoke(command, ["models", "rollback", "petitions", "--why", "thử quay lại"])
    assert back.exit_code == 0, back.output
    assert answer_of(service, new) == before


def test_a_candidate_that_reads_hard_cases_worse_is_kept_out(
    corpus: PetitionCorpus, corpora: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    registry = Registry(tmp_path / "models")
    monkeypatch.setenv("LANGNGHE_MODELS", str(registry.root))
    hard = {r.id for r in corpus.split("hard")}
    # One version has seen the hard cases, the other learned wrong labels for everything.
    knowing = PetitionCorpus(
        corpus.rows, {i: "train" if i in hard or s == "train" else s for i, s in corpus.splits.items()}
    )
    wrong = PetitionCorpus(tuple(replace(r, fields=("khac",), subfields=()) for r in corpus.rows), corpus.splits)
    for name, rows in (("good", knowing), ("bad", wrong)):
        train_petitions(rows, registry, TINY, version=name, where="one")
    registry.promote("petitions-good", who="Lan", why="đầu")
    done = CliRunner().invoke(command, ["models", "promote", "petitions-bad", "--why", "x", "--corpora", str(corpora)])
    assert done.exit_code == 2
    assert registry.live("petitions").name == "petitions-good"
    assert "ca khó" in done.output
    # A version that learned the hard cases proves nothing by reading them right.
    assert f"petitions-good đã học {len(hard)} trong" in " ".join(done.output.split())


def test_a_list_is_answered_by_one_version_whatever_is_promoted_meanwhile(office: Registry) -> None:
    reader = LivePetitionReader(office, every=0.0)
    rows = reader.classify_many({"id": str(i), "text": f"Rác thải đổ đầy ngõ {i}, đề nghị thu gom."} for i in range(3))
    first = next(rows)
    office.save("petitions", office.load("petitions-1"), labels={}, metrics={}, config={}, data={}, version="2")
    office.promote("petitions-2", who="Lan", why="thử")
    assert {first["model"]["version"], *(r["model"]["version"] for r in rows)} == {"1"}
    assert reader.classify("Rác thải đổ đầy ngõ, đề nghị thu gom.").model.version == "2"


def test_a_candidate_s_answers_are_told_apart_from_the_register_s_without_a_text(office: Registry) -> None:
    from nlp.petitions.encoder import load_reader
    from nlp.registry import shadow

    live = load_reader(office)
    rows = [{"id": str(i), "text": f"Cống tắc ở hẻm {i}, mưa là ngập."} for i in range(4)]
    stored = [{**r, "answer": a} for r, a in zip(rows, live.classify_many(rows), strict=True)]
    found = shadow(stored, lambda row: next(iter(live.classify_many([row]))))
    assert (found.n, found.differing) == (4, [])
    assert "Cống" not in json.dumps(found.to_json(), ensure_ascii=False)


def test_the_command_reads_the_register_in_silence(
    service: TestClient, office: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGNGHE_MODELS", str(office.root))
    for i in range(3):
        service.post("/v1/petitions", json={"text": f"Cống tắc ở hẻm {i}, mưa là ngập cả xóm."})
    office.save("petitions", office.load("petitions-1"), labels={}, metrics={}, config={}, data={}, version="2")
    url = f"sqlite:///{tmp_path / 'office.db'}"
    done = CliRunner().invoke(
        command, ["models", "shadow", "petitions-2", "--database", url, "--json", str(tmp_path / "s.json")]
    )
    assert done.exit_code == 0, done.output
    found = json.loads((tmp_path / "s.json").read_text())
    assert (found["n"], found["differing"], found["unreadable"]) == (3, [], 0)
    assert "Cống" not in done.output


def test_a_queue_from_the_register_holds_what_nobody_decided_and_no_name(
    service: TestClient, office: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGNGHE_MODELS", str(office.root))
    for i in range(3):
        stored = service.post("/v1/petitions", json={"text": f"Cống tắc ở hẻm {i}, liên hệ 09123456{i:02d}."}).json()
    labels = {"fields": ["ha_tang"], "subfields": [], "type": "kien_nghi_phan_anh", "urgency": "thuong"}
    decided = service.post(
        f"/v1/petitions/{stored['id']}/decisions", headers={"If-Match": f'"{stored["version"]}"'},
        json={"action": "correct", "labels": labels},
    )  # fmt: skip
    assert decided.status_code == 201, decided.text
    url, queue = f"sqlite:///{tmp_path / 'office.db'}", tmp_path / "q.jsonl"
    done = CliRunner().invoke(command, ["corpus", "queue", "--to", str(queue), "--database", url, "--public"])
    assert done.exit_code == 0, done.output
    rows = [json.loads(line) for line in queue.read_text(encoding="utf-8").splitlines()]
    assert len(rows) == 2
    assert stored["id"] not in {row["id"] for row in rows}
    assert "09123456" not in queue.read_text(encoding="utf-8"), (
        "nothing leaves the register unmasked, whatever is asked"
    )
