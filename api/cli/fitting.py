"""`langnghe train petitions`: from corpora, and from what clerks confirmed, to a candidate."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from api.cli.model_checks import promote_checked
from api.cli.output import WRONG_USE, clear_errors, err, out, tell_dropped
from nlp.registry import Registry, Version

if TYPE_CHECKING:
    from nlp.training.corpus import PetitionCorpus

Dask = Annotated[
    str | None,
    typer.Option("--dask", help="Chạy trên cụm Dask: ghi local cho cụm ngay trên máy này, hoặc địa chỉ tcp://…:8786."),
]
FINDINGS_STEPS = 6
Corpora = Annotated[Path | None, typer.Option(help="Thư mục corpora/ khác, hoặc tệp/thư mục text, label.")]


def say_since(started: float) -> Callable[[str], None]:
    """Progress lines on standard error with the seconds since `started`."""
    return lambda message: err.print(f"[dim]{time.monotonic() - started:6.1f}s[/dim] {message}")


@contextmanager
def progress(total: int) -> Iterator[Callable[[str], None]]:
    """A bar at a terminal, a line a step elsewhere."""
    if not err.is_terminal:
        yield say_since(time.monotonic())
        return
    from nlp.training.progress import bar

    with bar(total) as say:
        yield say


Jobs = Annotated[int | None, typer.Option(help="Số nhân dùng để học; mặc định mọi nhân.", min=1)]


def where(dask: str | None, jobs: int | None = None) -> str:
    """Where the fits run, as `nlp.training.parallel.workers` wants it."""
    if dask is None:
        return "one" if jobs == 1 else "local"
    return "dask" if dask == "local" else dask


def train_petitions(
    config: Annotated[Path | None, typer.Option(help="Tệp YAML của lượt học; bỏ trống là mặc định.")] = None,
    version: Annotated[str | None, typer.Option(help="Tên phiên bản; mặc định là ngày giờ.")] = None,
    corpora: Corpora = None,
    add: Annotated[
        list[Path] | None, typer.Option("--add", help="Thêm dữ liệu đã gắn nhãn để học (tệp xuất từ sổ đơn, CSV…).")
    ] = None,
    encoder: Annotated[
        str | None, typer.Option(help="Tinh chỉnh mô hình mã hoá ở thư mục này (PhoBERT…) thay cho mô hình tuyến tính.")
    ] = None,
    download: Annotated[bool, typer.Option("--download", help="Cho phép tải mô hình mã hoá theo tên từ kho.")] = False,
    promote: Annotated[str | None, typer.Option(help="Đưa vào dùng ngay nếu đạt ca khó, với lý do này.")] = None,
    who: Annotated[str, typer.Option(help="Ai thực hiện.")] = "dòng lệnh",
    dask: Dask = None,
    jobs: Jobs = None,
) -> None:
    """Huấn luyện mô hình đọc đơn từ corpora/petitions, hoặc bộ phân loại từ dữ liệu công khai text, label."""
    from nlp.training.benchmark import is_benchmark, read_benchmark
    from nlp.training.benchmark_run import train_benchmark
    from nlp.training.config import TransformerConfig, read_run
    from nlp.training.corpus import load_petitions
    from nlp.training.progress import steps
    from nlp.training.train import train

    started = time.monotonic()
    with clear_errors():
        registry = Registry()
        try:
            run = read_run(config)
        except ValueError as error:
            err.print(f"[red]Lỗi[/red] (config): {error}")
            raise typer.Exit(WRONG_USE) from None
        source = corpora or run.data.corpora
        if source is not None and is_benchmark(source):
            found = train_benchmark(
                read_benchmark(source), registry, version=version, where=where(dask, jobs), say=say_since(started)
            )
        else:
            corpus = with_added(load_petitions(source), [*run.data.add, *(add or [])])
            model = TransformerConfig(encoder, download=download) if encoder else run.model
            with progress(steps(model)) as say:
                found = train(
                    corpus, registry, model, say=say, version=version, splits=run.data.splits, where=where(dask, jobs)
                )
        tell(found, time.monotonic() - started)
        if promote:
            promote_checked(registry, found.name, who=who, why=promote, corpora=source)
            out.print("Đã đưa vào sử dụng.")
        elif found.task == "petitions":
            out.print(f"Đưa vào sử dụng: langnghe models promote {found.name} --why “…”")


def with_added(corpus: PetitionCorpus, files: list[Path]) -> PetitionCorpus:
    """The corpus with the rows of further files in its training split; what is left out is told."""
    if not files:
        return corpus
    from nlp.training.exchange import read_any, take_in
    from nlp.training.train import extended

    found = take_in(
        (raw for file in files for raw in read_any(file)),
        beside=corpus.rows, held_out={r.id for r in corpus.split("validation", "test", "hard")},
    )  # fmt: skip
    out.print(f"Thêm {len(found.rows)} đơn, bỏ {len(found.dropped)}, che thông tin cá nhân ở {found.redacted} đơn.")
    tell_dropped(found.dropped)
    return extended(corpus, found.rows)


def tell(version: Version, seconds: float) -> None:
    """The scores of a new candidate."""
    out.print(f"Đã ghi bản ứng viên [bold]{version.name}[/bold] sau {seconds:.0f} giây.")
    for name, score in dict(version.manifest.metrics.get("validation", {})).items():
        # Petition scores are intervals of a value; findings tell precision and recall beside F1.
        value = score.get("value", score.get("f1")) if isinstance(score, dict) else None
        if value is not None:
            count = score.get("n", score.get("gold", "?"))
            out.print(f"  {name:20} {value:.3f}  [{score['low']:.3f}; {score['high']:.3f}]  n={count}")


def train_findings(
    version: Annotated[str | None, typer.Option(help="Tên phiên bản; mặc định là ngày giờ.")] = None,
    corpora: Annotated[Path | None, typer.Option(help="Thư mục corpora/ khác.")] = None,
    add: Annotated[
        list[Path] | None, typer.Option("--add", help="Thêm báo cáo có phát hiện đã rà soát (corpus pull findings).")
    ] = None,
    promote: Annotated[str | None, typer.Option(help="Đưa vào dùng ngay nếu đạt ca khó, với lý do này.")] = None,
    who: Annotated[str, typer.Option(help="Ai thực hiện.")] = "dòng lệnh",
) -> None:
    """Huấn luyện mô hình đọc báo cáo từ corpora/reports, và từ phát hiện đã rà soát."""
    from nlp.registry.locate import corpora_root
    from nlp.training.findings import train_findings as run
    from nlp.training.report_corpus import load_reports
    from nlp.training.retrain import retrain_findings
    from nlp.training.reviewed import read_reviewed, take_in_reports

    started = time.monotonic()
    with clear_errors():
        registry = Registry()
        folder = (corpora or corpora_root()) / "reports"
        if add:
            taken = take_in_reports((row for file in add for row in read_reviewed(file)), load_reports(folder))
            out.print(
                f"Thêm {len(taken.reports)} báo cáo, {taken.decided} phát hiện đã rà soát; bỏ {len(taken.dropped)}, "
                f"che thông tin cá nhân ở {taken.redacted} báo cáo."
            )
            tell_dropped(taken.dropped)
            with progress(FINDINGS_STEPS) as say:
                found = retrain_findings(folder, taken.reports, registry, say=say, version=version)
        else:
            with progress(FINDINGS_STEPS) as say:
                found = run(folder, registry, say=say, version=version)
        tell(found, time.monotonic() - started)
        if promote:
            promote_checked(registry, found.name, who=who, why=promote, corpora=corpora)
            out.print("Đã đưa vào sử dụng.")


def train_vectors(
    paths: Annotated[list[Path], typer.Argument(help="Tệp hoặc thư mục văn bản: txt, md, docx, pdf, jsonl (text).")],
    version: Annotated[str | None, typer.Option(help="Tên phiên bản.")] = None,
    dim: Annotated[int, typer.Option(help="Số chiều.")] = 100,
    window: Annotated[int, typer.Option(help="Số từ mỗi bên.")] = 5,
    min_count: Annotated[int, typer.Option(help="Bỏ từ gặp ít lần hơn.")] = 5,
) -> None:
    """Học véc-tơ từ từ kho văn bản của cơ quan (không cần nhãn), thành một bản ứng viên của tác vụ vectors."""
    from nlp.training.word_vectors import VectorConfig
    from nlp.training.word_vectors import train_vectors as run

    started = time.monotonic()
    with clear_errors():
        config = VectorConfig(dim=dim, window=window, min_count=min_count)
        found = run(paths, Registry(), config, version=version, say=say_since(started))
    m = found.manifest.metrics
    out.print(f"Đã ghi {found.name}: {m['words']} từ, học từ {m['texts']} văn bản, {m['tokens']} lượt từ.")
    out.print(f"Dùng khi huấn luyện: langnghe models promote {found.name} --why “…”")


def train_search(
    space: Annotated[Path, typer.Argument(help="Tệp YAML: mỗi mục một danh sách giá trị, ví dụ c_kernel: [3, 10].")],
    to: Annotated[Path, typer.Option(help="Ghi cấu hình tốt nhất ra tệp YAML này.")] = Path("best.yaml"),
    draws: Annotated[int | None, typer.Option("--random", help="Chỉ thử ngẫu nhiên bấy nhiêu tổ hợp.")] = None,
    seed: Annotated[int, typer.Option(help="Hạt giống của --random.", min=0)] = 0,
    config: Annotated[
        Path | None, typer.Option(help="Tệp YAML của lượt học mà các giá trị thử thay vào; bỏ trống là mặc định.")
    ] = None,
    save: Annotated[Path | None, typer.Option("--json", help="Ghi mọi lượt thử và điểm ra tệp JSON này.")] = None,
    jobs: Annotated[int | None, typer.Option(help="Thử mấy tổ hợp cùng lúc; mặc định mọi nhân.")] = None,
    corpora: Corpora = None,
    dask: Dask = None,
) -> None:
    """Tìm cấu hình tốt nhất trên phần kiểm định; phần test không tham gia."""
    from nlp.training.config import PetitionConfig, configured, read_run
    from nlp.training.corpus import load_petitions
    from nlp.training.search import ValidationScore, candidates, read_space, search, write_config
    from nlp.training.train import shipped_vectors

    with clear_errors():
        try:
            values, run = read_space(space), read_run(config)
            if not isinstance(run.model, PetitionConfig):
                raise ValueError("chỉ dò được cấu hình của backend linear.")
        except ValueError as error:
            err.print(f"[red]Lỗi[/red] (config): {error}")
            raise typer.Exit(WRONG_USE) from None
        base = run.model
        corpus = with_added(load_petitions(corpora or run.data.corpora), list(run.data.add))
        train, validation = corpus.split(*run.data.splits), corpus.split("validation")
        if not train or not validation or "validation" in run.data.splits:
            err.print("[red]Lỗi[/red] (no_rows): cần cả phần để học và phần validation để chọn, tách nhau.")
            raise typer.Exit(WRONG_USE)
        score = ValidationScore(tuple(train), tuple(validation), shipped_vectors(Registry()))
        with progress(len(candidates(values, draws=draws))) as say:
            trials = search(base, values, score, draws=draws, seed=seed, where=where(dask), jobs=jobs, say=say)
        write_config(to, configured(base, trials[0].changes))
        if save:
            made = json.dumps([t.to_json() for t in trials], ensure_ascii=False, indent=1)
            save.write_text(made + "\n", encoding="utf-8")
    for t in trials[:20]:
        out.print(f"  {t.score:.4f}  {', '.join(f'{k}={v}' for k, v in t.changes.items())}", markup=False)
    out.print(f"Đã ghi cấu hình tốt nhất ra {to}; huấn luyện: langnghe train petitions --config {to}")
