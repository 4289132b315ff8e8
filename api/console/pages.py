"""The console as a whole: static files, the pages' routers, the page of an error."""

from __future__ import annotations

from urllib.parse import quote, urlsplit

from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from api.console import (
    findings,
    follow,
    groups,
    home,
    intake,
    jobs,
    login,
    operations,
    petition,
    read,
    register,
    reports,
    review,
    rules,
    statistics,
    system,
)
from api.console.deps import SignInFirstError
from api.console.rendering import STATIC, page, wants_fragment
from api.http.problems import Kind
from api.security.identify import identify
from nlp.text import LangNgheError

# Fixed paths come before those with a variable part.
PAGES = (
    login,
    home,
    read,
    intake,
    register,
    petition,
    follow,
    groups,
    review,
    reports,
    findings,
    jobs,
    statistics,
    operations,
    system,
    rules,
)


class LastingFiles(StaticFiles):
    """Static files whose address carries a digest of their content, so that they may be kept for a year."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Serve a file; only an address with a digest is kept."""
        response = await super().get_response(path, scope)
        lasting = scope.get("query_string", b"").startswith(b"v=") or path.startswith("fonts/")
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if lasting else "no-cache"
        return response


def add_console(app: FastAPI) -> None:
    """Add every page to the application; pages are no part of the API's description."""
    app.mount("/static", LastingFiles(directory=STATIC), name="static")
    for module in PAGES:
        app.include_router(module.router, include_in_schema=False)

    async def sign_in(request: Request, error: Exception) -> Response:
        assert isinstance(error, SignInFirstError)
        if wants_fragment(request) and error.location != "/account":
            # The page stays as it is, with what was typed; it offers to sign in beside it.
            return Response(status_code=401)
        return RedirectResponse(error.location, 303)

    app.add_exception_handler(SignInFirstError, sign_in)


def page_before(request: Request) -> str:
    """The page to load again: the one asked for, or the one that a form was sent from; "" where it is not known."""
    asked = request.url if request.method == "GET" else urlsplit(request.headers.get("referer", ""))
    if asked.netloc != request.url.netloc:
        return ""
    return asked.path + (f"?{asked.query}" if asked.query else "")


def error_page(request: Request, kind: Kind, error: LangNgheError) -> Response:
    """An error as a page, or as a short message where htmx asked for a part of one."""
    headers = dict(getattr(error, "headers", {}) or {})
    if wants_fragment(request):
        headers["X-Message"] = quote(error.message)
        return HTMLResponse("", kind.status, headers)
    service = request.app.state.service
    try:
        me = identify(request, service)
    except LangNgheError:
        me = None
    response = page(request, "error.html", me, status=kind.status, title=kind.title, detail=error.message,
                    code=error.code, again=page_before(request))  # fmt: skip
    response.headers.update(headers)
    return response
