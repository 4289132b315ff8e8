"""The corpus petitions most like a text: what did the model learn from that made it read this one so?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from nlp.training.corpus import PetitionRow
from nlp.training.light import Light


@dataclass(frozen=True)
class Neighbour:
    """A row and how alike it is: cosine, 0 to 1."""

    row: PetitionRow
    similarity: float


def nearest(light: Light, place: int, *, most: int = 5, among: Sequence[int] | None = None) -> list[Neighbour]:
    """The rows most like row `place`, itself left out, most alike first.

    Parameters
    ----------
    among : sequence of int, optional
        rows to look in (the training rows, say); all by default.
    """
    pool = np.array([i for i in (range(light.x.shape[0]) if among is None else among) if i != place], dtype=np.int64)
    if not len(pool):
        return []
    norm = np.sqrt(np.asarray(light.x.multiply(light.x).sum(axis=1)).ravel())
    unit = sparse.diags_array(1 / np.maximum(norm, 1e-9)) @ light.x
    similarity = (unit[pool] @ unit[[place]].T).toarray().ravel()
    order = np.lexsort((pool, -similarity))[:most]
    return [Neighbour(light.rows[pool[i]], round(float(similarity[i]), 4)) for i in order]
