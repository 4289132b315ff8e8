"""Shapes of the intake report: checklist, terms, routing, parties, look-alikes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field

from api.http.models.common import Input, IsoDate, Output, ShortText


class Quoted(Output):
    """A place in the text with its quote; all three are null for what the text does not show."""

    start: int | None
    end: int | None
    text: str | None


class Sourced(Output):
    """The legal basis of a rule and how far it was checked: `read`, `second_hand`, `verify`."""

    basis: str
    status: str
    status_name: str


class ChecklistItemBody(Quoted, Sourced):
    """One condition: `found`, `not_found`, `not_applicable` or `unsure`."""

    code: str
    name: str
    state: str
    prompt: str
    missing: str


class FlagBody(Quoted, Sourced):
    """Something a person should look at."""

    code: str
    name: str
    note: str
    detail: str


class EligibilityBody(Output):
    """The checklist; `proposal` is `co_the_xu_ly` or `de_nghi_bo_sung`, and a person decides."""

    proposal: str
    items: list[ChecklistItemBody]
    flags: list[FlagBody]


class VariantBody(Output):
    """A longer term that only a signed decision or a remote place brings."""

    code: str
    name: str
    due: date | None
    duration: str
    suggested: bool


class DeadlineBody(Sourced):
    """A step due; `state` is `con_han`, `qua_han`, `da_xong` or `chua_ro`, `is_check` a term of the citizen's."""

    code: str
    name: str
    type: str
    start: date | None
    due: date | None
    duration: str
    rule: str
    provisional: bool
    state: str
    days_left: int | None = Field(description="Số ngày lịch còn lại; âm là quá hạn")
    done_on: date | None
    is_check: bool
    variants: list[VariantBody]
    notes: list[str]


class ExcludedBody(Output):
    """A unit that must not get the petition, and why."""

    unit: str
    reason: str


class RouteBody(Output):
    """Who should look into one type of content, who decides, and on what basis."""

    type: str
    units: list[str]
    authority: str
    second: str
    action: str
    action_name: str
    excluded: list[ExcludedBody]
    rules: list[str]
    bases: list[Sourced]
    reasons: list[str]


class PartySpan(Quoted):
    """Somebody the text names."""

    role: str
    kind: str
    how: str
    score: float
    respondent_kind: str | None = None


class PartySpans(Output):
    """Who writes and whom the petition is about."""

    petitioners: list[PartySpan]
    respondents: list[PartySpan]


class MatterSpan(Quoted):
    """A date, document, parcel, sum, area or request; `value` is its plain form where it has one."""

    value: str | float | None


class PlaceSpan(Quoted):
    """A place with its present name."""

    commune: str
    district: str
    province: str
    converted: str
    status: str
    note: str


class DuplicateBody(Output):
    """An earlier or later petition that looks alike: `trung_lap` (same people) or `rap_khuon` (other people)."""

    id: str
    register_number: str
    received_at: date
    kind: str
    similarity: float
    state: str


class StepBody(Output):
    """A step of the procedure that was taken."""

    code: str
    on: date


class IntakeBody(Output):
    """Proposals for a person to confirm; every quote is `text[start:end]` of the petition as it is shown."""

    id: str
    redacted: bool
    made_at: datetime | None
    types: list[str]
    eligibility: EligibilityBody
    deadlines: list[DeadlineBody]
    steps: list[StepBody]
    routing: list[RouteBody]
    parties: PartySpans
    matters: dict[str, list[MatterSpan]]
    places: list[PlaceSpan]
    duplicates: list[DuplicateBody]
    read_until: int | None


class StepMark(Input):
    """A step that was taken (`on`), or was not after all (null)."""

    code: ShortText
    on: Annotated[IsoDate | None, Field(examples=["2026-11-10"])] = None


class DuplicateMark(Input):
    """What a person found on comparing."""

    state: Literal["proposed", "confirmed", "dismissed"]


class ChangeBody(Output):
    """A stretch of a comparison: `equal`, `replace`, `delete` or `insert`, with its place in both texts."""

    kind: str
    start: int
    end: int
    other_start: int
    other_end: int


class ComparisonBody(Output):
    """Two redacted copies word by word, accents and case apart; no changes where a text is too long to compare."""

    id: str
    other_id: str
    text: str
    other_text: str
    changes: list[ChangeBody]
