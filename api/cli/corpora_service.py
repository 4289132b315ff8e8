"""`langnghe corpus pull`: what people decided in a running service, masked, as training data."""

from __future__ import annotations

import json
import urllib.error
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.output import WRONG_USE, clear_errors, err, out
from api.client import ApiError, Client

KINDS = ("petitions", "findings")
TAKEN = ("id", "kind", "sort", "span", "quote", "topics", "fields")


def pull(
    what: Annotated[str, typer.Argument(help="petitions: đơn đã quyết; findings: phát hiện đã rà soát.")],
    to: Annotated[Path, typer.Option(help="Tệp JSONL để ghi, đưa cho train petitions|findings --add.")],
    service: Annotated[str, typer.Option(help="Địa chỉ dịch vụ đang chạy.")] = "http://127.0.0.1:8000",
    token: Annotated[
        str | None, typer.Option(envvar="LANGNGHE_TOKEN", help="Khoá API của người nghiên cứu; nên đặt LANGNGHE_TOKEN.")
    ] = None,
    denunciations: Annotated[
        bool, typer.Option("--denunciations", help="Kèm đơn tố cáo, cũng đã che danh tính; việc lấy được ghi nhật ký.")
    ] = False,
) -> None:
    """Lấy từ dịch vụ đang chạy những gì cán bộ đã quyết, đã che thông tin cá nhân, để huấn luyện lại."""
    if what not in KINDS:
        err.print(f"[red]Lỗi[/red] (pull): chọn một trong {', '.join(KINDS)}.")
        raise typer.Exit(WRONG_USE)
    client = Client(service, token)
    try:
        with clear_errors():
            rows = list(
                client.training_rows(denunciations=denunciations) if what == "petitions" else reviewed_reports(client)
            )
    except ApiError as error:
        err.print(f"[red]Lỗi[/red] ({error.code}): {error.detail}")
        raise typer.Exit(WRONG_USE) from None
    except urllib.error.URLError:
        err.print(f"[red]Lỗi[/red] (service): không nối được {service}.")
        raise typer.Exit(WRONG_USE) from None
    to.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), encoding="utf-8")
    out.print(f"Đã ghi {len(rows)} {'đơn' if what == 'petitions' else 'báo cáo có phát hiện đã rà soát'} vào {to}.")


def reviewed_reports(client: Client) -> Iterator[Mapping[str, Any]]:
    """Every report with a finding that somebody decided, as `nlp.training.reviewed` reads it; nobody is named."""
    from nlp.training.reviewed import redacted_row

    for line in client.reports():
        report = client.report(line.id)
        if all(f.review.state == "proposed" for f in report.items):
            continue
        findings = []
        for f in report.items:
            body = f.model_dump(mode="json")
            review = {k: body["review"][k] for k in ("state", "kind", "sort")}
            findings.append({k: body[k] for k in TAKEN} | {"review": review})
        yield redacted_row({"id": report.document_id, "kind": report.kind, "text": report.text, "findings": findings})
