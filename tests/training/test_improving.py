"""Improving data and models: what to label next, what is labelled wrong, what is alike, which configuration is best."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from api.cli import app
from nlp.petitions import PetitionReader
from nlp.registry import Registry, Version
from nlp.training.active import Curve, disagreeing_queue, diverse_places, doubt, saved, simulate, uncertain_queue
from nlp.training.config import PetitionConfig, configured, read_run
from nlp.training.corpus import PetitionCorpus, PetitionRow
from nlp.training.light import Light, lighten, out_of_fold
from nlp.training.neighbours import nearest
from nlp.training.parallel import ParallelError, workers
from nlp.training.search import ValidationScore, candidates, read_space, search, write_config
from nlp.training.train import train_petitions
from nlp.training.word_vectors import VectorConfig, VectorsError, fit_vectors, most_similar, ppmi

from .conftest import TINY


@pytest.fixture(scope="module")
def light(corpus: PetitionCorpus) -> Light:
    return lighten(corpus.rows)


def test_a_queue_asks_for_the_least_certain_first(reader: PetitionReader, corpus: PetitionCorpus) -> None:
    results = [reader.classify(r.text, id=r.id) for r in corpus.rows[:20]]
    asked = uncertain_queue(results, 10)
    assert [a.score for a in asked] == sorted((doubt(r)[0] for r in results), reverse=True)[:10]
    assert all(results[a.place].id == a.id for a in asked)


def test_two_readers_are_asked_about_only_where_they_differ(reader: PetitionReader, corpus: PetitionCorpus) -> None:
    results = [reader.classify(r.text, id=r.id) for r in corpus.rows[:10]]
    assert disagreeing_queue(results, results, 10) == []
    changed = [replace(r, type=replace(r.type, code="hon_hop")) if i == 3 else r for i, r in enumerate(results)]
    expected = [results[3].id] if results[3].type.code != "hon_hop" else []
    assert [a.id for a in disagreeing_queue(results, changed, 10)] == expected


def test_diverse_rows_cover_before_they_repeat(light: Light) -> None:
    chosen = diverse_places(light.x, [0], 10)
    assert len(set(chosen)) == 10
    assert 0 not in chosen
    unit = light.x.toarray()
    unit /= np.linalg.norm(unit, axis=1, keepdims=True)
    first = unit @ unit[0]
    assert first[chosen[0]] == first.min()


def test_asking_the_model_saves_labels_in_a_pool_with_much_of_the_same() -> None:
    """Nine of ten texts are alike and teach nothing new; the rest differ. Random labelling keeps drawing the nine."""
    rng = np.random.default_rng(0)
    rows = []
    for i in range(300):
        field = "ha_tang" if i % 10 else ("tu_phap", "khac", "moi_truong")[i // 10 % 3]
        words = {
            "ha_tang": "đèn đường hỏng",
            "tu_phap": f"bản án sơ thẩm {rng.integers(9)}",
            "khac": f"nợ lương công nhân {rng.integers(9)}",
            "moi_truong": f"khói bụi lò gạch {rng.integers(9)}",
        }[field]
        rows.append(PetitionRow(str(i), f"{words} đề nghị xem xét", (field,), type="to_cao", urgency="thuong"))
    curves = simulate(lighten(rows), range(200), range(200, 300), start=20, step=10, rounds=5, repeats=2)
    by = {c.strategy: c for c in curves}
    assert by["uncertain"].scores[1] > by["random"].scores[1]
    assert saved(curves)["saved"]["uncertain"] > 0


def test_labels_saved_are_counted_to_the_score_that_random_labelling_reached() -> None:
    curves = [Curve("random", (10, 20, 30), (0.2, 0.4, 0.6)), Curve("uncertain", (10, 20, 30), (0.2, 0.6, 0.8))]
    found = saved(curves)
    assert found["labels"] == {"random": 30, "uncertain": 20}
    assert found["saved"]["uncertain"] == pytest.approx(1 / 3, abs=0.01)
    assert saved([curves[0], Curve("uncertain", (10, 20), (0.1, 0.2))])["saved"]["uncertain"] is None


def test_probabilities_out_of_fold_come_from_models_of_other_hands(light: Light) -> None:
    p = out_of_fold(light, light.gold.fields, folds=2)
    assert p.shape == light.gold.fields.shape
    assert ((p >= 0) & (p <= 1)).all()


def test_a_planted_wrong_label_is_among_the_suspects() -> None:
    pytest.importorskip("cleanlab")
    from nlp.training.label_errors import find_label_errors

    texts = {"moi_truong": "rác thải bốc mùi hôi thối", "tu_phap": "bản án của toà án sơ thẩm"}
    rows = [
        PetitionRow(f"{field}-{i}", f"{text} lần {i}", (field,), type="to_cao", urgency="thuong", hand=f"h{i % 5}")
        for field, text in texts.items()
        for i in range(30)
    ]
    rows[3] = replace(rows[3], fields=("tu_phap",))
    found = find_label_errors(rows)
    assert {s.id for s in found} == {rows[3].id}
    assert {(s.given, s.suggested) for s in found} >= {("tu_phap", "không tu_phap"), ("không moi_truong", "moi_truong")}


def test_the_nearest_row_is_the_copy_and_never_the_row_itself(corpus: PetitionCorpus) -> None:
    copy = replace(corpus.rows[0], id="bản sao", text=corpus.rows[0].text + " Mong sớm xem xét.")
    found = nearest(lighten([*corpus.rows, copy]), 0, most=3)
    assert found[0].row.id == "bản sao"
    assert found[0].similarity > 0.8
    assert corpus.rows[0].id not in [n.row.id for n in found]


# -- search ---------------------------------------------------------------------------------------------------------


def test_a_space_spans_every_combination_or_a_fixed_random_part() -> None:
    space = {"c_kernel": [1, 3, 10], "blocks.vector": [0.0, 2.0]}
    every = candidates(space)
    assert len(every) == 6
    part = candidates(space, draws=4, seed=1)
    assert part == candidates(space, draws=4, seed=1)
    assert all(c in every for c in part)
    assert len({json.dumps(c) for c in part}) == 4


def test_dotted_keys_reach_into_a_mapping_and_leave_the_base_alone() -> None:
    base = PetitionConfig()
    before = dict(base.blocks)
    found = configured(base, {"blocks.vector": 7.0, "c_kernel": 2.0})
    assert (found.blocks["vector"], found.c_kernel) == (7.0, 2.0)
    assert base.blocks == before


@pytest.mark.parametrize("content", ["c_kernels: [1]", "c_kernel: 3", "- 1", "c_kernel.x: [1]", "folds: [3, x]", "{}"])
def test_a_space_with_a_slip_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "s.yaml").write_text(content)
    with pytest.raises(ValueError, match="mục"):
        read_space(tmp_path / "s.yaml")


def test_the_best_configuration_is_written_as_training_reads_it(tmp_path: Path) -> None:
    def score(config: PetitionConfig) -> dict[str, float]:
        return {"field_micro_f1": 1 - abs(config.c_kernel - 3) / 10, "type_accuracy": float("nan")}

    trials = search(PetitionConfig(), {"c_kernel": [1, 3, 9]}, score, where="one")
    assert [t.changes["c_kernel"] for t in trials] == [3, 1, 9]
    write_config(tmp_path / "best.yaml", configured(PetitionConfig(), trials[0].changes))
    assert read_run(tmp_path / "best.yaml").model == replace(PetitionConfig(), c_kernel=3)


def test_a_search_starts_from_a_configuration_and_keeps_every_trial(
    corpora: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGNGHE_MODELS", str(tmp_path / "models"))
    (tmp_path / "run.yaml").write_text("folds: 2\nunaccented_share: 0.0\nc_signals: 2.5\n")
    (tmp_path / "space.yaml").write_text("c_kernel: [0.01, 5.0]\n")
    best, every = tmp_path / "best.yaml", tmp_path / "trials.json"
    done = CliRunner().invoke(app, [
        "train", "search", str(tmp_path / "space.yaml"), "--config", str(tmp_path / "run.yaml"), "--to", str(best),
        "--json", str(every), "--corpora", str(corpora), "--jobs", "1",
    ])  # fmt: skip
    assert done.exit_code == 0, done.output
    found = read_run(best).model
    assert isinstance(found, PetitionConfig)
    assert (found.folds, found.c_signals) == (2, 2.5)
    trials = json.loads(every.read_text(encoding="utf-8"))
    assert trials[0]["changes"] == {"c_kernel": found.c_kernel}
    assert len(trials) == 2


def test_a_dask_cluster_of_two_workers_gives_the_same_model_and_runs_a_search(
    corpus: PetitionCorpus, version: Version, tmp_path: Path
) -> None:
    pytest.importorskip("distributed")
    from dask.distributed import Client, LocalCluster

    with LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None, host="127.0.0.1"
    ) as cluster:
        address = cluster.scheduler_address
        again = train_petitions(corpus, Registry(tmp_path), TINY, version="tiny", where=address)
        assert again.manifest.files == version.manifest.files
        few = tuple(corpus.split("train")[:24]), tuple(corpus.split("validation")[:4]), None
        trials = search(TINY, {"c_kernel": [0.01, 10.0]}, ValidationScore(*few), where=address)
        with Client(cluster) as client:
            assert len(client.scheduler_info()["workers"]) == 2
    assert len(trials) == 2
    assert trials[0].score >= trials[1].score


def test_a_cluster_that_is_not_there_is_said_so() -> None:
    pytest.importorskip("distributed")
    with pytest.raises(ParallelError), workers("nowhere://x"):
        pass


# -- word vectors ---------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sentences() -> list[list[str]]:
    """A made-up language in which `a1…a9` go with `x…`, and `b1…b9` with `y…`."""
    rng = np.random.default_rng(0)
    out = []
    for i in range(600):
        own, with_ = ("a", "x") if i % 2 else ("b", "y")
        out.append([f"{(own, with_)[k % 2]}{rng.integers(9)}" for k in range(10)])
    return out


def test_words_used_alike_come_out_alike(sentences: list[list[str]]) -> None:
    words, vectors, seen = fit_vectors(sentences, VectorConfig(dim=4, min_count=3))
    near = [w for w, _ in most_similar(words, vectors, "a1", most=5)]
    assert all(w[0] in "ax" for w in near)
    assert (seen["texts"], seen["tokens"], seen["words"]) == (600, 6000, 36)


def test_the_same_texts_give_the_same_vectors(sentences: list[list[str]]) -> None:
    one, two = (fit_vectors(sentences, VectorConfig(dim=4)) for _ in range(2))
    assert one[0] == two[0]
    assert np.array_equal(one[1], two[1])
    assert one[2] == two[2]


def test_words_of_two_texts_are_no_neighbours() -> None:
    from nlp.training.word_vectors import co_occurrences

    pairs = co_occurrences([np.array([0, 1]), np.array([2, 0])], 3, window=5).toarray()
    assert pairs[0, 1] == pairs[1, 0] == 1
    assert pairs[1, 2] == 0


def test_mutual_information_is_positive_and_zero_for_chance() -> None:
    from scipy import sparse

    even = ppmi(sparse.csr_matrix(np.ones((4, 4), dtype=np.float32)), 1.0, 0.0)
    assert np.allclose(even.toarray(), 0, atol=1e-6)


def test_too_little_text_is_said_so() -> None:
    with pytest.raises(VectorsError):
        fit_vectors([["một", "hai"]], VectorConfig(dim=10))


def test_an_archive_becomes_vectors_that_training_uses(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, corpora: Path
) -> None:
    from nlp.training.train import shipped_vectors

    monkeypatch.setenv("LANGNGHE_MODELS", str(tmp_path / "models"))
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / "a.txt").write_text("Uỷ ban nhân dân xã trả lời đơn của công dân. " * 10, encoding="utf-8")
    (tmp_path / "archive" / "hỏng.docx").write_bytes(b"x")
    sources = [str(tmp_path / "archive"), str(corpora / "petitions" / "t.jsonl")]
    done = CliRunner().invoke(app, ["train", "vectors", *sources, "--dim", "8", "--min-count", "2", "--version", "own"])
    assert done.exit_code == 0, done.output
    registry = Registry()
    assert shipped_vectors(registry) is None
    registry.promote("vectors-own", who="Lan", why="kho của xã")
    found = shipped_vectors(registry)
    assert found is not None
    assert (found.dim, "công_dân" in found.rows) == (8, True)


# -- commands -------------------------------------------------------------------------------------------------------


def test_the_queue_command_writes_tasks_with_the_model_s_answers(
    corpus: PetitionCorpus, registry: Registry, version: Version, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGNGHE_MODELS", str(registry.root))
    pool = tmp_path / "pool.jsonl"
    made = [json.dumps({"id": r.id, "text": r.text}, ensure_ascii=False) for r in corpus.rows[:12]]
    pool.write_text("\n".join(made), encoding="utf-8")
    done = CliRunner().invoke(app, ["corpus", "queue", str(pool), "--to", str(tmp_path / "q.json"), "--most", "5"])
    assert done.exit_code == 0, done.output
    tasks = json.loads((tmp_path / "q.json").read_text())
    assert len(tasks) == 5
    assert all(t["predictions"] and not t["annotations"] for t in tasks)
    wrong = CliRunner().invoke(app, ["corpus", "queue", str(pool), "--to", str(tmp_path / "q.csv"), "--by", "disagree"])
    assert wrong.exit_code == 2


def test_no_name_leaves_in_a_queue_and_what_cannot_be_read_is_told(
    registry: Registry, version: Version, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LANGNGHE_MODELS", str(registry.root))
    pool, queue = tmp_path / "pool.jsonl", tmp_path / "q.json"
    text = "Tôi là Trần Thị Mùi, số điện thoại 0912345678. Cống tắc, mưa là ngập cả xóm."
    lines = [{"id": "a", "text": text}, {"id": "b", "text": " "}, {"id": "c"}, {"id": "d", "text": "x" * 3_000_000}]
    pool.write_text("\n".join(json.dumps(x, ensure_ascii=False) for x in lines), encoding="utf-8")
    done = CliRunner().invoke(app, ["corpus", "queue", str(pool), "--to", str(queue)])
    assert done.exit_code == 0, done.output
    (task,) = json.loads(queue.read_text(encoding="utf-8"))
    assert "0912345678" not in queue.read_text(encoding="utf-8")
    assert "Mùi" not in task["data"]["text"]
    spans = [r["value"] for r in task["predictions"][0]["result"] if r["type"] == "labels"]
    assert all(task["data"]["text"][v["start"] : v["end"]] == v["text"] for v in spans)
    assert "bỏ 2: không có nội dung" in done.output
    assert "dài quá" in done.output
    public = CliRunner().invoke(app, ["corpus", "queue", str(pool), "--to", str(queue), "--public"])
    assert public.exit_code == 0, public.output
    assert "0912345678" in queue.read_text(encoding="utf-8")


def test_a_similar_petition_is_found_by_id(corpus: PetitionCorpus, corpora: Path) -> None:
    done = CliRunner().invoke(app, ["corpus", "similar", corpus.rows[0].id, "--corpora", str(corpora), "--most", "2"])
    assert done.exit_code == 0, done.output
    assert corpus.rows[0].id not in done.output
    assert CliRunner().invoke(app, ["corpus", "similar", "không có", "--corpora", str(corpora)]).exit_code == 2
