"""Where models and corpora are, in a source checkout and in an installed wheel alike."""

from __future__ import annotations

import os
from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent
CHECKOUT = PACKAGE.parent


def default_root() -> Path:
    """`LANGNGHE_MODELS`, else `models/` of the checkout, else the models inside the installed package."""
    chosen = os.environ.get("LANGNGHE_MODELS")
    if chosen:
        return Path(chosen)
    if (CHECKOUT / "pyproject.toml").exists():
        return CHECKOUT / "models"
    return PACKAGE / "shipped" / "models"


def corpora_root() -> Path:
    """`LANGNGHE_CORPORA`, else `corpora/` of the checkout, else the demonstration corpora in the package."""
    chosen = os.environ.get("LANGNGHE_CORPORA")
    if chosen:
        return Path(chosen)
    if (CHECKOUT / "pyproject.toml").exists():
        return CHECKOUT / "corpora"
    return PACKAGE / "shipped" / "corpora"
