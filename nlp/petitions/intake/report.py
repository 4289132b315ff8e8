"""The report of one petition's intake and its JSON."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from nlp.petitions.intake.deadlines import Deadline
from nlp.petitions.intake.duplicates import Duplicate, Fingerprint
from nlp.petitions.intake.eligibility import ChecklistItem, item_json
from nlp.petitions.intake.flags import Flag
from nlp.petitions.intake.matters import Matters
from nlp.petitions.intake.parties import Parties, Party
from nlp.petitions.intake.places import Place
from nlp.petitions.intake.routing import Route, RoutingCase
from nlp.petitions.intake.routing_rules import respondent_kind
from nlp.text import Span
from nlp.text.entities import TextView


def kind_of(looked: TextView, party: Party) -> str:
    """Kind and level of a respondent (`parties.yaml`, kinds)."""
    return respondent_kind(
        looked.text[party.start : party.end], looked.text[slice(*party.described)], is_office=party.kind == "co_quan"
    )


@dataclass(frozen=True)
class IntakeReport:
    """Eligibility, deadlines, routing, parties and duplicates of one petition: proposals for a person to confirm.

    Spans inside are of the clean text; `to_json` and `span` give places in the text as given.
    """

    looked: TextView = field(repr=False)
    types: tuple[str, ...]
    items: tuple[ChecklistItem, ...]
    proposal: str
    flags: tuple[Flag, ...]
    deadlines: tuple[Deadline, ...]
    routes: tuple[Route, ...]
    case: RoutingCase
    parties: Parties
    matters: Matters
    places: tuple[Place, ...]
    fingerprint: Fingerprint
    duplicates: tuple[Duplicate, ...]
    read_until: int | None = None

    def span(self, start: int, end: int) -> Span | None:
        """The place in the text as given; None for -1."""
        return self.looked.clean.to_source(start, end) if start >= 0 else None

    def _quoted(self, start: int, end: int) -> dict[str, Any]:
        place = self.span(start, end)
        if place is None:
            return {"start": None, "end": None, "text": None}
        return {"start": place.start, "end": place.end, "text": place.quote(self.looked.clean.source)}

    def _party(self, party: Party) -> dict[str, Any]:
        return {
            **self._quoted(party.start, party.end),
            "role": party.role,
            "kind": party.kind,
            "how": party.how,
            "score": party.score,
        }

    def to_json(self) -> dict[str, Any]:
        """Plain names and values; `text[start:end]` is the quote, always."""
        source = self.looked.clean.source
        return {
            "types": list(self.types),
            "eligibility": {
                "proposal": self.proposal,
                "items": [item_json(i, self.span(i.start, i.end), source) for i in self.items],
                "flags": [
                    {
                        "code": f.code, "name": f.name, "note": f.note, "detail": f.detail,
                        **f.basis.to_json(), **self._quoted(f.start, f.end),
                    }
                    for f in self.flags
                ],
            },
            "deadlines": [d.to_json() for d in self.deadlines],
            "routing": [r.to_json() for r in self.routes],
            "routing_case": self.case.to_json(),
            "parties": {
                "petitioners": [self._party(p) for p in self.parties.petitioners],
                "respondents": [
                    {**self._party(p), "respondent_kind": kind_of(self.looked, p)} for p in self.parties.respondents
                ],
            },
            "matters": {
                name: [
                    {**self._quoted(e.start, e.end), "value": e.value if name != "requests" else None} for e in found
                ]
                for name, found in self.matters.groups().items()
            },
            "places": [{**p.to_json(), **self._quoted(p.start, p.end)} for p in self.places],
            "duplicates": [d.to_json() for d in self.duplicates],
            "read_until": self.read_until,
        }  # fmt: skip
