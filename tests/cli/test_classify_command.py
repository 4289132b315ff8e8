"""`langnghe classify` as a clerk or a script calls it."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

TEXT = "Bãi rác cạnh trường Tiểu học Lê Lai cháy âm ỉ cả tuần, khói khét bay vào lớp, phụ huynh cả khối đề nghị xử lý."


def run(*arguments: str, given: str | bytes = "") -> subprocess.CompletedProcess[bytes]:
    data = given.encode() if isinstance(given, str) else given
    return subprocess.run([sys.executable, "-m", "api.cli", *arguments], input=data, capture_output=True, timeout=120)


def test_a_text_gives_one_json_line():
    done = run("classify", "--text", TEXT)
    assert done.returncode == 0, done.stderr.decode()
    (line,) = done.stdout.decode().splitlines()
    assert json.loads(line)["fields"][0]["code"] == "moi_truong"


def test_json_lines_stream_and_a_bad_row_does_not_stop_them():
    lines = [
        json.dumps({"id": "a", "text": TEXT}),
        "không phải json",
        json.dumps({"id": "b", "text": ""}),
        "",
        json.dumps({"id": "c", "text": TEXT}),
    ]
    done = run("classify", "--jsonl", given="\n".join(lines))
    assert done.returncode == 0
    answers = [json.loads(line) for line in done.stdout.decode().splitlines()]
    assert [a["id"] for a in answers] == ["a", "2", "b", "c"]
    assert [a.get("error", {}).get("code") for a in answers] == [None, "bad_json", "empty_text", None]
    assert "2 dòng lỗi" in done.stderr.decode()


def test_a_file_is_read_and_a_missing_one_is_one_clear_line(tmp_path: Path):
    path = tmp_path / "don.txt"
    path.write_bytes(b"\xef\xbb\xbf" + TEXT.encode())
    answer = json.loads(run("classify", str(path)).stdout)
    for found in answer["fields"]:
        for e in found["evidence"]:
            assert TEXT[e["start"] : e["end"]] == e["text"]
    missing = run("classify", str(tmp_path / "khong-co.txt"))
    assert missing.returncode == 2 and len(missing.stderr.decode().strip().splitlines()) == 1


@pytest.mark.parametrize(
    "command",
    [[], ["classify"], ["extract"], ["serve"], ["train", "petitions"], ["corpus", "check"], ["models", "promote"]],
)
def test_help_is_in_vietnamese(command: list[str]):
    done = run(*command, "--help")
    assert done.returncode == 0
    assert any(
        word in done.stdout.decode() for word in ("đơn", "mô hình", "báo cáo", "dịch vụ", "trích dẫn", "phiên bản")
    )


def test_a_bad_date_is_an_error_row():
    done = run("classify", "--jsonl", given=json.dumps({"id": 7, "text": TEXT, "received_at": "32/13/2025"}))
    assert json.loads(done.stdout)["error"]["code"] == "bad_received_at"
