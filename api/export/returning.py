"""What returns across the reports of one export: groups of findings that say the same, and a finding's history."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from api.export.bundle import Bundle
from nlp.reports.grouping import Entry, Group, group_findings, history_in_words

_YEAR = re.compile(r"(?<!\d)(?:19|20)\d{2}(?!\d)")
GROUPED = ("limitation", "cause", "recommendation")


@dataclass(frozen=True)
class Returning:
    """Groups of one kind that several reports name, most reports first; `history` maps a finding's id to words such
    as "đã nêu năm 2022, 2023".
    """

    groups: tuple[tuple[str, Group], ...]
    history: Mapping[str, str]


def year_of(metadata: Mapping[str, Any]) -> int | None:
    """The year of a report as the register counts it: of its date, else of its period, else of its title."""
    for name in ("date", "period", "title"):
        years = [int(y) for y in _YEAR.findall(str(metadata.get(name) or ""))]
        if years:
            return years[-1]
    return None


def returning(bundles: Sequence[Bundle]) -> Returning:
    """Compare the findings of several documents, each kind with its own.

    Parameters: `bundles`; documents that could not be read are passed over. A group counts where at least two
    documents name it.
    """
    groups: list[tuple[str, Group]] = []
    words: dict[str, str] = {}
    for kind in GROUPED:
        entries = [entry for bundle in bundles if bundle.error is None for entry in _entries(bundle, kind)]
        found = [g for g in group_findings(entries) if g.documents > 1]
        groups += [(kind, group) for group in found]
        for group in found:
            for member in group.members:
                others = [(o, 1.0) for o in group.members if o.document_id != member.document_id]
                said = history_in_words(member, others)
                if said:
                    words[member.id] = said
    return Returning(tuple(groups), words)


def _entries(bundle: Bundle, kind: str) -> list[Entry]:
    metadata = bundle.document.get("metadata") or {}
    place = metadata.get("issuer") or metadata.get("province") or bundle.document.get("filename")
    return [
        Entry(str(f["id"]), str(f["text"]), str(bundle.document["id"]), place, year_of(metadata))
        for f in bundle.findings
        if f["kind"] == kind
    ]


def counted(rows: Sequence[tuple[Any, int]]) -> str:
    """Counts in words: "2022 (1), 2023 (2)"."""
    return ", ".join(f"{name} ({count})" for name, count in rows)
