"""What a version says of itself: its files with their digests, what it was made from and with, and how it scored."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from importlib.metadata import PackageNotFoundError
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any

from nlp.text import LangNgheError


class RegistryError(LangNgheError):
    """A version is missing, damaged, foreign, or may not change state as asked."""


@dataclass(frozen=True)
class Manifest:
    """What a version is and what it was made from.

    `files` maps each file name of the folder to its SHA-256 (hex); `data` maps each input to its digest.
    """

    name: str
    task: str
    version: str
    created: str
    files: Mapping[str, str]
    libraries: Mapping[str, str]
    config: Mapping[str, Any]
    metrics: Mapping[str, Any]
    data: Mapping[str, str]
    labels: Mapping[str, Any] = field(default_factory=dict)
    taxonomy: str = ""

    @classmethod
    def read(cls, path: Path) -> Manifest:
        """A manifest file; what a newer release wrote into it and this one does not know is left out.

        Raises
        ------
        RegistryError
            `manifest_damaged`.
        """
        try:
            stored = json.loads(path.read_text(encoding="utf-8"))
            return cls(**{f.name: stored[f.name] for f in fields(cls) if f.name in stored})
        except (OSError, ValueError, TypeError) as error:
            raise RegistryError("manifest_damaged", f"Không đọc được bản kê của mô hình {path.parent.name}.") from error


@dataclass(frozen=True)
class Version:
    """One version of one task's model, with its state: candidate, live or retired."""

    task: str
    version: str
    state: str
    path: Path
    manifest: Manifest

    @property
    def name(self) -> str:
        return self.manifest.name


def libraries(more: Sequence[str] = ()) -> dict[str, str]:
    """The releases that an artefact was made with, of the packages that matter for loading it, and of `more`."""
    found = {}
    for package in ("langnghe", "scikit-learn", "numpy", "scipy", "underthesea", "spacy", "joblib", *more):
        try:
            found[package] = installed(package)
        except PackageNotFoundError:
            continue
    return found
