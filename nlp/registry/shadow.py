"""How a candidate's answers would differ from those in service, without any text in the result.

Works on the contract's objects (`PetitionResult.to_json()`), so that the register's stored answers can be compared
with a candidate's fresh ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

LEVELS = ("thuong", "uu_tien", "khan")
Answer = Mapping[str, Any]


@dataclass(frozen=True)
class Difference:
    """What changes for one petition if the candidate answers: tasks, fields gained and lost, both levels."""

    id: str
    tasks: tuple[str, ...]
    gained: tuple[str, ...]
    lost: tuple[str, ...]
    urgency: tuple[str, str]

    @property
    def lowered(self) -> bool:
        return LEVELS.index(self.urgency[1]) < LEVELS.index(self.urgency[0])


def difference(now: Answer, then: Answer) -> Difference:
    """The difference of two answers to the same petition."""
    mine, theirs = {f["code"] for f in now["fields"]}, {f["code"] for f in then["fields"]}
    subs = [{s["code"] for f in a["fields"] for s in f.get("subfields", ())} for a in (now, then)]
    checks = (
        ("fields", mine != theirs), ("subfields", subs[0] != subs[1]),
        ("type", now["type"]["code"] != then["type"]["code"]),
        ("urgency", now["urgency"]["code"] != then["urgency"]["code"]),
        ("signals", _signals(now) != _signals(then)), ("needs_review", now["needs_review"] != then["needs_review"]),
    )  # fmt: skip
    return Difference(
        str(now["id"]), tuple(name for name, changed in checks if changed), tuple(sorted(theirs - mine)),
        tuple(sorted(mine - theirs)), (now["urgency"]["code"], then["urgency"]["code"]),
    )  # fmt: skip


def _signals(answer: Answer) -> set[str]:
    return {s["code"] for s in answer["urgency"].get("signals", ())}


@dataclass
class ShadowReport:
    """Counts over many petitions, and the ids that a person should look at first."""

    n: int = 0
    unreadable: int = 0
    changed: Counter[str] = field(default_factory=Counter)
    gained: Counter[str] = field(default_factory=Counter)
    lost: Counter[str] = field(default_factory=Counter)
    urgency: Counter[tuple[str, str]] = field(default_factory=Counter)
    review: Counter[str] = field(default_factory=Counter)
    no_longer_khan: list[str] = field(default_factory=list)
    newly_khan: list[str] = field(default_factory=list)
    differing: list[str] = field(default_factory=list)

    def add(self, now: Answer, then: Answer) -> None:
        """Count one petition's answer in service and the candidate's; an error row counts as unreadable."""
        self.n += 1
        if "error" in now or "error" in then:
            self.unreadable += 1
            return
        d = difference(now, then)
        self.changed.update(d.tasks)
        self.gained.update(d.gained)
        self.lost.update(d.lost)
        self.urgency[d.urgency] += 1
        self.review.update(name for name, a in (("live", now), ("candidate", then)) if a["needs_review"])
        if d.tasks:
            self.differing.append(d.id)
        if d.urgency[0] != d.urgency[1]:
            if d.urgency[0] == "khan":
                self.no_longer_khan.append(d.id)
            if d.urgency[1] == "khan":
                self.newly_khan.append(d.id)

    def to_json(self) -> dict[str, Any]:
        """Plain JSON: counts, and ids only."""
        return {
            "n": self.n, "unreadable": self.unreadable, "changed": dict(self.changed),
            "fields_gained": dict(self.gained), "fields_lost": dict(self.lost),
            "urgency": [{"live": a, "candidate": b, "n": n} for (a, b), n in sorted(self.urgency.items())],
            "needs_review": {"live": self.review["live"], "candidate": self.review["candidate"]},
            "no_longer_khan": self.no_longer_khan, "newly_khan": self.newly_khan, "differing": self.differing,
        }  # fmt: skip


def shadow(
    rows: Iterable[Mapping[str, Any]],
    candidate: Callable[[Mapping[str, Any]], Answer],
    live: Callable[[Mapping[str, Any]], Answer] | None = None,
) -> ShadowReport:
    """Score petitions with a candidate beside the answers in service; nobody sees the candidate's answers.

    Parameters
    ----------
    rows : iterable of mappings
        `{"id", "text", …}`; with `answer`, the stored answer that was in service, unless `live` answers anew.
    candidate, live : callable
        row → contract object or error row.
    """
    report = ShadowReport()
    for row in rows:
        now = live(row) if live else row["answer"]
        report.add(now, candidate(row))
    return report
