"""One entry point: everything a clerk needs beside the labels, with its places in the text as given."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from nlp.petitions.intake import eligibility as checks
from nlp.petitions.intake import flags as marks
from nlp.petitions.intake.deadlines import Deadline, deadlines
from nlp.petitions.intake.duplicates import Duplicate, Fingerprint, PetitionIndex, find_duplicates, fingerprint
from nlp.petitions.intake.matters import Matters, matters
from nlp.petitions.intake.organisations import organisations
from nlp.petitions.intake.parties import Parties, parties
from nlp.petitions.intake.places import Place, places
from nlp.petitions.intake.report import IntakeReport, kind_of
from nlp.petitions.intake.routing import Office, Respondent, Route, RoutingCase, RoutingRules, route
from nlp.petitions.intake.routing_rules import respondent_kind, routing_words
from nlp.petitions.intake.rules import packaged, word_set
from nlp.text import fold_key
from nlp.text.entities import Entity, TextView, addresses, identifiers, people, view

_ADDRESSEE = re.compile(
    r"(?:^|\n)[ \t]{0,40}(?:kính )?(?:gửi|gởi|thưa)\s{0,3}:?\s{0,40}(?P<to>[^\n,;!]{4,90})", re.IGNORECASE
)
# A petition is read up to this many code points; a report says so when there was more.
READ_LIMIT = 20_000
TYPES = ("khieu_nai", "to_cao", "kien_nghi_phan_anh")


@dataclass(frozen=True)
class IntakeRules:
    """An office's own rules files; None means the packaged one."""

    deadlines: Path | None = None
    eligibility: Path | None = None
    routing: RoutingRules | None = None


def intake_report(
    text: str | TextView,
    result: Any = None,
    *,
    received_at: date,
    place: str | None = None,
    channel: str | None = None,
    office: Office | None = None,
    today: date | None = None,
    identity: str = "",
    events: Mapping[str, date] | None = None,
    done: Collection[str] = (),
    instance: int | None = None,
    index: PetitionIndex | None = None,
    text_of: Callable[[str], str | None] | None = None,
    convert: bool = True,
    rules: IntakeRules | None = None,
) -> IntakeReport:
    """Read a petition for its clerk.

    Parameters
    ----------
    text : str or TextView
        The text as given (a view of it, where privacy shares it).
    result : PetitionResult or its JSON, optional
        Labels: type, fields, sub-fields, signals. Without it only what the text itself shows is used.
    received_at : date
    place : str, optional
        Where the matter is, as the clerk wrote it; else the text tells.
    channel : str, optional
        `don`, `portal`, `hotline` …: a portal report needs no signature.
    office : Office, optional
        Who received it; a commune by default.
    today : date, optional
        Marks what is overdue.
    events, done, instance
        See `nlp.petitions.intake.deadlines.deadlines`.
    index, text_of
        Earlier petitions, to find duplicates.
    convert : bool
        Look up the new names of old communes.
    """
    rules = rules or IntakeRules()
    office = office or Office()
    looked = text if isinstance(text, TextView) else view(text[:READ_LIMIT])
    labels = result.to_json() if hasattr(result, "to_json") else dict(result or {})
    kind = _code(labels.get("type"))
    names = people(looked)
    homes, numbers = addresses(looked), identifiers(looked)
    who = parties(looked, names, organisations(looked), kind)
    what = matters(looked)
    types = _types(looked, labels, kind)
    known = checks.facts(looked, who, what, [*names, *homes, *numbers], types, channel)
    marked = marks.flags(known, rules.eligibility)
    found_at = _places(looked, place, received_at, office, convert)
    case = _case(identity, types, labels, who, looked, known.keys, office, found_at)
    mark = _fingerprint(looked, who, what, numbers, received_at)
    same = _duplicates(mark, index, looked, text_of, identity)
    marked += _duplicate_flags(same, rules)
    routes = route(case, rules.routing)
    steps = _deadlines(types, received_at, today, events, done, instance, case, labels, marked, known, routes, rules)
    items = checks.checklist(known, received_at, rules.eligibility)
    return IntakeReport(
        looked, types, tuple(items), checks.proposal(items), tuple(marked), tuple(steps), tuple(routes),
        case, who, what, tuple(found_at), mark, tuple(same),
        READ_LIMIT if isinstance(text, str) and len(text) > READ_LIMIT else None,
    )  # fmt: skip


def _code(value: Any) -> str | None:
    return value.get("code") if isinstance(value, Mapping) else value


def _types(looked: TextView, labels: Mapping[str, Any], kind: str | None) -> tuple[str, ...]:
    """The types whose rules apply: one, or those that a petition of mixed content speaks of."""
    if kind in TYPES:
        return (str(kind),)
    said = {
        "khieu_nai": ("khieu nai", "khong dong y", "khong chap nhan", "khong nhan"),
        "to_cao": ("to cao", "to giac", "to ong", "to anh"),
        "kien_nghi_phan_anh": ("kien nghi", "phan anh", "de nghi"),
    }  # fmt: skip
    flat = " ".join(looked.folded.split())
    found = tuple(t for t, words in said.items() if any(w in flat for w in words))
    if kind == "hon_hop":
        return found if len(found) > 1 else ("khieu_nai", "to_cao")
    return found[:1] or ("kien_nghi_phan_anh",)


def _signals(labels: Mapping[str, Any]) -> set[str]:
    urgency = labels.get("urgency") or {}
    signals = urgency.get("signals", ()) if isinstance(urgency, Mapping) else ()
    return {str(s["code"]) for s in signals}


def _places(looked: TextView, place: str | None, day: date, office: Office, convert: bool) -> list[Place]:
    if place:
        return [
            Place(-1, -1, p.commune, p.district, p.province, p.converted, p.status, p.note)
            for p in places(view(place), day=day, province=office.province, convert=convert)
        ]
    return places(looked, day=day, province=office.province, convert=convert)


def _case(
    identity: str,
    types: tuple[str, ...],
    labels: Mapping[str, Any],
    who: Parties,
    looked: TextView,
    keys: list[str],
    office: Office,
    found_at: Sequence[Place],
) -> RoutingCase:
    fields = tuple(_code(f) or "" for f in labels.get("fields", ()))
    subfields = tuple(
        _code(s) or "" for f in labels.get("fields", ()) if isinstance(f, Mapping) for s in f.get("subfields", ())
    )
    against = tuple(
        Respondent(kind_of(looked, p), looked.text[p.start : p.end], looked.text[slice(*p.described)])
        for p in who.respondents
    )
    if not against and "khieu_nai" in types:
        against = _presumed(looked)
    if not office.name and any(p.commune.lower().startswith(("phường", "p.")) for p in found_at):
        office = replace(office, urban=True)
    words, i, looked_for = set(), 0, routing_words()
    while i < len(keys):
        size = looked_for.at(keys, i, looked.accented)
        if size:
            words.add(fold_key(" ".join(t.folded for t in looked.tokens[i : i + size])))
        i += max(1, size)
    return RoutingCase(identity, types, fields or ("khac",), subfields, against, frozenset(words), office)


def _presumed(looked: TextView) -> tuple[Respondent, ...]:
    """Whom a complaint that names nobody is against: most likely its addressee, who decides on it first."""
    m = _ADDRESSEE.search(looked.text)
    if not m:
        return ()
    name = m.group("to").strip()
    kind = respondent_kind(name, name, is_office=True)
    lead = respondent_kind("", name, is_office=False)
    return (Respondent(lead if lead.startswith("lanh_dao") else kind, name, "nơi nhận đơn"),)


def _fingerprint(
    looked: TextView, who: Parties, what: Matters, numbers: Sequence[Entity], received_at: date
) -> Fingerprint:
    names = {fold_key(looked.text[p.start : p.end]) for p in who.petitioners if p.kind == "ca_nhan"}
    keys = {n for n in names if " " in n} | {n.value for n in numbers if n.kind in ("so_dien_thoai", "so_dinh_danh")}
    # An office is named in many matters of the same person; a number, a parcel and a person's full name are not.
    matter = {f"so {fold_key(d.value)}" for d in what.documents if "/" in d.value} | {p.value for p in what.parcels}
    accused = {fold_key(looked.text[p.start : p.end]) for p in who.respondents if p.kind == "ca_nhan"}
    matter |= {f"nguoi {name}" for name in accused if len(name.split()) > 2}
    return fingerprint(looked.text, people=keys, matter=matter, received=received_at.isoformat())


def _duplicates(
    mark: Fingerprint,
    index: PetitionIndex | None,
    looked: TextView,
    text_of: Callable[[str], str | None] | None,
    identity: str,
) -> list[Duplicate]:
    if index is None:
        return []
    return find_duplicates(mark, index, text=looked.clean.source, text_of=text_of, exclude=identity or None)


def _duplicate_flags(same: Sequence[Duplicate], rules: IntakeRules) -> list[marks.Flag]:
    kinds = dict.fromkeys(d.kind for d in same)
    return [marks.make_flag(k, ", ".join(d.id for d in same if d.kind == k), rules.eligibility) for k in kinds]


def _deadlines(
    types: tuple[str, ...],
    received_at: date,
    today: date | None,
    events: Mapping[str, date] | None,
    done: Collection[str],
    instance: int | None,
    case: RoutingCase,
    labels: Mapping[str, Any],
    marked: Sequence[marks.Flag],
    known: checks.Facts,
    routes: Sequence[Route],
    rules: IntakeRules,
) -> list[Deadline]:
    config = packaged("deadlines.yaml")
    signals = _signals(labels)
    conditions = {f.code for f in marked} & {"dau_hieu_toi_pham"} | signals & {"de_doa_tra_thu"}
    child = word_set("deadlines.yaml", "child_words").first(known.keys, known.view.accented)
    if "bao_luc_xam_hai" in signals and child:
        conditions.add("tre_em_nguy_hiem")
    if any(r.action == "chuyen" for r in routes):
        conditions.add("ngoai_tham_quyen")
    suggest = set()
    if word_set("deadlines.yaml", "remote_words").first(known.keys, known.view.accented):
        suggest.add("vung_sau")
    if len(signals & set(config["complex_signals"])) > 0 and len(case.fields) > 1:
        suggest.add("phuc_tap")
    seen = dict(events or {})
    learned = decision_known(known)
    if learned and "decision_known" not in seen:
        seen["decision_known"] = learned
    second = instance or (
        2 if "khieu nai lan hai" in known.view.folded or "khieu nai lan 2" in known.view.folded else 1
    )
    return deadlines(
        types, received_at, today=today, events=seen, done=done, conditions=conditions, suggest=suggest,
        instance=second,
        rules=rules.deadlines,
    )  # fmt: skip


def decision_known(known: checks.Facts) -> date | None:
    """The day on which the writer got the decision: the full date next to "nhận được quyết định"."""
    for m in known.matters.dates:
        near = known.view.folded[max(0, m.start - 60) : m.end + 60]
        if ("nhan" in near or "biet" in near or "giao" in near) and any(
            w in near for w in ("quyet dinh", "qd ", "thong bao", "cong van", "van ban")
        ):
            try:
                return date.fromisoformat(m.value)
            except ValueError:
                continue
    return None
