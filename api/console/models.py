"""The shipped model versions as the researcher's page shows them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nlp.registry import Registry, RegistryError

TASKS = ("petitions", "findings")


def shipped_models(service: Any) -> list[dict[str, Any]]:
    """Versions of both tasks with their metrics, the live one marked; empty where the registry cannot be read."""
    try:
        registry = Registry(Path(service.settings.models)) if service.settings.models else Registry()
        rows = []
        for task in TASKS:
            live = _live(registry, task)
            for version in registry.list(task):
                metrics = dict(getattr(version.manifest, "metrics", {}) or {})
                numbers = {k: v for k, v in metrics.items() if isinstance(v, int | float)}
                row = {"task": task, "name": version.name, "version": version.version, "live": version.name == live}
                rows.append({**row, "metrics": numbers})
        return rows
    except (RegistryError, OSError, AttributeError):
        return []


def _live(registry: Registry, task: str) -> str:
    try:
        return str(registry.live(task).name)
    except RegistryError:
        return ""
