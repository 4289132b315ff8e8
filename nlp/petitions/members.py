"""Several looks at one text, decided together: two kernels over what stands together, a linear head over the words, a
linear head over the syllables.

Each member is fitted on its own blocks, because one head over all blocks leans on whichever block is longest; how much
each member counts for a label is learned from answers to petitions that the members never saw (Wolpert 1992, stacked
generalization). In cross-validation over hands that gave two points of field micro-F1 and four of type accuracy.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from nlp.petitions.features import Vector
from nlp.petitions.kernel import KernelHead

GROUPS = ("fields", "subfields", "type", "urgency", "signals")


@dataclass(frozen=True)
class BlockHead:
    """Linear scores over the columns of one block of features.

    Attributes
    ----------
    first : int
        the block's first column.
    weights : float16 or float32 array (columns of the block, labels)
    bias : float32 array (labels,)
    """

    first: int
    weights: np.ndarray
    bias: np.ndarray

    def logits(self, vector: Vector) -> np.ndarray:
        """float32 array (labels,)."""
        begin, end = np.searchsorted(vector.index, (self.first, self.first + len(self.weights)))
        rows = np.asarray(self.weights)[vector.index[begin:end] - self.first]
        return np.asarray(vector.value[begin:end] @ rows.astype(np.float32) + self.bias)


@dataclass(frozen=True)
class Views:
    """What the members say of one text.

    Attributes
    ----------
    scores : float array (labels, members)
        members: kernel, words, syllables.
    similar : float array (support rows,)
        of the topic kernel, for evidence.
    unaccented : bool
    """

    scores: np.ndarray
    similar: np.ndarray
    unaccented: bool


@dataclass(frozen=True)
class Members:
    """The fitted members over one order of labels.

    Attributes
    ----------
    groups : mapping
        name of GROUPS → (first, past the last) label.
    topic, whole : KernelHead
        `topic` scores fields, sub-fields and types, `whole` urgency and signals; with other columns in front.
    plain_topic, plain_whole : KernelHead
        the same for text typed without diacritics, learned from such text.
    words, syllables : BlockHead
        every label. A text without diacritics has no words to look up: its syllables speak for both.
    """

    groups: Mapping[str, tuple[int, int]]
    topic: KernelHead
    whole: KernelHead
    plain_topic: KernelHead
    plain_whole: KernelHead
    words: BlockHead
    syllables: BlockHead

    def read(self, vector: Vector, unaccented: bool) -> Views:
        """Every member's scores for one text."""
        topic, whole = (self.plain_topic, self.plain_whole) if unaccented else (self.topic, self.whole)
        similar = topic.similarities(vector)
        kernel = np.concatenate([topic.scores(similar), whole.logits(vector)])
        syllables = self.syllables.logits(vector)
        words = syllables if unaccented else self.words.logits(vector)
        return Views(np.stack([kernel, words, syllables], axis=1), similar, unaccented)

    def of(self, scores: np.ndarray, group: str) -> np.ndarray:
        """The labels of one group: (…, labels, members) → (…, labels of the group, members)."""
        first, last = self.groups[group]
        return scores[..., first:last, :]

    def direction(self, views: Views, position: int, shares: np.ndarray) -> np.ndarray:
        """One topic label's score as a linear function of the row, around this text: float array (columns + dense,).

        Parameters
        ----------
        position : int
            of the label among all.
        shares : float array (at least members,)
            how much each member counts for it.
        """
        topic = self.plain_topic if views.unaccented else self.topic
        out = shares[0] * topic.local_weights(views.similar, position)
        words, syllables = (0.0, shares[1] + shares[2]) if views.unaccented else (shares[1], shares[2])
        for head, share in ((self.words, words), (self.syllables, syllables)):
            out[head.first : head.first + len(head.weights)] += share * head.weights[:, position].astype(np.float32)
        return np.asarray(out)
