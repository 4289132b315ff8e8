"""Two versions of the findings model on the same reports: is one better, and does either fall for a trap more often?

The traps are the spans that the writers marked `negative`: sentences that look like a finding and are none (a
limitation that was overcome, a general statement). They are to findings what the hard cases are to petitions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from nlp.reports.reader import FindingsModel, ReportReader
from nlp.training.findings_judge import Judged, PlainDocument, compare_report
from nlp.training.findings_scoring import SCORED, Counts
from nlp.training.hard import HardCheck
from nlp.training.metrics import mcnemar, number, paired_difference
from nlp.training.report_corpus import GoldReport

# What a candidate may not read clearly worse than the version in service.
KEPT = ("limitation", "cause", "recommendation")


@dataclass(frozen=True)
class Reading:
    """What one version made of the reports: counts by kind and report; trap → whether it was seen through; gold
    finding → whether it was found.
    """

    judged: Judged
    traps: Mapping[str, bool]
    findings: Mapping[str, bool]

    def f1(self, kind: str) -> Callable[[np.ndarray], float]:
        """The F1 of a kind over an index array of reports; NaN where there is nothing to find."""
        rows = np.array([[c[kind].gold, c[kind].found, c[kind].right, c[kind].wrong] for c in self.judged.kinds])

        def score(index: np.ndarray) -> float:
            counts = Counts(*(int(n) for n in rows[index].sum(axis=0)))
            return counts.f1 if counts.gold + counts.right + counts.wrong else float("nan")

        return score


def read_reports(model: FindingsModel, reports: Sequence[GoldReport]) -> Reading:
    """Read every report with a version, and note what became of each trap and each gold finding."""
    reader, judged = ReportReader(model), Judged(list(reports), [])
    traps: dict[str, bool] = {}
    findings: dict[str, bool] = {}
    for report in reports:
        result = reader.extract(PlainDocument.of(report))
        compare_report(judged, report, result)
        said = {kind: np.zeros(len(report.text), dtype=bool) for kind in ("", *KEPT, "lesson")}
        for f in result.findings:
            for kind in ("", f.kind):
                said[kind][f.span.start : f.span.end] = True
        for span in report.spans:
            place = f"{report.name}:{span['start']}"
            kind = "recommendation" if span["kind"] in ("solution", "proposal") else span["kind"]
            if kind == "negative":
                traps[place] = bool(said[""][span["start"] : span["end"]].mean() < 0.5)
            elif kind in said:
                findings[place] = bool(said[kind][span["start"] : span["end"]].mean() >= 0.5)
    return Reading(judged, traps, findings)


def compare_readings(one: Reading, other: Reading, *, times: int = 1000) -> dict[str, Any]:
    """`other` against `one` over the same reports, in the form of `nlp.training.compare.compare`.

    Intervals are of a paired bootstrap over reports; McNemar's test is over single gold findings and traps.
    """
    count = len(one.judged.reports)
    everything = np.arange(count)
    scores = {}
    for kind in SCORED:
        mine, theirs = one.f1(kind), other.f1(kind)
        gap, p = paired_difference(mine, theirs, count, times=times)
        scores[f"f1_{kind}"] = {
            "one": number(mine(everything)), "other": number(theirs(everything)), "difference": gap.to_json(),
            "p": number(p),
        }  # fmt: skip
    tests: dict[str, Any] = {}
    changed: dict[str, Any] = {}
    for task, a, b in (("findings", one.findings, other.findings), ("traps", one.traps, other.traps)):
        before, after = np.array([a[k] for k in a], dtype=bool), np.array([b[k] for k in a], dtype=bool)
        only_one, only_other, p = mcnemar(before, after)
        tests[task] = {"only_one": only_one, "only_other": only_other, "p": round(p, 4)}
        changed[task] = {"lost": [k for k in a if a[k] and not b[k]], "won": [k for k in a if b[k] and not a[k]]}
    return {"n": count, "scores": scores, "mcnemar": tests, "labels": [], "changed": changed}


def check_traps(one: Reading, other: Reading, comparison: Mapping[str, Any]) -> HardCheck:
    """Whether the candidate falls for more traps, or reads a kind clearly worse (its interval lies below zero)."""
    worse = [
        kind for kind in KEPT if (comparison["scores"][f"f1_{kind}"]["difference"]["high"] or 0.0) < 0
    ]  # fmt: skip
    return HardCheck(
        len(one.traps), sum(one.traps.values()), sum(other.traps.values()),
        tuple(comparison["changed"]["traps"]["lost"]), tuple(comparison["changed"]["traps"]["won"]), (), tuple(worse),
    )  # fmt: skip
