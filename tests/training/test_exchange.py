"""Labelled petitions survive every tool's format; what cannot be used is left out with a reason, never in silence."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from api.cli import app
from nlp.registry import Registry, Version
from nlp.taxonomy import taxonomy
from nlp.text import LangNgheError
from nlp.training.confirmed import agreement_apart, set_aside
from nlp.training.corpus import PetitionCorpus, PetitionRow, SignalSpan, write_rows
from nlp.training.exchange import FORMATS, format_of, read_any, take_in, write_any
from nlp.training.exchange.labels import flat, from_utf16, to_utf16, unflatten
from nlp.training.exchange.tools import label_config, write_argilla, write_label_studio

# An emoji is two units for a browser and one code point for us; the first character would start a formula.
TEXT = "=SUM(1) 😡 Cột điện nghiêng sắp đổ vào nhà tôi;\nhơn 20 hộ “lo lắng”, mong sớm xử lý.\n\tHết."


@pytest.fixture
def row() -> PetitionRow:
    def span(code: str, quote: str) -> SignalSpan:
        at = TEXT.index(quote)
        return SignalSpan(code, at, at + len(quote))

    return PetitionRow(
        "a-1", TEXT, ("ha_tang", "an_ninh"), (), "kien_nghi_phan_anh", "khan",
        (span("nguy_hiem_tinh_mang", "nghiêng sắp đổ"), span("dong_nguoi", "hơn 20 hộ")), "portal", "nam", 2025, "h1",
        ("typos",), "g1", "bẫy: chữ “khẩn” không có trong đơn", (span("ha_tang", "Cột điện"), span("an_ninh", "lo lắng")),
    )  # fmt: skip


@pytest.mark.parametrize("name", FORMATS)
def test_a_row_comes_back_from_every_format_as_it_went(name: str, row: PetitionRow, tmp_path: Path) -> None:
    other = replace(
        row, id="a-2", text="Đường nhỏ, mưa là ngập.", fields=("ha_tang",), urgency="thuong", signals=(), evidence=()
    )
    path = tmp_path / f"x{FORMATS[name].suffix}"
    write_any(path, [row, other], name)
    assert format_of(path) == name
    found = take_in(read_any(path), private=False)
    assert [d.reason for d in found.dropped] == []
    assert found.rows == [row, other]


@pytest.mark.parametrize("name", [n for n in FORMATS if n != "excel"])
@pytest.mark.parametrize("break_", ["\r\n", "\r", "\x0c", "\x0b", "\u2028", "\x85", "\x00", "\ufeff", "̉"], ids=ascii)
def test_a_text_comes_back_whatever_breaks_its_lines(name: str, break_: str, row: PetitionRow, tmp_path: Path) -> None:
    odd = replace(row, text=row.text.replace(" điện", f"{break_}điện"), fields=(*row.fields, "khac"))
    path = tmp_path / f"x{FORMATS[name].suffix}"
    write_any(path, [replace(odd, text=f"Đường{break_}ngập", id="a-0", signals=(), evidence=()), odd], name)
    assert [raw["text"] for raw in read_any(path, name)] == [f"Đường{break_}ngập", odd.text]


def test_a_cell_that_no_reader_holds_is_said_so_and_quotes_nothing(row: PetitionRow, tmp_path: Path) -> None:
    write_any(tmp_path / "x.csv", [replace(row, text="dài " * 40_000)])
    with pytest.raises(LangNgheError) as refused:
        list(read_any(tmp_path / "x.csv"))
    assert refused.value.code == "file_unreadable"
    assert "dài" not in refused.value.message


def test_a_spreadsheet_runs_nothing_that_a_petition_begins_with(row: PetitionRow, tmp_path: Path) -> None:
    from openpyxl import load_workbook

    write_any(tmp_path / "x.xlsx", [row])
    assert load_workbook(tmp_path / "x.xlsx").active["B2"].data_type == "s"
    write_any(tmp_path / "x.csv", [row])
    assert "'=SUM" in (tmp_path / "x.csv").read_text(encoding="utf-8-sig")


def test_a_text_longer_than_a_cell_is_named_before_it_is_cut(row: PetitionRow, tmp_path: Path) -> None:
    with pytest.raises(LangNgheError, match="a-1"):
        write_any(tmp_path / "x.xlsx", [replace(row, text="dài " * 10_000)])


def test_label_studio_counts_as_browsers_do(row: PetitionRow, tmp_path: Path) -> None:
    write_label_studio(tmp_path / "x.json", [row])
    task = json.loads((tmp_path / "x.json").read_text())[0]
    spans = [r["value"] for r in task["annotations"][0]["result"] if r["type"] == "labels"]
    # What JavaScript's slice would give.
    units = TEXT.encode("utf-16-le")
    assert [units[2 * v["start"] : 2 * v["end"]].decode("utf-16-le") for v in spans] == [v["text"] for v in spans]
    assert spans[0]["start"] == TEXT.index("nghiêng") + 1


@given(st.text(), st.data())
def test_counting_in_units_and_back_changes_nothing(text: str, data: st.DataObject) -> None:
    end = data.draw(st.integers(0, len(text)))
    start = data.draw(st.integers(0, end))
    assert from_utf16(text, *to_utf16(text, start, end)) == (start, end)


def test_a_model_s_answers_go_along_as_suggestions_and_come_back_as_no_labels(
    reader: Any, row: PetitionRow, tmp_path: Path
) -> None:
    bare = replace(row, fields=(), subfields=(), type=None, urgency=None, signals=())
    answers = {row.id: reader.classify(row.text, id=row.id).to_json()}
    write_label_studio(tmp_path / "ls.json", [bare], answers)
    write_argilla(tmp_path / "ar.json", [bare], answers)
    assert json.loads((tmp_path / "ls.json").read_text())[0]["predictions"][0]["result"]
    assert json.loads((tmp_path / "ar.json").read_text())[0]["suggestions"]["fields"]["value"]
    for name in ("ls.json", "ar.json"):
        found = take_in(read_any(tmp_path / name))
        assert [d.reason for d in found.dropped] == ["chưa gắn lĩnh vực"]


def test_the_labelling_interface_offers_every_label() -> None:
    from xml.etree import ElementTree

    view = ElementTree.fromstring(label_config())
    assert len(view.findall("./Labels[@name='signals']/Label")) == 17
    assert len(view.findall("./Labels[@name='evidence']/Label")) == len(taxonomy().field_codes)
    assert [c.get("name") for c in view.findall("./Choices")] == ["fields", "subfields", "type", "urgency"]


def test_labels_of_other_doccano_projects_are_read(tmp_path: Path) -> None:
    path = tmp_path / "d.jsonl"
    rows = [
        {"id": 1, "text": "Đèn hỏng", "label": ["ha_tang", "kien_nghi_phan_anh", "thuong"]},
        {"id": 2, "text": "Đe doạ giết", "label": [[0, 6, "de_doa_tra_thu"]], "cats": ["an_ninh", "to_cao"]},
        {"id": 3, "text": "Lạ", "label": ["nhãn_lạ"]},
        {"id": 4, "text": "Lạ", "label": [[0, 2, "evidence:dong_nguoi"]], "cats": ["khac", "to_cao", "thuong"]},
        {"id": 5, "text": "Rác", "label": [[0, 3, "moi_truong"]], "cats": ["moi_truong", "to_cao", "thuong"]},
    ]
    path.write_text("\n".join(json.dumps(r) for r in rows))
    found = take_in(read_any(path, "doccano"))
    assert [(r.id, r.fields, r.urgency) for r in found.rows] == [
        ("1", ("ha_tang",), "thuong"),
        ("2", ("an_ninh",), "khan"),
        ("5", ("moi_truong",), "thuong"),
    ]
    assert found.rows[2].evidence == (SignalSpan("moi_truong", 0, 3),), "a field's own span is its evidence"
    assert [d.reason for d in found.dropped] == ["nhãn lạ nhãn_lạ", "nhãn lạ evidence:dong_nguoi"]


def test_cancelled_label_studio_annotations_do_not_count(row: PetitionRow, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    write_label_studio(path, [row])
    tasks = json.loads(path.read_text())
    tasks[0]["annotations"].append({"was_cancelled": True, "result": []})
    path.write_text(json.dumps(tasks))
    assert take_in(read_any(path), private=False).rows == [row]


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"text": " "}, "không có nội dung"),
        ({"fields": []}, "chưa gắn lĩnh vực"),
        ({"fields": ["lạ"]}, "mã lạ"),
        ({"type": None}, "chưa gắn loại đơn"),
        ({"urgency": None, "signals": []}, "chưa gắn mức khẩn"),
        ({"urgency": "gấp"}, "mã lạ"),
        ({"subfields": ["rac_thai"]}, "không thuộc lĩnh vực"),
        ({"signals": [{"code": "dong_nguoi", "start": 5, "end": 9000}]}, "ngoài văn bản"),
        ({"signals": [{"code": "dong_nguoi"}]}, "không đúng dạng"),
    ],
)
def test_every_row_left_out_says_why_and_quotes_nothing(row: PetitionRow, change: dict[str, Any], reason: str) -> None:
    found = take_in([row.to_json() | change], private=False)
    assert found.rows == []
    assert reason in found.dropped[0].reason
    assert "Cột điện" not in json.dumps(found.to_json(), ensure_ascii=False)


def test_personal_data_is_masked_again_and_signals_move_along() -> None:
    text = "Tôi là Trần Thị Mùi, số điện thoại 0912345678, nhà bị sạt lở sắp sập, xin cứu giúp ngay."
    at = text.index("sắp sập")
    raw = {
        "id": "p", "text": text, "fields": ["ha_tang"], "type": "kien_nghi_phan_anh", "urgency": "khan",
        "signals": [{"code": "nguy_hiem_tinh_mang", "start": at, "end": at + 7}],
    }  # fmt: skip
    found = take_in([raw])
    row = found.rows[0]
    assert found.redacted == 1
    assert "0912345678" not in row.text
    assert "Mùi" not in row.text
    assert row.text[row.signals[0].start : row.signals[0].end] == "sắp sập"
    assert take_in([row.to_json()]).redacted == 0, "what is redacted stays as it is"


def test_words_that_carry_a_field_move_along_and_must_lie_in_the_text(row: PetitionRow) -> None:
    text = f"Nguyễn Văn Hùng, 0912345678, trình bày: {row.text}"
    at = text.index("Cột điện nghiêng")
    marked = row.to_json() | {"text": text, "signals": [], "evidence": [
        {"code": "ha_tang", "start": at, "end": at + 16}
    ]}  # fmt: skip
    (taken,) = take_in([marked]).rows
    assert [taken.text[e.start : e.end] for e in taken.evidence] == ["Cột điện nghiêng"]
    for wrong in ({"code": "ha_tang", "start": 5, "end": 4000}, {"code": "dat_dai", "start": 0, "end": 4}):
        assert "bằng chứng" in take_in([marked | {"evidence": [wrong]}]).dropped[0].reason


def test_what_came_out_of_a_register_is_masked_even_where_the_caller_calls_it_public(row: PetitionRow) -> None:
    raw = row.to_json() | {"text": f"{row.text} Nguyễn Văn Hùng, 0912345678", "action": "correct"}
    assert "0912345678" not in take_in([raw], private=False).rows[0].text


def test_copies_are_left_out_of_held_out_petitions_above_all(corpus: PetitionCorpus) -> None:
    test, train = corpus.split("test")[0], corpus.split("train")[0]
    raw = [
        replace(test, id="x1").to_json() | {"text": test.text + " Mong sớm xử lý."},
        replace(train, id="x2").to_json(),
        train.to_json(),
        {**replace(train, id="x3").to_json(), "text": "Một đơn hoàn toàn khác về chuyện cây đổ trước cổng trường học."},
        {**replace(train, id="x4").to_json(), "text": "Một đơn hoàn toàn khác về chuyện cây đổ trước cổng trường học!"},
    ]
    raw[3] |= {"signals": [], "evidence": []}
    raw[4] |= {"signals": [], "evidence": []}
    held = {r.id for r in corpus.split("test")}
    found = take_in(raw, private=False, beside=corpus.rows, held_out=held)
    assert [r.id for r in found.rows] == ["x3"]
    reasons = {d.id: d.reason for d in found.dropped}
    assert "giữ riêng để chấm" in reasons["x1"]
    assert "đã có" in reasons["x2"]
    assert "x3" in reasons["x4"]


def test_a_clerk_s_lower_level_takes_the_machine_s_higher_signals_with_it(row: PetitionRow) -> None:
    found = take_in([row.to_json() | {"urgency": "uu_tien"}], private=False)
    assert [s.code for s in found.rows[0].signals] == ["dong_nguoi"]
    assert found.notes["bỏ dấu hiệu cao hơn mức đã quyết"] == 1


def test_a_table_in_windows_encoding_with_semicolons_is_read(tmp_path: Path) -> None:
    path = tmp_path / "x.csv"
    path.write_bytes(
        "id;text;fields;type;urgency\n1;Đèn đường hỏng;ha_tang;kien_nghi_phan_anh;thuong\n".encode("utf-16")
    )
    assert take_in(read_any(path)).rows[0].fields == ("ha_tang",)


@pytest.mark.parametrize("content", ["", "{", '{"a": 1}', '["x"]', "[1, 2]"])
def test_a_file_of_no_known_form_is_refused_clearly(tmp_path: Path, content: str) -> None:
    path = tmp_path / "x.json"
    path.write_text(content)
    with pytest.raises(LangNgheError) as refused:
        list(read_any(path))
    assert refused.value.code in ("format_unknown", "file_unreadable")


@given(st.lists(st.sampled_from(["dat_dai", "khac", "rac_thai", "to_cao", "khan"]), unique=True))
def test_flat_labels_come_back(codes: list[str]) -> None:
    found = unflatten(codes)
    row = PetitionRow("x", "x", tuple(found["fields"]), tuple(found["subfields"]), found["type"], found["urgency"])
    assert unflatten(flat(row)) == found


def test_the_blind_share_is_fixed_and_about_as_large_as_asked() -> None:
    ids = [f"don-{i}" for i in range(4000)]
    chosen = [i for i in ids if set_aside(i, 0.1, "bí mật")]
    assert 300 < len(chosen) < 500
    assert chosen == [i for i in ids if set_aside(i, 0.1, "bí mật")]
    assert chosen != [i for i in ids if set_aside(i, 0.1, "khác")]
    assert not any(set_aside(i, 0.0) for i in ids)
    assert all(set_aside(i, 1.0) for i in ids)


def test_agreement_is_told_apart_for_those_who_did_not_see_the_suggestion(row: PetitionRow) -> None:
    same = {"fields": list(row.fields), "type": row.type, "urgency": row.urgency}
    other = same | {"type": "to_cao"}
    rows = [
        row.to_json() | {"id": "1", "suggested": same, "blind": False},
        row.to_json() | {"id": "2", "suggested": other, "blind": True},
        row.to_json() | {"id": "3"},
    ]
    found = agreement_apart(rows)
    assert (found["seen"]["n"], found["seen"]["type_accuracy"]) == (1, 1.0)
    assert (found["blind"]["n"], found["blind"]["type_accuracy"]) == (1, 0.0)
    assert found["unknown"] == 1


def test_blind_labels_count_apart_from_what_was_decided_on_the_same_petitions(
    version: Version, registry: Registry, corpus: PetitionCorpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGNGHE_MODELS", str(registry.root))
    run, source, aside = CliRunner(), tmp_path / "don.jsonl", tmp_path / "rieng.jsonl"
    rows = [replace(r, text=f"{r.text}\nNgười viết: Nguyễn Văn Hùng, 0912345678") for r in corpus.rows[:30]]
    write_rows(source, rows)
    done = run.invoke(app, ["corpus", "set-aside", str(source), "--to", str(aside), "--share", "0.3", "--salt", "x"])
    assert done.exit_code == 0, done.output
    kept = aside.read_text(encoding="utf-8")
    assert "0912345678" not in kept
    chosen = [json.loads(line) for line in kept.splitlines()]
    assert 0 < len(chosen) < 30
    assert not any(row["fields"] or row["type"] for row in chosen), "no suggestion goes along"

    # The annotator labels them; the register's export holds the same petitions, decided with the suggestion in sight.
    gold = {r.id: r for r in rows}
    labelled = [row | {k: gold[row["id"]].to_json()[k] for k in ("fields", "type", "urgency")} for row in chosen]
    aside.write_text("".join(json.dumps(r, ensure_ascii=False) + "\n" for r in labelled), encoding="utf-8")
    told = run.invoke(app, ["corpus", "agreement", str(source), "--blind", str(aside)])
    assert told.exit_code == 0, told.output
    assert f"Không xem gợi ý: {len(chosen)} đơn" in told.output
    assert f"Đã xem gợi ý: {30 - len(chosen)} đơn" in told.output
    assert run.invoke(app, ["corpus", "agreement"]).exit_code == 2
