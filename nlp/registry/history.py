"""Who put what into service, when and why: the events that the registry keeps, and the way back through them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from nlp.registry.manifest import RegistryError


def signed(who: str, why: str) -> None:
    """Nobody changes what is in service without a name and a reason.

    Raises
    ------
    RegistryError
        `promotion_unsigned`.
    """
    if not who.strip() or not why.strip():
        raise RegistryError("promotion_unsigned", "Cần ghi rõ ai quyết định và vì sao.")


def event(
    task: str, action: str, before: str | None, after: str, who: str, why: str, checks: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """One entry of the history."""
    found = {
        "task": task, "action": action, "from": before, "to": after, "who": who, "why": why,
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }  # fmt: skip
    return found | ({"checks": dict(checks)} if checks else {})


def previous(events: Iterable[Mapping[str, Any]], live: str) -> str | None:
    """The version in service before `live`: a stack of promotions, of which a rollback undoes the last."""
    stack: list[str] = []
    for found in events:
        if found["action"] == "promote":
            stack.append(found["to"])
        elif found["action"] == "rollback" and stack:
            stack.pop()
    return next((n for n in reversed(stack[:-1]) if n != live), None)
