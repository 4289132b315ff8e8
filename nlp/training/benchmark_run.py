"""Training and reporting on a benchmark, with versions in the registry like any other model."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from nlp.registry import Registry, RegistryError, Version
from nlp.training.benchmark import Benchmark, LabelModel, fit_labels, score_labels
from nlp.training.parallel import workers
from nlp.training.train import shipped_vectors
from nlp.training.writeup import Block, Heading, Items, Table, Text

TASK = "labels"
Say = Callable[[str], None]


def train_benchmark(
    benchmark: Benchmark,
    registry: Registry,
    *,
    version: str | None = None,
    where: str = "local",
    say: Say = lambda _: None,
) -> Version:
    """Fit on the training part, score on the validation part where there is one, and register a candidate."""
    rows = benchmark.split("train")
    say(f"Học từ {len(rows)} văn bản, {len(benchmark.labels)} nhãn")
    with workers(where):
        model = fit_labels(rows, shipped_vectors(registry))
    metrics: dict[str, Any] = {"train_n": len(rows)}
    if benchmark.split("validation"):
        found = score_labels(model, benchmark, "validation", times=200)
        metrics["validation"] = {k: found[k] for k in ("accuracy", "macro_f1")}
    return registry.save(
        TASK, model, labels={"labels": list(model.labels)}, metrics=metrics, config={"benchmark": benchmark.name},
        data={"benchmark": benchmark.digest}, version=version,
        card=f"# Bộ phân loại cho {benchmark.name}\n\nHọc từ {len(rows)} văn bản; chỉ để so với bảng đã công bố.\n",
    )  # fmt: skip


def version_for(benchmark: Benchmark, registry: Registry, name: str | None = None) -> Version:
    """The named version, or the newest that learned from this benchmark.

    Raises
    ------
    RegistryError
        `model_missing` if none did.
    """
    if name:
        return registry.get(name)
    fitting = [v for v in registry.list(TASK) if v.manifest.data.get("benchmark") == benchmark.digest]
    if not fitting:
        raise RegistryError("model_missing", f"Chưa có mô hình nào học từ {benchmark.name}; hãy train trước.")
    return fitting[-1]


def evaluate_benchmark(
    benchmark: Benchmark, registry: Registry, version: Version, split: str = "test"
) -> dict[str, Any]:
    """Scores of a version on one split of its benchmark."""
    model: LabelModel = registry.load(version)
    return {"model": version.name} | score_labels(model, benchmark, split)


def benchmark_blocks(e: Mapping[str, Any]) -> list[Block]:
    """The scores as a report."""

    def cell(v: Mapping[str, Any]) -> str:
        return "–" if v["value"] is None else f"{v['value']:.4f} [{v['low']:.4f}; {v['high']:.4f}]"

    rows = [
        ["Độ đúng", cell(e["accuracy"]), cell(e["majority"]["accuracy"])],
        ["macro-F1", cell(e["macro_f1"]), cell(e["majority"]["macro_f1"])],
        ["F1 có trọng số", cell(e["weighted_f1"]), "–"],
    ]
    labels = [[r["code"], str(r["n"]), cell(r["f1"])] for r in e["labels"]]
    return [
        Heading(1, f"Kết quả trên {e['benchmark']}"),
        Items([
            f"Mô hình `{e['model']}`, học từ {e['train_n']} văn bản; chấm {e['n']} văn bản phần {e['split']}.",
            f"Mã băm dữ liệu `{e['data'][:12]}…`; khoảng tin cậy 95% theo bootstrap.",
        ]),
        Table(["Chỉ số", "Mô hình", "Nhãn đông nhất"], rows),
        Heading(2, "Từng nhãn"),
        Table(["Nhãn", "n", "F1"], labels),
        Text("So với bảng đã công bố chỉ có nghĩa khi cùng cách chia và cùng chỉ số."),
    ]  # fmt: skip
