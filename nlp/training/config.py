"""A training run as a file: which back end, which data, every setting; the same file gives the same model.

backend: linear            # or transformers
data:
  corpora: path/to/corpora # by default the project's own
  add: [confirmed.jsonl]   # further labelled rows, any format that `corpus import` reads
  splits: [train]
c_linear: 1.0              # any field of PetitionConfig, or of TransformerConfig
blocks.vector: 0           # one entry of a mapping; `blocks: {…}` gives the whole of it anew
seed: 20261121
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

import yaml
from pydantic import TypeAdapter, ValidationError

from nlp.petitions.features import BLOCKS
from nlp.training.corpus import SPLITS

Config = TypeVar("Config")
BACKENDS = ("linear", "transformers")
# The least and the greatest value that make sense, by the name of the item; each C must be above 0.
SHARE = (0.0, 1.0)
RANGES: dict[str, tuple[float, float]] = {
    "folds": (2, 50), "seed": (0, 2**32 - 1), "judged_syllables": (0, 10_000), "unaccented_share": SHARE,
    "khan_recall": SHARE, "review_error": SHARE, "calibration_share": (0.01, 0.9), "dropout": SHARE, "warmup": SHARE,
    "epochs": (1, 1000), "batch": (1, 4096), "most_tokens": (8, 8192),
}  # fmt: skip


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
            "quantity": 0.8,
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
    max_features: dict[str, int] | int = field(default_factory=lambda: {"word": 17_000, "syllable": 26_000})
    clause_max_features: dict[str, int] | int = field(
        default_factory=lambda: {"word": 16_000, "syllable": 21_000, "neighbour": 11_000, "quantity": 1_500}
    )
    c_kernel: float = 5.0
    c_linear: float = 1.0
    c_signals: float = 0.5
    c_clause: float = 0.5
    folds: int = 5
    # Shares of the members, thresholds and limits are learned from petitions of at least so many syllables: the one-line
    # petitions of the corpus teach words, but they say less than what an office receives.
    judged_syllables: int = 35
    # Hands that composed one kind of case on purpose (nearly all urgent, say): they teach words too, and would pull
    # thresholds and probabilities away from what an office receives.
    unjudged_hands: tuple[str, ...] = ("h22",)
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
        Naming a key that does not exist, a value that makes no sense, or what is missing.
    """
    if path is None:
        return RunConfig(PetitionConfig(), DataConfig())
    try:
        given = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError):
        raise ValueError(f"{path.name} không phải tệp YAML đọc được.") from None
    if not isinstance(given, dict):
        raise ValueError("Tệp cấu hình phải là các mục tên: giá trị.")
    backend, data = given.pop("backend", "linear"), given.pop("data", {}) or {}
    if backend not in BACKENDS:
        raise ValueError(f"backend phải là một trong: {', '.join(BACKENDS)}.")
    model: PetitionConfig | TransformerConfig
    if backend == "linear":
        model = configured(PetitionConfig(), given)
    else:
        if not given.get("base"):
            raise ValueError("backend transformers cần mục base: thư mục mô hình nền.")
        model = configured(TransformerConfig(str(given["base"])), given)
        beside = path.parent / model.base
        model = replace(model, base=str(beside)) if beside.is_dir() else model
    if not isinstance(data, dict):
        raise ValueError("Mục data phải là các mục tên: giá trị.")
    chosen = configured(DataConfig(), data)
    if not chosen.splits or set(chosen.splits) - set(SPLITS):
        raise ValueError(f"Mục splits chỉ gồm: {', '.join(SPLITS)}.")
    # Paths in a file are meant from where the file is.
    home = path.parent
    corpora = home / chosen.corpora if chosen.corpora else None
    return RunConfig(model, replace(chosen, corpora=corpora, add=tuple(home / p for p in chosen.add)))


def configured(base: Config, changes: Mapping[str, Any]) -> Config:
    """A configuration with changes; a dotted key (`blocks.vector`) reaches into a mapping.

    Raises
    ------
    ValueError
        Naming a key that does not exist, or the item whose value makes no sense.
    """
    kinds = get_type_hints(type(base))
    values: dict[str, Any] = {}
    for key, value in changes.items():
        name, dot, inner = str(key).partition(".")
        now = values.get(name, getattr(base, name, None))
        if name not in kinds or (dot and not isinstance(now, dict)):
            raise ValueError(f"Cấu hình có mục lạ: {key}")
        values[name] = _valid(name, now | {inner: value} if dot and isinstance(now, dict) else value, kinds[name])
    return replace(base, **values)  # type: ignore[type-var]


def _valid(name: str, value: Any, kind: Any) -> Any:
    """A value as its type wants it (YAML reads `3e-5` as a text), or an error that names the item."""
    wrong = f"Giá trị của mục {name} không hợp lệ: {value!r}"
    try:
        made = TypeAdapter(kind).validate_python(value)
    except ValidationError:
        raise ValueError(wrong) from None
    low, high = RANGES.get(name, (float("-inf"), float("inf")))
    number = isinstance(made, int | float)
    if number and (not low <= made <= high or (name.startswith("c_") and made <= 0)):
        raise ValueError(wrong)
    strange = set(made) - {*BLOCKS, "vector"} if isinstance(made, dict) else set()
    if strange:
        raise ValueError(f"Mục {name} có khối đặc trưng lạ: {', '.join(sorted(map(str, strange)))}")
    return made
