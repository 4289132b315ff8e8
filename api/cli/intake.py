"""`langnghe intake`: the intake report of a petition, without storing anything."""

from __future__ import annotations

import json
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from api.cli.output import WRONG_USE, clear_errors, err
from nlp.documents import read_document
from nlp.petitions import PetitionReader
from nlp.petitions.intake import Office, intake_report
from nlp.text import LangNgheError

DAYS = ["%Y-%m-%d", "%d/%m/%Y"]


def intake(
    paths: Annotated[
        list[Path] | None, typer.Argument(metavar="[TỆP…]", help="Tệp .txt, .docx, .pdf, .html, .md.")
    ] = None,
    text: Annotated[str | None, typer.Option("--text", "-t", help="Nội dung đơn, gõ thẳng vào lệnh.")] = None,
    received_at: Annotated[
        datetime | None, typer.Option(formats=DAYS, help="Ngày nhận đơn; mặc định hôm nay.", metavar="NGÀY")
    ] = None,
    place: Annotated[str | None, typer.Option(help="Nơi xảy ra vụ việc; mặc định đọc trong đơn.")] = None,
    channel: Annotated[str | None, typer.Option(help="Nguồn đơn: don, post, portal, hotline, email …")] = None,
    level: Annotated[str, typer.Option(help="Cấp của cơ quan nhận đơn: xa hoặc tinh.")] = "xa",
    province: Annotated[str, typer.Option(help="Tỉnh của cơ quan nhận đơn, để tra tên xã cũ.")] = "",
) -> None:
    """Lập phiếu tiếp nhận: điều kiện, thời hạn, hướng xử lý, các bên. Mỗi đơn một dòng JSON; mọi mục là gợi ý."""
    if (text is None and not paths) or level not in ("xa", "tinh"):
        need = "--level là xa hoặc tinh" if level not in ("xa", "tinh") else "cần --text hoặc tệp"
        err.print(f"[red]Lỗi[/red] (usage): {need}. Xem: langnghe intake --help")
        raise typer.Exit(WRONG_USE)
    received = received_at.date() if received_at else date.today()
    with clear_errors():
        reader = PetitionReader.load()

        def say(petition: str, identity: str) -> None:
            result = reader.classify(petition, received_at=received, channel=channel, id=identity)
            report = intake_report(petition, result, received_at=received, place=place, channel=channel,
                                   office=Office(level, province=province), today=date.today())  # fmt: skip
            typer.echo(json.dumps({"id": identity, **report.to_json()}, ensure_ascii=False))

        if text is not None:
            say(text, "")
        for path in paths or []:
            try:
                say(read_document(path).text, path.name)
            except LangNgheError as error:
                if len(paths or []) == 1:
                    raise
                err.print(f"{path.name}: {error.message}")
                problem = {"code": error.code, "message": error.message}
                typer.echo(json.dumps({"id": path.name, "error": problem}, ensure_ascii=False))
