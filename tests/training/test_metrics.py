"""Scores and their uncertainty hold what their definitions promise."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn.metrics import cohen_kappa_score, f1_score

from nlp.training.metrics import (
    bootstrap,
    calibration_error,
    cohen_kappa,
    krippendorff_alpha,
    label_scores,
    macro_f1,
    mcnemar,
    micro_f1,
    paired_difference,
)

tables = st.integers(1, 20).flatmap(
    lambda n: st.tuples(arrays(bool, (n, 4)), arrays(bool, (n, 4))),
)


@given(tables)
def test_micro_f1_is_that_of_scikit_learn_and_symmetric(pair: tuple[np.ndarray, np.ndarray]) -> None:
    gold, said = pair
    if gold.any() or said.any():
        assert micro_f1(gold, said) == pytest.approx(f1_score(gold, said, average="micro", zero_division=0))
        assert micro_f1(gold, said) == micro_f1(said, gold)
    else:
        assert math.isnan(micro_f1(gold, said))


@given(tables)
def test_macro_f1_is_over_the_labels_that_stand_in_gold(pair: tuple[np.ndarray, np.ndarray]) -> None:
    gold, said = pair
    each = [f1_score(gold[:, k], said[:, k], zero_division=0) for k in range(4) if gold[:, k].any()]
    if each:
        assert macro_f1(gold, said) == pytest.approx(np.mean(each))


@given(tables)
def test_a_label_table_agrees_with_its_counts(pair: tuple[np.ndarray, np.ndarray]) -> None:
    gold, said = pair
    for row in label_scores("abcd", gold, said, times=50):
        k = "abcd".index(row.code)
        assert row.n == gold[:, k].sum()
        assert row.f1.value == pytest.approx(f1_score(gold[:, k], said[:, k], zero_division=0))
        assert row.f1.low <= row.f1.high


def test_a_bootstrap_interval_holds_its_value_and_narrows_with_more_texts() -> None:
    rng = np.random.default_rng(0)
    widths = []
    for n in (50, 800):
        right = rng.random(n) < 0.8
        found = bootstrap(lambda i, right=right: float(right[i].mean()), n)  # type: ignore[misc]
        assert found.low <= found.value <= found.high
        widths.append(found.high - found.low)
    assert widths[1] < widths[0] / 2


def test_two_equal_models_differ_by_nothing() -> None:
    right = np.random.default_rng(1).random(60) < 0.7

    def score(i: np.ndarray) -> float:
        return float(right[i].mean())

    gap, p = paired_difference(score, score, 60, times=100)
    assert (gap.value, gap.low, gap.high, p) == (0, 0, 0, 1)


def test_a_clear_difference_is_seen_and_a_chance_one_is_not() -> None:
    rng = np.random.default_rng(2)
    a = rng.random(200) < 0.6
    better, shuffled = a | (rng.random(200) < 0.5), rng.permutation(a)

    def score(right: np.ndarray):  # type: ignore[no-untyped-def]
        return lambda i: float(right[i].mean())

    assert paired_difference(score(a), score(better), 200)[1] < 0.01
    assert paired_difference(score(a), score(shuffled), 200)[1] > 0.05


def test_mcnemar_is_the_exact_binomial_test() -> None:
    one = np.array([True] * 10 + [False] * 2 + [True] * 5)
    other = np.array([False] * 10 + [True] * 2 + [True] * 5)
    only_one, only_other, p = mcnemar(one, other)
    # 2 · (C(12,0) + C(12,1) + C(12,2)) / 2^12
    assert (only_one, only_other) == (10, 2)
    assert p == pytest.approx(2 * (1 + 12 + 66) / 4096)
    assert mcnemar(one, one)[2] == 1.0


def test_true_probabilities_are_calibrated_and_boasting_ones_are_not() -> None:
    rng = np.random.default_rng(3)
    p = rng.random(20_000)
    y = rng.random(20_000) < p
    assert calibration_error(p, y)[0] < 0.02
    assert calibration_error(np.sqrt(p), y)[0] > 0.1


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("abc")), min_size=2))
def test_kappa_is_that_of_scikit_learn(pairs: list[tuple[str, str]]) -> None:
    a, b = zip(*pairs, strict=True)
    if len(set(a) | set(b)) > 1 and not (len(set(a)) == len(set(b)) == 1):
        assert cohen_kappa(a, b) == pytest.approx(cohen_kappa_score(a, b), nan_ok=True)


def test_alpha_is_one_for_agreement_and_about_zero_for_chance() -> None:
    rng = np.random.default_rng(4)
    sets = [frozenset(rng.choice(list("abcde"), 2).tolist()) for _ in range(150)]
    assert krippendorff_alpha(sets, sets) == pytest.approx(1)
    mixed = [sets[i] for i in rng.permutation(len(sets))]
    assert abs(krippendorff_alpha(sets, mixed)) < 0.15
