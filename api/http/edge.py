"""The outermost layer: host names, sizes, load, cross-site requests, security headers, one log line a request."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import urlsplit

import structlog
from fastapi import Request
from fastapi.responses import Response

from api.http.metrics import Metrics
from api.http.problems import MEDIA, PROBLEMS, problem_body
from api.security.throttle import Throttle
from api.settings import Settings

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

log = structlog.get_logger("langnghe.http")

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: list[tuple[bytes, bytes]] = [
    (b"content-security-policy", POLICY.encode()),
    (b"x-content-type-options", b"nosniff"),
    (b"x-frame-options", b"DENY"),
    (b"referrer-policy", b"same-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"permissions-policy", b"camera=(), geolocation=(), microphone=(), interest-cohort=()"),
]
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
ALWAYS_ANSWERED = frozenset({"/healthz", "/readyz", "/metrics"})


class _TooLargeError(Exception):
    """The body went over its limit while it was read."""


class _Over:
    """Whether a body went over its limit. The application may turn that into another error: its answer is held back."""

    def __init__(self) -> None:
        self.happened = False

    def guard(self, send: Send) -> Send:
        """A way to send that keeps quiet once the limit was passed."""

        async def guarded(message: Message) -> None:
            if not self.happened:
                await send(message)

        return guarded


class Edge:
    """ASGI layer around the whole application; it never looks at what a request says, only at its frame."""

    def __init__(
        self,
        app: Callable[[Scope, Receive, Send], Awaitable[None]],
        settings: Settings,
        metrics: Metrics,
        throttle: Throttle,
        unexpected: Callable[[Request, Exception], Awaitable[Response]],
    ) -> None:
        self._app = app
        self._settings = settings
        self._metrics = metrics
        self._throttle = throttle
        self._unexpected = unexpected
        self._inside = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = {k.decode("latin-1"): v.decode("latin-1") for k, v in scope["headers"]}
        request_id = os.urandom(8).hex()
        scope.setdefault("state", {})["request_id"] = request_id
        started, status, begun = time.perf_counter(), 500, False
        over = _Over()

        async def counted_send(message: Message) -> None:
            nonlocal status, begun
            if message["type"] == "http.response.start":
                begun, status = True, message["status"]
                kept = [h for h in message.get("headers", []) if h[0] not in _OURS]
                extra = [(b"x-request-id", request_id.encode())]
                if not any(h[0] == b"cache-control" for h in kept):
                    extra.append((b"cache-control", b"no-store"))
                message = {**message, "headers": [*kept, *HEADERS, *extra]}
            await send(message)

        refusal = self._refusal(scope, headers)
        self._inside += 1
        try:
            if refusal:
                await _answer(counted_send, refusal)
            else:
                await self._app(scope, self._limited(headers, receive, over), over.guard(counted_send))
        except _TooLargeError:
            pass
        except Exception as error:
            # Caught here and not re-raised: the server would print it, and its words may quote a petition.
            response = await self._unexpected(Request(scope, receive), error)
            if over.happened:
                return
            if begun:
                raise RuntimeError("answer broken off") from None
            await response(scope, receive, counted_send)
        finally:
            self._inside -= 1
            if over.happened and not begun:
                await _answer(counted_send, "body_too_large")
            self._note(scope, request_id, status, time.perf_counter() - started)

    def _refusal(self, scope: Scope, headers: dict[str, str]) -> str:
        path, method = scope["path"], scope["method"]
        hosts = self._settings.hosts
        if hosts and _host_of(headers.get("host", "")) not in hosts:
            return "host_unknown"
        if method not in SAFE and _cross_site(headers):
            return "csrf_failed"
        if self._inside >= self._settings.max_in_flight and path not in ALWAYS_ANSWERED:
            return "overloaded"
        if (
            path not in ALWAYS_ANSWERED
            and not path.startswith("/static/")
            and self._throttle.wait(self._caller(scope, headers))
        ):
            return "too_many_requests"
        length = headers.get("content-length", "")
        if length.isdigit() and int(length) > self._limit(headers):
            return "body_too_large"
        return ""

    def _caller(self, scope: Scope, headers: dict[str, str]) -> str:
        sent = headers.get("authorization") or headers.get("cookie") or ""
        return self._throttle.caller(sent, str((scope.get("client") or ("",))[0]))

    def _limit(self, headers: dict[str, str]) -> int:
        json_like = "json" in headers.get("content-type", "")
        return self._settings.max_json if json_like else self._settings.max_body

    def _limited(self, headers: dict[str, str], receive: Receive, over: _Over) -> Receive:
        limit, read = self._limit(headers), 0

        async def limited() -> Message:
            nonlocal read
            message = await receive()
            if message["type"] == "http.request":
                read += len(message.get("body", b""))
                if read > limit:
                    over.happened = True
                    raise _TooLargeError
            return message

        return limited

    def _note(self, scope: Scope, request_id: str, status: int, seconds: float) -> None:
        # The route's pattern, not the path or the query: those may hold what a person searched for.
        route = getattr(scope.get("route"), "path", "") or ("/static" if scope["path"].startswith("/static") else "-")
        self._metrics.request(scope["method"], route, status, seconds)
        if route in ALWAYS_ANSWERED or route == "/static":
            return
        write = log.warning if status >= 500 or seconds > self._settings.slow_request_s else log.info
        write("request", method=scope["method"], route=route, status=status, ms=round(seconds * 1000, 1),
              request_id=request_id, user=scope.get("state", {}).get("user_id"))  # fmt: skip


_OURS = frozenset(k for k, _ in HEADERS)


def _host_of(header: str) -> str:
    host = header.strip().lower()
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0]


def _cross_site(headers: dict[str, str]) -> bool:
    """True when a browser says that another site's page makes this request; programs send none of these headers."""
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return True
    origin = headers.get("origin")
    if not origin:
        return False
    return urlsplit(origin).netloc.lower() != headers.get("host", "").lower()


async def _answer(send: Send, code: str) -> None:
    kind = PROBLEMS[code]
    body = json.dumps(problem_body(code, kind, kind.title + "."), ensure_ascii=False).encode()
    headers = [(b"content-type", MEDIA.encode()), (b"content-length", str(len(body)).encode())]
    if kind.status in (429, 503):
        headers.append((b"retry-after", b"2"))
    if code == "body_too_large":
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": kind.status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
