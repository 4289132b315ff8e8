"""The model registry: one folder a version, a manifest with SHA-256, and one small file that says what is live.

joblib files run code when they are loaded, so nothing is unpickled before its bytes match a digest in the manifest,
and the manifest's own digest stands in `registry.json`, which only `save` and the state changes write. A folder that
is copied in from elsewhere is therefore *foreign* until somebody adopts it on purpose; it is refused, not trusted.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import joblib

from nlp.registry.files import only_writer, sha256, write_atomically
from nlp.registry.history import event, previous, signed
from nlp.registry.locate import default_root
from nlp.registry.manifest import Manifest, RegistryError, Version, libraries

ARTEFACT, MANIFEST, CARD, INDEX = "artefact.joblib", "manifest.json", "card.md", "registry.json"
NAME = re.compile(r"[a-z][a-z0-9_]*-[0-9A-Za-z][0-9A-Za-z.\-]*")


class Registry:
    """The versions under one folder.

    Parameters
    ----------
    root : Path, optional
        The folder; by default `LANGNGHE_MODELS`, else `models/` of the source checkout, else the models that the
        installed package ships.
    """

    def __init__(self, root: Path | str | None = None) -> None:
        self.root = Path(root) if root else default_root()
        self._lock = threading.Lock()
        self._loaded: dict[str, tuple[str, Any]] = {}

    # -- reading ------------------------------------------------------------------------------------------------

    def _index(self) -> dict[str, Any]:
        path = self.root / INDEX
        if not path.exists():
            return {"versions": {}, "history": []}
        try:
            index: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise RegistryError("registry_damaged", f"Không đọc được sổ đăng ký mô hình {INDEX}.") from error
        return index

    def stamp(self) -> tuple[int, int]:
        """A cheap mark that changes whenever a state changes, so that a service can notice a promotion."""
        try:
            stat = (self.root / INDEX).stat()
        except FileNotFoundError:
            return (0, 0)
        return (stat.st_mtime_ns, stat.st_size)

    def list(self, task: str | None = None) -> list[Version]:
        """All registered versions whose manifest is as registered, oldest first; `unsound` names the others."""
        bad = self.unsound(task)
        rows = [self.get(name) for name in self.names(task) if name not in bad]
        return sorted(rows, key=lambda v: (v.manifest.created, v.name))

    def names(self, task: str | None = None) -> Sequence[str]:
        """The names of all registered versions, whatever became of their folders."""
        return [name for name, entry in self._index()["versions"].items() if task in (None, entry["task"])]

    def unsound(self, task: str | None = None) -> dict[str, RegistryError]:
        """Registered versions whose manifest is missing or changed: one of them must not hide the others."""
        found: dict[str, RegistryError] = {}
        for name in self.names(task):
            try:
                self.get(name)
            except RegistryError as error:
                found[name] = error
        return found

    def foreign(self) -> Sequence[str]:
        """Version folders that were put here without being registered."""
        known = set(self._index()["versions"])
        return sorted(p.parent.name for p in self.root.glob(f"*/{MANIFEST}") if p.parent.name not in known)

    def history(self, task: str | None = None) -> Sequence[dict[str, Any]]:
        """Who promoted or rolled back what, when and why; oldest first."""
        return [h for h in self._index()["history"] if task in (None, h["task"])]

    def get(self, name: str) -> Version:
        """One version by its full name (`petitions-…`), its manifest verified.

        Raises
        ------
        RegistryError
            `model_unknown`, `model_foreign` or `model_tampered`.
        """
        entry = self._index()["versions"].get(name)
        folder = self.root / name
        if entry is None:
            if NAME.fullmatch(name) and folder.is_dir():
                raise RegistryError("model_foreign", f"Mô hình {name} không có trong sổ đăng ký nên không được nạp.")
            raise RegistryError("model_unknown", f"Không có mô hình {name}.")
        path = folder / MANIFEST
        if not path.exists() or sha256(path) != entry["manifest_sha256"]:
            raise RegistryError("model_tampered", f"Bản kê của mô hình {name} không khớp mã băm đã đăng ký.")
        manifest = Manifest.read(path)
        return Version(manifest.task, manifest.version, entry["state"], folder, manifest)

    def live(self, task: str) -> Version:
        """The version in service for a task.

        Raises
        ------
        RegistryError
            `model_missing` if none is live.
        """
        for name, entry in self._index()["versions"].items():
            if entry["state"] == "live" and entry["task"] == task:
                return self.get(name)
        raise RegistryError("model_missing", f"Chưa có mô hình nào đang dùng cho tác vụ {task}.")

    def verify(self, version: Version | str) -> None:
        """Compare every file of a version with its recorded SHA-256, without loading anything.

        Raises
        ------
        RegistryError
            `model_tampered` naming the first file that differs or is missing.
        """
        version = self.get(version) if isinstance(version, str) else version
        for file, digest in version.manifest.files.items():
            path = version.path / file
            if Path(file).name != file or not path.is_file() or sha256(path) != digest:
                raise RegistryError(
                    "model_tampered", f"Tệp {file} của mô hình {version.name} đã bị thay đổi hoặc thiếu; không nạp."
                )

    def load(self, version: Version | str) -> Any:
        """Verify a version's bytes and only then unpickle its artefact (arrays by memory map).

        The file is verified and opened once each time its bytes may have changed; a loaded artefact is shared.

        Raises
        ------
        RegistryError
            As `get` and `verify`; `model_outdated` if this release no longer knows what the artefact is made of.
        """
        version = self.get(version) if isinstance(version, str) else version
        with self._lock:
            digest = version.manifest.files[ARTEFACT]
            cached = self._loaded.get(version.name)
            if cached and cached[0] == digest:
                return cached[1]
            self.verify(version)
            try:
                artefact = joblib.load(version.path / ARTEFACT, mmap_mode="r")
            except (AttributeError, ImportError) as error:
                made = version.manifest.libraries.get("langnghe", "?")
                raise RegistryError(
                    "model_outdated", f"Mô hình {version.name} do bản langnghe {made} ghi, bản này không còn đọc được."
                ) from error
            self._loaded[version.name] = (digest, artefact)
            return artefact

    # -- writing ------------------------------------------------------------------------------------------------

    def save(
        self,
        task: str,
        artefact: Any,
        *,
        labels: Mapping[str, Any],
        metrics: Mapping[str, Any],
        config: Mapping[str, Any],
        data: Mapping[str, str],
        card: str = "",
        taxonomy: str = "",
        version: str | None = None,
        files: Mapping[str, bytes] | None = None,
        packages: Sequence[str] = (),
    ) -> Version:
        """Write a new candidate version and register it.

        Parameters
        ----------
        artefact : object
            Anything joblib can write.
        files : mapping, optional
            Further files of the version (name → bytes), digested like the artefact.
        packages : sequence of str
            packages whose releases the manifest names beside the usual ones.
        """
        version = version or datetime.now(UTC).strftime("%Y%m%d.%H%M%S")
        name = f"{task}-{version}"
        if not NAME.fullmatch(name):
            raise RegistryError("model_name", f"Tên mô hình không hợp lệ: {name}.")
        if any(Path(file).name != file or file in (ARTEFACT, MANIFEST, CARD) for file in files or ()):
            raise RegistryError("model_name", "Tên tệp đi kèm mô hình không hợp lệ.")
        folder = self.root / name
        try:
            folder.mkdir(parents=True)
        except FileExistsError:
            raise RegistryError("model_exists", f"Đã có mô hình {name}.") from None
        joblib.dump(artefact, folder / ARTEFACT)
        for file, content in (files or {}).items():
            (folder / file).write_bytes(content)
        (folder / CARD).write_text(card or f"# {name}\n", encoding="utf-8")
        manifest = Manifest(
            name=name, task=task, version=version, created=datetime.now(UTC).isoformat(timespec="seconds"),
            files={p.name: sha256(p) for p in sorted(folder.iterdir()) if p.name != CARD},
            libraries=libraries(packages), config=dict(config), metrics=dict(metrics), data=dict(data), labels=dict(labels),
            taxonomy=taxonomy,
        )  # fmt: skip
        text = json.dumps(asdict(manifest), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        write_atomically(folder / MANIFEST, text)
        with self._lock, only_writer(self.root):
            index = self._index()
            index["versions"][name] = {
                "task": task, "state": "candidate", "manifest_sha256": sha256(folder / MANIFEST),
            }  # fmt: skip
            self._store(index)
        return self.get(name)

    def adopt(self, name: str, *, who: str, why: str, manifest_sha256: str | None = None) -> Version:
        """Register a version folder that was copied in from elsewhere, as a candidate; nothing in it is loaded.

        Whoever adopts a folder vouches for its source: once it is promoted, loading it runs what its makers put in.

        Parameters
        ----------
        manifest_sha256 : str, optional
            the digest of `manifest.json` as its makers told it, by another way than the folder came.

        Raises
        ------
        RegistryError
            `model_unknown`, `model_exists`, `model_tampered`, `manifest_damaged` or `promotion_unsigned`.
        """
        signed(who, why)
        folder = self.root / name
        if not NAME.fullmatch(name) or not (folder / MANIFEST).is_file():
            raise RegistryError("model_unknown", f"Không có thư mục mô hình {name}.")
        if name in self._index()["versions"]:
            raise RegistryError("model_exists", f"Mô hình {name} đã có trong sổ đăng ký.")
        digest = sha256(folder / MANIFEST)
        if manifest_sha256 is not None and manifest_sha256.lower() != digest:
            raise RegistryError("model_tampered", f"Bản kê của mô hình {name} không khớp mã băm được cho.")
        manifest = Manifest.read(folder / MANIFEST)
        extra = {p.name for p in folder.iterdir()} - {MANIFEST, CARD, *manifest.files}
        if manifest.name != name or ARTEFACT not in manifest.files or extra:
            raise RegistryError("manifest_damaged", f"Bản kê không khớp với thư mục mô hình {name}.")
        self.verify(Version(manifest.task, manifest.version, "candidate", folder, manifest))
        with self._lock, only_writer(self.root):
            index = self._index()
            index["versions"][name] = {"task": manifest.task, "state": "candidate", "manifest_sha256": digest}
            index["history"].append(event(manifest.task, "adopt", None, name, who, why))
            self._store(index)
        return self.get(name)

    def promote(self, name: str, *, who: str, why: str, checks: Mapping[str, Any] | None = None) -> Version:
        """Make a verified version live; the one that was live retires.

        Parameters
        ----------
        checks : mapping, optional
            what was checked before (hard cases, say) and how it came out; kept in the history.

        Raises
        ------
        RegistryError
            If the version is unknown, tampered with, not to be opened by this release, or `who` or `why` is empty.
        """
        signed(who, why)
        version = self.get(name)
        self.verify(version)
        return self._switch(version, who, why, "promote", checks)

    def rollback(self, task: str, *, who: str, why: str) -> Version:
        """Bring back the version that was live before the present one.

        Raises
        ------
        RegistryError
            `no_previous_model`, `model_missing`, `model_tampered`, `model_outdated` or `promotion_unsigned`.
        """
        signed(who, why)
        live = self.live(task).name
        before = previous(self.history(task), live)
        if before is None:
            raise RegistryError("no_previous_model", f"Tác vụ {task} chưa có phiên bản trước để quay lại.")
        version = self.get(before)
        self.verify(version)
        return self._switch(version, who, why, "rollback")

    def _switch(
        self, version: Version, who: str, why: str, action: str, checks: Mapping[str, Any] | None = None
    ) -> Version:
        # What this release cannot open would take the service down at its next start.
        self.load(version)
        with self._lock, only_writer(self.root):
            index = self._index()
            before = None
            for name, entry in index["versions"].items():
                if entry["task"] == version.task and entry["state"] == "live":
                    before, entry["state"] = name, "retired"
            index["versions"][version.name]["state"] = "live"
            index["history"].append(event(version.task, action, before, version.name, who, why, checks))
            self._store(index)
        return self.get(version.name)

    def _store(self, index: dict[str, Any]) -> None:
        self.root.mkdir(parents=True, exist_ok=True)
        write_atomically(self.root / INDEX, json.dumps(index, ensure_ascii=False, indent=1) + "\n")
