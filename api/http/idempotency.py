"""Idempotency-Key: the same key and request get the same answer, and the work is done once.

The key is entered in the transaction that does the work (see `keep_answer`), so that a crash between the two cannot
make a repeated request do the work again. Routes whose answers hold a secret or a name (new accounts, keys, the identity of
a party) are no `IdempotentRoute`: their answers are not kept, and each asking leaves its own trace in the audit.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Coroutine, Mapping
from datetime import timedelta
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute
from sqlalchemy import delete
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from api.http.problems import ProblemError
from api.http.service import Service
from api.records.base import now
from api.records.operations import IdempotencyKey
from api.security.identify import identify

KEPT = timedelta(hours=24)
ABANDONED = timedelta(minutes=10)
_KEY = re.compile(r"[\x21-\x7e]{8,200}")
_BOUNDARY = re.compile(r"boundary=\"?([^\";,]+)", re.IGNORECASE)
PARAMETER: dict[str, Any] = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "Khóa do bên gửi chọn; gửi lại cùng khóa và cùng nội dung trong 24 giờ thì nhận lại câu trả lời đầu.",
    "schema": {"type": "string", "minLength": 8, "maxLength": 200, "pattern": "^[!-~]+$"},
}


class IdempotentRoute(APIRoute):
    """A route whose POST requests may carry an Idempotency-Key."""

    def __init__(self, path: str, endpoint: Callable[..., Any], **more: Any) -> None:
        if "POST" in (more.get("methods") or ()):
            said = more.get("openapi_extra") or {}
            more["openapi_extra"] = {**said, "parameters": [PARAMETER]}
        super().__init__(path, endpoint, **more)

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The usual handler, with the key looked up before and the answer kept after."""
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            sent = request.headers.get("idempotency-key")
            if request.method != "POST" or sent is None:
                return await handler(request)
            if not _KEY.fullmatch(sent):
                raise ProblemError(
                    "idempotency_key_invalid", "Khóa chống gửi trùng gồm 8–200 ký tự không dấu, không trắng."
                )
            service: Service = request.app.state.service
            key = await service.in_thread(_key, request, service, sent)
            digest = _digest(request, await request.body())
            known = await service.in_thread(_begin, service, key, digest)
            if known is not None:
                return known
            request.state.idempotency = (key, digest)
            try:
                response = await handler(request)
            except BaseException:
                await service.in_thread(_forget, service, key)
                raise
            await service.in_thread(_end, service, key, response)
            return response

        return handle


def _digest(request: Request, body: bytes) -> str:
    """What was asked. A client draws a new boundary for every form it sends, so that is no part of it."""
    boundary = _BOUNDARY.search(request.headers.get("content-type", ""))
    if boundary:
        body = body.replace(boundary[1].encode("latin-1", "replace"), b"boundary")
    return hashlib.sha256(request.url.path.encode() + b"\x00" + body).hexdigest()


def _key(request: Request, service: Service, sent: str) -> str:
    # What somebody may do is part of the key: an answer is never repeated to rights that would not get it now.
    principal = identify(request, service)
    whose = [principal.name, *sorted(principal.permissions)] if principal else [""]
    return hashlib.sha256("\x00".join([*whose, sent]).encode()).hexdigest()


def _begin(service: Service, key: str, digest: str) -> Response | None:
    moment = now()
    with service.records.write() as session:
        session.execute(delete(IdempotencyKey).where(IdempotencyKey.created_at < moment - KEPT))
        row = session.get(IdempotencyKey, key)
        if row is None or (row.status is None and row.created_at < moment - ABANDONED):
            if row is not None:
                session.delete(row)
                session.flush()
            new = {"key": key, "request_digest": digest, "headers": {}, "body": "", "created_at": moment}
            dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
            entered = dialect.insert(IdempotencyKey).values(new).on_conflict_do_nothing().returning(IdempotencyKey.key)
            if session.scalar(entered) is None:  # the same request, a moment before
                raise ProblemError("idempotency_in_progress", "Yêu cầu cùng khóa đang được xử lý; thử lại sau ít giây.")
            return None
        if row.request_digest != digest:
            raise ProblemError("idempotency_key_reused", "Khóa này đã dùng cho một yêu cầu khác trong 24 giờ qua.")
        if row.status is None:
            raise ProblemError("idempotency_in_progress", "Yêu cầu cùng khóa đang được xử lý; thử lại sau ít giây.")
        headers = {**row.headers, "Idempotent-Replayed": "true"}
        return Response(row.body, row.status, headers, media_type=row.headers.get("content-type"))


def keep_answer(
    session: Session, request: Request, status: int, body: Mapping[str, Any], headers: Mapping[str, str]
) -> None:
    """Keep the answer under the request's key inside the transaction that does its work; nothing without a key."""
    pending = getattr(request.state, "idempotency", None)
    if pending is None:
        return
    row = session.get(IdempotencyKey, pending[0])
    if row is not None:
        row.status = status
        row.headers = {"content-type": "application/json", **headers}
        row.body = json.dumps(body, ensure_ascii=False, default=str)


def _end(service: Service, key: str, response: Response) -> None:
    with service.records.write() as session:
        row = session.get(IdempotencyKey, key)
        if row is None:
            return
        if response.status_code >= 500:
            session.delete(row)
        elif row.status is None:
            row.status = response.status_code
            row.body = bytes(response.body).decode("utf-8")
            kept = ("content-type", "location", "etag")
            row.headers = {k: v for k, v in response.headers.items() if k in kept}


def _forget(service: Service, key: str) -> None:
    with service.records.write() as session:
        row = session.get(IdempotencyKey, key)
        # An answer that was kept with its work stays, even if sending it failed.
        if row is not None and row.status is None:
            session.delete(row)
