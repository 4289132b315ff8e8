"""Splits keep groups whole, labels balanced and time in order."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from nlp.training.corpus import PetitionCorpus, PetitionRow, write_rows
from nlp.training.corpus_check import leaks
from nlp.training.splitting import NAMES, Shares, grouped_split, stratified_split, time_split

labels = st.sampled_from(["dat_dai", "moi_truong", "khac"])
corpora = st.lists(st.tuples(st.integers(0, 12), labels, st.integers(2019, 2026)), min_size=1, max_size=60).map(
    lambda items: [
        PetitionRow(str(i), "x", (f,), type="to_cao", urgency="khan", year=y, group=f"g{g}")
        for i, (g, f, y) in enumerate(items)
    ]
)


@given(corpora, st.sampled_from(["grouped", "stratified", "time"]))
def test_no_group_is_ever_on_two_sides(rows: list[PetitionRow], how: str) -> None:
    splits = {
        "grouped": grouped_split,
        "stratified": stratified_split,
        "time": lambda r: time_split(r, validation_from=2023, test_from=2025),
    }[how](rows)
    assert set(splits) == {r.id for r in rows}
    assert not list(leaks(PetitionCorpus(tuple(rows), splits), []))


def many(count: int = 400) -> list[PetitionRow]:
    return [
        PetitionRow(
            str(i), "x", ("tu_phap",) if i % 20 == 0 else ("dat_dai",), type="to_cao", urgency="khan", year=2020
        )
        for i in range(count)
    ]


@pytest.mark.parametrize("deal", [grouped_split, stratified_split])
def test_the_shares_are_about_those_asked_for(deal) -> None:  # type: ignore[no-untyped-def]
    counts = Counter(deal(many(), Shares(0.1, 0.2)).values())
    assert {s: round(counts[s] / 400, 1) for s in NAMES} == {"train": 0.7, "validation": 0.1, "test": 0.2}


def test_a_rare_label_stands_in_every_split() -> None:
    rows = many()
    splits = stratified_split(rows, Shares(0.1, 0.2))
    rare = Counter(splits[r.id] for r in rows if "tu_phap" in r.fields)
    assert (rare["train"], rare["validation"], rare["test"]) == (14, 2, 4)


def test_the_same_seed_gives_the_same_split() -> None:
    rows = many(60)
    assert stratified_split(rows, seed=1) == stratified_split(rows, seed=1)
    assert grouped_split(rows, seed=1) != grouped_split(rows, seed=2)


def test_time_never_runs_backwards() -> None:
    rows = [PetitionRow(str(y), "x", ("khac",), year=y) for y in range(2019, 2027)]
    splits = time_split(rows, validation_from=2024, test_from=2025)
    assert [splits[str(y)] for y in (2023, 2024, 2025, 2026)] == ["train", "validation", "test", "test"]
    with pytest.raises(ValueError, match="Năm"):
        time_split(rows, validation_from=2026, test_from=2025)


@pytest.mark.parametrize(("validation", "test"), [(0.5, 0.5), (-0.1, 0.1), (0.0, 1.0)])
def test_something_must_be_left_to_learn_from(validation: float, test: float) -> None:
    with pytest.raises(ValueError, match="huấn luyện"):
        Shares(validation, test)


def test_the_command_writes_a_split_once_and_never_over_it(corpus: PetitionCorpus, tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from api.cli import app

    rows, to = tmp_path / "r.jsonl", tmp_path / "splits.json"
    write_rows(rows, corpus.rows)
    first = CliRunner().invoke(app, ["corpus", "split", str(rows), "--to", str(to)])
    assert first.exit_code == 0, first.output
    before = to.read_text()
    again = CliRunner().invoke(app, ["corpus", "split", str(rows), "--to", str(to), "--by", "group"])
    assert again.exit_code == 2
    assert to.read_text() == before
    none = tmp_path / "none.json"
    early = CliRunner().invoke(app, ["corpus", "split", str(rows), "--to", str(none), "--by", "time"])
    assert early.exit_code == 2, "every year is from year 0 on: nothing would be left to learn from"
    assert not none.exists()
