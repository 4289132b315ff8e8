"""Shapes of background jobs and bulk imports."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from pydantic import Field, StrictBool

from api.http.models.common import Input, Output, ShortText


class JobErrorBody(Output):
    """Why a job failed."""

    code: str
    message: str


class JobBody(Output):
    """A background job: `done` of `total` steps, the result once it has ended."""

    id: str
    kind: str
    state: str
    done: int
    total: int
    payload: dict[str, Any]
    result: dict[str, Any] | None
    error: JobErrorBody | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class JobPage(Output):
    """Jobs, latest first."""

    items: list[JobBody]


class ImportBody(JobBody):
    """An import before it starts: its columns, first rows and the guessed mapping."""

    columns: list[str]
    mapping: dict[str, str]
    preview: list[dict[str, str]]


class ImportStart(Input):
    """Which column feeds which part of a petition; `dry_run` checks every row and stores nothing."""

    mapping: Annotated[dict[ShortText, ShortText], Field(max_length=20)]
    dry_run: StrictBool = False
