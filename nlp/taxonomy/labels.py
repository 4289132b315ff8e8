"""Labels as typed, frozen data, read once from the versioned YAML files beside this module."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

import yaml


@dataclass(frozen=True, slots=True)
class Label:
    """One label: an ASCII code for machines and a Vietnamese name for people."""

    code: str
    name: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Field(Label):
    """A field of petitions (lĩnh vực) with its sub-fields and the official statistics column it counts in."""

    excludes: str = ""
    official_column: str = "khac"
    subfields: tuple[Label, ...] = ()


@dataclass(frozen=True, slots=True)
class Signal(Label):
    """A sign of urgency; `level` is the urgency that it raises a petition to."""

    level: str = "uu_tien"


@dataclass(frozen=True, slots=True)
class Taxonomy:
    """Every label set of the house; look-ups are by code, order is the order of the data files."""

    version: str
    fields: tuple[Field, ...]
    types: tuple[Label, ...]
    urgency: tuple[Label, ...]
    signals: tuple[Signal, ...]
    official_columns: tuple[Label, ...]
    kinds: tuple[Label, ...]
    sorts: tuple[Label, ...]
    topics: tuple[Label, ...]
    official_overrides: Mapping[str, str]

    @property
    def field_codes(self) -> tuple[str, ...]:
        return tuple(f.code for f in self.fields)

    @property
    def subfield_codes(self) -> tuple[str, ...]:
        return tuple(s.code for f in self.fields for s in f.subfields)

    @property
    def field_of_subfield(self) -> dict[str, str]:
        return {s.code: f.code for f in self.fields for s in f.subfields}

    @property
    def level_of_signal(self) -> dict[str, str]:
        return {s.code: s.level for s in self.signals}

    def urgency_rank(self, code: str) -> int:
        """0 for thuong, 1 for uu_tien, 2 for khan.

        Raises
        ------
        KeyError
            If `code` is not an urgency level.
        """
        return {u.code: i for i, u in enumerate(self.urgency)}[code]

    def urgency_of(self, signal_codes: list[str] | tuple[str, ...] | set[str]) -> str:
        """The highest level that any of the given signals raises to; `thuong` for none."""
        levels = self.level_of_signal
        ranks = [self.urgency_rank(levels[c]) for c in signal_codes]
        return self.urgency[max(ranks, default=0)].code

    def official_column(self, field: str, subfields: tuple[str, ...] | list[str] = ()) -> str:
        """The official statistics column of a field, or of its sub-field where that has a column of its own."""
        for sub in subfields:
            if sub in self.official_overrides and self.field_of_subfield[sub] == field:
                return self.official_overrides[sub]
        return next(f.official_column for f in self.fields if f.code == field)

    def name(self, code: str) -> str:
        """The Vietnamese name of any code of a petition or a finding; the code itself if it is unknown."""
        return _names(self).get(code, code)


@cache
def _names_for(version: str) -> dict[str, str]:
    t = taxonomy()
    groups: tuple[tuple[Label, ...], ...] = (
        t.topics, t.sorts, t.kinds, t.official_columns, t.signals, t.urgency, t.types,
        tuple(s for f in t.fields for s in f.subfields), t.fields,
    )  # fmt: skip
    # Later groups win: where a code serves two label sets (khac), the petition's own name is shown.
    return {label.code: label.name for group in groups for label in group}


def _names(t: Taxonomy) -> dict[str, str]:
    return _names_for(t.version)


def _read(name: str) -> dict[str, Any]:
    text = resources.files("nlp.taxonomy").joinpath("data", name).read_text(encoding="utf-8")
    data: dict[str, Any] = yaml.safe_load(text)
    return data


def _label(row: Mapping[str, Any]) -> Label:
    return Label(row["code"], row["name"], row.get("description", ""))


@cache
def taxonomy() -> Taxonomy:
    """Read the label files once and return them as one frozen object."""
    p, f = _read("petitions.yaml"), _read("findings.yaml")
    fields = tuple(
        Field(
            row["code"], row["name"], row["description"], row.get("excludes", ""), row["official_column"],
            tuple(_label(s) for s in row["subfields"]),
        )
        for row in p["fields"]
    )  # fmt: skip
    overrides = {
        s["code"]: s["official_column"] for row in p["fields"] for s in row["subfields"] if "official_column" in s
    }
    return Taxonomy(
        version=f"{p['version']}+{f['version']}" if p["version"] != f["version"] else p["version"],
        fields=fields,
        types=tuple(_label(r) for r in p["types"]),
        urgency=tuple(_label(r) for r in sorted(p["urgency"], key=lambda r: r["rank"])),
        signals=tuple(Signal(r["code"], r["name"], r.get("description", ""), r["level"]) for r in p["signals"]),
        official_columns=tuple(_label(r) for r in p["official_columns"]),
        kinds=tuple(_label(r) for r in f["kinds"]),
        sorts=tuple(_label(r) for r in f["sorts"]),
        topics=tuple(_label(r) for r in f["topics"]),
        official_overrides=overrides,
    )
