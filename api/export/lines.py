"""JSONL and JSON: the contract's objects as they are."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from api.export.bundle import Bundle


def as_objects(bundle: Bundle) -> Iterator[dict[str, Any]]:
    """The document, then one object a finding; a file that could not be read is one error row."""
    if bundle.error is not None:
        yield {"id": bundle.document.get("filename") or bundle.document.get("id"), "error": dict(bundle.error)}
        return
    yield {"document": dict(bundle.document)}
    for finding in bundle.findings:
        yield {"finding": dict(finding)}


def to_jsonl(bundles: Iterable[Bundle]) -> bytes:
    """One JSON object a line, UTF-8."""
    rows = [json.dumps(row, ensure_ascii=False) for bundle in bundles for row in as_objects(bundle)]
    return "".join(row + "\n" for row in rows).encode()


def to_json(bundles: Iterable[Bundle]) -> bytes:
    """One JSON array of documents, each with its findings inside."""
    rows: list[dict[str, Any]] = []
    for bundle in bundles:
        if bundle.error is not None:
            rows.extend(as_objects(bundle))
        else:
            rows.append({"document": dict(bundle.document), "findings": [dict(f) for f in bundle.findings]})
    return (json.dumps(rows, ensure_ascii=False, indent=1) + "\n").encode()
