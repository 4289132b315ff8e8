"""The command line as a whole: version, help and wrong calls in Vietnamese, the intake report, the records' commands."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from api.cli.vietnamese import in_vietnamese


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "api.cli", *arguments], capture_output=True, timeout=120, text=True,
                          check=False, env={**os.environ, "COLUMNS": "100", **environment})  # fmt: skip


def test_the_version_is_said() -> None:
    done = run("--version")
    assert (done.returncode, done.stdout.split()[0]) == (0, "langnghe")


def test_help_is_vietnamese() -> None:
    done = run("serve", "--help")
    assert done.returncode == 0
    for words in ("Cách dùng:", "Tùy chọn", "Hiện hướng dẫn này rồi thoát."):
        assert words in done.stdout
    for words in ("Usage", "Options", "Show this message"):
        assert words not in done.stdout


@pytest.mark.parametrize(
    ("call", "said"),
    [(("clasify",), "không có lệnh clasify. Xem: langnghe --help"),
     (("serve", "--prot", "3"), "không có tùy chọn --prot"), (("serve", "--port", "abc"), "giá trị của '--port' không hợp lệ"),
     (("extract",), "thiếu"), (("db", "restore", "/khong-co", "--yes"), "Không thấy tệp sao lưu")],
)  # fmt: skip
def test_a_wrong_call_gets_one_line_and_status_two(call: tuple[str, ...], said: str) -> None:
    done = run(*call)
    assert done.returncode == 2
    assert said in done.stderr and len(done.stderr.strip().splitlines()) == 1
    assert done.stdout == ""


def test_an_unknown_message_is_left_as_it_is() -> None:
    assert in_vietnamese("Something else.") == "Something else."


def test_the_intake_report_of_a_text_and_of_files(tmp_path: Path) -> None:
    text = "Tôi là Lê Thị Bưởi, ở xã An Lĩnh. Tôi khiếu nại Quyết định số 12/QĐ-UBND ngày 3/7/2026 của UBND xã An Lĩnh."
    done = run("intake", "--text", text, "--received-at", "6/7/2026")
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert {"eligibility", "deadlines", "routing", "parties", "matters", "places"} <= set(report)
    for item in report["eligibility"]["items"]:
        assert item["text"] is None or text[item["start"] : item["end"]] == item["text"]
    assert any(d["start"] == "2026-07-06" for d in report["deadlines"])
    (tmp_path / "a.txt").write_text(text, encoding="utf-8")
    (tmp_path / "b.txt").write_text("", encoding="utf-8")
    both = run("intake", str(tmp_path / "a.txt"), str(tmp_path / "b.txt"))
    rows = [json.loads(line) for line in both.stdout.splitlines()]
    assert [r["id"] for r in rows] == ["a.txt", "b.txt"] and "error" in rows[1]
    assert run("intake").returncode == 2


def test_records_are_made_checked_backed_up_and_restored(tmp_path: Path) -> None:
    here = {"LANGNGHE_DATABASE": f"sqlite:///{tmp_path / 'a.db'}"}
    assert run("db", "upgrade", **here).returncode == 0
    made = run("users", "add", "hoa", "--role", "clerk", **here)
    assert made.returncode == 0, made.stderr
    assert run("db", "backup", str(tmp_path / "b.db"), **here).returncode == 0
    assert run("users", "add", "lan", "--role", "clerk", **here).returncode == 0
    restored = run("db", "restore", str(tmp_path / "b.db"), "--yes", **here)
    assert restored.returncode == 0, restored.stderr
    listed = run("users", "list", **here).stdout
    assert "hoa" in listed and "lan" not in listed
    assert run("db", "check", **here).returncode == 0
    (tmp_path / "b.db").write_bytes(b"x" * 5000)
    broken = run("db", "restore", str(tmp_path / "b.db"), "--yes", **here)
    assert (broken.returncode, "backup_broken" in broken.stderr) == (2, True)
    assert "hoa" in run("users", "list", **here).stdout
