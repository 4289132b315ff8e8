"""One way to train: the same inputs give the same model, byte for byte, and a version that loads back."""

from __future__ import annotations

from dataclasses import fields, is_dataclass, replace
from io import StringIO
from pathlib import Path
from typing import Any

import joblib
import pytest

from nlp.petitions import PetitionReader
from nlp.registry import Registry, RegistryError, Version
from nlp.text import LangNgheError
from nlp.training.cards import LINEAR, petition_card
from nlp.training.config import PetitionConfig, TransformerConfig, read_run
from nlp.training.corpus import PetitionCorpus
from nlp.training.exchange import take_in, write_any
from nlp.training.progress import bar, steps
from nlp.training.train import digest, learned, train_petitions

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
    assert learned(version, corpus.rows) == [r.id for r in corpus.split("train")]
    assert version.manifest.files["splits.json"]


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
    path.write_text("folds: 3\nc_kernel: 2.5\ndata: {add: [x.csv], splits: [train, validation]}\n")
    run = read_run(path)
    assert isinstance(run.model, PetitionConfig)
    assert (run.model.folds, run.model.c_kernel) == (3, 2.5)
    assert (run.data.add, run.data.splits) == ((tmp_path / "x.csv",), ("train", "validation"))
    for wrong in ("fold: 3\n", "backend: magic\n", "data: {corpus: x}\n", "backend: transformers\n", "- 1\n"):
        path.write_text(wrong)
        with pytest.raises(ValueError, match=r"mục|backend"):
            read_run(path)


@pytest.mark.parametrize(
    ("content", "item"),
    [
        ("folds: three", "folds"), ("folds: 1", "folds"), ("c_kernel: 0", "c_kernel"), ("c_kernel: [1", "YAML"),
        ("khan_recall: 7", "khan_recall"), ("seed: -1", "seed"), ("blocks: 3", "blocks"), ("blocks: {words: 1}", "words"),
        ("blocks.words: 1", "words"), ("folds.x: 1", "folds.x"), ("data: x", "data"), ("data: {add: x.csv}", "add"),
        ("data: {splits: train}", "splits"), ("data: {splits: [trian]}", "splits"),
    ],
)  # fmt: skip
def test_a_value_that_makes_no_sense_is_named_before_anything_is_read(tmp_path: Path, content: str, item: str) -> None:
    (tmp_path / "c.yaml").write_text(content)
    with pytest.raises(ValueError, match=item):
        read_run(tmp_path / "c.yaml")


def test_one_weight_of_a_mapping_is_changed_by_a_dotted_key(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text("blocks.vector: 0\n")
    found = read_run(tmp_path / "c.yaml").model
    assert isinstance(found, PetitionConfig)
    assert found.blocks == PetitionConfig().blocks | {"vector": 0.0}


def test_a_corpus_with_nothing_to_learn_from_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(LangNgheError) as refused:
        train_petitions(PetitionCorpus(()), Registry(tmp_path), TINY)
    assert refused.value.code == "no_rows"


def test_the_back_end_is_told_by_the_file(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text("backend: transformers\nbase: phobert\nepochs: 2\nrate: 3e-5\n")
    found = read_run(path).model
    assert isinstance(found, TransformerConfig)
    assert (found.base, found.epochs) == ("phobert", 2)
    assert found.rate == 3e-5, "YAML takes a number without a point for a text"
    (tmp_path / "phobert").mkdir()
    beside = read_run(path).model
    assert isinstance(beside, TransformerConfig)
    assert beside.base == str(tmp_path / "phobert"), "paths are meant from where the file is"


def test_training_from_a_file_through_the_command(
    corpora: Path, corpus: PetitionCorpus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The file names the data; what clerks confirmed is added; the candidate says all of it."""
    import yaml
    from typer.testing import CliRunner

    from api.cli import app

    extra = [{**corpus.rows[0].to_json(), "id": "don-1", "text": "Đèn đường trước cổng chợ hỏng, xin sửa."}]
    extra[0] |= {
        "fields": ["ha_tang"],
        "subfields": [],
        "type": "kien_nghi_phan_anh",
        "urgency": "thuong",
        "signals": [],
        "evidence": [],
    }
    write_any(tmp_path / "more.jsonl", take_in(extra).rows)
    run = {"data": {"corpora": str(corpora), "add": ["more.jsonl"]}, "folds": 2, "unaccented_share": 0.0}
    (tmp_path / "run.yaml").write_text(yaml.safe_dump(run))
    monkeypatch.setenv("LANGNGHE_MODELS", str(tmp_path / "models"))
    done = CliRunner().invoke(
        app, ["train", "petitions", "--config", str(tmp_path / "run.yaml"), "--version", "1", "--jobs", "1"]
    )
    assert done.exit_code == 0, done.output
    assert Registry().get("petitions-1").manifest.metrics["train_n"] == len(corpus.split("train")) + 1
    (tmp_path / "run.yaml").write_text("fold: 2")
    wrong = CliRunner().invoke(app, ["train", "petitions", "--config", str(tmp_path / "run.yaml")])
    assert wrong.exit_code == 2


def test_a_bar_counts_what_a_run_announces_and_ends_full(corpus: PetitionCorpus, tmp_path: Path) -> None:
    stream, said = StringIO(), []
    with bar(steps(TINY), stream=stream) as say:

        def both(message: str) -> None:
            said.append(message)
            say(message)

        train_petitions(corpus, Registry(tmp_path), TINY, say=both, where="one")
    assert abs(len(said) - steps(TINY)) <= 1
    last = stream.getvalue().split("\r")[-1]
    whole = max(len(said), steps(TINY))
    assert f"{whole}/{whole}" in last
    assert "xong" in last


def test_every_version_has_a_card_that_tells_the_office_s_own_petitions_apart(
    version: Version, corpus: PetitionCorpus
) -> None:
    card = (version.path / "card.md").read_text(encoding="utf-8")
    assert f"Học từ: {len(corpus.split('train'))} đơn. " in card
    assert "| field_micro_f1 |" in card
    office = [replace(r, hand="office") for r in corpus.split("train")[:3]]
    assert "trong đó 3 đơn cán bộ" in petition_card([*corpus.split("train"), *office], {}, LINEAR, 1)
