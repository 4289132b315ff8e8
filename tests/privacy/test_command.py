"""`langnghe redact`: files, text and JSON lines in; redacted copies out."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from api.cli.redact import redact_command, redact_row


@pytest.fixture
def app() -> typer.Typer:
    made = typer.Typer()
    made.command()(redact_command)
    return made


def test_text_is_redacted_on_standard_output(app: typer.Typer) -> None:
    result = CliRunner().invoke(app, ["--text", "Ông Lê Văn Tám ở ấp 5."])
    assert result.exit_code == 0 and result.stdout.strip() == "Ông [HỌ TÊN 1] ở [ĐỊA CHỈ 1]."


def test_rows_keep_their_fields_and_bad_rows_become_error_rows(app: typer.Typer, tmp_path: Path) -> None:
    source = tmp_path / "rows.jsonl"
    row = {
        "id": "a",
        "text": "Ông Lê Văn Tám bị doạ giết",
        "fields": ["an_ninh"],
        "signals": [{"code": "x", "start": 15, "end": 26}],
    }
    source.write_text(json.dumps(row, ensure_ascii=False) + "\n{bad\n", encoding="utf-8")
    result = CliRunner().invoke(app, ["--jsonl", str(source)])
    good, bad = (json.loads(line) for line in result.stdout.strip().split("\n"))
    assert result.exit_code == 0
    assert good["text"] == "Ông [HỌ TÊN 1] bị doạ giết" and good["fields"] == ["an_ninh"]
    signal = good["signals"][0]
    assert good["text"][signal["start"] : signal["end"]] == "bị doạ giết"
    assert bad["error"]["code"] == "bad_json" and "1 dòng lỗi" in result.stderr


def test_unknown_kinds_and_missing_files_are_wrong_use(app: typer.Typer) -> None:
    assert CliRunner().invoke(app, ["--text", "a", "--keep", "khong_co"]).exit_code == 2
    assert CliRunner().invoke(app, ["/khong/co/tep.txt"]).exit_code == 2


def test_the_mapping_comes_only_when_asked_for() -> None:
    row = {"id": "a", "text": "Ông Lê Văn Tám"}
    assert "Tám" not in json.dumps(redact_row(row), ensure_ascii=False)
    assert redact_row(row, mapping=True)["mapping"] == {"[HỌ TÊN 1]": ["Lê Văn Tám"]}
