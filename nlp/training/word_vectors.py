"""Word vectors of an office's own archive: co-occurrence counts, PPMI, truncated SVD. No label is used.

The recipe of Levy, Goldberg and Dagan (2015): a symmetric window, context distribution smoothing, positive pointwise
mutual information, singular vectors with the root of the singular values. It needs no further dependency and gives the
same numbers from the same texts, which skip-gram with several threads does not.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.utils.extmath import randomized_svd

from nlp.petitions.prepared import prepare
from nlp.petitions.vectors import WordVectors
from nlp.registry import Registry, Version
from nlp.text import LangNgheError

TASK = "vectors"
CHUNK = 500_000
Say = Callable[[str], None]


class VectorsError(LangNgheError):
    """Too little text to learn from, or a file that cannot be read."""


@dataclass(frozen=True)
class VectorConfig:
    """How vectors are made.

    Attributes
    ----------
    dim : int
        columns of the result.
    window : int
        words to each side; a word d places away counts 1/d.
    min_count : int
        a rarer word gets no vector.
    most_words : int
        at most as many words, the most frequent.
    smoothing : float
        exponent of context frequencies (0.75 keeps rare contexts from dominating).
    shift : float
        log of the number of negative samples that PPMI stands for; 0 is plain PPMI.
    """

    dim: int = 100
    window: int = 5
    min_count: int = 5
    most_words: int = 30_000
    smoothing: float = 0.75
    shift: float = 0.0
    seed: int = 20261121


def texts_of(paths: Sequence[Path]) -> Iterator[str]:
    """The texts of files and folders: `text` of .jsonl lines, else whatever the document reader reads.

    Raises
    ------
    VectorsError
        `no_texts` if a path does not exist.
    """
    from nlp.documents import read_document

    for path in paths:
        if not path.exists():
            raise VectorsError("no_texts", f"Không có {path}.")
        for file in sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]:
            if file.suffix.lower() in (".jsonl", ".ndjson"):
                for line in file.read_text(encoding="utf-8-sig").split("\n"):
                    if line.strip():
                        text = json.loads(line).get("text")
                        if isinstance(text, str):
                            yield text
            elif file.suffix.lower() in (".txt", ".md", ".html", ".docx", ".pdf"):
                try:
                    yield read_document(file).text
                except LangNgheError:
                    continue  # a scan or a damaged file in an archive is no reason to stop


def sentences_of(texts: Iterable[str]) -> Iterator[list[str]]:
    """Each text as its words (lower case, syllables joined by `_`, numbers as one word), in order."""
    for text in texts:
        yield ["<số>" if word[0].isdigit() else word for word, _, _ in prepare(text).words if word[0].isalnum()]


def fit_vectors(
    sentences: Iterable[Sequence[str]], config: VectorConfig | None = None, say: Say = lambda _: None
) -> tuple[list[str], np.ndarray, dict[str, Any]]:
    """Learn vectors.

    Returns
    -------
    words (most frequent first), float32 array (words, dim), and what was counted.

    Raises
    ------
    VectorsError
        `no_texts` if fewer words than dimensions are frequent enough.
    """
    config = config or VectorConfig()
    say("Đếm từ")
    # Four bytes a word: an archive of a hundred million words stays in memory.
    index: dict[str, int] = {}
    texts: list[np.ndarray] = []
    total = hashlib.sha256()
    for sentence in sentences:
        texts.append(np.fromiter((index.setdefault(w, len(index)) for w in sentence), dtype=np.int32))
        total.update(("\x1f".join(sentence) + "\x1e").encode())
        if len(texts) % 1000 == 0:
            say(f"Đã đọc {len(texts)} văn bản")
    counts = np.bincount(np.concatenate(texts), minlength=len(index)) if index else np.zeros(0, dtype=np.int64)
    names = list(index)
    often = [i for i in range(len(names)) if counts[i] >= config.min_count]
    chosen = sorted(often, key=lambda i: (-counts[i], names[i]))[: config.most_words]
    if len(chosen) <= config.dim:
        raise VectorsError(
            "no_texts", f"Cần nhiều văn bản hơn: chỉ có {len(chosen)} từ gặp ít nhất {config.min_count} lần."
        )
    say(f"Đếm cặp từ quanh {len(chosen)} từ")
    row_of = np.full(len(names), -1, dtype=np.int64)
    row_of[chosen] = np.arange(len(chosen))
    pairs = co_occurrences([row_of[t] for t in texts], len(chosen), config.window)
    say("Phân rã")
    matrix = ppmi(pairs, config.smoothing, config.shift)
    u, s, _ = randomized_svd(matrix, config.dim, n_iter=6, random_state=config.seed)
    vectors = (u * np.sqrt(s)).astype(np.float32)
    seen = {"texts": len(texts), "tokens": int(counts.sum()), "words": len(chosen), "sha256": total.hexdigest()}
    return [names[i] for i in chosen], vectors, seen


def co_occurrences(texts: Sequence[np.ndarray], size: int, window: int) -> sparse.csr_matrix:
    """Weighted counts of word pairs within `window` places, 1/d for d places apart; symmetric float32 (size, size).

    Parameters
    ----------
    texts : sequence of int64 arrays
        row numbers of words in order; -1 for a word without a row, which keeps its place, so that dropping it brings
        no others closer.

    Notes
    -----
    Texts are counted in chunks, so memory grows with the pairs that exist and not with the archive.
    """
    total = sparse.csr_matrix((size, size), dtype=np.float32)
    # A gap as wide as the window keeps words of two texts apart.
    gap = np.full(window, -1, dtype=np.int64)
    chunk: list[np.ndarray] = []
    length = 0
    for number, words in enumerate(texts):
        chunk += [words, gap]
        length += len(words) + window
        if length >= CHUNK or number + 1 == len(texts):
            total = total + _count(np.concatenate(chunk), size, window)
            chunk, length = [], 0
    return (total + total.T).tocsr()


def _count(ids: np.ndarray, size: int, window: int) -> sparse.csr_matrix:
    total = sparse.csr_matrix((size, size), dtype=np.float32)
    for distance in range(1, window + 1):
        one, other = ids[:-distance], ids[distance:]
        both = (one >= 0) & (other >= 0)
        weight = np.full(int(both.sum()), 1 / distance, dtype=np.float32)
        total = total + sparse.coo_matrix((weight, (one[both], other[both])), shape=(size, size)).tocsr()
    return total


def ppmi(pairs: sparse.csr_matrix, smoothing: float, shift: float) -> sparse.csr_matrix:
    """Positive pointwise mutual information with smoothed contexts: csr float32, non-negative."""
    found = pairs.tocoo()
    words = np.asarray(pairs.sum(axis=1)).ravel()
    contexts = words**smoothing
    p_context = contexts / contexts.sum()
    pmi = np.log(found.data / np.maximum(words[found.row], 1e-12)) - np.log(p_context[found.col]) - shift
    keep = pmi > 0
    kept = (pmi[keep].astype(np.float32), (found.row[keep], found.col[keep]))
    return sparse.coo_matrix(kept, shape=pairs.shape).tocsr()


def train_vectors(
    paths: Sequence[Path],
    registry: Registry,
    config: VectorConfig | None = None,
    *,
    version: str | None = None,
    say: Say = lambda _: None,
) -> Version:
    """Learn vectors from files and register them as a candidate of the task `vectors`.

    Raises
    ------
    VectorsError
        As `texts_of` and `fit_vectors`.
    """
    config = config or VectorConfig()
    words, vectors, seen = fit_vectors(sentences_of(texts_of(paths)), config, say)
    card = f"""# Véc-tơ từ

- Học từ: {seen["texts"]} văn bản, {seen["tokens"]} lượt từ do cơ quan cung cấp; không dùng nhãn.
- Cách học: PPMI trên cửa sổ {config.window} từ mỗi bên, SVD còn {config.dim} chiều, lượng tử int8; {seen["words"]} từ.
- Dùng cho: mô hình đọc đơn huấn luyện sau khi bản này được đưa vào dùng.
"""
    return registry.save(
        TASK, WordVectors.build(words, vectors, keep=config.most_words), labels={},
        metrics={k: v for k, v in seen.items() if k != "sha256"}, config=asdict(config),
        data={"texts": seen["sha256"]}, version=version, card=card,
    )  # fmt: skip


def most_similar(words: Sequence[str], vectors: np.ndarray, word: str, most: int = 8) -> list[tuple[str, float]]:
    """The words nearest to a word by cosine.

    Raises
    ------
    KeyError
        If the word has no vector.
    """
    rows = {w: i for i, w in enumerate(words)}
    unit = vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)
    cosine = unit @ unit[rows[word]]
    return [(words[i], round(float(cosine[i]), 3)) for i in np.argsort(-cosine)[1 : most + 1]]
