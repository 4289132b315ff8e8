"""`langnghe corpus set-aside|agreement`: petitions labelled without the machine's suggestion, reported apart."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.output import WRONG_USE, clear_errors, err, out, tell_dropped


def set_aside_rows(
    to: Annotated[Path, typer.Option(help="Tệp để ghi: .json cho Label Studio, .csv, .xlsx hoặc .jsonl.")],
    file: Annotated[Path | None, typer.Argument(help="Tệp JSONL id, text; bỏ trống là đọc sổ đơn.")] = None,
    share: Annotated[float, typer.Option(help="Phần đơn để riêng, từ 0 đến 1.", min=0.0, max=1.0)] = 0.1,
    salt: Annotated[
        str, typer.Option(envvar="LANGNGHE_BLIND_SALT", help="Từ riêng của cơ quan, để không ai đoán trước đơn nào.")
    ] = "",
    database: Annotated[str, typer.Option(help="Địa chỉ cơ sở dữ liệu; mặc định LANGNGHE_DATABASE.")] = "",
    most: Annotated[int, typer.Option("--most", help="Chỉ xét những đơn mới nhất, tối đa bấy nhiêu.")] = 2000,
) -> None:
    """Để riêng một phần đơn ngẫu nhiên mà cố định, đã che thông tin cá nhân, để gắn nhãn mà không xem gợi ý của máy."""
    from nlp.training.confirmed import set_aside
    from nlp.training.exchange import unlabelled, write_any
    from nlp.training.exchange.tools import lines

    with clear_errors():
        source = lines(file) if file is not None else registered(database, most)
        found = unlabelled(source)
        rows = [row for row in found.rows if set_aside(row.id, share, salt)]
        write_any(to, rows)
    out.print(
        f"Để riêng {len(rows)} trong {len(found.rows)} đơn, ghi ra {to}. "
        "Gắn nhãn xong: langnghe corpus agreement --blind …"
    )
    tell_dropped(found.dropped)


def registered(database: str, most: int, *, undecided: bool = False) -> Iterator[Mapping[str, Any]]:
    """The newest petitions of the register; all, or what nobody decided yet."""
    from api.cli.shadowing import stored_answers
    from api.records.engine import Records
    from api.settings import Settings

    records = Records(database or Settings.from_env().database)
    try:
        yield from stored_answers(records, most, undecided=undecided)
    finally:
        records.close()


def clerk_agreement(
    file: Annotated[Path | None, typer.Argument(help="Tệp xuất từ sổ đơn (jsonl).")] = None,
    blind: Annotated[
        list[Path] | None, typer.Option("--blind", help="Tệp đã gắn nhãn mà không xem gợi ý (corpus set-aside).")
    ] = None,
    model: Annotated[
        str | None, typer.Option(help="Phiên bản đọc lại những đơn không ghi gợi ý; mặc định là bản đang dùng.")
    ] = None,
) -> None:
    """Mức đồng thuận giữa cán bộ và máy, tách riêng đơn được gắn nhãn mà không xem gợi ý."""
    from nlp.petitions.encoder import load_reader
    from nlp.registry import Registry
    from nlp.training.confirmed import agreement_apart, with_suggestions
    from nlp.training.exchange import read_any

    if file is None and not blind:
        err.print("[red]Lỗi[/red] (agreement): cần tệp xuất từ sổ đơn, hoặc --blind.")
        raise typer.Exit(WRONG_USE)
    with clear_errors():
        reader = load_reader(Registry(), model)

        def read(row: Mapping[str, Any]) -> Any:
            return reader.classify(row["text"])

        rows = list(with_suggestions(read_any(file, "jsonl"), read)) if file else []
        rows += [row for path in blind or () for row in with_suggestions(read_any(path), read, blind=True)]
        # A petition that was labelled blind counts there, whatever was decided on it afterwards.
        hidden = {row.get("id") for row in rows if row.get("blind")}
        found = agreement_apart(row for row in rows if row.get("blind") or row.get("id") not in hidden)
    for name, title in (("blind", "Không xem gợi ý"), ("seen", "Đã xem gợi ý")):
        part = found[name]
        if part["n"]:
            scores = (("lĩnh vực micro-F1", "field_micro_f1"), ("loại đơn", "type_accuracy"),
                      ("mức khẩn", "urgency_accuracy"))  # fmt: skip
            told = ", ".join(f"{words} {part[key]:.3f}" for words, key in scores if part.get(key) is not None)
            out.print(f"{title}: {part['n']} đơn, {told}")
        else:
            out.print(f"{title}: chưa có đơn nào")
    if found["unknown"]:
        out.print(f"Chưa gắn nhãn hoặc không rõ gợi ý của máy: {found['unknown']} đơn")
    out.print("Chỉ con số ở đơn không xem gợi ý mới nói mô hình tốt đến đâu.")
