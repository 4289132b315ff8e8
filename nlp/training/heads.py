"""Linear and kernel heads: many one-versus-rest classifiers over one matrix, fitted side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from joblib import Parallel, cpu_count, delayed, effective_n_jobs
from scipy import sparse
from sklearn.svm import SVC, LinearSVC

from nlp.petitions.features import LinearHead, TextFeatures
from nlp.petitions.kernel import KernelHead
from nlp.petitions.members import BlockHead


def emphasis(features: TextFeatures, share: dict[str, float]) -> np.ndarray:
    """A factor for every column from a factor for every block: float32 (columns + dense columns,)."""
    blocks = np.array([share.get(b, 0.0) for b in features.blocks], dtype=np.float32)[features.block_of]
    return np.append(blocks, np.full(features.dense_columns, share.get("vector", 0.0), dtype=np.float32))


def fit_kernel(
    x: sparse.csr_matrix,
    y: np.ndarray,
    codes: Sequence[str],
    c: float,
    columns: np.ndarray,
    offset: float = 0.3,
    degree: int = 3,
) -> KernelHead:
    """One-versus-rest support-vector machines that share one polynomial kernel; `columns` is its emphasis."""
    gram = (x @ sparse.diags(columns) @ x.T).toarray()
    scale = float(np.median(np.diag(gram)))
    gram /= scale
    gram += offset
    # In the precision that libsvm works in, so that all fits share this one array.
    gram = np.power(gram, degree, out=gram).astype(np.float64)

    def one(k: int) -> tuple[np.ndarray, float]:
        alpha = np.zeros(len(y), dtype=np.float32)
        if len(set(y[:, k].tolist())) < 2:
            return alpha, 2.0 if y[:, k].any() else -2.0
        fitted = SVC(kernel="precomputed", C=c, class_weight="balanced").fit(gram, y[:, k])
        alpha[fitted.support_] = fitted.dual_coef_[0]
        return alpha, float(fitted.intercept_[0])

    # libsvm is repeatable in threads, and the kernel is too large to hand to processes.
    found = Parallel(n_jobs=min(effective_n_jobs(), cpu_count()), require="sharedmem")(
        delayed(one)(k) for k in range(len(codes))
    )
    alpha = np.stack([a for a, _ in found], axis=1)
    return KernelHead(
        tuple(codes), x, columns, alpha, np.array([b for _, b in found], np.float32), scale, offset, degree
    )


def margin(x: sparse.csr_matrix, y: np.ndarray, c: float, weight: np.ndarray | None = None) -> tuple[np.ndarray, float]:
    """One linear support-vector machine: weights (columns,), bias. A label without both classes gets a constant."""
    if len(set(y.tolist())) < 2:
        return np.zeros(x.shape[1]), 1.0 if y.any() else -1.0
    fitted = LinearSVC(C=c, dual=True, tol=1e-3, random_state=0).fit(x, y, sample_weight=weight)
    return fitted.coef_[0], float(fitted.intercept_[0])


def fit_block(
    x: sparse.csr_matrix, y: np.ndarray, features: TextFeatures, block: str, c: float, use: Sequence[np.ndarray | None]
) -> BlockHead:
    """Linear machines over the columns of one block.

    Parameters
    ----------
    use : sequence
        for each label the rows that it learns from (bool array), or None for all.
    """
    first, last = block_columns(features, block)
    rows = x[:, first:last].tocsr()
    rows.sort_indices()
    found = Parallel()(
        delayed(margin)(*((rows, y[:, k]) if use[k] is None else (rows[use[k]], y[use[k], k])), c)
        for k in range(y.shape[1])
    )
    return BlockHead(
        first,
        np.stack([w for w, _ in found], axis=1).astype(np.float16),
        np.array([b for _, b in found], np.float32),
    )


def fit_margins(
    x: sparse.csr_matrix, y: np.ndarray, codes: Sequence[str], c: float, weight: np.ndarray | None = None
) -> LinearHead:
    """Linear machines over all columns, one a label.

    Parameters
    ----------
    y : bool array (rows, codes)
    weight : float array (rows,), optional
        how much each row counts.
    """
    found = Parallel()(delayed(margin)(x, y[:, k], c, weight) for k in range(len(codes)))
    return LinearHead(
        tuple(codes),
        np.stack([w for w, _ in found], axis=1).astype(np.float32),
        np.array([b for _, b in found], np.float32),
    )


def block_columns(features: TextFeatures, block: str) -> tuple[int, int]:
    """The first column of a block and the one past its last."""
    position = features.blocks.index(block)
    first, last = np.searchsorted(features.block_of, (position, position + 1))
    return int(first), int(last)


def block_scores(head: BlockHead, x: sparse.csr_matrix) -> np.ndarray:
    """Logits of many rows: float array (rows, labels)."""
    return np.asarray(x[:, head.first : head.first + len(head.weights)] @ head.weights.astype(np.float32) + head.bias)


def kernel_scores(head: KernelHead, x: sparse.csr_matrix) -> np.ndarray:
    """Logits of many rows: float array (rows, codes)."""
    return head.scores(head.offset + (x @ sparse.diags(head.emphasis) @ head.support.T).toarray() / head.scale)


def scores(head: LinearHead, x: sparse.csr_matrix) -> np.ndarray:
    """Logits of many rows: float32 (rows, codes)."""
    return np.asarray(x @ head.weights + head.bias, dtype=np.float32)


def halved(head: LinearHead) -> LinearHead:
    """The head with its weights in float16, as it is stored: half the size, the same decisions."""
    return replace(head, weights=head.weights.astype(np.float16))
