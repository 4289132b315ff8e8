"""Versions: registered with digests, refused when tampered with or foreign, promoted and rolled back on the record."""

from __future__ import annotations

import json
import shutil
import sys
import threading
from pathlib import Path
from typing import Any

import joblib
import pytest
from typer.testing import CliRunner

from api.cli import app
from nlp.registry import Registry, RegistryError


class Bomb:
    """A pickle that runs a command when it is loaded."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> tuple[Any, ...]:
        return (Path.write_text, (self.trace, "đã chạy"))


def save(registry: Registry, version: str, artefact: object = None, task: str = "petitions", **more: Any) -> str:
    found = registry.save(
        task, artefact or {"version": version}, labels={}, metrics={}, config={}, data={}, version=version, **more
    )
    return found.name


@pytest.fixture
def registry(tmp_path: Path) -> Registry:
    return Registry(tmp_path / "models")


def test_a_saved_version_is_a_candidate_that_loads_what_was_saved(registry: Registry) -> None:
    name = save(registry, "1", {"a": [1, 2]})
    assert registry.get(name).state == "candidate"
    assert registry.load(name) == {"a": [1, 2]}
    assert registry.get(name).manifest.libraries["scikit-learn"]


def test_a_tampered_artefact_is_refused_before_anything_in_it_runs(registry: Registry, tmp_path: Path) -> None:
    name, trace = save(registry, "1"), tmp_path / "trace"
    joblib.dump(Bomb(trace), registry.root / name / "artefact.joblib")
    with pytest.raises(RegistryError) as refused:
        Registry(registry.root).load(name)
    assert refused.value.code == "model_tampered"
    assert not trace.exists()
    # The pickle is live: had it been loaded, it would have run.
    joblib.load(registry.root / name / "artefact.joblib")
    assert trace.exists()


def test_a_manifest_rewritten_to_fit_a_malicious_artefact_is_refused(registry: Registry, tmp_path: Path) -> None:
    from nlp.registry.files import sha256

    name, trace = save(registry, "1"), tmp_path / "trace"
    folder = registry.root / name
    joblib.dump(Bomb(trace), folder / "artefact.joblib")
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"]["artefact.joblib"] = sha256(folder / "artefact.joblib")
    (folder / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(RegistryError) as refused:
        Registry(registry.root).load(name)
    assert refused.value.code == "model_tampered"
    assert not trace.exists()


def test_a_further_file_of_a_version_is_verified_too(registry: Registry) -> None:
    name = save(registry, "1", files={"encoder.onnx": b"one"})
    registry.verify(name)
    (registry.root / name / "encoder.onnx").write_bytes(b"two")
    with pytest.raises(RegistryError, match="encoder.onnx"):
        registry.load(name)


@pytest.mark.parametrize("file", ["../outside", "a/b", "manifest.json", "artefact.joblib"])
def test_a_version_cannot_write_outside_its_folder_or_over_its_own_record(registry: Registry, file: str) -> None:
    with pytest.raises(RegistryError):
        save(registry, "1", files={file: b""})


@pytest.mark.parametrize("version", ["", "../x", "a/b", ".hidden", "có dấu"])
def test_a_name_that_is_no_folder_name_is_refused(registry: Registry, version: str) -> None:
    with pytest.raises(RegistryError) as refused:
        registry.save("petitions", 1, labels={}, metrics={}, config={}, data={}, version=version or "-")
    assert refused.value.code == "model_name"


def foreign(registry: Registry, tmp_path: Path, artefact: object) -> str:
    """A version that another registry made, copied into this one's folder."""
    other = Registry(tmp_path / "other")
    name = save(other, "9", artefact)
    registry.root.mkdir(parents=True, exist_ok=True)
    (other.root / name).rename(registry.root / name)
    return name


def test_a_foreign_folder_is_refused_and_runs_nothing(registry: Registry, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    name = foreign(registry, tmp_path, Bomb(trace))
    for use in (registry.get, registry.load, lambda n: registry.promote(n, who="a", why="b")):
        with pytest.raises(RegistryError) as refused:
            use(name)
        assert refused.value.code == "model_foreign"
    assert registry.list() == []
    assert not trace.exists()


def test_adopting_a_foreign_folder_is_signed_recorded_and_loads_nothing(registry: Registry, tmp_path: Path) -> None:
    trace = tmp_path / "trace"
    name = foreign(registry, tmp_path, Bomb(trace))
    with pytest.raises(RegistryError, match="mã băm"):
        registry.adopt(name, who="Lan", why="của tỉnh bạn", manifest_sha256="0" * 64)
    with pytest.raises(RegistryError) as unsigned:
        registry.adopt(name, who=" ", why="của tỉnh bạn")
    assert unsigned.value.code == "promotion_unsigned"
    assert registry.adopt(name, who="Lan", why="của tỉnh bạn").state == "candidate"
    assert not trace.exists()
    event = registry.history()[-1]
    assert (event["action"], event["who"], event["to"]) == ("adopt", "Lan", name)


def test_a_foreign_folder_with_an_unlisted_file_is_not_adopted(registry: Registry, tmp_path: Path) -> None:
    name = foreign(registry, tmp_path, {"a": 1})
    (registry.root / name / "extra.py").write_text("x = 1")
    with pytest.raises(RegistryError) as refused:
        registry.adopt(name, who="Lan", why="thử")
    assert refused.value.code == "manifest_damaged"


def test_promotion_retires_the_old_version_and_says_who_and_why(registry: Registry) -> None:
    one, two = save(registry, "1"), save(registry, "2")
    registry.promote(one, who="Lan", why="bản đầu")
    registry.promote(two, who="Minh", why="tốt hơn ở đất đai", checks={"hard": {"n": 3}})
    assert registry.live("petitions").name == two
    assert registry.get(one).state == "retired"
    event = registry.history("petitions")[-1]
    assert (event["from"], event["to"], event["who"]) == (one, two, "Minh")
    assert event["checks"] == {"hard": {"n": 3}}


@pytest.mark.parametrize(("who", "why"), [("", "vì"), ("Lan", "  ")])
def test_nobody_promotes_or_rolls_back_without_a_name_and_a_reason(registry: Registry, who: str, why: str) -> None:
    one, two = save(registry, "1"), save(registry, "2")
    with pytest.raises(RegistryError):
        registry.promote(one, who=who, why=why)
    for name in (one, two):
        registry.promote(name, who="Lan", why="thử")
    with pytest.raises(RegistryError):
        registry.rollback("petitions", who=who, why=why)


def test_rollback_walks_back_over_the_versions_that_were_in_service(registry: Registry) -> None:
    names = [save(registry, str(i)) for i in (1, 2, 3)]
    for name in names:
        registry.promote(name, who="Lan", why="thử")
    assert registry.rollback("petitions", who="Lan", why="lỗi").name == names[1]
    assert registry.rollback("petitions", who="Lan", why="vẫn lỗi").name == names[0]
    with pytest.raises(RegistryError) as refused:
        registry.rollback("petitions", who="Lan", why="nữa")
    assert refused.value.code == "no_previous_model"
    registry.promote(names[2], who="Lan", why="đã sửa")
    assert registry.rollback("petitions", who="Lan", why="lại lỗi").name == names[0]


def test_a_version_damaged_since_is_neither_promoted_nor_rolled_back_to(registry: Registry) -> None:
    one, two, three = (save(registry, str(i)) for i in (1, 2, 3))
    registry.promote(one, who="Lan", why="thử")
    registry.promote(two, who="Lan", why="thử")
    for name in (one, three):
        (registry.root / name / "artefact.joblib").write_bytes(b"")
    with pytest.raises(RegistryError):
        registry.promote(three, who="Lan", why="thử")
    with pytest.raises(RegistryError):
        registry.rollback("petitions", who="Lan", why="thử")
    assert registry.live("petitions").name == two


def test_tasks_do_not_disturb_each_other(registry: Registry) -> None:
    one, two = save(registry, "1"), save(registry, "1", task="findings")
    registry.promote(one, who="Lan", why="thử")
    registry.promote(two, who="Lan", why="thử")
    assert registry.live("petitions").name == one
    assert registry.live("findings").name == two


def test_an_old_version_still_loads_by_name_after_newer_ones(registry: Registry) -> None:
    names = [save(registry, str(i), {"answer": i}) for i in (1, 2, 3)]
    for name in names:
        registry.promote(name, who="Lan", why="thử")
    assert [Registry(registry.root).load(n)["answer"] for n in names] == [1, 2, 3]


class Forgotten:
    """A part of an artefact that a later release does without."""


def test_an_artefact_that_this_release_no_longer_knows_is_said_so(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    saved = registry.save("petitions", Forgotten(), labels={}, metrics={}, config={}, data={}, version="old")
    monkeypatch.delattr(sys.modules[__name__], "Forgotten")
    with pytest.raises(RegistryError) as refused:
        registry.load(saved)
    assert refused.value.code == "model_outdated"
    with pytest.raises(RegistryError):
        registry.promote("petitions-old", who="Lan", why="thử")
    assert registry.get("petitions-old").state == "candidate", "nothing is put into service that cannot be opened"


def test_a_manifest_of_a_newer_release_with_more_in_it_is_still_read(registry: Registry, tmp_path: Path) -> None:
    other = Registry(tmp_path / "other")
    name = save(other, "9")
    path = other.root / name / "manifest.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"later": 1}))
    registry.root.mkdir(parents=True)
    (other.root / name).rename(registry.root / name)
    assert registry.adopt(name, who="Lan", why="bản mới").manifest.task == "petitions"


def test_many_writers_at_once_lose_no_version(registry: Registry) -> None:
    def work(i: int) -> None:
        save(Registry(registry.root), str(i))

    threads = [threading.Thread(target=work, args=(i,)) for i in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(registry.list("petitions")) == 8


def test_a_damaged_index_is_named_not_guessed(registry: Registry) -> None:
    save(registry, "1")
    (registry.root / "registry.json").write_text("{")
    with pytest.raises(RegistryError) as refused:
        registry.list()
    assert refused.value.code == "registry_damaged"


def test_one_damaged_version_hides_no_other_and_is_named(
    registry: Registry, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in "1234":
        save(registry, number)
    shutil.rmtree(registry.root / "petitions-1")
    (registry.root / "petitions-2" / "manifest.json").write_text("{}", encoding="utf-8")
    (registry.root / "petitions-3" / "artefact.joblib").write_bytes(b"x")
    shutil.copytree(registry.root / "petitions-4", registry.root / "petitions-lạ")
    assert [v.name for v in registry.list("petitions")] == ["petitions-3", "petitions-4"]
    assert set(registry.unsound()) == {"petitions-1", "petitions-2"}
    assert registry.foreign() == ["petitions-lạ"]
    monkeypatch.setenv("LANGNGHE_MODELS", str(registry.root))
    run = CliRunner()
    told = run.invoke(app, ["models", "list"])
    assert told.exit_code == 0, told.output
    assert "petitions-4" in told.output
    assert "petitions-1" in told.output
    checked = run.invoke(app, ["models", "verify"])
    assert checked.exit_code == 2
    assert checked.output.count("model_tampered") == 3
    assert "Khớp petitions-4" in checked.output
    assert "Lạ petitions-lạ" in checked.output


def test_the_history_tells_who_why_and_what_was_accepted(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    worse = {"hard": {"n": 34, "before": 24, "after": 14, "passed": False, "accepted": True}}
    registry.promote(save(registry, "1"), who="Lan", why="bản đầu")
    registry.promote(save(registry, "2"), who="Minh", why="học từ 200 sửa đổi [lần 2]", checks=worse)
    monkeypatch.setenv("LANGNGHE_MODELS", str(registry.root))
    told = CliRunner().invoke(app, ["models", "history"], terminal_width=80).output.replace("\n", " ")
    assert "petitions-1 → petitions-2" in told
    assert "Minh: học từ 200 sửa đổi [lần 2] (ca khó đúng 24 → 14 trên 34, chấp nhận đọc kém hơn)" in " ".join(
        told.split()
    )
