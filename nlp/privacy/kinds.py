"""The kinds of personal data, with their names and placeholders, from one data file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from types import MappingProxyType

import yaml


@dataclass(frozen=True, slots=True)
class PersonalKind:
    """One kind of personal data: code, Vietnamese name, and the words of its placeholder."""

    code: str
    name: str
    placeholder: str


@cache
def personal_kinds() -> Mapping[str, PersonalKind]:
    """Code → kind, in the order of the data file."""
    text = resources.files("nlp.privacy").joinpath("data", "personal_data.yaml").read_text(encoding="utf-8")
    rows = yaml.safe_load(text)["entities"]
    return MappingProxyType({r["code"]: PersonalKind(r["code"], r["name"], r["placeholder"]) for r in rows})
