"""What routing works on: offices, respondents, cases, routes, and the rules read from data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from nlp.petitions.intake.rules import Basis, WordSet, packaged, read_rules, rows
from nlp.text.entities.lexicon import folded_key, tone_key
from nlp.text.entities.view import TOKEN

NO_BASIS = Basis("Theo phân công của cơ quan", "verify")
# Kinds of respondents from the most to the least weighty: the weightiest decides who is competent.
WEIGHT = ("lanh_dao_tinh", "tinh", "tu_phap", "cong_an", "lanh_dao_xa", "lanh_dao_so", "so", "huyen", "xa",
          "bao_hiem", "thue", "benh_vien", "truong_hoc", "can_bo_xa", "phong_xa", "bo_tro_tu_phap",
          "to_chuc", "ca_nhan")  # fmt: skip
OFFICIAL = frozenset(WEIGHT) - {"to_chuc", "ca_nhan"}


@dataclass(frozen=True)
class Office:
    """The office that received the petition: `level` `xa` or `tinh`, `urban` for a phường."""

    level: str = "xa"
    name: str = ""
    urban: bool = False
    province: str = ""


@dataclass(frozen=True)
class Respondent:
    """A respondent as routing sees it: kind (see `parties.yaml`), name, and the words that describe its post."""

    kind: str
    name: str
    described: str


@dataclass(frozen=True)
class RoutingCase:
    """What routing depends on, small enough to keep with the record for a later dry run."""

    id: str
    types: tuple[str, ...]
    fields: tuple[str, ...]
    subfields: tuple[str, ...] = ()
    respondents: tuple[Respondent, ...] = ()
    words: frozenset[str] = frozenset()
    office: Office = Office()

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id, "types": list(self.types), "fields": list(self.fields), "subfields": list(self.subfields),
            "respondents": [{"kind": r.kind, "name": r.name, "described": r.described} for r in self.respondents],
            "words": sorted(self.words),
            "office": {
                "level": self.office.level, "name": self.office.name, "urban": self.office.urban,
                "province": self.office.province,
            },
        }  # fmt: skip

    @classmethod
    def from_json(cls, row: Mapping[str, Any]) -> RoutingCase:
        """Read what `to_json` wrote."""
        return cls(
            row["id"], tuple(row["types"]), tuple(row["fields"]), tuple(row["subfields"]),
            tuple(Respondent(**r) for r in row["respondents"]), frozenset(row["words"]), Office(**row["office"]),
        )  # fmt: skip


@dataclass(frozen=True)
class Route:
    """A proposal for one type of content.

    Attributes
    ----------
    petition_type : str
    units : tuple[str, ...]
        who should look into it, one for each field; first the main one.
    authority, second : str
        who decides, and who decides the second time (complaints).
    action : str
        `thu_ly`, `xu_ly`, `huong_dan`, `chuyen`.
    excluded : tuple of (unit, reason)
        units left out because they or their people are accused.
    rules : tuple[str, ...]
        ids of the rows used.
    reasons : tuple[str, ...]
        Vietnamese sentences.
    """

    petition_type: str
    units: tuple[str, ...]
    authority: str
    second: str
    action: str
    action_name: str
    excluded: tuple[tuple[str, str], ...]
    rules: tuple[str, ...]
    bases: tuple[Basis, ...]
    reasons: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        return {
            "type": self.petition_type, "units": list(self.units), "authority": self.authority, "second": self.second,
            "action": self.action, "action_name": self.action_name,
            "excluded": [{"unit": u, "reason": r} for u, r in self.excluded], "rules": list(self.rules),
            "bases": [b.to_json() for b in self.bases], "reasons": list(self.reasons),
        }  # fmt: skip


@dataclass(frozen=True)
class Move:
    """A past petition whose route would change."""

    id: str
    petition_type: str
    before: Route
    after: Route


class RoutingRules:
    """Rules read from a file: the packaged one, or an office's own."""

    def __init__(self, data: Mapping[str, Any]) -> None:
        start = data.get("valid_from")
        self.version = str(data["version"])
        self.units = rows(data["units"], start)
        self.authorities = rows(data["authorities"], start)
        self.actions: Mapping[str, Mapping[str, str]] = data["actions"]
        self.action_names: Mapping[str, str] = data["action_names"]
        self.belongs = [(WordSet(r["words"]), str(r["unit"])) for r in data["belongs"]]
        self.fallback: Mapping[str, str] = data["fallback"]

    @classmethod
    def load(cls, path: Path | None = None) -> RoutingRules:
        """Read a rules file.

        Raises
        ------
        ValueError
            If a row lacks its basis or status, or the file is no mapping.
        """
        return _packaged_rules() if path is None else cls(read_rules("routing.yaml", path))


@cache
def _packaged_rules() -> RoutingRules:
    return RoutingRules(packaged("routing.yaml"))


@cache
def routing_words() -> WordSet:
    """The words in the text that some routing rows look at (điện, trường …)."""
    return WordSet(w for r in packaged("routing.yaml")["units"] for w in r.get("words", ()))


def _posts(row: Mapping[str, Any]) -> list[str]:
    """The words of a kind: those listed and each post with each body, uỷ and ủy alike."""
    words = [*row["words"], *(f"{post} {body}" for post in row.get("posts", ()) for body in row.get("of", ()))]
    return [w for word in words for w in dict.fromkeys((word, word.replace("uỷ", "ủy")))]


@cache
def official_posts() -> WordSet:
    """Posts of officials that may be accused without a name ("chủ tịch xã")."""
    heads = tuple(packaged("parties.yaml")["post_heads"])
    kinds = [r for r in packaged("parties.yaml")["kinds"] if r["kind"] in OFFICIAL]
    return WordSet(w for r in kinds for w in _posts(r) if w.startswith(heads))


@cache
def _kind_words(office: bool) -> tuple[tuple[str, WordSet, WordSet], ...]:
    kinds = packaged("parties.yaml")["kinds"]
    return tuple(
        (
            r["kind"],
            WordSet([*_posts(r), *(r.get("office_words", ()) if office else ())]),
            WordSet(r.get("head_words", ()) if office else ()),
        )
        for r in kinds
    )


def respondent_kind(name: str, described: str, *, is_office: bool) -> str:
    """Kind and level of a respondent: from the name of an office, from the words around the name of a person."""
    keys, accented = look_up_keys(name if is_office else described)
    for kind, words, heads in _kind_words(is_office):
        # "Trường Kim Giang" is a school, "Sở Nông nghiệp và Môi trường" is none: some words count as a head only.
        if words.first(keys, accented) or heads.at(keys, 0, accented):
            return kind
    return "to_chuc" if is_office else "ca_nhan"


def look_up_keys(text: str) -> tuple[list[str], bool]:
    tokens = TOKEN.findall(text)
    keys, plain = [tone_key(w) for w in tokens], [folded_key(w) for w in tokens]
    return (keys, True) if keys != plain else (plain, False)
