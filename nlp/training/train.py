"""From a corpus to a registered candidate: the one way that command line, notebooks and CI train petition models."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from nlp.petitions.vectors import WordVectors
from nlp.registry import Registry, RegistryError, Version
from nlp.registry.store import ARTEFACT
from nlp.text import LangNgheError
from nlp.training.cards import LINEAR, petition_card
from nlp.training.config import PetitionConfig, TransformerConfig
from nlp.training.corpus import PetitionCorpus, PetitionRow
from nlp.training.judge import judge_model
from nlp.training.parallel import workers
from nlp.training.petitions import Progress, fit_petitions

VECTORS = "vectors"
SPLITS_FILE = "splits.json"


class TrainingError(LangNgheError):
    """A back end that is not installed, or nothing to learn from."""


def rows_to_learn(corpus: PetitionCorpus, splits: Sequence[str]) -> list[PetitionRow]:
    """The rows of the named splits; all rows of a corpus without splits.

    Raises
    ------
    TrainingError
        `no_rows`.
    """
    rows = corpus.split(*splits) if corpus.splits else list(corpus.rows)
    if not rows:
        raise TrainingError("no_rows", f"Ngữ liệu không có đơn nào ở phần {', '.join(splits)} để học.")
    return rows


def digest(rows: list[PetitionRow]) -> str:
    """SHA-256 over the rows as they stand in a corpus, in id order."""
    total = hashlib.sha256()
    for row in sorted(rows, key=lambda r: r.id):
        total.update(json.dumps(row.to_json(), ensure_ascii=False, sort_keys=True).encode())
    return total.hexdigest()


def splits_file(train: Sequence[PetitionRow], validation: Sequence[PetitionRow]) -> dict[str, bytes]:
    """Which rows a version learned from and was chosen on, by id, as a file of the version."""
    stored = {"train": sorted(r.id for r in train), "validation": sorted(r.id for r in validation)}
    return {SPLITS_FILE: (json.dumps(stored, ensure_ascii=False, indent=0) + "\n").encode()}


def learned(version: Version, rows: Sequence[PetitionRow]) -> list[str]:
    """The ids of the rows that a version learned from; none where it does not tell (as before this file was kept)."""
    if SPLITS_FILE not in version.manifest.files:
        return []
    known = set(json.loads((version.path / SPLITS_FILE).read_text(encoding="utf-8"))["train"])
    return [r.id for r in rows if r.id in known]


def extended(corpus: PetitionCorpus, rows: Sequence[PetitionRow]) -> PetitionCorpus:
    """The corpus with further rows to train on; held-out splits stay as they are."""
    splits = corpus.splits or {r.id: "train" for r in corpus.rows}
    return PetitionCorpus((*corpus.rows, *rows), splits | {r.id: "train" for r in rows})


def shipped_vectors(registry: Registry) -> WordVectors | None:
    """The live word vectors, or None where no version is registered (the model then does without)."""
    try:
        version = registry.live(VECTORS)
    except RegistryError:
        return None
    found: WordVectors = registry.load(version)
    return found


def vectors_digest(registry: Registry) -> dict[str, str]:
    """The digest of the live word vectors, for a manifest; empty where there are none."""
    try:
        return {"vectors": registry.live(VECTORS).manifest.files[ARTEFACT]}
    except RegistryError:
        return {}


def train_petitions(
    corpus: PetitionCorpus,
    registry: Registry,
    config: PetitionConfig | None = None,
    *,
    say: Progress = lambda _: None,
    version: str | None = None,
    splits: tuple[str, ...] = ("train",),
    where: str = "local",
) -> Version:
    """Fit on the training split, judge on the validation split, and register a candidate.

    The test and hard splits are not touched here: `langnghe evaluate` reports on them. The same rows, configuration
    and library releases give the same artefact, byte for byte, on one machine.

    Parameters
    ----------
    where : str
        where the fits run, see `nlp.training.parallel.workers`.
    """
    config = config or PetitionConfig()
    train = rows_to_learn(corpus, splits)
    with workers(where):
        model, _ = fit_petitions(train, shipped_vectors(registry), config, say)
    validation = corpus.split("validation")
    metrics: dict[str, Any] = {"train_n": len(train)}
    if validation:
        say("Chấm trên tập kiểm định")
        metrics["validation"] = judge_model(model, validation).summary()
    say("Ghi mô hình")
    labels = {
        "fields": list(model.fields.codes), "subfields": list(model.subfields.codes),
        "type": list(model.type.codes), "signals": list(model.signals.head.codes),
    }  # fmt: skip
    return registry.save(
        "petitions", model, labels=labels, metrics=metrics, config=asdict(config), taxonomy=model.taxonomy,
        data={"train": digest(train), "validation": digest(validation)} | vectors_digest(registry), version=version,
        files=splits_file(train, validation), card=petition_card(train, metrics, LINEAR, config.seed),
    )  # fmt: skip


def train(
    corpus: PetitionCorpus,
    registry: Registry,
    config: PetitionConfig | TransformerConfig,
    *,
    say: Progress = lambda _: None,
    version: str | None = None,
    splits: tuple[str, ...] = ("train",),
    where: str = "local",
) -> Version:
    """Train with the back end that the configuration belongs to; parameters as `train_petitions`.

    Raises
    ------
    TrainingError
        `transformers_missing` if the encoder's extra is not installed.
    """
    if isinstance(config, PetitionConfig):
        return train_petitions(corpus, registry, config, say=say, version=version, splits=splits, where=where)
    try:
        from nlp.training.transformer import train_transformer
    except ImportError as error:
        raise TrainingError("transformers_missing", "Chưa cài torch và transformers (make transformers).") from error
    return train_transformer(corpus, registry, config, say=say, version=version, splits=splits)
