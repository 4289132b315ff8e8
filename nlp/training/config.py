"""A training run as a file: which back end, which data, every setting; the same file gives the same model.

backend: linear            # or transformers
data:
  corpora: path/to/corpora # by default the project's own
  add: [confirmed.jsonl]   # further labelled rows, any format that `corpus import` reads
  splits: [train]
c_linear: 1.0              # any field of PetitionConfig, or of TransformerConfig
seed: 20261121
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import yaml

BACKENDS = ("linear", "transformers")


@dataclass(frozen=True)
class PetitionConfig:
    """How a petition model is fitted; every number was chosen by cross-validation on the training split."""

    blocks: dict[str, float] = field(
        default_factory=lambda: {
            "word": 1.2,
            "syllable": 1.0,
            "cue": 1.5,
            "type_cue": 1.0,
            "signal_cue": 1.0,
            "date": 0.7,
            "vector": 2.0,
        }  # fmt: skip
    )
    clause_blocks: dict[str, float] = field(
        default_factory=lambda: {
            "word": 1.0,
            "syllable": 1.0,
            "signal_cue": 1.0,
            "neighbour": 0.5,
            "date": 0.7,
            "vector": 1.5,
        }  # fmt: skip
    )
    # How much each block counts in the kernels (on top of `blocks`); a block left out counts nothing.
    field_emphasis: dict[str, float] = field(
        default_factory=lambda: {"word": 1.0, "syllable": 1.0, "cue": 1.0, "type_cue": 1.0, "vector": 1.0}
    )
    whole_emphasis: dict[str, float] = field(
        default_factory=lambda: {
            "word": 0.7,
            "syllable": 1.0,
            "cue": 0.22,
            "signal_cue": 4.0,
            "date": 2.0,
            "vector": 0.56,
        }
    )
    max_features: dict[str, int] | int = field(
        default_factory=lambda: {"word": 17_000, "syllable": 26_000}
    )
    clause_max_features: dict[str, int] | int = field(
        default_factory=lambda: {"word": 17_000, "syllable": 22_000, "neighbour": 12_000}
    )
    c_kernel: float = 5.0
    c_linear: float = 1.0
    c_signals: float = 5.0
    c_clause: float = 0.5
    folds: int = 5
    # Shares of the members, thresholds and limits are learned from petitions of at least so many syllables: the one-line
    # petitions of the corpus teach words, but they say less than what an office receives.
    judged_syllables: int = 35
    unaccented_share: float = 0.25
    khan_recall: float = 0.95
    review_error: float = 0.10
    seed: int = 20261121


@dataclass(frozen=True)
class TransformerConfig:
    """How an encoder is fine-tuned.

    Attributes
    ----------
    base : str
        a folder, or a hub name (only with `download`).
    joiner : str
        what joins the syllables of a word: `_` for encoders of segmented text, a space for others, `auto` to tell by
        the tokenizer.
    calibration_share : float
        whole groups set aside from training for calibration and limits.
    """

    base: str
    joiner: str = "auto"
    download: bool = False
    most_tokens: int = 256
    epochs: int = 4
    batch: int = 16
    rate: float = 3e-5
    head_rate: float = 1e-3
    warmup: float = 0.1
    decay: float = 0.01
    dropout: float = 0.1
    unaccented_share: float = 0.5
    calibration_share: float = 0.15
    khan_recall: float = 0.95
    review_error: float = 0.10
    seed: int = 20261121


@dataclass(frozen=True)
class DataConfig:
    """What a run learns from."""

    corpora: Path | None = None
    add: tuple[Path, ...] = ()
    splits: tuple[str, ...] = ("train",)


@dataclass(frozen=True)
class RunConfig:
    """A whole run: the model's settings (their type tells the back end) and its data."""

    model: PetitionConfig | TransformerConfig
    data: DataConfig


def read_run(path: Path | None) -> RunConfig:
    """Read a run from a YAML file; what is left out keeps its default, and no file means all defaults.

    Raises
    ------
    ValueError
        Naming a key that does not exist, or what is missing.
    """
    if path is None:
        return RunConfig(PetitionConfig(), DataConfig())
    given = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    if not isinstance(given, dict):
        raise ValueError("Tệp cấu hình phải là các mục tên: giá trị.")
    backend, data = given.pop("backend", "linear"), given.pop("data", {}) or {}
    if backend not in BACKENDS:
        raise ValueError(f"backend phải là một trong: {', '.join(BACKENDS)}.")
    model: PetitionConfig | TransformerConfig
    if backend == "linear":
        model = PetitionConfig(**_known(given, PetitionConfig))
    else:
        if not given.get("base"):
            raise ValueError("backend transformers cần mục base: thư mục mô hình nền.")
        model = TransformerConfig(**_known(given, TransformerConfig))
    chosen = _known(data, DataConfig)
    # Paths in a file are meant from where the file is.
    home = path.parent
    return RunConfig(
        model,
        DataConfig(
            corpora=home / chosen["corpora"] if chosen.get("corpora") else None,
            add=tuple(home / p for p in chosen.get("add", ())),
            splits=tuple(chosen.get("splits", ("train",))),
        ),
    )


def _known(given: Mapping[str, Any], kind: type) -> dict[str, Any]:
    unknown = set(given) - {f.name for f in fields(kind)}
    if unknown:
        raise ValueError(f"Cấu hình có mục lạ: {', '.join(sorted(map(str, unknown)))}")
    return dict(given)
