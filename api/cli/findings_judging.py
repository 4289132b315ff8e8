"""`langnghe evaluate findings` and `corpus assemble-reports`: researchers' commands for reports."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from api.cli.output import clear_errors, err, out


def evaluate_findings(
    model: Annotated[str | None, typer.Option(help="Phiên bản cần chấm; mặc định là bản đang dùng.")] = None,
    corpora: Annotated[Path | None, typer.Option(help="Thư mục corpora/ khác.")] = None,
    leave_out: Annotated[bool, typer.Option("--leave-out", help="Thêm bảng bỏ từng thể loại (nhiều phút).")] = False,
    samples: Annotated[Path | None, typer.Option(help="Thư mục văn bản thật có nhãn, đặt ngoài dự án.")] = None,
    output: Annotated[Path | None, typer.Option("--output", "-o", help="Tệp báo cáo; mặc định in ra màn hình.")] = None,
) -> None:
    """Chấm mô hình đọc báo cáo trên tập kiểm tra và viết báo cáo."""
    from nlp.registry import Registry
    from nlp.registry.locate import corpora_root
    from nlp.training.findings_evaluation import evaluate_findings as run
    from nlp.training.findings_evaluation import evaluate_samples
    from nlp.training.findings_report import write_report

    with clear_errors():
        registry = Registry()
        version = registry.get(model) if model else registry.live("findings")
        folder = (corpora or corpora_root()) / "reports"
        result = run(folder, registry, version, leave_out=leave_out, say=lambda message: err.print(message))
        if samples is not None:
            result.samples = evaluate_samples(registry.load(version), samples)
        text = write_report(result)
        if output is None:
            typer.echo(text)
        else:
            output.write_text(text, encoding="utf-8")
            out.print(f"Đã viết {output}.")


def assemble_reports(
    drafts: Annotated[Path, typer.Argument(help="Thư mục bản soạn có dấu: một thư mục con cho mỗi người soạn.")],
    corpora: Annotated[Path | None, typer.Option(help="Thư mục corpora/ khác.")] = None,
    files: Annotated[
        Path | None, typer.Option(help="Thư mục ghi thêm bản Word và PDF của mỗi báo cáo, để thử đọc như tệp thật.")
    ] = None,
) -> None:
    """Lắp các báo cáo có dấu thành corpora/reports (văn bản, nhãn vàng) và chia phần; bản đã chia giữ nguyên."""
    from nlp.registry.locate import corpora_root
    from nlp.training.report_corpus import assemble_reports as run

    with clear_errors():
        folder = (corpora or corpora_root()) / "reports"
        counts = run(drafts, folder)
        out.print(f"{counts['reports']} báo cáo; " + ", ".join(f"{k} {n}" for k, n in counts["spans"].items()))
        if files is not None:
            from nlp.training.report_corpus import load_reports
            from nlp.training.report_files import write_files

            out.print(f"{write_files(load_reports(folder), files)} tệp Word, PDF ở {files}.")
