"""Exports of mined reports and the commands `extract` and `compare`, as a report writer uses them."""

from __future__ import annotations

import csv
import io
import json
import re
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli import app
from api.export import EXPORTERS, Bundle, citation, mark_text, to_html
from api.export.batch import Batch, files_below
from api.export.bundle import section_cited
from api.export.progress import STAGES, Progress
from api.export.returning import returning, year_of
from nlp.reports import ReportReader

YEAR_BEFORE = """UBND HUYỆN NHO QUAN
Số: 98/BC-UBND
Nho Quan, ngày 10 tháng 12 năm 2022

BÁO CÁO
Kết quả công tác tiếp công dân năm 2022

II. HẠN CHẾ, NGUYÊN NHÂN

1. Hạn chế

a) Công tác tiếp công dân ở một số xã còn hình thức, chưa gắn với giải quyết đơn thư.

b) Bãi rác thôn Đồi Ngọc quá tải, nước rỉ chảy ra ruộng chưa được xử lý.

2. Nguyên nhân

- Một số chủ tịch UBND xã chưa quan tâm đúng mức.

III. KIẾN NGHỊ

Đề nghị UBND tỉnh bố trí kinh phí xây dựng lò đốt rác.
"""
YEAR_AFTER = YEAR_BEFORE.replace("2022", "2023").replace("98/BC", "152/BC").replace(
    "b) Bãi rác thôn Đồi Ngọc quá tải, nước rỉ chảy ra ruộng chưa được xử lý.",
    "b) Việc cập nhật hồ sơ vào phần mềm còn chậm, 134 hồ sơ chưa được nhập.",
)  # fmt: skip


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("reports")
    (place / "nam-2022.txt").write_text(YEAR_BEFORE, encoding="utf-8")
    (place / "nam-2023.md").write_text(YEAR_AFTER, encoding="utf-8")
    (place / "hỏng.docx").write_bytes(b"PK\x03\x04 half")
    (place / "~$nam-2022.docx").write_bytes(b"lock")
    return place


def call(*arguments: object) -> tuple[int, str, str]:
    done = CliRunner().invoke(app, [str(a) for a in arguments])
    return done.exit_code, done.stdout, done.stderr


@pytest.fixture(scope="module")
def bundles(folder: Path) -> list[Bundle]:
    code, out, _ = call("extract", folder / "nam-2022.txt", folder / "nam-2023.md", "-q")
    assert code == 0
    rows = [json.loads(line) for line in out.splitlines()]
    made: list[Bundle] = []
    for text in (YEAR_BEFORE, YEAR_AFTER):
        start = next(i for i, row in enumerate(rows) if "document" in row)
        stop = next((i for i, row in enumerate(rows) if i > start and "document" in row), len(rows))
        made.append(Bundle(rows[start]["document"], [r["finding"] for r in rows[start + 1 : stop]], text))
        rows = rows[stop:]
    return made


def test_one_line_is_the_document_and_one_each_finding(bundles: list[Bundle]) -> None:
    for bundle, source in zip(bundles, (YEAR_BEFORE, YEAR_AFTER), strict=True):
        assert bundle.document["metadata"]["number"].endswith("/BC-UBND")
        assert bundle.findings
        for finding in bundle.findings:
            assert source[finding["span"]["start"] : finding["span"]["end"]] == finding["quote"]


@pytest.mark.parametrize("format", ["jsonl", "json", "csv", "xlsx", "docx", "md"])
def test_a_folder_becomes_one_file_and_the_bad_file_a_row(folder: Path, tmp_path: Path, format: str) -> None:
    output = tmp_path / f"tong-hop.{format}"
    code, _, said = call("extract", folder, "-f", format, "-o", output, "-q")
    assert code == 0
    assert "1/3 tệp không đọc được" in said and "hỏng.docx: Tệp bị hỏng" in said
    assert output.stat().st_size > 500
    assert [p.name for p in tmp_path.iterdir()] == [output.name]


def test_an_unreadable_file_alone_is_status_two(folder: Path, tmp_path: Path) -> None:
    code, out, said = call("extract", folder / "hỏng.docx", "-o", tmp_path / "a.json", "-q")
    assert (code, out) == (2, "")
    assert "Tệp bị hỏng" in said
    assert list(tmp_path.iterdir()) == []


def test_nothing_to_read_and_missing_paths_are_told(tmp_path: Path) -> None:
    assert call("extract", tmp_path, "-q")[0] == 2
    code, _, said = call("extract", tmp_path / "khong-co.docx")
    assert code == 2 and said.startswith("Không tìm thấy")


def test_a_table_can_be_filtered_and_runs_no_formula(bundles: list[Bundle]) -> None:
    from openpyxl import load_workbook

    risky = [*bundles, Bundle({**bundles[0].document, "filename": '=HYPERLINK("x")'}, bundles[0].findings[:1])]
    book = load_workbook(io.BytesIO(EXPORTERS["xlsx"](risky)))
    assert book.sheetnames[:3] == ["Phát hiện", "Lặp lại", "Văn bản"]
    sheet = book["Phát hiện"]
    assert sheet.auto_filter.ref.startswith("A1:") and sheet.freeze_panes == "A2"
    for rows in book.worksheets:
        assert not any(c.data_type == "f" for row in rows.iter_rows() for c in row)
    table = list(csv.DictReader(io.StringIO(EXPORTERS["csv"](bundles).decode("utf-8-sig"))))
    assert len(table) == sum(len(b.findings) for b in bundles)
    assert all(row["citation"].startswith("(Báo cáo số ") for row in table)


def test_what_returns_is_grouped_with_years_and_knows_its_history(bundles: list[Bundle]) -> None:
    known = returning(bundles)
    groups = [g for kind, g in known.groups if kind == "limitation"]
    (group,) = groups
    assert "còn hình thức" in group.members[0].text
    assert group.years == ((2022, 1), (2023, 1)) and group.documents == 2
    later = next(f for f in bundles[1].findings if "còn hình thức" in f["text"])
    assert known.history[later["id"]] == "đã nêu năm 2022"
    assert not any("phần mềm" in g.members[0].text for g in groups)


def test_the_year_of_a_report() -> None:
    assert year_of({"date": "2023-12", "period": "2022"}) == 2023
    assert year_of({"period": "giai đoạn 2019 - 2021"}) == 2021
    assert year_of({}) is None


def test_the_working_document_cites_and_names_what_returns(bundles: list[Bundle]) -> None:
    from docx import Document

    written = EXPORTERS["md"](bundles).decode()
    assert re.search(r"\(Báo cáo số 152/BC-UBND, mục .+\)", written)
    assert "# Nội dung lặp lại qua nhiều văn bản" in written and "Năm: 2022 (1), 2023 (1)" in written
    book = Document(io.BytesIO(EXPORTERS["docx"](bundles)))
    heads = [p.text for p in book.paragraphs if p.style is not None and str(p.style.name).startswith("Heading 1")]
    assert heads[-1] == "Nội dung lặp lại qua nhiều văn bản"
    alone = EXPORTERS["md"](bundles[:1]).decode()
    assert "lặp lại" not in alone


def test_the_page_needs_no_server_and_runs_nothing_of_the_report(bundles: list[Bundle]) -> None:
    finding = {**bundles[0].findings[0], "text": "<script>alert(1)</script>"}
    page = to_html(Bundle({**bundles[0].document, "metadata": {"title": "<b>x</b>"}}, [finding], YEAR_BEFORE)).decode()
    assert "<script>alert" not in page and "<b>x</b>" not in page
    assert not re.search(r"""(?:src|href)=["']?(?:https?:)?//""", page)
    assert page.count("<mark ") == 1 and f'id="l-{finding["id"]}"' in page


@pytest.mark.browser
def test_the_page_filters_searches_and_steps_by_keys_in_both_colours(bundles: list[Bundle], tmp_path: Path) -> None:
    from playwright.sync_api import sync_playwright

    path = tmp_path / "bao-cao.html"
    path.write_bytes(to_html(bundles[0]))
    count = len(bundles[0].findings)
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        grounds = set()
        for scheme in ("light", "dark"):
            page = browser.new_context(color_scheme=scheme).new_page()
            errors: list[str] = []
            page.on("pageerror", lambda error, errors=errors: errors.append(str(error)))
            page.goto(path.as_uri())
            grounds.add(page.evaluate("getComputedStyle(document.body).backgroundColor"))
            rows = page.locator("#side ol > li")
            assert (rows.count(), page.locator("mark").count()) == (count, count)
            page.keyboard.press("j")
            page.keyboard.press("j")
            assert page.locator("li.on").get_attribute("id") == rows.nth(1).get_attribute("id")
            assert page.locator("mark.on").count() == 1
            page.fill("#q", "bai rac")
            assert 1 <= page.locator("#side ol > li:visible").count() < count
            page.fill("#q", "")
            page.uncheck("input[value=limitation]")
            assert page.locator("#side ol > li.limitation:visible").count() == 0
            assert errors == []
        browser.close()
    assert len(grounds) == 2


@pytest.mark.parametrize(
    ("path", "cited"),
    [
        (["V. KIẾN NGHỊ, ĐỀ XUẤT", "1. Đối với UBND tỉnh"], "mục V.1"),
        (["II- KẾT QUẢ", "2. Đất đai", "2.1. Giao đất"], "mục II.2.1"),
        (["Phần thứ hai: NHIỆM VỤ", "I. Mục tiêu", "a) Chung"], "Phần thứ hai, mục I.a"),
        (["III. ĐÁNH GIÁ", "Nguyên nhân"], "mục III, “Nguyên nhân”"),
        (["Mấy việc nên làm"], "mục “Mấy việc nên làm”"),
    ],
)
def test_a_section_is_cited_by_its_numbers(path: list[str], cited: str) -> None:
    assert section_cited(path) == cited


def test_a_citation_names_form_number_section_and_page() -> None:
    document = {"metadata": {"kind": "báo cáo quý", "number": "146/BC-UBND"}}
    finding = {"section": ["II. KẾT QUẢ", "3. Tổ chức"], "page": 4}
    assert citation(document, finding) == "(Báo cáo số 146/BC-UBND, mục II.3, tr. 4)"
    assert citation({"filename": "a.docx"}, {}) == "(Văn bản “a.docx”)"


def test_marks_that_overlap_stay_balanced() -> None:
    findings = [
        {"id": "a", "kind": "cause", "span": {"start": 0, "end": 6}},
        {"id": "b", "kind": "limitation", "span": {"start": 3, "end": 9}},
    ]
    marked = mark_text("<abc> & d", findings)
    assert marked.count("<mark") == marked.count("</mark>") == 2
    assert re.sub(r"</?mark[^>]*>", "", marked) == "&lt;abc&gt; &amp; d"


def test_html_of_many_reports_is_a_folder_of_pages(folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "trang"
    assert call("extract", folder, "-f", "html", "-o", output, "-q")[0] == 0
    assert sorted(p.name for p in output.iterdir()) == ["nam-2022.html", "nam-2023.html"]
    assert call("extract", folder, "-f", "html")[0] == 2


def test_an_interrupted_run_goes_on_where_it_stopped(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from api.export import batch

    files = files_below([folder], (".txt", ".md"))
    output = tmp_path / "ket-qua.jsonl"
    read = batch._read
    seen: list[str] = []

    def stumbling(reader: ReportReader, path: Path, stream: Progress) -> Bundle:
        if len(seen) == 1:
            raise KeyboardInterrupt
        seen.append(path.name)
        return read(reader, path, stream)

    monkeypatch.setattr(batch, "_read", stumbling)
    with pytest.raises(KeyboardInterrupt):
        Batch(files, "jsonl", output).run(progress=False)
    assert not output.exists() and len(list(tmp_path.iterdir())) == 2

    again: list[str] = []

    def noting(reader: ReportReader, path: Path, stream: Progress) -> Bundle:
        again.append(path.name)
        return read(reader, path, stream)

    monkeypatch.setattr(batch, "_read", noting)
    Batch(files, "jsonl", output).run(progress=False)
    assert (seen, again) == (["nam-2022.txt"], ["nam-2023.md"])
    rows = [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]
    assert [r["document"]["filename"] for r in rows if "document" in r] == ["nam-2022.txt", "nam-2023.md"]
    assert [p.name for p in tmp_path.iterdir()] == [output.name]


def test_two_reports_are_compared(folder: Path) -> None:
    code, out, _ = call("compare", folder / "nam-2022.txt", folder / "nam-2023.md")
    assert code == 0
    assert [line for line in out.splitlines() if not line.startswith(" ")] == [
        "Lặp lại (1)",
        "Mới (1)",
        "Không còn nhắc đến (1)",
    ]
    code, out, _ = call("compare", folder / "nam-2022.txt", folder / "nam-2023.md", "-f", "json")
    result = json.loads(out)
    assert "phần mềm" in result["new"][0]["text"] and "Bãi rác" in result["gone"][0]["text"]
    assert call("compare", folder / "nam-2022.txt", folder / "hỏng.docx")[0] == 2


def test_a_terminal_sees_pages_and_stages_of_the_file_at_hand(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from api.export import batch

    said: list[str] = []
    stream = Progress(1, enabled=False)
    monkeypatch.setattr(stream, "inside", said.append)
    batch._read(batch.load_reader(), folder / "nam-2022.txt", stream)
    assert [words.partition(": ")[2] for words in said] == list(STAGES.values())


def test_a_pipe_sees_the_count_of_files(folder: Path) -> None:
    code, _, said = call("extract", folder, "-f", "md")
    assert code == 0 and "3/3 tệp" in said
