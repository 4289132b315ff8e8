"""Any encoder is fine-tuned, exported to int8 and served behind the petition reader's interface, without torch."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from nlp.petitions.encoder import EncoderReader, load_reader
from nlp.petitions.encoder_tokens import WordTokenizer, runs_above, word_windows
from nlp.petitions.prepared import prepare
from nlp.registry import Registry, RegistryError, Version
from nlp.text import LangNgheError
from nlp.training.config import TransformerConfig
from nlp.training.corpus import PetitionCorpus

pytestmark = pytest.mark.torch

TEXT = "Nhà tôi ở cạnh bãi rác, mùi hôi thối quanh năm; hơn 20 hộ dân đã gửi đơn từ năm 2021 mà chưa ai trả lời."


@pytest.fixture(scope="module")
def base(corpus: PetitionCorpus, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A BERT of two thin layers with the syllables of the small corpus as its vocabulary."""
    import torch
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder = tmp_path_factory.mktemp("bert")
    counts = Counter(s for r in corpus.rows for s in r.text.lower().split())
    syllables = [s for s, _ in counts.most_common(600)]
    letters = sorted({c for r in corpus.rows for c in r.text.lower() if not c.isspace()})
    words = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{c}" for c in letters), *syllables]
    (folder / "vocab.txt").write_text("\n".join(dict.fromkeys(words)), encoding="utf-8")
    tokenizer = BertTokenizerFast(str(folder / "vocab.txt"), do_lower_case=True, strip_accents=False)
    tokenizer.save_pretrained(folder)
    # Threads only get in each other's way in a network this small.
    torch.set_num_threads(1)
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(tokenizer), hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=48,
        max_position_embeddings=130,
    )  # fmt: skip
    BertModel(config).save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def tuned(base: Path, corpus: PetitionCorpus, tmp_path_factory: pytest.TempPathFactory) -> tuple[Registry, Version]:
    from nlp.training.transformer import train_transformer

    registry = Registry(tmp_path_factory.mktemp("models"))
    config = TransformerConfig(
        str(base), most_tokens=96, epochs=25, batch=8, rate=3e-3, head_rate=1e-2, dropout=0.0, unaccented_share=0.0
    )
    return registry, train_transformer(corpus, registry, config, version="bert")


@pytest.fixture(scope="module")
def encoder(tuned: tuple[Registry, Version]) -> EncoderReader:
    registry, version = tuned
    found = load_reader(registry, version.name)
    assert isinstance(found, EncoderReader)
    return found


def test_the_answer_has_the_form_and_the_spans_of_the_contract(encoder: EncoderReader) -> None:
    result = encoder.classify(TEXT, id="a")
    said = result.to_json()
    assert set(said) >= {"id", "fields", "field_scores", "type", "urgency", "needs_review", "model"}
    assert len(said["field_scores"]) == 10
    for f in said["fields"]:
        assert f["evidence"], "an encoder shows what carried its answer too"
        for e in f["evidence"]:
            assert TEXT[e["start"] : e["end"]] == e["text"]
    for s in said["urgency"]["signals"]:
        assert TEXT[s["start"] : s["end"]] == s["text"]
    assert sum(said["urgency"]["scores"].values()) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize(
    "text", [TEXT * 60, "😡 " + TEXT, TEXT.upper(), "rac thai hoi thoi qua chiu khong noi", "abc def ghi jkl"]
)
def test_long_odd_and_unaccented_texts_are_read(encoder: EncoderReader, text: str) -> None:
    result = encoder.classify(text)
    assert all(e.span.quote(text) == e.text for f in result.fields for e in f.evidence)


def test_empty_short_and_huge_texts_are_answered_as_the_linear_reader_does(encoder: EncoderReader) -> None:
    with pytest.raises(LangNgheError) as empty:
        encoder.classify("  ")
    assert empty.value.code == "empty_text"
    assert encoder.classify("điện").review_reasons == ("abstained",)
    rows = list(encoder.classify_many([{"id": "1", "text": TEXT}, {"id": "2"}, {"id": "3", "text": ""}]))
    assert [r.get("error", {}).get("code") for r in rows] == [None, "no_text", "empty_text"]


def test_the_network_learned_what_it_was_shown(encoder: EncoderReader, corpus: PetitionCorpus) -> None:
    from nlp.training.judge import judge

    rows = corpus.split("train")
    judged = judge([encoder.classify(r.text, id=r.id) for r in rows], rows)
    from nlp.training.baselines import majority

    floor = majority(rows, rows).scores(10)["field_micro_f1"].value
    assert judged.scores(10)["field_micro_f1"].value > floor + 0.1


def test_serving_needs_neither_torch_nor_transformers(tuned: tuple[Registry, Version]) -> None:
    registry, version = tuned
    code = (
        "import sys; sys.modules['torch'] = sys.modules['transformers'] = None;"
        "from nlp.registry import Registry; from nlp.petitions.encoder import load_reader;"
        f"r = load_reader(Registry({str(registry.root)!r}), {version.name!r}); print(r.classify({TEXT!r}).fields[0].code)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]


@pytest.mark.parametrize("file", ["encoder.onnx", "tokenizer.json"])
def test_a_changed_network_or_tokenizer_is_refused(tuned: tuple[Registry, Version], tmp_path: Path, file: str) -> None:
    import shutil

    registry, version = tuned
    shutil.copytree(registry.root, tmp_path / "models")
    path = tmp_path / "models" / version.name / file
    path.write_bytes(path.read_bytes() + b" ")
    with pytest.raises(RegistryError) as refused:
        load_reader(Registry(tmp_path / "models"), version.name)
    assert refused.value.code == "model_tampered"


def test_both_kinds_of_model_stand_side_by_side_and_are_compared(
    encoder: EncoderReader, reader: Any, corpus: PetitionCorpus
) -> None:
    from nlp.training.compare import compare
    from nlp.training.evaluation import read

    rows = corpus.split("validation")
    assert compare(read(reader, rows), read(encoder, rows), times=20)["n"] == len(rows)


def test_the_same_seed_gives_the_same_network(base: Path, corpus: PetitionCorpus) -> None:
    from nlp.training.transformer import examples, fine_tune, load_base

    config = TransformerConfig(str(base), epochs=1, batch=8)
    weights = []
    for _ in range(2):
        network, words, _ = load_base(config)
        tuned = fine_tune(examples(corpus.split("train")[:16], words), network, words.pad, config, lambda _: None)
        weights.append({k: v.numpy() for k, v in tuned.state_dict().items()})
    assert all(np.array_equal(weights[0][k], weights[1][k]) for k in weights[0])


def test_an_encoder_of_segmented_words_gets_them_joined(tmp_path: Path) -> None:
    """As PhoBERT wants it: a slow tokenizer over words whose syllables are joined by `_`."""
    from transformers import PhobertTokenizer, RobertaConfig, RobertaModel

    from nlp.training.transformer import load_base

    letters = sorted(set("abcdeghiklmnopqrstuvxyđêôơưáàảãạăâ_"))
    (tmp_path / "vocab.txt").write_text("".join(f"{x}@@ 1\n{x} 1\n" for x in letters), encoding="utf-8")
    (tmp_path / "bpe.codes").write_text("", encoding="utf-8")
    PhobertTokenizer(str(tmp_path / "vocab.txt"), str(tmp_path / "bpe.codes")).save_pretrained(tmp_path)
    config = RobertaConfig(
        vocab_size=120, hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=16,
        max_position_embeddings=40,
    )  # fmt: skip
    RobertaModel(config).save_pretrained(tmp_path)
    _, words, tokenizer = load_base(TransformerConfig(str(tmp_path)))
    assert type(tokenizer).__name__ == "PhobertTokenizer"
    assert (words.joiner, words.most) == ("_", 38)
    prepared = prepare("đất đai bị thu hồi")
    ids = words.encode(prepared.text, prepared.words)
    assert "_" in "".join(tokenizer.convert_ids_to_tokens(ids.ids.tolist()))
    assert ids.word[0] == ids.word[-1] == -1
    assert set(ids.word[1:-1].tolist()) == set(range(len(prepared.words)))


def test_serving_cuts_words_as_training_did(
    base: Path, tuned: tuple[Registry, Version], corpus: PetitionCorpus
) -> None:
    from nlp.training.transformer import load_base

    _, training, _ = load_base(TransformerConfig(str(base)))
    serving = WordTokenizer.load(tuned[1].path, training.joiner, training.most)
    assert (serving.first, serving.last, serving.pad) == (training.first, training.last, training.pad)
    for row in corpus.rows[:20]:
        prepared = prepare(row.text)
        one, other = (w.encode(prepared.text, prepared.words) for w in (training, serving))
        assert one.ids.tolist() == other.ids.tolist()


def test_a_base_that_is_not_there_is_not_fetched() -> None:
    from nlp.training.transformer import TransformerError, load_base

    with pytest.raises(TransformerError) as refused:
        load_base(TransformerConfig("vinai/phobert-base-v2"))
    assert refused.value.code == "base_missing"


def test_a_long_text_keeps_its_head_and_its_tail() -> None:
    words = WordTokenizer(lambda word: [3 + ord(c) % 100 for c in word], (1, 2, 0), " ", 20)
    text = " ".join(f"t{i:02d}" for i in range(30))
    spans = [(w, i * 4, i * 4 + 3) for i, w in enumerate(text.split())]
    found = words.encode(text, spans)
    assert len(found.ids) == 20
    assert found.word[1] == 0
    assert found.word[-2] == 29


def test_windows_cover_every_word_once_and_never_cross_a_clause() -> None:
    prepared = prepare(TEXT)
    windows = word_windows(prepared)
    covered = np.concatenate(windows).tolist()
    assert covered == sorted(set(covered))
    for w in windows:
        start, end = prepared.words[w[0]][1], prepared.words[w[-1]][2]
        assert ";" not in TEXT[start:end]
        assert len(w) <= 8


def test_runs_close_small_gaps_and_come_strongest_first() -> None:
    p = np.array([0.9, 0.1, 0.8, 0.0, 0.0, 0.95])
    assert runs_above(p, 0.5) == [(5, 6), (0, 3)]


def test_training_says_so_where_the_word_form_matters(base: Path) -> None:
    from nlp.training.transformer import load_base

    _, words, _ = load_base(replace(TransformerConfig(str(base)), joiner="_"))
    assert words.joiner == "_"
