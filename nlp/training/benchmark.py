"""Public benchmarks as drop-in corpora: files of `text` and `label`, trained and scored by the same commands.

Read are: a CSV, TSV, JSONL or Excel file with the columns `text`, `label` and perhaps `split`; a folder with such files
named `train.*`, `dev.*` (or `validation.*`, `valid.*`) and `test.*`; and a folder of folders, `SPLIT/LABEL/*.txt` or
`LABEL/*.txt`, in any encoding that the text core reads. Without a test part, one row in five is set aside by its digest.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from joblib import Parallel, delayed
from scipy import sparse
from sklearn.linear_model import LogisticRegression

from nlp.petitions.features import LinearHead, TextFeatures
from nlp.petitions.prepared import prepare
from nlp.petitions.vectors import WordVectors
from nlp.text import LangNgheError, decode
from nlp.training.exchange.tables import read_sheet, read_table
from nlp.training.metrics import bootstrap, label_scores, macro_f1, per_label_f1
from nlp.training.vectorize import Counted, fit_features, matrix

SPLIT_NAMES = {
    "train": "train", "training": "train", "train_full": "train", "dev": "validation", "valid": "validation",
    "validation": "validation", "test": "test", "test_full": "test",
}  # fmt: skip
SUFFIXES = (".csv", ".tsv", ".jsonl", ".json", ".xlsx")
BLOCKS = {"word": 1.0, "syllable": 1.0, "char": 1.0}


class BenchmarkError(LangNgheError):
    """A folder or file that holds no labelled texts."""


@dataclass(frozen=True)
class LabelledText:
    """One text of a benchmark with its one label."""

    text: str
    label: str
    split: str


@dataclass(frozen=True)
class Benchmark:
    """The texts of a benchmark; `labels` in order of their names."""

    name: str
    rows: tuple[LabelledText, ...]

    @property
    def labels(self) -> tuple[str, ...]:
        return tuple(sorted({r.label for r in self.rows}))

    def split(self, *names: str) -> list[LabelledText]:
        return [r for r in self.rows if r.split in names]

    @property
    def digest(self) -> str:
        """SHA-256 over texts and labels, in order."""
        total = hashlib.sha256()
        for r in self.rows:
            total.update(json.dumps([r.text, r.label, r.split], ensure_ascii=False).encode())
        return total.hexdigest()


def is_benchmark(path: Path) -> bool:
    """Whether a path is a benchmark rather than a `corpora/` folder of the project's own form."""
    return path.is_file() or (path.is_dir() and not (path / "petitions").is_dir())


def read_benchmark(path: Path) -> Benchmark:
    """Read a benchmark.

    Raises
    ------
    BenchmarkError
        `no_labelled_texts` if there are fewer than two labels to learn from.
    """
    rows = list(_file(path, "") if path.is_file() else _folder(path)) if path.exists() else []
    if not any(r.split == "test" for r in rows):
        rows = [replace(r, split="test") if r.split != "validation" and _fifth(r) else r for r in rows]
    rows = [LabelledText(r.text, r.label, r.split or "train") for r in rows]
    if len({r.label for r in rows if r.split == "train"}) < 2:
        raise BenchmarkError("no_labelled_texts", f"{path.name}: cần cột text và label với ít nhất hai nhãn để học.")
    return Benchmark(path.stem, tuple(rows))


def _fifth(row: LabelledText) -> bool:
    return hashlib.sha256(row.text.encode("utf-8", "surrogatepass")).digest()[0] % 5 == 0


def _folder(path: Path) -> Iterator[LabelledText]:
    files = [p for p in sorted(path.iterdir()) if p.suffix.lower() in SUFFIXES and p.stem.lower() in SPLIT_NAMES]
    for file in files:
        yield from _file(file, SPLIT_NAMES[file.stem.lower()])
    if files:
        return
    for folder in sorted(p for p in path.iterdir() if p.is_dir()):
        split = SPLIT_NAMES.get(folder.name.lower())
        for label in sorted(p for p in folder.iterdir() if p.is_dir()) if split else [folder]:
            for file in sorted(label.glob("*.txt")):
                yield LabelledText(decode(file.read_bytes()).text, label.name, split or "")


def _file(path: Path, split: str) -> Iterator[LabelledText]:
    for record in _records(path):
        text, label = record.get("text"), record.get("label")
        if isinstance(text, str) and text.strip() and label not in (None, ""):
            named = SPLIT_NAMES.get(str(record.get("split") or "").lower(), split)
            yield LabelledText(text, str(label).strip(), named)


def _records(path: Path) -> Iterator[Mapping[str, Any]]:
    suffix = path.suffix.lower()
    if suffix == ".xlsx":
        return read_sheet(path)
    if suffix in (".json", ".jsonl"):
        text = path.read_text(encoding="utf-8-sig")
        if text.lstrip().startswith("["):
            return iter(json.loads(text))
        return (json.loads(line) for line in text.split("\n") if line.strip())
    return read_table(path)


@dataclass(frozen=True)
class LabelModel:
    """A text classifier of one label: the features of the petition model under one-versus-rest logistic regressions."""

    features: TextFeatures
    head: LinearHead

    @property
    def labels(self) -> tuple[str, ...]:
        return self.head.codes

    def predict(self, texts: Sequence[str]) -> list[str]:
        """The likeliest label of each text."""
        return [self.labels[int(self.head.logits(self.features.transform(prepare(t))).argmax())] for t in texts]


def fit_labels(rows: Sequence[LabelledText], vectors: WordVectors | None = None, *, c: float = 10.0) -> LabelModel:
    """Fit on labelled texts, with the features that the petition model uses."""
    prepared = [prepare(r.text) for r in rows]
    counts = Counted(prepared, list(BLOCKS))
    blocks = BLOCKS | ({"vector": 2.0} if vectors else {})
    features = fit_features(counts, blocks=blocks, vectors=vectors)
    x = matrix(features, prepared, counts)
    labels = sorted({r.label for r in rows})
    y = np.array([r.label for r in rows])
    found = Parallel()(delayed(_one)(x, y == label, c) for label in labels)
    weights = np.stack([w for w, _ in found], axis=1).astype(np.float32)
    return LabelModel(features, LinearHead(tuple(labels), weights, np.array([b for _, b in found], np.float32)))


def _one(x: sparse.csr_matrix, y: np.ndarray, c: float) -> tuple[np.ndarray, float]:
    """One L2 logistic regression of a label against the rest: weights (columns,), bias."""
    fitted = LogisticRegression(C=c, solver="liblinear", dual=True, tol=1e-3, max_iter=500, random_state=0).fit(x, y)
    return fitted.coef_[0], float(fitted.intercept_[0])


def score_labels(model: LabelModel, benchmark: Benchmark, split: str = "test", *, times: int = 1000) -> dict[str, Any]:
    """Accuracy, macro-F1 and weighted F1 with intervals, a row a label, and the majority label beside them."""
    rows = benchmark.split(split)
    labels = sorted({*benchmark.labels, *model.labels})
    gold = np.array([labels.index(r.label) for r in rows])
    said = np.array([labels.index(x) for x in model.predict([r.text for r in rows])])
    eye = np.eye(len(labels), dtype=bool)
    majority = Counter(r.label for r in benchmark.split("train")).most_common(1)[0][0]
    guess = np.full(len(rows), labels.index(majority))

    def weighted(i: np.ndarray) -> float:
        each, share = per_label_f1(eye[gold[i]], eye[said[i]]), eye[gold[i]].mean(axis=0)
        return float(np.nansum(each * share))

    n = len(rows)
    return {
        "benchmark": benchmark.name, "split": split, "n": n, "train_n": len(benchmark.split("train")),
        "data": benchmark.digest,
        "accuracy": bootstrap(lambda i: float((gold[i] == said[i]).mean()), n, times=times).to_json(),
        "macro_f1": bootstrap(lambda i: macro_f1(eye[gold[i]], eye[said[i]]), n, times=min(times, 300)).to_json(),
        "weighted_f1": bootstrap(weighted, n, times=min(times, 100)).to_json(),
        "majority": {
            "accuracy": bootstrap(lambda i: float((gold[i] == guess[i]).mean()), n, times=times).to_json(),
            "macro_f1": bootstrap(lambda i: macro_f1(eye[gold[i]], eye[guess[i]]), n, times=min(times, 300)).to_json(),
        },
        "labels": [r.to_json() for r in label_scores(labels, eye[gold], eye[said], times=min(times, 500))],
    }  # fmt: skip
