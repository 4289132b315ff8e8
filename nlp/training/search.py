"""Grid or random search over a petition configuration, on all cores or on a Dask cluster."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from joblib import Parallel, delayed

from nlp.petitions.vectors import WordVectors
from nlp.training.config import PetitionConfig, configured
from nlp.training.corpus import PetitionRow
from nlp.training.judge import judge_model
from nlp.training.parallel import workers
from nlp.training.petitions import fit_petitions

# What a configuration is chosen by, and how much each part counts. The test split has no part in it.
WEIGHTS = {
    "field_micro_f1": 2.0, "subfield_micro_f1": 1.0, "type_accuracy": 1.0, "urgency_accuracy": 1.0,
    "signal_micro_f1": 1.0,
}  # fmt: skip
Space = Mapping[str, Sequence[Any]]
Scorer = Callable[[PetitionConfig], Mapping[str, float]]


@dataclass(frozen=True)
class Trial:
    """One configuration that was tried: what was changed, its weighted score and the scores that it is made of."""

    changes: Mapping[str, Any]
    score: float
    scores: Mapping[str, float]

    def to_json(self) -> dict[str, Any]:
        return {
            "changes": dict(self.changes), "score": round(self.score, 4),
            "scores": {k: round(v, 4) for k, v in self.scores.items()},
        }  # fmt: skip


def read_space(path: Path) -> dict[str, list[Any]]:
    """A YAML file of values to try: `c_kernel: [1, 3, 10]`, and `blocks.vector: [0, 2]` for a key of a mapping.

    Raises
    ------
    ValueError
        For an unknown key, one without a list of values, or a value that makes no sense.
    """
    try:
        space = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError):
        raise ValueError(f"{path.name} không phải tệp YAML đọc được.") from None
    if not isinstance(space, dict) or not space or not all(isinstance(v, list) and v for v in space.values()):
        raise ValueError("Mỗi mục của tệp tìm kiếm phải là một danh sách giá trị.")
    for key, values in space.items():
        for value in values:
            configured(PetitionConfig(), {key: value})
    return space


def candidates(space: Space, *, draws: int | None = None, seed: int = 0) -> list[dict[str, Any]]:
    """Every combination of the values, or `draws` of them at random without repeats."""
    keys = sorted(space)
    grid = [dict(zip(keys, values, strict=True)) for values in itertools.product(*(space[k] for k in keys))]
    if draws is None or draws >= len(grid):
        return grid
    chosen = np.random.default_rng(seed).choice(len(grid), size=draws, replace=False)
    return [grid[i] for i in sorted(chosen.tolist())]


def search(
    base: PetitionConfig,
    space: Space,
    score: Scorer,
    *,
    draws: int | None = None,
    seed: int = 0,
    where: str = "local",
    jobs: int | None = None,
    say: Callable[[str], None] = lambda _: None,
) -> list[Trial]:
    """Try configurations, the best first.

    Parameters
    ----------
    score : callable
        configuration → scores by name; it must be picklable to run elsewhere.
    where : str
        see `nlp.training.parallel.workers`.
    say : callable
        told of every configuration as its scores come in.
    """
    tried = candidates(space, draws=draws, seed=seed)
    trials = []
    with workers(where, jobs=jobs):
        found = Parallel(return_as="generator")(delayed(score)(configured(base, c)) for c in tried)
        for changes, scores in zip(tried, found, strict=True):
            trials.append(Trial(changes, weighted(scores), scores))
            say(f"{trials[-1].score:.4f} {', '.join(f'{k}={v}' for k, v in changes.items())}")
    return sorted(trials, key=lambda t: -t.score)


def weighted(scores: Mapping[str, float]) -> float:
    """The weighted mean of the scores that `WEIGHTS` names; NaN counts as nothing."""
    used = {k: w for k, w in WEIGHTS.items() if k in scores and not np.isnan(scores[k])}
    total = sum(used.values())
    return sum(w * scores[k] for k, w in used.items()) / total if total else float("nan")


@dataclass(frozen=True)
class ValidationScore:
    """Fits a configuration on training rows and scores it on validation rows; a picklable `Scorer`."""

    train: tuple[PetitionRow, ...]
    validation: tuple[PetitionRow, ...]
    vectors: WordVectors | None

    def __call__(self, config: PetitionConfig) -> dict[str, float]:
        # Each trial keeps to its own core: the trials themselves are what runs side by side.
        with workers("one"):
            model, _ = fit_petitions(self.train, self.vectors, config)
        judged = judge_model(model, self.validation)
        everything = np.arange(judged.n)
        return {name: float(rule(everything)) for name, rule in judged.rules().items()}


def write_config(path: Path, config: PetitionConfig) -> None:
    """A configuration as a file for `langnghe train petitions --config`."""
    path.write_text(yaml.safe_dump(asdict(config), allow_unicode=True, sort_keys=False), encoding="utf-8")
