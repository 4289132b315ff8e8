"""A public benchmark of texts and labels is a drop-in corpus: the same commands train on it and score it."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli import app
from nlp.text import LangNgheError
from nlp.training.benchmark import is_benchmark, read_benchmark

# Sentences of the shape that a student feedback or a news topic benchmark has, made up here.
GOOD = ["thầy dạy dễ hiểu", "giáo trình rõ ràng", "giảng viên nhiệt tình", "bài giảng sinh động", "lớp học vui vẻ"]
BAD = ["phòng học nóng bức", "máy chiếu hay hỏng", "thầy vào lớp trễ", "bài tập quá nhiều", "tài liệu khó đọc"]


def rows(start: int, count: int) -> list[tuple[str, str]]:
    out = []
    for i in range(start, start + count):
        pool, label = (GOOD, "tích cực") if i % 2 else (BAD, "tiêu cực")
        out.append((f"{pool[i % 5]} và {pool[(i * 3 + 1) % 5]} trong học kỳ {i}", label))
    return out


def write_csv(path: Path, texts: list[tuple[str, str]]) -> None:
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(["text", "label"])
        writer.writerows(texts)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with train, dev and test files, as UIT-VSFC is often handed on."""
    root = tmp_path / "feedback"
    root.mkdir()
    for name, start, count in (("train", 0, 40), ("dev", 100, 10), ("test", 200, 20)):
        write_csv(root / f"{name}.csv", rows(start, count))
    return root


def test_the_same_commands_train_and_score(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGNGHE_MODELS", str(tmp_path / "models"))
    done = CliRunner().invoke(app, ["train", "petitions", "--corpora", str(folder), "--version", "1", "--jobs", "1"])
    assert done.exit_code == 0, done.output
    assert "labels-1" in done.output
    scored = CliRunner().invoke(
        app, ["evaluate", "petitions", "--corpora", str(folder), "--to", str(tmp_path / "docs")]
    )
    assert scored.exit_code == 0, scored.output
    found = json.loads((tmp_path / "docs" / "evaluation-feedback.json").read_text())
    assert (found["n"], found["train_n"]) == (20, 40)
    assert found["accuracy"]["value"] > 0.9 > found["majority"]["accuracy"]["value"]
    assert "tích cực" in (tmp_path / "docs" / "evaluation-feedback.md").read_text()


def test_scoring_before_training_says_what_to_do(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANGNGHE_MODELS", str(tmp_path / "none"))
    done = CliRunner().invoke(app, ["evaluate", "petitions", "--corpora", str(folder), "--to", str(tmp_path)])
    assert done.exit_code == 2
    assert "train" in done.output


def test_folders_of_folders_are_read_in_any_encoding(tmp_path: Path) -> None:
    """As VNTC has it: one folder a topic, one UTF-16 file a text."""
    root = tmp_path / "news"
    for split in ("Train_Full", "Test_Full"):
        for label, text in (
            ("Phap luat", "Toà án xét xử vụ trộm cắp"),
            ("The thao", "Đội bóng thắng đậm trên sân nhà"),
        ):
            place = root / split / label
            place.mkdir(parents=True)
            for i in range(3):
                (place / f"{i}.txt").write_bytes(f"{text} hôm {i}".encode("utf-16"))
    found = read_benchmark(root)
    assert found.labels == ("Phap luat", "The thao")
    assert (len(found.split("train")), len(found.split("test"))) == (6, 6)
    assert found.split("test")[0].text.startswith("Toà án")


def test_one_file_sets_a_fifth_aside_and_always_the_same(tmp_path: Path) -> None:
    write_csv(tmp_path / "all.csv", rows(0, 100))
    one, two = read_benchmark(tmp_path / "all.csv"), read_benchmark(tmp_path / "all.csv")
    assert one == two
    assert 8 <= len(one.split("test")) <= 35


@pytest.mark.parametrize("content", ["text,label\n", "text,label\na,x\nb,x\n", "a,b\n1,2\n"])
def test_a_file_with_nothing_to_learn_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "x.csv").write_text(content)
    with pytest.raises(LangNgheError) as refused:
        read_benchmark(tmp_path / "x.csv")
    assert refused.value.code == "no_labelled_texts"


def test_the_project_s_own_corpus_is_no_benchmark(corpora: Path, folder: Path) -> None:
    assert not is_benchmark(corpora)
    assert is_benchmark(folder)
    assert is_benchmark(folder / "train.csv")
