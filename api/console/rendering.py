"""Rendering of pages: one Jinja environment, one way to answer whole pages and htmx fragments."""

from __future__ import annotations

import hashlib
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from api.console import words
from api.records.base import today
from api.security.roles import Principal
from nlp.taxonomy import taxonomy

STATIC = Path(__file__).parent / "static"


@cache
def environment() -> Environment:
    """The template environment; everything is escaped, and an unknown name is an error, not an empty place."""
    env = Environment(loader=PackageLoader("api.console"), autoescape=True, undefined=StrictUndefined,
                      trim_blocks=True, lstrip_blocks=True)  # fmt: skip
    env.filters.update(words.FILTERS)
    env.filters["label"] = taxonomy().name
    topics = {t.code: t.name for t in taxonomy().topics}
    env.filters["topic"] = lambda code: topics.get(code, code)
    env.filters["short"] = lambda code: words.SHORT.get(code) or taxonomy().name(code)
    env.globals.update(
        static=static_url,
        icon_markup=icon_markup,
        taxonomy=taxonomy(),
        status_name=words.STATUS,
        channel_name=words.CHANNEL,
        review_name=words.REVIEW,
        relation_name=words.RELATION,
        how_name=words.HOW,
        kind_short=words.KIND_SHORT,
        reason_name=words.REASON,
        step_name=words.STEP,
        party_name=words.PARTY,
        matter_name=words.MATTER,
        checked_name=words.CHECKED,
        proposal_name=words.PROPOSAL,
        alike_name=words.ALIKE,
        judged_name=words.JUDGED,
        milestone_name=words.MILESTONE,
        action_name=words.ACTION,
        due_words=words.due_words,
        today=today,
        as_date=date.fromisoformat,
    )
    return env


@cache
def static_url(name: str) -> str:
    """The address of a static file with a digest of its content, so that browsers may keep it for ever."""
    digest = hashlib.sha256((STATIC / name).read_bytes()).hexdigest()[:10]
    return f"/static/{name}?v={digest}"


@cache
def icon_markup(name: str) -> Markup:
    """An icon of the sprite; pages show many."""
    shown = Markup('<svg class="icon" aria-hidden="true"><use href="{}#{}"></use></svg>')
    return shown.format(static_url("icons.svg"), name)


def page(
    request: Request, template: str, principal: Principal | None, *, status: int = 200, **values: Any
) -> HTMLResponse:
    """Render a whole page; `principal` None for pages that need nobody signed in."""
    service = request.app.state.service
    shown = environment().get_template(template).render(
        me=principal, path=request.url.path, demo=service.settings.demo, accounts=service.settings.accounts,
        csrf=principal.csrf if principal else "", **values
    )  # fmt: skip
    return HTMLResponse(shown, status)


def wants_fragment(request: Request) -> bool:
    """True when htmx asks for a part of a page, not for a page (nor for one from its history)."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-History-Restore-Request") != "true"
