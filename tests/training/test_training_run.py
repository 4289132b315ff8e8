"""One way to train: the same inputs give the same model, byte for byte, and a version that loads back."""

from __future__ import annotations

from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import joblib
import pytest

from nlp.petitions import PetitionReader
from nlp.registry import Registry, RegistryError, Version
from nlp.training.corpus import PetitionCorpus
from nlp.training.train import digest, read_config, train_petitions

from .conftest import TINY


def parameters(value: Any, path: str = "") -> dict[str, Any]:
    """Every part of a model by its path."""
    if is_dataclass(value) and not isinstance(value, type):
        return {k: v for f in fields(value) for k, v in parameters(getattr(value, f.name), f"{path}.{f.name}").items()}
    return {path: value}


@pytest.fixture(scope="module")
def twin(corpus: PetitionCorpus, tmp_path_factory: pytest.TempPathFactory) -> tuple[Registry, Version]:
    other = Registry(tmp_path_factory.mktemp("twin"))
    return other, train_petitions(corpus, other, TINY, version="tiny", where="one")


def test_the_same_inputs_give_equal_parameters_and_an_equal_digest(
    registry: Registry, version: Version, twin: tuple[Registry, Version]
) -> None:
    other, again = twin
    one, two = parameters(registry.load(version)), parameters(other.load(again))
    assert one.keys() == two.keys()
    for path, value in one.items():
        assert joblib.hash(value) == joblib.hash(two[path]), path
    assert again.manifest.files == version.manifest.files
    assert again.manifest.data == version.manifest.data


def test_a_version_says_what_it_learned_from(version: Version, corpus: PetitionCorpus) -> None:
    assert version.manifest.data["train"] == digest(corpus.split("train"))
    assert version.manifest.config["folds"] == 2
    assert version.manifest.metrics["train_n"] == len(corpus.split("train"))
    assert (version.path / "card.md").read_text(encoding="utf-8").startswith("#")


def test_the_digest_of_data_follows_labels_and_not_order(corpus: PetitionCorpus) -> None:
    rows = list(corpus.rows)
    assert digest(rows) == digest(rows[::-1])
    assert digest(rows) != digest(rows[1:])


def test_the_trained_version_reads_petitions_after_loading(registry: Registry, version: Version) -> None:
    reader = PetitionReader.load(Registry(registry.root))
    result = reader.classify("Rác thải đổ tràn ra đường, mùi hôi thối, đề nghị phường thu gom.")
    assert result.model.version == version.version
    assert result.fields


def test_a_petition_model_that_was_tampered_with_is_not_read(
    registry: Registry, version: Version, tmp_path: Path
) -> None:
    import shutil

    copy = tmp_path / "models"
    shutil.copytree(registry.root, copy)
    path = copy / version.name / "artefact.joblib"
    path.write_bytes(path.read_bytes()[:-1] + b"!")
    with pytest.raises(RegistryError):
        PetitionReader.load(Registry(copy))


def test_a_configuration_file_sets_fields_and_refuses_unknown_ones(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text("folds: 3\nc_fields: 2.5\n")
    assert (read_config(path).folds, read_config(path).c_fields) == (3, 2.5)
    path.write_text("fold: 3\n")
    with pytest.raises(ValueError, match="fold"):
        read_config(path)
