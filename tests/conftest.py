"""What a test may need beside Python, and what happens where it is absent.

A test marked `postgres`, `browser`, `tesseract`, `torch` or `samples` skips with a reason where that part is absent.
`LANGNGHE_REQUIRE=postgres,browser,…` turns the skip into a failure: continuous integration sets it, so that a missing
part is never mistaken for a pass.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import socket
from pathlib import Path
from urllib.parse import urlsplit

import pytest

ROOT = Path(__file__).resolve().parent.parent
SAMPLES = ROOT.parent / "shared" / "samples"


def _postgres() -> str | None:
    url = os.environ.get("LANGNGHE_TEST_POSTGRES", "postgresql+psycopg://postgres@127.0.0.1:5432/test")
    if importlib.util.find_spec("psycopg") is None:
        return "chưa cài psycopg (pip install .[postgres])"
    parts = urlsplit(url)
    try:
        socket.create_connection((parts.hostname or "127.0.0.1", parts.port or 5432), timeout=2).close()
    except OSError:
        return "không có PostgreSQL (đặt LANGNGHE_TEST_POSTGRES)"
    return None


def _browser() -> str | None:
    if importlib.util.find_spec("playwright") is None:
        return "chưa cài playwright"
    return None if shutil.which("chromium") else "không có Chromium (apt-get install chromium)"


def _tesseract() -> str | None:
    return None if shutil.which("tesseract") else "không có Tesseract (apt-get install tesseract-ocr tesseract-ocr-vie)"


def _torch() -> str | None:
    missing = [m for m in ("torch", "transformers", "onnxruntime") if importlib.util.find_spec(m) is None]
    return f"chưa cài {', '.join(missing)} (pip install .[transformers])" if missing else None


def _samples() -> str | None:
    return None if SAMPLES.is_dir() else "không có thư mục mẫu thật bên cạnh dự án"


NEEDS = {"postgres": _postgres, "browser": _browser, "tesseract": _tesseract, "torch": _torch, "samples": _samples}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    required = set(filter(None, os.environ.get("LANGNGHE_REQUIRE", "").split(",")))
    reasons: dict[str, str | None] = {}
    for item in items:
        for name, check in NEEDS.items():
            if item.get_closest_marker(name):
                reason = reasons.setdefault(name, check())
                if reason and name in required:
                    raise pytest.UsageError(f"cần {name} nhưng {reason}")
                if reason:
                    item.add_marker(pytest.mark.skip(reason=reason))


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of third-party samples; tests that use it are marked `samples`."""
    return SAMPLES
