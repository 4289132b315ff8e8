"""Shapes of petitions: what is sent, the reader's answer, the stored record."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from api.http.models.common import Input, IsoDate, LongText, Output, ShortText, Storable
from api.records.petition_store import CHANNELS, STATUSES

Channel = Literal[CHANNELS]  # type: ignore[valid-type]
Status = Literal[STATUSES]  # type: ignore[valid-type]
_EXAMPLE = "Kính gửi UBND xã. Gia đình tôi bị thu hồi 300 m2 đất nhưng đến nay chưa được bồi thường. Đề nghị xem xét."
Text = Annotated[LongText, StringConstraints(min_length=1), Field(examples=[_EXAMPLE])]
ReceivedAt = Annotated[IsoDate, Field(examples=["2026-11-02"])]


class ClassifyRequest(Input):
    """A petition to read without storing it."""

    text: Text
    id: ShortText | None = None
    received_at: ReceivedAt | None = None
    channel: ShortText | None = None


class ScoredCode(Output):
    """A code with its probability."""

    code: str
    probability: float


class EvidenceBody(Output):
    """A phrase that carried a label: `text[start:end]` of the petition as given."""

    start: int
    end: int
    text: str
    weight: float


class FieldBody(Output):
    """A decided field."""

    code: str
    probability: float
    subfields: list[ScoredCode]
    evidence: list[EvidenceBody]


class TypeBody(Output):
    """The type of the petition."""

    code: str
    probability: float
    alternatives: list[ScoredCode]


class SignalBody(Output):
    """A sign of urgency with its place."""

    code: str
    start: int
    end: int
    text: str
    probability: float | None = None


class UrgencyBody(Output):
    """The urgency and what it rests on."""

    code: str
    probability: float
    scores: dict[str, float]
    signals: list[SignalBody]
    raised_by_rule: bool


class ModelBody(Output):
    """What produced an answer."""

    name: str
    version: str
    taxonomy: str


class ClassifyAnswer(Output):
    """The reader's answer; offsets are Unicode code points of the text as given."""

    id: str | None
    fields: list[FieldBody]
    field_scores: dict[str, float]
    type: TypeBody
    urgency: UrgencyBody
    needs_review: bool
    review_reasons: list[str]
    model: ModelBody


class RowError(Output):
    """Why one row of a list could not be read."""

    code: str
    message: str


class ClassifyErrorRow(Output):
    """A row of a list that could not be read; the others go on."""

    id: str | None
    error: RowError


class PartyBody(Input):
    """A person or body named in a petition."""

    role: Literal["petitioner", "respondent", "accused", "representative", "other"] = "petitioner"
    name: ShortText = ""
    address: Annotated[Storable, Field(max_length=500)] = ""
    contact: Annotated[Storable, Field(max_length=200)] = ""


class PetitionCreate(Input):
    """A petition to enter into the register."""

    text: Text
    received_at: ReceivedAt | None = None
    channel: Channel = "other"
    external_id: Annotated[Storable, Field(max_length=120)] | None = None
    province: Annotated[Storable, Field(max_length=80)] | None = None
    commune: Annotated[Storable, Field(max_length=120)] | None = None
    parties: Annotated[list[PartyBody], Field(max_length=50)] = []


class Labels(Input):
    """Labels as a clerk decides them; one that is left out stays undecided."""

    fields: Annotated[list[ShortText], Field(min_length=1, max_length=10)] | None = None
    subfields: Annotated[list[ShortText], Field(max_length=30)] | None = None
    type: ShortText | None = None
    urgency: ShortText | None = None


class DecisionCreate(Input):
    """A clerk's decision: confirm what the machine proposes, correct it, or put it aside."""

    action: Literal["confirm", "correct", "defer"]
    labels: Labels = Labels()
    note: Annotated[Storable, Field(max_length=2000)] = ""


class PetitionChange(Input):
    """A change of a register line other than its labels."""

    status: Status | None = None
    unit: Annotated[Storable, Field(max_length=200)] | None = None
    due_on: ReceivedAt | None = None
    province: Annotated[Storable, Field(max_length=80)] | None = None
    commune: Annotated[Storable, Field(max_length=120)] | None = None


class CurrentLabels(Output):
    """What counts today."""

    fields: list[str]
    subfields: list[str]
    type: str
    urgency: str


class DecisionBody(Output):
    """A decision as it was made."""

    seq: int
    action: str
    labels: dict[str, Any]
    note: str
    actor: str
    at: datetime


class PetitionLine(Output):
    """A line of the register."""

    id: str
    register_number: str
    received_at: date
    channel: str
    title: str
    status: str
    labels: CurrentLabels
    needs_review: bool
    confidential: bool
    urgency_alert: bool = Field(description="Máy thấy khẩn hơn mức cán bộ đã chọn")
    province: str | None
    commune: str | None
    unit: str | None
    due_on: date | None
    version: int


class PetitionBody(PetitionLine):
    """A petition with its newest analysis and the decision that counts."""

    text: str
    redacted: bool = Field(description="Đơn hạn chế: văn bản và vị trí là của bản đã che danh tính")
    external_id: str | None
    created_at: datetime
    analysis: ClassifyAnswer | None
    decision: DecisionBody | None


class PetitionPage(Output):
    """A page of the register."""

    items: list[PetitionLine]
    next: str | None
    total: int = Field(description="Số đơn khớp")


class HistoryStep(Output):
    """One thing that happened to a petition."""

    at: datetime
    kind: str
    actor: str
    detail: dict[str, Any]


class History(Output):
    """Everything that happened to a petition, oldest first."""

    items: list[HistoryStep]


class PartyLine(Output):
    """A party with its identity."""

    role: str
    name: str
    address: str
    contact: str


class IdentityRequest(Input):
    """Why somebody needs to see the identity; the audit keeps that it was asked, by whom and when."""

    reason: Annotated[Storable, StringConstraints(min_length=3, strip_whitespace=True), Field(max_length=300)]


class Identity(Output):
    """The parties of a petition and its text as given."""

    text: str
    parties: list[PartyLine]


class AttachmentBody(Output):
    """A file of a petition, `size` in bytes."""

    id: int
    filename: str = Field(examples=["don-khieu-nai.pdf"])
    media: str
    size: int
    created_at: datetime


class AttachmentList(Output):
    """The files of a petition in the order they came."""

    items: list[AttachmentBody]


class AssignmentChange(Input):
    """Who works on a petition, by user name."""

    usernames: Annotated[list[ShortText], Field(max_length=20)]
