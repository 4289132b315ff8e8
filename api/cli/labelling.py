"""`langnghe corpus queue|errors|similar|simulate`: what to label next, what is probably labelled wrong."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from api.cli.output import WRONG_USE, clear_errors, err, out, tell_dropped

Corpora = Annotated[Path | None, typer.Option(help="Thư mục corpora/ khác.")]
Most = Annotated[int, typer.Option("--most", help="Lấy tối đa bao nhiêu đơn.")]


def queue(
    to: Annotated[Path, typer.Option(help="Tệp để ghi: .json cho Label Studio, .csv, .xlsx hoặc .jsonl.")],
    file: Annotated[
        Path | None,
        typer.Argument(help="Tệp JSONL các đơn chưa gắn nhãn: id, text; bỏ trống là đơn chưa ai quyết trong sổ."),
    ] = None,
    by: Annotated[str, typer.Option(help="uncertain, disagree hoặc diverse.")] = "uncertain",
    against: Annotated[str | None, typer.Option(help="Với --by disagree: phiên bản thứ hai.")] = None,
    model: Annotated[str | None, typer.Option(help="Phiên bản đọc; mặc định là bản đang dùng.")] = None,
    most: Most = 100,
    keep_names: Annotated[
        bool, typer.Option("--public", help="Dữ liệu công khai, không có thông tin cá nhân: không che.")
    ] = False,
    database: Annotated[str, typer.Option(help="Địa chỉ cơ sở dữ liệu; mặc định LANGNGHE_DATABASE.")] = "",
    newest: Annotated[int, typer.Option(help="Khi đọc sổ: chỉ xét bấy nhiêu đơn mới nhất.")] = 2000,
    corpora: Corpora = None,
) -> None:
    """Chọn những đơn nên gắn nhãn trước: mô hình chưa chắc, hai mô hình khác nhau, hoặc khác những đơn đã có.

    Thông tin cá nhân được che trước khi đơn ra khỏi đây.
    """
    from api.cli.blind import registered
    from nlp.petitions.encoder import load_reader
    from nlp.registry import Registry
    from nlp.text import LangNgheError
    from nlp.training.active import Asked, disagreeing_queue, diverse_queue, uncertain_queue
    from nlp.training.corpus import load_petitions
    from nlp.training.exchange import Dropped, unlabelled, write_any
    from nlp.training.exchange.tools import lines, write_label_studio
    from nlp.training.light import lighten

    if by not in ("uncertain", "disagree", "diverse") or (by == "disagree") != (against is not None):
        err.print("[red]Lỗi[/red] (queue): --by là uncertain, disagree (kèm --against) hoặc diverse.")
        raise typer.Exit(WRONG_USE)
    with clear_errors():
        registry = Registry()
        source = lines(file) if file is not None else registered(database, newest, undecided=True)
        found = unlabelled(source, private=not keep_names or file is None)
        reader = load_reader(registry, model)
        pool, results = [], []
        for number, row in enumerate(found.rows, 1):
            try:
                results.append(reader.classify(row.text, id=row.id))
            except LangNgheError as error:
                found.dropped.append(Dropped(number, row.id, error.message))
            else:
                pool.append(row)
        asked: list[Asked]
        if by == "uncertain":
            asked = uncertain_queue(results, most)
        elif against is not None:
            other = load_reader(registry, against)
            asked = disagreeing_queue(results, [other.classify(r.text, id=r.id) for r in pool], most)
        else:
            train = load_petitions(corpora).split("train")
            light = lighten([*pool, *train])
            asked = diverse_queue(light, range(len(pool), len(pool) + len(train)), most)
        chosen = [pool[a.place] for a in asked]
        if to.suffix.lower() == ".json":
            write_label_studio(to, chosen, {results[a.place].id: results[a.place].to_json() for a in asked})
        else:
            write_any(to, chosen)
    for a in asked[:10]:
        out.print(f"  {a.id}: {a.why} ({a.score:.2f})")
    out.print(f"Đã ghi {len(chosen)} trong {len(pool)} đơn ra {to}; che thông tin cá nhân ở {found.redacted} đơn.")
    tell_dropped(found.dropped)


def label_errors(
    split: Annotated[list[str] | None, typer.Option(help="Phần chia để soát; mặc định train và validation.")] = None,
    most: Most = 50,
    save: Annotated[Path | None, typer.Option("--json", help="Ghi toàn bộ ra tệp JSON này.")] = None,
    corpora: Corpora = None,
) -> None:
    """Nhãn có lẽ bị gắn sai, để người gắn nhãn xem lại (cleanlab)."""
    from nlp.training.corpus import load_petitions
    from nlp.training.label_errors import find_label_errors

    with clear_errors():
        found = find_label_errors(load_petitions(corpora).split(*(split or ("train", "validation"))))
        if save:
            made = json.dumps([s.to_json() for s in found], ensure_ascii=False, indent=1)
            save.write_text(made + "\n", encoding="utf-8")
    table = Table()
    for column in ("Đơn", "Việc", "Nhãn đang có", "Mô hình đoán", "Điểm"):
        table.add_column(column)
    for s in found[:most]:
        table.add_row(s.id, s.task, s.given, s.suggested, f"{s.score:.3f}")
    out.print(table)
    out.print(f"{len(found)} nhãn đáng ngờ.")


def similar(
    identifier: Annotated[str, typer.Argument(help="Mã đơn trong ngữ liệu.")],
    most: Most = 5,
    corpora: Corpora = None,
) -> None:
    """Những đơn trong phần huấn luyện giống một đơn nhất: mô hình đã học từ đâu."""
    from nlp.training.corpus import load_petitions
    from nlp.training.errors import excerpt
    from nlp.training.light import lighten
    from nlp.training.neighbours import nearest

    with clear_errors():
        corpus = load_petitions(corpora)
        place = next((i for i, r in enumerate(corpus.rows) if r.id == identifier), None)
        if place is None:
            err.print(f"[red]Lỗi[/red] (no_row): không có đơn {identifier}.")
            raise typer.Exit(WRONG_USE)
        train = [i for i, r in enumerate(corpus.rows) if corpus.splits.get(r.id, "train") == "train"]
        for n in nearest(lighten(corpus.rows), place, most=most, among=train):
            out.print(f"[bold]{n.row.id}[/bold] {n.similarity:.2f} {', '.join(n.row.fields)} | {n.row.type}")
            out.print(f"  {excerpt(n.row.text)}", markup=False)


def simulate_labelling(
    start: Annotated[int, typer.Option(help="Số đơn có nhãn lúc đầu.")] = 60,
    step: Annotated[int, typer.Option(help="Mỗi vòng gắn thêm bao nhiêu đơn.")] = 60,
    rounds: Annotated[int, typer.Option(help="Số vòng.")] = 6,
    corpora: Corpora = None,
) -> None:
    """Mô phỏng: chọn đơn để gắn nhãn theo cách nào thì đỡ công nhất so với lấy ngẫu nhiên."""
    from nlp.training.active import saved, simulate
    from nlp.training.corpus import load_petitions
    from nlp.training.light import lighten

    with clear_errors():
        corpus = load_petitions(corpora)
        rows = corpus.split("train", "validation")
        pool = [i for i, r in enumerate(rows) if corpus.splits[r.id] == "train"]
        test = [i for i, r in enumerate(rows) if corpus.splits[r.id] == "validation"]
        curves = simulate(lighten(rows), pool, test, start=start, step=step, rounds=rounds)
    table = Table(title="micro-F1 lĩnh vực trên phần kiểm định")
    table.add_column("Cách chọn")
    for n in curves[0].labels:
        table.add_column(f"{n} nhãn", justify="right")
    for c in curves:
        table.add_row(c.strategy, *(f"{s:.3f}" for s in c.scores))
    out.print(table)
    result = saved(curves)
    for name, share in result["saved"].items():
        if name != "random":
            told = "chưa đạt" if share is None else f"{result['labels'][name]} nhãn, đỡ {share:.0%}"
            out.print(f"  {name}: {told} (để đạt {result['goal']:.3f})")
