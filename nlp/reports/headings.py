"""What a heading says about the text below it: its roles, from the heading table."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

from nlp.reports.lexicon import key, load

ROLES = (
    "limitation",
    "cause",
    "result",
    "past_solution",
    "success_cause",
    "task",
    "recommendation",
    "lesson",
    "context",
    "objective",
    "subjective",
    "addressee",
)
FINDING_ROLES = frozenset({"limitation", "cause", "task", "recommendation", "lesson"})
"""Roles that name a kind of finding; a heading with none of the roles inherits those of the section around it."""
MAIN_ROLES = frozenset(ROLES) - {"objective", "subjective", "addressee"}


@dataclass(frozen=True, slots=True)
class Reading:
    """Roles of a heading and the phrases of the table that gave them."""

    roles: frozenset[str]
    phrases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    pattern: re.Pattern[str]
    phrase: str
    roles: frozenset[str]


def _pattern(phrase: str) -> re.Pattern[str]:
    return re.compile(rf"(?<!\w){re.escape(key(phrase))}(?!\w)")


@cache
def _tables() -> tuple[tuple[_Row, ...], tuple[_Row, ...]]:
    data = load("headings")
    overrides = [_Row(_pattern(row["phrase"]), row["phrase"], frozenset(row["roles"])) for row in data["overrides"]]
    overrides.sort(key=lambda row: -len(row.phrase))
    parts = [
        _Row(_pattern(row["phrase"]), row["phrase"], frozenset({role}))
        for role, rows in data["components"].items()
        for row in rows
    ]
    return tuple(overrides), tuple(parts)


@cache
def _markers(name: str) -> tuple[re.Pattern[str], ...]:
    return tuple(_pattern(word) for word in load("headings")[name]["words"])


@lru_cache(maxsize=4096)
def read_heading(text: str) -> Reading:
    """Roles of one heading.

    Parameters: `text`, the heading as printed, with or without its number. Returns the roles, empty for a heading
    that says nothing ("2. Về công tác tuyên truyền"). Longer phrases of `overrides` win and hide the words inside
    them.
    """
    folded = whole = key(text)
    roles: set[str] = set()
    phrases: list[str] = []
    overrides, parts = _tables()
    hidden: list[tuple[int, int, str]] = []
    for row in overrides:
        for match in row.pattern.finditer(folded):
            roles |= row.roles
            phrases.append(row.phrase)
            hidden += [(match.start(), -match.end(), role) for role in row.roles]
            folded = folded[: match.start()] + "·" * len(match.group()) + folded[match.end() :]
    for role, phrase in _named(folded, parts, hidden):
        roles.add(role)
        phrases.append(phrase)
    if "task" in roles and not any(p.search(whole) for p in _markers("future_markers")):
        past = load("headings")["past_markers"]
        named = any(_pattern(w).search(whole) for w in past["with"])
        if named and any(p.search(whole) for p in _markers("past_markers")):
            roles = (roles - {"task"}) | {past["role"]}
    if "success_cause" in roles:
        roles.discard("cause")
    return Reading(frozenset(roles), tuple(phrases))


_JOINED = re.compile(r"^$|(?:^|\s)va(?:\s(?:nhung|cac|mot so))?$|^(?:nhung|cac|mot so)$")
"""What stands between two names of the same rank, the comma being dropped."""


def _named(folded: str, parts: tuple[_Row, ...], hidden: list[tuple[int, int, str]]) -> list[tuple[str, str]]:
    """(role, phrase) of every component that the heading itself names, in reading order; `hidden` are the roles of
    the overrides, with their places.

    What stands in a clause under the first kind of finding is not named by the heading: "Nguyên nhân của những hạn chế"
    is about causes, "Hạn chế khi thực hiện các giải pháp trên và nguyên nhân" about limitations and causes. A heading
    that begins with what is to be done ("6. Tiếp tục triển khai thực hiện …") names nothing but kinds of findings.
    """
    clause = re.compile(rf"(?<!\w)(?:{_alternatives('clauses')})(?!\w)")
    ordered = re.match(rf"(?:[a-z]\s|[ivx]+\s|[\d ]+)?(?:{_alternatives('imperatives')})(?!\w)", folded)
    found = sorted(
        (m.start(), -m.end(), role, row.phrase)
        for row in parts
        for role in row.roles
        for m in row.pattern.finditer(folded)
        if row.phrase != "giao" or m.start() == 0
    )
    found = sorted([*found, *((*place, "") for place in hidden)])
    out: list[tuple[str, str]] = []
    head, under, last = "", "", 0
    for start, end, role, phrase in found:
        gap = folded[last:start].strip()
        below = role == under if _JOINED.search(gap) else bool(clause.search(gap))
        last, under = max(last, -end), role if head and below else ""
        if (head in FINDING_ROLES and under) or (ordered and role not in FINDING_ROLES):
            continue
        head = head or role
        if phrase:
            out.append((role, phrase))
    return out


@cache
def _alternatives(name: str) -> str:
    return "|".join(re.escape(key(word)) for word in load("headings")[name]["words"])


@cache
def _empty_keys() -> frozenset[str]:
    return frozenset(key(row["phrase"]) for row in load("headings")["empty_statements"])


def is_empty_statement(text: str) -> bool:
    """True for a line that says there is nothing to report ("(Không)", "Không có kiến nghị.").

    Parameters: `text`, a sentence or a whole section body.
    """
    folded = key(text)
    if not folded or len(folded) > 120:
        return False
    if folded in _empty_keys():
        return True
    words = folded.split()
    if len(words) <= 14 and re.search(
        r"\bkhong co (?:kien nghi|de xuat|y kien|noi dung)(?: (?:gi|nao))?(?: them)?$", folded
    ):
        return True
    return (
        len(words) <= 12
        and any(folded.startswith(k + " ") for k in _empty_keys() if " " in k)
        and not re.search(r"\b(nen|dan den|gay|de thuc hien|de trien khai|nguoi|kinh phi)\b", folded)
    )


@cache
def zone_words(name: str) -> tuple[str, ...]:
    """Keys of the words that open a zone of the document: recipients, contents, annex."""
    return tuple(key(word) for word in load("headings")["zones"][name])
