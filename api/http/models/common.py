"""Shapes shared by several routes."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

_ISO = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


def _storable(value: str) -> str:
    # PostgreSQL cannot keep U+0000, and a lone surrogate is no character at all.
    if "\x00" in value or any("\ud800" <= c <= "\udfff" for c in value):
        raise PydanticCustomError("string_unicode", "unstorable character")
    return value


def _iso(value: object) -> object:
    # pydantic also takes seconds since 1970 for a date; nobody means that here.
    if isinstance(value, str) and not _ISO.fullmatch(value) or isinstance(value, int | float):
        raise PydanticCustomError("date_parsing", "not an ISO date")
    return value


IsoDate = Annotated[
    date, BeforeValidator(_iso, json_schema_input_type=date), Field(ge=date(1945, 9, 2), le=date(2200, 1, 1))
]
Storable = Annotated[str, AfterValidator(_storable)]
ShortText = Annotated[Storable, Field(max_length=300)]
LongText = Annotated[Storable, Field(max_length=1_000_000)]


class Input(BaseModel):
    """Base of everything that a caller sends: unknown names are refused."""

    model_config = ConfigDict(extra="forbid", str_max_length=1_000_000)


class Output(BaseModel):
    """Base of everything that a caller gets."""

    model_config = ConfigDict(extra="ignore", from_attributes=True)


class Place(Output):
    """Half-open range in Unicode code points."""

    start: int
    end: int


class Where(Output):
    """One thing that is wrong with a request, and where."""

    where: str = Field(examples=["/text"])
    code: str
    message: str


class ProblemBody(Output):
    """A problem (RFC 9457): `code` is stable, `detail` is a Vietnamese sentence."""

    type: str = Field(examples=["urn:langnghe:problem:not_found"])
    title: str
    status: int
    code: str
    detail: str
    errors: list[Where] | None = None


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """OpenAPI responses for the problem statuses a route can answer with, beside those any route can."""
    common = {400, 401, 403, 413, 422, 429, 503}
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/ProblemBody"}}}
    return {
        status: {"description": "Lỗi, theo RFC 9457", "content": content} for status in sorted(common | {*statuses})
    }
