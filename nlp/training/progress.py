"""How far a run is: a bar for people at a terminal or in a notebook, a line a step for logs."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TextIO

from nlp.training.config import PetitionConfig, TransformerConfig

Progress = Callable[[str], None]
# What a run says beside its folds or epochs: words, clauses, the last fit, weighing, judging, writing; an encoder: words,
# export, calibration.
LINEAR, ENCODER = 6, 3


def steps(config: PetitionConfig | TransformerConfig) -> int:
    """About how many steps a training run announces."""
    return config.folds + LINEAR if isinstance(config, PetitionConfig) else config.epochs + ENCODER


@contextmanager
def bar(total: int, *, stream: TextIO | None = None) -> Iterator[Progress]:
    """A bar that moves on with every step that is announced to what this gives; `say=` of any run takes it.

    Parameters
    ----------
    total : int
        steps, as far as is known; a run that announces more or fewer still ends full.
    """
    from tqdm import tqdm

    with tqdm(
        total=total, file=stream or sys.stderr, bar_format="{bar:24} {n_fmt}/{total_fmt} {elapsed} {desc}"
    ) as line:
        begun = 0

        def say(message: str) -> None:
            nonlocal begun
            # A step is announced when it begins: those before it are done.
            line.total = max(total, begun + 1)
            line.n = begun
            line.set_description_str(message)
            begun += 1

        yield say
        line.n = line.total
        line.set_description_str("xong")
