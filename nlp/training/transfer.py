"""What an office will meet: people and channels that training never saw, names where it learned from placeholders; and
what more corpus would bring.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from nlp.petitions.vectors import WordVectors
from nlp.training.config import PetitionConfig
from nlp.training.corpus import PetitionRow
from nlp.training.exchange.intake import redacted
from nlp.training.judge import judge_model
from nlp.training.metrics import number, paired_difference
from nlp.training.parallel import workers
from nlp.training.petitions import fit_petitions

SHOWN = (
    "field_micro_f1", "field_macro_f1", "subfield_micro_f1", "type_accuracy", "urgency_accuracy", "khan_recall",
    "khan_precision", "signal_micro_f1",
)  # fmt: skip
Say = Callable[[str], None]


def leave_out(
    rows: Sequence[PetitionRow],
    key: Callable[[PetitionRow], str],
    vectors: WordVectors | None,
    config: PetitionConfig,
    *,
    least: int = 20,
    parts: int = 4,
    say: Say = lambda _: None,
    where: str = "local",
) -> list[dict[str, object]]:
    """For every value of `key` with at least `least` rows: scores of a model that saw no row of it.

    The values are dealt into `parts` of about equal size; each part is left out once, so that every value is judged by
    a model that also lacks the others of its part: a little harder than leaving out one alone, at a fraction of the
    fits. Thresholds and calibration see nothing of the part either.
    """
    counts = Counter(key(r) for r in rows)
    if len(counts) < 2:
        return []
    dealt: list[set[str]] = [set() for _ in range(min(parts, len(counts)))]
    for value, _ in sorted(counts.items(), key=lambda item: (-item[1], item[0])):
        min(dealt, key=lambda part: sum(counts[v] for v in part)).add(value)
    out: list[dict[str, object]] = []
    for part in dealt:
        say(f"Bỏ riêng {', '.join(sorted(part))} ({sum(counts[v] for v in part)} đơn)")
        with workers(where):
            model, _ = fit_petitions([r for r in rows if key(r) not in part], vectors, config)
        for value in sorted(part):
            held = [r for r in rows if key(r) == value]
            if len(held) >= least:
                scores = judge_model(model, held).scores(300, SHOWN)
                out.append({"value": value, "n": len(held)} | {k: v.to_json() for k, v in scores.items()})
    return sorted(out, key=lambda row: (-int(str(row["n"])), str(row["value"])))


def learning_curve(
    train: Sequence[PetitionRow],
    test: Sequence[PetitionRow],
    vectors: WordVectors | None,
    config: PetitionConfig,
    *,
    shares: Sequence[float] = (0.125, 0.25, 0.5, 0.75, 1.0),
    say: Say = lambda _: None,
    where: str = "local",
) -> list[dict[str, object]]:
    """Scores on the same test rows of models fitted on growing parts of the training rows.

    Whole groups are drawn, each larger part contains the smaller ones, so the curve shows more petitions and not
    another draw.
    """
    groups = sorted({r.group or r.id for r in train})
    order = np.random.default_rng(config.seed).permutation(len(groups))
    out: list[dict[str, object]] = []
    for share in shares:
        chosen = {groups[i] for i in order[: max(1, round(share * len(groups)))]}
        part = [r for r in train if (r.group or r.id) in chosen]
        say(f"Đường cong học: {len(part)} đơn")
        folds = max(2, min(config.folds, len({r.group or r.id for r in part})))
        with workers(where):
            model, _ = fit_petitions(part, vectors, replace(config, folds=folds))
        scores = judge_model(model, test).scores(300, SHOWN)
        out.append({"share": share, "n": len(part)} | {k: v.to_json() for k, v in scores.items()})
    return out


def redacted_training(
    train: Sequence[PetitionRow],
    test: Sequence[PetitionRow],
    vectors: WordVectors | None,
    config: PetitionConfig,
    *,
    say: Say = lambda _: None,
    where: str = "local",
) -> list[dict[str, object]]:
    """What it costs to learn from masked petitions and read whole ones, which is how a register teaches a model.

    Two fits, one on the rows as given and one on their redacted copies, each judged on the test rows as given; the
    second also on redacted copies. `difference` is paired, to the model that learned from the rows as given.
    """
    say("Che thông tin cá nhân trong bản sao của ngữ liệu")
    masked_train, masked_test = ([redacted(r)[0] for r in rows] for rows in (train, test))
    models = []
    for name, rows in (("nguyên văn", list(train)), ("đã che", masked_train)):
        say(f"Học từ văn bản {name}")
        with workers(where):
            models.append(fit_petitions(rows, vectors, config)[0])
    whole, masked = models
    base = judge_model(whole, test)
    out: list[dict[str, object]] = []
    for learned, read, judged in (
        ("raw", "raw", base), ("redacted", "raw", judge_model(masked, test)),
        ("redacted", "redacted", judge_model(masked, masked_test)),
    ):  # fmt: skip
        gap, p = paired_difference(base.rules()["field_micro_f1"], judged.rules()["field_micro_f1"], base.n, times=300)
        scores = {k: v.to_json() for k, v in judged.scores(300, SHOWN).items()}
        row: dict[str, object] = {"learned": learned, "read": read, "difference": gap.to_json(), "p": number(p)}
        out.append(row | scores)
    return out
