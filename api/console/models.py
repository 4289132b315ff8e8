"""The shipped model versions as the researcher's page shows them."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from nlp.registry import Registry, RegistryError
from nlp.taxonomy import taxonomy

TASKS = {"petitions": "Đọc đơn", "findings": "Đọc báo cáo"}
# What a manifest calls the numbers measured on the validation split, and how the page says them; others are left out.
MEASURES = {
    "field_micro_f1": "F1 lĩnh vực",
    "subfield_micro_f1": "F1 lĩnh vực chi tiết",
    "type_accuracy": "đúng loại đơn",
    "urgency_accuracy": "đúng mức độ",
    "khan_recall": "đơn khẩn được nhận ra",
    "signal_micro_f1": "F1 dấu hiệu",
}
LEARNT = {"train_n": "đơn", "train_reports": "báo cáo"}


def shipped_models(service: Any) -> list[dict[str, Any]]:
    """Versions of both tasks with their metrics, the live one marked; empty where the registry cannot be read."""
    try:
        registry = Registry(Path(service.settings.models)) if service.settings.models else Registry()
        rows = []
        for task, name in TASKS.items():
            live = _live(registry, task)
            for version in registry.list(task):
                metrics = dict(getattr(version.manifest, "metrics", {}) or {})
                learnt = [(int(metrics[key]), unit) for key, unit in LEARNT.items() if metrics.get(key)]
                rows.append({"task": task, "task_name": name, "name": version.name, "version": version.version,
                             "live": version.name == live, "metrics": measured(metrics), "learnt": learnt})  # fmt: skip
        return rows
    except (RegistryError, OSError, AttributeError):
        return []


def measured(metrics: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The numbers of the validation split that have a name: `{"name", "value", "low", "high"}`, bounds None if absent."""
    kinds = {k.code: f"F1 {k.name.lower()}" for k in taxonomy().kinds}
    names = {**MEASURES, **kinds}
    found = metrics.get("validation")
    rows = []
    for key, name in names.items():
        number = found.get(key) if isinstance(found, Mapping) else None
        if isinstance(number, Mapping):
            value = number.get("value", number.get("f1"))
            if value is not None:
                rows.append({"name": name, "value": value, "low": number.get("low"), "high": number.get("high")})
    return rows


def _live(registry: Registry, task: str) -> str:
    try:
        return str(registry.live(task).name)
    except RegistryError:
        return ""
