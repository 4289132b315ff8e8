"""A small corpus and a small model, made once for all training tests of a worker."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.client import Reply
from nlp.petitions import PetitionReader
from nlp.petitions.results import ModelStamp
from nlp.registry import Registry, Version
from nlp.training.config import PetitionConfig
from nlp.training.corpus import PetitionCorpus, PetitionRow, load_petitions, petitions_folder, write_rows
from nlp.training.splits import write_splits
from nlp.training.train import train_petitions

TINY = PetitionConfig(folds=2, unaccented_share=0.0)


def varied(rows: Sequence[PetitionRow], count: int) -> list[PetitionRow]:
    """`count` short rows that take turns over fields, so that every common field is met."""
    short = [r for r in rows if 30 < len(r.text) < 500]
    by_field: dict[str, list[PetitionRow]] = {}
    for row in short:
        by_field.setdefault(row.fields[0], []).append(row)
    out: list[PetitionRow] = []
    while len(out) < count and any(by_field.values()):
        out += [rows.pop(0) for rows in by_field.values() if rows]
    return out[:count]


def through(http: TestClient) -> Callable[..., Reply]:
    """A way for the API client to send through a test client."""

    def send(method: str, url: str, headers: Mapping[str, str], body: bytes | None) -> Reply:
        answer = http.request(method, url.replace("http://127.0.0.1:8000", ""), headers=dict(headers), content=body)
        return Reply(answer.status_code, {k.lower(): v for k, v in answer.headers.items()}, answer.content)

    return send


@pytest.fixture(scope="session")
def corpus() -> PetitionCorpus:
    """64 rows of the project's corpus, in two hands and four splits of their own."""
    rows = [
        replace(r, hand=f"t{i % 2}", group=f"g{i}", hard="bẫy" if i % 9 == 0 else "")
        for i, r in enumerate(varied(load_petitions().split("train"), 64))
    ]
    names = ["train"] * 5 + ["validation", "test", "hard"]
    return PetitionCorpus(tuple(rows), {r.id: names[i % 8] for i, r in enumerate(rows)})


@pytest.fixture(scope="session")
def corpora(corpus: PetitionCorpus, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small corpus as a `corpora/` folder."""
    root = tmp_path_factory.mktemp("corpora")
    folder = petitions_folder(root)
    folder.mkdir()
    write_rows(folder / "t.jsonl", corpus.rows)
    write_splits(folder / "splits.json", corpus.splits)
    return root


@pytest.fixture(scope="session")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Registry:
    return Registry(tmp_path_factory.mktemp("models"))


@pytest.fixture(scope="session")
def version(corpus: PetitionCorpus, registry: Registry) -> Version:
    """A small model, trained as the command line trains, live in a registry of its own."""
    found = train_petitions(corpus, registry, TINY, version="tiny", where="one")
    return registry.promote(found.name, who="kiểm thử", why="bản nhỏ")


@pytest.fixture(scope="session")
def reader(registry: Registry, version: Version) -> PetitionReader:
    model = registry.load(version)
    return PetitionReader(model, ModelStamp(version.name, version.version, model.taxonomy))
